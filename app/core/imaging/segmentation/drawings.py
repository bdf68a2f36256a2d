"""Strokes as pieces of digits; one that may have written two digits is cut like ink in a picture."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.segmentation.pieces import FLAT, Piece, digit_height, thinned, without_crossings
from app.core.imaging.segmentation.seams import FINENESS, Seam, seams

_WIDE = 1.0  # of the digit height: a stroke that is wider may have written two digits
_PEN_DOWN = 2.0  # strokes' widths: ink that was never lifted between two digits is harder to part than it looks
_POINTS = 64  # along a stroke: enough to tell what it touches
_STEPS_A_CELL = 4
_MOST_STEPS = 20_000

Curve = NDArray[np.float64]


class Strokes:
    """The strokes of a drawing, some of them cut. What `parts` of a piece mean is known here."""

    def __init__(self, drawing: Drawing, is_growing: bool = False) -> None:
        """`is_growing`: the last stroke is still being made. It is not cut, and changes nothing of other cuts."""
        self._strokes = [stroke for stroke in drawing.strokes if stroke]
        self._growing = len(self._strokes) - 1 if is_growing else None
        self._cuts: dict[int, dict[int, list[Stroke]]] = {}
        self.pieces: tuple[Piece, ...] = tuple(self._found())

    def of(self, pieces: Sequence[Piece]) -> tuple[Stroke, ...]:
        """The strokes of these pieces. One whose parts are all among them is as it was drawn."""
        parts = {part for piece in pieces for part in piece.parts}
        found: list[Stroke] = []
        for number, stroke in enumerate(self._strokes):
            cuts = self._cuts.get(number, {number: [stroke]})
            if parts.issuperset(cuts):
                found.append(stroke)
            else:
                found += [run for part, runs in cuts.items() if part in parts for run in runs]
        return tuple(found)

    def _found(self) -> Iterator[Piece]:
        curves = [_curve(stroke) for stroke in self._strokes]
        whole = [_piece([curve, _even(curve, _POINTS)], number, number) for number, curve in enumerate(curves)]
        joined = without_crossings(whole)
        height = digit_height([piece for piece in joined if self._growing not in piece.parts])
        for piece in joined:
            # A digit of several strokes is written with care: it hardly runs on into the next.
            is_one_stroke = len(piece.parts) == 1 and piece.parts[0] != self._growing
            may_be_two = is_one_stroke and piece.box.width > _WIDE * height and piece.box.height > FLAT * height
            yield from self._cut(piece, height) if may_be_two else [piece]

    def _cut(self, piece: Piece, height: float) -> Iterator[Piece]:
        """The parts of a stroke, or the whole of one that cannot be cut."""
        number = piece.parts[0]
        parts = _divided(self._strokes[number], height)
        if len(parts) < 2:
            yield piece
            return
        first = len(self._strokes) + sum(map(len, self._cuts.values()))
        self._cuts[number] = {first + at: list(map(_stroke, runs)) for at, (runs, _) in enumerate(parts)}
        for at, (runs, tie) in enumerate(parts):
            yield _piece(runs, first + at, number, tie)


@lru_cache(maxsize=64)  # while a drawing grows, most of it is divided as it was
def _divided(stroke: Stroke, height: float) -> tuple[tuple[list[Curve], float], ...]:
    """The parts of a stroke from left to right: the runs of the pen in each, and its tie."""
    curve, cell = _curve(stroke), height / FINENESS
    fine = _even(curve, min(round(_STEPS_A_CELL * _length(curve) / cell), _MOST_STEPS))
    paths = _paths(fine, cell)
    beyond = np.array([_is_beyond(path, fine, cell) for path in paths], np.int64)
    sides = [_runs(fine, beyond.sum(axis=0) == side) for side in range(len(paths) + 1)]
    ties = [0.0, *(_PEN_DOWN + path.ink for path in paths)]
    return tuple((runs, tie) for runs, tie in zip(sides, ties, strict=True) if runs)


def _piece(curves: Sequence[Curve], part: int, source: int, tie: float = 0.0) -> Piece:
    return Piece(thinned(np.concatenate(curves)[:, :2]), (part,), frozenset([source]), tie)


def _curve(stroke: Stroke) -> Curve:
    """The points of a stroke as rows; time and pressure only where each of them has both or one."""
    columns = min(map(len, stroke))
    return np.array([point[:columns] for point in stroke], np.float64)


def _stroke(curve: Curve) -> Stroke:
    return tuple(map(tuple, curve.tolist()))


def _length(curve: Curve) -> float:
    return float(np.hypot(*np.diff(curve[:, :2], axis=0).T).sum())


def _even(curve: Curve, count: int) -> Curve:
    """`count` points at equal steps along the curve, both ends among them."""
    steps = np.hypot(*np.diff(curve[:, :2], axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    even = np.linspace(0, at[-1], max(2, count))
    return np.column_stack([np.interp(even, at, column) for column in curve.T])


def _paths(fine: Curve, cell: float) -> list[Seam]:
    """Where a stroke may be cut, in cells; `ink` counts how often the pen is crossed."""
    columns, rows = _cells(fine, cell)
    ink = np.zeros((rows.max() + 1, columns.max() + 2), np.float32)
    ink[rows, columns] = ink[rows, columns + 1] = 1  # no path slips through between two cells
    return seams(ink, FINENESS)


def _is_beyond(path: Seam, fine: Curve, cell: float) -> NDArray[np.bool_]:
    """Tell which points are right of the path."""
    columns, rows = _cells(fine, cell)
    return np.asarray(columns >= path.columns[rows])


def _cells(fine: Curve, cell: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    columns, rows = ((fine[:, :2] - fine[:, :2].min(axis=0)) / cell).astype(np.int64).T
    return columns, rows


def _runs(fine: Curve, chosen: NDArray[np.bool_]) -> list[Curve]:
    """The parts of a stroke where `chosen` holds."""
    edges = np.flatnonzero(np.diff(chosen.astype(int), prepend=0, append=0))
    return [fine[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
