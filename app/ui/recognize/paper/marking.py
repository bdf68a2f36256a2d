"""What the pointer does to say where a piece of clothing is in a picture: drag a frame, or paint what belongs to it."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from app.core.imaging.drawing import Point
from app.core.imaging.paper import Paper
from app.core.imaging.region import Region, mark_of, with_frame, with_mark
from app.ui import theme
from app.ui.recognize.paper.painting import bounds, picture_place

_HALO = 2.0
_DASHES = [4.0, 3.0]
_VEIL = 0.45
_REST = 1.5
"""Pixels: a pointer that moved less has not moved."""


class _Saying:
    """Changes nothing that is painted on the paper itself: what the pointer says lies over it until it is lifted."""

    def __init__(self, before: Paper, room: QSize, first: Point) -> None:
        assert before.picture is not None
        self._before, self._place = before, picture_place(before.picture, room)
        self._points: list[Point] = [first[:2]]
        self._now: Paper | None = None

    @property
    def still(self) -> Paper:
        """The picture."""
        return self._before

    @property
    def paper(self) -> Paper:
        """The picture with what is said of it; the very paper it was before while that is nothing."""
        if self._now is None:
            said = self._region()
            self._now = self._before if said == self._before.region else replace(self._before, region=said)
        return self._now

    def move(self, point: Point) -> QRectF:
        """Go on to a point of the paper."""
        last = self._points[-1]
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) >= _REST:
            self._points.append(point[:2])
            self._now = None
        return bounds(self._points, 4 * _HALO + self._reach)

    def grow(self, onto: QPixmap) -> None:
        """Nothing stays on the paper."""

    def finish(self, onto: QPixmap) -> None:
        """Nothing stays on the paper."""

    def repaint(self) -> None:
        """Nothing was painted."""

    _reach = 0.0

    def _region(self) -> Region | None:
        raise NotImplementedError

    def _share(self, at: Point) -> tuple[float, float]:
        place = self._place
        return (at[0] - place.left()) / place.width(), (at[1] - place.top()) / place.height()


class Framing(_Saying):
    """A frame from where the pointer came down to where it is."""

    def paint_end(self, painter: QPainter) -> None:
        """The frame as it is now."""
        corner, opposite = _point(self._points[0]), _point(self._points[-1])
        paint_frame(painter, QRectF(corner, opposite).normalized() & self._place)

    def _region(self) -> Region | None:
        return with_frame(self._before.region, self._share(self._points[0]), self._share(self._points[-1]))


class Marking(_Saying):
    """A stroke over what belongs to the piece, or does not."""

    def __init__(self, before: Paper, room: QSize, first: Point, width: float, belongs: bool) -> None:
        super().__init__(before, room, first)
        self._reach, self._belongs = width, belongs

    def paint_end(self, painter: QPainter) -> None:
        """The stroke as it is now."""
        painter.setClipRect(self._place)
        _paint_mark(painter, list(map(_point, self._points)), self._reach, self._belongs)

    def _region(self) -> Region | None:
        width = self._reach / max(self._place.width(), self._place.height())
        return with_mark(self._before.region, mark_of([self._share(at) for at in self._points], width, self._belongs))


def paint_region(painter: QPainter, place: QRectF, region: Region) -> None:
    """What was said of a picture that is shown in `place`."""
    painter.save()
    painter.setClipRect(place)
    for mark in region.marks:
        points = [_at(place, point) for point in mark.points]
        _paint_mark(painter, points, mark.width * max(place.width(), place.height()), mark.belongs)
    painter.restore()
    if region.frame is not None:
        frame = region.frame
        paint_frame(painter, QRectF(_at(place, (frame.left, frame.top)), _at(place, (frame.right, frame.bottom))))


def paint_frame(painter: QPainter, frame: QRectF) -> None:
    """A dashed frame that can be told from any photograph."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.LIGHT.paper), theme.FOCUS_LINE + _HALO))
    painter.drawRect(frame)
    pen = QPen(QColor(theme.LIGHT.accent), theme.FOCUS_LINE)
    pen.setDashPattern(_DASHES)
    painter.setPen(pen)
    painter.drawRect(frame)


def _paint_mark(painter: QPainter, points: Sequence[QPointF], width: float, belongs: bool) -> None:
    colour = QColor(theme.LIGHT.best if belongs else theme.LIGHT.wrong)
    colour.setAlphaF(_VEIL)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, cap, join))
    if len(points) == 1:
        painter.drawPoint(points[0])
    else:
        painter.drawPolyline(QPolygonF(points))


def _point(point: Point) -> QPointF:
    return QPointF(point[0], point[1])


def _at(place: QRectF, share: tuple[float, float]) -> QPointF:
    return QPointF(place.left() + share[0] * place.width(), place.top() + share[1] * place.height())
