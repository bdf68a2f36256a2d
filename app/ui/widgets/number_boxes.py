"""Boxes around the digits of a number, painted over the paper it was read on."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.core.inference.doubt import Verdict
from app.core.inference.number import Digit, Number
from app.ui import theme
from app.ui.widgets.item_text import item_font

MARGIN, MARGIN_SHARE = 5.0, 0.05
"""Between the ink and its box: pixels, but no more than this share of the box's height."""

_HALO = 2.0
_DASHES, _DOTS = (5.0, 4.0), (1.0, 3.0)
_TAG_PADDING = 4.0


def paint_boxes(painter: QPainter, paper: QRectF, number: Number, selected: int | None = None) -> None:
    """Paint a box around each digit and its reading at the corner.

    A sure digit has a whole line; one that is not sure a dashed line and "7?", what is no digit a dotted line and "?".
    The selected one is painted last, with a thicker line and a filled tag. `paper` is where the paper is shown.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    order = sorted(range(len(number.digits)), key=lambda place: place == selected)
    for place in order:
        _paint_box(painter, paper, number.digits[place], place == selected)
    painter.restore()


def digit_at(paper: QRectF, number: Number, at: QPointF) -> int | None:
    """The digit whose box is under a point, the nearest if there are several; None beside all of them."""
    rects = [_rect(paper, digit) for digit in number.digits]
    hit = [place for place, rect in enumerate(rects) if rect.contains(at)]
    return min(hit, key=lambda place: abs(rects[place].center().x() - at.x()), default=None)


def reading_of(digit: Digit) -> str:
    """What is said of a digit in few letters: "7", "7?" when it is not sure, "?" when it is none."""
    doubted = not digit.is_sure and digit.prediction.verdict is Verdict.UNSURE
    return f"{digit.text}?" if doubted else digit.text


def _paint_box(painter: QPainter, paper: QRectF, digit: Digit, is_selected: bool) -> None:
    # The paper is white in both schemes, so what lies on it keeps the light scheme's colours.
    colour, rect = QColor(theme.LIGHT.accent), _rect(paper, digit)
    width = theme.FOCUS_LINE if is_selected else theme.LINE
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo = QColor(theme.LIGHT.paper)
    halo.setAlphaF(0.6)  # on a dark photograph
    painter.setPen(QPen(halo, width + _HALO))
    painter.drawRoundedRect(rect, theme.CONTROL_RADIUS / 2, theme.CONTROL_RADIUS / 2)
    painter.setPen(_line(colour, width, digit))
    painter.drawRoundedRect(rect, theme.CONTROL_RADIUS / 2, theme.CONTROL_RADIUS / 2)
    _paint_tag(painter, paper, rect, reading_of(digit), is_selected)


def _line(colour: QColor, width: float, digit: Digit) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if not digit.is_sure:
        pen.setDashPattern(_DASHES if digit.prediction.verdict is Verdict.UNSURE else _DOTS)
    return pen


def _paint_tag(painter: QPainter, paper: QRectF, box: QRectF, text: str, is_selected: bool) -> None:
    """The reading on the upper left corner: above the box, inside it where the paper ends."""
    font = item_font(small=True, bold=True)
    metrics = QFontMetricsF(font)
    tag = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * _TAG_PADDING, metrics.height() + 2)
    tag.moveBottomLeft(box.topLeft())
    if tag.top() < paper.top():
        tag.moveTopLeft(box.topLeft())
    colour = theme.LIGHT
    painter.setPen(QPen(QColor(colour.accent), theme.LINE))
    painter.setBrush(QColor(colour.accent if is_selected else colour.paper))
    painter.drawRoundedRect(tag, theme.CONTROL_RADIUS / 2, theme.CONTROL_RADIUS / 2)
    painter.setFont(font)
    painter.setPen(QColor(colour.on_accent if is_selected else colour.accent))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)


def _rect(paper: QRectF, digit: Digit) -> QRectF:
    """Where a digit's box is shown: around its ink, within the paper."""
    left, top, right, bottom = digit.box
    corner = QPointF(paper.left() + left * paper.width(), paper.top() + top * paper.height())
    end = QPointF(paper.left() + right * paper.width(), paper.top() + bottom * paper.height())
    margin = min(MARGIN, 1 + MARGIN_SHARE * (end.y() - corner.y()))
    around = QRectF(corner, end).adjusted(-margin, -margin, margin, margin)
    inner = paper.adjusted(1, 1, -1, -1)
    left, right = max(around.left(), inner.left()), min(around.right(), inner.right())
    top, bottom = max(around.top(), inner.top()), min(around.bottom(), inner.bottom())
    return QRectF(QPointF(left, top), QPointF(right, bottom))
