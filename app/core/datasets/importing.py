"""Brings data the user already has into the program's own folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.datasets.choices import NO_CHOICES
from app.core.datasets.content import Progress, checked_class_names, complete, matching_spec, no_progress
from app.core.datasets.formats import read_data
from app.core.datasets.registry import DATASETS, canonical
from app.core.datasets.samples.sets import is_sample_set
from app.core.datasets.sources import own_names
from app.core.datasets.storage import restore, soft_delete, staged, write_content, write_own_set
from app.core.datasets.types import DatasetSpec, Variant
from app.core.errors import InputError
from app.core.paths import given_path, user_data_dir

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class ImportedInfo:
    """What was imported. `name` is what `load_dataset(name, "full")` takes; FULL is a published set, hashes proven.

    `note` is a sentence about how the pictures were read, or empty.
    """

    name: str
    title: str
    variant: Variant
    class_names: tuple[str, ...]
    train_count: int
    test_count: int
    path: Path
    note: str = ""


def import_folder(
    path: Path,
    name: str | None = None,
    specs: Mapping[str, DatasetSpec] = DATASETS,
    progress: Progress = no_progress,
) -> ImportedInfo:
    """Store the data in `path` (any format of `read_data`) in the user's folder: whole, or not at all.

    Data that is a published set to the last bit becomes that set's full data, whatever an own set should be called, and
    replaces what was there. Everything else becomes an own set; a test split is set aside if it has none.

    Args:
        path: a folder, or an .npz or .csv file.
        name: what to call an own set; without it, as the folder or file is called.
        specs: the published sets.
        progress: is told of single pictures, while they are read.

    Raises:
        InputError: nothing usable in `path`, a name that is malformed or taken, or (under the name of a published set)
            content that is not the published one.
        StudioError: the disk is full, or the user's folder may not be written.

    """
    path = given_path(path)
    content = complete(read_data(path, NO_CHOICES, progress))
    counts = (len(content.train), len(content.test))
    published = matching_spec(content, specs)
    if published is not None:
        _check_wanted(path, published, name, specs)
        with staged(published.name) as folder:
            write_content(folder, content)
        target = user_data_dir() / published.name
        return ImportedInfo(published.name, published.title, Variant.FULL, published.class_names, *counts, target)
    own = suggested_name(path) if name is None else _own_name(name)
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
        card = write_own_set(folder, name or path.resolve().name.split(".")[0], content)
    return ImportedInfo(own, card.title, Variant.IMPORTED, content.class_names, *counts, target, content.note)


def suggested_name(path: Path) -> str:
    """Return a name for an own set that comes from `path`: lower case letters, digits and hyphens."""
    stem = path.resolve().name.split(".")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", stem)[:40].strip("-") or "own-data"


def _check_wanted(path: Path, found: DatasetSpec, name: str | None, specs: Mapping[str, DatasetSpec]) -> None:
    """Raise InputError if the data should be another published set than it is."""
    wanted = specs.get(canonical(name)) if name else None
    if wanted is not None and wanted.name != found.name:
        raise InputError(f"{path} holds {found.title}, not {wanted.title}; import it as {found.title}.")


def _own_name(name: str) -> str:
    if not _NAME.fullmatch(canonical(name)):
        raise InputError(f"{name!r} cannot be the name of a data set; use up to 40 letters a-z, digits and hyphens.")
    return canonical(name)


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
