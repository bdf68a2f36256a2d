"""What all plots are painted with: ground, frame, text, signs."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QApplication

from app.ui import theme

FRAME = 0.8
"""Width of lines, as matplotlib has it."""
TICK = 4.0
SIGN = 8.0
_STROKE = 1.8
LINE_HEIGHT = 15.0
_TEXT = Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine
CENTRED = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


def plot_font(size: int = theme.SMALL_FONT_SIZE) -> QFont:
    """The program's font; unhinted, so that its proportions are the same at every scale."""
    font = QFont(QApplication.font())
    font.setPixelSize(size)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def width_of(text: str) -> float:
    """How wide a line of text is."""
    return QFontMetricsF(plot_font()).horizontalAdvance(text)


def cut(text: str, width: float) -> str:
    """The text, or as much of it as fits."""
    return QFontMetricsF(plot_font()).elidedText(text, Qt.TextElideMode.ElideRight, width)


def paint_ground(painter: QPainter, size: QSizeF) -> None:
    """White, everywhere."""
    painter.fillRect(QRectF(QPointF(), size), QColor(theme.colours().paper))
    painter.setFont(plot_font())


def paint_frame(painter: QPainter, place: QRectF) -> None:
    """A thin line around a plot."""
    painter.setPen(_pen(theme.colours().plot_ink, FRAME, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)


def paint_line(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """A tick or the like."""
    painter.setPen(_pen(theme.colours().plot_ink, FRAME, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin))
    painter.drawLine(start, end)


def paint_text(
    painter: QPainter, place: QRectF, text: str, colour: str = "", align: Qt.AlignmentFlag = CENTRED
) -> None:
    """A line of text in black or in `colour`; `place` only aligns, it does not clip."""
    painter.setPen(QColor(colour or theme.colours().plot_ink))
    painter.drawText(place, int(align | _TEXT), text)


def paint_sign(painter: QPainter, place: QRectF, is_right: bool, colour: str) -> None:
    """A check or a cross."""
    inner = place.adjusted(1, 1, -1, -1)
    painter.setPen(_pen(colour, _STROKE, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    if is_right:
        low = QPointF(inner.left() + 0.36 * inner.width(), inner.bottom())
        middle = QPointF(inner.left(), inner.center().y() + 0.1 * inner.height())
        painter.drawPolyline(QPolygonF([middle, low, inner.topRight()]))
    else:
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.bottomLeft(), inner.topRight())


def _pen(colour: str, width: float, cap: Qt.PenCapStyle, join: Qt.PenJoinStyle) -> QPen:
    return QPen(QBrush(QColor(colour)), width, Qt.PenStyle.SolidLine, cap, join)
