"""Painting strokes: the curve through the points, as Qt draws it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPaintDevice, QPainter, QPainterPath, QPen

from app.core.imaging.drawing import Drawing, Point, Stroke

WIDEST = 1.6
"""The width under full pressure, as a share of the brush."""
_WIDTH_STEP = 0.5
"""Widths are rounded to this many pixels, so that neighbours can be painted together."""


@contextmanager
def painter_on(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter with smooth edges on a pixmap or an image, put away at the end."""
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()


def paint_drawing(painter: QPainter, drawing: Drawing, pen_width: float, colour: str) -> None:
    """Paint every stroke in the drawing's own units, `pen_width` in the same."""
    for stroke in drawing.strokes:
        paint_stroke(painter, stroke, pen_width, colour)


def paint_stroke(painter: QPainter, stroke: Stroke, pen_width: float, colour: str) -> None:
    """Paint a stroke: curves between the middles of its segments."""
    paint_pieces(painter, stroke, pen_width, colour, 1)
    paint_end(painter, stroke, pen_width, colour)


def paint_pieces(painter: QPainter, stroke: list[Point] | Stroke, pen_width: float, colour: str, first: int) -> None:
    """Paint the pieces that end between two points, from number `first` on: later points do not change them."""
    numbers = range(max(1, first), len(stroke))
    for width, group in groupby(numbers, lambda number: _width(stroke[number], pen_width)):
        path = QPainterPath()
        for number in group:
            before, turn = _point(stroke[max(0, number - 2)]), _point(stroke[number - 1])
            if path.elementCount() == 0:
                path.moveTo(before if number == 1 else QLineF(before, turn).center())
            path.quadTo(turn, QLineF(turn, _point(stroke[number])).center())
        painter.strokePath(path, _pen(width, colour))


def paint_end(painter: QPainter, stroke: list[Point] | Stroke, pen_width: float, colour: str) -> None:
    """Paint the last half segment, or the only point: what changes when another point comes."""
    painter.setPen(_pen(_width(stroke[-1], pen_width), colour))
    last = _point(stroke[-1])
    if len(stroke) == 1:
        painter.drawPoint(last)
    else:
        painter.drawLine(QLineF(QLineF(_point(stroke[-2]), last).center(), last))


def bounds(points: list[Point] | Stroke, margin: float) -> QRectF:
    """The box around some points, `margin` larger on every side."""
    across, down = [point[0] for point in points], [point[1] for point in points]
    left, top = min(across) - margin, min(down) - margin
    return QRectF(left, top, max(across) + margin - left, max(down) + margin - top)


def _point(point: Point) -> QPointF:
    return QPointF(point[0], point[1])


def _pen(width: float, colour: str) -> QPen:
    return QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _width(point: Point, pen_width: float) -> float:
    if len(point) < 4:
        return pen_width
    return max(_WIDTH_STEP, round(pen_width * (0.4 + 1.2 * point[3]) / _WIDTH_STEP) * _WIDTH_STEP)
