"""Picture files that belong together: each with its class and its part, before any of them is opened."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.content import check_class_count
from app.core.datasets.files.kinds import FileKind, kind_of_file
from app.core.datasets.files.listing import Folder, LeftOutFiles
from app.core.datasets.files.parts import Part
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing

MAX_IMAGES = 1_000_000

_IS_PICTURE = (FileKind.PICTURE, FileKind.DRAWING)


@dataclass(frozen=True, eq=False)
class PictureFiles:
    """Pictures and drawings, those to train with first, then those to validate and to test with.

    Args:
        root: the folder that was looked through; sentences name files from there on.
        class_names: what the classes are called.
        paths: the files.
        labels: (n,) uint8, the class of each.
        counts: how many there are of each part that is there; without parts all are there to train.
        preprocessing: how they become data, where the source says so.
        notes: sentences about how classes and parts were found.

    """

    root: str
    class_names: tuple[str, ...]
    paths: Sequence[str]
    labels: NDArray[np.uint8]
    counts: Mapping[Part, int]
    preprocessing: Preprocessing | None = None
    notes: tuple[str, ...] = ()

    def shown(self, number: int) -> str:
        """How a file is called in sentences."""
        return self.paths[number].removeprefix(self.root).lstrip(os.sep).replace(os.sep, "/")

    def part_of(self, number: int) -> Part:
        """Which part a file belongs to."""
        for part in Part:
            number -= self.counts.get(part, 0)
            if number < 0:
                return part
        raise IndexError(number)


def gather(
    root: str, class_names: Sequence[str], files: Mapping[Part, Iterable[tuple[str, int]]], notes: Iterable[str] = ()
) -> PictureFiles:
    """Put the files (path, label) of all parts into one order: part by part, class by class.

    A set needs pictures to train with: without a training part these are those of the first part that is there.

    Raises InputError (too few or too many classes, or too many pictures).
    """
    check_class_count(len(class_names), root)
    paths, labels, counts, said = list[str](), list[int](), dict[Part, int](), list[str](notes)
    for part in Part:
        inside = sorted(files.get(part, ()), key=lambda file: file[1])
        if not inside:
            continue
        paths += [path for path, _ in inside]
        labels += [label for _, label in inside]
        counts[part] = len(inside)
        said += _missing(part, class_names, {label for _, label in inside})
    if len(paths) > MAX_IMAGES:
        raise InputError(f"There are {len(paths):,} pictures; at most {MAX_IMAGES:,} can be used.")
    if counts and Part.TRAIN not in counts:
        counts = {Part.TRAIN if place == 0 else part: count for place, (part, count) in enumerate(counts.items())}
    return PictureFiles(root, tuple(class_names), paths, np.array(labels, np.uint8), counts, notes=tuple(said))


def _missing(part: Part, class_names: Sequence[str], there: set[int]) -> list[str]:
    """A sentence for the classes that a part has no pictures of."""
    lacking = sorted(set(range(len(class_names))) - there)
    if not lacking:
        return []
    named = ", ".join(class_names[label] for label in lacking[:5]) + (", …" if len(lacking) > 5 else "")
    return [f"There are no {part} pictures of {named}."]


@dataclass(frozen=True)
class PictureFolder:
    """A folder with pictures in it or further down, and the names of its own pictures."""

    folder: Folder
    pictures: tuple[str, ...]
    inner: tuple["PictureFolder", ...]

    @property
    def name(self) -> str:
        """What the folder is called."""
        return self.folder.steps[-1] if self.folder.steps else ""

    @property
    def count(self) -> int:
        """How many pictures there are in it and further down."""
        return len(self.pictures) + sum(inner.count for inner in self.inner)


def with_pictures(folder: Folder) -> PictureFolder | None:
    """Find the pictures in `folder` and all in it; folders without any are not there. None if there are none at all."""
    pictures = tuple(name for name in folder.files if _is_picture(folder.at(name)))
    inner = tuple(found for child in folder.folders if (found := with_pictures(child)) is not None)
    return PictureFolder(folder, pictures, inner) if pictures or inner else None


def leave_out_others(folder: Folder, used: Iterable[str], left_out: LeftOutFiles) -> None:
    """Note every file in `folder` and further down that is no picture and none of `used` (paths)."""
    known = frozenset(used)
    for inner in folder.walk():
        for name in inner.files:
            if inner.at(name) not in known and not _is_picture(inner.at(name)):
                left_out.add(inner.shown(name), "It is no picture.")


def _is_picture(path: str) -> bool:
    try:
        return kind_of_file(path) in _IS_PICTURE
    except OSError:
        return False  # closed to us: `leave_out_others` names it
