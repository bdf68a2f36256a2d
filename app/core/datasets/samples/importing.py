"""What lies in somebody's files, as samples."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.datasets.class_folders import Files, find_class_folders
from app.core.datasets.content import RawData, name_by_label
from app.core.datasets.formats import read_data
from app.core.datasets.originals import Pixels, load_original
from app.core.datasets.samples.records import SampleSet
from app.core.datasets.samples.sets import create_sample_set, discard_sample_set
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.datasets.types import LabelledImages
from app.core.errors import InputError, StudioError
from app.core.paths import given_path

MAX_SAMPLES = 20_000


@dataclass(frozen=True)
class _Found:
    """Samples whose labels are those of `class_names`."""

    class_names: tuple[str, ...]
    samples: tuple[NewSample, ...]


def import_samples(name: str, path: Path) -> list[int]:
    """Add what is in `path` to the set `name`: all of it, or none.

    Best is a folder of drawings and pictures for each class, for these stay what they are; every other data that can be
    imported becomes samples of 28 x 28 pixels. A class is known by its name. What is marked as a test part is held
    back; if nothing is, every fifth of a class is.

    Returns:
        the numbers of the new samples.

    Raises:
        InputError: nothing usable, too much, something empty, or a class that the set does not have.
        StudioError: the samples could not be stored.

    """
    store = SampleStore(name)
    known, found = store.set, _find(given_path(path))
    labels = {called: label for label, called in enumerate(known.class_names)}
    used = {found.class_names[sample.label] for sample in found.samples}
    if unknown := sorted(used - labels.keys()):
        raise InputError(f"{known.title} has no class called {unknown[0]}; import it as a new set of samples instead.")
    return store.add_all(
        NewSample(sample.original, labels[found.class_names[sample.label]], sample.is_held_back)
        for sample in found.samples
    )


def import_as_new_set(title: str, path: Path) -> SampleSet:
    """Make a set called `title` of what is in `path`, with its classes. Errors as those of `import_samples`."""
    found = _find(given_path(path))
    return make_filled_set(title, found.class_names, found.samples)


def make_filled_set(title: str, class_names: tuple[str, ...], samples: Iterable[NewSample]) -> SampleSet:
    """Make a set with all of these samples, or none at all. Errors as those of `create_sample_set` and of `add_all`."""
    made = create_sample_set(title, class_names)
    try:
        SampleStore(made.name).add_all(samples)
    except StudioError:
        discard_sample_set(made.name)
        raise
    return SampleStore(made.name).set


def _find(path: Path) -> _Found:
    try:
        folders = find_class_folders(path) if path.is_dir() else None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from error
    if folders is None:
        return _pixels(read_data(path))
    names, test = folders.class_names, folders.test
    _check_count(sum(map(len, (*folders.train.values(), *(test or {}).values()))))
    train = _originals(folders.train, names, None if test is None else False)
    return _Found(names, (*train, *_originals(test or {}, names, True)))


def _originals(files: Files, names: tuple[str, ...], is_held_back: bool | None) -> Iterator[NewSample]:
    for called, paths in files.items():
        for path in paths:
            yield NewSample(load_original(path), names.index(called), is_held_back)


def _pixels(raw: RawData) -> _Found:
    named = raw if raw.class_names is not None else name_by_label(raw)
    parts = [named.train] if named.test is None else [named.train, named.test]
    _check_count(sum(map(len, parts)))
    held_back = (None,) if named.test is None else (False, True)
    samples = [sample for part, held in zip(parts, held_back, strict=True) for sample in _pixel_samples(part, held)]
    return _Found(named.class_names or (), tuple(samples))


def _pixel_samples(part: LabelledImages, is_held_back: bool | None) -> Iterator[NewSample]:
    for image, label in zip(part.images, part.labels, strict=True):
        yield NewSample(Pixels(image), int(label), is_held_back)


def _check_count(count: int) -> None:
    if count > MAX_SAMPLES:
        raise InputError(
            f"There are {count:,} pictures; a set of samples takes {MAX_SAMPLES:,} at once. Import them as a data set."
        )
