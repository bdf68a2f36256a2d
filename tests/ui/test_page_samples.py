"""Labelling what is on the paper from the Recognize page: draw, press 7, draw, press 3."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.sets import sample_sets
from app.core.datasets.samples.store import SampleStore
from app.ui.pages.recognize_page import RecognizePage
from app.ui.settings import Settings
from app.ui.widgets.canvas import Canvas, Tool
from app.ui.widgets.model_chooser import ModelChooser
from tests.ui.hand import LEFT, ONE, SEVEN, SLOW_MS, draw


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RecognizePage]:
    chooser = ModelChooser()
    qtbot.addWidget(chooser)
    page = RecognizePage(Settings(), chooser)  # not given to qtbot, which deletes pages before their threads end
    page.resize(1184, 646)
    page.show()
    page.activateWindow()
    page.canvas.setFocus()
    yield page
    with qtbot.waitSignal(page.shut_down_finished, timeout=SLOW_MS):
        page.shut_down()
    page.close()
    page.deleteLater()


def counts(page: RecognizePage) -> list[int]:
    (found,) = sample_sets()
    return [count.total for count in found.counts]


def label(page: RecognizePage, qtbot: QtBot, key: Qt.Key, said: str) -> None:
    QTest.keyClick(page.canvas, key)
    qtbot.waitUntil(lambda: said in page.samples.strip.said, timeout=SLOW_MS)


def test_a_key_keeps_the_paper_as_a_sample_and_says_so(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    label(page, qtbot, Qt.Key.Key_7, "Saved as 7")
    assert page.samples.strip.isVisible()
    assert counts(page)[7] == 1


def test_a_set_is_collected_quickly(page: RecognizePage, qtbot: QtBot) -> None:
    for corners, key, said in (
        (SEVEN, Qt.Key.Key_7, "Saved as 7"),
        (ONE, Qt.Key.Key_1, "Saved as 1"),
        (SEVEN, Qt.Key.Key_7, "Saved as 7"),
    ):
        draw(page.canvas, corners)
        assert len(page.paper.drawing.strokes) == 1
        label(page, qtbot, key, said)
    assert [counts(page)[digit] for digit in (1, 7)] == [1, 2]


def test_another_key_corrects_what_was_just_labelled(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    label(page, qtbot, Qt.Key.Key_1, "Saved as 1")
    label(page, qtbot, Qt.Key.Key_7, "Saved as 7")
    assert [counts(page)[digit] for digit in (1, 7)] == [0, 1]


def test_a_number_is_no_sample_until_it_is_read_as_one(page: RecognizePage, qtbot: QtBot) -> None:
    page.believes.label.setChecked(True)
    for corners, left in ((SEVEN, 0.0), (ONE, 0.4)):
        draw(page.canvas, [(left + 0.4 * x, 0.3 + 0.4 * y) for x, y in corners])
    qtbot.waitUntil(lambda: page.believes.number_line.text == "71", timeout=SLOW_MS)
    key = page.samples.strip.findChild(QPushButton, "sample_7")
    assert key is not None
    assert not key.isEnabled()
    assert "single digit" in key.toolTip()
    with qtbot.waitSignal(page.failed) as said:
        QTest.keyClick(page.canvas, Qt.Key.Key_7)
    assert "single digit" in said.args[0]
    assert sample_sets() == ()
    QTest.mouseClick(page.believes.several, LEFT)
    qtbot.waitUntil(key.isEnabled, timeout=SLOW_MS)
    label(page, qtbot, Qt.Key.Key_4, "Saved as 4")


def test_the_keys_label_after_a_click_on_what_shows_them(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    QTest.mouseClick(page.believes.label, LEFT)
    assert page.samples.strip.isVisible()
    assert page.canvas.hasFocus()


def test_undo_brings_a_labelled_drawing_back(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    labelled = page.paper
    label(page, qtbot, Qt.Key.Key_7, "Saved as 7")
    draw(page.canvas, ONE)
    page.canvas.undo()
    assert page.paper is labelled


def test_a_sample_can_be_taken_back(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    label(page, qtbot, Qt.Key.Key_7, "Saved as 7")
    undo = page.samples.strip.findChild(QPushButton, "sample_undo")
    assert undo is not None
    QTest.mouseClick(undo, LEFT)
    qtbot.waitUntil(lambda: page.samples.strip.said == "Taken back", timeout=SLOW_MS)
    assert sum(counts(page)) == 0
    assert SampleStore(sample_sets()[0].name).samples() == ()


def test_an_example_that_was_drawn_on_can_be_labelled(page: RecognizePage, qtbot: QtBot) -> None:
    from app.core.datasets.sources import load_dataset

    page.show_example(load_dataset("mnist", "starter").test.images[0], "mnist-1")
    draw(page.canvas, ONE)
    label(page, qtbot, Qt.Key.Key_5, "Saved as 5")
    draw(page.canvas, SEVEN)
    assert page.paper.picture is None
    assert len(page.paper.drawing.strokes) == 1


def test_keys_label_only_what_the_paper_has_the_keyboard_for(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    page.tools.clear.setFocus()
    QTest.keyClick(page.tools.clear, Qt.Key.Key_7)
    QApplication.processEvents()
    assert page.samples.strip.isHidden()
    assert sample_sets() == ()


def test_the_strip_is_shown_when_asked_for_and_next_time(page: RecognizePage, qtbot: QtBot) -> None:
    assert page.samples.strip.isHidden()
    QTest.mouseClick(page.believes.label, LEFT)
    assert page.samples.strip.isVisible()
    assert Settings().labels
    QTest.mouseClick(page.believes.label, LEFT)
    assert page.samples.strip.isHidden()
    assert not Settings().labels


def test_a_paper_that_is_set_aside_turns_pale_until_something_happens(qtbot: QtBot) -> None:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 400)
    canvas.show()

    def darkest() -> int:
        image = canvas.grab().toImage()
        return min(image.pixelColor(200, y).lightness() for y in range(70, 330))

    draw(canvas, ONE)
    assert darkest() < 40
    canvas.set_aside()
    assert darkest() > 120
    canvas.set_tool(Tool.ERASER)
    draw(canvas, ((0.1, 0.5), (0.3, 0.5)))  # the eraser goes on with it
    assert len(canvas.paper.drawing.strokes) == 1
    assert darkest() < 40
    canvas.set_tool(Tool.PEN)
    draw(canvas, SEVEN)
    assert len(canvas.paper.drawing.strokes) == 2
