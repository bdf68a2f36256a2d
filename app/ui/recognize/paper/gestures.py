"""What the pointer does to the paper while it is down: draw a stroke, rub out, or do either to a picture."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from app.core.imaging.coverage import WIDEST
from app.core.imaging.drawing import Drawing, Point, Stroke, erase_path, on_canvas, with_stroke
from app.core.imaging.paper import Paper
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import finer
from app.core.imaging.retouch import Materials, Retouch, example_materials, find_materials, workable
from app.ui.recognize.paper.painting import (
    bounds,
    paint_end,
    paint_picture,
    paint_pieces,
    paint_strokes,
    painter_on,
    picture_place,
)

# What the pointer is doing to a drawing: a stroke that grows, or one that rubs out. Each move costs only itself.


class LiveStroke:
    """A stroke under way over the drawing `base`."""

    def __init__(self, base: Drawing, first: Point) -> None:
        self.base = base
        self._points = [first]
        self._painted = 1
        self._has_left = False

    @property
    def drawing(self) -> Drawing:
        """The drawing with the stroke as it is now, as far as it is on the paper."""
        drawing = with_stroke(self.base, tuple(self._points))
        return on_canvas(drawing) if self._has_left else drawing

    def add(self, point: Point) -> None:
        """Go on to another point."""
        self._points.append(point)
        is_on_paper = 0 <= point[0] <= self.base.width and 0 <= point[1] <= self.base.height
        self._has_left = self._has_left or not is_on_paper

    def grow(self, onto: QPixmap, brush: float, colour: str, is_whole: bool = False) -> None:
        """Paint what was not painted yet and will not change any more; with its end if the stroke is whole."""
        if self._painted == len(self._points) and not is_whole:
            return
        with painter_on(onto) as painter:
            paint_pieces(painter, self._points, brush, colour, self._painted)
            if is_whole:
                paint_end(painter, self._points, brush, colour)
        self._painted = len(self._points)

    def paint_end(self, painter: QPainter, brush: float, colour: str) -> None:
        """Paint the end, which changes with the next point."""
        paint_end(painter, self._points, brush, colour)

    def repaint(self) -> None:
        """Forget that anything was painted."""
        self._painted = 1

    def newest(self, brush: float) -> QRectF:
        """Where the last move may have changed the paper."""
        return bounds(self._points[-4:], WIDEST * brush / 2 + 2)


class Erasing:
    """Rubbing out of a drawing. Only strokes, and parts of strokes, near the eraser are looked at."""

    def __init__(self, before: Drawing) -> None:
        self._before = before
        self._strokes = [(stroke, bounds(stroke, 0)) for stroke in before.strokes]
        self.is_changed = False

    @property
    def drawing(self) -> Drawing:
        """What is left; the same object as before while nothing was touched."""
        if not self.is_changed:
            return self._before
        return replace(self._before, strokes=tuple(stroke for stroke, _ in self._strokes))

    def erase(self, start: Point, end: Point, radius: float) -> bool:
        """Take away what the eraser touches from `start` to `end`; True if that was anything."""
        reach = bounds((start, end), radius)
        kept: list[tuple[Stroke, QRectF]] = []
        has_erased = False
        for stroke, box in self._strokes:
            pieces = _rest(stroke, start, end, radius) if _meet(box, reach) else None
            if pieces is None:
                kept.append((stroke, box))
            else:
                kept += [(piece, bounds(piece, 0)) for piece in pieces]
                has_erased = True
        self._strokes = kept
        self.is_changed = self.is_changed or has_erased
        return has_erased

    def repaint(self, onto: QPixmap, area: QRectF, brush: float, colour: str) -> None:
        """Paint `area` anew, with the strokes that reach into it."""
        margin = WIDEST * brush / 2 + 2
        with painter_on(onto) as painter:
            painter.setClipRect(area)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(area, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            reach = area.adjusted(-margin, -margin, margin, margin)
            near = [stroke for stroke, box in self._strokes if _meet(box, reach)]
            paint_strokes(painter, near, area, brush, colour)


def _rest(stroke: Stroke, start: Point, end: Point, radius: float) -> list[Stroke] | None:
    """The pieces that are left of a stroke, or None if it was not touched."""
    reach = bounds((start, end), radius)
    left, top, right, bottom = reach.left(), reach.top(), reach.right(), reach.bottom()
    near = [
        number
        for number, (a, b) in enumerate(pairwise(stroke))
        if not (
            (a[0] < left and b[0] < left)
            or (a[0] > right and b[0] > right)
            or (a[1] < top and b[1] < top)
            or (a[1] > bottom and b[1] > bottom)
        )
    ]
    if not near and len(stroke) > 1:
        return None
    # One segment more on either side, which the eraser cannot reach: the rest is joined on there.
    first, last = (max(0, near[0] - 1), min(len(stroke) - 1, near[-1] + 2)) if near else (0, 0)
    part = Drawing(1, 1, (stroke[first : last + 1],))
    erased = erase_path(part, start, end, radius)
    if erased is part:
        return None
    pieces = list(erased.strokes)
    if first > 0:
        pieces[0] = stroke[:first] + pieces[0]
    if last < len(stroke) - 1:
        pieces[-1] = pieces[-1] + stroke[last + 1 :]
    return pieces


def _meet(a: QRectF, b: QRectF) -> bool:
    """True if two boxes touch; a box may be a line or a point."""
    return a.left() <= b.right() and b.left() <= a.right() and a.top() <= b.bottom() and b.top() <= a.bottom()


class Gesture(Protocol):
    """From touching down to lifting."""

    @property
    def paper(self) -> Paper:
        """The paper as it is now; the very paper it began with while nothing was changed."""

    @property
    def still(self) -> Paper:
        """The paper without what is painted piece by piece."""

    def move(self, point: Point) -> QRectF:
        """Go on to a point of the paper; returns where the paper may look different now."""

    def grow(self, onto: QPixmap) -> None:
        """Paint what is new and stays."""

    def paint_end(self, painter: QPainter) -> None:
        """Paint what the next point will change."""

    def finish(self, onto: QPixmap) -> None:
        """Paint the rest: the pointer was lifted."""

    def repaint(self) -> None:
        """Forget that anything was painted over the still paper."""


@dataclass(frozen=True)
class Brush:
    """Its width in pixels of the paper, and its colour."""

    width: float
    colour: str


class Stroking:
    """A stroke over a drawing."""

    def __init__(self, base: Drawing, first: Point, brush: Brush) -> None:
        self._stroke, self._brush, self._last = LiveStroke(base, first), brush, first

    @property
    def paper(self) -> Paper:
        """The drawing with the stroke."""
        return Paper(self._stroke.drawing)

    @property
    def still(self) -> Paper:
        """The drawing without the stroke."""
        return Paper(self._stroke.base)

    def move(self, point: Point) -> QRectF:
        """Draw on to a point; a pointer that rests adds none."""
        if point[:2] != self._last[:2]:
            self._stroke.add(point)
        self._last = point
        return self._stroke.newest(self._brush.width)

    def grow(self, onto: QPixmap) -> None:
        """Paint the new pieces."""
        self._stroke.grow(onto, self._brush.width, self._brush.colour)

    def paint_end(self, painter: QPainter) -> None:
        """Paint the end."""
        self._stroke.paint_end(painter, self._brush.width, self._brush.colour)

    def finish(self, onto: QPixmap) -> None:
        """Paint new pieces and the end."""
        self._stroke.grow(onto, self._brush.width, self._brush.colour, is_whole=True)

    def repaint(self) -> None:
        """Paint all pieces anew."""
        self._stroke.repaint()


class _Still:
    """What changes the paper itself, and repaints it where it did."""

    _changed: QRectF

    def paint_end(self, painter: QPainter) -> None:
        """Nothing sticks out."""

    def finish(self, onto: QPixmap) -> None:
        """Paint what changed last."""
        self.grow(onto)

    def grow(self, onto: QPixmap) -> None:
        """Repaint what changed."""
        if not self._changed.isEmpty():
            self._paint(onto, self._changed)
        self._changed = QRectF()

    def repaint(self) -> None:
        """All of it was painted with the still paper."""
        self._changed = QRectF()

    def _paint(self, onto: QPixmap, area: QRectF) -> None:
        raise NotImplementedError


class Rubbing(_Still):
    """Rubbing out of a drawing: of strokes, or parts of them."""

    def __init__(self, before: Paper, base: Drawing, first: Point, radius: float, brush: Brush) -> None:
        self._before, self._erasing = before, Erasing(base)
        self._radius, self._brush, self._last = radius, brush, first
        self._changed = QRectF()
        self.move(first)

    @property
    def paper(self) -> Paper:
        """What is left."""
        return Paper(self._erasing.drawing) if self._erasing.is_changed else self._before

    @property
    def still(self) -> Paper:
        """What is left."""
        return self.paper

    def move(self, point: Point) -> QRectF:
        """Rub on to a point."""
        start, end, self._last = self._last[:2], point[:2], point
        # The circle moves, and the round ends of what is left may have been wider than what was taken.
        around = QRectF(bounds((start, end), self._radius + WIDEST * self._brush.width + 2).toAlignedRect())
        if self._erasing.erase(start, end, self._radius):
            self._changed |= around
        return around

    def _paint(self, onto: QPixmap, area: QRectF) -> None:
        self._erasing.repaint(onto, area, self._brush.width, self._brush.colour)


class PictureBrush:
    """How a picture on paper of a certain size is drawn on: its materials, and where its pixels are."""

    def __init__(self, paper: Paper, room: QSize, materials: Materials | None = None) -> None:
        assert paper.picture is not None
        self.paper = paper
        self.picture = finer(paper.picture) if paper.example_of else workable(paper.picture)
        self.materials = materials or _materials(self.picture, paper)
        self.place, self.room = picture_place(self.picture, room), room
        self.scale: float = self.place.width() / self.picture.rgb.shape[1]

    def pixel(self, point: Point) -> tuple[float, float]:
        """The picture's pixel at a point of the paper."""
        return (point[0] - self.place.left()) / self.scale, (point[1] - self.place.top()) / self.scale


class Retouching(_Still):
    """Drawing on a picture, or rubbing out of it; `share` is the width of the brush, 1 as wide as its own strokes."""

    def __init__(self, before: Paper, brush: PictureBrush, first: Point, share: float, rubs: bool) -> None:
        width = brush.materials.pen_width * share
        self._before, self._brush, self._last = before, brush, first
        self._reach = width * brush.scale / 2 + 3 * max(1.0, brush.scale)
        self._retouch = Retouch(brush.picture, brush.materials, width, rubs)
        self._now: Paper | None = None
        self._changed = QRectF(self._brush.place)  # a reduced or finer picture may look a little different
        self.move(first)

    @property
    def paper(self) -> Paper:
        """The picture with the line."""
        if not self._retouch.is_changed:
            return self._before
        if self._now is None:
            self._now = replace(self._before, picture=self._retouch.picture)
        return self._now

    @property
    def still(self) -> Paper:
        """The picture with the line."""
        return self.paper

    def move(self, point: Point) -> QRectF:
        """Go on to a point."""
        start, self._last, self._now = self._last, point, None
        self._retouch.add(*self._brush.pixel(point))
        around = bounds((start[:2], point[:2]), self._reach)
        self._changed |= around
        return around

    def _paint(self, onto: QPixmap, area: QRectF) -> None:
        picture = self.paper.picture
        if picture is not None:
            with painter_on(onto) as painter:
                painter.setClipRect(area)
                paint_picture(painter, picture, self._brush.room)


def _materials(picture: Picture, paper: Paper) -> Materials:
    return example_materials(picture) if paper.example_of else find_materials(picture, paper.invert)
