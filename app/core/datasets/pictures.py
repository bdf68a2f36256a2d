"""A folder of drawings and pictures for each class, perhaps inside a `train` and a `test` folder."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.class_folders import find_class_folders
from app.core.datasets.content import Progress, RawData, empty_note, no_progress
from app.core.datasets.originals import load_original, network_image
from app.core.datasets.types import IMAGE_SIZE, LabelledImages
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing

MAX_PICTURES = 200_000


def read_pictures(folder: Path, progress: Progress = no_progress) -> RawData | None:
    """Read the drawings and pictures of `folder`, one subfolder for each class (see `find_class_folders`).

    Each is made ready as one that is to be read (see `training_image`). What comes out empty is left out, and the note
    names it: a network that learned to call blank paper a class would be the worse for it.

    Returns:
        None if no subfolder holds any.

    Raises:
        InputError: one cannot be read or is too large, too many classes or pictures, or train and test differ.
        OSError: the folder cannot be read.

    """
    found = find_class_folders(folder)
    if found is None:
        return None
    names = found.class_names
    labels = {
        path: names.index(name) for part in (found.train, found.test or {}) for name in part for path in part[name]
    }
    if len(labels) > MAX_PICTURES:
        raise InputError(f"There are {len(labels):,} pictures; at most {MAX_PICTURES:,} can be used.")
    images = np.zeros((len(labels), IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    for number, path in enumerate(labels):
        progress(number, len(labels))
        images[number] = training_image(path, found.preprocessing)
    all_labels, own = np.array(list(labels.values()), np.uint8), sum(map(len, found.train.values()))
    inked = images.max(axis=(1, 2), initial=0) > 0
    if not inked[:own].any():
        raise InputError(f"Nothing was found on any picture of {folder}; choose pictures with more contrast.")
    note = empty_note([str(path) for path, is_inked in zip(labels, inked, strict=True) if not is_inked])
    train, test = (
        LabelledImages(images[part][inked[part]], all_labels[part][inked[part]])
        for part in (slice(own), slice(own, None))
    )
    return RawData(train, None if found.test is None else test, names, found.preprocessing, note)


def training_image(path: Path, preprocessing: Preprocessing = Preprocessing.DIGITS) -> NDArray[np.uint8]:
    """One file as (28, 28) uint8, ink = 255: exactly what a model trained on it is later shown of such a file.

    Raises:
        InputError: not a drawing or a picture in a known format, damaged, or too large.

    """
    try:
        original = load_original(path)
    except InputError as error:
        raise InputError(f"In {path.parent}, {error}") from error  # every class may have a file of that name
    return network_image(original, preprocessing)
