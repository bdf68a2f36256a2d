"""What was read from a file or folder, and how it becomes a complete set: named, with a test split, hashed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.idx import idx_sha256
from app.core.datasets.splits import split_validation
from app.core.datasets.types import IMAGE_SIZE, Dataset, DatasetSpec, LabelledImages, Variant
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing

MIN_CLASSES, MAX_CLASSES = 2, 100
MAX_PICTURES = 1_000_000
LONGEST_CLASS_NAME = 80
TEST_FRACTION = 0.2
SPLIT_SEED = 0

Progress = Callable[[int, int], None]
"""Is told how many pictures were read, and of how many; what it raises ends the work."""

Hashes = tuple[str, str, str, str]
"""sha256 of train images, train labels, test images, test labels, each as a plain IDX file."""


_NAMED = 3


def empty_note(sources: Sequence[str]) -> str:
    """A sentence that counts and names pictures that were left out, files by folder and name; empty for none."""
    if not sources:
        return ""
    named = ", ".join("/".join(Path(source).parts[-2:]) for source in sources[:_NAMED]) + (
        ", …" if len(sources) > _NAMED else ""
    )
    if len(sources) == 1:
        return f"1 picture was left out because nothing was found on it: {named}."
    return f"{len(sources):,} pictures were left out because nothing was found on them: {named}."


def no_progress(_done: int, _total: int) -> None:
    """A `Progress` for when nobody wants to know."""


@dataclass(frozen=True)
class LeftOut:
    """What was not read: a file, or a row or picture in one ("train.csv, row 17"), and why, as a sentence."""

    source: str
    why: str


MOST_LISTED = 1_000
"""So many `LeftOut` are kept; the rest is counted."""


@dataclass(frozen=True)
class RawData:
    """Pictures as found. What the source says nothing about is None or empty.

    Args:
        train: pictures to train with, uint8 of any height and width (all of one set have the same), grey, 0..255.
        test: pictures to test with; none in it says that they are to be taken from `train`.
        class_names: label i is `class_names[i]`; None if labels are but numbers.
        preprocessing: how pictures are made to look like these, where the source says so.
        notes: sentences about how the pictures were read.
        validation: pictures that are set aside to validate with.
        left_out: what was not read, the first `MOST_LISTED`.
        left_out_count: how many were not read.
        found_names: names of files and folders, and titles, that may tell which set it is.
        are_files: each picture is a file of its own, as people also give to be read by a network.
        is_prepared: the pictures were made ready for a network one by one: ink is light, all are upright and 28 x 28.

    """

    train: LabelledImages
    test: LabelledImages | None = None
    class_names: tuple[str, ...] | None = None
    preprocessing: Preprocessing | None = None
    notes: tuple[str, ...] = ()
    validation: LabelledImages | None = None
    left_out: tuple[LeftOut, ...] = ()
    left_out_count: int = 0
    found_names: tuple[str, ...] = ()
    are_files: bool = False
    is_prepared: bool = False


@dataclass(frozen=True)
class Content:
    """A complete set: both splits, the names of its classes (label i is `class_names[i]`), and the hashes.

    The last `validation_count` pictures of `train` are a validation part that the data came with. `preprocessing` and
    `note` are those of the `RawData` it was made of, the latter as one text.
    """

    train: LabelledImages
    test: LabelledImages
    class_names: tuple[str, ...]
    hashes: Hashes
    preprocessing: Preprocessing = Preprocessing.DIGITS
    note: str = ""
    validation_count: int = 0

    @property
    def sha256(self) -> str:
        """One hash for both splits: the sha256 of the four hashes in hexadecimal, joined by newlines."""
        return combined_sha256(self.hashes)

    def dataset(self, name: str, title: str, variant: Variant, origin: str, preprocessing: str = "") -> Dataset:
        """The set ready for training, by default with the preprocessing that it was found with."""
        how, splits = preprocessing or self.preprocessing, (self.train, self.test)
        return Dataset(name, title, variant, self.class_names, how, *splits, self.sha256, origin, self.validation_count)


def labelled_images(images: NDArray[np.integer], labels: NDArray[np.integer], source: str) -> LabelledImages:
    """Pictures and labels that belong together.

    Args:
        images: whole numbers 0..255, (n, 28, 28), (n, 28, 28, 1) or (n, 784).
        labels: whole numbers 0..255, (n,) or (n, 1).
        source: the file they are from, for the message.

    Raises:
        InputError: other shapes or values, no pictures, or not one label for each.

    """
    n, side = len(images) if images.ndim else 0, IMAGE_SIZE
    if images.shape[1:] not in ((side, side), (side, side, 1), (side * side,)):
        raise InputError(f"{source} holds arrays of shape {images.shape}; pictures of 28 x 28 pixels are needed.")
    if not n or labels.shape not in ((n,), (n, 1)):
        raise InputError(f"{source} holds {n} pictures and {labels.size} labels; one label for each is needed.")
    for array in (images, labels):
        if array.dtype != np.uint8 and not 0 <= int(array.min()) <= int(array.max()) <= 255:
            raise InputError(f"{source} holds numbers outside 0 to 255; pixels and labels must lie within.")
    return LabelledImages(
        images.astype(np.uint8, copy=False).reshape(n, side, side), labels.astype(np.uint8, copy=False).reshape(n)
    )


def combined_sha256(hashes: Hashes) -> str:
    """Return the `sha256` of a `Dataset` whose four arrays have these hashes."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def published_sha256(spec: DatasetSpec) -> str:
    """Return the `sha256` of the full set as it was published."""
    first, second, third, fourth = (file.sha256 for file in spec.files)
    return combined_sha256((first, second, third, fourth))


def complete(raw: RawData, spec: DatasetSpec | None = None, test_share: float | None = None) -> Content:
    """Names the classes, sets a test split aside where there is none, and hashes.

    Data without class names takes those of `spec` if its labels fit; otherwise a class is called by its label, and
    labels that do not occur are left out. A missing test split is `test_share` of every class, a fifth unless it is
    given, always the same pictures. A validation part becomes the end of the training pictures.

    Raises InputError (fewer than 2 or more than 100 classes, more than a million pictures, or too few for two splits).
    """
    parts = [part for part in (raw.train, raw.validation, raw.test) if part is not None]
    if (count := sum(map(len, parts))) > MAX_PICTURES:
        raise InputError(f"There are {count:,} pictures; at most {MAX_PICTURES:,} can be used.")
    names = raw.class_names
    if names is None and spec is not None and max(_largest(part) for part in parts) < len(spec.class_names):
        names = spec.class_names
    named = name_by_label(raw) if names is None else raw
    names = named.class_names or names or ()
    check_class_count(len(names), "the data")
    parts = [part for part in (named.train, named.validation, named.test) if part is not None]
    if any(_largest(part) >= len(names) for part in parts):
        raise InputError(f"The data has {len(names)} classes but larger labels; labels count from 0.")
    share = TEST_FRACTION if test_share is None else test_share
    train, test = (named.train, named.test) if named.test is not None else _set_test_aside(named.train, share)
    if named.validation is not None:
        train = _joined(train, named.validation)
    hashes = (idx_sha256(train.images), idx_sha256(train.labels), idx_sha256(test.images), idx_sha256(test.labels))
    note, validation_count = " ".join(raw.notes), 0 if named.validation is None else len(named.validation)
    return Content(train, test, names, hashes, raw.preprocessing or Preprocessing.DIGITS, note, validation_count)


def _largest(part: LabelledImages) -> int:
    return int(part.labels.max(initial=0))


def _joined(first: LabelledImages, second: LabelledImages) -> LabelledImages:
    return LabelledImages(np.concatenate([first.images, second.images]), np.concatenate([first.labels, second.labels]))


def check_class_count(count: int, source: str) -> None:
    """Raise InputError unless there may be so many classes; `source` is where they were found."""
    if not MIN_CLASSES <= count <= MAX_CLASSES:
        there = "There is 1 class" if count == 1 else f"There are {count} classes"
        raise InputError(f"{there} in {source}; it must be {MIN_CLASSES} to {MAX_CLASSES}.")


def checked_class_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, trimmed. Raises InputError if they cannot be those of somebody's own set."""
    trimmed = tuple(name.strip() for name in names)
    check_class_count(len(trimmed), "the list")
    for name in trimmed:
        if not 0 < len(name) <= LONGEST_CLASS_NAME or not name.isprintable():
            raise InputError(
                f"{name[:40]!r} cannot be the name of a class; give it 1 to {LONGEST_CLASS_NAME} characters that can "
                "be seen."
            )
        if trimmed.count(name) > 1:
            raise InputError(f"Two classes are called {name}; give them different names.")
    return trimmed


def name_by_label(raw: RawData, names: Mapping[int, str] = MappingProxyType({})) -> RawData:
    """Classes called as `names` tells for their labels, or by the labels; these are renumbered from 0 without gaps."""
    parts = (part for part in (raw.train, raw.test, raw.validation) if part is not None)
    there = np.unique(np.concatenate([np.unique(part.labels) for part in parts]))
    found = np.union1d(there, np.array(list(names), np.int64))
    called = tuple(names.get(int(label), str(label)) for label in found)
    order = np.zeros(256, np.uint8)
    order[found] = np.arange(len(found))

    def renumbered(part: LabelledImages) -> LabelledImages:
        return LabelledImages(part.images, order[part.labels])

    return replace(
        raw,
        class_names=called,
        train=renumbered(raw.train),
        test=raw.test and renumbered(raw.test),
        validation=raw.validation and renumbered(raw.validation),
    )


def _set_test_aside(images: LabelledImages, share: float) -> tuple[LabelledImages, LabelledImages]:
    if not 0 < share < 1:
        raise InputError(f"The share for testing is {share:g}; it must be more than 0 and less than 1.")
    train, test = split_validation(len(images), share, SPLIT_SEED, images.labels)
    if not len(test):
        raise InputError("There are too few pictures to keep some for testing; one class needs at least two.")
    return (
        LabelledImages(images.images[train], images.labels[train]),
        LabelledImages(images.images[test], images.labels[test]),
    )
