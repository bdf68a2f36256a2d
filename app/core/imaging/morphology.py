"""Masks and grey images by neighbourhood, in NumPy: extents, blocks, growing, dilation, parts that hang together."""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]
Mask = NDArray[np.bool_]
_Kind = TypeVar("_Kind", bound=np.generic)


def border(image: NDArray[_Kind]) -> NDArray[_Kind]:
    """Return the pixels at the four sides, those in the corners twice."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def extent(mask: NDArray[np.generic]) -> tuple[slice, slice]:
    """Return the rows and columns from the first to the last that have something; there must be something."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def blocks(image: Grey, side: int, is_centred: bool = False) -> Grey:
    """Return squares of `side` pixels, (rows, side, columns, side); what the last ones lack is 0."""
    (height, width), (rows, columns) = image.shape, (math.ceil(each / side) for each in image.shape)
    top, left = ((rows * side - height) // 2, (columns * side - width) // 2) if is_centred else (0, 0)
    whole = np.zeros((rows * side, columns * side), np.float32)
    whole[top : top + height, left : left + width] = image
    return whole.reshape(rows, side, columns, side)


def enlarged(cells: NDArray[_Kind], side: int, shape: tuple[int, ...]) -> NDArray[_Kind]:
    """Return an image of that shape with `side` x `side` pixels for each cell."""
    return cells.repeat(side, axis=0).repeat(side, axis=1)[: shape[0], : shape[1]]


def grown(mask: Mask) -> Mask:
    """Return the mask with all that touches it, corners included."""
    wide = np.pad(mask, 1)
    rows = wide[:-2] | wide[1:-1] | wide[2:]
    return np.asarray(rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:])


def eroded(mask: Mask) -> Mask:
    """Return the mask without all that touches what is not in it, corners included; beyond the border nothing is."""
    return ~grown(~mask)


def dilated(ink: Grey, radius: int) -> Grey:
    """Spread every pixel over a disc; margins of `radius` must be empty."""
    result = ink.copy()
    for down in range(-radius, radius + 1):
        row = widest = np.roll(ink, down, axis=0)
        for right in range(1, math.isqrt(radius * radius - down * down) + 1):
            widest = np.maximum(widest, np.maximum(np.roll(row, right, axis=1), np.roll(row, -right, axis=1)))
        np.maximum(result, widest, out=result)
    return result


def running_maximum(values: NDArray[_Kind], window: int) -> NDArray[_Kind]:
    """Return the maximum over each `window` of rows, by doubling; there are window - 1 fewer."""
    covered = 1
    while covered < window:
        step = min(covered, window - covered)
        values = np.maximum(values[:-step], values[step:])
        covered += step
    return values


def connected_parts(mask: Mask) -> tuple[NDArray[np.int64], int]:
    """Number the parts of a mask that hang together, corners included.

    Returns:
        (h, w) int64, 0 outside the mask, and the number of parts.

    """
    index = np.arange(mask.size).reshape(mask.shape)
    pairs = [(index[1:], index[:-1]), (index[:, 1:], index[:, :-1])]
    pairs += [(index[1:, 1:], index[:-1, :-1]), (index[1:, :-1], index[:-1, 1:])]
    flat = mask.ravel()
    first, second = (np.concatenate([pair[i].ravel() for pair in pairs]) for i in (0, 1))
    joined = flat[first] & flat[second]
    first, second = first[joined], second[joined]
    parent = index.ravel().copy()
    while not np.array_equal(parent[first], parent[second]):
        low, high = np.minimum(parent[first], parent[second]), np.maximum(parent[first], parent[second])
        np.minimum.at(parent, high, low)
        while not np.array_equal(parent, parent[parent]):
            parent = parent[parent]
    labels = np.zeros(mask.size, np.int64)
    roots, numbers = np.unique(parent[flat], return_inverse=True)
    labels[flat] = numbers + 1
    return labels.reshape(mask.shape), len(roots)


def part_masses(labels: NDArray[np.integer], weights: NDArray[np.floating], count: int) -> NDArray[np.float64]:
    """Sum the weights of each of `count` parts, (count + 1,); what is in none, number 0, weighs nothing."""
    masses = np.bincount(labels.ravel(), weights.ravel(), count + 1)
    masses[0] = 0
    return np.asarray(masses, np.float64)


def reaching_border(labels: NDArray[np.integer]) -> Mask:
    """Return where the parts lie that reach the border of the image; 0 is none."""
    at_border = np.unique(border(labels))
    return np.isin(labels, at_border[at_border > 0])
