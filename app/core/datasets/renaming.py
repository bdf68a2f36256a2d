"""What an imported set and its classes are called. Pictures stay as they are, and so does the hash that proves them.

Models know classes by name: one that was trained with the old names no longer fits the set.
"""

from collections.abc import Mapping, Sequence

from app.core.datasets.content import checked_class_names
from app.core.datasets.registry import canonical
from app.core.datasets.samples.sets import is_sample_set
from app.core.datasets.sources import own_names
from app.core.datasets.storage import CARD_NAME, OwnSetCard, read_card, storage_errors
from app.core.errors import InputError
from app.core.file_names import same_name
from app.core.file_writing import write_whole
from app.core.paths import user_data_dir

LONGEST_TITLE = 80


def imported_card(name: str) -> OwnSetCard:
    """What is known of an imported set. Raises InputError (there is none of that name, or its card is damaged)."""
    card = None if is_sample_set(name) else read_card(user_data_dir() / canonical(name))
    if card is None:
        known = ", ".join(name for name in own_names() if not is_sample_set(name)) or "none yet"
        raise InputError(f"There is no imported data set called {name!r}; there are: {known}.")
    return card


def rename_own_set(name: str, title: str) -> OwnSetCard:
    """Give an imported set another title; the name that commands take stays.

    Raises InputError (no such set, or no title) and StudioError (the disk refuses).
    """
    return change_own_set(name, title, {})


def change_own_set(name: str, title: str, classes: Mapping[str, str]) -> OwnSetCard:
    """Give an imported set a title, and the classes named in `classes` other names. Errors as `rename_own_set`."""
    card = imported_card(name)
    if unknown := [old for old in classes if old not in card.class_names]:
        known = ", ".join(card.class_names[:12]) + (", …" if len(card.class_names) > 12 else "")
        raise InputError(f"{card.title} has no class {unknown[0]!r}; its classes are: {known}.")
    title, names = checked_names(title, [classes.get(old, old) for old in card.class_names])
    changed = card.model_copy(update={"title": title, "class_names": names})
    place = user_data_dir() / canonical(name) / CARD_NAME
    with storage_errors(place.parent):
        write_whole(place, changed.model_dump_json(indent=2).encode())
    return changed


def checked_names(title: str, class_names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The title and the names of classes as they are stored. Raises InputError if one of them cannot be."""
    title = same_name(title)
    if not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
        raise InputError(f"A data set needs a title of 1 to {LONGEST_TITLE} characters that can be seen.")
    return title, checked_class_names([same_name(name) for name in class_names])


def rename_class(name: str, old: str, new: str) -> OwnSetCard:
    """Give one class of an imported set another name. Errors as `rename_own_set`, also for a name that is taken."""
    return change_own_set(name, imported_card(name).title, {same_name(old): new})
