"""Every way a row of pieces may be put together to digits, and how likely each is by its shape alone.

Heuristic over-segmentation (LeCun, Bottou, Bengio and Haffner 1998, section V): the pieces are in order from left to
right, a candidate is a run of them, and a number is a path of candidates from the first piece to the last.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.segmentation.pieces import (
    TOUCHING,
    Box,
    Piece,
    box_around,
    digit_height,
    distance,
    touching_places,
)

_MOST_PIECES = 10  # no digit is put together from more
_MOST_IN_ROW = 60  # more pieces than that are scribbles, not digits
_HOPELESS = 3.0  # pieces that cost more are not even shown to the network as one digit, unless they are all there is
_WIDE, _WIDE_COST = 0.9, 2.0  # of the digit height: few digits are wider
_LOW, _LOW_COST = 0.75, 70.0  # of the digit height: what is lower is the more likely a part, the lower it is
_LINK_COST = 3.0  # for a digit height between two parts of one digit
_BLANK = 0.35  # of the digit height: no digit has parts with so much blank paper between them
_UPRIGHT, _BETWEEN = 0.7, 0.1  # of the digit height: two so high, so far apart, are two digits for any network
_GRIP, _GRIP_COST = 0.7, 60.0  # of the digit height: what touches over so much of it is one figure
_ALONE = 0.2  # of the digit height: what is lower than a digit, but as far from the rest, may be one
_SPECK = 0.15  # of the digit height: what is smaller was not meant to be read
_TALL, _TALL_APART = 0.8, 5.0  # pieces higher than that seem so much further apart: each may be a digit
_OVERLAP_COST = 4.5  # for a digit that stands wholly within the width of its neighbour
_TOUCH_COST = 0.5
_CUT_COST = 1.5  # for a stroke's width of ink that is cut through


@dataclass(frozen=True)
class Candidate:
    """The pieces from `first` up to, not including, `last` as one digit. `cost` is 0 for the shape of a digit."""

    first: int
    last: int
    box: Box
    cost: float


class Lattice:
    """The candidates of one row. Costs are comparable to the negative logarithm of a probability."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        """`pieces` from left to right, at least one."""
        self.pieces = tuple(pieces)
        self.height = digit_height(pieces)
        """How high the digits of the row are."""
        self._apart = _distances(pieces, self.height) / self.height
        self._contacts = _contacts(pieces, self._apart, self.height)
        self._is_tall = np.array([piece.box.height > _TALL * self.height for piece in pieces])
        self.candidates = tuple(self._candidates())

    def chosen(self, candidate: Candidate) -> tuple[Piece, ...]:
        """The pieces of a candidate."""
        return self.pieces[candidate.first : candidate.last]

    def parting_cost(self, left: Candidate, right: Candidate) -> float:
        """What it costs to take two neighbours for two digits and not for parts of one."""
        narrower = max(min(left.box.width, right.box.width), 0.1 * self.height)
        overlap = max(0.0, left.box.right - right.box.left) / narrower
        touches = self._apart[left.first : left.last, right.first : right.last].min() < TOUCHING
        is_cut = not self.pieces[left.last - 1].sources.isdisjoint(self.pieces[right.first].sources)
        joint = _CUT_COST * self.pieces[right.first].tie if is_cut else _TOUCH_COST if touches else 0.0
        grip = _GRIP_COST if self._grip(left, right) > _GRIP else 0.0
        return _OVERLAP_COST * min(overlap, 1.0) + joint + grip

    def is_cut_out(self, candidate: Candidate) -> bool:
        """True for a part of an unbroken stroke whose rest belongs to other digits."""
        here = self.chosen(candidate)
        others = (*self.pieces[: candidate.first], *self.pieces[candidate.last :])
        return any(not piece.sources.isdisjoint(other.sources) for piece in here for other in others)

    def _grip(self, left: Candidate, right: Candidate) -> float:
        """From the highest to the lowest place where two candidates touch, in digit heights."""
        touching = [
            self._contacts[first, second]
            for first in range(left.first, left.last)
            for second in range(right.first, right.last)
            if (first, second) in self._contacts
        ]
        if not touching:
            return 0.0
        return (max(low for _, low in touching) - min(high for high, _ in touching)) / self.height

    def _candidates(self) -> Iterator[Candidate]:
        count = len(self.pieces)
        if count > _MOST_IN_ROW:
            yield Candidate(0, count, box_around([piece.box for piece in self.pieces]), 0.0)
            return
        whole = self._whole_strokes()
        for first in range(count):
            lasts = range(first + 1, min(first + _MOST_PIECES, count) + 1)
            for last in sorted({*lasts, whole.get(first, first + 1)}):
                if last - first > 1 and any(piece.is_sign for piece in self.pieces[first:last]):
                    continue
                candidate = self._candidate(first, last)
                is_whole = last - first in {1, count} or whole.get(first) == last
                if (is_whole and math.isfinite(candidate.cost)) or candidate.cost < _HOPELESS:
                    yield candidate

    def _whole_strokes(self) -> dict[int, int]:
        """Where the parts of a stroke that was cut begin, and end: it may be one digit, however long it is."""
        found: dict[int, int] = {}
        for first, piece in enumerate(self.pieces):
            last = first + 1
            while last < len(self.pieces) and self.pieces[last].sources == piece.sources:
                last += 1
            if last > first + 1 and (not first or self.pieces[first - 1].sources != piece.sources):
                found[first] = last
        return found

    def _candidate(self, first: int, last: int) -> Candidate:
        boxes = [piece.box for piece in self.pieces[first:last]]
        box = box_around(boxes)
        large = [box for box in boxes if max(box.width, box.height) > _SPECK * self.height]
        if _widest_gap(large) > _BLANK * self.height or self._stand_apart(boxes):
            return Candidate(first, last, box, math.inf)
        wide = max(0.0, box.width / self.height - _WIDE)
        low = max(0.0, _LOW - box.height / self.height)
        near = 1.0 if max(box.width, box.height) <= _SPECK * self.height else self._nearness(first, last)
        cost = _LINK_COST * self._longest_link(first, last) + _WIDE_COST * wide + _LOW_COST * low * low * near
        return Candidate(first, last, box, cost)

    def _stand_apart(self, boxes: Sequence[Box]) -> bool:
        """True for ink as high as a digit at either side of blank paper: no network makes one digit of these."""
        ordered = sorted(boxes)
        for place in range(1, len(ordered)):
            left, right = ordered[:place], ordered[place:]
            gap = min(box.left for box in right) - max(box.right for box in left)
            if gap > _BETWEEN * self.height and all(
                max(box.height for box in side) > _UPRIGHT * self.height for side in (left, right)
            ):
                return True
        return False

    def _nearness(self, first: int, last: int) -> float:
        """1 for what touches other ink, 0 for what stands alone: such ink is no part of another digit."""
        others = np.r_[:first, last : len(self.pieces)]
        nearest = self._apart[first:last, others].min(initial=np.inf)
        return float(np.clip(1 - nearest / _ALONE, 0, 1))

    def _longest_link(self, first: int, last: int) -> float:
        """The longest step on the shortest tree that joins the pieces (Prim 1957), in digit heights."""
        tall = self._is_tall[first:last]
        apart = self._apart[first:last, first:last] * np.where(tall[:, None] & tall, _TALL_APART, 1.0)
        nearest, longest = apart[0].copy(), 0.0
        outside = np.arange(1, last - first)
        while outside.size:
            step = outside[nearest[outside].argmin()]
            longest = max(longest, float(nearest[step]))
            nearest = np.minimum(nearest, apart[step])
            outside = outside[outside != step]
        return longest


def _widest_gap(boxes: Sequence[Box]) -> float:
    """The widest blank column between boxes, 0 for none."""
    reached, widest = math.inf, 0.0
    for box in sorted(boxes):
        widest = max(widest, box.left - reached)
        reached = box.right if reached == math.inf else max(reached, box.right)
    return widest


def _distances(pieces: Sequence[Piece], height: float) -> NDArray[np.float64]:
    """How far apart pieces are, (n, n); of pieces that are never one digit only the least it can be."""
    apart = np.full((len(pieces), len(pieces)), np.inf)
    np.fill_diagonal(apart, 0)
    for second, right in enumerate(pieces):
        for first in range(max(0, second - _MOST_PIECES * 2), second):
            gap = max(right.box.left - pieces[first].box.right, pieces[first].box.left - right.box.right)
            apart[first, second] = apart[second, first] = gap if gap > height else distance(pieces[first], right)
    return apart


def _contacts(
    pieces: Sequence[Piece], apart: NDArray[np.float64], height: float
) -> dict[tuple[int, int], tuple[float, float]]:
    """Where pieces touch, by their numbers, the left one first: the highest place and the lowest."""
    found = {}
    for first, second in zip(*map(np.ndarray.tolist, np.nonzero(np.triu(apart < TOUCHING, 1))), strict=True):
        places = touching_places(pieces[first], pieces[second], TOUCHING * height)
        found[first, second] = (float(places.min()), float(places.max()))
    return found
