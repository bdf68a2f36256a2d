"""A folder of drawings and pictures for each class, perhaps inside a `train` and a `test` folder."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.class_folders import Files, find_class_folders
from app.core.datasets.content import RawData
from app.core.datasets.originals import load_original, network_image
from app.core.datasets.types import IMAGE_SIZE, LabelledImages
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing

MAX_PICTURES = 200_000


def read_pictures(folder: Path) -> RawData | None:
    """Read the drawings and pictures of `folder`, one subfolder for each class (see `find_class_folders`).

    Each is made ready as one that is to be read (see `training_image`).

    Returns:
        None if no subfolder holds any.

    Raises:
        InputError: one cannot be read or is too large, too many classes or pictures, or train and test differ.
        OSError: the folder cannot be read.

    """
    found = find_class_folders(folder)
    if found is None:
        return None
    train = _read(found.train, found.class_names, found.preprocessing)
    test = None if found.test is None else _read(found.test, found.class_names, found.preprocessing)
    return RawData(train, test, found.class_names, found.preprocessing)


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


def _read(files: Files, names: tuple[str, ...], preprocessing: Preprocessing) -> LabelledImages:
    paths = [(path, names.index(name)) for name, members in files.items() for path in members]
    if len(paths) > MAX_PICTURES:
        raise InputError(f"There are {len(paths):,} pictures; at most {MAX_PICTURES:,} can be used.")
    images = [training_image(path, preprocessing) for path, _ in paths]
    labels = np.array([label for _, label in paths], np.uint8)
    return LabelledImages(np.stack(images) if images else np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.uint8), labels)
