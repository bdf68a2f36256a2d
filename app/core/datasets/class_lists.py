"""Lists of classes that lie beside data: EMNIST's mapping and KMNIST's classmap.

EMNIST (Cohen, Afshar, Tapson and van Schaik 2017) names its classes by character codes in a mapping file. KMNIST and
Kuzushiji-49 (Clanuwat et al. 2018) name theirs in a classmap. Both are recognized by the names of their files.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from app.core.datasets.content import LONGEST_CLASS_NAME, RawData, name_by_label
from app.core.datasets.files.listing import Folder
from app.core.datasets.files.parts import words_of
from app.core.errors import InputError
from app.core.paths import read_regular

_LARGEST_BYTES = 64 * 1024

ReadNames = Callable[[str], Iterator[tuple[int, str]]]


def with_names(raw: RawData, words: Sequence[str], folder: Folder) -> RawData:
    """Name classes as far as a list tells that lies in `folder`; `words` are those of the names of the data's files.

    Whose set that is, is looked at later. Raises InputError (a list of classes that cannot be read).
    """
    if "emnist" in words:
        return _named(raw, _list_of(folder, words, "mapping"), _emnist_names)
    if "kmnist" in words or "k" in words:
        return _named(raw, _list_of(folder, words, "classmap"), _kuzushiji_names)
    return raw


def _list_of(folder: Folder, words: Sequence[str], kind: str) -> Path | None:
    """The list of classes of this kind that is called like the set: "emnist-letters-mapping.txt"."""
    for inner in folder.walk():
        for name in inner.files:
            said = words_of(Path(name).stem)
            own = {word for word in said if not word.isdecimal()} - {kind}
            if kind in said and name.lower().endswith((".txt", ".csv")) and own <= set(words):
                return Path(inner.at(name))
    return None


def _named(raw: RawData, path: Path | None, read: ReadNames) -> RawData:
    if path is None:
        return raw
    try:
        names = dict(read(read_regular(path, _LARGEST_BYTES).decode("utf-8-sig")))
    except (OSError, ValueError, LookupError, OverflowError, csv.Error) as error:
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


def _label(text: str | None) -> int:
    label = int(text or "")
    if not 0 <= label <= 255:
        raise ValueError("no label")
    return label


def _name(text: str | None) -> str:
    if not text or len(text) > LONGEST_CLASS_NAME or not text.isprintable():
        raise ValueError("no name of a class")
    return text
