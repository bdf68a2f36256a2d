"""Which IDX files of a folder belong together, whatever they are called now, and reading them.

What a file holds, pictures or labels, is told by its header. Its part and its set are told by its name and the folders
it lies in: "emnist-digits-test-images-idx3-ubyte (1).gz" is the test pictures of emnist-digits.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.content import Progress, RawData
from app.core.datasets.files.kinds import first_bytes, is_idx
from app.core.datasets.files.listing import Folder, LeftOutFiles
from app.core.datasets.files.parts import Part, part_of_name, words_of
from app.core.datasets.idx import IdxHeader, open_idx, parse_header, read_idx
from app.core.datasets.tables.rows import PictureReader, Rows, Table
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError
from app.core.file_descriptions import describe_file

MAX_PICTURES = 1_000_000

_MOST_LOOKED_INTO = 2_000
_NAMED_LIKE_IDX = re.compile(r"idx[-_. ]?[1-4]|ubyte", re.IGNORECASE)
_FORMAT_WORDS = frozenset(
    [
        *("images", "image", "imgs", "img", "labels", "label", "pictures", "pixels", "x", "y"),
        *("idx", "ubyte", "int", "byte", "float", "double", "gz", "gzip", "bz", "xz", "bin", "dat"),
        *("data", "raw", "copy", "set", "sets", "files", "unzipped", "dataset"),
    ]
)


@dataclass(frozen=True)
class IdxFile:
    """One IDX file: where it lies, what its header says, and what its name tells."""

    path: str
    shown: str
    header: IdxHeader
    part: Part | None
    set_words: tuple[str, ...]
    own_words: tuple[str, ...]

    @property
    def is_labels(self) -> bool:
        """Whether it holds labels: one for each picture, or a row of facts or of zeros and a one."""
        shape = self.header.shape
        return len(shape) == 1 or (len(shape) == 2 and (shape[1] <= 36 or _side(shape[1]) is None))

    def labels(self) -> NDArray[np.uint8]:
        """(n,) uint8. Raises InputError (damaged, or none that are whole numbers from 0 to 255)."""
        name = self.path.rpartition("/")[2]
        with open_idx(Path(self.path)) as (header, blocks):
            pieces = [np.frombuffer(block, header.dtype).reshape(-1, *header.shape[1:]) for block in blocks]
        values = np.concatenate(pieces) if pieces else np.empty(header.shape, header.dtype)
        if values.ndim == 2:
            ones = np.count_nonzero(values == 1, axis=1)
            is_one_hot = bool((ones == 1).all() and (np.count_nonzero(values, axis=1) == 1).all())
            values = values.argmax(axis=1) if is_one_hot else values[:, 0]  # QMNIST's first fact is the digit
        if not len(values) or not ((values >= 0) & (values <= 255) & (values == np.floor(values))).all():
            raise InputError(f"{name} holds labels other than whole numbers from 0 to 255; choose other files.")
        return values.astype(np.uint8)

    def pictures(self, start: int, total: int, progress: Progress) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
        """(n, h, w) uint8, grey, and sentences about how they were read. Raises InputError (damaged, no pictures)."""
        name, header = Path(self.path).name, self.header
        shape = _picture_shape(header.shape)
        if shape is None:
            raise InputError(f"{name} holds an array of shape {header.shape}, which is no set of pictures.")
        count = header.shape[0]
        if count > MAX_PICTURES:
            raise InputError(f"{name} announces {count:,} pictures; at most {MAX_PICTURES:,} can be used.")
        if header.dtype == np.uint8 and shape[2] == 1:
            progress(start, total)
            return read_idx(Path(self.path)).reshape(count, *shape[:2]), ()
        table = Table(name, shape, False, partial(_rows, Path(self.path)), unit="picture", planes_first=_planes(header))
        reader, images, filled = PictureReader(table), np.empty((count, *shape[:2]), np.uint8), 0
        for found in reader:
            if found.damaged:
                number, why = found.damaged[0]
                raise InputError(f"{table.place(number)} cannot be used: {why}")
            images[filled : filled + len(found.images)] = found.images
            filled += len(found.images)
            progress(start + filled, total)
        return images, tuple(reader.notes)


@dataclass(frozen=True)
class IdxSet:
    """The files of one set, by part and by whether they are the labels; `words` are what their names have in common."""

    words: tuple[str, ...]
    files: dict[tuple[Part, bool], IdxFile]
    notes: tuple[str, ...] = ()

    @property
    def own_words(self) -> tuple[str, ...]:
        """What the names of the files have in common, without those of folders."""
        return next(iter(self.files.values())).own_words

    def read(self, place: str, progress: Progress) -> RawData:
        """Read all of them. Raises InputError (a file is missing or damaged)."""
        parts = [part for part in Part if any(part is where for where, _ in self.files)]
        pairs = {part: self._pair(part, place) for part in parts}
        total, start, notes = sum(pair[0].header.shape[0] for pair in pairs.values()), 0, dict.fromkeys(self.notes)
        splits = dict[Part, LabelledImages]()
        for part, (pictures, labels) in pairs.items():
            images, said = pictures.pictures(start, total, progress)
            start += len(images)
            notes |= dict.fromkeys(said)
            splits[part] = _together(images, labels.labels(), Path(pictures.path).name)
        train = splits.pop(Part.TRAIN, None) or splits.pop(next(iter(splits)))
        names = tuple(file.shown for file in self.files.values())
        return RawData(
            train, splits.get(Part.TEST), None, None, tuple(notes), splits.get(Part.VALIDATION), found_names=names
        )

    def _pair(self, part: Part, place: str) -> tuple[IdxFile, IdxFile]:
        pictures, labels = self.files.get((part, False)), self.files.get((part, True))
        if pictures is None or labels is None:
            raise InputError(f"{place} lacks the {part} pictures or labels; add the missing file.")
        return pictures, labels


def find_idx_set(
    folder: Folder, choices: ImportChoices, left_out: LeftOutFiles, chosen: str | None = None
) -> IdxSet | None:
    """Find the IDX files of one set in `folder` and further down; None if there are none.

    `chosen` is the path of a file that a user pointed at: its set is the one that is meant.

    Raises InputError (a file is called like IDX but is something else) and `ChoiceNeededError` (several sets).
    """
    files = list(_idx_files(folder))
    if not any(not file.is_labels for file in files):
        return None
    sets = _grouped(files, left_out)
    if chosen is not None:
        found = next((one for one in sets if any(file.path == chosen for file in one.files.values())), None)
    else:
        found = _chosen(sets, choices.subset)
    if found is not None:
        for one in sets:
            for file in one.files.values() if one is not found else ():
                left_out.add(file.shown, "It is of another set.")
    return found


def _idx_files(folder: Folder) -> Iterator[IdxFile]:
    left = _MOST_LOOKED_INTO
    for inner in folder.walk():
        for name in inner.files:
            if left and not name.lower().endswith((".png", ".jpg", ".jpeg", ".csv", ".npz", ".npy", ".zip")):
                left -= 1
                head = first_bytes(inner.at(name))
                if is_idx(head):
                    yield _described(inner, name, parse_header(head, name))
                elif _NAMED_LIKE_IDX.search(name) and not head.startswith(b"PK"):
                    raise _no_idx(name, head)


def _no_idx(name: str, head: bytes) -> InputError:
    """What to say of a file that is called like IDX: most often a download went wrong."""
    kind = describe_file(head)
    if kind is None:
        return InputError(f"{name} is not an IDX file of pictures or labels, or it is damaged; download it again.")
    return InputError(f"{name} is {kind.words}, not data; download it again.")


def _described(folder: Folder, name: str, header: IdxHeader) -> IdxFile:
    steps = [step for step in folder.steps if step.casefold() != name.casefold()]
    part = next((part for text in (name, *reversed(steps)) if (part := part_of_name(text))), None)
    own = _set_words(re.sub(r"\s*\(\d+\)|\.[a-z0-9]{2,4}$", "", name))
    words = dict.fromkeys((*(word for step in steps for word in _set_words(step)), *own))
    return IdxFile(folder.at(name), folder.shown(name), header, part, tuple(words), tuple(own))


def _set_words(name: str) -> list[str]:
    """The words of a name that tell which set it is."""
    said = (word for word in words_of(name) if word not in _FORMAT_WORDS and part_of_name(word) is None)
    return [word for word in said if not word.isdecimal()]


def _grouped(files: Sequence[IdxFile], left_out: LeftOutFiles) -> list[IdxSet]:
    """Files of one set have the same words in their names; of a plain and a packed one of the same, one is read."""
    sets = dict[tuple[str, ...], list[IdxFile]]()
    for file in files:
        sets.setdefault(file.set_words, []).append(file)
    if len(sets) > 1 and all(_is_half(found) for found in sets.values()):  # no name tells which belong together
        sets = {(): list(files)}
    return [_as_set(words, found, left_out) for words, found in sets.items()]


def _is_half(files: Sequence[IdxFile]) -> bool:
    return len({file.is_labels for file in files}) == 1


def _as_set(words: tuple[str, ...], files: Sequence[IdxFile], left_out: LeftOutFiles) -> IdxSet:
    slots = dict[tuple[Part, bool], IdxFile]()
    notes = tuple[str, ...]()
    if _is_unnamed(files):
        files, notes = _parts_by_size(files)
    for file in files:
        slot = (file.part or Part.TRAIN, file.is_labels)
        if slot in slots and slots[slot].header != file.header:
            raise InputError(f"{slots[slot].shown} and {file.shown} are for the same part; remove one of them.")
        if slot in slots:
            left_out.add(file.shown, f"It is the same as {slots[slot].shown}.")
        slots.setdefault(slot, file)
    return IdxSet(words, slots, notes)


def _is_unnamed(files: Sequence[IdxFile]) -> bool:
    """Whether no name tells a part, and there is more than one."""
    return all(file.part is None for file in files) and sum(not file.is_labels for file in files) == 2


def _parts_by_size(files: Sequence[IdxFile]) -> tuple[list[IdxFile], tuple[str, ...]]:
    """The larger part is there to train."""
    counts = sorted({file.header.shape[0] for file in files}, reverse=True)
    if len(counts) != 2:
        return list(files), ()
    parts = dict(zip(counts, (Part.TRAIN, Part.TEST), strict=True))
    larger, smaller = (f"{count:,}" for count in counts)
    note = f"The names of the files do not tell the parts; {larger} pictures are for training, {smaller} for testing."
    return [replace(file, part=parts[file.header.shape[0]]) for file in files], (note,)


def _chosen(sets: Sequence[IdxSet], subset: str) -> IdxSet:
    if len(sets) == 1:
        return sets[0]
    names = ["-".join(one.own_words) for one in sets]
    if "" in names or len(set(names)) < len(names):  # files are called alike, in folders of their own
        names = ["-".join(one.words) or "the others" for one in sets]
    wanted = "-".join(words_of(subset))
    exact = [one for name, one in zip(names, sets, strict=True) if wanted and name == wanted]
    alike = [one for name, one in zip(names, sets, strict=True) if wanted and wanted in name.split("-")]
    if len(found := exact or alike) == 1:
        return found[0]
    raise ChoiceNeededError(
        "subset", f"There are several data sets here ({', '.join(names)}); choose one of them.", tuple(names)
    )


def _picture_shape(shape: tuple[int, ...]) -> tuple[int, int, int] | None:
    """Height, width and colours of each picture of an array; None if it has none."""
    match shape[1:]:
        case (pixels,) if (side := _side(pixels)) is not None:
            return side, side, 1
        case (height, width) if min(height, width) > 1:
            return height, width, 1
        case (height, width, 1 | 3 | 4 as colours) | (1 | 3 | 4 as colours, height, width) if min(height, width) > 1:
            return height, width, colours
    return None


def _planes(header: IdxHeader) -> bool | None:
    """Whether all of one colour come before those of the next, where the shape tells."""
    return header.shape[1] in (1, 3, 4) if len(header.shape) == 4 else None


def _side(pixels: int) -> int | None:
    side = round(pixels**0.5)
    return side if side * side == pixels and side >= 4 else None


def _rows(path: Path) -> Iterator[Rows]:
    done = 0
    with open_idx(path) as (header, blocks):
        for block in blocks:
            values = np.frombuffer(block, header.dtype).reshape(-1, int(np.prod(header.shape[1:])))
            yield Rows(values, None, None, np.arange(done + 1, done + len(values) + 1))
            done += len(values)


def _together(images: NDArray[np.uint8], labels: NDArray[np.uint8], source: str) -> LabelledImages:
    """Pictures and labels that belong together. Raises InputError (not one for each)."""
    if not len(images) or len(images) != len(labels):
        raise InputError(
            f"{source} holds {len(images)} pictures and {len(labels)} labels; one label for each is needed."
        )
    return LabelledImages(images, labels)
