"""Examples and pictures on the paper: read as they are, drawn on, rubbed out, and saved."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.imaging.preprocess import prepare_example
from app.core.models.store import find_model, list_models
from app.ui.recognize.files import ExamplesMenu
from app.ui.recognize.page import RecognizePage
from app.ui.recognize.paper.painting import picture_place
from app.ui.recognize.recognizer import Recognition, seen
from app.ui.settings import Settings
from tests.ui.hand import draw
from tests.ui.ways import Ways

CLOTHES = DATASETS["fashion-mnist"].class_names


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RecognizePage]:
    page = RecognizePage(Settings())
    qtbot.addWidget(page)
    page.resize(1184, 646)
    page.show()
    yield page
    page.hide()


def one_of(digit: int) -> NDArray[np.uint8]:
    test = load_dataset("mnist", "starter").test
    return np.asarray(test.images[test.labels == digit][0])


def on_picture(page: RecognizePage, x: float, y: float) -> tuple[float, float]:
    """A place on the picture, in shares of it, as shares of the canvas."""
    picture = page.canvas.paper.picture
    assert picture is not None
    place = picture_place(picture, page.canvas.size())
    across, down = place.left() + x * place.width(), place.top() + y * place.height()
    return across / page.canvas.width(), down / page.canvas.height()


def network_input(page: RecognizePage) -> NDArray[np.float32]:
    return seen(page.canvas.paper, page.reads_as).image


def test_an_example_is_read_pixel_by_pixel(page: RecognizePage) -> None:
    heard: list[Recognition] = []
    page._recognizer.recognized.connect(heard.append)
    image = one_of(4)
    page.show_example(image, "mnist-1")
    QApplication.processEvents()
    np.testing.assert_array_equal(heard[-1].shown.image, image / np.float32(255))
    assert page.answer.text.startswith("4 ")


def test_a_piece_of_clothing_is_read_pixel_by_pixel(page: RecognizePage) -> None:
    test = load_dataset("fashion-mnist", "starter").test
    page.refresh_models("clothes-cnn")
    page.show_example(test.images[0], "fashion-mnist-1")
    QApplication.processEvents()
    np.testing.assert_array_equal(network_input(page), test.images[0] / np.float32(255))


def test_clothes_are_not_read_as_digits(page: RecognizePage) -> None:
    page.show_example(load_dataset("fashion-mnist", "starter").test.images[0], "fashion-mnist-1")
    assert page.reads_as == "fashion-mnist-1"
    page.show_example(one_of(1), "mnist-1")
    assert page.reads_as == "mnist-1"


def test_an_example_leaves_the_model_that_suits_it(page: RecognizePage) -> None:
    page.refresh_models("quickstart-mnist")
    page.show_example(one_of(1), "mnist-1")
    assert page.chooser.chosen is not None
    assert page.chooser.chosen.card.name == "quickstart-mnist"


def test_an_example_of_own_classes_is_read_by_the_model_that_knows_them(
    page: RecognizePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled = list_models()
    reader = find_model("quickstart-mnist")
    letters = replace(reader, card=reader.card.model_copy(update={"name": "mine", "class_names": tuple("abcdefghij")}))
    monkeypatch.setattr("app.ui.recognize.page.list_models", lambda: (*bundled, letters))

    def reads(class_names: str) -> str:
        page.show_example(one_of(1), "mnist-1", tuple(class_names))
        assert page.chooser.chosen is not None
        return page.chooser.chosen.card.name

    page.refresh_models("fast-cnn")
    assert reads("") == reads("0123456789") == reads("xyz") == "fast-cnn"
    assert reads("abcdefghij") == reads("") == "mine"
    assert reads("0123456789") == "digits-cnn"


def test_an_example_of_other_data_is_prepared_for_the_model_that_reads(page: RecognizePage) -> None:
    test = load_dataset("fashion-mnist", "starter").test
    page.show_example(test.images[0], "fashion-mnist-1")
    page.refresh_models("digits-cnn")
    assert not np.array_equal(network_input(page), test.images[0] / np.float32(255))


def test_ink_on_an_example_extends_it_and_the_eraser_takes_away(page: RecognizePage) -> None:
    page.show_example(one_of(1), "mnist-1")
    before = network_input(page)
    draw(page.canvas, [on_picture(page, 0.2, 0.1), on_picture(page, 0.5, 0.1)])
    drawn = network_input(page)
    assert drawn[2:4, 8:12].min() > 0.9
    np.testing.assert_array_equal(drawn[8:], before[8:])
    QTest.mouseClick(page.tools.eraser, Qt.MouseButton.LeftButton)
    draw(page.canvas, [on_picture(page, 0.1, 0.1), on_picture(page, 0.9, 0.1)])
    assert network_input(page)[2:4].max() == 0
    page.canvas.undo()
    np.testing.assert_array_equal(network_input(page), drawn)
    page.canvas.undo()
    np.testing.assert_array_equal(network_input(page), before)


def test_the_bars_move_while_an_example_is_drawn_on(page: RecognizePage, qtbot: QtBot) -> None:
    page.show_example(one_of(1), "mnist-1")
    QApplication.processEvents()
    before = page.bars.probabilities
    start, end = (QPoint(round(x * page.canvas.width()), round(y * page.canvas.height()))
                  for x, y in (on_picture(page, 0.15, 0.15), on_picture(page, 0.6, 0.15)))  # fmt: skip
    QTest.mousePress(page.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(page.canvas, end)

    def have_moved() -> bool:
        after = page.bars.probabilities
        assert before is not None
        assert after is not None
        return not np.array_equal(before, after)

    qtbot.waitUntil(have_moved)
    QTest.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)


def test_rubbing_where_nothing_is_is_no_step(page: RecognizePage) -> None:
    page.show_example(one_of(7), "mnist-1")
    laid = page.canvas.paper
    QTest.mouseClick(page.tools.eraser, Qt.MouseButton.LeftButton)
    draw(page.canvas, [on_picture(page, 0.02, 0.02), on_picture(page, 0.05, 0.02)])
    assert page.canvas.paper is laid


def test_an_example_that_was_drawn_on_is_shown_as_it_is_read(page: RecognizePage) -> None:
    page.show_example(np.zeros((28, 28), np.uint8), "mnist-1")
    draw(page.canvas, [on_picture(page, 0.25, 0.5), on_picture(page, 0.75, 0.5)])
    shown = page.canvas.grab().toImage()
    x, y = on_picture(page, 0.5, 0.5)
    assert shown.pixelColor(round(x * page.canvas.width()), round(y * page.canvas.height())).lightness() > 240
    x, y = on_picture(page, 0.5, 0.2)
    assert shown.pixelColor(round(x * page.canvas.width()), round(y * page.canvas.height())).lightness() < 20


def test_an_example_that_was_drawn_on_is_exported(page: RecognizePage, tmp_path: Path) -> None:
    page.show_example(one_of(1), "mnist-1")
    draw(page.canvas, [on_picture(page, 0.2, 0.1), on_picture(page, 0.5, 0.1)])
    page.files.save_to(tmp_path / "drawn.png")
    picture = page.canvas.paper.picture
    assert picture is not None
    with Image.open(tmp_path / "drawn.png") as image:
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), picture.rgb)
    read = network_input(page)
    np.testing.assert_array_equal(prepare_example(picture).image, read)


def test_a_new_size_of_the_window_moves_nothing_on_the_picture(page: RecognizePage) -> None:
    page.show_example(one_of(1), "mnist-1")
    draw(page.canvas, [on_picture(page, 0.2, 0.1), on_picture(page, 0.5, 0.1)])
    read = network_input(page)
    page.resize(928, 566)
    QApplication.processEvents()
    np.testing.assert_array_equal(network_input(page), read)
    draw(page.canvas, [on_picture(page, 0.2, 0.9), on_picture(page, 0.5, 0.9)])
    np.testing.assert_array_equal(network_input(page)[:20], read[:20])
    assert network_input(page)[24:26, 8:12].min() > 0.9


def menu_of(page: RecognizePage) -> ExamplesMenu:
    menu = page.files.examples.menu()
    assert isinstance(menu, ExamplesMenu)
    for part in (menu.digits, menu.clothes):
        part.aboutToShow.emit()
    return menu


def test_the_menu_has_every_class_with_its_picture(page: RecognizePage) -> None:
    menu = menu_of(page)
    digits, clothes = (part.actions() for part in (menu.digits, menu.clothes))
    assert [action.text() for action in digits[:4]] == ["0", "1", "1, with flag", "2"]
    assert {action.text()[0] for action in digits} == set("0123456789")
    assert tuple(action.text() for action in clothes) == CLOTHES
    assert not any(action.icon().isNull() for action in (*digits, *clothes))


def test_a_drawing_is_read_by_a_model_that_knows_digits(page: RecognizePage) -> None:
    page.refresh_models("clothes-cnn")
    next(action for action in menu_of(page).digits.actions() if action.text() == "7").trigger()
    assert page.chooser.chosen is not None
    assert page.chooser.chosen.card.name == "digits-cnn"


def test_an_example_keeps_its_true_class(page: RecognizePage) -> None:
    ways = Ways.of(page)
    next(action for action in menu_of(page).clothes.actions() if action.text() == "Bag").trigger()
    [(way, chosen)] = ways.taken
    assert way == "open_example"
    page.show_example(chosen.image, chosen.preprocessing, chosen.class_names, chosen.true)
    QApplication.processEvents()
    assert page.chooser.chosen is not None
    assert page.chooser.chosen.card.name == "clothes-cnn"
    assert page.prediction.truth.text() == "True: Bag. ✓ The answer is right."
    page.show_example(one_of(1), "mnist-1", true="7")
    QApplication.processEvents()
    assert page.prediction.truth.text() == "True: 7. ✗ The answer is wrong."
    assert page.prediction.truth.isVisible()
    page.canvas.clear()
    QApplication.processEvents()
    assert page.prediction.truth.isHidden()
