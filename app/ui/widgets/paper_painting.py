"""Painting the paper: the sheet, what lies on it, and what an empty one says."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.core.imaging.drawing import Drawing, fitted
from app.ui import theme
from app.ui.widgets.paper import Paper
from app.ui.widgets.paper_picture import paint_picture
from app.ui.widgets.strokes import paint_drawing


def paint_sheet(painter: QPainter, room: QRect, has_focus: bool) -> None:
    """The white sheet, framed in the accent while it has the keyboard."""
    frame = QRectF(room).adjusted(0.5, 0.5, -0.5, -0.5)
    colour, line = theme.colours(), theme.FOCUS_LINE if has_focus else theme.LINE
    painter.setPen(QPen(QColor(colour.accent if has_focus else colour.line), line))
    painter.setBrush(QColor(colour.paper))
    painter.drawRoundedRect(frame, theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)


def paint_hint(painter: QPainter, room: QRect, hint: str) -> None:
    """What an empty paper says."""
    painter.setPen(QColor(theme.colours().hint))
    painter.drawText(room.adjusted(24, 24, -24, -24), _CENTRED, hint)


def paint_paper(painter: QPainter, paper: Paper, room: QSize, brush: float) -> None:
    """What lies on the paper."""
    if paper.picture is not None:
        paint_picture(painter, paper.picture, room)
    else:
        paint_drawing(painter, refitted(paper.drawing, room), brush, theme.colours().ink)


def refitted(drawing: Drawing, room: QSize) -> Drawing:
    """The drawing on paper of that size."""
    if (drawing.width, drawing.height) == (room.width(), room.height()):
        return drawing
    return fitted(drawing, float(room.width()), float(room.height()))


_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
