"""Labels that lie beside pictures without naming them: a line for each picture, or a small file for each."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from app.core.datasets.content import LONGEST_CLASS_NAME, MAX_CLASSES
from app.core.datasets.files.kinds import open_regular
from app.core.datasets.files.listing import Folder, LeftOutFiles
from app.core.datasets.files.parts import Part, part_of_name
from app.core.datasets.pictures.found import PictureFiles, PictureFolder, gather
from app.core.texts import numbers_first

_LINES = (".txt", ".csv", ".lst")
_EACH = (".txt", ".xml", ".json")
_MOST_OF_A_LIST = 32 << 20
_MOST_OF_A_NOTE = 1 << 20
_MOST_LISTS = 20
_NAMES = ("classes.txt", "obj.names", "classes.names", "labels.txt", "data.yaml", "dataset.yaml")
_XML_NAME = re.compile(r"<object>.*?<name>\s*([^<]+?)\s*</name>", re.DOTALL)
_BOX = re.compile(r"(\d{1,3})(?:\s+[\d.eE+-]+){4,}")
_LABEL_KEYS = ("label", "class", "name", "category", "digit")

Labelled = list[tuple[str, Part | None, str]]
"""Paths of pictures with their part and their label."""


def find_beside(folder: Folder, held: PictureFolder, left_out: LeftOutFiles) -> tuple[PictureFiles, list[str]] | None:
    """Find the class of each picture in a file of its own ("7.png", "7.txt"), or in the lines of one for all of them.

    Files for each are YOLO's ("3 0.5 0.5 1 1"), Pascal VOC's XML, LabelMe's JSON, or hold a word. A list has a line for
    each picture of a folder, in the order of their names: only where there is but one such order.

    Returns the pictures and the paths of what was read; None if there is nothing of the kind.
    """
    found = _of_files(folder, held, left_out) or _of_lines(folder, held)
    if found is None:
        return None
    labelled, used, note = found
    names = sorted({label for _, _, label in labelled}, key=numbers_first)
    files = dict[Part, list[tuple[str, int]]]()
    for path, part, label in labelled:
        files.setdefault(part or Part.TRAIN, []).append((path, names.index(label)))
    return gather(folder.path, names, files, [note]), used


# A file for each picture.


def _of_files(folder: Folder, held: PictureFolder, left_out: LeftOutFiles) -> tuple[Labelled, list[str], str] | None:
    notes = dict[str, dict[str, str]]()  # by ending and name
    pictures_of = {inner.folder.path: frozenset(inner.pictures) for inner in _folders(held)}
    for inner in folder.walk():
        own = pictures_of.get(inner.path, frozenset())
        for name in inner.files:
            stem, ending = os.path.splitext(name)  # noqa: PTH122 - there may be a million of them
            if ending.lower() in _EACH and name not in own:
                notes.setdefault(ending.lower(), {})[stem] = inner.at(name)
    pictures = [(inner, name) for inner in _folders(held) for name in inner.pictures]
    stems = [os.path.splitext(name)[0] for _, name in pictures]  # noqa: PTH122
    if len(set(stems)) < len(stems):
        return None  # which of two pictures of one name a file speaks of is not known
    best = max(notes, key=lambda ending: len(notes[ending].keys() & set(stems)), default="")
    if not best or 2 * len(notes[best].keys() & set(stems)) < len(stems) or len(stems) < 2:
        return None
    numbers, labelled, used, example = _class_names(folder), Labelled(), list[str](), ""
    for (place, name), stem in zip(pictures, stems, strict=True):
        path = notes[best].get(stem, "")
        labels = set(_labels_in(_text(path, _MOST_OF_A_NOTE), best, numbers)) if path else set()
        if len(labels) == 1:
            labelled.append((place.folder.at(name), _part_of(place), labels.pop()))
            example = example or f"{stem}{best}"
        else:
            why = "Several labels are beside it." if labels else "No label is beside it."
            left_out.add(place.folder.shown(name), why)
        used += [path] if path else []
    if not _can_be_classes([label for _, _, label in labelled]):
        return None
    used += [inner.at(name) for inner in folder.walk() for name in inner.files if name.lower() in _NAMES]
    return labelled, used, f"The classes are those of the files beside the pictures, such as {example}."


def _labels_in(text: str, ending: str, numbers: Mapping[str, str]) -> Iterator[str]:
    if ending == ".xml":
        yield from (_label(name) for name in _XML_NAME.findall(text))
    elif ending == ".json":
        yield from filter(None, map(_label, _json_labels(text)))
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        boxes = [_BOX.fullmatch(line) for line in lines]
        if lines and all(boxes):
            yield from (numbers.get(box[1], box[1]) for box in boxes if box)
        elif len(lines) == 1:
            yield _label(lines[0])


def _json_labels(text: str) -> Iterator[str]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return
    shapes = said.get("shapes") if isinstance(said, dict) else None
    for shape in shapes if isinstance(shapes, list) else [said]:
        found = (shape.get(key) for key in _LABEL_KEYS) if isinstance(shape, dict) else iter(())
        label = next((each for each in found if isinstance(each, str | int)), None)
        if label is not None:
            yield str(label)


def _class_names(folder: Folder) -> dict[str, str]:
    """What YOLO's numbers mean: lines of a list, or `names` of a YAML file."""
    for inner in folder.walk():
        for name in inner.files:
            if name.lower() not in _NAMES:
                continue
            text = _text(inner.at(name), _MOST_OF_A_NOTE)
            if not name.lower().endswith(".yaml"):
                names = [line.strip() for line in text.splitlines() if line.strip()]
            elif listed := re.search(r"^names:\s*\[(.*?)\]", text, re.MULTILINE | re.DOTALL):
                names = [each.strip(" '\"\n") for each in listed[1].split(",")]
            else:
                after = text.partition("names:")[2]
                names = [each.strip(" '\"") for each in re.findall(r"^\s*(?:-|\d+:)\s*(.+?)\s*$", after, re.MULTILINE)]
            return {str(number): _label(each) for number, each in enumerate(names)}
    return {}


# A line for each picture.


def _of_lines(folder: Folder, held: PictureFolder) -> tuple[Labelled, list[str], str] | None:
    lists = [(inner, name) for inner in folder.walk() for name in inner.files if name.lower().endswith(_LINES)]
    places = [inner for inner in _folders(held) if inner.pictures]
    labelled, used, taken = Labelled(), list[str](), set[str]()
    for inner, name in lists[:_MOST_LISTS]:
        lines = [line.strip() for line in _text(inner.at(name), _MOST_OF_A_LIST).splitlines()]
        while lines and not lines[-1]:
            lines.pop()
        part = part_of_name(os.path.splitext(name)[0])  # noqa: PTH122
        fitting = [
            each for each in places if len(lines) - len(each.pictures) in (0, 1) and each.folder.path not in taken
        ]
        fitting = [each for each in fitting if _part_of(each) is part] or fitting
        if len(fitting) != 1:
            continue
        labels = [_label(line) for line in lines[len(lines) - len(fitting[0].pictures) :]]
        order = _only_order(fitting[0].pictures)
        if order is None or not _can_be_classes(labels) or not all(labels):
            continue
        own = part or _part_of(fitting[0])
        labelled += [(fitting[0].folder.at(file), own, label) for file, label in zip(order, labels, strict=True)]
        used.append(inner.at(name))
        taken.add(fitting[0].folder.path)
    if not labelled:
        return None
    names = ", ".join(path.removeprefix(folder.path).lstrip(os.sep) for path in used)
    return labelled, used, f"The classes are the lines of {names}, one for each picture in the order of their names."


def _only_order(names: Sequence[str]) -> list[str] | None:
    """The names in order, if letters and numbers put them into the same one, or their numbers count on."""
    by_letters, by_numbers = sorted(names), sorted(names, key=_parts_of_name)
    stems = [re.findall(r"\d+", os.path.splitext(name)[0]) for name in by_numbers]  # noqa: PTH122
    last = [int(found[-1]) for found in stems if found and len(found[-1]) < 10]
    counts_on = len(last) == len(names) and all(after == before + 1 for before, after in pairwise(last))
    return by_numbers if by_letters == by_numbers or counts_on else None


def _parts_of_name(name: str) -> list[tuple[int, str]]:
    """What to sort names by as people count: "img_9" before "img_10"."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,15})", name)]


def _can_be_classes(labels: Sequence[str]) -> bool:
    counts = Counter(labels)
    return 2 <= len(counts) <= MAX_CLASSES and 2 * len(counts) <= len(labels) + 1


def _label(text: str) -> str:
    return " ".join(text.strip(" \"'").split())[:LONGEST_CLASS_NAME]


def _text(path: str, most: int) -> str:
    try:
        with open_regular(path) as file:
            return file.read(most).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _folders(held: PictureFolder) -> Iterator[PictureFolder]:
    yield held
    for inner in held.inner:
        yield from _folders(inner)


def _part_of(held: PictureFolder) -> Part | None:
    return next((part for step in reversed(held.folder.steps) if (part := part_of_name(step))), None)
