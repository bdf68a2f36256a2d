"""Which files of a folder belong together: pictures and labels, to train and to test with, told by their names."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.content import RawData, labelled_images
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError

_PART = re.compile(r"train(ing)?|test|t10k")
_TEST = re.compile(r"test|t10k")
_IMAGES = {"images", "imgs"}

ReadArray = Callable[[Path], NDArray[np.integer]]


@dataclass(frozen=True)
class FileGroup:
    """The files of one set by (is it the test part, is it the pictures), and what their names have in common."""

    name: str
    files: dict[tuple[bool, bool], Path]

    def read(self, read_array: ReadArray, folder: Path) -> RawData:
        """Read all of them. Raises InputError for missing files, and whatever `read_array` raises."""
        test = self._part(True, read_array, folder) if any(is_test for is_test, _ in self.files) else None
        return RawData(self._part(False, read_array, folder), test)

    def _part(self, is_test: bool, read_array: ReadArray, folder: Path) -> LabelledImages:
        images, labels = self.files.get((is_test, True)), self.files.get((is_test, False))
        if images is None or labels is None:
            raise InputError(
                f"{folder} lacks the {'test' if is_test else 'training'} pictures or labels; add the missing file."
            )
        return labelled_images(read_array(images), read_array(labels), images.name)


def find_group(paths: Iterable[Path], pattern: re.Pattern[str], chosen: Path | None = None) -> FileGroup | None:
    """Group the files whose name matches `pattern`, whose first group says "images" (or "imgs") or "labels".

    Of two files for the same, such as a plain and a gzipped one, the first in order of name is taken. `chosen` is a
    file that a person pointed at: its set is the one that is meant.

    Raises:
        InputError: there are files of several sets.

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
