"""Pieces, the smallest things a digit is put together from: strokes, connected ink, or parts of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TOUCHING = 0.03
"""of the digit height: pens that close touch."""

FLAT = 0.45
"""of the digit height: ink that is lower is a line, however long, and no two digits."""

MOST_POINTS = 160
"""On a piece: enough to tell what touches what."""

MOST_PIECES = 200
"""On one paper: what has more is no number."""

_ROW_GAP = 0.45  # of the lesser row's height: parts of one digit, the circles of an 8, are nearer
_LINE_GAP = 0.15  # of the lesser row's height, where several digits stand in each
_BESIDE = 0.5  # of the lower one's height: what shares so much of it is in one row
_WITHIN = 0.8  # of the narrower piece's width
_WHOLE = 0.75  # of the digit height: two pieces as high as that may be two digits
_CROSSED = 0.3  # of the digit height: wider strokes than that, in the same place, are no two digits
_DOT = 0.5  # of the tallest piece: what is lower says nothing of the digit height


class Box(NamedTuple):
    """A rectangle, y down. The unit is said where it is used."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top


@dataclass(frozen=True, eq=False)
class Piece:
    """Ink that is never divided.

    `points` (n, 2) float64 are places on it. `parts` says which strokes or connected parts it is made of; `sources`
    says what these were cut out of, so that two pieces with a common source have been one; `tie` is how much ink was
    cut through at the left of this one, in widths of a stroke. `is_sign`: its shape is that of a sign, and no digit's.
    """

    points: NDArray[np.float64]
    parts: tuple[int, ...]
    sources: frozenset[int]
    tie: float = 0.0
    is_sign: bool = False

    @cached_property
    def box(self) -> Box:
        """The smallest rectangle around the points."""
        return Box(*map(float, (*self.points.min(axis=0), *self.points.max(axis=0))))


def box_around(boxes: Sequence[Box]) -> Box:
    """The smallest rectangle around all of `boxes`."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))


def distance(a: Piece, b: Piece) -> float:
    """The distance between the nearest two points of two pieces."""
    return math.sqrt(max(float(_squares(a, b).min()), 0.0))


def touching_places(a: Piece, b: Piece, within: float) -> NDArray[np.float64]:
    """How far down the points of `a` are that have one of `b` so near, (n,); that of the nearest if none has."""
    nearest = _squares(a, b).min(axis=1)
    return np.asarray(a.points[nearest <= max(within * within, float(nearest.min())), 1])


def _squares(a: Piece, b: Piece) -> NDArray[np.float64]:
    """The squares of the distances between the points of two pieces, (n of a, n of b)."""
    middle = a.points.mean(axis=0)  # squares of small numbers keep their last digits
    first, second = a.points - middle, b.points - middle
    return np.asarray((first * first).sum(axis=1)[:, None] + (second * second).sum(axis=1) - 2 * first @ second.T)


def thinned(points: NDArray[np.float64], most: int = MOST_POINTS) -> NDArray[np.float64]:
    """About `most` of the points (n, 2), those that reach out furthest among them."""
    ends = points[[*points.argmin(axis=0), *points.argmax(axis=0)]]
    return np.concatenate([points[:: max(1, -(-len(points) // most))], ends])


def joined(pieces: Sequence[Piece]) -> Piece:
    """All of `pieces` as one."""
    parts = tuple(sorted(part for piece in pieces for part in piece.parts))
    sources = frozenset[int]().union(*(piece.sources for piece in pieces))
    tie = min(pieces, key=lambda piece: piece.box.left).tie
    return Piece(thinned(np.concatenate([piece.points for piece in pieces])), parts, sources, tie)


def without_crossings(pieces: Sequence[Piece]) -> list[Piece]:
    """Join what is surely one digit: pieces that touch, of which one stands within the width of the other.

    Of two that are both as high as a digit that is not enough: only where they are also as wide, and in one place.

    Bars of 5 and 7, the two strokes of most 4s, the circles of an 8, and whatever a digit was drawn over with, are of
    one piece afterwards.
    """
    if not pieces or len(pieces) > MOST_PIECES:
        return [joined(pieces)] if pieces else []
    height = digit_height(pieces)
    done: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: -piece.box.width):
        of = [
            other
            for other in done
            if _is_part(piece.box, other.box, height) and distance(piece, other) < TOUCHING * height
        ]
        done = [other for other in done if other not in of]
        done.append(joined([*of, piece]) if of else piece)
    return done


def _is_part(narrow: Box, wide: Box, height: float) -> bool:
    common = min(narrow.right, wide.right) - max(narrow.left, wide.left)
    # One across the other, as an X is drawn; two ones side by side are narrower.
    if common >= _WITHIN * max(narrow.width, wide.width) and common > _CROSSED * height:
        return True
    return common >= _WITHIN * narrow.width and min(narrow.height, wide.height) < _WHOLE * height


def digit_height(pieces: Sequence[Piece]) -> float:
    """How high the digits of a row are: the upper quartile of its tall pieces; bars, bases and dots are not tall.

    1 for no pieces. What is flat and alone has a quarter of its width.
    """
    if not pieces:
        return 1.0
    heights = np.array([piece.box.height for piece in pieces])
    widths = np.array([piece.box.width for piece in pieces])
    tall = heights[heights >= _DOT * heights.max()]
    return max(float(np.percentile(tall, 75)), float(widths.max()) / len(pieces) / 4, 1e-6)


def rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Divide pieces into rows, top to bottom; each is in the order of the middles of its pieces.

    What stands beside each other is of one row, so a tilted line stays one; what is low, such as a dot or a bar, goes
    with the digit that it is nearest to.
    """
    if not pieces or len(pieces) > MOST_PIECES:
        return [list(pieces)] if pieces else []
    least = _DOT * max(piece.box.height for piece in pieces)
    found = _beside_each_other([piece for piece in pieces if piece.box.height >= least])
    whole = found[:1]
    for row in found[1:]:
        if _are_apart(whole[-1], row):
            whole.append(row)
        else:
            whole[-1] = [*whole[-1], *row]
    digits = [list(row) for row in whole]
    for piece in pieces:
        if piece.box.height < least:
            nearest = min(range(len(whole)), key=lambda at: min(distance(piece, other) for other in whole[at]))
            digits[nearest].append(piece)
    return [sorted(row, key=lambda piece: piece.box.left + piece.box.right) for row in digits]


def _beside_each_other(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Groups of pieces in which each is about as far down as another of the group; the highest group first."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        beside = [group for group in groups if any(_is_beside(piece.box, other.box) for other in group)]
        groups = [group for group in groups if group not in beside]
        groups.append([piece, *(other for group in beside for other in group)])
    return sorted(groups, key=lambda group: float(np.mean([piece.box.top + piece.box.bottom for piece in group])))


def _is_beside(box: Box, other: Box) -> bool:
    common = min(box.bottom, other.bottom) - max(box.top, other.top)
    return common > _BESIDE * min(box.height, other.height)


def _are_apart(above: Sequence[Piece], below: Sequence[Piece]) -> bool:
    """Tell whether these are two rows and not two parts of one: an 8 may be two circles, but not two of them a row."""
    upper, lower = (box_around([piece.box for piece in row]) for row in (above, below))
    low, high = sorted(float(np.median([piece.box.height for piece in row])) for row in (above, below))
    over = [(a.box, b.box) for a in above for b in below if a.box.left < b.box.right and b.box.left < a.box.right]
    gap = min((b.top - a.bottom for a, b in over), default=lower.top - upper.bottom)
    are_lines = min(len(above), len(below)) > 1
    return low > _DOT * high and gap > (_LINE_GAP if are_lines else _ROW_GAP) * low
