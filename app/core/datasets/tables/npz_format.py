"""npz and npy: which of the arrays are pictures and which are labels, told by names, shapes and values.

Keras' `mnist.npz` has x_train, y_train, x_test and y_test; MedMNIST train_images, train_labels, val_images and so on;
NumPy calls arrays without names arr_0, arr_1. Two more may be there: the text class_names, and preprocessing.
"""

import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import ChoiceNeededError
from app.core.datasets.content import LONGEST_CLASS_NAME, MAX_CLASSES, Content
from app.core.datasets.files.parts import Part, part_of_name, words_of
from app.core.datasets.tables.arrays import StoredArray, has_label_column, open_array, picture_layout, stored_arrays
from app.core.datasets.tables.rows import MAX_PICTURES, Table
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.zip_files import open_zip

_IMAGE_WORDS = re.compile(r"xs?|(image|img|picture|pic|input|feature|pixel|bitmap|digit)s?|data")
_LABEL_WORDS = re.compile(r"ys?|(label|lab|target|output|lbl)s?|class(es)?|t|digit|category|categories|truth|onehot|gt")
_NAME_WORDS = ("classnames", "labelnames", "targetnames", "names", "categorynames", "labelsnames")
_MOST_LABELS = 512 << 20  # bytes: a million labels as one of 64 numbers each
_LONGEST_LABEL = 4 * 256
_CLASS_WORDS = frozenset({"class", "digit", "label"})
_QMNIST_FACTS = 8
"""For each picture: its class, and who wrote it where (Yadav and Bottou 2019)."""
_ORDER = (Part.TRAIN, Part.TEST), (Part.TRAIN, Part.VALIDATION, Part.TEST)


@dataclass
class ArraySet:
    """The tables of one set by their part, and what else its file says."""

    tables: dict[Part, Table] = field(default_factory=dict)
    class_names: tuple[str, ...] | None = None
    preprocessing: Preprocessing | None = None
    notes: list[str] = field(default_factory=list)


def open_arrays(arrays: Sequence[StoredArray], wanted_labels: str = "") -> ArraySet:
    """Sort out arrays: pictures and labels of each part.

    Args:
        arrays: those of one npz file, or of the npy files of one folder.
        wanted_labels: the name of the array of labels that a person chose, or the number of the column.

    Raises:
        InputError: no pictures, damaged, Python objects, or labels that do not fit.
        ChoiceNeededError: it cannot be told which array holds the labels.

    """
    found = ArraySet()
    left = list(arrays)
    for array in arrays:
        plain = "".join(words_of(array.name))
        if plain in _NAME_WORDS and len(array.shape) == 1 and array.dtype.kind in "USiu":
            found.class_names = _words(array)
            left.remove(array)
        elif plain == "preprocessing" and array.dtype.kind == "U":
            found.preprocessing = Preprocessing(_words(array)[0])
            left.remove(array)
    is_column = wanted_labels.strip().isdecimal() and any(map(has_label_column, left))
    images, labels = _images_and_labels(left, "" if is_column else wanted_labels)
    if not images:
        raise _no_pictures(arrays)
    for part, (pictures, fitting) in _parts(images, labels, found.notes).items():
        found.tables[part] = open_array(
            pictures, None if fitting is None else read_labels(fitting), wanted_labels if is_column else ""
        )
    return found


def read_labels(array: StoredArray) -> NDArray[Any]:
    """Labels as numbers or texts (n,): of one-hot ones the place of the 1, of QMNIST's facts the first.

    Raises InputError (no labels).
    """
    count = max(array.shape, default=0)
    if count > MAX_PICTURES:
        raise InputError(
            f"{array.name} in {array.file} announces {count:,} labels; at most {MAX_PICTURES:,} can be used."
        )
    if array.dtype.kind in "US" and array.dtype.itemsize > _LONGEST_LABEL:
        raise InputError(f"{array.name} in {array.file} holds texts too long for labels; save shorter ones.")
    values = array.values(_MOST_LABELS)
    if values.ndim == 2 and min(values.shape) == 1:
        values = values.reshape(-1)
    if values.ndim == 1 and values.dtype.kind in "biufUS":
        return values
    if values.ndim == 2 and values.dtype.kind in "biuf" and values.shape[1] <= MAX_CLASSES:
        if np.allclose(values.sum(axis=1), 1, atol=1e-3) and np.isin(values, (0, 1)).all():
            return np.asarray(values.argmax(axis=1))
        if values.shape[1] == _QMNIST_FACTS and values.dtype.kind in "iu":
            return np.asarray(values[:, 0])
        raise InputError(
            f"{array.name} in {array.file} has {values.shape[1]} numbers for each picture, not one of which is 1; one "
            "label for each is needed."
        )
    raise InputError(
        f"{array.name} in {array.file} has the shape {array.shape}; labels must be a list, one for each picture."
    )


def _images_and_labels(
    arrays: Sequence[StoredArray], wanted_labels: str
) -> tuple[list[StoredArray], list[StoredArray]]:
    if wanted_labels:
        chosen = [array for array in arrays if array.name.casefold() == wanted_labels.strip().casefold()]
        if not chosen:
            raise InputError(f"There is no array {wanted_labels!r}; there are: {_names(arrays)}.")
        return [array for array in arrays if array not in chosen and _may_be_images(array)], chosen
    images = [array for array in arrays if _says(array, _IMAGE_WORDS) and not _says(array, _LABEL_WORDS)]
    labels = [array for array in arrays if _says(array, _LABEL_WORDS) and array not in images]
    images = [array for array in images if len(array.shape) != 1]
    silent = [array for array in arrays if array not in images and array not in labels]
    if not images:
        images = [array for array in silent if _may_be_images(array)]
        silent = [array for array in silent if array not in images]
    if not labels:
        labels = [array for array in silent if _may_be_labels(array, images)]
    return images, labels


def _parts(
    images: Sequence[StoredArray], labels: Sequence[StoredArray], notes: list[str]
) -> Mapping[Part, tuple[StoredArray, StoredArray | None]]:
    """Pictures and labels of each part: by their names, else by their order."""
    images = _without_copies(images)
    told = [part_of_name(array.name) for array in images]
    if told.count(None) > 1:
        return _parts_by_order(images, labels, notes)
    result: dict[Part, tuple[StoredArray, StoredArray | None]] = {}
    for array, part in zip(images, told, strict=True):
        if (part or Part.TRAIN) in result:
            raise InputError(
                f"{array.file} holds several arrays of {(part or Part.TRAIN).value} pictures ({_names(images)}); "
                "leave one."
            )
        fitting = [label for label in labels if part_of_name(label.name) is part or len(images) == len(labels) == 1]
        counted = [label for label in fitting if picture_layout(array.shape, max(label.shape, default=0))]
        if len(counted) > 1:
            raise _which_labels(array.file, counted)
        result[part or Part.TRAIN] = array, next(iter(counted or fitting), None)
    return result


def _without_copies(images: Sequence[StoredArray]) -> list[StoredArray]:
    """Without those that hold the same pictures as rows, as scikit-learn's `data` beside `images`."""
    shaped = [array for array in images if len(array.shape) > 2]
    sizes = {(part_of_name(array.name), math.prod(array.shape), array.shape[:1]) for array in shaped}
    return shaped + [
        array
        for array in images
        if array not in shaped and (part_of_name(array.name), math.prod(array.shape), array.shape[:1]) not in sizes
    ]


def _parts_by_order(
    images: Sequence[StoredArray], labels: Sequence[StoredArray], notes: list[str]
) -> Mapping[Part, tuple[StoredArray, StoredArray | None]]:
    if len(images) != len(labels) or len(images) > 3:
        raise InputError(
            f"{images[0].file} holds {len(images)} arrays of pictures and {len(labels)} of labels ({_names(images)}); "
            "name them x_train, y_train, x_test and y_test."
        )
    parts = _ORDER[len(images) - 2]
    notes.append(f"The arrays have no telling names; they were taken as {', '.join(part.value for part in parts)}.")
    return dict(zip(parts, zip(images, labels, strict=True), strict=True))


def _may_be_images(array: StoredArray) -> bool:
    is_picture = len(array.shape) > 1 and array.dtype.kind in "biuf" and picture_layout(array.shape) is not None
    return is_picture or has_label_column(array)


def _may_be_labels(array: StoredArray, images: Sequence[StoredArray]) -> bool:
    lengths = {length for image in images for length in (image.shape[:1] + image.shape[-1:])}
    is_list = len(array.shape) == 1 or (len(array.shape) == 2 and array.shape[1] <= MAX_CLASSES)
    return is_list and bool(array.shape) and array.shape[0] in lengths and array.dtype.kind in "biufUSO"


def are_classes(arrays: Sequence[StoredArray]) -> bool:
    """Whether each array holds the pictures of a class, and is called like it: "cat" and "dog", "digit_0" and so on."""
    return (
        len(arrays) > 1
        and len({array.file for array in arrays}) == 1
        and len({array.shape[1:] for array in arrays}) == 1
        and all(_may_be_images(array) and _is_class_name(array.name) for array in arrays)
    )


def _is_class_name(name: str) -> bool:
    first, *others = _split(name) or [""]
    says_something_else = part_of_name(name) or _IMAGE_WORDS.fullmatch(first) or _LABEL_WORDS.fullmatch(first)
    return bool(others and first in _CLASS_WORDS) or not (says_something_else or first == "arr")


def _says(array: StoredArray, words: re.Pattern[str]) -> bool:
    return any(words.fullmatch(word.rstrip("0123456789")) for word in _split(array.name))


def _split(name: str) -> list[str]:
    """Words of a name, "xtrain" and "trainX" apart."""
    words = []
    for word in words_of(name):
        for part in ("train", "test", "valid", "val"):
            if word.startswith(part) and len(word) > len(part):
                words += [part, word.removeprefix(part)]
                break
            if word.endswith(part) and len(word) > len(part):
                words += [word.removesuffix(part), part]
                break
        else:
            words.append(word)
    return words


def _words(array: StoredArray) -> tuple[str, ...]:
    """One array of texts. Raises InputError if there are more than there are classes, or long ones."""
    texts = tuple(str(text) for text in array.values(MAX_CLASSES * 4 * 1000).astype(str).ravel())
    if not 0 < len(texts) <= MAX_CLASSES or not all(0 < len(text) <= LONGEST_CLASS_NAME for text in texts):
        raise InputError(f"{array.name} in {array.file} holds no names of classes; correct it or leave it out.")
    return texts


def _names(arrays: Sequence[StoredArray]) -> str:
    return ", ".join(array.name for array in arrays[:6]) + (", …" if len(arrays) > 6 else "")


def _which_labels(file: str, labels: Sequence[StoredArray]) -> ChoiceNeededError:
    return ChoiceNeededError(
        "label_column",
        f"It cannot be told which array of {file} holds the labels; choose one of: {_names(labels)}.",
        [array.name for array in labels],
    )


def _no_pictures(arrays: Sequence[StoredArray]) -> InputError:
    for array in arrays:
        array.check_plain()
    shapes = ", ".join(f"{array.name} {array.shape}" for array in arrays[:4])
    return InputError(
        f"{arrays[0].file} lacks an array of pictures ({shapes}); it needs x_train and y_train, and y_test if it has "
        "x_test, like mnist.npz."
    )


def read_single_array(path: Path) -> NDArray[Any]:
    """Read the one array of a file that NumPy wrote without names. Raises InputError and OSError."""
    arrays = stored_arrays(path)
    if len(arrays) != 1:
        raise InputError(f"{path.name} holds {len(arrays)} arrays; one is needed.")
    if arrays[0].shape and arrays[0].shape[0] > MAX_PICTURES:
        raise InputError(f"{path.name} announces more than {MAX_PICTURES:,} pictures; use a smaller data set.")
    return arrays[0].values()


def write_npz(path: Path, content: Content) -> None:
    """Write a set as Keras' npz, with the names of its classes. Raises OSError (the file cannot be written)."""
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            x_train=content.train.images,
            y_train=content.train.labels,
            x_test=content.test.images,
            y_test=content.test.labels,
            class_names=np.array(content.class_names),
            preprocessing=np.array([content.preprocessing.value]),
        )


def is_npz(path: Path) -> bool:
    """Tell whether a file is a zip of arrays, whatever it is called."""
    try:
        with open_zip(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False
