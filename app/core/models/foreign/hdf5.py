"""Arrays out of HDF5 files of strangers: only what lies in the file itself, and only of the shape that is expected.

HDF5 knows links to other files and to other places, data kept in other files, data that is put together of others, and
shapes of any size for which nothing is stored. None of that is followed.
"""

from collections.abc import Iterator
from math import prod
from typing import Any, BinaryIO

import h5py
import numpy as np
from numpy.typing import NDArray

from app.core.models.foreign.limits import MOST_CONFIG_BYTES, MOST_NESTED, MOST_WEIGHT_BYTES, refuse, shape_text

_MOST_ENTRIES = 20_000
_FLOAT_BYTES = 4


class ArrayFile:
    """A file that was opened for reading. It is closed with what it was opened from."""

    def __init__(self, content: BinaryIO) -> None:
        """Raises InputError if it is no HDF5 file."""
        try:
            self._file = h5py.File(content, "r")
        except (OSError, ValueError, RuntimeError):
            raise refuse("its file of weights is damaged, or not an HDF5 file") from None
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
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if not isinstance(text, str) or len(text) > MOST_CONFIG_BYTES:
            raise refuse(f"its {name} is no text")
        return text

    def group(self, path: str) -> Any | None:
        """What lies at a path of names with "/" between; None if nothing does."""
        place = self._file
        for name in path.split("/"):
            if not isinstance(place, h5py.Group):
                return None
            place = self._child(place, name)
            if place is None:
                return None
        return place

    def arrays_in(self, path: str) -> dict[str, Any]:
        """All arrays below a path, by their own paths from there; they are not read yet."""
        top = self.group(path)
        return dict(self._below(top, "", MOST_NESTED, set())) if isinstance(top, h5py.Group) else {}

    def read(self, stored: Any, shape: tuple[int, ...], where: str) -> NDArray[np.float32]:
        """The numbers of an array, if it has that shape. Raises InputError if it is none, or keeps them elsewhere."""
        if not isinstance(stored, h5py.Dataset):
            raise refuse(f"the weights of {where} are missing")
        if stored.external or stored.is_virtual:
            raise refuse(f"the weights of {where} lie in another file, which is never opened")
        if stored.compression not in {None, "gzip"} or stored.dtype.kind not in "fiu":
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
        for name, stored in self._below(self._file, "", MOST_NESTED, set()):
            if stored.dtype.kind in "fiu":
                self.read(stored, tuple(stored.shape), name[:80])

    def _child(self, group: Any, name: str) -> Any | None:
        """One step down, if it is one within the file."""
        try:
            link = group.get(name, getlink=True)
            if link is None:
                return None
            if isinstance(link, h5py.ExternalLink):
                raise refuse(f"{name!r} in it is a link to another file, which is never opened")
            if not isinstance(link, h5py.HardLink):
                raise refuse(f"{name!r} in it is a link to another place")
            return group[name]
        except (OSError, RuntimeError, KeyError, ValueError, TypeError):
            return None

    def _below(self, group: Any, before: str, deeper: int, seen: set[int]) -> Iterator[tuple[str, Any]]:
        """What hangs below a group; groups that hold each other are looked into once."""
        try:
            address = h5py.h5o.get_info(group.id).addr
            if address in seen:
                return
            seen.add(address)
            names = list(group) if len(group) <= _MOST_ENTRIES else []
        except (OSError, RuntimeError, ValueError):
            raise refuse("its file of weights is damaged") from None
        for name in names:
            place = self._child(group, name)
            if isinstance(place, h5py.Dataset):
                yield before + name, place
            elif isinstance(place, h5py.Group) and deeper:
                yield from self._below(place, f"{before}{name}/", deeper - 1, seen)


def finite(values: NDArray[np.float32], where: str) -> NDArray[np.float32]:
    """The values, if all of them are numbers."""
    if not np.isfinite(values).all():
        raise refuse(f"the weights of {where} are not all numbers: its training went wrong")
    return values
