"""A number on the page: boxes over the paper, and a line of text to choose from and to copy."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.core.imaging.preprocess import NetworkInput
from app.core.imaging.segmentation.pieces import Box
from app.core.inference.calibration import Verdict
from app.core.inference.multi_digit import Digit, MultiDigitPrediction
from app.core.inference.predictor import Prediction
from app.ui import theme
from app.ui.recognize.number_line import NumberLine
from app.ui.recognize.paper.number_overlay import box_places, digit_at, paint_boxes, tag_places

PAPER = QRectF(10, 20, 400, 200)


def number_of(text: str, *verdicts: Verdict) -> MultiDigitPrediction:
    """The digits of `text` side by side, each in a box of its own."""
    shown = NetworkInput(np.zeros((28, 28), np.float32), (), is_empty=False, inverted=False)
    names = text.replace(" ", "")
    digits = []
    for place, name in enumerate(names):
        left = (place + 0.2) / len(names)
        box = Box(left, 0.3, left + 0.6 / len(names), 0.8)
        answer = Prediction(int(name), name, np.eye(10, dtype=np.float32)[int(name)], 0.1)
        verdict = verdicts[place] if place < len(verdicts) else Verdict.SURE
        digits.append(Digit(box, shown, replace(answer, verdict=verdict)))
    return MultiDigitPrediction(tuple(digits), text)


def painted(number: MultiDigitPrediction, selected: int | None = None) -> QImage:
    image = QImage(420, 240, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_boxes(painter, PAPER, number, selected)
    painter.end()
    return image


def along_lower_edge(image: QImage, number: MultiDigitPrediction, place: int) -> list[bool]:
    """Whether the lower line of a box is painted, pixel by pixel, its round corners left out."""
    box = number.digits[place].box
    y = round(PAPER.top() + box.bottom * PAPER.height()) + 5
    columns = range(round(PAPER.left() + box.left * 400) + 4, round(PAPER.left() + box.right * 400) - 4)
    return [min(image.pixelColor(x, row).lightness() for row in (y - 1, y, y + 1)) < 235 for x in columns]


@pytest.fixture
def line(qtbot: QtBot) -> NumberLine:
    widget = NumberLine()
    qtbot.addWidget(widget)
    widget.resize(330, widget.height())
    widget.show()
    return widget


def text_of(line: NumberLine) -> QLineEdit:
    return cast(QLineEdit, line.findChild(QLineEdit))


def copy_button(line: NumberLine) -> QPushButton:
    return cast(QPushButton, line.findChild(QPushButton))


def place_of(line: NumberLine, place: int) -> QPoint:
    """The middle of a digit: where the line is painted below it once it is chosen."""
    line.select(place)
    text_of(line).clearFocus()  # the frame of the focus has the same colour
    image = line.grab().toImage()
    accent = QColor(theme.LIGHT.accent).rgb()
    columns = [
        x for x in range(image.width()) if any(image.pixel(x, y) == accent for y in range(8, image.height() - 2))
    ]
    return QPoint((columns[0] + columns[-1]) // 2, line.height() // 2)


def test_a_sure_digit_has_a_whole_line_a_doubtful_one_gaps(qapp: QApplication) -> None:
    number = number_of("123", Verdict.SURE, Verdict.UNSURE, Verdict.UNKNOWN)
    image = painted(number)
    shares = [np.mean(along_lower_edge(image, number, place)) for place in range(3)]
    assert shares[0] == 1
    assert 0.3 < shares[1] < 0.8
    assert 0.1 < shares[2] < 0.8
    assert along_lower_edge(image, number, 1) != along_lower_edge(image, number, 2)


def test_the_selected_box_is_told_by_a_filled_tag(qapp: QApplication) -> None:
    number = number_of("47")
    accent = QColor(theme.LIGHT.accent).rgb()

    def filled(image: QImage, columns: range) -> int:
        return sum(image.pixel(x, y) == accent for x in columns for y in range(60, 74))

    left, right = range(40, 70), range(240, 270)
    first, second = painted(number, 0), painted(number, 1)
    assert filled(first, left) > 2 * filled(first, right)
    assert filled(second, right) > 2 * filled(second, left)


def test_nothing_is_painted_outside_the_paper(qapp: QApplication) -> None:
    whole = Digit(Box(0, 0, 1, 1), *[getattr(number_of("8").digits[0], name) for name in ("shown", "prediction")])
    image = painted(MultiDigitPrediction((whole,), "8"), 0)
    outside = [(x, y) for x in range(420) for y in range(240) if not PAPER.contains(QPointF(x, y))]
    assert all(image.pixel(x, y) == QColor("white").rgb() for x, y in outside)
    assert painted(MultiDigitPrediction((), "")) == painted(MultiDigitPrediction((), ""), 3)


def test_a_point_finds_its_box() -> None:
    number = number_of("123")
    assert digit_at(PAPER, number, QPointF(10 + 400 * 0.5, 120)) == 1
    assert digit_at(PAPER, number, QPointF(12, 22)) is None


def boxed(*boxes: Box) -> MultiDigitPrediction:
    number = number_of("123456789"[: len(boxes)])
    return replace(
        number, digits=tuple(replace(digit, box=box) for digit, box in zip(number.digits, boxes, strict=True))
    )


def test_a_reading_lies_on_no_other_box_and_on_no_other_reading(qapp: QApplication) -> None:
    rows = [(top, top + 0.27) for top in (0.02, 0.35, 0.69)]
    number = boxed(*(Box(left, top, left + 0.1, bottom) for top, bottom in rows for left in (0.1, 0.215, 0.5)))
    boxes = box_places(PAPER, number)
    tags = tag_places(PAPER, boxes, ["8?"] * 9)
    for place, tag in enumerate(tags):
        assert PAPER.contains(tag)
        for other in set(range(9)) - {place}:
            assert not tag.intersects(boxes[other])
            assert not tag.intersects(tags[other])


def test_no_box_hides_under_another(qapp: QApplication) -> None:
    around = Box(0.2, 0.2, 0.6, 0.8)
    for inner in (Box(0.2, 0.2, 0.3, 0.8), Box(0.5, 0.2, 0.6, 0.8), Box(0.3, 0.21, 0.5, 0.79)):
        number = boxed(inner, around)
        small, large = box_places(PAPER, number)
        assert large.adjusted(3, 3, -3, -3).contains(small)
        assert digit_at(PAPER, number, small.center()) == 0
        assert digit_at(PAPER, number, large.topLeft() + QPointF(1, 1)) == 1
        tags = tag_places(PAPER, [small, large], ["1", "3"])
        assert not tags[0].intersects(tags[1])


def test_a_click_chooses_a_digit(line: NumberLine, qtbot: QtBot) -> None:
    line.set_number(number_of("2024"))
    places = [place_of(line, place) for place in range(4)]
    assert [place.x() for place in places] == sorted(place.x() for place in places)
    for place in (2, 0, 3):
        with qtbot.waitSignal(line.digit_selected) as told:
            QTest.mouseClick(text_of(line), LEFT, NO_KEYS, places[place])
        assert told.args == [place]
        assert line.selected == place


def test_keys_walk_through_the_digits(line: NumberLine, qtbot: QtBot) -> None:
    line.set_number(number_of("12 34"))
    told: list[int] = []
    line.digit_selected.connect(told.append)
    text = text_of(line)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home):
        QTest.keyClick(text, key)
    assert told == [0, 1, 3, 3, 2, 0]


def test_the_number_is_copied_whole_or_in_part(line: NumberLine, qtbot: QtBot) -> None:
    line.set_number(number_of("12 34"))
    QTest.mouseClick(copy_button(line), LEFT, NO_KEYS)
    assert QGuiApplication.clipboard().text() == "12\n34"
    text = text_of(line)
    QTest.keyClick(text, Qt.Key.Key_Home)
    QTest.keyClick(text, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "1"


def test_without_a_number_there_is_nothing_to_copy_and_it_says_so(line: NumberLine) -> None:
    button = copy_button(line)
    assert not button.isEnabled()
    assert "Nothing to copy" in button.toolTip()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End):
        QTest.keyClick(text_of(line), key)
    assert line.selected is None


def test_the_choice_stays_while_the_number_has_as_many_digits(line: NumberLine) -> None:
    line.set_number(number_of("123"))
    line.select(1)
    line.set_number(number_of("173"))
    assert line.selected == 1
    line.set_number(number_of("1"))
    assert line.selected is None


def test_twelve_digits_fit(line: NumberLine) -> None:
    line.set_number(number_of("123456789012"))
    assert place_of(line, 0).x() < place_of(line, 11).x() < copy_button(line).x()


def test_the_chosen_digit_is_told_to_screen_readers(line: NumberLine) -> None:
    line.set_number(number_of("42", Verdict.SURE, Verdict.UNSURE))
    line.select(1)
    assert text_of(line).accessibleDescription() == "Digit 2 of 2: 2, >99.9%, not sure"


LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
