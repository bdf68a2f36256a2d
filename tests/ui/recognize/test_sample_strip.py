"""Labelling what lies on the paper, with real clicks and keys, real threads and a real file."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.originals import Pixels
from app.core.datasets.registry import DATASETS
from app.core.datasets.samples.sets import create_sample_set, sample_set, sample_sets
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.imaging.preprocess import example_picture
from app.ui.common.changes import Changes
from app.ui.common.messages import Messages
from app.ui.common.samples import SampleSetDialog
from app.ui.recognize.canvas import Canvas
from app.ui.recognize.samples import SampleStrip
from tests.ui.closing import end_work
from tests.ui.hand import LEFT, SEVEN, draw
from tests.ui.ways import Ways


class Desk(QWidget):
    """A paper with the strip below it, as on the Recognize page."""

    def __init__(self) -> None:
        super().__init__()
        self.canvas, self.strip = Canvas(), SampleStrip()
        column = QVBoxLayout(self)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.strip)
        self.canvas.changed.connect(self.show_paper)
        self.strip.listen_to(self.canvas)
        self.strip.set_classes(tuple("0123456789"))
        self.show_paper()

    def show_paper(self) -> None:
        self.strip.set_paper(self.canvas.paper)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk()
    made.resize(390, 420)
    made.show()
    made.canvas.setFocus()
    qtbot.waitUntil(lambda: not made.strip._tasks.is_busy)
    yield made
    end_work(made.strip, qtbot)
    qtbot.waitUntil(lambda: not made.findChildren(QThread))  # ended, and deleted soon
    made.close()
    made.deleteLater()


def button(desk: Desk, name: str) -> QPushButton:
    found = desk.findChild(QPushButton, name)
    assert found is not None
    return found


def press(desk: Desk, key: Qt.Key, qtbot: QtBot) -> None:
    with qtbot.waitSignal(Changes.of(desk).data_changed):
        QTest.keyClick(desk.canvas, key)


def labels() -> list[int]:
    return [sample.label for each in sample_sets() for sample in SampleStore(each.name).samples()[::-1]]


def test_an_empty_paper_cannot_be_kept_and_the_buttons_say_why(desk: Desk) -> None:
    assert not button(desk, "sample_7").isEnabled()
    assert button(desk, "sample_7").toolTip() == "Draw something first, or open a picture"
    QTest.keyClick(desk.canvas, Qt.Key.Key_7)
    assert sample_sets() == ()


def test_a_key_keeps_the_drawing_and_makes_the_set(desk: Desk, qtbot: QtBot) -> None:
    draw(desk.canvas, SEVEN)
    press(desk, Qt.Key.Key_7, qtbot)
    [made] = sample_sets()
    assert (made.title, made.counts[7].total) == ("My digits", 1)
    assert desk.strip.said == "Saved as 7"
    assert SampleStore(made.name).original(1) == desk.canvas.paper.drawing
    chosen = desk.strip.chosen
    assert chosen is not None
    assert chosen.name == made.name


def test_a_click_does_the_same(desk: Desk, qtbot: QtBot) -> None:
    draw(desk.canvas, SEVEN)
    with qtbot.waitSignals([desk.strip.label_given, Changes.of(desk).data_changed]):
        QTest.mouseClick(button(desk, "sample_7"), LEFT)
    assert labels() == [7]


def test_every_drawing_counts(desk: Desk, qtbot: QtBot) -> None:
    for _ in range(3):
        desk.canvas.clear()
        draw(desk.canvas, SEVEN)
        press(desk, Qt.Key.Key_7, qtbot)
    assert desk.strip.said == "Saved as 7"
    assert desk.strip._keys._counts[7].text() == "3"


def test_another_key_for_the_same_drawing_corrects_it(desk: Desk, qtbot: QtBot) -> None:
    draw(desk.canvas, SEVEN)
    press(desk, Qt.Key.Key_1, qtbot)
    press(desk, Qt.Key.Key_7, qtbot)
    assert labels() == [7]
    assert desk.strip.said == "Saved as 7"


def test_undo_takes_the_sample_back_and_it_can_be_given_again(desk: Desk, qtbot: QtBot) -> None:
    draw(desk.canvas, SEVEN)
    press(desk, Qt.Key.Key_7, qtbot)
    with qtbot.waitSignal(Changes.of(desk).data_changed):
        QTest.mouseClick(button(desk, "sample_undo"), LEFT)
    assert labels() == []
    assert desk.strip.said == "Undone"
    assert not button(desk, "sample_undo").isVisible()
    press(desk, Qt.Key.Key_2, qtbot)
    assert labels() == [2]


def test_what_was_said_stays_over_an_empty_paper_and_goes_with_the_next_drawing(desk: Desk, qtbot: QtBot) -> None:
    draw(desk.canvas, SEVEN)
    press(desk, Qt.Key.Key_7, qtbot)
    desk.canvas.clear()
    assert desk.strip.said.startswith("Saved")
    assert button(desk, "sample_undo").isVisible()
    draw(desk.canvas, SEVEN)
    assert desk.strip.said == "What is it?"


def test_an_example_is_kept_as_the_pixels_it_is(desk: Desk, qtbot: QtBot) -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 13:15] = 200
    desk.canvas.put(Paper(Drawing(28, 28), example_picture(image), invert=True, example_of="mnist-1"))
    press(desk, Qt.Key.Key_1, qtbot)
    kept = SampleStore("my-digits").original(1)
    assert isinstance(kept, Pixels)
    assert np.array_equal(kept.image, image)


def test_the_set_with_the_models_classes_is_chosen(desk: Desk, qtbot: QtBot) -> None:
    create_sample_set("Wardrobe", DATASETS["fashion-mnist"].class_names)
    create_sample_set("Digits")
    desk.strip.refresh()
    qtbot.waitUntil(lambda: desk.strip.chosen is not None)
    assert desk.strip.chosen is not None
    assert desk.strip.chosen.title == "Digits"
    desk.strip.set_classes(DATASETS["fashion-mnist"].class_names)
    assert desk.strip.chosen.title == "Wardrobe"


def test_long_names_and_many_classes_are_chosen_from_a_list(desk: Desk, qtbot: QtBot) -> None:
    names = tuple(f"rather-long-name-{number}" for number in range(50))
    desk.strip.set_classes(names)
    box = desk.findChild(QComboBox, "sample_class")
    assert box is not None
    assert box.isVisible()
    assert box.count() == 50
    assert desk.minimumSizeHint().width() < 300
    draw(desk.canvas, SEVEN)
    box.setFocus()
    QTest.keyClicks(box, "rather-long-name-41")
    with qtbot.waitSignal(Changes.of(desk).data_changed):
        QTest.mouseClick(button(desk, "sample_keep"), LEFT)
    assert labels() == [41]
    assert box.itemText(41) == "rather-long-name-41  (1)"


def test_own_names_have_keys_too(desk: Desk, qtbot: QtBot) -> None:
    desk.strip.set_classes(("cat", "dog"))
    draw(desk.canvas, SEVEN)
    assert button(desk, "sample_1").toolTip() == "Save it as a sample of dog (key 2)"
    press(desk, Qt.Key.Key_2, qtbot)
    assert labels() == [1]
    assert sample_sets()[0].title == "My samples"


def test_a_new_set_with_other_classes_can_be_made(desk: Desk, qtbot: QtBot) -> None:
    tool = desk.findChild(QToolButton, "sample_set")
    assert tool is not None
    menu = tool.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "New set…").trigger()
    dialog = desk.findChild(SampleSetDialog)
    assert dialog is not None
    title, classes = dialog.findChild(QLineEdit, "set_title"), dialog.findChild(QLineEdit, "set_classes")
    assert title is not None
    assert classes is not None
    classes.setText("sun")
    assert not dialog._make.isEnabled()
    assert "2 to 50" in dialog._make.toolTip()
    classes.setText("sun, moon")
    title.setText("Sky")
    with qtbot.waitSignal(Changes.of(desk).data_changed):
        QTest.mouseClick(dialog._make, LEFT)
    assert sample_set("sky").class_names == ("sun", "moon")
    assert button(desk, "sample_1").text() == "2  moon"  # with its key


def test_what_cannot_be_stored_is_told_and_can_be_tried_again(desk: Desk, qtbot: QtBot) -> None:
    made = create_sample_set("Digits")
    desk.strip.refresh()
    qtbot.waitUntil(lambda: desk.strip.chosen is not None)
    path = SampleStore(made.name).path
    whole = path.read_bytes()
    path.write_bytes(b"no database")
    draw(desk.canvas, SEVEN)
    with qtbot.waitSignal(Messages.of(desk).changed) as failed:
        QTest.keyClick(desk.canvas, Qt.Key.Key_7)
    assert "is damaged" in failed.args[0].text
    qtbot.waitUntil(lambda: not desk.strip._tasks.is_busy)
    path.write_bytes(whole)
    desk.strip.refresh()
    qtbot.waitUntil(lambda: desk.strip.chosen is not None)
    press(desk, Qt.Key.Key_7, qtbot)
    assert labels() == [7]


def test_the_last_samples_are_shown_and_can_be_corrected_and_deleted(desk: Desk, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        desk.canvas.clear()
        draw(desk.canvas, SEVEN)
        press(desk, key, qtbot)
    tiles = desk.strip.recent.tiles
    qtbot.waitUntil(tiles[1].isVisible)
    assert [tile.text() for tile in tiles if tile.isVisible()] == ["2", "1"]
    choose_from_menu(desk, tiles[1], "7", qtbot)
    assert sorted(labels()) == [2, 7]
    choose_from_menu(desk, tiles[0], "Delete", qtbot)
    assert labels() == [7]
    assert desk.strip.said == "Deleted"
    qtbot.waitUntil(tiles[1].isHidden)
    with qtbot.waitSignal(Changes.of(desk).data_changed):
        QTest.mouseClick(button(desk, "sample_undo"), LEFT)
    assert sorted(labels()) == [2, 7]


def choose_from_menu(desk: Desk, tile: QToolButton, text: str, qtbot: QtBot) -> None:
    QTest.mouseClick(tile, LEFT)
    menu = desk.strip.recent._menu
    with qtbot.waitSignal(Changes.of(desk).data_changed):
        next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def test_a_click_trains_on_the_set_once_there_is_enough(desk: Desk, qtbot: QtBot) -> None:
    store = SampleStore(create_sample_set("Sky", ("sun", "moon")).name)
    desk.strip.set_classes(("sun", "moon"))
    desk.strip.refresh()
    qtbot.waitUntil(lambda: desk.strip.chosen is not None)
    train = desk.strip.training.button
    assert not train.isVisible()
    random = np.random.default_rng(1)
    images = random.integers(1, 255, (20, 28, 28), np.uint8)
    store.add_all(NewSample(Pixels(image), number % 2) for number, image in enumerate(images[:3]))
    desk.strip.refresh()
    qtbot.waitUntil(train.isVisible)
    assert not train.isEnabled()
    assert train.toolTip() == store.set.why_not_alone
    store.add_all(NewSample(Pixels(image), number % 2) for number, image in enumerate(images[3:]))
    desk.strip.refresh()
    qtbot.waitUntil(train.isEnabled)
    ways = Ways.of(desk)
    QTest.mouseClick(train, LEFT)
    [(way, config)] = ways.taken
    assert (way, config.dataset) == ("train_on_samples", "sky")


def test_closing_at_once_loses_nothing(desk: Desk, qtbot: QtBot) -> None:
    draw(desk.canvas, SEVEN)
    QTest.keyClick(desk.canvas, Qt.Key.Key_7)
    end_work(desk.strip, qtbot)
    assert labels() == [7]
