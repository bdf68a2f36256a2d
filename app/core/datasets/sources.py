"""Where data is found on this computer, and how it is loaded."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from app.core.datasets.content import Content, RawData, complete, published_sha256
from app.core.datasets.registry import DATASETS, canonical, get_spec
from app.core.datasets.samples.sets import is_sample_set, sample_set, sample_set_names
from app.core.datasets.samples.store import load_samples
from app.core.datasets.storage import CARD_NAME, OwnSetCard, own_title, read_card
from app.core.datasets.types import Dataset, DatasetSpec, Variant, counts_text, data_text
from app.core.errors import InputError
from app.core.file_names import same_name
from app.core.paths import given_path, resources_dir, user_data_dir

STARTER_COUNTS = (4_000, 1_000)

_SYSTEM_FOLDER = Path("/usr/share/datasets")
"""Where Debian's package dataset-fashion-mnist puts its files, as the folder fashion-mnist."""


@dataclass(frozen=True)
class DataAvailability:
    """What is there of one set, found without opening any picture.

    `full_at` is None if the full data is not on this computer. `counts` gives (training, test) pictures of each
    edition that exists, whether or not it is here.
    """

    name: str
    title: str
    starter: bool
    full_at: Path | None
    counts: Mapping[Variant, tuple[int, int]]
    class_names: tuple[str, ...] = ()
    validation_count: int = 0  # of the training pictures, where an own set came with a validation part


def load_dataset(name: str, data: str = "starter", specs: Mapping[str, DatasetSpec] = DATASETS) -> Dataset:
    """Load the set `name`, ready for training.

    Args:
        name: a published set ("mnist", "fashion-mnist"), an own set the user imported, or any name for a folder.
        data: "starter" (4,000 + 1,000 pictures inside the program), "full" (everything; see `find_full` for where it
            is looked for; the content is checked by its hashes), a folder or file in a format that can be imported, or
            the name of another set, whose full data is meant.
        specs: the published sets.

    Raises:
        InputError: an unknown name, data that is not there (the message says how to get it), damaged or unusable.

    """
    if data == Variant.STARTER:
        return _load_starter(name, specs)
    if data == Variant.FULL:
        return _load_full(name, specs)
    named = named_set(data, specs)
    return _load_full(named, specs) if named else _load_folder(name, given_path(data), specs)


def named_set(data: str, specs: Mapping[str, DatasetSpec] = DATASETS) -> str:
    """Return the name of the set that `data` names, or an empty text; a file or folder of that name goes first."""
    name = canonical(data)
    is_known = name in specs or name in own_names()
    return name if is_known and not os.path.lexists(given_path(data)) else ""


def find_full(name: str, specs: Mapping[str, DatasetSpec] = DATASETS) -> Path | None:
    """Return where the full data of `name` lies: the first of user's folder, Keras' cache, system's data folder.

    Files are looked for, not opened. An own set is only ever in the user's folder.
    """
    name = canonical(name)
    own = user_data_dir() / name
    if name not in specs:
        return own if name in own_names() else None
    keras = Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"), "datasets")  # noqa: PTH111 - never raises
    places = (own, keras / f"{name}.npz", keras / name, _SYSTEM_FOLDER / name)
    return next((place for place in places if _is_file(place) or _holds_all_files(place, specs[name])), None)


def available(name: str, specs: Mapping[str, DatasetSpec] = DATASETS) -> DataAvailability:
    """Say what is there of the set `name`. Takes well under a millisecond.

    Raises InputError (an unknown name, or the card of an own set is damaged).
    """
    full_at = find_full(name, specs)
    if _holds_samples(full_at, name, specs):
        samples = sample_set(name)
        counts = {Variant.SAMPLES: (samples.train_count, samples.held_back_count)}
        return DataAvailability(samples.name, samples.title, False, full_at, counts, samples.class_names)
    card = _own_card(full_at, name, specs)
    if card is not None:
        counts = {Variant.IMPORTED: (card.train_count, card.test_count)}
        held = card.validation_count
        return DataAvailability(canonical(name), card.title, False, full_at, counts, card.class_names, held)
    spec = get_spec(name, specs, own_names)
    full = (spec.files[1].shape[0], spec.files[3].shape[0])
    has_starter = _starter_path(spec.name).is_file()
    counts = {Variant.STARTER: STARTER_COUNTS, Variant.FULL: full} if has_starter else {Variant.FULL: full}
    return DataAvailability(spec.name, spec.title, has_starter, full_at, counts, spec.class_names)


def own_names() -> tuple[str, ...]:
    """List the sets the user imported that are not published ones, and those of samples, in order of name."""
    try:
        imported = [same_name(card.parent.name) for card in user_data_dir().glob(f"[!.]*/{CARD_NAME}")]
    except OSError:  # not there, or closed to us
        return ()
    return tuple(sorted({*imported, *sample_set_names()}))


def is_starter(sha256: str, name: str, specs: Mapping[str, DatasetSpec] = DATASETS) -> bool:
    """Tell whether data with this `Dataset.sha256` is the starter edition of `name`, wherever it was found."""
    path = _starter_path(canonical(name))
    return canonical(name) in specs and path.is_file() and complete(_read(path)).sha256 == sha256


def _read(path: Path) -> RawData:
    """What is stored there."""
    from app.core.datasets.formats import read_data  # readers of all kinds of files are needed only now

    return read_data(path)


def _load_starter(name: str, specs: Mapping[str, DatasetSpec]) -> Dataset:
    if canonical(name) not in specs and canonical(name) in own_names():
        raise InputError(f"The data set {name} has no starter edition; choose its full data.")
    spec = get_spec(name, specs, own_names)
    path = _starter_path(spec.name)
    if not path.is_file():
        raise InputError(f"{spec.title} has no starter edition here; choose its full data or a folder.")
    return _published(spec, Variant.STARTER, complete(_read(path), spec), path)


def _load_full(name: str, specs: Mapping[str, DatasetSpec]) -> Dataset:
    path = find_full(name, specs)
    if path is not None and _holds_samples(path, name, specs):
        return load_samples(name)
    card = _own_card(path, name, specs)
    if path is not None and card is not None:
        content = complete(_read(path))
        if content.sha256 != card.sha256:
            raise InputError(f"The data in {path} is damaged; import it again.")
        return _own(name, card.title, replace(content, validation_count=card.validation_count), path)
    spec = get_spec(name, specs, own_names)
    if path is None:
        raise InputError(
            f"The full {spec.title} is not on this computer; download it in the window or with "
            f'"softmax-studio data download {spec.name}", or import a folder that holds it.'
        )
    content = complete(_read(path), spec)
    if content.sha256 != published_sha256(spec):
        raise InputError(f"The {spec.title} data in {path} is damaged; download or import it again.")
    return _published(spec, Variant.FULL, content, path)


def _load_folder(name: str, path: Path, specs: Mapping[str, DatasetSpec]) -> Dataset:
    """Use data where it lies. Class names other than those of the published set `name` make it another set."""
    from app.core.datasets.reading import find_data  # readers of all kinds of files are needed only now

    spec = specs.get(canonical(name))
    found = find_data(path, specs=specs, spec=spec)
    content, published = found.content, found.published
    if published is not None:
        if spec is not None and spec is not published:
            raise InputError(f"{path} holds {published.title}, not {spec.title}; choose that data set for it.")
        return _published(published, Variant.FULL, content, path)
    if spec is not None and content.class_names == spec.class_names:
        return _published(spec, Variant.IMPORTED, content, path)
    return _own(name, own_title(path.name if spec else name), content, path)


def _holds_samples(path: Path | None, name: str, specs: Mapping[str, DatasetSpec]) -> bool:
    return path is not None and canonical(name) not in specs and is_sample_set(name)


def _own_card(path: Path | None, name: str, specs: Mapping[str, DatasetSpec]) -> OwnSetCard | None:
    return read_card(path) if path is not None and canonical(name) not in specs else None


def _published(spec: DatasetSpec, variant: Variant, content: Content, path: Path) -> Dataset:
    return content.dataset(spec.name, spec.title, variant, str(path), spec.preprocessing)


def _own(name: str, title: str, content: Content, path: Path) -> Dataset:
    return content.dataset(canonical(name), title, Variant.IMPORTED, str(path))


def _starter_path(name: str) -> Path:
    return resources_dir() / "starter" / f"{name}.npz"


def _holds_all_files(folder: Path, spec: DatasetSpec) -> bool:
    """Each file plain or gzipped, under its published name."""
    return all(_is_file(folder / file.name) or _is_file(folder / f"{file.name}.gz") for file in spec.files)


def _is_file(path: Path) -> bool:
    """Tell whether there is a file; what lies in a folder closed to us is not there."""
    return os.path.isfile(path)  # noqa: PTH113 - Path's own raises for such a folder


# Descriptions of data that older versions wrote, in today's words.

_OLD = re.compile(rf"(?P<title>.*), (?P<variant>{'|'.join(Variant)}), (?P<count>[\d,]+)")


@cache
def renewed_description(text: str) -> str:
    """What `Dataset.description` says today of "MNIST, full, 60,000"; other texts stay as they are."""
    found = _OLD.fullmatch(text)
    if found is None:
        return text
    title, variant, count = found["title"], Variant(found["variant"]), int(found["count"].replace(",", ""))
    if variant is Variant.STARTER:
        return data_text(title, variant, *STARTER_COUNTS)
    full = [(spec.files[1].shape[0], spec.files[3].shape[0]) for spec in DATASETS.values() if spec.title == title]
    if variant is Variant.FULL and full and full[0][0] == count:
        return data_text(title, variant, *full[0])
    return f"{title}, {variant.value}: {counts_text(count)}"
