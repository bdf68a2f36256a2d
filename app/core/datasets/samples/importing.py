"""What lies in somebody's files, as samples."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.core.datasets.class_folders import ClassFolders, find_class_folders
from app.core.datasets.content import Progress, RawData, name_by_label, no_progress
from app.core.datasets.formats import read_data
from app.core.datasets.originals import Pixels, load_original
from app.core.datasets.samples.records import SampleSet
from app.core.datasets.samples.sets import create_sample_set, discard_sample_set
from app.core.datasets.samples.store import NewSample, OnEmpty, SampleStore
from app.core.datasets.types import NO_PICTURES
from app.core.errors import InputError
from app.core.paths import given_path

MAX_SAMPLES = 20_000


@dataclass(frozen=True, eq=False)
class _Found:
    """Samples whose labels are those of `class_names`, and the classes that have any. They are read one by one."""

    class_names: tuple[str, ...]
    used: frozenset[str]
    samples: Iterator[NewSample]


def import_samples(
    name: str, path: Path, progress: Progress = no_progress, on_empty: OnEmpty | None = None
) -> list[int]:
    """Add what is in `path` to the set `name`: all of it, or none. With `on_empty`, what is empty is left out.

    Best is a folder of drawings and pictures for each class, for these stay what they are; every other data that can be
    imported becomes samples of 28 x 28 pixels. A class is known by its name. What is marked as a test part is held
    back; if nothing is, every fifth of a class is.

    A picture that the set has already, of the same class, is left out; so a set that comes back changes nothing.

    Returns:
        the numbers of the new samples.

    Raises:
        InputError: nothing usable, too much, something empty, or a class that the set does not have.
        StudioError: the samples could not be stored.

    """
    store = SampleStore(name)
    known, found = store.set, _find(given_path(path), progress)
    labels = {called: label for label, called in enumerate(known.class_names)}
    if unknown := sorted(found.used - labels.keys()):
        raise InputError(f"{known.title} has no class called {unknown[0]}; add that class, or import it as a new set.")
    samples = (replace(sample, label=labels[found.class_names[sample.label]]) for sample in found.samples)
    return store.add_new(samples, on_empty)


def import_as_new_set(
    title: str, path: Path, progress: Progress = no_progress, on_empty: OnEmpty | None = None
) -> SampleSet:
    """Make a set called `title` of what is in `path`, with its classes. For the rest see `import_samples`."""
    found = _find(given_path(path), progress)
    return make_filled_set(title, found.class_names, found.samples, on_empty)


def make_filled_set(
    title: str, class_names: tuple[str, ...], samples: Iterable[NewSample], on_empty: OnEmpty | None = None
) -> SampleSet:
    """Make a set with all of these samples, or none at all. Errors as those of `create_sample_set` and of `add_all`."""
    made = create_sample_set(title, class_names)
    try:
        SampleStore(made.name).add_all(samples, on_empty)
    except BaseException:
        discard_sample_set(made.name)
        raise
    return SampleStore(made.name).set


def _find(path: Path, progress: Progress) -> _Found:
    try:
        folders = find_class_folders(path) if path.is_dir() else None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from error
    return _from_pixels(read_data(path), path.name, progress) if folders is None else _from_folders(folders, progress)


def _from_folders(folders: ClassFolders, progress: Progress) -> _Found:
    names, test = folders.class_names, folders.test or {}
    parts = [(folders.train, None if folders.test is None else False), (test, True)]
    files = [(path, names.index(called), held) for part, held in parts for called in part for path in part[called]]
    _check_count(len(files))

    def read() -> Iterator[NewSample]:
        for number, (path, label, is_held_back) in enumerate(files):
            progress(number, len(files))
            try:
                original = load_original(path)
            except InputError as error:
                raise InputError(f"In {path.parent}, {error}") from error  # every class may have a file of that name
            yield NewSample(original, label, is_held_back, str(path))

    return _Found(names, frozenset(names[label] for _, label, _ in files), read())


def _from_pixels(raw: RawData, source: str, progress: Progress) -> _Found:
    named = raw if raw.class_names is not None else name_by_label(raw)
    names, test = named.class_names or (), named.test or NO_PICTURES
    parts = [(named.train, None if named.test is None else False), (test, True)]
    total = len(named.train) + len(test)
    _check_count(total)

    def read() -> Iterator[NewSample]:
        pictures = ((*one, held) for part, held in parts for one in zip(part.images, part.labels, strict=True))
        for number, (image, label, is_held_back) in enumerate(pictures):
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
