"""A drawing or a picture of digits, taken apart into rows of pieces: strokes, or ink that hangs together.

What may be two digits in one stroke, or in one part of the ink, is cut along its seams.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.ink import find_ink, readable_grey, stroke_width
from app.core.imaging.morphology import connected_parts
from app.core.imaging.outlines import filled
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import DIGITS, NetworkInput, prepare_drawing, prepare_ink, prepare_picture
from app.core.imaging.rasterise import DOT
from app.core.imaging.segmentation.fragments import MOST_FRAGMENTS, reunited
from app.core.imaging.segmentation.lattice import Candidate, Lattice
from app.core.imaging.segmentation.pieces import (
    FLAT,
    Box,
    Piece,
    digit_height,
    rows,
    thinned,
    without_crossings,
)
from app.core.imaging.segmentation.seams import FINENESS, Seam, seams
from app.core.imaging.segmentation.sign_shapes import with_signs

_THRESHOLD = 0.4
_SOFT_EDGE = 2  # pixels around a part that are its soft edge
_WIDE_PART = 0.7  # of the digit height: what is wider may be two digits
_WIDE_STROKE = 1.0  # of the digit height: a stroke that is wider may have written two digits
_PEN_DOWN = 2.0  # strokes' widths: ink that was never lifted between two digits is harder to part than it looks
_POINTS = 64  # along a stroke: enough to tell what it touches
_STEPS_A_CELL = 4
_MOST_STEPS = 20_000
_MOST_POINTS, _FEW_POINTS = 20_000, 2_000  # of all strokes; few take no long time whatever they are
_LONGEST = 100.0  # times the longer side of the paper, of all strokes
_MOST_DIGITS = 30  # that are looked for in one stroke

Curve = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DigitRows:
    """`rows` top to bottom, none for blank paper. Boxes are in units of `size`, width and height of the paper."""

    size: tuple[float, float]
    rows: tuple[Lattice, ...]
    prepare: Callable[[Lattice, Candidate], NetworkInput]
    """What a network sees of a candidate of one of the rows."""
    key: Callable[[Lattice, Candidate], Hashable]
    """Two candidates, of these rows or of others, with the same key look the same to a network."""

    def share(self, box: Box) -> Box:
        """The box as shares of the paper's width and height, 0..1."""
        width, height = self.size
        return Box(box.left / width, box.top / height, box.right / width, box.bottom / height)


def drawing_rows(drawing: Drawing, is_growing: bool = False) -> DigitRows:
    """Take a drawing apart by its strokes. `is_growing`: the last one is still being made, and is not cut.

    What has more strokes, points or ink than any number is left whole.
    """
    material = Strokes(drawing, is_growing)

    def alone(row: Lattice, candidate: Candidate) -> Drawing:
        strokes = material.of(row.chosen(candidate))
        return drawing if strokes == drawing.strokes else _alone(strokes, row.height)

    def prepare(row: Lattice, candidate: Candidate) -> NetworkInput:
        return prepare_drawing(alone(row, candidate), DIGITS)

    return DigitRows((drawing.width, drawing.height), _lattices(material.pieces), prepare, alone)


def _may_be_number(drawing: Drawing) -> bool:
    """Whether it is worth taking apart; what is not would take a minute."""
    strokes, count = drawing.strokes, sum(map(len, drawing.strokes))
    if len(strokes) > MOST_FRAGMENTS or count > _MOST_POINTS:
        return False
    most = _LONGEST * max(drawing.width, drawing.height)
    return count <= _FEW_POINTS or sum(_length(_curve(stroke)) for stroke in strokes if stroke) <= most


def picture_rows(picture: Picture, invert: bool | None = None) -> DigitRows:
    """Take a picture apart by the ink in it. `invert` says whether it is light on dark; None finds out."""
    found, light_on_dark = find_ink(readable_grey(picture), invert, several=True)
    ink = filled(found)
    pieces, labels = part_pieces(ink)
    parts = frozenset(part for piece in pieces for part in piece.parts)

    def prepare(row: Lattice, candidate: Candidate) -> NetworkInput:
        numbers = {part for piece in row.chosen(candidate) for part in piece.parts}
        if numbers == parts:
            return prepare_picture(picture, DIGITS, invert)
        return prepare_ink(ink * np.isin(labels, list(numbers)), light_on_dark)

    def never_the_same(_row: Lattice, _candidate: Candidate) -> Hashable:
        return object()

    return DigitRows((ink.shape[1], ink.shape[0]), _lattices(pieces), prepare, never_the_same)


def _alone(strokes: tuple[Stroke, ...], height: float) -> Drawing:
    """Strokes on a canvas of their own: one as large as makes dots of what is small beside a digit of that height.

    For what is no dot it is the same canvas whatever that height.
    """
    points = np.array([point[:2] for stroke in strokes for point in stroke])
    side = max(height, float(np.ptp(points, axis=0).max()) / DOT)
    return Drawing(side, side, strokes)


def _lattices(pieces: Sequence[Piece]) -> tuple[Lattice, ...]:
    return tuple(Lattice(row) for row in rows(pieces))


def part_pieces(ink: NDArray[np.float32]) -> tuple[list[Piece], NDArray[np.int64]]:
    """Divide ink (h, w) float32 in [0, 1] into pieces.

    Returns:
        The pieces, in pixels, and (h, w) int64 with the number of the part each pixel belongs to, 0 for paper;
        `parts` of the pieces are these numbers.

    """
    labels, count = connected_parts(ink >= _THRESHOLD)
    if not count:
        return [], labels
    parts = [_part_piece(labels, number, number) for number in range(1, count + 1)]
    whole = with_signs(without_crossings(reunited(parts)))
    height = digit_height(whole)
    pieces: list[Piece] = []
    for piece in whole:
        pieces += _cut_part(piece, ink, labels, height)
    return pieces, _with_soft_edge(labels)


def _cut_part(piece: Piece, ink: NDArray[np.float32], labels: NDArray[np.int64], height: float) -> list[Piece]:
    """Cut a part that is too wide for one digit, in `labels` too."""
    box = piece.box
    if piece.is_sign or len(piece.parts) > 1 or box.width <= _WIDE_PART * height or box.height <= FLAT * height:
        return [piece]
    source = piece.parts[0]
    crop = slice(int(box.top), int(box.bottom) + 1), slice(int(box.left), int(box.right) + 1)
    here = labels[crop] == source
    stroke = stroke_width(ink[crop] * here)
    columns = np.arange(here.shape[1])
    numbers, ties = [source], [0.0]
    for seam in seams(ink[crop] * here, height):
        number = int(labels.max()) + 1
        beyond = here & (columns >= seam.columns[:, None])
        if beyond.any() and (labels[crop][here & ~beyond] == numbers[-1]).any():
            labels[crop][beyond] = number
            numbers.append(number)
            ties.append(seam.ink / stroke)
    return [_part_piece(labels, number, source, tie) for number, tie in zip(numbers, ties, strict=True)]


def _part_piece(labels: NDArray[np.int64], number: int, source: int, tie: float = 0.0) -> Piece:
    rows, columns = np.nonzero(labels == number)
    points = np.column_stack([columns, rows]).astype(np.float64)
    return Piece(thinned(points), (number,), frozenset([source]), tie)


def _with_soft_edge(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Let every part grow over the paper beside it."""
    grown = np.pad(labels, 1)
    for _ in range(_SOFT_EDGE):
        for axis in (0, 1):
            beside = np.maximum(np.roll(grown, 1, axis), np.roll(grown, -1, axis))
            grown = np.where(grown > 0, grown, beside)
    return grown[1:-1, 1:-1]


class Strokes:
    """The strokes of a drawing, some of them cut. What `parts` of a piece mean is known here."""

    def __init__(self, drawing: Drawing, is_growing: bool = False) -> None:
        """`is_growing`: the last stroke is still being made. It is not cut, and changes nothing of other cuts."""
        self._strokes = [stroke for stroke in drawing.strokes if stroke]
        self._growing = len(self._strokes) - 1 if is_growing else None
        self._cuts: dict[int, dict[int, list[Stroke]]] = {}
        self.pieces: tuple[Piece, ...] = tuple(self._found() if _may_be_number(drawing) else [self._all()])

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

    def _all(self) -> Piece:
        points = np.array([point[:2] for stroke in self._strokes for point in stroke], np.float64)
        numbers = range(len(self._strokes))
        return Piece(thinned(points), tuple(numbers), frozenset(numbers))

    def _found(self) -> Iterator[Piece]:
        curves = [_curve(stroke) for stroke in self._strokes]
        whole = [_stroke_piece([curve, _even(curve, _POINTS)], number, number) for number, curve in enumerate(curves)]
        joined = with_signs(without_crossings(reunited(whole)))
        height = digit_height([piece for piece in joined if self._growing not in piece.parts])
        for piece in joined:
            # A digit of several strokes is written with care: it hardly runs on into the next.
            is_one_stroke = len(piece.parts) == 1 and piece.parts[0] != self._growing and not piece.is_sign
            is_wide = _WIDE_STROKE * height < piece.box.width <= _MOST_DIGITS * height
            may_be_two = is_one_stroke and is_wide and piece.box.height > FLAT * height
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
            yield _stroke_piece(runs, first + at, number, tie)


@lru_cache(maxsize=64)  # while a drawing grows, most of it is divided as it was
def _divided(stroke: Stroke, height: float) -> tuple[tuple[list[Curve], float], ...]:
    """The parts of a stroke from left to right: the runs of the pen in each, and its tie."""
    curve, cell = _curve(stroke), height / FINENESS
    fine = _even(curve, min(round(_STEPS_A_CELL * _length(curve) / cell), _MOST_STEPS))
    paths = _paths(fine, cell)
    beyond = np.array([_is_beyond(path, fine, cell) for path in paths], np.int64).reshape(len(paths), len(fine))
    sides = [_runs(fine, beyond.sum(axis=0) == side) for side in range(len(paths) + 1)]
    ties = [0.0, *(_PEN_DOWN + path.ink for path in paths)]
    return tuple((runs, tie) for runs, tie in zip(sides, ties, strict=True) if runs)


def _stroke_piece(curves: Sequence[Curve], part: int, source: int, tie: float = 0.0) -> Piece:
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
