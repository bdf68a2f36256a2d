"""Recognizes how a file or folder holds its pictures: IDX files, npz, Kaggle's CSV, a folder for each class."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import NO_CHOICES, ImportChoices
from app.core.datasets.class_folders import read_class_folders
from app.core.datasets.content import LONGEST_CLASS_NAME, Progress, RawData, labelled_images, name_by_label, no_progress
from app.core.datasets.idx import read_idx
from app.core.datasets.storage import read_card
from app.core.datasets.tables.npz_format import read_single_array
from app.core.datasets.tables.reading import may_be_table, read_tables
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError

# Which files of a folder belong together: pictures and labels, to train and to test with, told by their names.

_PART = re.compile(r"train(ing)?|test|t10k")
_TEST = re.compile(r"test|t10k")
_IMAGES = {"images", "imgs"}

ReadArray = Callable[[Path], NDArray[np.integer]]


@dataclass(frozen=True)
class FileGroup:
    """The files of one set by (is it the test split, is it the pictures), and what their names have in common."""

    name: str
    files: dict[tuple[bool, bool], Path]

    def read(self, read_array: ReadArray, folder: Path) -> RawData:
        """Read all of them. Raises InputError for missing files, and whatever `read_array` raises."""
        test = self._split(True, read_array, folder) if any(is_test for is_test, _ in self.files) else None
        return RawData(self._split(False, read_array, folder), test)

    def _split(self, is_test: bool, read_array: ReadArray, folder: Path) -> LabelledImages:
        images, labels = self.files.get((is_test, True)), self.files.get((is_test, False))
        if images is None or labels is None:
            raise InputError(
                f"{folder} lacks the {'test' if is_test else 'training'} pictures or labels; add the missing file."
            )
        return labelled_images(read_array(images), read_array(labels), images.name)


def find_group(paths: Iterable[Path], pattern: re.Pattern[str], chosen: Path | None = None) -> FileGroup | None:
    """Group the files whose name matches `pattern`, whose first group says "images" (or "imgs") or "labels".

    Of two files for the same, such as a plain and a gzipped one, the first in order of name is taken. `chosen` is a
    file that a user pointed at: its set is the one that is meant.

    Raises InputError (there are files of several sets).
    """
    groups: dict[str, FileGroup] = {}
    for path in sorted(paths):
        match = pattern.search(path.name)
        if match is None or not path.is_file():
            continue
        name = _PART.sub("", path.name[: match.start()]).strip("-_. ")
        group = groups.setdefault(name, FileGroup(name, {}))
        group.files.setdefault((bool(_TEST.search(path.name)), match[1] in _IMAGES), path)
    if chosen is not None:
        return next((group for group in groups.values() if chosen in group.files.values()), None)
    if len(groups) > 1:
        names = ", ".join(name or "no name" for name in groups)
        raise InputError(f"There are several data sets here ({names}); put each into its own folder.")
    return next(iter(groups.values()), None)


# What the files of other published sets do not say themselves: EMNIST's and KMNIST's peculiarities.
#
# EMNIST (Cohen, Afshar, Tapson and van Schaik 2017) stores its IDX pictures column by column, so that they lie on
# their
# side, and names its classes by character codes in a mapping file. KMNIST and Kuzushiji-49 (Clanuwat et al. 2018)
# name
# theirs in a classmap. Both are recognized by the names of their files.

_LARGEST_BYTES = 64 * 1024

ReadNames = Callable[[str], Iterator[tuple[int, str]]]


def with_names(raw: RawData, group: str, folder: Path) -> RawData:
    """Name classes as far as the files beside those called `group` tell; whose set that is, is looked at later.

    Raises InputError (a mapping of classes that cannot be read).
    """
    name = group.lower()
    if name.startswith("emnist"):
        return _named(raw, folder / f"{group}-mapping.txt", _emnist_names)
    if name.startswith(("kmnist", "k49")):
        return _named(raw, folder / f"{group}_classmap.csv", _kuzushiji_names)
    return raw


def _named(raw: RawData, path: Path, read: ReadNames) -> RawData:
    if not path.is_file():
        return raw
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError("too long")
        names = dict(read(path.read_text(encoding="utf-8-sig")))
    except (ValueError, LookupError, OverflowError, csv.Error) as error:
        raise InputError(f"{path.name} is not a list of classes; correct it or delete it.") from error
    return name_by_label(raw, names)


def _emnist_names(text: str) -> Iterator[tuple[int, str]]:
    """Lines of a label and the codes of its characters: "1 65 97" is A or a."""
    for line in filter(None, map(str.strip, text.splitlines())):
        label, *codes = line.split()
        yield _label(label), _name("/".join(chr(int(code)) for code in codes))


def _kuzushiji_names(text: str) -> Iterator[tuple[int, str]]:
    """A table with the columns index and char."""
    for row in csv.DictReader(text.splitlines()):
        yield _label(row["index"]), _name(row["char"])


def _label(text: str) -> int:
    label = int(text)
    if not 0 <= label <= 255:
        raise ValueError("no label")
    return label


def _name(text: str | None) -> str:
    if not text or len(text) > LONGEST_CLASS_NAME or not text.isprintable():
        raise ValueError("no name of a class")
    return text


_IDX_NAME = re.compile(r"(images|labels)[-.]idx[13]-ubyte(\.gz)?$")
_NPZ_NAME = re.compile(r"(images|imgs|labels)\.npz$")


def read_data(path: Path, choices: ImportChoices = NO_CHOICES, progress: Progress = no_progress) -> RawData:
    """Read `path`: a folder with IDX files, an npz or CSV files, or a folder for each class; or one of those files.

    `progress` is told of single pictures only.

    Raises InputError (nothing there, none of these formats, or damaged) and `ChoiceNeededError`.
    """
    try:
        if path.is_file():
            found = _read_groups(path.parent, path) or read_tables([path], choices, progress)
        elif path.is_dir():
            files = [file for file in path.iterdir() if file.is_file() and may_be_table(file)]
            found = _read_groups(path) or read_tables(files, choices, progress) or read_class_folders(path, progress)
        else:
            raise InputError(f"There is no file or folder {path}; check the name.")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from error
    if found is None:
        raise InputError(
            f"No data was found in {path}; it should hold the IDX files of MNIST, mnist.npz, a CSV with labels, "
            "or a folder of pictures for each class."
        )
    return found


def _read_groups(folder: Path, chosen: Path | None = None) -> RawData | None:
    """A file each for pictures and labels: IDX, called as published (also ...-images.idx3-ubyte), or KMNIST's npz.

    The card of an own set may lie beside them.
    """
    for pattern, read_array in ((_IDX_NAME, read_idx), (_NPZ_NAME, read_single_array)):
        group = find_group(folder.iterdir(), pattern, chosen)
        if group is not None:
            raw = with_names(group.read(read_array, folder), group.name, folder)
            raw = replace(raw, found_names=tuple(path.name for path in group.files.values()))
            card = read_card(folder)
            return raw if card is None else replace(raw, class_names=card.class_names, preprocessing=card.preprocessing)
    return None
