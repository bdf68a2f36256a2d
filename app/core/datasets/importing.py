"""Brings data the user already has into the program's own folder: first as a preview, of which nothing is stored."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.choices import NO_CHOICES, ImportChoices, Orientation, Polarity
from app.core.datasets.content import Content, LeftOut, Progress, checked_class_names, no_progress
from app.core.datasets.known.applying import shown_as
from app.core.datasets.known.recognizing import Reading
from app.core.datasets.reading import find_data
from app.core.datasets.registry import DATASETS, canonical
from app.core.datasets.samples.sets import is_sample_set
from app.core.datasets.sources import own_names
from app.core.datasets.storage import ensure_storable, restore, soft_delete, staged, write_content, write_own_set
from app.core.datasets.types import DatasetSpec, LabelledImages, Variant
from app.core.errors import InputError
from app.core.file_names import folder_name
from app.core.paths import given_path, user_data_dir
from app.core.texts import numbered

_LONGEST_NAME = 40
_SHORTEST_COMMON = 3
"""Letters with which the names of several files begin: less says nothing."""


@dataclass(frozen=True)
class ImportedInfo:
    """What was imported. `name` is what `load_dataset(name, "full")` takes; FULL is a published set, hashes proven.

    `note` is a sentence about how the pictures were read, or empty; of `train_count` pictures, `validation_count` are
    to validate with. `left_out` are the first of `left_out_count` pictures and files that were not read.
    """

    name: str
    title: str
    variant: Variant
    class_names: tuple[str, ...]
    train_count: int
    test_count: int
    path: Path
    note: str = ""
    validation_count: int = 0
    left_out: tuple[LeftOut, ...] = ()
    left_out_count: int = 0


@dataclass(frozen=True)
class ClassParts:
    """How many pictures of one class there are."""

    name: str
    train: int
    validation: int
    test: int


@dataclass(frozen=True, eq=False)
class ImportPreview:
    """All that an import would bring; nothing is stored yet.

    `published` is the set that this is to the last bit. `reading` tells how it is read, and why; `samples` are up to 25
    training pictures as they were found (n, h, w), labels as in `content`.
    """

    path: Path
    choices: ImportChoices
    content: Content
    reading: Reading
    published: DatasetSpec | None
    samples: LabelledImages
    is_prepared: bool
    has_test_part: bool
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    left_out_count: int
    suggested_name: str

    @property
    def train_count(self) -> int:
        """Pictures to train with, without those to validate with."""
        return len(self.content.train) - self.content.validation_count

    @property
    def class_parts(self) -> tuple[ClassParts, ...]:
        """How many pictures each class has."""
        content, count = self.content, len(self.content.class_names)
        labels = (content.train.labels[: self.train_count], content.train.labels[self.train_count :])
        parts = (np.bincount(part, minlength=count).tolist() for part in (*labels, content.test.labels))
        return tuple(ClassParts(*row) for row in zip(content.class_names, *parts, strict=True))

    @property
    def title(self) -> str:
        """What it is, as a sentence: "This is MNIST, complete", or of how many pictures and classes."""
        if self.published is not None:
            return f"This is {self.published.title}, complete."
        count = len(self.content.train) + len(self.content.test)
        return f"{count:,} pictures of {len(self.content.class_names)} classes."

    def with_class_names(self, names: Sequence[str]) -> "ImportPreview":
        """The same with other names of the classes, in their order. Raises InputError for names that cannot be."""
        if self.published is not None:
            raise InputError(f"This is {self.published.title}, whose classes keep their names.")
        if len(names) != len(self.content.class_names):
            raise InputError(f"There are {len(self.content.class_names)} classes, but {len(names)} names; give all.")
        return replace(self, content=replace(self.content, class_names=checked_class_names(names)))

    def shown(self, polarity: Polarity | None = None, orientation: Orientation | None = None) -> NDArray[np.uint8]:
        """The samples (n, 28, 28) as they would be read, or would be under another reading."""
        return shown_as(self.samples.images, self.reading, polarity, orientation)

    @cached_property
    def alternatives(self) -> tuple[tuple[Polarity, Orientation], ...]:
        """How the pictures may be meant, where that is not clear: all that look different, the one taken first."""
        reading, unclear = self.reading, self.reading.unclear
        if self.published is not None or self.is_prepared or not unclear:
            return ()
        polarities = dict.fromkeys((reading.polarity, *Polarity)) if "polarity" in unclear else (reading.polarity,)
        ways = (
            dict.fromkeys((reading.orientation, *Orientation)) if "orientation" in unclear else (reading.orientation,)
        )
        looks: dict[bytes, tuple[Polarity, Orientation]] = {}
        for polarity, orientation in product(polarities, ways):
            looks.setdefault(self.shown(polarity, orientation).tobytes(), (polarity, orientation))
        return tuple(looks.values()) if len(looks) > 1 else ()


def preview_import(
    path: Path,
    choices: ImportChoices = NO_CHOICES,
    specs: Mapping[str, DatasetSpec] = DATASETS,
    progress: Progress = no_progress,
) -> ImportPreview:
    """Read the data in `path` (any form of `read_data`) and say all that an import would bring.

    Raises InputError (nothing usable in `path`) and ChoiceNeededError (only a person can tell what is meant).
    """
    path = given_path(path)
    found = find_data(path, choices, specs, progress=progress)
    return ImportPreview(
        path=path,
        choices=choices,
        content=found.content,
        reading=found.reading,
        published=found.published,
        samples=found.samples,
        is_prepared=found.raw.is_prepared,
        has_test_part=found.has_test_part,
        notes=found.raw.notes,
        left_out=found.raw.left_out,
        left_out_count=max(found.raw.left_out_count, len(found.raw.left_out)),
        suggested_name=found.published.name if found.published else suggested_name(path, choices.files),
    )


def store(preview: ImportPreview, name: str | None = None, specs: Mapping[str, DatasetSpec] = DATASETS) -> ImportedInfo:
    """Store what a preview shows in the user's folder: whole, or not at all.

    Data that is a published set to the last bit becomes that set's full data, whatever an own set should be called, and
    replaces what was there. Everything else becomes an own set; a test split is set aside if it has none.

    Args:
        preview: what is to be stored.
        name: what to call an own set; without it, as the folder or file is called.
        specs: the published sets.

    Raises:
        InputError: a name that is malformed or taken, names of classes that cannot be, or (under the name of a
            published set) content that is not the published one.
        StudioError: the disk is full, or the user's folder may not be written.

    """
    path, content, published, files = preview.path, preview.content, preview.published, preview.choices.files
    counts = (len(content.train), len(content.test))
    if published is not None:
        _check_wanted(path, published, name, specs)
        with staged(published.name) as folder:
            write_content(folder, content)
        target = user_data_dir() / published.name
        return ImportedInfo(published.name, published.title, Variant.FULL, published.class_names, *counts, target)
    own = suggested_name(path, files) if name is None else _own_name(name)
    if own in specs:
        raise InputError(
            f"{path} is not the published {specs[own].title}, its content differs; get the files again, "
            "or give another name to import it as your own data."
        )
    target = user_data_dir() / own
    if target.exists():
        raise InputError(f"There is already a data set called {own}; give another name, or delete {target} first.")
    checked_class_names(content.class_names)
    with staged(own) as folder:
        card = write_own_set(folder, name or _called(path, files), content)
    return ImportedInfo(
        own,
        card.title,
        Variant.IMPORTED,
        content.class_names,
        *counts,
        target,
        content.note,
        content.validation_count,
        preview.left_out,
        preview.left_out_count,
    )


def import_folder(
    path: Path,
    name: str | None = None,
    specs: Mapping[str, DatasetSpec] = DATASETS,
    progress: Progress = no_progress,
    choices: ImportChoices = NO_CHOICES,
) -> ImportedInfo:
    """Read the data in `path` and store it: `preview_import`, then `store`, with their arguments and errors."""
    ensure_storable()
    return store(preview_import(path, choices, specs, progress), name, specs)


def suggested_name(path: Path, files: Sequence[str] = ()) -> str:
    """Return a name for an own set that comes from `path`, or from these `files` in it.

    It has letters of any script in lower case, digits and hyphens.
    """
    name = folder_name(_called(path, files), _LONGEST_NAME, "")
    free = (other for other in numbered("own-data", "-") if not os.path.lexists(user_data_dir() / other))
    return name or next(free)


def _called(path: Path, files: Sequence[str]) -> str:
    """What all the files are called, as "digits" of digits_x.npy and digits_y.npy; else what `path` is called."""
    common = os.path.commonprefix(files).split(".")[0].strip("-_ ")  # noqa: RUF071 - letter by letter is meant
    return common if len(common) >= _SHORTEST_COMMON else path.resolve().name.split(".")[0]


def _check_wanted(path: Path, found: DatasetSpec, name: str | None, specs: Mapping[str, DatasetSpec]) -> None:
    """Raise InputError if the data should be another published set than it is."""
    wanted = specs.get(canonical(name)) if name else None
    if wanted is not None and wanted.name != found.name:
        raise InputError(f"{path} holds {found.title}, not {wanted.title}; import it as {found.title}.")


def _own_name(name: str) -> str:
    own = canonical(name)
    if not own or own != folder_name(own, _LONGEST_NAME, ""):
        raise InputError(
            f"{name!r} cannot be the name of a data set; use up to {_LONGEST_NAME} letters, digits, spaces and hyphens."
        )
    return own


# Deleting imported data sets, and bringing them back. Sets of samples see to themselves: `samples.sets`.


def delete_own_set(name: str) -> None:
    """Delete an imported set. It can be restored until the next one is deleted; models trained on it stay.

    Raises InputError (there is no imported set of that name) and StudioError (the disk refuses).
    """
    imported = [known for known in own_names() if not is_sample_set(known)]
    if canonical(name) not in imported:
        known = ", ".join(imported) or "none yet"
        raise InputError(f"There is no imported data set called {name!r}; there are: {known}.")
    soft_delete(_folder(name))


def restore_own_set(name: str) -> None:
    """Bring a deleted set back. Raises InputError if it is gone, or its place was taken."""
    if not canonical(name).strip(".") or not restore(_folder(name)):
        raise InputError(f"The data set {name} cannot be restored; another was deleted or created since.")


def _folder(name: str) -> Path:
    return user_data_dir() / canonical(name)
