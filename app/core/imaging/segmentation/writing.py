"""A drawing or a picture of a number, taken apart into rows of pieces."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from app.core.imaging.colour import readable_grey
from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.ink import find_ink
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import DIGITS, NetworkInput, prepare_drawing, prepare_ink, prepare_picture
from app.core.imaging.rasterise import DOT
from app.core.imaging.segmentation.drawings import Strokes
from app.core.imaging.segmentation.lattice import Candidate, Lattice
from app.core.imaging.segmentation.parts import part_pieces
from app.core.imaging.segmentation.pieces import Box, Piece, rows


@dataclass(frozen=True, eq=False)
class Writing:
    """`rows` top to bottom, none for blank paper. Boxes are in units of `size`, width and height of the paper."""

    size: tuple[float, float]
    rows: tuple[Lattice, ...]
    prepare: Callable[[Lattice, Candidate], NetworkInput]
    """What a network sees of a candidate of one of the rows."""
    key: Callable[[Lattice, Candidate], Hashable]
    """Two candidates, of this writing or of others, with the same key look the same to a network."""

    def share(self, box: Box) -> Box:
        """The box as shares of the paper's width and height, 0..1."""
        width, height = self.size
        return Box(box.left / width, box.top / height, box.right / width, box.bottom / height)


def drawn_writing(drawing: Drawing, is_growing: bool = False) -> Writing:
    """Take a drawing apart by its strokes. `is_growing`: the last one is still being made, and is not cut."""
    material = Strokes(drawing, is_growing)

    def alone(row: Lattice, candidate: Candidate) -> Drawing:
        strokes = material.of(row.chosen(candidate))
        return drawing if strokes == drawing.strokes else _alone(strokes, row.height)

    def prepare(row: Lattice, candidate: Candidate) -> NetworkInput:
        return prepare_drawing(alone(row, candidate), DIGITS)

    return Writing((drawing.width, drawing.height), _lattices(material.pieces), prepare, alone)


def pictured_writing(picture: Picture, invert: bool | None = None) -> Writing:
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

    return Writing((ink.shape[1], ink.shape[0]), _lattices(pieces), prepare, never_the_same)


def _alone(strokes: tuple[Stroke, ...], height: float) -> Drawing:
    """Strokes on a canvas of their own: one as large as makes dots of what is small beside a digit of that height.

    For what is no dot it is the same canvas whatever that height.
    """
    points = np.array([point[:2] for stroke in strokes for point in stroke])
    side = max(height, float(np.ptp(points, axis=0).max()) / DOT)
    return Drawing(side, side, strokes)


def _lattices(pieces: Sequence[Piece]) -> tuple[Lattice, ...]:
    return tuple(Lattice(row) for row in rows(pieces))
