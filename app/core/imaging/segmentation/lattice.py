"""Every way a row of pieces may be put together to digits, and how likely each is by its shape alone.

Heuristic over-segmentation (LeCun, Bottou, Bengio and Haffner 1998, section V): the pieces are in order from left to
right, a candidate is a run of them, and a number is a path of candidates from the first piece to the last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.segmentation.pieces import TOUCHING, Box, Piece, box_around, distance, writing_height

_MOST_PIECES = 6  # no digit is put together from more
_MOST_IN_ROW = 60  # more pieces than that are scribbles, not digits
_HOPELESS = 8.0  # pieces that cost more are not even shown to the network as one digit
_WIDE = 1.0  # a digit may be as wide as high; what is wider costs
_LOW = 0.55  # a digit lower than that is more likely a part of one

_GAP_COST = 16.0
_WIDE_COST = 6.0
_LOW_COST = 16.0
_OVERLAP_COST = 6.0
_TOUCH_COST = 1.5
_CUT_COST = 2.5


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
        self.height = writing_height(pieces)
        """How high the digits of the row are."""
        self._apart = _distances(pieces) / self.height
        self.candidates = tuple(self._candidates())

    def parting_cost(self, left: Candidate, right: Candidate) -> float:
        """What it costs to take two neighbours for two digits and not for parts of one."""
        narrower = max(min(left.box.width, right.box.width), 0.1 * self.height)
        overlap = max(0.0, left.box.right - right.box.left) / narrower
        touches = self._apart[left.first : left.last, right.first : right.last].min() < TOUCHING
        is_cut = not self.pieces[left.last - 1].sources.isdisjoint(self.pieces[right.first].sources)
        return _OVERLAP_COST * min(overlap, 1.0) + (_CUT_COST if is_cut else _TOUCH_COST if touches else 0.0)

    def _candidates(self) -> Iterator[Candidate]:
        count = len(self.pieces)
        if count > _MOST_IN_ROW:
            yield Candidate(0, count, box_around([piece.box for piece in self.pieces]), 0.0)
            return
        for first in range(count):
            for last in range(first + 1, min(first + _MOST_PIECES, count) + 1):
                candidate = self._candidate(first, last)
                if last == first + 1 or candidate.cost < _HOPELESS:
                    yield candidate

    def _candidate(self, first: int, last: int) -> Candidate:
        box = box_around([piece.box for piece in self.pieces[first:last]])
        wide = max(0.0, box.width / self.height - _WIDE)
        low = max(0.0, _LOW - box.height / self.height)
        cost = _GAP_COST * self._longest_link(first, last) + _WIDE_COST * wide + _LOW_COST * low
        return Candidate(first, last, box, cost)

    def _longest_link(self, first: int, last: int) -> float:
        """The longest step on the shortest tree that joins the pieces (Prim 1957), in heights of the writing."""
        apart = self._apart[first:last, first:last]
        nearest, longest = apart[0].copy(), 0.0
        outside = np.arange(1, last - first)
        while outside.size:
            step = outside[nearest[outside].argmin()]
            longest = max(longest, float(nearest[step]))
            nearest = np.minimum(nearest, apart[step])
            outside = outside[outside != step]
        return longest


def _distances(pieces: Sequence[Piece]) -> NDArray[np.float64]:
    apart = np.full((len(pieces), len(pieces)), np.inf)
    np.fill_diagonal(apart, 0)
    for second in range(len(pieces)):
        for first in range(max(0, second - _MOST_PIECES * 2), second):
            apart[first, second] = apart[second, first] = distance(pieces[first], pieces[second])
    return apart
