"""Tables and arrays of files that lie together, read whole: which of them is which part, and all of it as one set."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import NO_CHOICES, ChoiceNeededError, ImportChoices
from app.core.datasets.content import MOST_LISTED, LeftOut, Progress, RawData, no_progress
from app.core.datasets.files.parts import Part, part_of_name, words_of
from app.core.datasets.tables.arff import open_arff
from app.core.datasets.tables.array_files import ArrayFiles, array_files, class_of_path, one_of, part_of_path
from app.core.datasets.tables.arrays import StoredArray, has_label_column, open_array, picture_layout, stored_arrays
from app.core.datasets.tables.columns import part_of_text
from app.core.datasets.tables.csv_format import has_rows_of_numbers, open_csv, read_column
from app.core.datasets.tables.labels import LabelCoder
from app.core.datasets.tables.libsvm import is_libsvm, open_libsvm
from app.core.datasets.tables.npz_format import ArraySet, are_classes, open_arrays
from app.core.datasets.tables.rows import PictureReader, Rows, Table
from app.core.datasets.tables.text import JSON_SUFFIXES, ending_of
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError
from app.core.imaging.drawing import DRAWING_SUFFIX

TABLE_SUFFIXES = (
    *(
        ".csv",
        ".tsv",
        ".tab",
        ".txt",
        ".data",
        ".arff",
        ".libsvm",
        ".svm",
        ".svmlight",
        ".scale",
        ".dat",
        ".tra",
        ".tes",
    ),
    *JSON_SUFFIXES,
)
ARRAY_SUFFIXES = (".npz", ".npy")
_ENDINGS_OF_LIBSVM = ("", ".t", ".tr", ".val", ".r")
_NO_TABLES = (DRAWING_SUFFIX, "classes.json", "dataset.json", "model.json", "metadata.json", "card.json")
"""JSON that says something of what lies beside it."""
_NUMBER = re.compile(r"\d{1,5}")
_IS_COPY = re.compile(r"\(\d+\)$")
_NO_LABELS = "It has no labels."
_IMAGES = frozenset({"images", "image", "x", "data", "imgs", "features"})
_LABELS = frozenset({"labels", "label", "y", "target", "targets"})


def is_table_name(name: str) -> bool:
    """Tell whether a file of this name may hold a table or arrays of pictures."""
    return ending_of(name) in (*TABLE_SUFFIXES, *ARRAY_SUFFIXES) and not name.lower().endswith(_NO_TABLES)


def read_tables(
    paths: Sequence[Path],
    choices: ImportChoices = NO_CHOICES,
    progress: Progress = no_progress,
    root: Path | None = None,
) -> RawData | None:
    """Read the tables and arrays among files in the folder `root` as one set; None if none of them is called like one.

    Parts are told by names of files and folders ("train", "val", "test"), by columns like FER's "Usage", or by the
    names of arrays. Labels may be in a file of their own (`y_train.npy` or `labels.csv` beside `x_train.npy`), or be
    the names of files (QuickDraw's `cat.npy`, `dog.npy`).

    Raises InputError (no pictures or labels in them, or damaged), ChoiceNeededError (which set, which labels?) and
    OSError (one cannot be read).
    """
    arrays = [path for path in paths if ending_of(path.name) in ARRAY_SUFFIXES]
    tables = [path for path in paths if path not in arrays and is_table(path)]
    if arrays:
        return _read_arrays(sorted(arrays), sorted(tables), root, choices, progress)
    return _read_texts(sorted(tables), root, choices, progress) if tables else None


def is_table(path: Path) -> bool:
    """Tell whether a file may hold a table or arrays of pictures: by its name, or without an ending by its lines."""
    if is_table_name(path.name) or ending_of(path.name) not in _ENDINGS_OF_LIBSVM:
        return is_table_name(path.name)
    try:
        return is_libsvm(path) or (not ending_of(path.name) and has_rows_of_numbers(path))
    except InputError:  # no text
        return False


def open_table(path: Path, wanted_label: str = "") -> Table:
    """Look at one text file with a table of pictures. Raises InputError, ChoiceNeededError and OSError."""
    if ending_of(path.name) == ".arff":
        return open_arff(path, wanted_label)
    if ending_of(path.name) in JSON_SUFFIXES:
        table = open_csv(path, wanted_label)
        return replace(table, unit="record", read=partial(_below_titles, table.read))
    return open_libsvm(path) if is_libsvm(path) else open_csv(path, wanted_label)


def _below_titles(read: Callable[[], Iterator[Rows]]) -> Iterator[Rows]:
    """Rows of text that were made of records, with a line more before them."""
    for rows in read():
        yield replace(rows, numbers=rows.numbers - 1, damaged=tuple((number - 1, why) for number, why in rows.damaged))


def open_tables(path: Path, wanted_label: str = "") -> dict[Part, Table]:
    """Look at one file of any of these forms, with labels or without: its tables, by the part of the set they hold.

    Raises InputError (no pictures in it, or damaged), ChoiceNeededError and OSError.
    """
    if ending_of(path.name) in ARRAY_SUFFIXES:
        return open_arrays(stored_arrays(path), wanted_label).tables
    return {Part.TRAIN: open_table(path, wanted_label)}


# Arrays.


def _read_arrays(
    paths: Sequence[Path], texts: Sequence[Path], root: Path | None, choices: ImportChoices, progress: Progress
) -> RawData:
    files = array_files(paths, root, choices.subset)
    if not choices.label_column and files.has_one_class_a_folder:
        return _one_class_a_folder(files, root, progress)
    if not choices.label_column and (files.has_one_class_a_file or are_classes(files.arrays)):
        return _one_class_a_file(files.paths, files.arrays, progress)
    files = files.with_labels(texts, root)
    name = files.paths[0].name
    if len(files.arrays) == 1 and ending_of(name) == ".npy" and not choices.label_column:
        files.arrays[0].check_plain()
        if not has_label_column(files.arrays[0]):
            raise InputError(f"{name} has no labels; put the array or table of labels beside it, or choose a folder.")
    found = open_arrays(files.arrays, choices.label_column)
    others = [path for path in (*paths, *texts) if path not in files.paths and path.suffix.lower() != ".txt"]
    left_out = [LeftOut(path.name, "It lies beside the arrays, which were read.") for path in others]
    return _collected(found.tables.items(), files.paths, progress, found, left_out)


def _one_class_a_file(paths: Sequence[Path], arrays: Sequence[StoredArray], progress: Progress) -> RawData:
    names = _without_common_start([array.name for array in arrays])
    labelled = (open_array(a, np.full(a.shape[0], name)) for a, name in zip(arrays, names, strict=True))
    return _classes_by_file(paths, dict(zip(names, labelled, strict=True)), progress)


def _one_class_a_folder(files: ArrayFiles, root: Path | None, progress: Progress) -> RawData:
    """Arrays in folders called like classes, one after the other or each a single picture."""
    collector = _Collector(str(root or files.paths[0].parent), progress)
    for array, path in zip(files.arrays, files.paths, strict=True):
        count = 1 if picture_layout(array.shape) is None else array.shape[0]
        table = open_array(array, np.full(count, class_of_path(path)))
        collector.add(table, part_of_path(path.parent, root) or Part.TRAIN)
    return collector.finished(
        files.paths, notes=("The classes are called like the folders of the arrays, or like their files.",)
    )


def _one_class_a_table(opened: Sequence["_Opened"], progress: Progress, left_out: Sequence[LeftOut]) -> RawData:
    names = _without_common_start([each.path.name.split(".")[0] for each in opened])
    labelled = {name: _all_called(each.table, name) for name, each in zip(names, opened, strict=True)}
    return _classes_by_file([each.path for each in opened], labelled, progress, left_out)


def _all_called(table: Table, name: str) -> Table:
    """The table with one label for all of it."""

    def read() -> Iterator[Rows]:
        for rows in table.read():
            yield replace(rows, labels=np.full(len(rows.values), name))

    return replace(table, has_labels=True, read=read)


def _classes_by_file(
    paths: Sequence[Path], tables: Mapping[str, Table], progress: Progress, left_out: Sequence[LeftOut] = ()
) -> RawData:
    collector = _Collector(paths[0].parent.name or str(paths[0].parent), progress)
    collector.leave_out(left_out)
    for table in tables.values():
        collector.add(table, Part.TRAIN)
    names = list(tables)
    what = "file" if len(paths) > 1 else "array"
    note = f"Each {what} is a class, called by its name: {', '.join(names[:3])}{', …' if len(names) > 3 else ''}."
    return collector.finished(paths, notes=(note,))


def _without_common_start(names: Sequence[str]) -> list[str]:
    """QuickDraw's "full_numpy_bitmap_hockey stick" is "hockey stick"."""
    start = 0
    while all(len(name) > start + 1 for name in names) and len({name[: start + 1] for name in names}) == 1:
        start += 1
    while start and names[0][start - 1] not in "_- .":
        start -= 1
    return [name[start:] for name in names]


# Text.


def _read_texts(paths: Sequence[Path], root: Path | None, choices: ImportChoices, progress: Progress) -> RawData:
    opened: list[_Opened] = []
    left_out: list[LeftOut] = []
    for path in paths:
        try:
            opened.append(_Opened(path, open_table(path, choices.label_column)))
        except ChoiceNeededError:
            raise
        except InputError as error:
            if len(paths) == 1:
                raise
            left_out.append(LeftOut(path.name, str(error)))
    others = [path for path in paths if path not in {each.path for each in opened}]
    opened = [each.with_labels(others) for each in opened]
    used = {each.label_path.name for each in opened if each.label_path}
    left_out = [each for each in left_out if each.source not in used]
    if not opened:
        raise InputError(left_out[0].why)
    labelled = [each for each in opened if each.table.has_labels]
    if not labelled and len(opened) > 1 and not any(part_of_path(each.path, root) for each in opened):
        return _one_class_a_table(opened, progress, left_out)
    if not labelled:
        raise InputError(
            f"{opened[0].path.name} has no labels; it can be read with a model (softmax-studio predict), but not "
            "trained with."
        )
    without = [each for each in opened if each not in labelled]
    left_out += [LeftOut(each.path.name, _NO_LABELS) for each in without]
    sets = _with_pieces(labelled)
    chosen = _by_part(sets, root, choices.subset)
    left_out += [LeftOut(each.path.name, "It is of another set.") for each in sets if each not in chosen.values()]
    tables = [(part, piece.table) for part, each in chosen.items() for piece in (each.pieces or (each,))]
    return _collected(tables, paths, progress, None, left_out)


def _with_pieces(opened: Sequence["_Opened"]) -> list["_Opened"]:
    """Of tables whose names count on, and are the same otherwise ("train_1.csv", "train_2.csv"), the first with all."""
    groups = dict[tuple[object, ...], list[_Opened]]()
    for each in opened:
        plain = each.path.name if _IS_COPY.search(each.path.stem) else _NUMBER.sub("0", each.path.name)
        groups.setdefault((each.path.parent, plain, each.table.titles, each.table.shape), []).append(each)
    found = list[_Opened]()
    for group in groups.values():
        counted = [[int(number) for number in _NUMBER.findall(each.path.name)] for each in group]
        differing = [column for column in zip(*counted, strict=False) if len(set(column)) > 1]
        is_one = len(differing) == 1 and sorted(differing[0]) == list(
            range(min(differing[0]), min(differing[0]) + len(group))
        )
        pieces = tuple(group[number] for number in np.argsort(differing[0])) if is_one else ()
        found += [replace(pieces[0], pieces=pieces)] if is_one else group
    return found


@dataclass(frozen=True)
class _Opened:
    """A table that was looked at, with the file its labels are in if that is another, and all pieces that it has."""

    path: Path
    table: Table
    label_path: Path | None = None
    pieces: tuple["_Opened", ...] = ()

    def with_labels(self, candidates: Sequence[Path]) -> "_Opened":
        """With labels from a file beside it, if it has none itself and one is called like it."""
        if self.table.has_labels:
            return self
        own = _topic(self.path, _IMAGES)
        path = next((path for path in candidates if _topic(path, _LABELS) == own and _LABELS & set(_words(path))), None)
        return self if path is None else _Opened(self.path, _joined(self.table, path, self.path), path)


def _words(path: Path) -> list[str]:
    """The words of a file's name; "xtrain" and "trainY" are two."""
    name = re.sub(r"(?<![a-zA-Z])([xyXY])(?=train|test|val)|(?<=train|.test)([xyXY])(?![a-z])", r" \1\2 ", path.name)
    return words_of(name.split(".")[0])


def _topic(path: Path, but: frozenset[str]) -> tuple[str, ...]:
    """The words of a file's name but those that say what it holds, and sizes: "csvTrainLabel 60k x 1" is csv, train."""
    return tuple(word for word in _words(path) if word not in but and not word[0].isdigit() and word not in {"x", "k"})


def _joined(table: Table, path: Path, pictures: Path) -> Table:
    """The table with the labels of another file, one for each row."""
    labels = read_column(path, pictures)

    def read() -> Iterator[Any]:
        done = 0
        for rows in table.read():
            end = done + len(rows.values) + len(rows.damaged)
            if rows.damaged or end > len(labels):
                raise InputError(
                    f"{table.name} and {path.name} do not fit: each row of one belongs to one of the other, and "
                    f"{path.name} has {len(labels):,}."
                )
            yield type(rows)(rows.values, labels[done:end], rows.parts, rows.numbers)
            done = end
        if done != len(labels):
            raise InputError(f"{table.name} holds {done:,} pictures and {path.name} {len(labels):,} labels.")

    return Table(table.name, table.shape, True, read, table.unused, table.titles, table.unit, table.planes_first)


def _by_part(opened: Sequence[_Opened], root: Path | None, subset: str) -> Mapping[Part, _Opened]:
    """The tables of one set by their part. Raises ChoiceNeededError if there are several sets."""
    found = [(part_of_path(each.path, root), each) for each in opened]
    parts = [part or Part.TRAIN for part, _ in found]
    if len(set(parts)) == len(parts):
        return _with_training({part: each for part, (_, each) in zip(parts, found, strict=True)})
    groups: dict[str, dict[Part, _Opened]] = {}
    for part, each in found:
        words = [word for word in words_of(each.path.name.split(".")[0]) if part_of_name(word) is None]
        name = "-".join(words) or each.path.name
        if (part or Part.TRAIN) in groups.get(name, {}):
            name = each.path.name
        groups.setdefault(name, {})[part or Part.TRAIN] = each
    chosen = one_of(list(groups), subset, f"There are {len(opened)} tables of several data sets")
    return _with_training(groups[chosen])


def _with_training(parts: dict[Part, _Opened]) -> Mapping[Part, _Opened]:
    """A single table is trained with, whatever it is called."""
    return {Part.TRAIN: next(iter(parts.values()))} if len(parts) == 1 else parts


# All pictures of a set.


def _collected(
    tables: Collection[tuple[Part, Table]],
    paths: Sequence[Path],
    progress: Progress,
    arrays: ArraySet | None,
    left_out: Sequence[LeftOut] = (),
) -> RawData:
    labelled = [(part, table) for part, table in tables if table.has_labels]
    without = [(part, table) for part, table in tables if not table.has_labels]
    if not labelled:
        raise InputError(
            f"{without[0][1].name} has pictures without labels; they can be read with a model "
            "(softmax-studio predict), but not trained with."
        )
    collector = _Collector(labelled[0][1].name, progress)
    left_out = [*left_out, *(LeftOut(f"{table.name}, {part} pictures", _NO_LABELS) for part, table in without)]
    collector.leave_out(left_out)
    for part, table in labelled:
        collector.add(table, part)
    return collector.finished(paths, arrays)


class _Growing:
    """Pictures and codes of labels that grow in place: there is never a second copy."""

    def __init__(self) -> None:
        self._images: NDArray[np.uint8] | None = None
        self._codes = np.empty(0, np.uint8)
        self._count = 0

    def add(self, images: NDArray[np.uint8], codes: NDArray[np.uint8]) -> None:
        if self._images is None:
            self._images = np.empty((0, *images.shape[1:]), np.uint8)
        if images.shape[1:] != self._images.shape[1:]:
            raise InputError(
                f"There are pictures of {_size(self._images)} and of {_size(images)} pixels; use one size."
            )
        needed = self._count + len(images)
        if needed > len(self._images):
            self._resize(max(needed, len(self._images) * 5 // 4))
        self._images[self._count : needed] = images
        self._codes[self._count : needed] = codes
        self._count = needed

    def finished(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        self._resize(self._count)
        assert self._images is not None
        return self._images, self._codes

    def _resize(self, count: int) -> None:
        assert self._images is not None
        self._images.resize((count, *self._images.shape[1:]), refcheck=False)
        self._codes.resize(count, refcheck=False)


def _size(images: NDArray[np.uint8]) -> str:
    return f"{images.shape[2]} x {images.shape[1]}"


class _Collector:
    """Brings the pictures of all parts together, with one numbering of their labels."""

    def __init__(self, source: str, progress: Progress) -> None:
        self._coder, self._progress, self._source = LabelCoder(source), progress, source
        self._parts: dict[Part, _Growing] = {}
        self._count = 0
        self.left_out: list[LeftOut] = []
        self._left_out_count = 0
        self._notes: dict[str, None] = {}

    def leave_out(self, what: Sequence[LeftOut]) -> None:
        self._left_out_count += len(what)
        self.left_out += what[: MOST_LISTED - len(self.left_out)]

    def add(self, table: Table, part: Part) -> None:
        reader = PictureReader(table)
        for pictures in reader:
            assert pictures.labels is not None
            codes = self._coder.encode(pictures.labels)
            for one, chosen in _split_parts(pictures.parts, part, len(codes)):
                self._parts.setdefault(one, _Growing()).add(pictures.images[chosen], codes[chosen])
            self._count += len(codes)
            self._progress(self._count, self._count)
            self.leave_out([LeftOut(table.place(number), why) for number, why in pictures.damaged])
        self._notes |= dict.fromkeys(reader.notes)
        if table.unused:
            shown = ", ".join(title or "no title" for title in table.unused[:4])
            more = ", …" if len(table.unused) > 4 else ""
            self._notes[f"Columns of {table.name} that were not used: {shown}{more}."] = None

    def finished(self, paths: Sequence[Path], arrays: ArraySet | None = None, notes: Sequence[str] = ()) -> RawData:
        parts = {part: growing.finished() for part, growing in self._parts.items()}
        if not self._count:
            raise InputError(f"{self._source} holds 0 pictures.")
        counts = sum(np.bincount(codes, minlength=256) for _, codes in parts.values())
        final, names = self._coder.finished(np.asarray(counts))
        if arrays is not None and arrays.class_names is not None and names is None:
            names = arrays.class_names if int(final.max()) < len(arrays.class_names) else None
        found = {part: LabelledImages(images, final[codes]) for part, (images, codes) in parts.items()}
        if Part.TRAIN not in found:
            found = {Part.TRAIN: found.pop(next(iter(found))), **found}
        return RawData(
            found[Part.TRAIN],
            found.get(Part.TEST),
            names,
            arrays.preprocessing if arrays else None,
            (*self._notes, *(arrays.notes if arrays else ()), *notes),
            found.get(Part.VALIDATION),
            tuple(self.left_out),
            self._left_out_count,
            tuple(path.name for path in paths),
        )


def _split_parts(
    parts: NDArray[np.str_] | None, part: Part, count: int
) -> Iterator[tuple[Part, NDArray[np.intp] | slice]]:
    if parts is None:
        yield part, slice(None)
        return
    found, places = np.unique(parts, return_inverse=True)
    for number, text in enumerate(found):
        yield part_of_text(str(text)) or part, np.flatnonzero(places.reshape(-1) == number)
