"""What can be measured of a picture that a network reads: how wide its strokes are, how far they lean, and so on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import LabelledImages
from app.core.imaging.morphology import part_masses

Images = NDArray[np.float32]
"""(n, 28, 28) float32 in [0, 1], ink = 1."""

_FAINT = 0.1  # what is darker than this belongs to the extent
_PART = 0.25  # a gap in a stroke is paler than this
_LEAST_PART = 0.02  # of the ink: less is a grain


class Feature(StrEnum):
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


FeatureValues = Mapping[Feature, NDArray[np.float32]]
"""Each feature of n pictures, (n,) float32."""


def measure(images: Images) -> dict[Feature, NDArray[np.float32]]:
    """Every feature of every picture; pictures without ink give zeros."""
    ink = images.sum(axis=(1, 2), dtype=np.float64)
    some = np.maximum(ink, 1e-6)
    height, width = _extents(images)
    row, column, slant = _moments(images, some)
    middle = images.shape[1] / 2
    filled = (images > _FAINT).sum(axis=(1, 2))
    found = {
        Feature.STROKE: 2 * ink / np.maximum(_outline(images), 1e-6),
        Feature.INK: ink / images[0].size,
        Feature.SLANT: slant,
        Feature.ASPECT: width / np.maximum(height, 1),
        Feature.PARTS: count_parts(images),
        Feature.STRENGTH: (images * images).sum(axis=(1, 2)) / some,
        Feature.SIZE: np.maximum(height, width),
        # The middle of MNIST's 28 x 28 lies in pixel 14, counted from 0.
        Feature.OFF_CENTRE: np.hypot(row - middle, column - middle),
        Feature.FILLED: filled / np.maximum(height * width, 1),
    }
    return {feature: np.where(ink > 0, values, 0).astype(np.float32) for feature, values in found.items()}


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


def image_parts(image: NDArray[np.float32]) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """The parts of one picture (28, 28): numbers as of `label_parts`, and the ink (785,) of each number."""
    labels: NDArray[np.int16] = label_parts(np.asarray(image[None] > _PART))[0]
    return labels, part_masses(labels, image, image.size)


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


# What training pictures are like: the distribution of each feature, over all of them and within each class.

MOST_MEASURED = 4_000
"""The distributions hardly change with more pictures, and these take about a second."""
RARE = 0.01
RARE_PARTS = 0.02
"""A number of parts is a whole one: about 1% of the training digits are in two, and those are odd as well."""
_CLASS_ALONE = frozenset({Feature.ASPECT})
"""Among all pictures these say only which class it is: a 1 is narrower than all that are no 1s."""
_CLASS_TOO = frozenset({Feature.ASPECT, Feature.SLANT, Feature.STROKE})
_MARGINS = {Feature.ASPECT: 0.06, Feature.SLANT: 1.0, Feature.STROKE: 0.05, Feature.SIZE: 1.0}
"""How far beyond the others it must be, so that a pixel more or less is nothing: a 1 as upright as a ruler is a 1."""
_LEAST = 100
_CHUNK = 250

Sorted = Mapping[Feature, NDArray[np.float32]]


@dataclass(frozen=True)
class Outlier:
    """A feature that hardly any of the training pictures have so.

    `share` of them (0..1) have less of it, or more if not `is_high`. `label` is the class whose pictures are meant,
    None for all of them; `target` is the median of those pictures.
    """

    feature: Feature
    value: float
    is_high: bool
    share: float
    label: int | None
    target: float


@dataclass(frozen=True, eq=False)
class FeatureStats:
    """Sorted values of each feature of `count` training pictures; of few pictures there are no distributions."""

    count: int
    overall: Sorted | None
    by_class: tuple[Sorted | None, ...]

    def outliers(
        self, image: NDArray[np.float32], label: int | None, features: Iterable[Feature]
    ) -> tuple[Outlier, ...]:
        """What is unusual in a picture (28, 28) taken for class `label`: among all pictures, else in its class.

        What was taken for none is compared with all pictures alone.
        """
        measured = measure(image[None])
        found = []
        for feature in features:
            value = float(measured[feature][0])
            outlier = None if feature in _CLASS_ALONE else _outlier(feature, value, self.overall, None)
            if outlier is None and feature in _CLASS_TOO:
                outlier = _outlier(feature, value, self._of_class(label), label)
            if outlier is not None:
                found.append(outlier)
        return tuple(found)

    def _of_class(self, label: int | None) -> Sorted | None:
        return self.by_class[label] if label is not None and label < len(self.by_class) else None


def measure_features(data: LabelledImages, classes: int) -> FeatureStats:
    """Measure the first MOST_MEASURED training pictures, in pieces short enough for a thread beside a window."""
    images, labels = data.images[:MOST_MEASURED], data.labels[:MOST_MEASURED]
    pieces = [_measured(images[start : start + _CHUNK]) for start in range(0, len(images), _CHUNK)]
    features: FeatureValues = {feature: np.concatenate([piece[feature] for piece in pieces]) for feature in Feature}
    everything = _sorted(features, np.ones(len(images), np.bool_))
    return FeatureStats(len(images), everything, tuple(_sorted(features, labels == label) for label in range(classes)))


def _measured(images: NDArray[np.uint8]) -> FeatureValues:
    return measure(images.astype(np.float32) / np.float32(255))


def _sorted(features: FeatureValues, belongs: NDArray[np.bool_]) -> Sorted | None:
    if belongs.sum() < _LEAST:
        return None
    return {feature: np.sort(values[belongs]) for feature, values in features.items()}


def _outlier(feature: Feature, value: float, known: Sorted | None, label: int | None) -> Outlier | None:
    if known is None:
        return None
    values, margin = known[feature], _MARGINS.get(feature, 0.0)
    less = float(np.searchsorted(values, np.float32(value - margin), side="left")) / len(values)
    more = 1 - float(np.searchsorted(values, np.float32(value + margin), side="right")) / len(values)
    rare = RARE_PARTS if feature is Feature.PARTS else RARE
    if max(less, more) < 1 - rare:
        return None
    return Outlier(feature, value, less > more, max(less, more), label, float(np.median(values)))
