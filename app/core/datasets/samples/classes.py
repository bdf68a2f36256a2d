"""The classes of a set of samples that is there already: other names, more of them, or fewer."""

import sqlite3
from collections.abc import Sequence

from app.core.datasets.content import checked_class_names
from app.core.datasets.samples import database
from app.core.datasets.samples.records import SampleSet
from app.core.datasets.samples.sets import existing, sample_set
from app.core.errors import InputError

ClassChange = tuple[int | None, str]
"""The number that a class has had, None for a new one, and what it is called from now on."""


def change_classes(name: str, classes: Sequence[ClassChange]) -> SampleSet:
    """Give the set `name` these classes, in this order; the samples of a class stay its samples.

    Models are known by the names of their classes: one that knows the old ones does not fit the set any more.

    Raises:
        InputError: names that cannot be (see `checked_class_names`), or a class that has samples is missing.
        StudioError: it could not be stored; nothing was changed.

    """
    names = checked_class_names([called for _, called in classes])
    moves = [(old, new) for new, (old, _) in enumerate(classes) if old is not None]
    with database.writing(existing(name)) as connection:
        _check_kept(connection, [old for old, _ in moves])
        connection.execute("PRAGMA defer_foreign_keys = ON")  # for a moment samples have no class
        connection.execute("DELETE FROM classes")
        connection.executemany("INSERT INTO classes VALUES (?, ?)", list(enumerate(names)))
        connection.executemany("UPDATE samples SET label = ? WHERE label = ?", [(-1 - new, old) for old, new in moves])
        connection.execute("UPDATE samples SET label = -1 - label")
    return sample_set(name)


def _check_kept(connection: sqlite3.Connection, kept: list[int]) -> None:
    """Raise InputError unless the classes `kept` can be all that is left. Removed samples of others go for good."""
    rows = connection.execute(
        "SELECT classes.label, name, COUNT(samples.id) FROM classes"
        " LEFT JOIN samples ON samples.label = classes.label AND removed IS NULL GROUP BY classes.label"
    ).fetchall()
    if len(set(kept)) < len(kept) or not {label for label, _, _ in rows}.issuperset(kept):
        raise InputError("The classes of this set were changed elsewhere; check them again.")
    for label, called, count in rows:
        if label not in kept and count:
            raise InputError(f"{called} has samples; give them another label, or delete them, before you remove it.")
        if label not in kept:
            connection.execute("DELETE FROM samples WHERE label = ?", (label,))
