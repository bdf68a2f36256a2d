"""A folder of pictures for each class, perhaps inside a `train` and a `test` folder."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.content import MAX_CLASSES, MIN_CLASSES, RawData
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError
from app.core.imaging.pictures import load_picture
from app.core.imaging.preprocess import prepare_picture

MAX_PICTURES = 200_000

OWN_PREPROCESSING: Final = "mnist-1"
"""How pictures somebody brings are made ready, for training as for reading."""

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff"}
_TRAIN, _TEST = {"train", "training"}, {"test", "testing", "t10k"}


def read_pictures(folder: Path) -> RawData | None:
    """Read the pictures of `folder`, one subfolder for each class; a class is called by its folder, in order of name.

    Every picture is made ready as one that is to be read (see `training_image`).

    Returns:
        None if no subfolder holds a picture.

    Raises:
        InputError: a picture cannot be read or is too large, too many classes or pictures, or train and test differ.
        OSError: the folder cannot be read.

    """
    parts = {child.name.lower(): child for child in _subfolders(folder)}
    train = next((path for name, path in parts.items() if name in _TRAIN), None)
    test = next((path for name, path in parts.items() if name in _TEST), None)
    train_files = _files_by_class(train or folder)
    if not train_files:
        return None
    names = tuple(train_files)
    if not MIN_CLASSES <= len(names) <= MAX_CLASSES:
        raise InputError(f"{folder.name} has {len(names)} classes; it must have {MIN_CLASSES} to {MAX_CLASSES}.")
    if train is None or test is None:
        return RawData(_read(train_files, names), None, names)
    test_files = _files_by_class(test)
    if unknown := [name for name in test_files if name not in names]:
        raise InputError(f"The class {unknown[0]} is in {test.name} but not in {train.name}; give both the same ones.")
    if not test_files:
        return RawData(_read(train_files, names), None, names)
    return RawData(_read(train_files, names), _read(test_files, names), names)


def training_image(path: Path) -> NDArray[np.uint8]:
    """One picture as (28, 28) uint8, ink = 255: exactly what a model trained on it is later shown of such a file.

    Raises:
        InputError: not a picture in a known format, damaged, or too large.

    """
    try:
        picture = load_picture(path)
    except InputError as error:
        raise InputError(f"In {path.parent}, {error}") from error  # every class may have a file of that name
    return np.rint(prepare_picture(picture, OWN_PREPROCESSING).image * 255).astype(np.uint8)


def _subfolders(folder: Path) -> list[Path]:
    """In order of name, numbers as numbers; without what systems and archives hide."""
    found = [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "__"))]
    return sorted(
        found, key=lambda path: (not path.name.isdecimal(), int(path.name) if path.name.isdecimal() else 0, path.name)
    )


def _files_by_class(folder: Path) -> dict[str, list[Path]]:
    found = {
        _valid(child.name): sorted(
            file
            for file in child.iterdir()
            if file.suffix.lower() in _SUFFIXES and not file.name.startswith(".") and file.is_file()
        )
        for child in _subfolders(folder)
    }
    return {name: files for name, files in found.items() if files}


def _read(files: dict[str, list[Path]], names: tuple[str, ...]) -> LabelledImages:
    paths = [(path, names.index(name)) for name, members in files.items() for path in members]
    if len(paths) > MAX_PICTURES:
        raise InputError(f"There are {len(paths):,} pictures; at most {MAX_PICTURES:,} can be used.")
    images = np.stack([training_image(path) for path, _ in paths])
    return LabelledImages(images, np.array([label for _, label in paths], np.uint8))


def _valid(name: str) -> str:
    """Return the name of a class: text, which the name of a folder need not be."""
    if any("\ud800" <= character <= "\udfff" for character in name):
        shown = name.encode(errors="backslashreplace").decode()
        raise InputError(f"The folder {shown} has a name that is not valid Unicode; rename it.")
    return name
