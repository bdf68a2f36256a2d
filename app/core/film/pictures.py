"""Weights, feature maps and counts as pictures: numbers between 0 and 255 that a palette makes colours of."""

import math

import numpy as np
from numpy.typing import NDArray

from app.core.inference.explaining.numpy_network import Array

ZERO, GAP = 127, 255
"""What stands for 0, for the largest magnitude (0 and 254), and for the space between two pictures."""
_HEAT = 0.5
"""Exponent of the counts: one mistake is seen beside many right answers."""


def levels(values: Array) -> NDArray[np.uint8]:
    """Numbers of any shape as 0 to 254, the largest magnitude at an end, 0 in the middle."""
    largest = float(np.abs(values).max(initial=0.0))
    if not largest or not math.isfinite(largest):
        return np.full(values.shape, ZERO, np.uint8)
    return np.asarray(np.rint(ZERO + ZERO * values / largest), np.uint8)


def tiled(pictures: Array, columns: int, gap: int = 1) -> NDArray[np.uint8]:
    """Pictures (n, rows, columns) on one scale, beside and below each other: (height, width), GAP between them."""
    count, height, width = pictures.shape
    columns = max(1, min(columns, count))
    rows = math.ceil(count / columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), GAP, np.uint8)
    for number, picture in enumerate(levels(pictures)):
        top, left = (number // columns) * (height + gap), (number % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def columns_for(count: int, aspect: float) -> int:
    """How many square pictures to a row, so that all are as large as can be in a place of that width by height."""
    return min(range(1, max(1, count) + 1), key=lambda columns: max(columns / aspect, math.ceil(count / columns)))


def heat(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Counts (classes, classes) as strengths 0..1, each a share of its row."""
    totals = np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    return np.asarray((confusion / totals) ** _HEAT, np.float64)


def bands(probabilities: Array) -> Array:
    """The edges of the bands of a ribbon: (moments, classes + 1), from 0 to 1; what is not known is as it was before.

    `probabilities` (moments, classes) has NaN where a moment could not be read.
    """
    known = np.isfinite(probabilities.sum(axis=1))
    last = np.maximum.accumulate(np.where(known, np.arange(len(probabilities)), -1))
    filled = np.where((last >= 0)[:, None], probabilities[np.maximum(last, 0)], 1 / max(1, probabilities.shape[1]))
    edges = np.cumsum(filled, axis=1)
    return np.concatenate([np.zeros((len(edges), 1)), edges / edges[:, -1:]], axis=1).astype(np.float32)
