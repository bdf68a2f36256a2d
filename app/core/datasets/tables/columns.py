"""Which column of a table is what: pixels, the label, an index, the part of the set; told by titles and content."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import ChoiceNeededError
from app.core.datasets.content import MAX_CLASSES
from app.core.datasets.files.parts import Part, part_of_name
from app.core.errors import InputError

SMALLEST_SIDE, LARGEST_SIDE = 7, 256

_LABEL_TITLES = re.compile(
    r"labels?|class(es)?|targets?|y|t|digits?|numbers?|char(acter)?s?|letters?|category|categories|emotions?|outcome|"
    r"output|answer|truth|species|type|kind|symbol|glyph|sign|name|(class|label)(id|name|label)|truelabel|targetclass|"
    r"cls|lbl|expected|gt|groundtruth"
)
_LABEL_WORDS = frozenset({"label", "class", "target"})
_INDEX_TITLES = re.compile(
    r"(image|img|sample|row|user)?ids?|index|idx|no|nr|rows?|rownames|files?|(file|image)?(names?|paths?)|image|img|"
    r"unnamed0?|level0|uuid|hash|writer|user|source|fold"
)
_PART_TITLES = frozenset({"usage", "part", "split", "subset", "set", "dataset", "partition", "phase", "purpose"})
_PART_WORDS = {"publictest": Part.VALIDATION, "privatetest": Part.TEST, "public": Part.VALIDATION, "private": Part.TEST}
_PIXEL_TITLE = re.compile(
    r"(pixel|pix|px|p|x|v|c|f|a|i|att|attr|attribute|feat|feature|col|column|var|dim|input|image|img|field|unnamed:)?"
    r"[ _.\-\[(]*\d+([ _.x,\-]+\d+)?[\])]*|\d+x\d+|r\d+_?c\d+|row\d+_?col\d+",
    re.IGNORECASE,
)
_LISTED = r"-?\d+(\.\d*)?(e[-+]?\d+)?"
_NUMBER_LIST = re.compile(rf"[\[(\s]*{_LISTED}([\s,;|\[\]()]+{_LISTED}){{48,}}[\s\])]*", re.IGNORECASE)
"""In one cell, also as Python writes lists of rows."""
_SHORTENED_LIST = re.compile(r"\[[-+\d.,e\s\[\]()…]*\]")


@dataclass(frozen=True)
class Columns:
    """What the columns of a table are, by their places from 0.

    Args:
        pixels: the pixels of a picture, row by row; of a colour picture all its values. One column if `is_packed`.
        label: the column of labels, or several of which one is 1 ("one-hot"); empty without labels.
        part: the column that says which part of the set a row belongs to.
        unused: what else there is.
        label_names: of one-hot labels, what each column is called, if it is.
        is_packed: all pixels of a picture stand in one column, with spaces or the like between them.

    """

    pixels: tuple[int, ...]
    label: tuple[int, ...] = ()
    part: int | None = None
    unused: tuple[int, ...] = ()
    label_names: tuple[str, ...] = ()
    is_packed: bool = False


@dataclass(frozen=True)
class Sample:
    """Some rows of a table: `cells` (n, columns) texts, `numbers` (n, columns) float64, NaN for what is no number.

    `is_in_order`: they follow each other in the file, so that an index can be seen in them.
    """

    titles: tuple[str, ...]
    cells: Sequence[Sequence[str]]
    numbers: NDArray[np.float64]
    is_in_order: bool = True

    def texts(self, column: int) -> list[str]:
        """What stands in a column, trimmed."""
        return [row[column].strip() for row in self.cells]


def part_of_text(text: str) -> Part | None:
    """Which part of a set a cell names, such as "Training" or "PrivateTest"."""
    return _PART_WORDS.get(_plain(text)) or part_of_name(text)


def is_label_title(title: str) -> bool:
    """Whether a column of this title holds labels, as people call them."""
    words = set(re.findall(r"[a-z]+", title.casefold()))
    return bool(_LABEL_TITLES.fullmatch(_plain(title))) or bool(words & _LABEL_WORDS)


def is_index_title(title: str) -> bool:
    """Whether a column of this title tells rows apart."""
    return _INDEX_TITLES.fullmatch(_plain(title)) is not None


def picture_shape(count: int) -> tuple[int, int, int] | None:
    """Height, width and colours of square pictures with so many values, None if there are none."""
    for colours in (1, 3, 4):
        side = math.isqrt(max(0, count) // colours)
        if side * side * colours == count and SMALLEST_SIDE <= side <= LARGEST_SIDE:
            return side, side, colours
    return None


def find_columns(sample: Sample, wanted_label: str, name: str, more: Callable[[], Sample]) -> Columns:
    """Find what the columns are.

    Args:
        sample: the first rows.
        wanted_label: the title or the number (from 1) of the column that a person chose; empty lets it be found.
        name: the file, for messages.
        more: gives rows from everywhere in the file, in case the first ones all have the same label.

    Raises:
        InputError: no pictures in it, or no such column.
        ChoiceNeededError: it cannot be told which column is the label.

    """
    return _Finder(sample, name, more).find(_chosen(wanted_label, sample.titles, name) if wanted_label else None)


def _chosen(wanted: str, titles: Sequence[str], name: str) -> int:
    plain = [title.strip().casefold() for title in titles]
    if wanted.strip().casefold() in plain:
        return plain.index(wanted.strip().casefold())
    if wanted.strip().isdecimal() and len(wanted.strip()) < 10 and 1 <= int(wanted) <= len(titles):
        return int(wanted) - 1
    raise InputError(f"{name} has no column {wanted!r}; give its title, or its number from 1 to {len(titles)}.")


class _Finder:
    def __init__(self, sample: Sample, name: str, more: Callable[[], Sample]) -> None:
        self._sample, self._name, self._more = sample, name, more
        filled = np.array([[bool(cell.strip()) for cell in row] for row in sample.cells], np.bool_)
        numeric = np.isfinite(sample.numbers)
        self._empty: NDArray[np.bool_] = np.asarray(~filled.any(axis=0))
        self._numeric: NDArray[np.bool_] = ~self._empty & (numeric.sum(axis=0) >= 0.5 * filled.sum(axis=0))
        self._titles = [_plain(title) for title in sample.titles]

    def find(self, chosen: int | None) -> Columns:
        columns = [column for column in range(len(self._titles)) if not self._empty[column]]
        part = next((column for column in columns if self._is_part(column)), None)
        packed = [column for column in columns if not self._numeric[column] and self._is_packed(column)]
        free = [column for column in columns if column not in (part, chosen, *packed)]
        if any(self._is_shortened(column) for column in columns):
            raise InputError(
                f"{self._name} holds lists of pixels that were shortened with dots when they were written; the pixels "
                "are not in it. Save the arrays themselves, with numpy.savez."
            )
        if packed:
            label = [chosen] if chosen is not None else self._packed_label(free)
            return self._columns((packed[0],), label, part, is_packed=True)
        pixels, label = self._pixels_and_label([column for column in free if self._numeric[column]], chosen)
        if chosen is not None:
            label = [chosen]
        elif words := [column for column in free if not self._numeric[column] and self._is_class_text(column)]:
            titled = [column for column in words if _LABEL_TITLES.fullmatch(self._titles[column])]
            if not label or titled or len(label) > 1:
                label = (titled or words)[:1]
        return self._columns(tuple(pixels), label, part)

    def _columns(
        self, pixels: tuple[int, ...], label: Sequence[int], part: int | None, *, is_packed: bool = False
    ) -> Columns:
        used = {*pixels, *label, part}
        unused = tuple(column for column in range(len(self._titles)) if column not in used and not self._empty[column])
        pixels = pixels if is_packed else _in_order(pixels, self._sample.titles)
        names = _one_hot_names([self._sample.titles[column] for column in label]) if len(label) > 1 else ()
        return Columns(pixels, tuple(label), part, unused, names, is_packed)

    # Pixels and label among columns of numbers.

    def _pixels_and_label(self, numeric: list[int], chosen: int | None) -> tuple[list[int], list[int]]:
        titled = [column for column in numeric if is_label_title(self._sample.titles[column])]
        known = [column for column in numeric if _INDEX_TITLES.fullmatch(self._titles[column]) and column not in titled]
        pixel_titled = [column for column in numeric if _PIXEL_TITLE.fullmatch(self._sample.titles[column].strip())]
        rest = [column for column in numeric if column not in known]
        for candidates in (pixel_titled, [column for column in rest if column not in titled[:1]]):
            if picture_shape(len(candidates)) and len(candidates) > len(numeric) // 2:
                others = [column for column in numeric if column not in candidates and column not in known]
                return candidates, self._label_of(others, titled)
        if chosen is None and not titled:
            found = self._label_among(rest) or self._label_among(numeric)
            if found is not None:
                return found
        elif (one_hot := self._one_hot(rest)) and chosen is None:
            return one_hot
        without_index = [column for column in rest if column not in titled[:1] and not self._is_index(column)]
        if picture_shape(len(without_index)):
            return without_index, titled[:1]
        raise InputError(
            f"{self._name} has {len(self._titles)} columns; a label and the pixels of a square picture are needed, "
            "such as 784 for 28 x 28."
        )

    def _label_of(self, others: list[int], titled: list[int]) -> list[int]:
        """The label among columns that are no pixels."""
        for columns in (titled, others):
            if len(columns) >= 2 and self._are_one_hot(columns):
                return columns
        if titled:
            return titled[:1]
        fitting = [column for column in others if not self._is_index(column) and self._looks_like_label(column)]
        if not fitting and len(others) == 1 and not self._is_index(others[0]):  # of yes and no, or sorted by class
            fitting = [column for column in others if self._looks_like_label(column, self._more(), most=1)]
        return fitting[:1]

    def _label_among(self, numeric: list[int]) -> tuple[list[int], list[int]] | None:
        """Pixels and label among columns without telling titles, or None if no number of pixels fits."""
        for extra in (1, 2, 3):
            if not picture_shape(len(numeric) - extra):
                continue
            ids = [column for column in (*numeric[:extra], *numeric[-extra:]) if self._is_index(column)][: extra - 1]
            left = [column for column in numeric if column not in ids]
            if len(left) == len(numeric) - extra + 1:
                label = self._label_by_content(left)
                return [column for column in left if column != label], [label]
        return self._one_hot(numeric)

    def _one_hot(self, numeric: list[int]) -> tuple[list[int], list[int]] | None:
        for count in range(2, min(MAX_CLASSES, len(numeric)) + 1):
            if picture_shape(len(numeric) - count):
                for label, pixels in ((numeric[-count:], numeric[:-count]), (numeric[:count], numeric[count:])):
                    if self._are_one_hot(label):
                        return pixels, label
        return None

    def _are_one_hot(self, columns: list[int]) -> bool:
        values = self._sample.numbers[:, columns]
        usual = np.isin(values, (0, 1)).all(axis=1) & (np.nansum(values, axis=1) == 1)
        return float(usual.mean()) > 0.9

    def _label_by_content(self, columns: list[int]) -> int:
        """The one column that holds few values, about equally often, unlike a pixel: an outer one, or one inside."""
        sample = self._more()  # in files that are sorted by class the first rows have but one
        likely = [column for column in (columns[0], columns[-1]) if self._looks_like_label(column, sample)]
        if len(likely) == 2:
            likely = _clearly_better(likely, sample, columns)
        if not likely:
            likely = self._odd_ones(columns, sample)
        if len(likely) == 1:
            return likely[0]
        shown = [sample.titles[column].strip() or str(column + 1) for column in columns]
        first, last = shown[0], shown[-1]
        raise ChoiceNeededError(
            "label_column",
            f"It cannot be told which column of {self._name} holds the labels; choose it by its title or number, "
            f"such as {first} (the first) or {last} (the last).",
            (first, last, *shown[1:-1]),
        )

    def _looks_like_label(self, column: int, sample: Sample | None = None, most: float = 0.9) -> bool:
        values = (sample or self._sample).numbers[:, column]
        values = values[np.isfinite(values)]
        if not len(values) or not (values == np.rint(values)).all():
            return False
        found, counts = np.unique(values, return_counts=True)
        spread = float(found[-1] - found[0]) + 1
        return 2 <= len(found) <= MAX_CLASSES and spread <= 2 * len(found) + 30 and counts.max() <= most * len(values)

    def _odd_ones(self, columns: list[int], sample: Sample) -> list[int]:
        """Columns that look like labels and unlike both their neighbours, which look like each other."""
        found = []
        for before, column, after in zip(columns, columns[1:], columns[2:], strict=False):
            if self._looks_like_label(column, sample):
                alike = _likeness(sample, before, after)
                odd = max(_likeness(sample, before, column), _likeness(sample, column, after))
                if alike > 0.3 and odd < alike / 2:
                    found.append(column)
        return found

    def _is_index(self, column: int) -> bool:
        """Whole numbers that count on, or are all different and more than there could be classes."""
        values = self._sample.numbers[:, column]
        if not (values == np.rint(values)).all() or len(values) < 2:
            return False
        counts_on = self._sample.is_in_order and bool((np.diff(values) == 1).all())
        return counts_on or (self._titles[column] == "" and column == 0) or len(np.unique(values)) == len(values) > 20

    # Columns of texts.

    def _is_part(self, column: int) -> bool:
        if self._numeric[column]:
            return False
        found = {part_of_text(text) for text in set(self._sample.texts(column))}
        return None not in found and (self._titles[column] in _PART_TITLES or len(found) > 1)

    def _is_packed(self, column: int) -> bool:
        texts = self._sample.texts(column)
        return sum(_NUMBER_LIST.fullmatch(text) is not None for text in texts) > 0.5 * len(texts)

    def _is_shortened(self, column: int) -> bool:
        texts = [text for text in self._sample.texts(column)[:20] if "..." in text or "…" in text]
        return any(_SHORTENED_LIST.fullmatch(text) for text in texts)

    def _is_class_text(self, column: int) -> bool:
        if _INDEX_TITLES.fullmatch(self._titles[column]):
            return False
        texts = Counter(filter(None, self._sample.texts(column)))
        is_titled = _LABEL_TITLES.fullmatch(self._titles[column]) is not None
        few = is_titled or len(texts) <= max(2, min(MAX_CLASSES, texts.total() // 2))
        return few and max(map(len, texts), default=0) <= 80

    def _packed_label(self, free: list[int]) -> list[int]:
        titled = [column for column in free if is_label_title(self._sample.titles[column])]
        words = [column for column in free if not self._numeric[column] and self._is_class_text(column)]
        numbers = [column for column in free if self._numeric[column] and not self._is_index(column)]
        return (titled or words or [column for column in numbers if self._looks_like_label(column)])[:1]


def _in_order(pixels: tuple[int, ...], titles: Sequence[str]) -> tuple[int, ...]:
    """Columns by the numbers in their titles ("pixel10" after "pixel9"), if all are called alike and count to all."""
    found = [
        re.fullmatch(r"([^\d]*)(\d{1,6})(?:([^\d]+)(\d{1,6}))?([^\d]*)", titles[column].strip()) for column in pixels
    ]
    numbers = [(int(each[2]), int(each[4] or 0)) for each in found if each is not None]
    names = {(each[1], each[3], each[5]) for each in found if each is not None}
    if len(numbers) < len(pixels) or len(names) != 1 or len(set(numbers)) < len(numbers):
        return pixels
    sides = [sorted({number[axis] for number in numbers}) for axis in (0, 1)]
    is_whole = all(side[-1] - side[0] + 1 == len(side) for side in sides) and math.prod(map(len, sides)) == len(pixels)
    return tuple(column for _, column in sorted(zip(numbers, pixels, strict=True))) if is_whole else pixels


def _clearly_better(candidates: list[int], sample: Sample, columns: list[int]) -> list[int]:
    """The one of two that is like a label while the other is like the pixels beside it; else both."""
    first, last = candidates
    likeness = (_likeness(sample, first, columns[1]), _likeness(sample, last, columns[-2]))
    evenness = (_evenness(sample, first), _evenness(sample, last))
    scores = [even - abs(alike) for alike, even in zip(likeness, evenness, strict=True)]
    if abs(scores[0] - scores[1]) < 0.25:
        return candidates
    return [first if scores[0] > scores[1] else last]


def _evenness(sample: Sample, column: int) -> float:
    """1 if all values are equally frequent, 0 if there is but one (entropy by its largest)."""
    values = sample.numbers[:, column]
    _, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    if len(counts) < 2:
        return 0.0
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum() / np.log(len(counts)))


def _likeness(sample: Sample, one: int, other: int) -> float:
    """The correlation of two columns, 0 where one is constant."""
    pair = sample.numbers[:, [one, other]]
    pair = pair[np.isfinite(pair).all(axis=1)]
    if len(pair) < 3 or (pair.std(axis=0) == 0).any():
        return 0.0
    return float(np.asarray(np.corrcoef(pair.T))[0, 1])


def _one_hot_names(titles: Sequence[str]) -> tuple[str, ...]:
    """What one-hot columns are called, less what all have in common ("label_cat" is cat); empty if that is nothing."""
    cleaned = [title.strip() for title in titles]
    start = 0
    while all(len(title) > start for title in cleaned) and len({title[: start + 1] for title in cleaned}) == 1:
        start += 1
    while start and cleaned[0][start - 1].isalnum():  # only whole words
        start -= 1
    names = tuple(title[start:] for title in cleaned)
    return names if all(names) and len(set(names)) == len(names) else ()


def _plain(title: str) -> str:
    """A title without what people write in different ways: "Class Label" and "class_label" are one."""
    return re.sub(r"[^\w]|_", "", title.casefold())
