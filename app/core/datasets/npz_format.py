"""Keras' `mnist.npz`: a zip of the arrays x_train, y_train, x_test, y_test. Also how the starter data is stored."""

import math
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from app.core.datasets.content import RawData, labelled_images
from app.core.datasets.idx import MAX_BYTES
from app.core.errors import InputError


def read_npz(path: Path) -> RawData:
    """Read the four arrays of `path`; x_test and y_test may be missing. Nothing in the file is ever executed.

    Raises:
        InputError: not such a file, damaged, or an array above `MAX_BYTES`.
        OSError: the file cannot be read.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            train = labelled_images(_member(archive, "x_train"), _member(archive, "y_train"), path.name)
            if "x_test.npy" not in archive.namelist():
                return RawData(train)
            return RawData(train, labelled_images(_member(archive, "x_test"), _member(archive, "y_test"), path.name))
    except KeyError as error:
        raise InputError(
            f"{path.name} lacks the arrays x_train and y_train; choose a file like Keras' mnist.npz."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path.name} is damaged or not an npz file; get it again.") from error


def _member(archive: zipfile.ZipFile, key: str) -> NDArray[np.integer]:
    """One array. Its size is checked before memory is taken: np.load would believe whatever the header says."""
    with archive.open(f"{key}.npy") as file:
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read_header(file)
        if dtype.kind not in "iu":
            raise InputError(f"{key} holds {dtype} values; whole numbers from 0 to 255 are needed.")
        if min(shape, default=0) < 0:
            raise ValueError("a negative length")
        size = math.prod(shape) * dtype.itemsize
        if size > MAX_BYTES:
            raise InputError(f"{key} is larger than {MAX_BYTES >> 20} MB; use a smaller data set.")
        data = file.read(size)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
