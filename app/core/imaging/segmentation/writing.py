"""A drawing or a picture of a number, taken apart into rows of pieces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.core.imaging.colour import readable_grey
from app.core.imaging.drawing import Drawing
from app.core.imaging.ink import find_ink
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import DIGITS, NetworkInput, prepare_drawing, prepare_ink, prepare_picture
from app.core.imaging.segmentation.drawings import Strokes
from app.core.imaging.segmentation.lattice import Lattice
from app.core.imaging.segmentation.parts import part_pieces
from app.core.imaging.segmentation.pieces import Box, Piece, rows


@dataclass(frozen=True, eq=False)
class Writing:
    """`rows` top to bottom, none for blank paper. Boxes are in units of `size`, width and height of the paper."""

    size: tuple[float, float]
    rows: tuple[Lattice, ...]
    prepare: Callable[[Sequence[Piece], float], NetworkInput]
    """What a network sees of some pieces as one digit; the height of the writing tells dots from digits."""

    def share(self, box: Box) -> Box:
        """The box as shares of the paper's width and height, 0..1."""
        width, height = self.size
        return Box(box.left / width, box.top / height, box.right / width, box.bottom / height)


def drawn_writing(drawing: Drawing) -> Writing:
    """Take a drawing apart by its strokes."""
    material = Strokes(drawing)

    def prepare(chosen: Sequence[Piece], height: float) -> NetworkInput:
        strokes = material.of(chosen)
        if strokes == drawing.strokes:
            return prepare_drawing(drawing, DIGITS)
        return prepare_drawing(Drawing(height, height, strokes), DIGITS)

    return Writing((drawing.width, drawing.height), _lattices(material.pieces), prepare)


def pictured_writing(picture: Picture, invert: bool | None = None) -> Writing:
    """Take a picture apart by the ink in it. `invert` says whether it is light on dark; None finds out."""
    ink, light_on_dark = find_ink(readable_grey(picture), invert, several=True)
    pieces, labels = part_pieces(ink)

    def prepare(chosen: Sequence[Piece], _height: float) -> NetworkInput:
        numbers = {part for piece in chosen for part in piece.parts}
        if len(numbers) == len(pieces):
            return prepare_picture(picture, DIGITS, invert)
        return prepare_ink(ink * np.isin(labels, list(numbers)), light_on_dark)

    return Writing((ink.shape[1], ink.shape[0]), _lattices(pieces), prepare)


def _lattices(pieces: Sequence[Piece]) -> tuple[Lattice, ...]:
    return tuple(Lattice(row) for row in rows(pieces))
