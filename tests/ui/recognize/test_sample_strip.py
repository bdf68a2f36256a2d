"""Labelling what lies on the paper, with real clicks and keys, real threads and a real file."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.originals import Pixels
from app.core.datasets.registry import DATASETS
from app.core.datasets.samples.sets import create_sample_set, sample_set, sample_sets
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.imaging.preprocess import example_picture
from app.ui.common.messages import Messages
from app.ui.common.samples import SampleSetDialog
from app.ui.common.window_object import Changes
from app.ui.recognize.paper.canvas import Canvas
from app.ui.recognize.sample_strip import SampleStrip
from tests.ui.closing import end_work
from tests.ui.hand import LEFT, SEVEN, button, draw
from tests.ui.ways import Ways


class PaperAndStrip(QWidget):
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
def panel(qtbot: QtBot) -> Iterator[PaperAndStrip]:
    made = PaperAndStrip()
    made.resize(390, 420)
    made.show()
    made.canvas.setFocus()
    qtbot.waitUntil(lambda: not made.strip._tasks.is_busy)
    yield made
    end_work(made.strip, qtbot)
    qtbot.waitUntil(lambda: not made.findChildren(QThread))  # ended, and deleted soon
    made.close()
    made.deleteLater()


def press(panel: PaperAndStrip, key: Qt.Key, qtbot: QtBot) -> None:
    with qtbot.waitSignal(Changes.of(panel).data_changed):
        QTest.keyClick(panel.canvas, key)


def labels() -> list[int]:
    return [sample.label for each in sample_sets() for sample in SampleStore(each.name).samples()[::-1]]


def test_an_empty_paper_cannot_be_kept_and_the_buttons_say_why(panel: PaperAndStrip) -> None:
    assert not button(panel, "sample_7").isEnabled()
    assert button(panel, "sample_7").toolTip() == "Draw something first, or open a picture"
    QTest.keyClick(panel.canvas, Qt.Key.Key_7)
    assert sample_sets() == ()


def test_a_key_keeps_the_drawing_and_makes_the_set(panel: PaperAndStrip, qtbot: QtBot) -> None:
    draw(panel.canvas, SEVEN)
    press(panel, Qt.Key.Key_7, qtbot)
    [made] = sample_sets()
    assert (made.title, made.counts[7].total) == ("My digits", 1)
    assert panel.strip.said == "Saved as 7"
    assert SampleStore(made.name).original(1) == panel.canvas.paper.drawing
    chosen = panel.strip.chosen
    assert chosen is not None
    assert chosen.name == made.name


def test_a_click_does_the_same(panel: PaperAndStrip, qtbot: QtBot) -> None:
    draw(panel.canvas, SEVEN)
    with qtbot.waitSignals([panel.strip.label_given, Changes.of(panel).data_changed]):
        QTest.mouseClick(button(panel, "sample_7"), LEFT)
    assert labels() == [7]


def test_every_drawing_counts(panel: PaperAndStrip, qtbot: QtBot) -> None:
    for _ in range(3):
        panel.canvas.clear()
        draw(panel.canvas, SEVEN)
        press(panel, Qt.Key.Key_7, qtbot)
    assert panel.strip.said == "Saved as 7"
    assert panel.strip._keys._counts[7].text() == "3"


def test_another_key_for_the_same_drawing_corrects_it(panel: PaperAndStrip, qtbot: QtBot) -> None:
    draw(panel.canvas, SEVEN)
    press(panel, Qt.Key.Key_1, qtbot)
    press(panel, Qt.Key.Key_7, qtbot)
    assert labels() == [7]
    assert panel.strip.said == "Saved as 7"


def test_undo_takes_the_sample_back_and_it_can_be_given_again(panel: PaperAndStrip, qtbot: QtBot) -> None:
    draw(panel.canvas, SEVEN)
    press(panel, Qt.Key.Key_7, qtbot)
    with qtbot.waitSignal(Changes.of(panel).data_changed):
        QTest.mouseClick(button(panel, "sample_undo"), LEFT)
    assert labels() == []
    assert panel.strip.said == "Undone"
    assert not button(panel, "sample_undo").isVisible()
    press(panel, Qt.Key.Key_2, qtbot)
    assert labels() == [2]


def test_what_was_said_stays_over_an_empty_paper_and_goes_with_the_next_drawing(
    panel: PaperAndStrip, qtbot: QtBot
) -> None:
    draw(panel.canvas, SEVEN)
    press(panel, Qt.Key.Key_7, qtbot)
    panel.canvas.clear()
    assert panel.strip.said.startswith("Saved")
    assert button(panel, "sample_undo").isVisible()
    draw(panel.canvas, SEVEN)
    assert panel.strip.said == "What is it?"


def test_an_example_is_kept_as_the_pixels_it_is(panel: PaperAndStrip, qtbot: QtBot) -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 13:15] = 200
    panel.canvas.put(Paper(Drawing(28, 28), example_picture(image), invert=True, example_of="mnist-1"))
    press(panel, Qt.Key.Key_1, qtbot)
    kept = SampleStore("my-digits").original(1)
    assert isinstance(kept, Pixels)
    assert np.array_equal(kept.image, image)


def test_the_set_with_the_models_classes_is_chosen(panel: PaperAndStrip, qtbot: QtBot) -> None:
    create_sample_set("Wardrobe", DATASETS["fashion-mnist"].class_names)
    create_sample_set("Digits")
    panel.strip.refresh()
    qtbot.waitUntil(lambda: panel.strip.chosen is not None)
    assert panel.strip.chosen is not None
    assert panel.strip.chosen.title == "Digits"
    panel.strip.set_classes(DATASETS["fashion-mnist"].class_names)
    assert panel.strip.chosen.title == "Wardrobe"


def test_long_names_and_many_classes_are_chosen_from_a_list(panel: PaperAndStrip, qtbot: QtBot) -> None:
    names = tuple(f"rather-long-name-{number}" for number in range(50))
    panel.strip.set_classes(names)
    box = panel.findChild(QComboBox, "sample_class")
    assert box is not None
    assert box.isVisible()
    assert box.count() == 50
    assert panel.minimumSizeHint().width() < 300
    draw(panel.canvas, SEVEN)
    box.setFocus()
    QTest.keyClicks(box, "rather-long-name-41")
    with qtbot.waitSignal(Changes.of(panel).data_changed):
        QTest.mouseClick(button(panel, "sample_keep"), LEFT)
    assert labels() == [41]
    assert box.itemText(41) == "rather-long-name-41  (1)"


def test_own_names_have_keys_too(panel: PaperAndStrip, qtbot: QtBot) -> None:
    panel.strip.set_classes(("cat", "dog"))
    draw(panel.canvas, SEVEN)
    assert button(panel, "sample_1").toolTip() == "Save it as a sample of dog (key 2)"
    press(panel, Qt.Key.Key_2, qtbot)
    assert labels() == [1]
    assert sample_sets()[0].title == "My samples"


def test_a_new_set_with_other_classes_can_be_made(panel: PaperAndStrip, qtbot: QtBot) -> None:
    tool = panel.findChild(QToolButton, "sample_set")
    assert tool is not None
    menu = tool.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "New set…").trigger()
    dialog = panel.findChild(SampleSetDialog)
    assert dialog is not None
    title, classes = dialog.findChild(QLineEdit, "set_title"), dialog.findChild(QLineEdit, "set_classes")
    assert title is not None
    assert classes is not None
    classes.setText("sun")
    assert not dialog._make.isEnabled()
    assert "2 to 100" in dialog._make.toolTip()
    classes.setText("sun, moon")
    title.setText("Sky")
    with qtbot.waitSignal(Changes.of(panel).data_changed):
        QTest.mouseClick(dialog._make, LEFT)
    assert sample_set("sky").class_names == ("sun", "moon")
    assert button(panel, "sample_1").text() == "2  moon"  # with its key


def test_what_cannot_be_stored_is_told_and_can_be_tried_again(panel: PaperAndStrip, qtbot: QtBot) -> None:
    made = create_sample_set("Digits")
    panel.strip.refresh()
    qtbot.waitUntil(lambda: panel.strip.chosen is not None)
    path = SampleStore(made.name).path
    whole = path.read_bytes()
    path.write_bytes(b"no database")
    draw(panel.canvas, SEVEN)
    with qtbot.waitSignal(Messages.of(panel).changed) as failed:
        QTest.keyClick(panel.canvas, Qt.Key.Key_7)
    assert "is damaged" in failed.args[0].text
    qtbot.waitUntil(lambda: not panel.strip._tasks.is_busy)
    path.write_bytes(whole)
    panel.strip.refresh()
    qtbot.waitUntil(lambda: panel.strip.chosen is not None)
    press(panel, Qt.Key.Key_7, qtbot)
    assert labels() == [7]


def test_the_last_samples_are_shown_and_can_be_corrected_and_deleted(panel: PaperAndStrip, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        panel.canvas.clear()
        draw(panel.canvas, SEVEN)
        press(panel, key, qtbot)
    tiles = panel.strip.recent.tiles
    qtbot.waitUntil(tiles[1].isVisible)
    assert [tile.text() for tile in tiles if tile.isVisible()] == ["2", "1"]
    choose_from_menu(panel, tiles[1], "7", qtbot)
    assert sorted(labels()) == [2, 7]
    choose_from_menu(panel, tiles[0], "Delete", qtbot)
    assert labels() == [7]
    assert panel.strip.said == "Deleted"
    qtbot.waitUntil(tiles[1].isHidden)
    with qtbot.waitSignal(Changes.of(panel).data_changed):
        QTest.mouseClick(button(panel, "sample_undo"), LEFT)
    assert sorted(labels()) == [2, 7]


def choose_from_menu(panel: PaperAndStrip, tile: QToolButton, text: str, qtbot: QtBot) -> None:
    QTest.mouseClick(tile, LEFT)
    menu = panel.strip.recent._menu
    with qtbot.waitSignal(Changes.of(panel).data_changed):
        next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def test_a_click_trains_on_the_set_once_there_is_enough(panel: PaperAndStrip, qtbot: QtBot) -> None:
    store = SampleStore(create_sample_set("Sky", ("sun", "moon")).name)
    panel.strip.set_classes(("sun", "moon"))
    panel.strip.refresh()
    qtbot.waitUntil(lambda: panel.strip.chosen is not None)
    train = panel.strip.training.button
    assert not train.isVisible()
    random = np.random.default_rng(1)
    images = random.integers(1, 255, (20, 28, 28), np.uint8)
    store.add_all(NewSample(Pixels(image), number % 2) for number, image in enumerate(images[:3]))
    panel.strip.refresh()
    qtbot.waitUntil(train.isVisible)
    assert not train.isEnabled()
    assert train.toolTip() == store.set.why_not_alone
    store.add_all(NewSample(Pixels(image), number % 2) for number, image in enumerate(images[3:]))
    panel.strip.refresh()
    qtbot.waitUntil(train.isEnabled)
    ways = Ways.of(panel)
    QTest.mouseClick(train, LEFT)
    [(way, config)] = ways.taken
    assert (way, config.dataset) == ("train_on_samples", "sky")


def test_closing_at_once_loses_nothing(panel: PaperAndStrip, qtbot: QtBot) -> None:
    draw(panel.canvas, SEVEN)
    QTest.keyClick(panel.canvas, Qt.Key.Key_7)
    end_work(panel.strip, qtbot)
    assert labels() == [7]
