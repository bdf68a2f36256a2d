"""Labelling what is on the paper from the Recognize page: draw, press 7, draw, press 3."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.sets import create_sample_set, sample_sets
from app.core.datasets.samples.store import SampleStore
from app.ui.recognize.page import RecognizePage
from app.ui.recognize.paper.canvas import Canvas, Tool
from app.ui.settings import Settings
from tests.ui.closing import end_work
from tests.ui.hand import LEFT, ONE, SEVEN, SLOW_MS, draw


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RecognizePage]:
    page = RecognizePage(Settings())  # not given to qtbot, which deletes pages before their threads end
    page.resize(1184, 646)
    page.show()
    page.activateWindow()
    page.canvas.setFocus()
    yield page
    end_work(page, qtbot)
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


def write_71(page: RecognizePage) -> None:
    for corners, left in ((SEVEN, 0.0), (ONE, 0.4)):
        draw(page.canvas, [(left + 0.4 * x, 0.3 + 0.4 * y) for x, y in corners])


def test_what_is_drawn_while_samples_are_collected_is_one_thing(page: RecognizePage, qtbot: QtBot) -> None:
    page.prediction.label.setChecked(True)
    write_71(page)
    qtbot.waitUntil(lambda: page.bars.isVisible() and page.answer.text != "", timeout=SLOW_MS)
    assert page.prediction.number_line.isHidden()
    assert page.prediction.several.isHidden()
    label(page, qtbot, Qt.Key.Key_4, "Saved as 4")
    page.prediction.label.setChecked(False)
    qtbot.waitUntil(lambda: page.prediction.number_line.text == "71", timeout=SLOW_MS)


def test_a_key_for_what_was_read_as_a_number_keeps_all_of_it(page: RecognizePage, qtbot: QtBot) -> None:
    write_71(page)
    qtbot.waitUntil(lambda: page.prediction.number_line.text == "71", timeout=SLOW_MS)
    label(page, qtbot, Qt.Key.Key_4, "Saved as 4")
    (kept,) = SampleStore(sample_sets()[0].name).samples()
    assert kept.kind == "drawing"
    draw(page.canvas, SEVEN)
    assert len(page.paper.drawing.strokes) == 1


def test_a_click_on_a_box_chooses_its_digit_and_a_label_corrects_it(page: RecognizePage, qtbot: QtBot) -> None:
    write_71(page)
    qtbot.waitUntil(lambda: page.prediction.number_line.text == "71", timeout=SLOW_MS)
    on_seven = QPoint(round(0.2 * page.canvas.width()), round(0.4 * page.canvas.height()))
    QTest.mouseClick(page.canvas, LEFT, pos=on_seven)
    assert len(page.paper.drawing.strokes) == 2
    assert page.prediction.number_line.selected == 0
    assert page.samples.strip.isVisible()
    assert not Settings().labels  # it was shown for this digit alone
    label(page, qtbot, Qt.Key.Key_2, "Saved as 2")
    assert page.prediction.number_line.text == "21"
    (kept,) = SampleStore(sample_sets()[0].name).samples()
    assert (kept.label, kept.kind) == (2, "pixels")
    assert not kept.image[:, :4].any()  # the 1 beside it is not on it
    draw(page.canvas, ((0.85, 0.3), (0.85, 0.7)))  # the number goes on
    assert len(page.paper.drawing.strokes) == 3
    assert page.samples.strip.isHidden()


def test_a_stroke_that_begins_in_a_box_is_a_stroke(page: RecognizePage, qtbot: QtBot) -> None:
    write_71(page)
    qtbot.waitUntil(lambda: page.prediction.number_line.text == "71", timeout=SLOW_MS)
    draw(page.canvas, ((0.15, 0.45), (0.3, 0.45)))
    assert len(page.paper.drawing.strokes) == 3
    start = page.paper.drawing.strokes[2][0][:2]
    assert start == pytest.approx((0.15 * page.canvas.width(), 0.45 * page.canvas.height()), abs=1)


def test_backspace_takes_the_last_labels_back(page: RecognizePage, qtbot: QtBot) -> None:
    for corners, key, said in ((SEVEN, Qt.Key.Key_7, "Saved as 7"), (ONE, Qt.Key.Key_1, "Saved as 1")):
        draw(page.canvas, corners)
        label(page, qtbot, key, said)
    for _ in range(2):
        QTest.keyClick(page.canvas, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: sum(counts(page)) == 0, timeout=SLOW_MS)
    draw(page.canvas, SEVEN)
    assert len(page.paper.drawing.strokes) == 1


def test_labels_given_faster_than_they_are_stored_go_to_their_own_drawings(page: RecognizePage, qtbot: QtBot) -> None:
    for corners, keys in ((SEVEN, "7"), (ONE, "71"), (SEVEN, "7")):
        draw(page.canvas, corners)
        QTest.keyClicks(page.canvas, keys)
    draw(page.canvas, ONE)
    QTest.keyClicks(page.canvas, "3")
    QTest.keyClick(page.canvas, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: page.samples.strip.said == "Undone", timeout=SLOW_MS)
    assert [sample.label for sample in SampleStore(sample_sets()[0].name).samples()] == [7, 1, 7]


def test_no_key_labels_while_the_pen_is_down(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    label(page, qtbot, Qt.Key.Key_7, "Saved as 7")
    QTest.mousePress(page.canvas, LEFT, pos=page.canvas.rect().center())
    QTest.keyClick(page.canvas, Qt.Key.Key_1)
    QTest.mouseRelease(page.canvas, LEFT, pos=page.canvas.rect().center())
    QApplication.processEvents()
    assert [counts(page)[digit] for digit in (1, 7)] == [0, 1]


def test_the_paper_invites_to_what_is_collected(page: RecognizePage, qtbot: QtBot) -> None:
    create_sample_set("Shapes", ("circle", "square", "triangle"))
    page.prediction.label.setChecked(True)
    strip = page.samples.strip
    qtbot.waitUntil(lambda: len(strip._sets) == 1, timeout=SLOW_MS)
    strip._choose(strip._sets[0])
    assert page.canvas._hint == "Draw a circle, a square or a triangle here"
    page.prediction.label.setChecked(False)
    assert page.canvas._hint == "Draw a digit here"


def test_the_keys_label_after_a_click_on_what_shows_them(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    QTest.mouseClick(page.prediction.label, LEFT)
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
    qtbot.waitUntil(lambda: page.samples.strip.said == "Undone", timeout=SLOW_MS)
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
    QTest.mouseClick(page.prediction.label, LEFT)
    assert page.samples.strip.isVisible()
    assert Settings().labels
    QTest.mouseClick(page.prediction.label, LEFT)
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
