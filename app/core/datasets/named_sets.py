"""What the files of other published sets do not say themselves: EMNIST's and KMNIST's peculiarities.

EMNIST (Cohen, Afshar, Tapson and van Schaik 2017) stores its IDX pictures column by column, so that they lie on their
side, and names its classes by character codes in a mapping file. KMNIST and Kuzushiji-49 (Clanuwat et al. 2018) name
theirs in a classmap. Both are recognized by the names of their files.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.core.datasets.content import LONGEST_CLASS_NAME, RawData, name_by_label
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError

_TRANSPOSED = "EMNIST stores its pictures lying on their side; they were turned upright."
_KMNIST = dict(enumerate("おきすつなはまやれを"))
_LARGEST_BYTES = 64 * 1024

ReadNames = Callable[[str], Iterator[tuple[int, str]]]


def with_names(raw: RawData, group: str, folder: Path) -> RawData:
    """Turn pictures upright and name classes, as far as the name of the files (`group`) and those beside them tell.

    Raises:
        InputError: a mapping of classes that cannot be read.

    """
    name = group.lower()
    if name.startswith("emnist"):
        raw = replace(raw, train=_upright(raw.train), test=raw.test and _upright(raw.test), note=_TRANSPOSED)
        return _named(raw, folder / f"{group}-mapping.txt", _emnist_names)
    if name.startswith(("kmnist", "k49")):
        named = _named(raw, folder / f"{group}_classmap.csv", _kuzushiji_names)
        return named if named is not raw or name != "kmnist" else name_by_label(raw, _KMNIST)
    return raw


def _upright(part: LabelledImages) -> LabelledImages:
    return LabelledImages(np.ascontiguousarray(part.images.transpose(0, 2, 1)), part.labels)


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
