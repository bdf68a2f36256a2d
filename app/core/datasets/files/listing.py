"""All files of a folder, however deep: looked through once, and never into what could keep us waiting."""

import errno
import os
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.core.datasets.content import MOST_LISTED, LeftOut, Progress, no_progress
from app.core.datasets.files.kinds import is_system_file
from app.core.errors import InputError

MOST_FILES = 1_200_000
_DEEPEST = 12


@dataclass(frozen=True)
class Folder:
    """A folder with the names of its regular files, and the folders in it; both in order of name.

    `steps` are the names of the folders that lead here from the one that was looked through, none for itself. There may
    be a million files: they are kept as names, not as paths.
    """

    path: str
    steps: tuple[str, ...]
    files: tuple[str, ...]
    folders: tuple["Folder", ...]

    def walk(self) -> Iterator["Folder"]:
        """Yield the folder and all in it, outer ones first."""
        yield self
        for folder in self.folders:
            yield from folder.walk()

    def at(self, name: str) -> str:
        """The path of one of its files."""
        return f"{self.path}{os.sep}{name}"

    def shown(self, name: str) -> str:
        """How a file is called in sentences: with the folders that lead to it."""
        return "/".join((*self.steps, name))


@dataclass
class LeftOutFiles:
    """Collects what is not read: the first `MOST_LISTED` with their reasons, and how many there are."""

    listed: list[LeftOut] = field(default_factory=list)
    count: int = 0

    def add(self, source: str, why: str) -> None:
        """Note a file and the reason, a sentence."""
        self.count += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(LeftOut(readable(source), why))

    def extend(self, others: Sequence[LeftOut], count: int) -> None:
        """Note what somebody else left out."""
        self.listed.extend(others[: MOST_LISTED - len(self.listed)])
        self.count += count


def list_folder(
    path: Path, left_out: LeftOutFiles, progress: Progress = no_progress, only: Collection[str] = ()
) -> Folder:
    """Look through `path`, or through `only` these files and folders in it.

    Links are followed, but never round in circles; what is no file or folder is left out. What systems leave behind
    (`.DS_Store`, `__MACOSX`, `Thumbs.db`) is passed over without a word. `progress` is called for every folder, and may
    raise to end it.

    Raises InputError (more than `MOST_FILES` files and folders) and OSError (`path` itself cannot be read).
    """
    return _Listing(left_out, progress, frozenset(only)).folder(str(path), (), frozenset())


class _Listing:
    def __init__(self, left_out: LeftOutFiles, progress: Progress, only: frozenset[str]) -> None:
        self._left_out, self._progress, self._only, self._count = left_out, progress, only, 0
        self._linked: set[tuple[int, int]] = set()  # followed again and again, a few links lead to millions of places

    def folder(self, path: str, steps: tuple[str, ...], above: frozenset[tuple[int, int]]) -> Folder:
        self._progress(0, 1)
        here = os.stat(path)  # noqa: PTH116
        above = above | {(here.st_dev, here.st_ino)} if here.st_ino else above
        files, folders = list[str](), list[Folder]()
        with os.scandir(path) as entries:
            for entry in entries:
                is_meant = bool(steps) or not self._only or entry.name in self._only
                if is_meant and not is_system_file(entry.name):
                    self._take(entry, steps, above, files, folders)
        return Folder(path, steps, tuple(sorted(files)), tuple(sorted(folders, key=lambda folder: folder.steps[-1])))

    def _take(
        self,
        entry: os.DirEntry[str],
        steps: tuple[str, ...],
        above: frozenset[tuple[int, int]],
        files: list[str],
        folders: list[Folder],
    ) -> None:
        source = "/".join((*steps, entry.name))
        try:
            if entry.is_dir():
                self._count_one()
                inside = os.stat(entry.path)  # noqa: PTH116
                place = (inside.st_dev, inside.st_ino)
                if inside.st_ino and place in above:
                    self._left_out.add(source, "It is a link to a folder that it lies in.")
                elif inside.st_ino and entry.is_symlink() and place in self._linked:
                    self._left_out.add(source, "It is a second link to the same folder.")
                elif len(steps) == _DEEPEST:
                    self._left_out.add(source, f"It lies more than {_DEEPEST} folders deep.")
                else:
                    if entry.is_symlink():
                        self._linked.add(place)
                    folders.append(self.folder(entry.path, (*steps, entry.name), above))
            elif entry.is_file():
                self._count_one()
                files.append(entry.name)
            else:
                is_lost = not os.path.exists(entry.path)  # noqa: PTH110
                what = "a link that leads nowhere" if is_lost else "no file, but a device or a pipe"
                self._left_out.add(source, f"It is {what}.")
        except OSError as error:
            if error.errno == errno.ELOOP:
                self._left_out.add(source, "It is a link that leads nowhere.")
            else:
                self._left_out.add(source, f"It cannot be read ({error.strerror or error}); check its permissions.")

    def _count_one(self) -> None:
        self._count += 1
        if self._count > MOST_FILES:
            raise InputError(f"There are more than {MOST_FILES:,} files; choose a folder with fewer.")


def readable(name: str) -> str:
    """Text that can be shown and written, whatever bytes the name of a file is made of; NFC, as people type it."""
    return unicodedata.normalize("NFC", name.encode(errors="surrogateescape").decode(errors="backslashreplace"))
