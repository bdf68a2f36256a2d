"""Where ink that hangs together may be cut into digits: along paths from top to bottom that cross little of it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.core.imaging.morphology import blocks

FINENESS = 32
"""Rows of a digit while paths are searched."""

_REACH = 0.2  # of the digit height: how far a path strays to either side
_NARROWEST = 0.2  # of the digit height: what is left at either side of a cut
_MOST_INK = 0.45  # of the digit height: a path through more ink is no cut
_BLANK = 0.02  # what a step through blank paper costs, so that paths are no longer than they need be


@dataclass(frozen=True, eq=False)
class Seam:
    """A path from top to bottom: `columns` (h,) int64, in each row the first that is right of it; `ink` in pixels."""

    columns: NDArray[np.int64]
    ink: float


def seams(ink: NDArray[np.float32], height: float) -> list[Seam]:
    """The paths along which two digits may have been joined, left to right; empty for what looks like one digit.

    Like the drops of Congedo et al. (1995) a path goes down through the gaps, but it is the cheapest of all such
    paths: the shortest one, where ink is long and paper short (as in Avidan and Shamir's seam carving, 2007).

    Args:
        ink: (h, w) float32 in [0, 1] of one connected part, cropped to it.
        height: of a digit, in pixels.

    """
    step = max(1, round(height / FINENESS))
    small = np.asarray(blocks(ink, step).mean(axis=(1, 3)), np.float32)
    unit = height / step
    reach, margin = max(1, round(_REACH * unit)), max(1, math.ceil(_NARROWEST * unit))
    starts = np.arange(margin, small.shape[1] - margin)
    if not starts.size:
        return []
    padded = np.pad(small, ((0, 0), (reach, reach)))
    # (rows, starts, places): for each start the strip that its path may stray in.
    strips = sliding_window_view(padded, 2 * reach + 1, axis=1)[:, starts] + np.float32(_BLANK)
    costs = strips.copy()
    for row in range(1, len(costs)):
        costs[row] += _least_neighbour(costs[row - 1])
    totals = costs[-1].min(axis=1)
    rows = np.minimum(np.arange(len(ink)) // step, len(small) - 1)
    found = []
    for at in _valleys(totals, margin):
        crossed = float(totals[at]) - _BLANK * len(small)
        if crossed <= _MOST_INK * unit:
            path = _traced(costs[:, at]) + int(starts[at]) - reach
            found.append(Seam(np.asarray(path[rows] * step + step // 2, np.int64), crossed * step))
    return found


def _least_neighbour(above: NDArray[np.float32]) -> NDArray[np.float32]:
    """The least of each number and those beside it in the last axis."""
    least = above.copy()
    np.minimum(least[..., 1:], above[..., :-1], out=least[..., 1:])
    np.minimum(least[..., :-1], above[..., 1:], out=least[..., :-1])
    return least


def _traced(costs: NDArray[np.float32]) -> NDArray[np.int64]:
    """Follow the cheapest path (h,) back from the last row of accumulated costs (h, places)."""
    path = np.empty(len(costs), np.int64)
    path[-1] = costs[-1].argmin()
    for row in range(len(costs) - 2, -1, -1):
        first = max(0, path[row + 1] - 1)
        path[row] = first + costs[row, first : path[row + 1] + 2].argmin()
    return path


def _valleys(totals: NDArray[np.float32], apart: int) -> list[int]:
    """The cheapest places, none within `apart` of a cheaper one; in order."""
    chosen: list[int] = []
    for at in np.argsort(totals, kind="stable"):
        if all(abs(int(at) - other) > apart for other in chosen):
            chosen.append(int(at))
    return sorted(chosen)
