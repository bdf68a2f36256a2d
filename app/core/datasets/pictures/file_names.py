"""Pictures named by their label: "3_0001.png", "label_7_a.png", "cat.12.jpg", "0001-3.png".

Only where one pattern fits every name, and the labels come often enough to be classes.
"""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from app.core.datasets.content import MAX_CLASSES
from app.core.datasets.files.listing import Folder, LeftOutFiles
from app.core.datasets.files.parts import Part, part_of_name
from app.core.datasets.pictures.found import PictureFiles, PictureFolder, gather
from app.core.texts import numbers_first

_FEWEST_EACH = 3
_MOST_OF_TEN = 6
_DIGITS = frozenset("0123456789")

_LABEL = r"(?P<label>\d{1,3}|[^\W\d_](?:[^\d_]*[^\W\d_])?)"
_EXPLICIT = re.compile(
    r"(?:.*[\W_])?(?:label|class|digit|letter|number|num|lbl|cls)[\W_]*(?P<label>\d{1,3}|[^\W\d_]+)(?:[\W_].*)?",
    re.IGNORECASE,
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LABEL}[\W_]+\d+[\W_]*",
        r"(?P<label>[^\W\d_]+)\d+",
        rf"\d+[\W_]+{_LABEL}",
        rf"(?P<word>[^\W\d_]+)[\W_]+{_LABEL}[\W_]+\d+[\W_]*",
        rf"(?P<word>[^\W\d_]+)[\W_]*\d+[\W_]+{_LABEL}",
        rf"{_LABEL}[\W_]+\d[\d\W_TZ]*",  # a time
    )
)
"""A label before or after a number; `word` is the same in all names."""


def find_named(folder: Folder, held: PictureFolder, left_out: LeftOutFiles) -> PictureFiles | None:
    """Find the class of each picture in its name; None if no pattern fits all of them."""
    files = list[tuple[str, str, Part | None]]()
    for inner, part in _folders(held, None):
        files += [(inner.folder.at(name), _stem(name), part) for name in inner.pictures]
    labels = _labels_in([stem for _, stem, _ in files])
    if not labels and any(part is not None for *_, part in files):  # test pictures often have no labels
        others = [path for path, _, part in files if part not in (None, Part.TRAIN)]
        files = [file for file in files if file[2] in (None, Part.TRAIN)]
        labels = _labels_in([stem for _, stem, _ in files])
        for path in others if labels else ():
            left_out.add(path.removeprefix(folder.path).lstrip(os.sep), "Its name does not tell its class.")
    if not labels:
        return None
    names = sorted(set(labels), key=numbers_first)
    sorted_files = dict[Part, list[tuple[str, int]]]()
    for (path, _, part), label in zip(files, labels, strict=True):
        sorted_files.setdefault(part or Part.TRAIN, []).append((path, names.index(label)))
    example = f'"{files[0][0].rpartition("/")[2]}" is {labels[0]}'
    return gather(folder.path, names, sorted_files, [f"The classes are taken from the names of the files: {example}."])


def digits_in_names(held: PictureFolder) -> tuple[str, str] | None:
    """A picture and its digit, if the names of all say one of the ten, and each of several folders has most of them."""
    folders = [inner for inner, _ in _folders(held, None) if inner.pictures]
    stems = [_stem(name) for inner in folders for name in inner.pictures]
    labels = _labels_in(stems) if len(folders) > 1 else []
    if set(labels) != _DIGITS:
        return None
    remaining = iter(labels)
    in_each = [{next(remaining) for _ in inner.pictures} for inner in folders]
    if min(map(len, in_each)) < _MOST_OF_TEN:
        return None
    return folders[0].folder.shown(folders[0].pictures[0]), labels[0]


def _labels_in(stems: Sequence[str]) -> list[str]:
    """The label in each name; none if no pattern fits all names. Of two that fit, digits count, else the first."""
    if explicit := _labels(_EXPLICIT, stems):
        return explicit
    found = [labels for pattern in _PATTERNS if (labels := _labels(pattern, stems))]
    return next((labels for labels in found if set(labels) == _DIGITS), found[0] if found else [])


def _labels(pattern: re.Pattern[str], stems: Sequence[str]) -> list[str]:
    """The label in each name; none at all if a name has none, or they cannot be classes."""
    labels, words = list[str](), set[str]()
    for stem in stems:
        match = pattern.fullmatch(stem)
        if match is None:
            return []
        labels.append(unicodedata.normalize("NFC", match["label"]))
        words.add(match.groupdict().get("word", ""))
    labels = _without_common_words(labels)
    counts = Counter(labels)
    plausible = 2 <= len(counts) <= MAX_CLASSES and len(labels) >= _FEWEST_EACH * len(counts)
    return labels if plausible and len(words) == 1 else []


def _without_common_words(labels: list[str]) -> list[str]:
    """Leave out what all begin with, as in "my seven" and "my eight": it says nothing."""
    words = [label.split(" ") for label in labels]
    while words and all(len(each) > 1 and each[0] == words[0][0] for each in words):
        words = [each[1:] for each in words]
    return [" ".join(each) for each in words]


def _folders(held: PictureFolder, part: Part | None) -> list[tuple[PictureFolder, Part | None]]:
    here = part_of_name(held.name) or part
    return [(held, here), *(found for inner in held.inner for found in _folders(inner, here))]


def _stem(name: str) -> str:
    return re.sub(r"(\.(dark-on-light|light-on-dark|drawing|28x28))?\.\w{2,5}$", "", name)
