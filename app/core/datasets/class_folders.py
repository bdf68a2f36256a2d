"""A folder for each class: which files they hold, and what the classes are called.

`classes.json` beside the folders may say what their names cannot: `{"preprocessing": "mnist-1", "classes": {"folder":
"class", ...}}`, in the order of the classes; a class whose folder is empty or missing is one, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.datasets.content import LONGEST_CLASS_NAME, Progress, RawData, check_class_count, empty_note, no_progress
from app.core.datasets.originals import Original, is_original, load_original, network_image
from app.core.datasets.types import IMAGE_SIZE, LabelledImages
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing

CLASSES_FILE = "classes.json"
TRAIN_FOLDER, TEST_FOLDER = "train", "test"

_TRAIN, _TEST = {TRAIN_FOLDER, "training"}, {TEST_FOLDER, "testing", "t10k"}
_LONGEST_FILE = 64 * 1024

Files = Mapping[str, tuple[Path, ...]]
"""The files of each class, by its name, in order of name."""


class ClassesFile(BaseModel):
    """`classes.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preprocessing: Preprocessing = Preprocessing.DIGITS
    classes: dict[str, Annotated[str, Field(min_length=1, max_length=LONGEST_CLASS_NAME)]]


@dataclass(frozen=True)
class ClassFolders:
    """What was found. `test` is None if the folders are not inside a `train` and a `test` folder."""

    class_names: tuple[str, ...]
    train: Files
    test: Files | None
    preprocessing: Preprocessing = Preprocessing.DIGITS


def find_class_folders(folder: Path) -> ClassFolders | None:
    """Look for drawings and pictures in the subfolders of `folder`; a class is called by its folder, in order of name.

    Returns None if no subfolder holds any. Raises InputError (too few or too many classes, a damaged `classes.json`, or
    train and test differ in their classes) and OSError (the folder cannot be read).
    """
    parts = {child.name.lower(): child for child in _subfolders(folder)}
    train = next((path for name, path in parts.items() if name in _TRAIN), None)
    test = next((path for name, path in parts.items() if name in _TEST), None)
    said = _read_classes(folder)
    train_files = _files_by_class(train or folder, said)
    if not any(train_files.values()):
        return None
    names = tuple(train_files)
    check_class_count(len(names), str(folder))
    preprocessing = said.preprocessing if said else Preprocessing.DIGITS
    test_files = _files_by_class(test, said) if train and test else {}
    if train and test and (unknown := [name for name in test_files if name not in names]):
        raise InputError(
            f"The class {unknown[0]} is in {test.name} but not in {train.name}; both need the same classes."
        )
    return ClassFolders(names, train_files, test_files if any(test_files.values()) else None, preprocessing)


def _read_classes(folder: Path) -> ClassesFile | None:
    path = folder / CLASSES_FILE
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise ValueError("too long")
        said = ClassesFile.model_validate_json(path.read_bytes())
        if len(set(said.classes.values())) != len(said.classes):
            raise ValueError("a name is given twice")
    except (ValidationError, ValueError) as error:
        raise InputError(f"{path} is damaged; correct it, or delete it to name classes by their folders.") from error
    return said


def _files_by_class(folder: Path, said: ClassesFile | None) -> dict[str, tuple[Path, ...]]:
    """Return the files of every class; without `classes.json` a folder with no files is no class."""
    found = {child.name: _originals(child) for child in _subfolders(folder)}
    if said is None:
        return {_valid(name): files for name, files in found.items() if files}
    if unknown := [name for name, files in found.items() if files and name not in said.classes]:
        raise InputError(f"{CLASSES_FILE} does not name the folder {unknown[0]}; add it, or delete {CLASSES_FILE}.")
    return {name: found.get(child, ()) for child, name in said.classes.items()}


def _originals(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(file for file in folder.iterdir() if is_original(file) and file.is_file()))


def _subfolders(folder: Path) -> list[Path]:
    """In order of name, numbers as numbers; without what systems and archives hide."""
    found = [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "__"))]
    return sorted(
        found, key=lambda path: (not path.name.isdecimal(), int(path.name) if path.name.isdecimal() else 0, path.name)
    )


def _valid(name: str) -> str:
    """Return the name of a class: text, which the name of a folder need not be."""
    if any("\ud800" <= character <= "\udfff" for character in name):
        shown = name.encode(errors="backslashreplace").decode()
        raise InputError(f"The folder {shown} has a name that is not valid Unicode; rename it.")
    return name


# A folder of drawings and pictures for each class, perhaps inside a `train` and a `test` folder.

MAX_IMAGES = 200_000


def read_class_folders(folder: Path, progress: Progress = no_progress) -> RawData | None:
    """Read the drawings and pictures of `folder`, one subfolder for each class (see `find_class_folders`).

    Each is made ready as one that is to be read (see `training_image`). What comes out empty is left out, and the note
    names it: a network that learned to call blank paper a class would be the worse for it.

    Returns None if no subfolder holds any. Raises InputError (one cannot be read or is too large, too many classes or
    pictures, or train and test differ) and OSError (the folder cannot be read).
    """
    found = find_class_folders(folder)
    if found is None:
        return None
    names = found.class_names
    labels = {
        path: names.index(name) for split in (found.train, found.test or {}) for name in split for path in split[name]
    }
    if len(labels) > MAX_IMAGES:
        raise InputError(f"There are {len(labels):,} pictures; at most {MAX_IMAGES:,} can be used.")
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
        LabelledImages(images[place][inked[place]], all_labels[place][inked[place]])
        for place in (slice(own), slice(own, None))
    )
    return RawData(
        train,
        None if found.test is None else test,
        names,
        found.preprocessing,
        (note,) if note else (),
        is_prepared=True,
    )


def training_image(path: Path, preprocessing: Preprocessing = Preprocessing.DIGITS) -> NDArray[np.uint8]:
    """One file as (28, 28) uint8, ink = 255: exactly what a model trained on it is later shown of such a file.

    Raises InputError (not a drawing or a picture in a known format, damaged, or too large).
    """
    return network_image(load_labelled(path), preprocessing)


def load_labelled(path: Path) -> Original:
    """Read a drawing or a picture; every class may have a file of that name, so an InputError tells its folder, too."""
    try:
        return load_original(path)
    except InputError as error:
        raise InputError(f"In {path.parent}, {error}") from error
