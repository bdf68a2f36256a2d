"""Several digits on the paper: read as a number, boxed, chosen one by one; a single digit is what it was."""

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.core.imaging.paper import Paper
from app.core.imaging.pictures import Picture
from app.ui.recognize.page import RecognizePage
from app.ui.settings import Settings
from tests.ui.hand import LEFT, NO_KEYS, ONE, SEVEN, SLOW_MS, draw


@pytest.fixture
def page(qtbot: QtBot) -> RecognizePage:
    page = RecognizePage(Settings())
    qtbot.addWidget(page)
    page.resize(1184, 646)
    page.show()
    return page


def write(page: RecognizePage, corners: Sequence[tuple[float, float]], left: float) -> None:
    draw(page.canvas, [(left + 0.3 * x, 0.3 + 0.4 * y) for x, y in corners])


def write_number(page: RecognizePage, qtbot: QtBot, text: str = "717") -> None:
    for place, digit in enumerate(text):
        write(page, SEVEN if digit == "7" else ONE, 0.02 + 0.3 * place)
    qtbot.waitUntil(lambda: page.prediction.number_line.text == text, timeout=SLOW_MS)


def test_a_single_digit_is_no_number(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not page._recognizer._tasks.is_busy, timeout=SLOW_MS)
    assert page.answer.text.startswith("7 ")
    assert not page.prediction.number_line.isVisible()
    assert not page.overlay.isVisible()
    assert not page.prediction.several.isVisible()


def test_a_number_is_read_boxed_and_can_be_copied(page: RecognizePage, qtbot: QtBot) -> None:
    write_number(page, qtbot)
    assert page.prediction.number_line.isVisible()
    assert page.overlay.isVisible()
    page.files._copy_action.trigger()
    assert QApplication.clipboard().text() == "717"


def test_the_key_to_copy_takes_the_number_wherever_the_focus_is(page: RecognizePage, qtbot: QtBot) -> None:
    write_number(page, qtbot)
    for place in (page.canvas, page.prediction.number_line):
        QApplication.clipboard().setText("before")
        place.setFocus()
        QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QApplication.clipboard().text() == "717"


def test_the_last_digit_is_shown_and_any_other_can_be_chosen(page: RecognizePage, qtbot: QtBot) -> None:
    write_number(page, qtbot)
    bars = page.bars.probabilities
    assert bars is not None
    assert bars.argmax() == 7
    line = page.prediction.number_line.findChild(QLineEdit)
    assert line is not None
    QTest.keyClick(line, Qt.Key.Key_Left)
    assert page.prediction.number_line.selected == 1
    bars = page.bars.probabilities
    assert bars is not None
    assert bars.argmax() == 1
    assert page.answer.text.startswith("1 ")


def test_everything_can_be_read_as_one_and_as_several_again(page: RecognizePage, qtbot: QtBot) -> None:
    write_number(page, qtbot, "71")
    QTest.mouseClick(page.prediction.several, LEFT)
    QApplication.processEvents()
    assert not page.prediction.number_line.isVisible()
    assert not page.overlay.isVisible()
    assert page.prediction.several.isVisible()
    QTest.mouseClick(page.prediction.several, LEFT)
    qtbot.waitUntil(lambda: page.prediction.number_line.text == "71", timeout=SLOW_MS)


def test_clearing_takes_the_number_away(page: RecognizePage, qtbot: QtBot) -> None:
    write_number(page, qtbot, "71")
    page.canvas.clear()
    QApplication.processEvents()
    assert page.prediction.text == ""
    assert not page.prediction.number_line.isVisible()
    draw(page.canvas, SEVEN)
    QApplication.processEvents()
    assert page.answer.text.startswith("7 ")


def test_undo_leads_from_a_number_back_to_a_digit(page: RecognizePage, qtbot: QtBot) -> None:
    write_number(page, qtbot, "71")
    page.canvas.undo()
    qtbot.waitUntil(lambda: not page.prediction.number_line.isVisible(), timeout=SLOW_MS)
    assert page.answer.text.startswith("7 ")


def test_a_number_stays_while_another_stroke_is_made(page: RecognizePage, qtbot: QtBot) -> None:
    write_number(page, qtbot, "71")
    QTest.mousePress(page.canvas, LEFT, NO_KEYS, QPoint(350, 200))
    QTest.mouseMove(page.canvas, QPoint(352, 300))
    QApplication.processEvents()
    assert page.prediction.number_line.isVisible()
    QTest.mouseRelease(page.canvas, LEFT, NO_KEYS, QPoint(352, 300))
    qtbot.waitUntil(lambda: page.prediction.number_line.text == "711", timeout=SLOW_MS)


def test_a_number_is_read_while_its_next_digit_is_being_drawn(page: RecognizePage) -> None:
    write(page, SEVEN, 0.02)
    QApplication.processEvents()
    QTest.mousePress(page.canvas, LEFT, NO_KEYS, QPoint(350, 200))
    seen: list[str] = []
    for step in range(1, 13):
        QTest.mouseMove(page.canvas, QPoint(350, 200 + 15 * step))
        QApplication.processEvents()
        seen.append(page.prediction.number_line.text)
    assert not page.canvas.history.can_redo
    assert seen[0] == ""
    assert seen[-1] == "71"
    assert page.overlay.isVisible()
    QTest.mouseRelease(page.canvas, LEFT, NO_KEYS, QPoint(350, 380))


def test_the_second_stroke_of_a_digit_is_no_digit_while_it_is_drawn(page: RecognizePage) -> None:
    draw(page.canvas, ((0.4, 0.2), (0.3, 0.6), (0.7, 0.6)))
    QTest.mousePress(page.canvas, LEFT, NO_KEYS, QPoint(270, 120))
    for step in range(1, 13):
        QTest.mouseMove(page.canvas, QPoint(270, 120 + 25 * step))
        QApplication.processEvents()
        assert not page.prediction.number_line.isVisible()
    QTest.mouseRelease(page.canvas, LEFT, NO_KEYS, QPoint(270, 420))
    QApplication.processEvents()
    assert page.answer.text.startswith("4 ")


def test_a_number_in_a_picture_is_read(page: RecognizePage, qtbot: QtBot) -> None:
    image = Image.new("L", (600, 300), 235)
    pen = ImageDraw.Draw(image)
    for left in (60, 350):
        pen.line([(left, 70), (left + 120, 70), (left + 50, 240)], fill=30, width=16, joint="curve")
    page.canvas.put(Paper(page.canvas.paper.drawing, Picture(np.asarray(image.convert("RGB")))))
    qtbot.waitUntil(lambda: page.prediction.number_line.text == "77", timeout=SLOW_MS)


def test_a_model_for_clothes_looks_for_no_number(page: RecognizePage, qtbot: QtBot) -> None:
    page.refresh_models("clothes-cnn")
    write(page, SEVEN, 0.02)
    write(page, ONE, 0.5)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not page._recognizer._tasks.is_busy, timeout=SLOW_MS)
    assert not page.prediction.number_line.isVisible()


def test_two_models_are_compared_digit_by_digit(page: RecognizePage, qtbot: QtBot) -> None:
    page.prediction.compare.choose("quickstart-mnist")
    write_number(page, qtbot, "71")
    left, right = page.prediction.comparison.bars.answers
    assert left is not None
    assert right is not None
    assert left.argmax() == right.argmax() == 1


def test_a_tap_on_a_box_chooses_its_digit_and_draws_nothing(page: RecognizePage, qtbot: QtBot) -> None:
    write_number(page, qtbot)
    before, device = page.canvas.paper, QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)
    inside = QPoint(round(0.47 * page.canvas.width()), round(0.5 * page.canvas.height()))
    QTest.touchEvent(page.canvas, device).press(0, inside, page.canvas).commit()
    QTest.touchEvent(page.canvas, device).move(0, inside + QPoint(1, 1), page.canvas).commit()
    QTest.touchEvent(page.canvas, device).release(0, inside + QPoint(1, 1), page.canvas).commit()
    assert page.prediction.number_line.selected == 1
    assert page.canvas.paper == before
    QTest.touchEvent(page.canvas, device).press(0, inside, page.canvas).commit()
    QTest.touchEvent(page.canvas, device).move(0, inside + QPoint(0, 30), page.canvas).commit()
    QTest.touchEvent(page.canvas, device).release(0, inside + QPoint(0, 60), page.canvas).commit()
    added = page.canvas.paper.drawing.strokes[len(before.drawing.strokes) :]
    assert [stroke[0][:2] for stroke in added] == [(inside.x(), inside.y())]  # a stroke is kept from its first point
