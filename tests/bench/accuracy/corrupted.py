"""Test pictures with something wrong, in three doses each: the network alone, and enlarged as a picture of a file."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.pictures import Picture
from app.core.models.store import find_model
from tests.bench.accuracy.corruptions import CORRUPTIONS
from tests.bench.accuracy.data import absent, full_set
from tests.bench.accuracy.reading import CLOTHES, DIGITS, grey_picture, of_pictures, of_set, percent, right_share
from tests.bench.report import Figure, Skipped

EVERY = 10  # of the test pictures: the first half of MNIST's is easier than the second
EVERY_ENLARGED = 40
SIDE = 112  # of the pictures of a file: no such small ones as in the data sets


def measure() -> Iterator[Figure | Skipped]:
    """Both readers on their own test sets."""
    for model in (DIGITS, CLOTHES):
        card = find_model(model).card
        dataset = full_set(card.dataset)
        if dataset is None:
            yield absent(f"{card.dataset_title} with corruptions")
            continue
        images, labels = dataset.test.images[::EVERY], dataset.test.labels[::EVERY]
        yield from _rows(model, f"{card.dataset_title}, as it is", images, labels)
        for corruption in CORRUPTIONS:
            for level in corruption.levels:
                name = f"{card.dataset_title}, {corruption.name} {level:g} {corruption.unit}"
                yield from _rows(model, name, corruption.apply(images, level, 1), labels)


def _rows(model: str, name: str, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Iterator[Figure]:
    yield percent(f"{name}: network alone", right_share(model, of_set(images), labels))
    step = EVERY_ENLARGED // EVERY
    shown = of_pictures(model, map(_enlarged, images[::step]))
    yield percent(f"{name}: as a picture", right_share(model, shown, labels[::step]))


def _enlarged(image: NDArray[np.uint8]) -> Picture:
    return grey_picture(np.asarray(Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC)))
