"""HDF5 files of strangers: only what lies in the file itself, by names and groups.

HDF5 knows links to other files and to other places, data kept in other files, data that is put together of others, and
shapes of any size for which nothing is stored. None of that is followed. Its library is written in C: what is not ours
is opened in a process of its own.
"""

from collections.abc import Callable, Iterator
from typing import IO, Any

import h5py

MAGIC = b"\x89HDF\r\n\x1a\n"
_MOST_ENTRIES = 20_000
_MOST_NESTED = 8
_PACKINGS = {None, "gzip", "lzf"}


class Hdf5File:
    """A file that was opened for reading. It is closed with what it was opened from.

    Every error is what `refuse` makes of words that say what is wrong; `called` is what they call the file.
    """

    def __init__(self, content: IO[bytes], refuse: Callable[[str], Exception], called: str = "it") -> None:
        """Raises what `refuse` makes if it is no HDF5 file."""
        self._refuse, self._called = refuse, called
        try:
            self._file = h5py.File(content, "r")
        except (OSError, ValueError, RuntimeError):
            raise refuse(f"{called} is damaged, or not an HDF5 file") from None

    def has(self, *names: str) -> bool:
        """Whether one of these is an attribute of the whole file, or lies at its top."""
        try:
            return any(name in self._file.attrs or name in self._file for name in names)
        except (OSError, RuntimeError, ValueError):
            raise self._refuse(f"{self._called} is damaged") from None

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

    def arrays_in(self, path: str = "") -> dict[str, Any]:
        """All arrays below a path, by their own paths from there; they are not read yet."""
        top = self.group(path) if path else self._file
        return dict(self._below(top, "", _MOST_NESTED, set())) if isinstance(top, h5py.Group) else {}

    def check_inside(self, stored: Any, what: str) -> None:
        """Raise unless the numbers of an array lie in this file, plain or packed in a usual way."""
        if stored.external or stored.is_virtual:
            raise self._refuse(f"{what} lie in another file, which is never opened")
        if stored.compression not in _PACKINGS:
            raise self._refuse(f"{what} are stored in a way that is not read")

    def _child(self, group: Any, name: str) -> Any | None:
        """One step down, if it is one within the file."""
        try:
            link = group.get(name, getlink=True)
            if link is None:
                return None
            if isinstance(link, h5py.ExternalLink):
                raise self._refuse(f"{name!r} in it is a link to another file, which is never opened")
            if not isinstance(link, h5py.HardLink):
                raise self._refuse(f"{name!r} in it is a link to another place")
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
            raise self._refuse(f"{self._called} is damaged") from None
        for name in names:
            place = self._child(group, name)
            if isinstance(place, h5py.Dataset):
                yield before + name, place
            elif isinstance(place, h5py.Group) and deeper:
                yield from self._below(place, f"{before}{name}/", deeper - 1, seen)
