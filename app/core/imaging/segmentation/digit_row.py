"""A drawing or a picture of digits, taken apart into rows of pieces."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.ink import find_ink, readable_grey, stroke_width
from app.core.imaging.morphology import connected_parts
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import DIGITS, NetworkInput, prepare_drawing, prepare_ink, prepare_picture
from app.core.imaging.rasterise import DOT
from app.core.imaging.segmentation.drawings import Strokes
from app.core.imaging.segmentation.lattice import Candidate, Lattice
from app.core.imaging.segmentation.pieces import FLAT, Box, Piece, digit_height, rows, thinned, without_crossings
from app.core.imaging.segmentation.seams import seams

# Ink found in a picture as pieces of digits: what hangs together, cut where two digits may touch.

_THRESHOLD = 0.4
_SOFT_EDGE = 2  # pixels around a part that are its soft edge
_WIDE = 0.7  # of the digit height: what is wider may be two digits


def part_pieces(ink: NDArray[np.float32]) -> tuple[list[Piece], NDArray[np.int64]]:
    """Divide ink (h, w) float32 in [0, 1] into pieces.

    Returns:
        The pieces, in pixels, and (h, w) int64 with the number of the part each pixel belongs to, 0 for paper;
        `parts` of the pieces are these numbers.

    """
    labels, count = connected_parts(ink >= _THRESHOLD)
    if not count:
        return [], labels
    whole = without_crossings([_piece(labels, number, number) for number in range(1, count + 1)])
    height = digit_height(whole)
    pieces: list[Piece] = []
    for piece in whole:
        pieces += _cut(piece, ink, labels, height)
    return pieces, _with_soft_edge(labels)


def _cut(piece: Piece, ink: NDArray[np.float32], labels: NDArray[np.int64], height: float) -> list[Piece]:
    """Cut a part that is too wide for one digit, in `labels` too."""
    box = piece.box
    if len(piece.parts) > 1 or box.width <= _WIDE * height or box.height <= FLAT * height:
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
    return [_piece(labels, number, source, tie) for number, tie in zip(numbers, ties, strict=True)]


def _piece(labels: NDArray[np.int64], number: int, source: int, tie: float = 0.0) -> Piece:
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
    """Take a drawing apart by its strokes. `is_growing`: the last one is still being made, and is not cut."""
    material = Strokes(drawing, is_growing)

    def alone(row: Lattice, candidate: Candidate) -> Drawing:
        strokes = material.of(row.chosen(candidate))
        return drawing if strokes == drawing.strokes else _alone(strokes, row.height)

    def prepare(row: Lattice, candidate: Candidate) -> NetworkInput:
        return prepare_drawing(alone(row, candidate), DIGITS)

    return DigitRows((drawing.width, drawing.height), _lattices(material.pieces), prepare, alone)


def picture_rows(picture: Picture, invert: bool | None = None) -> DigitRows:
    """Take a picture apart by the ink in it. `invert` says whether it is light on dark; None finds out."""
    ink, light_on_dark = find_ink(readable_grey(picture), invert, several=True)
    pieces, labels = part_pieces(ink)

    def prepare(row: Lattice, candidate: Candidate) -> NetworkInput:
        numbers = {part for piece in row.chosen(candidate) for part in piece.parts}
        if len(numbers) == len(pieces):
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
