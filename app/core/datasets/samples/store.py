"""The samples of one set: adding, correcting, taking away and reading them; and the set as data to train with."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.content import Content, RawData, complete
from app.core.datasets.originals import (
    LoadedPicture,
    Original,
    kind_of,
    network_image,
    original_bytes,
    parse_original,
)
from app.core.datasets.samples.sets import (
    HELD_BACK_OF,
    SOUND,
    Sample,
    SampleSet,
    create_sample_set,
    discard_sample_set,
    newest_set,
    sample_database,
    sample_set,
    sample_sets,
    suggested_title,
)
from app.core.datasets.types import IMAGE_SIZE, NO_IMAGES, Dataset, LabelledImages, Variant
from app.core.errors import InputError

MAX_BYTES = 1024 * 1024 * 1024
"""Of pictures and drawings that are added at once: all of them are in memory before the first is stored."""

OnEmpty = Callable[[str], object]
"""Is told the source of a picture on which there is nothing to see, which is left out."""

_KEPT_FOR = timedelta(days=1)
_YEARS = range(1980, 9000)
"""Beyond them a day cannot be told in each time zone."""
_LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class NewSample:
    """What is to be added; `is_held_back` None leaves the decision to the rule. Messages call it `source`."""

    original: Original
    label: int
    is_held_back: bool | None = None
    source: str = "it"


class SampleStore:
    """The set called `name`. Holds nothing but names, so any thread may use it, and any number of them."""

    def __init__(self, name: str) -> None:
        """Raises InputError if there is no such set."""
        self._database = sample_database(name)
        self.path = self._database.path
        self.name = self.path.parent.name

    @property
    def set(self) -> SampleSet:
        """The set as it is now."""
        return sample_set(self.name)

    def add(self, original: Original, label: int) -> int:
        """Add one sample and return its number.

        Whether it is held back as a test is decided here and never changes, so that a comparison before and after
        training is an honest one: it is, if fewer than a fifth of its class are. That is every fifth.

        Raises InputError (there is nothing to see on it, or no such class) and StudioError (it could not be stored;
        nothing of it was).
        """
        return self.add_all([NewSample(original, label)])[0]

    def add_all(self, samples: Iterable[NewSample], on_empty: OnEmpty | None = None) -> list[int]:
        """Add all of these or, if one raises an error (see `add`), or they are above `MAX_BYTES`, none.

        With `on_empty`, what is empty is left out, and is an error only if nothing else is there.

        What looks the same to a network as a sample of the set is held back if that is: no test is learned by heart.
        """
        return self._add(samples, on_empty, has_twins=True)

    def add_new(self, samples: Iterable[NewSample], on_empty: OnEmpty | None = None) -> list[int]:
        """Add those that the set does not have yet, as `add_all` does; the same picture of the same class is one."""
        return self._add(samples, on_empty, has_twins=False)

    def _add(self, samples: Iterable[NewSample], on_empty: OnEmpty | None, has_twins: bool) -> list[int]:
        known, now, size = self.set, _now(), 0
        rows: list[_Row] = []
        empty: list[str] = []
        for sample in samples:
            row = _row(sample, known, now)
            if row is None:
                empty.append(sample.source)
                if on_empty is None:
                    break
                on_empty(sample.source)
                continue
            rows.append(row)
            size += len(row.original)
            if size > MAX_BYTES:
                raise InputError(f"These pictures are more than {MAX_BYTES >> 30} GB; add fewer of them at once.")
        if empty and (on_empty is None or not rows):
            raise InputError(f"There is nothing to see on {empty[-1]}; draw something, or choose another picture.")
        with self._database.writing() as connection:
            connection.execute("DELETE FROM samples WHERE removed < ?", (_now(-_KEPT_FOR),))
            twins = _Twins(connection)
            fresh = (row for row in rows if has_twins or not twins.has(row))
            return [twins.insert(row) for row in fresh]

    def relabel(self, labels: Mapping[int, int]) -> SampleSet:
        """Say of which class samples are, by their numbers: of all of them or, if one cannot be, of none.

        What is held back stays held back. Returns the set as it is now. Raises InputError for what is no class, or no
        sample any more.
        """
        known = self.set
        for label in labels.values():
            _check_label(label, known)
        return self._update("label", labels, "removed IS NULL")

    def remove(self, ids: Sequence[int]) -> SampleSet:
        """Take samples away; for a day, `restore` brings them back. Returns the set as it is now."""
        return self._update("removed", dict.fromkeys(ids, _now()), "removed IS NULL")

    def restore(self, ids: Sequence[int]) -> SampleSet:
        """Bring removed samples back as they were. Returns the set as it is now."""
        return self._update("removed", dict.fromkeys(ids), "removed IS NOT NULL")

    def samples(self, label: int | None = None, most: int | None = None) -> tuple[Sample, ...]:
        """List the samples, of one class or all, the newest first; the first `most` of them, or all."""
        self._prepare_anew()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, label, held_back, kind, created, image FROM samples"
                f" WHERE {SOUND} AND label IN (SELECT label FROM classes) AND label = COALESCE(?, label)"
                " ORDER BY id DESC LIMIT ?",
                (label, -1 if most is None else most),
            ).fetchall()
        return tuple(
            Sample(
                number,
                of,
                bool(held),
                kind,
                _moment(created),
                np.frombuffer(image, np.uint8).reshape(IMAGE_SIZE, -1),
            )
            for number, of, held, kind, created, image in rows
        )

    def splits(self) -> tuple[LabelledImages, LabelledImages]:
        """All samples in the order in which they came: those to train with, and those held back."""
        found = self.samples()[::-1]
        train, test = (
            [sample for sample in found if sample.is_held_back is is_held_back] for is_held_back in (False, True)
        )
        return _labelled(train), _labelled(test)

    def original(self, sample: int) -> Original:
        """Return what was drawn or loaded. Raises InputError if there is no such sample."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT kind, original, invert FROM samples WHERE id = ?", (sample,)).fetchone()
        if row is None:
            raise InputError(f"There is no sample {sample} in this set.")
        return parse_original(*row)

    def _update(self, column: str, values: Mapping[int, object], which: str) -> SampleSet:
        change = f"UPDATE samples SET {column} = ? WHERE id = ? AND {which}"
        with self._database.writing() as connection:
            changed = sum(connection.execute(change, (value, number)).rowcount for number, value in values.items())
            if changed < len(values):
                what = "cannot be restored" if which == "removed IS NOT NULL" else "is no longer in the set"
                raise InputError(f"One of these samples {what}; nothing was changed.")
        return self.set

    def _prepare_anew(self) -> None:
        """Bring pictures up to date that another version of the program prepared."""
        preprocessing = self.set.preprocessing
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, kind, original, invert FROM samples WHERE prepared <> ?", (preprocessing,)
            ).fetchall()
        if not rows:
            return
        images = []
        for number, *rest in rows:
            with contextlib.suppress(InputError):  # one that is damaged stays as it was prepared
                images.append((network_image(parse_original(*rest), preprocessing).tobytes(), number))
        with self._database.writing() as connection:
            connection.executemany(
                f"UPDATE samples SET image = ?, prepared = '{preprocessing}' WHERE id = ?",
                images,
            )


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


def keep_sample(name: str, class_names: tuple[str, ...], original: Original, label: int) -> tuple[SampleSet, int]:
    """Keep `original` as a sample of class `label` in the set `name`, whose classes are still `class_names`.

    An empty name means the set with these classes that was changed last; one is made if there is none.

    Returns the set as it is now, and the number of the sample. Raises InputError (there is nothing to see on it, no
    such set or class, or the set has other classes by now) and StudioError (it could not be stored; nothing of it was).
    """
    newest = None if name else newest_set(sample_sets(), class_names)
    if not name and newest is None:
        made = make_filled_set(suggested_title(class_names), class_names, [NewSample(original, label)])
        return made, SampleStore(made.name).samples()[0].id
    store = SampleStore(newest.name if newest else name)
    if store.set.class_names != class_names:
        raise InputError(f"The classes of {store.set.title} were changed elsewhere; label it again.")
    number = store.add(original, label)
    return store.set, number


def load_samples(name: str) -> Dataset:
    """Load the set `name`, ready for training.

    Raises InputError (no such set, it is damaged, or too small for a training and a test split).
    """
    store = SampleStore(name)
    known = store.set
    return sample_content(store, known).dataset(known.name, known.title, Variant.SAMPLES, str(store.path))


def sample_content(store: SampleStore, known: SampleSet) -> Content:
    """Both parts of a set. Raises InputError if one of them is empty."""
    if known.why_not_usable:
        raise InputError(known.why_not_usable)
    train, test = store.splits()
    return complete(RawData(train, test, known.class_names, known.preprocessing))


class _Row(NamedTuple):
    """What is stored of a sample: a value for each column."""

    label: int
    held_back: bool | None
    created: str
    kind: str
    original: bytes
    invert: bool | None
    image: bytes
    prepared: str


def _row(sample: NewSample, known: SampleSet, now: str) -> _Row | None:
    """What is stored of a sample; None if there is nothing to see on it."""
    _check_label(sample.label, known)
    image = network_image(sample.original, known.preprocessing)
    if not image.any():
        return None
    invert = sample.original.invert if isinstance(sample.original, LoadedPicture) else None
    content = original_bytes(sample.original)
    kind = kind_of(sample.original)
    return _Row(sample.label, sample.is_held_back, now, kind, content, invert, image.tobytes(), known.preprocessing)


class _Twins:
    """Puts samples in, those that look the same in the same split."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        rows = connection.execute("SELECT image, label, held_back FROM samples WHERE removed IS NULL").fetchall()
        self._splits = {image: bool(held_back) for image, _, held_back in rows}
        self._labelled = {(image, label) for image, label, _ in rows}

    def has(self, row: _Row) -> bool:
        """Tell whether it is in the set already, of the same class."""
        return (row.image, row.label) in self._labelled

    def insert(self, row: _Row) -> int:
        """Store it, and return its number."""
        if row.image in self._splits:
            row = row._replace(held_back=self._splits[row.image])
        elif row.held_back is None:
            row = row._replace(held_back=self._is_due(row.label))
        self._splits[row.image] = bool(row.held_back)
        self._labelled.add((row.image, row.label))
        columns, marks = ", ".join(_Row._fields), ", ".join("?" * len(row))
        added = self._connection.execute(f"INSERT INTO samples ({columns}) VALUES ({marks})", row)
        assert added.lastrowid is not None
        return added.lastrowid

    def _is_due(self, label: int) -> bool:
        """Tell whether the next of a class is held back: every fifth is."""
        total, held = self._connection.execute(
            "SELECT COUNT(*), SUM(held_back) FROM samples WHERE removed IS NULL AND label = ?", (label,)
        ).fetchone()
        return bool((total + 1) // HELD_BACK_OF > (held or 0))


def _moment(text: Any) -> datetime:
    """When a sample was added; long ago where that makes no sense."""
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return _LONG_AGO
    return moment if moment.tzinfo is not None and moment.year in _YEARS else _LONG_AGO


def _check_label(label: int, known: SampleSet) -> None:
    if not 0 <= label < len(known.counts):
        raise InputError(f"{known.title} has no class number {label}; its classes are 0 to {len(known.counts) - 1}.")


def _image(content: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(content, np.uint8).reshape(IMAGE_SIZE, IMAGE_SIZE)


def _labelled(samples: Sequence[Sample]) -> LabelledImages:
    if not samples:
        return NO_IMAGES
    return LabelledImages(
        np.stack([sample.image for sample in samples]), np.array([sample.label for sample in samples], np.uint8)
    )


def _now(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).isoformat(timespec="seconds")
