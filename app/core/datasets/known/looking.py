"""What pictures show: each way to read them is tried, and the one under which they agree with their labels is taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import Orientation, Polarity
from app.core.datasets.known import evidence
from app.core.datasets.known.names import as_clothes, as_digit, as_letter
from app.core.datasets.known.scaling import boxed, contained
from app.core.datasets.known.table import CLOTHES_NAMES, DIGIT_NAMES, UPPER, Shows, by_title
from app.core.datasets.types import LabelledImages

LIGHT, DARK = 64, 192
"""Of 255: a background below the one, or above the other, is dark or light."""
_FEWEST = 20
"""Of fewer pictures nothing can be told."""
_AGREES = {Shows.DIGITS: 0.6, Shows.CLOTHES: 0.5, Shows.LETTERS: 0.3}
"""Agreement from which on pictures are what their labels say; by chance it is 0.1, 0.1 and 0.04."""
_CLEARER = 0.15
"""So much more must one way to read pictures agree than the other."""
_FEWEST_LETTERS = 5
"""Fewer numbers are rarely letters."""
_CHARACTERS = by_title("EMNIST ByClass"), by_title("EMNIST Balanced")


@dataclass(frozen=True)
class Seen:
    """What pictures show under the way to read them that fits best, and the class that each label is."""

    shows: Shows
    polarity: Polarity
    orientation: Orientation
    classes: Mapping[int, str]


def look(sample: LabelledImages, names: Mapping[int, str]) -> Seen | None:
    """The way to read the pictures under which they are most surely what their labels say; None if none is."""
    if len(sample) < _FEWEST:
        return None
    level = evidence.background(sample.images)
    polarities = [Polarity.LIGHT_INK, Polarity.DARK_INK]
    if level is not None and not LIGHT < level < DARK:
        polarities = polarities[:1] if level <= LIGHT else polarities[1:]
    for polarity in polarities:
        light = sample.images if polarity is Polarity.LIGHT_INK else 255 - sample.images
        inked = boxed(light)
        for shows, classes in _hypotheses(names):
            images = contained(light) if shows is Shows.CLOTHES else inked
            turned = images.transpose(0, 2, 1)
            ways = {
                orientation: _agreement(shows, each, sample.labels, classes)
                for orientation, each in ((Orientation.UPRIGHT, images), (Orientation.TURNED, turned))
            }
            (orientation, best), (_, other) = sorted(ways.items(), key=lambda way: -way[1])
            if best >= _AGREES[shows] and best - other >= _CLEARER:
                return Seen(shows, polarity, orientation, classes)
    return None


def _hypotheses(names: Mapping[int, str]) -> Iterator[tuple[Shows, Mapping[int, str]]]:
    """What labels may stand for: the class that each of them is."""
    labels, are_numbers = set(names), all(name == str(label) for label, name in names.items())
    digits = {label: said for label, name in names.items() if (said := as_digit(name))}
    clothes = {label: said for label, name in names.items() if (said := as_clothes(name))}
    letters = {label: said for label, name in names.items() if (said := as_letter(name))}
    if len(digits) == len(names):
        yield Shows.DIGITS, digits
    if are_numbers and labels <= set(range(10)):
        yield Shows.CLOTHES, {label: CLOTHES_NAMES[label] for label in labels}
    if len(clothes) == len(names):
        yield Shows.CLOTHES, clothes
    if are_numbers and labels == set(range(1, 11)):  # counted from 1, or with 10 for 0, as USPS comes
        yield Shows.DIGITS, {label: DIGIT_NAMES[label - 1] for label in labels}
        yield Shows.DIGITS, {label: DIGIT_NAMES[label % 10] for label in labels}
        yield Shows.CLOTHES, {label: CLOTHES_NAMES[label - 1] for label in labels}
    if not are_numbers and len(digits | letters) == len(names):
        yield Shows.LETTERS, digits | letters
    if are_numbers and labels <= set(range(26)) and len(labels) >= _FEWEST_LETTERS:
        yield Shows.LETTERS, {label: UPPER[label] for label in labels}
    if are_numbers and labels <= set(range(1, 27)) and len(labels) >= _FEWEST_LETTERS:
        yield Shows.LETTERS, {label: UPPER[label - 1] for label in labels}
    for known in _CHARACTERS:
        if are_numbers and len(labels) > 30 and labels <= set(known.classes):
            yield Shows.LETTERS, {label: known.classes[label] for label in labels}


def _agreement(shows: Shows, images: NDArray[np.uint8], labels: NDArray[np.uint8], classes: Mapping[int, str]) -> float:
    """How far pictures are what their labels say, 0..1, each class counting the same."""
    if shows is Shows.LETTERS:
        return _characters_share(images, labels, classes)
    names = np.array(DIGIT_NAMES if shows is Shows.DIGITS else CLOTHES_NAMES)
    read = names[evidence.read_digits(images) if shows is Shows.DIGITS else evidence.read_clothes(images)]
    return float(np.mean([np.mean(read[labels == label] == classes[int(label)]) for label in np.unique(labels)]))


def _characters_share(images: NDArray[np.uint8], labels: NDArray[np.uint8], classes: Mapping[int, str]) -> float:
    """The share of letters and digits together."""
    said = np.array([classes[int(label)] for label in labels])
    are_digits = np.isin(said, DIGIT_NAMES)
    scores, counts = [], []
    if are_digits.any():
        read = np.array(DIGIT_NAMES)[evidence.read_digits(images[are_digits])]
        scores.append(float(np.mean(read == said[are_digits])))
        counts.append(len(np.unique(said[are_digits])))
    if not are_digits.all():
        letters = [name[0].upper() for name in said[~are_digits]]
        scores.append(evidence.letters_agreement(images[~are_digits], letters))
        counts.append(len(set(letters)))
    return float(np.average(scores, weights=counts))
