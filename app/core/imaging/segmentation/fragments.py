"""Digits in fragments: dashes, dots, the grains of chalk, the streaks of a marker that runs dry.

Single linkage (Sneath 1957): fragments of one digit are nearer to each other than digits are.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.segmentation.pieces import Box, Piece, box_around, digit_height, distance, joined

MOST_FRAGMENTS = 800
"""On one paper: what has more is a pattern, and no number."""

_LEAST_FRAGMENTS = 6
_REACH = 0.11  # of the digits' height: digits are further apart
_USUAL = 2.0  # times the usual gap between fragments is a gap still
_TOUCHING = 0.01  # of the height of all
_OF_EACH = 2  # fragments of each digit, on average
_FRAGMENT = 0.45  # of the digits' height: most of them are smaller
_SPECK, _STRAY = 0.2, 0.2  # of the digits' height: what is smaller belongs to what is so near


def reunited(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, put together where most of them are fragments; all as they are where they are not."""
    if not _LEAST_FRAGMENTS <= len(pieces) <= MOST_FRAGMENTS:
        return list(pieces)
    boxes = [piece.box for piece in pieces]
    gaps = _gaps(pieces, boxes, _STRAY * box_around(boxes).height)
    nearest = np.full(len(pieces), np.inf)
    for (first, second), gap in gaps.items():
        nearest[first], nearest[second] = min(nearest[first], gap), min(nearest[second], gap)
    most = max(_USUAL * float(np.median(nearest)), _TOUCHING * box_around(boxes).height)
    found, height = list(pieces), 0.0
    while math.isfinite(most) and _are_fragments(found, height):
        height = digit_height(_clustered(pieces, gaps, most))
        found = _clustered(pieces, gaps, min(most, _REACH * height))
        height = digit_height(found)
        if most >= _REACH * height:
            break
        most *= 2
    if len(found) * _OF_EACH > len(pieces) or not _are_fragments(pieces, height):
        return list(pieces)
    return _without_strays(found, height)


def _are_fragments(pieces: Sequence[Piece], height: float) -> bool:
    return not height or float(np.median([_side(piece.box) for piece in pieces])) < _FRAGMENT * height


def _gaps(pieces: Sequence[Piece], boxes: Sequence[Box], reach: float) -> dict[tuple[int, int], float]:
    """The distances of pieces whose boxes are within reach of each other."""
    left, top, right, bottom = np.array(boxes).T
    across = np.maximum(left[:, None] - right, left - right[:, None])
    down = np.maximum(top[:, None] - bottom, top - bottom[:, None])
    near: NDArray[np.intp] = np.argwhere(np.triu(np.maximum(across, down) <= reach, 1))
    return {(first, second): distance(pieces[first], pieces[second]) for first, second in near.tolist()}


def _clustered(pieces: Sequence[Piece], gaps: dict[tuple[int, int], float], most: float) -> list[Piece]:
    """Join what is linked by gaps of at most so much."""
    cluster = list(range(len(pieces)))

    def root(number: int) -> int:
        while cluster[number] != number:
            cluster[number] = number = cluster[cluster[number]]
        return number

    for (first, second), gap in gaps.items():
        if gap <= most:
            cluster[root(first)] = root(second)
    of: dict[int, list[Piece]] = {}
    for number, piece in enumerate(pieces):
        of.setdefault(root(number), []).append(piece)
    return [joined(each) if len(each) > 1 else each[0] for each in of.values()]


def _without_strays(pieces: list[Piece], height: float) -> list[Piece]:
    """Give what is no larger than a speck to the nearest piece, if that is near."""
    large = [piece for piece in pieces if _side(piece.box) > _SPECK * height]
    with_specks: list[list[Piece]] = [[piece] for piece in large]
    alone: list[Piece] = []
    for piece in pieces:
        if _side(piece.box) <= _SPECK * height:
            away = [distance(piece, other) for other in large]
            near = int(np.argmin(away)) if away else 0
            (with_specks[near] if away and away[near] < _STRAY * height else alone).append(piece)
    return [*(joined(each) if len(each) > 1 else each[0] for each in with_specks), *alone]


def _side(box: Box) -> float:
    return max(box.width, box.height)
