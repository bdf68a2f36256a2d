"""Deleting imported data sets, and bringing them back. Sets of samples see to themselves: `samples.sets`."""

from pathlib import Path

from app.core.datasets.registry import canonical
from app.core.datasets.samples.sets import is_sample_set
from app.core.datasets.sources import own_names
from app.core.datasets.storage import bring_back, put_away
from app.core.errors import InputError
from app.core.paths import user_data_dir


def delete_own_set(name: str) -> None:
    """Delete an imported set. It can be restored until the next one is deleted; models trained on it stay.

    Raises:
        InputError: there is no imported set of that name.
        StudioError: the disk refuses.

    """
    imported = [known for known in own_names() if not is_sample_set(known)]
    if canonical(name) not in imported:
        known = ", ".join(imported) or "none yet"
        raise InputError(f"There is no imported data set called {name!r}; there are: {known}.")
    put_away(_folder(name))


def restore_own_set(name: str) -> None:
    """Bring a deleted set back. Raises InputError if it is gone, or its place was taken."""
    if not canonical(name).strip(".") or not bring_back(_folder(name)):
        raise InputError(f"The data set {name} cannot be restored; another was deleted or created since.")


def _folder(name: str) -> Path:
    return user_data_dir() / canonical(name)
