"""A list beside pictures that says which class each of them is: a table, or JSON.

Which column holds the names of files is told by the files that are there, whether names come with their folders and
endings or not. Which one holds the labels is told by its title, or by being the only one that can.
"""

import csv
import html
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.content import LONGEST_CLASS_NAME, MAX_CLASSES
from app.core.datasets.files.encodings import guessed_encoding
from app.core.datasets.files.kinds import open_regular
from app.core.datasets.files.listing import Folder, LeftOutFiles
from app.core.datasets.files.parts import Part, part_of_name
from app.core.datasets.pictures.found import PictureFiles, PictureFolder, gather
from app.core.datasets.tables.labels import NO_LABELS
from app.core.errors import InputError
from app.core.texts import numbers_first

_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".lst", ".data", ".xml")
_JSON_ENDINGS = (".json", ".jsonl", ".ndjson", ".manifest")
_DEEPEST = 8
_MOST_BYTES = 256 * 1024 * 1024
_DELIMITERS = (",", ";", "\t", "|", " ")
_LOOKED_AT = 300
_MOST_LISTS = 20
_LABEL_TITLES = re.compile(
    r"(class|label|category|target|digit|letter|character|char|species|kind|type|y|breed|tag|answer|choice|annotation|"
    r"class.?name|label.?name|category.?name|class.?label|true.?label|article.?type|gt)s?",
    re.IGNORECASE,
)
_XML_PICTURE = re.compile(r'<image\b[^>]*\bname="([^"]*)"[^>]*>((?:(?!<image\b).)*?)</image>', re.DOTALL)
_XML_LABEL = re.compile(r'\blabel="([^"]*)"')
_FILE_TITLES = re.compile(r"file|image|path|name|id\b|picture", re.IGNORECASE)
_ENDING = re.compile(r"\.[a-z]\w{1,4}$", re.IGNORECASE)
_PART_TITLES = re.compile(r"(part|split|set|subset|usage|data.?set|partition|fold.?name|phase)", re.IGNORECASE)


@dataclass(frozen=True)
class _List:
    """A list as rows of texts, without its titles, which may be none."""

    path: str
    shown: str
    titles: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def column(self, number: int, most: int | None = None) -> list[str]:
        """The texts of a column."""
        return [row[number] for row in self.rows[:most]]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0])

    def title(self, number: int) -> str:
        """The title of a column, or its number counted from 1."""
        return self.titles[number] if self.titles and self.titles[number] else str(number + 1)


class _Pictures:
    """The pictures that are there, found by what a list may call them."""

    def __init__(self, held: PictureFolder) -> None:
        self.paths: list[str] = []
        self.shown: list[str] = []
        self.parts: list[Part | None] = []
        self._by_key = dict[str, list[int]]()
        for folder in _all(held):
            part = next((part for step in reversed(folder.folder.steps) if (part := part_of_name(step))), None)
            for name in folder.pictures:
                key = _key(name)
                self._by_key.setdefault(key, []).append(len(self.paths))
                self.paths.append(folder.folder.at(name))
                self.shown.append(folder.folder.shown(name))
                self.parts.append(part)

    def find(self, called: str, part: Part | None) -> int | None:
        """The one picture that is meant; None if there is none, or more than one."""
        found = self._by_key.get(_key(called), [])
        if len(found) > 1:
            wanted = _plain(called)
            ending = [one for one in found if f"/{_plain(self.shown[one])}".endswith(f"/{wanted}")]
            found = ending or [one for one in found if _plain(self.shown[one]).startswith(f"{wanted}.")] or found
        if len(found) > 1 and part is not None:
            found = [one for one in found if self.parts[one] is part]
        return found[0] if len(found) == 1 else None

    def share(self, names: Sequence[str]) -> float:
        """How many of the names are those of pictures, as a share."""
        return sum(_key(name) in self._by_key for name in names) / max(1, len(names))


def find_listed(
    folder: Folder, held: PictureFolder, choices: ImportChoices, left_out: LeftOutFiles, has_classes: bool
) -> tuple[PictureFiles, list[str]] | None:
    """Find lists that name the pictures of `held`; the pictures with their classes, and the paths of the lists.

    `has_classes`: the pictures lie in folders of classes already; then only a list whose title says "label" counts.
    Pictures that no list names, and rows that name none, are left out.

    Returns None if there is no such list. Raises `ChoiceNeededError` (which column holds the labels?).
    """
    candidates = [one for one in (_read_list(inner, name) for inner, name in _list_files(folder)) if one is not None]
    if not candidates:
        return None
    pictures = _Pictures(held)
    used = list[_Used]()
    for one in candidates:
        files = _file_column(one, pictures)
        labels = None if files is None else _label_column(one, files, choices, has_classes)
        if files is not None and labels is not None:
            used.append(_Used(one, files, labels))
    labelled = dict[int, tuple[str, Part | None]]()
    for each in used:
        _take_rows(each, pictures, labelled, left_out)
    if not labelled or (has_classes and 2 * len(labelled) < len(pictures.paths)):
        return None
    return _as_files(folder, pictures, labelled, used, left_out)


@dataclass(frozen=True)
class _Used:
    """A list, and which of its columns hold the names of files and the labels."""

    list: _List
    files: int
    labels: int


def _as_files(
    folder: Folder,
    pictures: _Pictures,
    labelled: Mapping[int, tuple[str, Part | None]],
    used: Sequence[_Used],
    left_out: LeftOutFiles,
) -> tuple[PictureFiles, list[str]]:
    names = sorted({label for label, _ in labelled.values()}, key=numbers_first)
    numbers = {name: number for number, name in enumerate(names)}
    files = dict[Part, list[tuple[str, int]]]()
    for number, path in enumerate(pictures.paths):
        if number in labelled:
            label, part = labelled[number]
            files.setdefault(part or Part.TRAIN, []).append((path, numbers[label]))
        else:
            left_out.add(pictures.shown[number], f"{_names(used)} does not say what it is.")
    titles = ", ".join(dict.fromkeys(each.list.title(each.labels) for each in used))
    note = f"The classes are those of {_names(used)} (column {titles})."
    return gather(folder.path, names, files, [note]), [each.list.path for each in used]


def _take_rows(
    used: _Used, pictures: _Pictures, labelled: dict[int, tuple[str, Part | None]], left_out: LeftOutFiles
) -> None:
    one = used.list
    places = reversed(os.path.splitext(one.shown)[0].split("/"))  # noqa: PTH122
    own_part = next((part for name in places if (part := part_of_name(name))), None)
    part_column = _part_column(one, {used.files, used.labels})
    for row in one.rows:
        part = part_of_name(row[part_column]) if part_column is not None else own_part
        label = _normal(row[used.labels].strip())
        found = pictures.find(row[used.files], part)
        source = f"{one.shown}, {row[used.files][:80]}"
        if found is None:
            left_out.add(source, "There is no such picture.")
        elif label in NO_LABELS or len(label) > LONGEST_CLASS_NAME:
            left_out.add(source, "It has no label.")
        elif labelled.get(found, (label, None))[0] != label:
            left_out.add(source, f"It has two labels; {labelled[found][0]} is kept.")
        else:
            labelled[found] = (label, part or pictures.parts[found])


def _names(used: Sequence[_Used]) -> str:
    return ", ".join(each.list.shown for each in used)


# Which column is what.


def _file_column(one: _List, pictures: _Pictures) -> int | None:
    shares = [(pictures.share(one.column(number, _LOOKED_AT)), -number) for number in range(one.width)]
    best, number = max(shares)
    distinct = len(set(one.column(-number, _LOOKED_AT)))
    return -number if best >= 0.5 and 2 * distinct > min(len(one.rows), _LOOKED_AT) else None


def _label_column(one: _List, file_column: int, choices: ImportChoices, is_strict: bool) -> int | None:
    if choices.label_column:
        wanted = choices.label_column.strip()
        for number in range(one.width):
            if wanted.casefold() == one.title(number).casefold() or wanted == str(number + 1):
                return number
        raise InputError(f"{one.shown} has no column {wanted}; it has: {', '.join(map(one.title, range(one.width)))}.")
    part_column = _part_column(one, {file_column})
    possible = [
        number
        for number in range(one.width)
        if number not in (file_column, part_column) and _can_be_labels(one, number)
    ]
    titled = [number for number in possible if _LABEL_TITLES.fullmatch(one.title(number).strip())]
    if not titled and is_strict:
        return None
    found = titled or possible
    if len(found) > 1:
        found = _without_same(one, found)
    if len(found) == 1:
        return found[0]
    if not found:
        return None
    options = tuple(one.title(number) for number in found)
    raise ChoiceNeededError(
        "label_column",
        f"Which column of {one.shown} holds the labels? It may be one of: {', '.join(options)}.",
        options,
    )


def _without_same(one: _List, columns: Sequence[int]) -> list[int]:
    """Of columns that say the same in other words ("3" and "three"), the one in words."""
    first = columns[0]
    pairs = [set(zip(one.column(first), one.column(number), strict=True)) for number in columns]
    counts = [len(set(one.column(number))) for number in columns]
    if any(len(pair) != counts[0] for pair in pairs) or len(set(counts)) > 1:
        return list(columns)
    worded = [number for number in columns if not all(text.strip().isdecimal() for text in set(one.column(number)))]
    return [(worded or list(columns))[0]]


def _can_be_labels(one: _List, number: int) -> bool:
    found = Counter(text.strip() for text in one.column(number))
    found.pop("", None)
    if not 2 <= len(found) <= MAX_CLASSES or max(map(len, found)) > LONGEST_CLASS_NAME:
        return False
    if 2 * len(found) > len(one.rows) and not _LABEL_TITLES.fullmatch(one.title(number).strip()):
        return False  # as many as there are pictures: a number of each
    return not any(re.fullmatch(r"-?\d*\.\d+(e-?\d+)?", text) for text in found)


def _part_column(one: _List, others: set[int]) -> int | None:
    for number in range(one.width):
        if number not in others:
            found = set(one.column(number))
            is_part = len(found) <= 6 and all(part_of_name(text) for text in found)
            if is_part and (
                len({part_of_name(text) for text in found}) > 1 or _PART_TITLES.fullmatch(one.title(number))
            ):
                return number
    return None


# Reading.


def _list_files(folder: Folder) -> Iterator[tuple[Folder, str]]:
    """Files that may be lists: beside pictures or above them, but few."""
    found = [
        (inner, name)
        for inner in folder.walk()
        for name in inner.files
        if name.lower().endswith((*_ENDINGS, *_JSON_ENDINGS))
    ]
    drawings = (".drawing.json", "classes.json")
    others = [(inner, name) for inner, name in found if not name.lower().endswith(drawings)]
    yield from sorted(others, key=lambda file: file[1].lower().endswith(".xml"))[:_MOST_LISTS]


def _read_list(folder: Folder, name: str) -> _List | None:
    path = folder.at(name)
    try:
        if os.path.getsize(path) > _MOST_BYTES:  # noqa: PTH202
            return None
        with open_regular(path) as file:
            text = _decoded(file.read(_MOST_BYTES))
    except (OSError, UnicodeError):
        return None
    is_json = name.lower().endswith(_JSON_ENDINGS)
    rows = _json_rows(text) if is_json else _xml_rows(text) if name.lower().endswith(".xml") else _table_rows(text)
    rows = [tuple(map(_said_alone, row)) for row in rows if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        return None
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width < 2:
        return None
    rows = [row[:width] if len(row) > width and not "".join(row[width:]).strip() else row for row in rows]
    rows = [row for row in rows if len(row) == width]
    has_titles = len(rows) > 1 and _are_titles(rows)
    titles = tuple(cell.strip() for cell in rows[0]) if has_titles else ()
    return _without_one_hot(_List(path, folder.shown(name), titles, rows[1:] if has_titles else rows))


def _without_one_hot(one: _List) -> _List:
    """A column for each class, with a single 1 in each row, becomes one column with their titles."""
    bits = [number for number in range(one.width) if {cell.strip() for cell in one.column(number)} <= {"0", "1"}]
    ones = [[number for number in bits if row[number].strip() == "1"] for row in one.rows]
    if len(bits) < 2 or not one.titles or any(len(found) != 1 for found in ones):
        return one
    others = [number for number in range(one.width) if number not in bits]
    titles = tuple(one.titles[number] for number in others)
    rows = [
        (*(row[number] for number in others), one.titles[found[0]]) for row, found in zip(one.rows, ones, strict=True)
    ]
    return _List(one.path, one.shown, (*titles, "label"), rows)


def _are_titles(rows: Sequence[tuple[str, ...]]) -> bool:
    """Whether the first row has titles: none is a picture's name or a number, and all are different."""
    first = [cell.strip() for cell in rows[0]]
    if len(set(first)) < len(first) or any(map(_ENDING.search, first)):
        return False
    if any(
        _FILE_TITLES.search(cell) and _ENDING.search(name.strip()) for cell, name in zip(first, rows[1], strict=True)
    ):
        return True
    if any(re.fullmatch(r"-?[\d.]+", cell) for cell in first):
        return False
    known = any(_LABEL_TITLES.fullmatch(cell) or _FILE_TITLES.search(cell) for cell in first)
    return known or any(map(_ENDING.search, rows[1]))


def _table_rows(text: str) -> list[tuple[str, ...]]:
    lines = text.splitlines()
    sample = [line for line in lines[:_LOOKED_AT] if line.strip()]
    best, delimiter = 0.0, ","
    for one in _DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(sample, delimiter=one, skipinitialspace=True))
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and count / len(sample) > best:
            best, delimiter = count / len(sample), one
    try:
        return [tuple(row) for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True)]
    except csv.Error:
        return []


def _json_rows(text: str) -> list[tuple[str, ...]]:
    """Rows with titles, of {"file": label}, {"label": [files]}, [{"file": ..., "label": ...}] or [["file", label]]."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return []
    if isinstance(found, dict) and (rows := _coco_rows(found)):
        return rows
    if isinstance(found, dict) and isinstance(labels := found.get("labels"), dict) and "classes" in found:  # FiftyOne's
        names = dict(enumerate(found["classes"])) if isinstance(found["classes"], list) else {}
        return [("file", "label"), *((str(key), str(names.get(value, ""))) for key, value in labels.items())]
    if isinstance(found, dict) and (entries := [value for value in found.values() if _holds_entries(value)]):
        found = max(entries, key=len)
    if isinstance(found, dict) and len(found) > 1 and all(map(_names_its_file, found.values())):  # VIA's form
        found = list(found.values())
    if isinstance(found, dict):
        return [("file", "label"), *_mapped_rows(found)]
    if isinstance(found, list) and found and isinstance(found[0], dict):
        entries = [dict(_flat(one)) for one in found if isinstance(one, dict)]
        titles = tuple(dict.fromkeys(key for entry in entries[:_LOOKED_AT] for key in entry))
        last = Counter(title.rpartition("/")[2] for title in titles)
        shown = tuple(end if last[end := title.rpartition("/")[2]] == 1 else title for title in titles)
        return [shown, *(tuple(entry.get(title, "") for title in titles) for entry in entries)]
    if isinstance(found, list) and found and isinstance(found[0], list):
        return [("file", "label"), *(tuple(map(str, one)) for one in found if isinstance(one, list))]
    return []


def _flat(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Texts and numbers in an entry, by the names that lead to them; of lists only those of one element."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        yield path, str(value)
    elif isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}/{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST and len(value) == 1:
        yield from _flat(value[0], path, depth + 1)


def _names_its_file(entry: Any) -> bool:
    return isinstance(entry, dict) and any(
        isinstance(value, str) and _FILE_TITLES.search(str(key)) and _ENDING.search(value)
        for key, value in entry.items()
    )


def _said_alone(cell: str) -> str:
    """What stands in a cell; of an object of one value, as VIA writes them, that value."""
    if cell.startswith('{"') and cell.endswith("}"):
        with suppress(ValueError, RecursionError):
            found = json.loads(cell)
            if len(found) == 1 and isinstance(value := next(iter(found.values())), str | int):
                return str(value)
    return cell


def _xml_rows(text: str) -> list[tuple[str, ...]]:
    """CVAT's form: pictures with the labels of what is in them; those of one label."""
    rows: list[tuple[str, ...]] = [("file", "label")]
    for name, inner in _XML_PICTURE.findall(text):
        labels = set(_XML_LABEL.findall(inner))
        rows.append((html.unescape(name), html.unescape(labels.pop()) if len(labels) == 1 else ""))
    return rows


def _coco_rows(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """COCO's form: pictures by their numbers, what is in each, and what its numbers mean; empty for anything else."""
    images, notes, kinds = (_objects(found.get(name)) for name in ("images", "annotations", "categories"))
    files = {str(one.get("id")): str(one.get("file_name")) for one in images}
    names = {str(one.get("id")): str(one.get("name")) for one in kinds}
    rows = [
        (files[place], names.get(kind, kind))
        for one in notes
        if (place := str(one.get("image_id"))) in files and (kind := str(one.get("category_id")))
    ]
    return [("file", "label"), *rows] if rows else []


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _holds_entries(value: Any) -> bool:
    """Whether a value is a whole list itself: {"info": ..., "labels": [["file", 3], ...]}."""
    if isinstance(value, dict):
        return len(value) > 1 and all(_ENDING.search(str(key)) for key in value)
    return isinstance(value, list) and bool(value) and isinstance(value[0], list | dict)


def _mapped_rows(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in found.items():
        if isinstance(value, list):
            yield from ((str(file), key) for file in value)
        elif isinstance(value, dict):
            label = next((item for name, item in value.items() if _LABEL_TITLES.fullmatch(str(name))), "")
            yield key, str(label)
        else:
            yield key, str(value)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(guessed_encoding(data), errors="replace")


def _plain(called: str) -> str:
    """A name as it is compared: NFC, one kind of slash, no case, no "./" before it."""
    return _normal(called.strip()).replace("\\", "/").removeprefix("./").strip("/").casefold()


def _key(called: str) -> str:
    """The name of a picture without folders and ending; numbers without zeros before them."""
    stem = re.sub(r"\.[a-z]{3,4}\d?$", "", _plain(called).rpartition("/")[2])
    return (stem.lstrip("0") or "0") if stem.isascii() and stem.isdecimal() else stem


def _all(held: PictureFolder) -> Iterator[PictureFolder]:
    yield held
    for inner in held.inner:
        yield from _all(inner)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
