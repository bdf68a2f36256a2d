"""Keras' `mnist.npz`: a zip of the arrays x_train, y_train, x_test, y_test. Also how the starter data is stored.

Two arrays that Keras does not have may be in it: the text class_names, and preprocessing. Other sets, like KMNIST, have
a file for each of the four arrays, which NumPy calls arr_0.
"""

import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from app.core.datasets.content import LONGEST_CLASS_NAME, MAX_CLASSES, Content, RawData, labelled_images
from app.core.datasets.idx import MAX_BYTES
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing


def read_npz(path: Path) -> RawData:
    """Read the arrays of `path`; all but x_train and y_train may be missing. Nothing in the file is ever executed.

    Raises InputError (not such a file, damaged, or an array above `MAX_BYTES`) and OSError (the file cannot be read).
    """
    with _opened(path) as archive:
        there = archive.namelist()
        train = labelled_images(_member(archive, "x_train"), _member(archive, "y_train"), path.name)
        test, names, preprocessing = None, None, None
        if "x_test.npy" in there:
            test = labelled_images(_member(archive, "x_test"), _member(archive, "y_test"), path.name)
        if "class_names.npy" in there:
            names = tuple(_words(archive, "class_names"))
        if "preprocessing.npy" in there:
            preprocessing = Preprocessing(_words(archive, "preprocessing")[0])
        return RawData(train, test, names, preprocessing)


def read_single_array(path: Path) -> NDArray[np.integer]:
    """Read the one array of an .npz file that NumPy wrote without names. Errors as `read_npz`."""
    with _opened(path) as archive:
        return _member(archive, "arr_0")


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


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except KeyError as error:
        raise InputError(
            f"{path.name} lacks an array; it needs x_train and y_train, and y_test if it has x_test, like mnist.npz."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path.name} is damaged or not an npz file; get it again.") from error


def _member(archive: zipfile.ZipFile, key: str) -> NDArray[np.integer]:
    """One array of whole numbers."""
    array: NDArray[np.integer] = _array(archive, key, "iu", "whole numbers from 0 to 255 are needed")
    return array


def _words(archive: zipfile.ZipFile, key: str) -> list[str]:
    """One array of texts. Raises ValueError if there are more than there are classes, or long ones."""
    texts: list[str] = _array(archive, key, "U", "text is needed").ravel().tolist()
    if not 0 < len(texts) <= MAX_CLASSES or not all(0 < len(text) <= LONGEST_CLASS_NAME for text in texts):
        raise ValueError("no names of classes")
    return texts


def _array(archive: zipfile.ZipFile, key: str, kinds: str, wanted: str) -> NDArray[Any]:
    """One array. Its size is checked before memory is taken: np.load would believe whatever the header says."""
    with archive.open(f"{key}.npy") as file:
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read_header(file)
        if dtype.kind not in kinds:
            raise InputError(f"{key} holds {dtype} values; {wanted}.")
        if min(shape, default=0) < 0:
            raise ValueError("a negative length")
        size = math.prod(shape) * dtype.itemsize
        if size > MAX_BYTES:
            raise InputError(f"{key} is larger than {MAX_BYTES >> 20} MB; use a smaller data set.")
        data = file.read(size)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
