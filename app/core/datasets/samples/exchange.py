"""Samples from somebody's files, and written to where other programs, and Import, read them."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from app.core.datasets.choices import NO_CHOICES, ImportChoices
from app.core.datasets.content import Progress, RawData, empty_note, name_by_label, no_progress
from app.core.datasets.files.listing import LeftOutFiles, list_folder
from app.core.datasets.files.parts import Part
from app.core.datasets.originals import Pixels, save_original
from app.core.datasets.pictures.class_folders import CLASSES_FILE, TEST_FOLDER, TRAIN_FOLDER, ClassesFile
from app.core.datasets.pictures.finding import find_pictures
from app.core.datasets.pictures.found import PictureFiles, with_pictures
from app.core.datasets.pictures.reading import load_labelled
from app.core.datasets.reading import read_known
from app.core.datasets.samples.sets import SampleSet
from app.core.datasets.samples.store import NewSample, SampleStore, make_filled_set, sample_content
from app.core.datasets.storage import storage_errors, write_own_set
from app.core.datasets.tables.npz_format import write_npz
from app.core.datasets.types import NO_IMAGES
from app.core.errors import InputError
from app.core.file_names import is_reserved
from app.core.file_writing import written_beside
from app.core.paths import given_path
from app.core.texts import numbered

# What lies in somebody's files, as samples.

MAX_SAMPLES = 20_000


@dataclass(frozen=True, eq=False)
class _Found:
    """Samples whose labels are those of `class_names`, and the classes that have any. They are read one by one."""

    class_names: tuple[str, ...]
    used: frozenset[str]
    samples: Iterator[NewSample]


@dataclass(frozen=True)
class ImportedSamples:
    """The set as it is now, the numbers of its new samples, and a sentence about what was left out, or nothing."""

    set: SampleSet
    ids: tuple[int, ...]
    note: str


def import_samples(
    name: str, path: Path, progress: Progress = no_progress, choices: ImportChoices = NO_CHOICES
) -> ImportedSamples:
    """Add what is in `path` to the set `name`: all of it, or none. Pictures with nothing to see on them are left out.

    Best is a folder of drawings and pictures for each class, for these stay what they are; every other data that can be
    imported becomes samples of 28 x 28 pixels. A class is known by its name. What is marked as a test split is held
    back; if nothing is, every fifth of a class is.

    A picture that the set has already, of the same class, is left out; so a set that comes back changes nothing.

    Raises InputError (nothing usable, too much, or a class that the set does not have) and StudioError (the samples
    could not be stored).
    """
    store, empty = SampleStore(name), list[str]()
    known, found = store.set, _find(given_path(path), choices, progress)
    labels = {called: label for label, called in enumerate(known.class_names)}
    if unknown := sorted(found.used - labels.keys()):
        raise InputError(f"{known.title} has no class called {unknown[0]}; add that class, or import it as a new set.")
    samples = (replace(sample, label=labels[found.class_names[sample.label]]) for sample in found.samples)
    ids = store.add_new(samples, empty.append)
    return ImportedSamples(store.set, tuple(ids), empty_note(empty))


def import_as_new_set(
    title: str, path: Path, progress: Progress = no_progress, choices: ImportChoices = NO_CHOICES
) -> ImportedSamples:
    """Make a set called `title` of what is in `path`, with its classes. For the rest see `import_samples`."""
    found, empty = _find(given_path(path), choices, progress), list[str]()
    made = make_filled_set(title, found.class_names, found.samples, empty.append)
    ids = tuple(sample.id for sample in SampleStore(made.name).samples())
    return ImportedSamples(made, ids, empty_note(empty))


def _find(path: Path, choices: ImportChoices, progress: Progress) -> _Found:
    try:
        files = _picture_files(path, choices) if path.is_dir() else None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from error
    if files is None:
        return _from_pixels(read_known(path, choices)[0], path.name, progress)
    return _from_files(files, progress)


def _picture_files(path: Path, choices: ImportChoices) -> PictureFiles | None:
    """The pictures and drawings of a folder by their classes; None if they are none, or their classes are not told."""
    folder = list_folder(path, LeftOutFiles(), only=choices.files)
    held = with_pictures(folder)
    try:
        return None if held is None else find_pictures(folder, held, LeftOutFiles())
    except InputError:
        return None  # reading it as data tells what is wrong, or reads something else that is there


def _from_files(found: PictureFiles, progress: Progress) -> _Found:
    names, total = found.class_names, len(found.paths)
    _check_count(total)

    def read() -> Iterator[NewSample]:
        for number, path in enumerate(map(Path, found.paths)):
            progress(number, total)
            is_held_back = found.part_of(number) is Part.TEST if Part.TEST in found.counts else None
            yield NewSample(load_labelled(path), int(found.labels[number]), is_held_back, str(path))

    return _Found(names, frozenset(names[label] for label in np.unique(found.labels)), read())


def _from_pixels(raw: RawData, source: str, progress: Progress) -> _Found:
    named = raw if raw.class_names is not None else name_by_label(raw)
    names, test = named.class_names or (), named.test or NO_IMAGES
    splits = [(named.train, None if named.test is None else False), (test, True)]
    total = len(named.train) + len(test)
    _check_count(total)

    def read() -> Iterator[NewSample]:
        images = ((*one, held) for split, held in splits for one in zip(split.images, split.labels, strict=True))
        for number, (image, label, is_held_back) in enumerate(images):
            progress(number, total)
            yield NewSample(Pixels(image), int(label), is_held_back, f"picture {number + 1:,} of {source}")

    used = np.union1d(named.train.labels, test.labels)
    if int(used[-1]) >= len(names):
        raise InputError(f"{source} has {len(names)} classes but larger labels; labels count from 0.")
    return _Found(names, frozenset(names[label] for label in used), read())


def _check_count(count: int) -> None:
    if count > MAX_SAMPLES:
        raise InputError(
            f"There are {count:,} pictures; a set of samples takes at most {MAX_SAMPLES:,} at once. "
            "Import them as a data set."
        )


# Samples written to where other programs, and Import, read them.

NPZ_SUFFIX = ".npz"


class ExportFormat(StrEnum):
    """How samples are written; `words` says it for people."""

    PNG = "png"
    IDX = "idx"
    NPZ = "npz"
    ORIGINALS = "originals"

    @property
    def words(self) -> str:
        """What it is."""
        return {
            ExportFormat.PNG: "PNG pictures of 28 x 28, a folder for each class",
            ExportFormat.IDX: "IDX, four files as MNIST has them",
            ExportFormat.NPZ: "npz, the arrays x_train, y_train, x_test and y_test",
            ExportFormat.ORIGINALS: "Drawings and pictures as they were made, a folder for each class",
        }[self]


def export_samples(
    name: str, wanted: ExportFormat, target: Path, progress: Progress = no_progress, *, replace: bool = False
) -> Path:
    """Write the set `name` as a new folder `target`, or a new file for NPZ: whole, or not at all.

    What is held back is the test split everywhere, so that Import gives the same set back. `progress` is told of single
    pictures. Where `replace` says so, a file may be replaced; a folder never is.

    Returns what was written; NPZ adds its suffix to `target` if it has none. Raises InputError (`target` is there
    already, or the set has no samples (IDX and NPZ: none in one of its two parts)) and StudioError (the disk is full,
    or `target` may not be written).
    """
    store = SampleStore(name)
    known = store.set
    if not known.total:
        raise InputError(known.why_not_usable)
    is_file = wanted is ExportFormat.NPZ
    if is_file and target.suffix.lower() != NPZ_SUFFIX:
        target = target.with_name(f"{target.name}{NPZ_SUFFIX}")
    may_be_there = target.is_file() and replace if is_file else _is_empty_folder(target)
    if os.path.lexists(target) and not may_be_there:
        raise InputError(f"There is already a file or folder called {target}; give another name.")
    with storage_errors(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(target) as work:
            _write(store, known, wanted, work, progress)
    return target


def _write(store: SampleStore, known: SampleSet, wanted: ExportFormat, work: Path, progress: Progress) -> None:
    if wanted is ExportFormat.NPZ:
        write_npz(work, sample_content(store, known))
        return
    work.mkdir()
    if wanted is ExportFormat.IDX:
        write_own_set(work, known.title, sample_content(store, known))
    else:
        as_made = wanted is ExportFormat.ORIGINALS
        _write_folders(work, known, store, as_made, progress)


def _write_folders(folder: Path, known: SampleSet, store: SampleStore, as_made: bool, progress: Progress) -> None:
    folders, samples = _folder_names(known.class_names), store.samples()
    for number, sample in enumerate(samples):
        progress(number, len(samples))
        original = store.original(sample.id) if as_made else Pixels(sample.image)
        place = folder / (TEST_FOLDER if sample.is_held_back else TRAIN_FOLDER) / folders[sample.label]
        place.mkdir(parents=True, exist_ok=True)
        save_original(original, place, f"{sample.id:06}")
    said = ClassesFile(preprocessing=known.preprocessing, classes=dict(zip(folders, known.class_names, strict=True)))
    text = json.dumps(said.model_dump(mode="json"), ensure_ascii=False, indent=2)
    (folder / CLASSES_FILE).write_text(text + "\n", encoding="utf-8")


def _folder_names(class_names: tuple[str, ...]) -> list[str]:
    """Return a name for the folder of each class that every file system takes, as like the class' as can be."""
    names: list[str] = []
    for called in class_names:
        stem = re.sub(r'[\\/:*?"<>|]', "_", called).lstrip(". ")[:60].rstrip(". ") or "_"
        stem = f"_{stem}" if is_reserved(stem) or stem.startswith("__") else stem
        taken = {name.casefold() for name in names}
        names.append(next(name for name in numbered(stem) if name.casefold() not in taken))
    return names


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
