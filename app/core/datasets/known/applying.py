"""Data made what its reading says: upright, light on dark, 28 x 28, its classes numbered from 0."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import Orientation, Polarity
from app.core.datasets.content import Progress, RawData, no_progress
from app.core.datasets.known.recognizing import Reading
from app.core.datasets.known.scaling import boxed, contained
from app.core.datasets.types import IMAGE_SIZE, LabelledImages
from app.core.errors import InputError

_BLOCK = 4_096
"""Pictures that are worked on at once: what is needed beside them stays small."""


def applied(raw: RawData, reading: Reading, progress: Progress = no_progress) -> RawData:
    """Return the data as `reading` says. Its arrays may be those of `raw`, changed: do not use `raw` any longer.

    `progress` is told of pictures that are scaled.

    Raises InputError (pictures of a class that the reading does not have).
    """
    height, width = raw.train.images.shape[1:]
    notes = raw.notes
    if (height, width) != (IMAGE_SIZE, IMAGE_SIZE):
        how = ", their ink centred as MNIST has it" if reading.centres_ink else ""
        notes = (*notes, f"Scaled from {width} x {height} to {IMAGE_SIZE} x {IMAGE_SIZE} pixels{how}.")
    elif reading.centres_ink:
        notes = (*notes, "Their ink was centred as MNIST has it, like that of pictures that are to be read.")
    order = np.full(256, 255, np.uint8)
    order[list(reading.labels)] = np.arange(len(reading.labels))

    def made(part: LabelledImages | None) -> LabelledImages | None:
        if part is None:
            return None
        labels = order[part.labels]
        if (labels == 255).any():
            raise InputError("The data has pictures of classes that have no name; choose names for all of them.")
        return LabelledImages(_read(part.images, reading, progress), labels)

    train = made(raw.train)
    assert train is not None
    return replace(
        raw,
        train=train,
        test=made(raw.test),
        validation=made(raw.validation),
        class_names=reading.class_names,
        preprocessing=reading.preprocessing,
        notes=(reading.why, *notes) if reading.why else notes,
    )


def shown_as(
    images: NDArray[np.uint8], reading: Reading, polarity: Polarity | None, orientation: Orientation | None
) -> NDArray[np.uint8]:
    """Pictures as they were found, (n, h, w), as `reading` has them, or with another polarity or orientation."""
    other = replace(
        reading,
        polarity=polarity or reading.polarity,
        orientation=orientation or reading.orientation,
        centres_ink=reading.centres_ink and polarity is not Polarity.AS_IS,
    )
    return _read(images.copy(), other, no_progress)


def _read(images: NDArray[np.uint8], reading: Reading, progress: Progress) -> NDArray[np.uint8]:
    if reading.orientation is Orientation.TURNED:
        images = _turned(images)
    if reading.polarity is Polarity.DARK_INK:
        images = _negated(images)
    return boxed(images, progress) if reading.centres_ink else contained(images, progress)


def _turned(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Exchange rows and columns, in place where that can be."""
    if images.shape[1] != images.shape[2]:
        return np.ascontiguousarray(images.transpose(0, 2, 1))
    result = _writable(images)
    for start in range(0, len(images), _BLOCK):
        block = images[start : start + _BLOCK]
        result[start : start + _BLOCK] = np.ascontiguousarray(block.transpose(0, 2, 1))
    return result


def _negated(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.subtract(np.uint8(255), images, out=_writable(images))


def _writable(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The array itself, or, if it may not be changed, a new one of its shape."""
    return images if images.flags.writeable else np.empty_like(images, order="C")
