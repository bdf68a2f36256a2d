"""JSON and sparse ARFF, read as the rows of text that they stand for: what reads CSV then reads them as well."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TextIO

from app.core.datasets.files.parts import Part, part_of_name, words_of
from app.core.datasets.tables.columns import is_label_title
from app.core.errors import InputError

_PIECE = 1 << 20
_MOST_OF_A_RECORD = 4 << 20
_MOST_OF_AN_OBJECT = 64 << 20
_FEWEST_PIXELS = 49
_MOST_CLASSES = 100
_IMAGES = frozenset({"images", "image", "x", "data", "imgs", "features", "pixels", "input", "inputs"})
_LABELS = frozenset({"labels", "label", "y", "target", "targets", "classes", "output", "outputs"})
_NUMBERS = re.compile(r"[\d.\s]+")
_SPACE = re.compile(r"[\s,\x1e]*")
_USUAL_PIXELS = 784

Row = list[str]


# JSON.


def json_lines(file: TextIO, name: str) -> Iterator[str]:
    r"""The rows of a JSON file or of JSON lines below a line of their titles, if they have any, each ending with \n.

    Known are lists of records, with a column for each pixel or with a list of them (in rows or not); lists of rows;
    objects of columns, as pandas writes them and as {"images": [...], "labels": [...]}; and any of them for each part
    of a set, or for each class.

    Raises InputError (no JSON, or nothing in it that may be rows).
    """
    values = _values(file, name)
    first = next(values, None)
    if isinstance(first, Mapping) and isinstance(first.get("drawing"), list):
        raise InputError(
            f"{name} holds strokes, as Quick, Draw! has them, and no pictures; get the set as NumPy bitmaps (a .npy "
            "file for each word)."
        )
    if isinstance(first, Mapping) and not _is_record(first):
        values = _of_object(first, name)
        first = next(values, None)
    if first is None:
        raise InputError(f"{name} holds 0 pictures.")
    yield from _written(chain([first], values), name)


def _values(file: TextIO, name: str) -> Iterator[Any]:
    """The elements of the list that a file is, or the values that stand in it one after the other."""
    stream = _Stream(file, name)
    if stream.begins_with("["):
        while not stream.begins_with("]"):
            yield stream.value(_MOST_OF_A_RECORD)
        return
    is_first = True
    while not stream.is_over:
        yield stream.value(_MOST_OF_AN_OBJECT if is_first else _MOST_OF_A_RECORD)
        is_first = False


class _Stream:
    """JSON values as they come, in bounded memory."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file, self._name, self._text, self._at = file, name, "", 0
        self._has_more = True
        self._decoder = json.JSONDecoder()

    @property
    def is_over(self) -> bool:
        self._pass_space()
        return self._at == len(self._text)

    def begins_with(self, letter: str) -> bool:
        """Whether that comes next; if so, it is passed."""
        self._pass_space()
        if self._at == len(self._text):
            raise self._refused("it ends in the middle")
        found = self._text[self._at] == letter
        self._at += found
        return found

    def value(self, most: int) -> Any:
        """The next one, of at most so many letters."""
        self._pass_space()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._refused("its lists are too deep") from None
            except ValueError as error:
                place = getattr(error, "pos", 0)
                is_cut = self._has_more and (place > len(self._text) - 64 or "Unterminated" in str(error))
                if not is_cut:
                    raise self._refused("it is damaged") from None
            else:
                if end < len(self._text) or not self._has_more:
                    self._at = end
                    return value
            if len(self._text) - self._at > most:
                raise self._refused(f"a value in it is longer than {most >> 20} MB; save it as JSON lines or CSV")
            self._read()

    def _pass_space(self) -> None:
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text) or not self._has_more:
                return
            self._read()

    def _read(self) -> None:
        """As much again as there is, so that what is tried anew costs no more than what was tried."""
        more = self._file.read(max(_PIECE, len(self._text) - self._at))
        self._has_more = bool(more)
        self._text, self._at = self._text[self._at :] + more, 0

    def _refused(self, what: str) -> InputError:
        return InputError(f"{self._name} cannot be read as JSON: {what}.")


def _is_record(value: Mapping[str, Any]) -> bool:
    """Whether an object is one row and not a whole table: it has one picture, or numbers for single pixels."""
    if sum(_is_scalar(each) for each in value.values()) >= max(_FEWEST_PIXELS, len(value) - 2):
        return True
    lists = [each for each in value.values() if isinstance(each, list)]
    pictures = [each for each in value.values() if _pixels(each) is not None or _is_text_of_pixels(each)]
    others = sum(_is_scalar(each) for each in value.values()) + sum(_one_hot(each) is not None for each in lists)
    return len(pictures) == 1 and others > 0


def _of_object(value: Mapping[str, Any], name: str) -> Iterator[Any]:
    """The rows of a table that is an object."""
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):  # pandas, orient="split"
        titles = [str(title) for title in value["columns"]]
        yield from (dict(zip(titles, row, strict=False)) for row in _list(value["data"], name))
        return
    parts = _parts(value)
    if parts:
        for part, inner in parts.items():
            rows = iter(inner) if isinstance(inner, list) else _of_object(inner, name)
            yield from ({**_record(row), "part": str(part)} for row in rows)
        return
    columns = list(value.items())
    if len(columns) > 1 and all(isinstance(each, Mapping) for _, each in columns):  # pandas, orient="columns"
        if any(map(is_label_title, columns[0][1])):  # or "index"
            yield from (each for _, each in columns)
            return
        places = list(columns[0][1])
        yield from ({title: each.get(place) for title, each in columns} for place in places)
        return
    lists = {title: each for title, each in columns if isinstance(each, list)}
    images = next((each for title, each in lists.items() if title.casefold() in _IMAGES), None)
    labels = next((each for title, each in lists.items() if title.casefold() in _LABELS), None)
    if images is not None:
        pictures = _cut(images)
        if labels is not None and len(labels) != len(pictures):
            raise InputError(
                f"{name} holds {len(pictures):,} pictures and {len(labels):,} labels; one for each is needed."
            )
        yield from pictures if labels is None else map(list, zip(pictures, labels, strict=True))
        return
    if lists and len(lists) == len(columns) and all(_pixels(each[0]) for each in lists.values() if each):
        yield from ({"label": title, "image": row} for title, rows in lists.items() for row in rows)
        return
    inner = next((each for each in lists.values() if each and isinstance(each[0], Mapping | list)), None)
    if inner is None:
        raise InputError(f"{name} holds no lists of pixels; it is no table of pictures.")
    yield from inner


def _parts(value: Mapping[str, Any]) -> dict[Part, Any]:
    """{"train": ..., "test": ...}, or {"x_train": ..., "y_train": ..., ...}, by part; empty for what is neither."""
    found: dict[Part, dict[str, Any]] = {}
    for title, inner in value.items():
        words = words_of(title)
        part = next(filter(None, map(part_of_name, words)), None)
        if part is None or not isinstance(inner, list | Mapping):
            continue
        rest = "_".join(word for word in words if part_of_name(word) is None)
        found.setdefault(part, {})[rest] = inner
    return {part: inner[""] if set(inner) == {""} else inner for part, inner in found.items()}


def _cut(images: list[Any]) -> list[Any]:
    """Pictures; a single list of all their pixels is cut into those of MNIST's size."""
    is_flat = bool(images) and not isinstance(images[0], list)
    if not is_flat or len(images) % _USUAL_PIXELS:
        return images
    return [images[start : start + _USUAL_PIXELS] for start in range(0, len(images), _USUAL_PIXELS)]


def _record(row: Any) -> dict[str, Any]:
    """A row with titles: what stands in a pair is a picture and its label."""
    if isinstance(row, Mapping):
        return dict(row)
    if isinstance(row, list) and len(row) == 2 and any(_pixels(each) for each in row):
        image, label = row if _pixels(row[0]) else reversed(row)
        return {"label": label, "image": image}
    return {"image": row}


def _written(rows: Iterable[Any], name: str) -> Iterator[str]:
    """Rows as lines of CSV, below one of titles: it is empty for rows of numbers, whose label is found otherwise."""
    titles: list[str] | None = None
    for number, row in enumerate(rows, 1):
        is_plain = _is_scalar(row) or (isinstance(row, list) and all(map(_is_scalar, row)))
        if is_plain:
            yield "\n" * (number == 1) + ",".join(map(_cell, row if isinstance(row, list) else [row])) + "\n"
            continue
        record = _record(row)
        if titles is None:
            titles = list(record)
            if not any(_pixels(each) or _is_number(each) for each in record.values()):
                raise InputError(f"{name} holds no lists of pixels; it is no table of pictures.")
            yield ",".join(map(_quoted, titles)) + "\n"
        line = "" if record.keys() - set(titles) else ",".join(_cell(record.get(title)) for title in titles)
        # One without anything, or with something else, is told by its number when it is read.
        yield f"{line}\n" if line.strip(',"') else f"record {number}\n"


def _cell(value: Any) -> str:
    if isinstance(value, list):
        hot = _one_hot(value)
        if hot is not None:
            return str(hot)
        numbers = _flat(value)
        return _quoted(" ".join(map(_number, numbers)) if all(map(_is_number, numbers)) else "")
    return _number(value) if _is_number(value) else _quoted("" if value is None else str(value))


def _number(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.6f}"
    return str(int(value))


def _quoted(text: str) -> str:
    plain = " ".join(text.split())
    return '"' + plain.replace('"', "'") + '"' if re.search(r'[",;\s]', plain) else plain


def _pixels(value: Any) -> list[float] | None:
    """The numbers in a list, or in lists of lists, row by row; None if it is no picture."""
    if not isinstance(value, list):
        return None
    numbers = _flat(value)
    return numbers if len(numbers) >= _FEWEST_PIXELS and all(map(_is_number, numbers)) else None


def _is_text_of_pixels(value: Any) -> bool:
    return (
        isinstance(value, str) and _NUMBERS.fullmatch(value[:200]) is not None and len(value.split()) >= _FEWEST_PIXELS
    )


def _flat(value: list[Any]) -> list[Any]:
    for _ in range(3):
        if value and all(isinstance(each, list) for each in value):
            value = [each for row in value for each in row]
    return value


def _one_hot(value: Sequence[Any]) -> int | None:
    """The place of the 1 among zeros."""
    if not 2 <= len(value) <= _MOST_CLASSES or not all(map(_is_number, value)):
        return None
    return value.index(1) if sorted(value)[-2:] == [0, 1] and sum(value) == 1 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | bool | int | float)


def _list(value: Any, name: str) -> list[Any]:
    if any(not isinstance(row, list) for row in value):
        raise InputError(f"{name} holds rows that are no lists.")
    return list(value)


# Sparse ARFF.

_ATTRIBUTE = re.compile(rb"""@attribute\s+("[^"]*"|'[^']*'|\S+)\s+(.*)""", re.IGNORECASE)
_PAIR = re.compile(rb"""\s*(\d{1,6})\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^,\s]+)\s*(?:,|$)""")


def dense_blocks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """ARFF whose rows all say all their values: what a sparse one leaves out is 0, or an attribute's first value."""
    usual: list[bytes] = []
    in_data = False
    for block in blocks:
        if in_data and b"{" not in block:
            yield block
            continue
        lines = []
        for line in block.split(b"\n")[:-1]:
            text = line.strip()
            if in_data:
                lines.append(_dense(text, usual) if text.startswith(b"{") else line)
                continue
            if match := _ATTRIBUTE.match(text):
                values = match[2].strip()
                usual.append(values[1:].split(b",")[0].strip(b" }") if values.startswith(b"{") else b"0")
            in_data = text.lower() == b"@data"
            lines.append(line)
        yield b"\n".join(lines) + b"\n"


def _dense(row: bytes, usual: Sequence[bytes]) -> bytes:
    """One row; as it is if it is damaged, which is told when it is read."""
    cells, inner, at = list(usual), row.strip(b"{} "), 0
    while at < len(inner):
        match = _PAIR.match(inner, at)
        if match is None or int(match[1]) >= len(cells):
            return row
        cells[int(match[1])], at = match[2], match.end()
    return b",".join(cells)
