"""Ink found in a picture as pieces of digits: what hangs together, cut where two digits may touch."""

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.ink import connected_parts, stroke_width
from app.core.imaging.segmentation.pieces import FLAT, Piece, thinned, without_crossings, writing_height
from app.core.imaging.segmentation.seams import seams

_THRESHOLD = 0.4
_SOFT_EDGE = 2  # pixels around a part that are its soft edge
_WIDE = 0.7  # of the height of the writing: what is wider may be two digits


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
    height = writing_height(whole)
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
