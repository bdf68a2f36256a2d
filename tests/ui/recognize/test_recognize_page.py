"""The Recognize page as a user uses it: draw, open, drop, paste, save."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.cli.main import run_command
from app.core.datasets.sources import load_dataset
from app.core.imaging.drawing import load_drawing
from app.core.imaging.paper import Paper
from app.core.imaging.pictures import Picture
from app.core.models.library import copy_model, delete_model, restore_model
from app.core.models.store import list_models
from app.core.paths import bundled_models_dir, resources_dir
from app.ui.main_window import MainWindow
from app.ui.recognize.invitations import paper_words
from app.ui.recognize.network_input_view import StepView
from app.ui.recognize.paper.canvas import Tool
from tests.ui.hand import ONE, SEVEN, draw, find
from tests.ui.layout import cut_texts, settle

SAMPLES = resources_dir() / "samples"


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow()
    made.show()
    yield made
    with qtbot.waitSignal(made.closed):
        made.close()
    made.deleteLater()
    QApplication.processEvents()


def answer(window: MainWindow) -> str:
    QApplication.processEvents()
    return window.recognize.answer.text


def test_an_empty_paper_has_no_prediction(window: MainWindow) -> None:
    assert answer(window) == ""
    assert window.recognize.bars.probabilities is None
    assert window.recognize.input.is_empty


def test_a_drawn_seven_is_read_as_seven(window: MainWindow) -> None:
    draw(window.recognize.canvas, SEVEN)
    assert answer(window).startswith("7 ")
    assert not window.recognize.input.is_empty


def test_the_bars_move_while_drawing(window: MainWindow, qtbot: QtBot) -> None:
    beliefs = []
    window.recognize.input_changed.connect(lambda _image: beliefs.append(window.recognize.bars.probabilities))
    canvas = window.recognize.canvas
    middle = canvas.rect().center()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    for step in range(1, 6):
        told = len(beliefs)
        QTest.mouseMove(canvas, middle + middle * step / 20)
        qtbot.waitUntil(lambda told=told: len(beliefs) > told)  # type: ignore[misc]
    assert all(belief is not None for belief in beliefs[-5:])


def test_clearing_takes_the_answer_away(window: MainWindow) -> None:
    draw(window.recognize.canvas, SEVEN)
    assert answer(window)
    QTest.mouseClick(window.recognize.tools.clear, Qt.MouseButton.LeftButton)
    assert answer(window) == ""
    assert not window.recognize.tools.clear.isEnabled()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Escape])
def test_keys_clear_undo_and_redo(window: MainWindow, key: Qt.Key) -> None:
    window.activateWindow()
    canvas = window.recognize.canvas
    canvas.setFocus()
    draw(canvas, SEVEN)
    QTest.keyClick(canvas, key)
    assert canvas.paper.is_empty
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not canvas.paper.is_empty
    QTest.keyClick(canvas, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert canvas.paper.is_empty


def test_a_bundled_drawing_opens(window: MainWindow) -> None:
    window.recognize.files.open_file(SAMPLES / "digit-3.drawing.json")
    assert answer(window).startswith("3 ")


def test_a_picture_opens_and_can_be_inverted_by_hand(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    digits = load_dataset("mnist", "starter").test
    path = tmp_path / "digit.png"
    Image.fromarray(digits.images[0]).save(path)
    window.recognize.files.open_file(path)
    qtbot.waitUntil(lambda: answer(window).startswith(f"{digits.labels[0]} "))
    polarity = window.recognize.files.polarity
    assert polarity.isVisible()
    polarity.setCurrentIndex(1)
    polarity.activated.emit(1)
    assert window.recognize.paper.invert is False


def test_a_dropped_file_is_read(window: MainWindow, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(SAMPLES / "digit-5.drawing.json"))])
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window.recognize, QDragEnterEvent(QPoint(50, 50), actions, mime, buttons, keys))
    QApplication.sendEvent(window.recognize, QDropEvent(QPointF(50, 50), actions, mime, buttons, keys))
    assert answer(window).startswith("5 ")


def test_a_pasted_picture_is_read(window: MainWindow, qtbot: QtBot) -> None:
    digits = load_dataset("mnist", "starter").test
    pixels = digits.images[3].tobytes()
    QGuiApplication.clipboard().setImage(QImage(pixels, 28, 28, 28, QImage.Format.Format_Grayscale8).copy())
    QTest.mouseClick(window.recognize.files.paste, Qt.MouseButton.LeftButton)
    assert answer(window).startswith(f"{digits.labels[3]} ")


def test_pasting_nothing_says_so_and_changes_nothing(window: MainWindow) -> None:
    draw(window.recognize.canvas, ONE)
    QGuiApplication.clipboard().setText("no picture")
    QTest.mouseClick(window.recognize.files.paste, Qt.MouseButton.LeftButton)
    assert "no picture here to open" in window.banner.text
    assert not window.recognize.paper.is_empty


@pytest.mark.parametrize("name", ["broken.png", "broken.drawing.json", "missing.png"])
def test_a_bad_file_is_a_sentence_and_nothing_is_lost(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    draw(window.recognize.canvas, SEVEN)
    if not name.startswith("missing"):
        (tmp_path / name).write_bytes(b"nonsense")
    window.recognize.files.open_file(tmp_path / name)
    qtbot.waitUntil(lambda: bool(window.banner.text))
    assert name in window.banner.text
    assert answer(window).startswith("7 ")
    draw(window.recognize.canvas, ONE)  # going on takes the sentence away
    assert window.banner.text == ""


def test_a_drawing_is_saved_and_comes_back(window: MainWindow, tmp_path: Path) -> None:
    draw(window.recognize.canvas, SEVEN)
    saved = window.recognize.paper.drawing
    window.recognize.files.save_to(tmp_path / "mine.drawing.json")
    assert load_drawing(tmp_path / "mine.drawing.json") == saved


def test_the_paper_is_exported_as_png(window: MainWindow, tmp_path: Path) -> None:
    draw(window.recognize.canvas, SEVEN)
    window.recognize.files.save_to(tmp_path / "mine.png")
    with Image.open(tmp_path / "mine.png") as picture:
        assert np.asarray(picture.convert("L")).min() < 60


def test_saving_where_one_may_not_is_a_sentence(window: MainWindow, tmp_path: Path) -> None:
    draw(window.recognize.canvas, SEVEN)
    for name in ("mine.png", "mine.drawing.json"):
        window.recognize.files.save_to(tmp_path / "no" / "folder" / name)
        assert name in window.banner.text


def test_the_chosen_model_reads_and_is_remembered(window: MainWindow, qtbot: QtBot) -> None:
    names = [model.card.name for model in list_models()]
    window.recognize.refresh_models("quickstart-mnist")
    chosen = window.recognize.chooser.chosen
    assert chosen is not None
    assert chosen.card.name == "quickstart-mnist"
    draw(window.recognize.canvas, SEVEN)
    assert answer(window)
    other = next(action for action in window.recognize.chooser.menu().actions() if action.data() == names[0])
    other.trigger()
    again = MainWindow()
    qtbot.addWidget(again)
    assert again.recognize.chooser.chosen is not None
    assert again.recognize.chooser.chosen.card.name == names[0]


def test_without_any_model_the_page_invites_to_train(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.core.models.store.bundled_models_dir", lambda: tmp_path)
    window = MainWindow()
    qtbot.addWidget(window)
    draw(window.recognize.canvas, SEVEN)
    assert answer(window) == ""
    assert not window.recognize.input.is_empty
    assert window.recognize.chooser.text() == "No model yet"
    assert [action.text() for action in window.recognize.chooser.menu().actions()] == ["Models…"]
    assert bundled_models_dir() != tmp_path


def test_a_damaged_model_is_a_sentence(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(bundled_models_dir() / "quickstart-mnist", tmp_path / "quickstart-mnist")
    (tmp_path / "quickstart-mnist" / "model.tflite").write_bytes(b"cut")
    monkeypatch.setattr("app.core.models.store.bundled_models_dir", lambda: tmp_path)
    window = MainWindow()
    qtbot.addWidget(window)
    QApplication.processEvents()
    assert "damaged" in window.banner.text


def test_everything_fits_the_smallest_window(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(944, 500)
    window.recognize.refresh_models("clothes-cnn")
    window.recognize.files.open_file(SAMPLES / "ankle-boot.png")
    qtbot.waitUntil(lambda: answer(window).startswith("Ankle boot"))
    assert window.size() == QSize(944, 500)
    settle()
    assert cut_texts(window) == []


def test_a_step_is_looked_at_in_large_in_a_small_window_too(window: MainWindow, qtbot: QtBot) -> None:
    draw(window.recognize.canvas, SEVEN)
    for width in (1280, 800, 1280):
        window.resize(width, 600)
        settle()
        window.recognize.steps.open(0)
        view = find(window.recognize.steps, StepView)
        assert view.words.isVisible()
        assert view.picture.isVisible()
        view.hide()


def test_the_last_redo_leaves_the_keyboard_to_the_paper(window: MainWindow) -> None:
    page = window.recognize
    draw(page.canvas, SEVEN)
    page.canvas.undo()
    page.tools.redo.setFocus()
    for _ in range(3):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert len(page.canvas.paper.drawing.strokes) == 1
    assert window.focusWidget() is page.canvas


def test_a_message_moves_nothing_and_goes_with_the_next_thing_that_is_done(window: MainWindow) -> None:
    page = window.recognize
    place = page.canvas.mapTo(window, page.canvas.rect().center())
    page.files.save_to(Path("/"))
    QApplication.processEvents()
    assert window.banner.is_error
    assert page.canvas.mapTo(window, page.canvas.rect().center()) == place
    draw(page.canvas, SEVEN)
    assert not window.banner.is_error
    window.messages.error("Something.")
    page.canvas.clear()
    assert not window.banner.is_error


def test_saving_and_copying_say_so_and_where(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, opened = window.recognize, list[str]()
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    draw(page.canvas, SEVEN)
    answer(window)
    for name in ("seven.drawing.json", "seven.png"):
        page.files.save_to(tmp_path / name)
        assert window.banner.text == f"Saved as {name}"
        assert not window.banner.is_error
        folder = window.banner.findChild(QPushButton, "show_folder")
        assert folder is not None
        QTest.mouseClick(folder, Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path)] * 2
    page.files._copy_action.trigger()
    assert window.banner.text.startswith("Copied: 7")


def test_the_paper_shows_that_a_file_may_be_dropped(window: MainWindow) -> None:
    page = window.recognize
    target = page.canvas.findChild(QWidget, "drop_target")
    assert target is not None
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(resources_dir() / "samples" / "digit-5.drawing.json"))])
    drag = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(page, QDragEnterEvent(QPoint(5, 5), *drag))
    assert target.isVisible()
    QApplication.sendEvent(page, QDragLeaveEvent())
    assert not target.isVisible()
    QApplication.sendEvent(page, QDragEnterEvent(QPoint(5, 5), *drag))
    QApplication.sendEvent(page, QDropEvent(QPointF(5, 5), *drag))
    assert not target.isVisible()
    assert answer(window).startswith("5")


def test_a_long_drop_says_what_was_left_out(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(SAMPLES / f"digit-{digit}.drawing.json")) for digit in (5, 3)])
    window.recognize.files.take(mime)
    assert answer(window).startswith("5 ")
    assert "Only digit-5.drawing.json" in window.banner.text


@pytest.mark.parametrize("size", [(5000, 1), (1, 5000)])
def test_a_pasted_line_does_no_harm(window: MainWindow, size: tuple[int, int]) -> None:
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(0)
    mime = QMimeData()
    mime.setImageData(image)
    window.recognize.files.take(mime)
    assert window.recognize.paper.picture is not None


def test_escape_closes_the_message_first(window: MainWindow) -> None:
    window.activateWindow()
    draw(window.recognize.canvas, SEVEN)
    window.messages.error("Something.")
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.banner.text == ""
    assert not window.recognize.paper.is_empty


def test_the_keys_of_pen_and_eraser_work_in_every_width(window: MainWindow, qtbot: QtBot) -> None:
    def takes(tool: Tool) -> bool:
        return canvas.tool is tool

    window.activateWindow()
    canvas = window.recognize.canvas
    for width in (1024, 1500):
        window.resize(width, 720)
        QApplication.processEvents()
        for key, tool in ((Qt.Key.Key_E, Tool.ERASER), (Qt.Key.Key_P, Tool.PEN)):
            QTest.keyClick(canvas, key)
            qtbot.waitUntil(partial(takes, tool))


def test_escape_drops_the_stroke_under_the_pen_and_nothing_else(window: MainWindow) -> None:
    canvas = window.recognize.canvas
    draw(canvas, SEVEN)
    before = canvas.paper
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, canvas.rect().center())
    QTest.mouseMove(canvas, canvas.rect().center() + QPoint(40, 40))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.paper is before
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, canvas.rect().center())
    assert canvas.paper is before


def test_a_picture_without_anything_in_it_is_told_so(window: MainWindow, qtbot: QtBot) -> None:
    page = window.recognize
    page.canvas.put(Paper(page.paper.drawing, Picture(np.full((300, 300, 3), 255, np.uint8))))
    qtbot.waitUntil(lambda: page.answer.accessibleName().startswith("Nothing to read was found"))
    page.canvas.clear()
    qtbot.waitUntil(lambda: page.answer.accessibleName() == "Draw, and watch the bars move")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (tuple("0123456789"), "Draw a digit here"),
        (("cat", "owl"), "Draw a cat or an owl here"),
        (("cats", "T-shirt"), "Draw one of these here: cats, T-shirt"),
        (("a", "b", "c", "d"), "Draw one of these here: a, b, c…"),
    ],
)
def test_an_empty_paper_invites_to_what_the_model_knows(names: tuple[str, ...], words: str) -> None:
    assert paper_words(names) == words


def chosen_name(window: MainWindow) -> str:
    chosen = window.recognize.chooser.chosen
    return chosen.card.name if chosen else ""


def test_models_of_the_command_line_are_offered_at_once(window: MainWindow, qtbot: QtBot) -> None:
    assert run_command(["models", "copy", "quickstart-mnist", "--title", "Mine"]) == 0
    qtbot.waitUntil(
        lambda: any(action.text().startswith("Mine · ") for action in window.recognize.chooser.menu().actions())
    )
    assert chosen_name(window) == "digits-cnn", "what reads goes on reading"


def test_a_deleted_model_gives_way_and_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    mine = copy_model("clothes-cnn", "Mine").card.name
    window.recognize.use_new_model(mine)
    delete_model(mine)
    qtbot.waitUntil(lambda: chosen_name(window) == "clothes-cnn")
    restore_model(mine)
    qtbot.waitUntil(lambda: chosen_name(window) == mine)
    delete_model(mine)
    qtbot.waitUntil(lambda: chosen_name(window) == "clothes-cnn")
    next(action for action in window.recognize.chooser.menu().actions() if action.data() == "fast-cnn").trigger()
    restore_model(mine)
    qtbot.waitUntil(lambda: any(action.data() == mine for action in window.recognize.chooser.menu().actions()))
    assert chosen_name(window) == "fast-cnn", "whoever chose another one keeps it"


def test_every_choice_of_a_model_leads_to_the_models_page(window: MainWindow) -> None:
    for menu in (window.recognize.chooser.menu(), window.recognize.prediction.compare.menu()):
        window.show_page("recognize")
        menu.actions()[-1].trigger()
        assert window.stack.currentWidget() is window.page("models")
        assert [model.card.name for model in window.page("models").table.selected] == ["digits-cnn"]
    QTest.keyClick(window.page("models").table, Qt.Key.Key_Up)
    name = window.page("models").table.selected[0].card.name
    QTest.keyClick(window.page("models").table, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.recognize
    assert chosen_name(window) == name
