"""What training pictures are like: the distribution of each trait, over all of them and within each class."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import LabelledImages
from app.core.inference.explaining.traits import Trait, Traits, measure

MOST_MEASURED = 4_000
"""The distributions hardly change with more pictures, and these take about a second."""
RARE = 0.01
RARE_PARTS = 0.02
"""A number of parts is a whole one: about 1% of the training digits are in two, and those are odd as well."""
_CLASS_ALONE = frozenset({Trait.ASPECT})
"""Among all pictures these say only which class it is: a 1 is narrower than all that are no 1s."""
_CLASS_TOO = frozenset({Trait.ASPECT, Trait.SLANT, Trait.STROKE})
_MARGINS = {Trait.ASPECT: 0.06, Trait.SLANT: 1.0, Trait.STROKE: 0.05, Trait.SIZE: 1.0}
"""How far beyond the others it must be, so that a pixel more or less is nothing: a 1 as upright as a ruler is a 1."""
_LEAST = 100
_CHUNK = 250

Sorted = Mapping[Trait, NDArray[np.float32]]


@dataclass(frozen=True)
class Oddity:
    """A trait that hardly any of the training pictures have so.

    `share` of them (0..1) have less of it, or more if not `is_high`. `label` is the class whose pictures are meant,
    None for all of them; `target` is the median of those pictures.
    """

    trait: Trait
    value: float
    is_high: bool
    share: float
    label: int | None
    target: float


@dataclass(frozen=True, eq=False)
class Norms:
    """Sorted values of each trait of `count` training pictures; of few pictures there are no distributions."""

    count: int
    overall: Sorted | None
    by_class: tuple[Sorted | None, ...]

    def oddities(self, image: NDArray[np.float32], label: int | None, traits: Iterable[Trait]) -> tuple[Oddity, ...]:
        """What is unusual in a picture (28, 28) taken for class `label`: among all pictures, else in its class.

        What was taken for none is compared with all pictures alone.
        """
        measured = measure(image[None])
        found = []
        for trait in traits:
            value = float(measured[trait][0])
            odd = None if trait in _CLASS_ALONE else _oddity(trait, value, self.overall, None)
            if odd is None and trait in _CLASS_TOO:
                odd = _oddity(trait, value, self._of_class(label), label)
            if odd is not None:
                found.append(odd)
        return tuple(found)

    def _of_class(self, label: int | None) -> Sorted | None:
        return self.by_class[label] if label is not None and label < len(self.by_class) else None


def measure_norms(pictures: LabelledImages, classes: int) -> Norms:
    """Measure the first MOST_MEASURED training pictures, in pieces short enough for a thread beside a window."""
    images, labels = pictures.images[:MOST_MEASURED], pictures.labels[:MOST_MEASURED]
    pieces = [_measured(images[start : start + _CHUNK]) for start in range(0, len(images), _CHUNK)]
    traits: Traits = {trait: np.concatenate([piece[trait] for piece in pieces]) for trait in Trait}
    everything = _sorted(traits, np.ones(len(images), np.bool_))
    return Norms(len(images), everything, tuple(_sorted(traits, labels == label) for label in range(classes)))


def _measured(images: NDArray[np.uint8]) -> Traits:
    return measure(images.astype(np.float32) / np.float32(255))


def _sorted(traits: Traits, belongs: NDArray[np.bool_]) -> Sorted | None:
    if belongs.sum() < _LEAST:
        return None
    return {trait: np.sort(values[belongs]) for trait, values in traits.items()}


def _oddity(trait: Trait, value: float, known: Sorted | None, label: int | None) -> Oddity | None:
    if known is None:
        return None
    values, margin = known[trait], _MARGINS.get(trait, 0.0)
    less = float(np.searchsorted(values, np.float32(value - margin), side="left")) / len(values)
    more = 1 - float(np.searchsorted(values, np.float32(value + margin), side="right")) / len(values)
    rare = RARE_PARTS if trait is Trait.PARTS else RARE
    if max(less, more) < 1 - rare:
        return None
    return Oddity(trait, value, less > more, max(less, more), label, float(np.median(values)))
