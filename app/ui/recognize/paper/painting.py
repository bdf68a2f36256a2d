"""Painting strokes: the curve through the points, as Qt draws it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

import numpy as np
from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPaintDevice, QPainter, QPainterPath, QPen

from app.core.imaging.coverage import coverage
from app.core.imaging.drawing import Drawing, Point, Stroke, fitted, fitting
from app.core.imaging.paper import Paper
from app.core.imaging.pictures import Picture
from app.ui import theme

MANY_POINTS = 3_000
"""Strokes of more points are painted as what is seen of them: painting each takes a painter seconds."""
_WIDTH_STEP = 0.5
"""Widths are rounded to this many pixels, so that neighbours can be painted together."""

_MOST_TOGETHER = 200
"""Segments of a path: Qt takes the square of their number where they cross each other."""


@contextmanager
def painter_on(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter with smooth edges on a pixmap or an image, put away at the end."""
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()


def paint_drawing(painter: QPainter, drawing: Drawing, room: QSize, pen_width: float, colour: str) -> None:
    """Paint every stroke of a drawing that fills the room."""
    if _are_many(drawing.strokes):
        place = fitting(drawing, room.width(), room.height())
        _paint_seen(painter, drawing.strokes, place, QRect(QPoint(), room), _pen(pen_width, colour))
    else:
        paint_strokes(painter, refitted(drawing, room).strokes, QRectF(), pen_width, colour)


def paint_strokes(painter: QPainter, strokes: Sequence[Stroke], area: QRectF, pen_width: float, colour: str) -> None:
    """Paint strokes of the paper's size; of those with many points, what is in the `area`."""
    if _are_many(strokes):
        _paint_seen(painter, strokes, (1.0, 0.0, 0.0), area.toAlignedRect(), _pen(pen_width, colour))
        return
    for stroke in strokes:
        paint_stroke(painter, stroke, pen_width, colour)


def _are_many(strokes: Sequence[Stroke]) -> bool:
    return sum(map(len, strokes)) > MANY_POINTS


def _paint_seen(
    painter: QPainter, strokes: Sequence[Stroke], place: tuple[float, float, float], window: QRect, pen: QPen
) -> None:
    """Paint what is seen of strokes in a window of the paper; `place` is their scale, and where their canvas begins."""
    ratio, (scale, left, top) = painter.device().devicePixelRatio(), place
    size = (window.size() * ratio).expandedTo(QSize(1, 1)).toTuple()
    corner = (left - window.x()) * ratio, (top - window.y()) * ratio
    seen = coverage(strokes, (scale * ratio, *corner), size, pen.widthF() * ratio)
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(pen.color())
    image.setAlphaChannel(QImage(seen.tobytes(), *size, size[0], QImage.Format.Format_Alpha8))
    painter.drawImage(window, image)


def paint_stroke(painter: QPainter, stroke: Stroke, pen_width: float, colour: str) -> None:
    """Paint a stroke: curves between the middles of its segments."""
    paint_pieces(painter, stroke, pen_width, colour, 1)
    paint_end(painter, stroke, pen_width, colour)


def paint_pieces(painter: QPainter, stroke: list[Point] | Stroke, pen_width: float, colour: str, first: int) -> None:
    """Paint the pieces that end between two points, from number `first` on: later points do not change them."""
    numbers = range(max(1, first), len(stroke))
    together = groupby(numbers, lambda number: (_width(stroke[number], pen_width), number // _MOST_TOGETHER))
    for (width, _), group in together:
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


# A loaded picture on the paper.

_TINY = 64
"""Pictures of 28 x 28 are shown as the pixels they are."""


def image_of(picture: Picture) -> QImage:
    """The picture as Qt has pictures."""
    height, width, _ = picture.rgb.shape
    rgb = np.ascontiguousarray(picture.rgb)
    return QImage(rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def picture_place(picture: Picture, room: QSize) -> QRectF:
    """Where the picture lies on paper of that size: whole, in the middle."""
    height, width, _ = picture.rgb.shape
    inner = room - QSize(2 * theme.PADDING, 2 * theme.PADDING)
    size = QSize(width, height).scaled(inner, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    left, top = (room.width() - size.width()) / 2, (room.height() - size.height()) / 2
    return QRectF(left, top, size.width(), size.height())


def paint_picture(painter: QPainter, picture: Picture, room: QSize) -> None:
    """Paint it in its place."""
    image = image_of(picture)
    is_tiny = max(image.width(), image.height()) <= _TINY
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_tiny)
    painter.drawImage(picture_place(picture, room), image)


# Painting the paper: the sheet, what lies on it, and what an empty one says.


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
        paint_drawing(painter, paper.drawing, room, brush, theme.colours().ink)


def refitted(drawing: Drawing, room: QSize) -> Drawing:
    """The drawing on paper of that size."""
    if (drawing.width, drawing.height) == (room.width(), room.height()):
        return drawing
    return fitted(drawing, float(room.width()), float(room.height()))


_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
