"""What can be measured of a picture that a network reads: how wide its strokes are, how far they lean, and so on."""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.float32]
"""(n, 28, 28) float32 in [0, 1], ink = 1."""

_FAINT = 0.1  # what is darker than this belongs to the extent
_PART = 0.25  # a gap in a stroke is paler than this
_LEAST_PART = 0.02  # of the ink: less is a grain


class Trait(StrEnum):
    """One measurable property."""

    STROKE = "stroke"
    """Mean width of the strokes in pixels."""
    INK = "ink"
    """Mean of all pixels, 0..1."""
    SLANT = "slant"
    """Degrees that it leans to the right; to the left is negative."""
    ASPECT = "aspect"
    """Width by height of its extent."""
    PARTS = "parts"
    """How many parts do not hang together."""
    STRENGTH = "strength"
    """How dark the ink is where there is ink, 0..1."""
    SIZE = "size"
    """The longer side of its extent in pixels."""
    OFF_CENTRE = "off-centre"
    """How far its centre of mass is from the middle, in pixels."""
    FILLED = "filled"
    """The share of its extent that is not empty, 0..1."""


Traits = Mapping[Trait, NDArray[np.float32]]
"""Each trait of n pictures, (n,) float32."""


def measure(images: Images) -> dict[Trait, NDArray[np.float32]]:
    """Every trait of every picture; pictures without ink give zeros."""
    ink = images.sum(axis=(1, 2), dtype=np.float64)
    some = np.maximum(ink, 1e-6)
    height, width = _extents(images)
    row, column, slant = _moments(images, some)
    middle = images.shape[1] / 2
    filled = (images > _FAINT).sum(axis=(1, 2))
    found = {
        Trait.STROKE: 2 * ink / np.maximum(_outline(images), 1e-6),
        Trait.INK: ink / images[0].size,
        Trait.SLANT: slant,
        Trait.ASPECT: width / np.maximum(height, 1),
        Trait.PARTS: count_parts(images),
        Trait.STRENGTH: (images * images).sum(axis=(1, 2)) / some,
        Trait.SIZE: np.maximum(height, width),
        # The middle of MNIST's 28 x 28 lies in pixel 14, counted from 0.
        Trait.OFF_CENTRE: np.hypot(row - middle, column - middle),
        Trait.FILLED: filled / np.maximum(height * width, 1),
    }
    return {trait: np.where(ink > 0, values, 0).astype(np.float32) for trait, values in found.items()}


def label_parts(masks: NDArray[np.bool_]) -> NDArray[np.int16]:
    """Number the parts that hang together, corners included, of many masks (n, h, w) at once.

    The largest number among the neighbours spreads until nothing changes. A part's number is 1 + the place of its
    last pixel, so that numbers differ within a picture; outside the masks it is 0.
    """
    count, height, width = masks.shape
    inside = masks.astype(np.int16)
    labels = np.zeros((count, height + 2, width + 2), np.int16)
    middle = labels[:, 1:-1, 1:-1]
    middle[:] = np.arange(1, height * width + 1, dtype=np.int16).reshape(height, width) * inside
    while True:
        before = middle.copy()
        rows = np.maximum(np.maximum(labels[:, :-2], labels[:, 1:-1]), labels[:, 2:])
        np.maximum(np.maximum(rows[:, :, :-2], rows[:, :, 1:-1]), rows[:, :, 2:], out=middle)
        middle *= inside
        if np.array_equal(before, middle):
            return np.asarray(before, np.int16)


def part_masses(image: NDArray[np.float32]) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """The parts of one picture (28, 28): numbers as of `label_parts`, and the ink (785,) of each number."""
    labels = label_parts(np.asarray(image[None] > _PART))[0]
    masses = np.bincount(labels.ravel(), image.ravel(), image.size + 1)
    masses[0] = 0
    return np.asarray(labels, np.int16), np.asarray(masses, np.float64)


def count_parts(images: Images) -> NDArray[np.float64]:
    """How many parts each of the pictures (n, 28, 28) has, (n,); grains are not counted."""
    count, side = len(images), images[0].size + 1
    labels = label_parts(images > _PART).reshape(count, -1).astype(np.int64)
    places = labels + side * np.arange(count)[:, None]
    masses = np.bincount(places.ravel(), images.ravel(), count * side).reshape(count, side)
    masses[:, 0] = 0
    least = _LEAST_PART * images.sum(axis=(1, 2))
    return np.asarray((masses > np.maximum(least, 1e-6)[:, None]).sum(axis=1), np.float64)


def _outline(images: Images) -> NDArray[np.float64]:
    """The length of the outlines: the total variation (Federer's coarea formula).

    From each pixel to the next: differences across a pixel, as they are good for wide strokes in
    `imaging.ink.stroke_width`, would take a line of one pixel for one of two.
    """
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    down, right = np.diff(padded, axis=1)[:, :, :-1], np.diff(padded, axis=2)[:, :-1]
    return np.asarray(np.hypot(down, right).sum(axis=(1, 2), dtype=np.float64))


def _extents(images: Images) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Height and width of what is not empty, (n,) each."""
    inked = images > _FAINT
    return _span(np.asarray(inked.any(axis=2))), _span(np.asarray(inked.any(axis=1)))


def _span(lines: NDArray[np.bool_]) -> NDArray[np.int64]:
    """From the first to the last True of each row."""
    first, last = lines.argmax(axis=1), lines.shape[1] - lines[:, ::-1].argmax(axis=1)
    return np.where(lines.any(axis=1), last - first, 0)


def _moments(
    images: Images, ink: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Row and column of the centre of mass, and the slant in degrees, by the second moments."""
    places = np.arange(images.shape[1], dtype=np.float64)
    by_row, by_column = images.sum(axis=2, dtype=np.float64), images.sum(axis=1, dtype=np.float64)
    row, column = by_row @ places / ink, by_column @ places / ink
    height = by_row @ (places * places) / ink - row * row
    lean = (images @ places.astype(np.float32)) @ places / ink - row * column
    return row, column, np.degrees(np.arctan2(-lean, np.maximum(height, 1e-3)))
