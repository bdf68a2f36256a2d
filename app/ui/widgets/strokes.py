"""Painting strokes: the curve through the points, as Qt draws it."""

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.core.imaging.drawing import Drawing, Stroke

NO_PRESSURE = 0.5
"""What a point without pressure counts as: the middle of what a pen can say."""


def paint_drawing(painter: QPainter, drawing: Drawing, pen_width: float, colour: str) -> None:
    """Paint every stroke in the drawing's own units, `pen_width` in the same."""
    for stroke in drawing.strokes:
        paint_stroke(painter, stroke, pen_width, colour)


def paint_stroke(painter: QPainter, stroke: Stroke, pen_width: float, colour: str, first: int = 0) -> None:
    """Paint a stroke from its point number `first` on: curves between the middles of its segments."""
    pen = QPen(QColor(colour), pen_width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    points = [QPointF(point[0], point[1]) for point in stroke]
    if len(points) == 1:
        pen.setWidthF(_width(stroke, 0, pen_width))
        painter.setPen(pen)
        painter.drawPoint(points[0])
        return
    if all(len(point) < 4 for point in stroke):
        painter.setPen(pen)
        painter.drawPath(_path(points, first))
        return
    for position in range(max(1, first), len(points)):  # each piece has a width of its own
        pen.setWidthF(_width(stroke, position, pen_width))
        painter.setPen(pen)
        painter.drawPath(_piece(points, position))


def _path(points: list[QPointF], first: int) -> QPainterPath:
    path = QPainterPath()
    for position in range(max(1, first), len(points)):
        path.connectPath(_piece(points, position))
    return path


def _piece(points: list[QPointF], position: int) -> QPainterPath:
    """The curve from the middle of the segment before `position - 1` to the middle of the one after it."""
    before, turn, after = points[max(0, position - 2)], points[position - 1], points[position]
    is_first, is_last = position == 1, position == len(points) - 1
    path = QPainterPath(before if is_first else QLineF(before, turn).center())
    path.quadTo(turn, QLineF(turn, after).center())
    if is_last:
        path.lineTo(after)
    return path


def _width(stroke: Stroke, position: int, pen_width: float) -> float:
    point = stroke[position]
    pressure = point[3] if len(point) > 3 else NO_PRESSURE
    return pen_width * (0.4 + 1.2 * pressure)
