"""What the pointer is doing to a drawing: a stroke that grows, or one that rubs out. Each move costs only itself."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from app.core.imaging.drawing import Drawing, Point, Stroke, erase_path, on_canvas, with_stroke
from app.ui.widgets.strokes import WIDEST, bounds, paint_end, paint_pieces, paint_stroke, painter_on


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
            for stroke, box in self._strokes:
                if _meet(box, area.adjusted(-margin, -margin, margin, margin)):
                    paint_stroke(painter, stroke, brush, colour)


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
