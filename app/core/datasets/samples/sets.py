"""The sets of samples of this user: what is known of each, making, renaming and deleting them.

A set is a folder of the user's data folder, like an imported one, with a single file in it. What is known of a set or
of one sample are frozen values, safe to pass between threads.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.content import checked_class_names
from app.core.datasets.registry import DATASETS, DIGIT_CLASSES, canonical, kind_of
from app.core.datasets.storage import restore, soft_delete, staged, storage_errors
from app.core.datasets.types import DataKind
from app.core.errors import InputError, StudioError
from app.core.file_names import folder_name, same_name
from app.core.imaging.preprocess import Preprocessing
from app.core.paths import user_data_dir
from app.core.sqlite import Database, DatabaseKind
from app.core.texts import numbered

SAMPLES_NAME = "samples.sqlite"
SAMPLES_FILE = DatabaseKind(
    "set of samples",
    "restore an older copy of the file, or move its folder away",
    (
        (
            "CREATE TABLE about (title TEXT NOT NULL, looks_like TEXT NOT NULL)",  # digits or clothes
            "CREATE TABLE classes (label INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
            """
            CREATE TABLE samples (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                label INTEGER NOT NULL REFERENCES classes (label),
                held_back INTEGER NOT NULL,            -- decided when it is added; nothing ever changes it
                created TEXT NOT NULL,                 -- ISO 8601, UTC
                kind TEXT NOT NULL,                    -- drawing, picture or pixels
                original BLOB NOT NULL,                -- the text of a drawing file, or a PNG
                invert INTEGER,                        -- the user's word on a picture's polarity
                image BLOB NOT NULL,                   -- 784 bytes: what a network is shown of it ...
                prepared TEXT NOT NULL,                -- ... if its preprocessing is this one
                removed TEXT                           -- when it was taken away; can be restored for a day
            )
            """,
            "CREATE INDEX samples_by_class ON samples (removed, label, held_back)",
        ),
    ),
    damage=InputError,
    largest_value_bytes=2**25,  # drawings have up to 20 MB
)
LONGEST_TITLE = 40
SOUND = (
    "(removed IS NULL AND typeof(image) = 'blob' AND length(image) = 784 AND held_back IN (0, 1)"
    " AND kind IN ('drawing', 'picture', 'pixels'))"
)
"""What must be true of a sample that can be shown and trained with; others are left out, and stay in the file."""

_LONGEST_NAME = 40
_PREPROCESSING = {DataKind.DIGITS: Preprocessing.DIGITS, DataKind.CLOTHES: Preprocessing.CLOTHES}
"""Of now: a set keeps what was drawn, and follows when the program learns to prepare it better."""
DIGIT_KEYS = frozenset("0123456789")
HELD_BACK_OF = 5
"""One sample in so many of each class is held back as the test split."""


@dataclass(frozen=True)
class ClassCount:
    """How many samples one class has: to train with, and held back for the test."""

    name: str
    train: int
    held_back: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.train + self.held_back


@dataclass(frozen=True)
class SampleSet:
    """One set. `name` never changes, because models and runs refer to it; `title` is what people read.

    `changed_at` is when something of it was last written, in seconds since 1970; `damaged` samples are left out.
    """

    name: str
    title: str
    preprocessing: Preprocessing
    counts: tuple[ClassCount, ...]
    changed_at: float = field(default=0.0, compare=False)
    damaged: int = 0

    @property
    def class_names(self) -> tuple[str, ...]:
        """Label i is the class `class_names[i]`."""
        return tuple(count.name for count in self.counts)

    @property
    def train_count(self) -> int:
        """How many samples there are to train with."""
        return sum(count.train for count in self.counts)

    @property
    def held_back_count(self) -> int:
        """How many samples are held back."""
        return sum(count.held_back for count in self.counts)

    @property
    def total(self) -> int:
        """All samples."""
        return self.train_count + self.held_back_count

    @property
    def why_not_usable(self) -> str:
        """Why it cannot be trained with, beside other data or alone; a sentence, or empty."""
        if not self.total:
            return f"{self.title} has no samples yet; draw something and label it."
        if not self.held_back_count:
            return (
                "Every fifth sample of a class is kept for testing. "
                f"Collect at least five of one class in {self.title}."
            )
        if not self.train_count:
            return f"All samples of {self.title} are kept for testing; add some to train with."
        return ""

    @property
    def why_not_alone(self) -> str:
        """Why it cannot be all that a network learns from; a sentence, or empty."""
        missing = [count.name for count in self.counts if not count.train]
        if self.why_not_usable or not missing:
            return self.why_not_usable
        shown = ", ".join(missing[:5]) + (" and more" if len(missing) > 5 else "")
        return (
            f"{self.title} has no training samples of: {shown}. A network would never learn these; add some, "
            "or fine-tune a model that knows them."
        )


@dataclass(frozen=True, eq=False)
class Sample:
    """One sample. `image` is (28, 28) uint8, ink = 255, as a network is shown it; `kind` is that of its original."""

    id: int
    label: int
    is_held_back: bool
    kind: str
    created: datetime
    image: NDArray[np.uint8]


def newest_set(sets: Iterable[SampleSet], class_names: tuple[str, ...]) -> SampleSet | None:
    """Return the set with exactly these classes that was changed last, if there is one."""
    fitting = [each for each in sets if each.class_names == class_names]
    return max(fitting, key=lambda each: each.changed_at, default=None)


def labels_by_key(class_names: tuple[str, ...]) -> dict[str, int]:
    """Which digit key stands for which class: the one called so, or else 1 for the first, and 0 for the tenth."""
    if any(name in DIGIT_KEYS for name in class_names):
        return {name: label for label, name in enumerate(class_names) if name in DIGIT_KEYS}
    return dict(zip("1234567890", range(len(class_names)), strict=False))


def sample_set_names() -> tuple[str, ...]:
    """List the sets by name."""
    try:
        files = sorted(user_data_dir().glob(f"[!.]*/{SAMPLES_NAME}"))
    except OSError:  # not there, or closed to us
        return ()
    return tuple(file.parent.name for file in files)


def sample_sets() -> tuple[SampleSet, ...]:
    """All sets that can be read, in order of title."""
    return find_sample_sets()[0]  # whoever asks for another by name hears why


def find_sample_sets() -> tuple[tuple[SampleSet, ...], tuple[str, ...]]:
    """All sets that can be read, in order of title, and what is wrong with the others, or in them: sentences."""
    found, problems = [], []
    for name in sample_set_names():
        try:
            found.append(known := sample_set(name))
            if known.damaged:
                problems.append(f"Samples of {known.title} are damaged and left out: {known.damaged:,}.")
        except StudioError as error:
            problems.append(str(error))
    return tuple(sorted(found, key=lambda each: each.title.casefold())), tuple(problems)


def is_sample_set(name: str) -> bool:
    """Tell whether there is a set of that name."""
    return os.path.isfile(sample_file(name))  # noqa: PTH113 - Path's own raises for names that no file can have


def sample_file(name: str) -> Path:
    """Return where the set lies, whether or not there is one."""
    return user_data_dir() / canonical(name) / SAMPLES_NAME


def sample_set(name: str) -> SampleSet:
    """Look a set up. Raises InputError for one that is not there or damaged."""
    database = sample_database(name)
    with database.reading() as connection:
        about = connection.execute("SELECT title, looks_like FROM about").fetchone()
        rows = connection.execute(
            "SELECT classes.label, classes.name, COUNT(samples.id), SUM(held_back) FROM classes"
            f" LEFT JOIN samples ON samples.label = classes.label AND {SOUND}"
            " GROUP BY classes.label ORDER BY classes.label"
        ).fetchall()
        (held,) = connection.execute("SELECT COUNT(*) FROM samples WHERE removed IS NULL").fetchone()
        is_sound = about is not None and isinstance(about[0], str) and about[1] in _PREPROCESSING
        if not is_sound or any(not isinstance(row[1], str) or row[0] != place for place, row in enumerate(rows)):
            raise sqlite3.DatabaseError("a set that makes no sense")
        counts = tuple(ClassCount(called, total - (held or 0), held or 0) for _, called, total, held in rows)
        known = SampleSet(canonical(name), about[0], _PREPROCESSING[about[1]], counts, database.path.stat().st_mtime)
        return replace(known, damaged=held - known.total)


def sample_database(name: str) -> Database:
    """Return the file of a set. Raises InputError, listing those that exist, if there is none."""
    if not is_sample_set(name):
        known = ", ".join(sample_set_names()) or "none yet"
        raise InputError(f"There is no set of samples called {name!r}; there are: {known}.")
    return Database(sample_file(name), SAMPLES_FILE)


def create_sample_set(title: str, class_names: Sequence[str] = DIGIT_CLASSES) -> SampleSet:
    """Make an empty set; its name is made from its title.

    Samples of Fashion-MNIST's classes are prepared like clothes, all others like digits.

    Raises InputError (a title that is empty, too long or taken; class names likewise, or fewer than 2 or more than 50)
    and StudioError (the disk is full, or the user's folder may not be written).
    """
    title, names = checked_title(title), checked_class_names(class_names)
    looks_like = DataKind.CLOTHES if kind_of(names) is DataKind.CLOTHES else DataKind.DIGITS
    name = _free_name(title)
    with (
        staged(name, may_replace=False) as folder,  # another window may have made one of this name just now
        Database(folder / SAMPLES_NAME, SAMPLES_FILE).creating() as connection,
    ):
        connection.execute("INSERT INTO about VALUES (?, ?)", (title, looks_like))
        connection.executemany("INSERT INTO classes VALUES (?, ?)", list(enumerate(names)))
    return sample_set(name)


def suggested_title(class_names: Sequence[str] = DIGIT_CLASSES) -> str:
    """Return a title that no set has yet, for one with these classes."""
    words = {DataKind.DIGITS: "My digits", DataKind.CLOTHES: "My clothes", DataKind.OWN: "My samples"}
    return free_title(words[kind_of(class_names)])


def free_title(wanted: str) -> str:
    """Return a title that no set has yet: `wanted`, as far as it can be one, perhaps with a number."""
    taken = {each.title.casefold() for each in sample_sets()}
    printable = "".join(character for character in wanted if character.isprintable())
    titles = numbered(printable[: LONGEST_TITLE - 4].strip() or "My samples")
    return next(title for title in titles if title.casefold() not in taken)


def rename_sample_set(name: str, title: str) -> SampleSet:
    """Give a set another title; its name stays, so that models and runs still find it. Errors as for a new one."""
    title = checked_title(title, but_for=canonical(name))
    if sample_set(name).title != title:
        with sample_database(name).writing() as connection:
            connection.execute("UPDATE about SET title = ?", (title,))
    return sample_set(name)


def delete_sample_set(name: str) -> None:
    """Delete a set. It can be restored until the next one is deleted. Raises StudioError when the disk refuses."""
    soft_delete(sample_database(name).path.parent)


def discard_sample_set(name: str) -> None:
    """Take a set away for good, because making it failed. Raises StudioError when the disk refuses."""
    folder = sample_database(name).path.parent
    with storage_errors(folder):
        shutil.rmtree(folder)


def restore_sample_set(name: str) -> SampleSet:
    """Bring a deleted set back. Raises InputError if it is gone, or its place was taken."""
    if not restore(sample_file(name).parent):
        raise InputError(f"The set {name} cannot be restored; another was deleted or created since.")
    return sample_set(name)


def checked_title(title: str, but_for: str = "") -> str:
    """Return the title, trimmed. Raises InputError if it cannot be that of a set, or another set has it."""
    title = same_name(title)
    if not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
        raise InputError(f"A set of samples needs a name of 1 to {LONGEST_TITLE} characters.")
    if any(other.title.casefold() == title.casefold() for other in sample_sets() if other.name != but_for):
        raise InputError(f"There is already a set of samples called {title}; give another name.")
    return title


def _free_name(title: str) -> str:
    stem = folder_name(title, _LONGEST_NAME - 4, "samples")
    names = numbered(stem, "-")
    return next(name for name in names if name not in DATASETS and not os.path.lexists(user_data_dir() / name))


# The classes of a set of samples that is there already: other names, more of them, or fewer.

ClassChange = tuple[int | None, str]
"""The number that a class has had, None for a new one, and what it is called from now on."""


def change_classes(name: str, classes: Sequence[ClassChange]) -> SampleSet:
    """Give the set `name` these classes, in this order; the samples of a class stay its samples.

    Models are known by the names of their classes: one that knows the old ones does not fit the set any more.

    Raises InputError (names that cannot be (see `checked_class_names`), or a class that has samples is missing) and
    StudioError (it could not be stored; nothing was changed).
    """
    names = checked_class_names([called for _, called in classes])
    moves = [(old, new) for new, (old, _) in enumerate(classes) if old is not None]
    with sample_database(name).writing() as connection:
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
