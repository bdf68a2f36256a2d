"""Weights out of HDF5 files of strangers: only arrays of the shape that is expected."""

from math import prod
from typing import Any, BinaryIO

import h5py
import numpy as np
from numpy.typing import NDArray

from app.core.hdf5 import Hdf5File
from app.core.models.foreign.limits import MOST_CONFIG_BYTES, MOST_WEIGHT_BYTES, refuse, shape_text

_FLOAT_BYTES = 4


class ArrayFile(Hdf5File):
    """A file of weights that was opened for reading."""

    def __init__(self, content: BinaryIO) -> None:
        """Raises InputError if it is no HDF5 file."""
        super().__init__(content, refuse, "its file of weights")
        self._read_bytes = 0

    def text(self, name: str) -> str:
        """An attribute of the whole file; empty if there is none."""
        try:
            if name not in self._file.attrs:
                return ""
            about = self._file.attrs.get_id(name)
            if about.shape != () or about.get_storage_size() > MOST_CONFIG_BYTES:
                raise refuse(f"its {name} is no text")
            value = self._file.attrs[name]
        except (OSError, RuntimeError, KeyError, TypeError, ValueError):
            raise refuse("its file of weights is damaged") from None
        if isinstance(value, str):  # bytes that are no text are half letters in it
            value = value.encode("utf-8", "surrogateescape")
        if not isinstance(value, bytes) or len(value) > MOST_CONFIG_BYTES:
            raise refuse(f"its {name} is no text")
        return value.decode("utf-8", "replace")

    def read(self, stored: Any, shape: tuple[int, ...], where: str) -> NDArray[np.float32]:
        """The numbers of an array, if it has that shape. Raises InputError if it is none, or keeps them elsewhere."""
        if not isinstance(stored, h5py.Dataset):
            raise refuse(f"the weights of {where} are missing")
        self.check_inside(stored, f"the weights of {where}")
        if stored.dtype.kind not in "fiu":
            raise refuse(f"the weights of {where} are stored in a way that is not read")
        if tuple(stored.shape) != shape:
            given = shape_text(tuple(stored.shape))
            raise refuse(f"the weights of {where} have the shape {given}, and should have {shape_text(shape)}")
        self._read_bytes += prod(shape) * _FLOAT_BYTES
        if self._read_bytes > MOST_WEIGHT_BYTES:
            raise refuse(f"it has more than {MOST_WEIGHT_BYTES // 2**20} MB of weights")
        try:
            values = np.asarray(stored[()], np.float32)
        except (OSError, RuntimeError, ValueError, TypeError):
            raise refuse(f"the weights of {where} are damaged") from None
        return finite(values, where)

    def read_all(self) -> None:
        """Read every array once. Raises InputError for one that cannot be read, and for more than may be."""
        for name, stored in self.arrays_in().items():
            if stored.dtype.kind in "fiu":
                self.read(stored, tuple(stored.shape), name[:80])


def finite(values: NDArray[np.float32], where: str) -> NDArray[np.float32]:
    """The values, if all of them are numbers."""
    if not np.isfinite(values).all():
        raise refuse(f"the weights of {where} are not all numbers: its training went wrong")
    return values
