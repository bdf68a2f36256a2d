"""Which known set some data looks like, by its content first, then by its names; and how it is to be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.core.datasets.choices import NO_CHOICES, ImportChoices, Orientation, Polarity
from app.core.datasets.content import RawData
from app.core.datasets.known import evidence
from app.core.datasets.known.looking import DARK, Seen, look
from app.core.datasets.known.table import (
    CLOTHES_NAMES,
    DIGIT_NAMES,
    KNOWN_SETS,
    UPPER,
    KnownSet,
    Shows,
    by_names,
    by_title,
)
from app.core.datasets.registry import kind_of
from app.core.datasets.types import IMAGE_SIZE, DataKind, LabelledImages
from app.core.imaging.preprocess import Preprocessing

_SAMPLE, _FEWEST_EACH, _MOST_EACH = 400, 12, 40
"""Pictures that are looked at: so many in all, and of each class."""
_CENTRED = 0.9
_MNIST_COUNTS = {60_000, 10_000, 70_000}
"""Many sets have these."""
_MOST_CLASSES_SEEN = 0.75
"""Where more of a set's classes occur, the others are classes as well: a small part just has no picture of them."""
_GENERAL = {
    Shows.DIGITS: KnownSet("digits", "", dict(enumerate(DIGIT_NAMES)), Shows.DIGITS),
    Shows.LETTERS: KnownSet("letters", "", dict(enumerate(UPPER)), Shows.LETTERS),
}
"""What is said of pictures that show what they are, but come from no set that is known."""


@dataclass(frozen=True)
class Reading:
    """How data is read: the pictures with label `labels[i]` become class i, called `class_names[i]`.

    `known` is the set that it looks like, `why` says what was found and what is done; empty if nothing is. `is_sure` is
    False if only its names say so. `centres_ink`: each picture's ink is put where MNIST has it. `found_names` are what
    the classes were called, the keys of a person's own names. `unclear` names what was guessed: fields of
    `ImportChoices`.
    """

    known: KnownSet | None
    is_sure: bool
    why: str
    kind: DataKind
    preprocessing: Preprocessing
    polarity: Polarity
    orientation: Orientation
    labels: tuple[int, ...]
    class_names: tuple[str, ...]
    found_names: tuple[str, ...]
    centres_ink: bool = False
    unclear: frozenset[str] = frozenset()


def recognize(raw: RawData, choices: ImportChoices = NO_CHOICES, path: Path | None = None) -> Reading:
    """Find out how `raw` is to be read; a person's choices are followed.

    Pictures are looked at, 400 to 2,500 of them, for a second at most. `path` is where they come from: its name may
    tell.
    """
    names = _found_names(raw)
    if raw.is_prepared or raw.preprocessing is not None:
        return _chosen(raw, _as_found(raw, names), choices, names)
    sample = _sample(raw)
    seen = look(sample, names)
    called = by_names((*raw.found_names, *_names_of(path)))
    known, is_sure = _which(raw, sample, names, seen, called)
    reading = _as_found(raw, names)
    level = evidence.background(sample.images)
    if known is not None:
        polarity = seen.polarity if seen is not None else _polarity(level, known.polarity)
        if polarity is Polarity.LIGHT_INK:
            polarity = known.polarity
        orientation = seen.orientation if seen is not None else known.orientation
        reading = replace(
            reading,
            known=known,
            is_sure=is_sure,
            kind=known.kind,
            preprocessing=known.preprocessing,
            polarity=polarity,
            orientation=orientation,
        )
        reading = _named(reading, _class_names(raw, names, known, seen))
    else:
        polarity = _polarity(level, Polarity.LIGHT_INK if level is not None else Polarity.AS_IS)
        reading = replace(reading, polarity=polarity)
    if known is None or not is_sure:
        guessed = {"polarity": level is None, "orientation": not raw.are_files}
        reading = replace(reading, unclear=frozenset(field for field, is_guessed in guessed.items() if is_guessed))
    return _chosen(raw, reading, choices, names)


# What the data itself says.


def _found_names(raw: RawData) -> dict[int, str]:
    """What each label is called: by the source, or by its number."""
    if raw.class_names is not None:
        return dict(enumerate(raw.class_names))
    parts = (part for part in (raw.train, raw.validation, raw.test) if part is not None)
    there = np.zeros(256, np.bool_)
    for part in parts:
        there[np.unique(part.labels)] = True
    return {int(label): str(label) for label in np.flatnonzero(there)}


def _names_of(path: Path | None) -> tuple[str, ...]:
    return () if path is None else (path.name, path.resolve().parent.name)


def _as_found(raw: RawData, names: Mapping[int, str]) -> Reading:
    return Reading(
        known=None,
        is_sure=True,
        why="",
        kind=DataKind.OWN,
        preprocessing=raw.preprocessing or Preprocessing.DIGITS,
        polarity=Polarity.LIGHT_INK,
        orientation=Orientation.UPRIGHT,
        labels=tuple(names),
        class_names=tuple(names.values()),
        found_names=tuple(names.values()),
    )


def _sample(raw: RawData) -> LabelledImages:
    """A few pictures of each class, always the same ones."""
    labels = raw.train.labels
    there = np.unique(labels)
    each = int(np.clip(_SAMPLE // max(1, len(there)), _FEWEST_EACH, _MOST_EACH))
    rng = np.random.default_rng(0)
    picked = [rng.permutation(np.flatnonzero(labels == label))[:each] for label in there]
    order = np.sort(np.concatenate(picked))
    return LabelledImages(raw.train.images[order], labels[order])


# Which set that is.


def _which(
    raw: RawData, sample: LabelledImages, names: Mapping[int, str], seen: Seen | None, called: KnownSet | None
) -> tuple[KnownSet | None, bool]:
    """The set that the data looks like, and whether the pictures say so themselves."""
    counts = {len(part) for part in (raw.train, raw.test, raw.validation) if part is not None}
    counts |= {sum(counts)}
    side = max(raw.train.images.shape[1:])
    if seen is None:
        if called is not None and _fits(called, names) and (called.shows is Shows.OTHER or "EMNIST" in called.title):
            return called, _is_counted(called, counts)
        return next((known for known in KNOWN_SETS if _is_other(known, raw, sample, names, counts)), None), True
    is_turned = seen.orientation is Orientation.TURNED
    if called is not None and _fits(called, names):
        is_emnist = called.orientation is Orientation.TURNED
        if called.shows is seen.shows or (is_emnist and is_turned):  # a small part of letters may be digits alone
            return called, True
    alike = [known for known in KNOWN_SETS if known.shows is seen.shows and known.side == side]
    for known in alike:
        is_emnist = known.orientation is Orientation.TURNED
        if counts & (set(known.counts) - _MNIST_COUNTS) and _fits(known, names) and is_emnist == is_turned:
            return known, True
    match seen.shows:
        case Shows.CLOTHES:
            return by_title("Fashion-MNIST"), True
        case Shows.LETTERS if is_turned:
            parts = {62: "EMNIST ByClass", 47: "EMNIST Balanced", 26: "EMNIST Letters"}
            return by_title(parts[min((part for part in parts if part >= len(names)), default=62)]), True
        case Shows.DIGITS if is_turned:
            return by_title("EMNIST Digits"), True
        case Shows.DIGITS if side == IMAGE_SIZE and _is_centred(sample, seen):
            return by_title("MNIST"), True
        case Shows.DIGITS if side == 8 and len(np.unique(sample.images)) <= 17:
            return by_title("scikit-learn's digits"), True
    return _GENERAL[seen.shows], True


def _fits(known: KnownSet, names: Mapping[int, str]) -> bool:
    """The labels may be those of the set: numbers that it has, or names."""
    if not known.classes or any(name != str(label) for label, name in names.items()):
        return True
    return set(names) <= set(known.classes) or (known.shows is Shows.DIGITS and set(names) == set(range(1, 11)))


def _is_counted(known: KnownSet, counts: set[int]) -> bool:
    return bool(counts & set(known.counts))


def _is_other(
    known: KnownSet, raw: RawData, sample: LabelledImages, names: Mapping[int, str], counts: set[int]
) -> bool:
    """A set of which nothing can be read is known by its labels, the numbers of its pictures, and their pixels."""
    if known.shows is not Shows.OTHER or set(names) != set(known.classes) or raw.class_names is not None:
        return False
    if raw.train.images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
        return False
    level = evidence.background(sample.images)
    if known.title == "Sign Language MNIST":  # no other set has these labels
        return level is None
    if len(counts & set(known.counts)) < min(2, len(counts)) or (level is None) != (known.polarity is Polarity.AS_IS):
        return False
    if known.title == "KMNIST":  # others have its numbers; the mean and the deviation of its pixels are its own
        return bool(abs(sample.images.mean() / 255 - 0.192) < 0.015 and abs(sample.images.std() / 255 - 0.348) < 0.015)
    return True


def _is_centred(sample: LabelledImages, seen: Seen) -> bool:
    """Tell whether the centre of mass lies in pixel 14 of each picture, and the ink in 20 x 20: only MNIST is so."""
    images = sample.images if seen.polarity is not Polarity.DARK_INK else 255 - sample.images
    mass = images.sum(axis=(1, 2), dtype=np.float64)
    places = np.arange(IMAGE_SIZE)
    rows = (images.sum(axis=2, dtype=np.float64) @ places) / np.maximum(mass, 1)
    columns = (images.sum(axis=1, dtype=np.float64) @ places) / np.maximum(mass, 1)
    is_central = (np.abs(rows - 14) < 0.7) & (np.abs(columns - 14) < 0.7)
    return float(np.mean(is_central)) >= _CENTRED


def _polarity(level: float | None, otherwise: Polarity) -> Polarity:
    """Pictures whose background is light have dark ink."""
    return Polarity.DARK_INK if level is not None and level >= DARK else otherwise


# What the classes are called.


def _class_names(raw: RawData, names: Mapping[int, str], known: KnownSet, seen: Seen | None) -> dict[int, str]:
    """The name of each label, in the order of the classes. Names that the source gives stay, unless others fit."""
    are_numbers = all(name == str(label) for label, name in names.items())
    if seen is not None and seen.shows in {Shows.DIGITS, Shows.CLOTHES}:
        order = DIGIT_NAMES if seen.shows is Shows.DIGITS else CLOTHES_NAMES
        by_name = {name: label for label, name in seen.classes.items()}
        if len(by_name) < len(seen.classes):
            return dict(names)
        free = iter(sorted(set(range(256)) - set(names)))
        is_whole = len(by_name) > _MOST_CLASSES_SEEN * len(order)
        return {by_name[name] if name in by_name else next(free): name for name in order if name in by_name or is_whole}
    if not are_numbers or not known.classes:
        return dict(names)
    said: Mapping[int, str] = known.classes
    if seen is not None and any(said.get(label, "?")[0] != name[0] for label, name in seen.classes.items()):
        said = seen.classes  # the same letters, counted from another number
    there = set(names) & set(said)
    is_whole = len(there) > _MOST_CLASSES_SEEN * len(said)
    return {label: name for label, name in said.items() if is_whole or label in there}


def _named(reading: Reading, names: Mapping[int, str]) -> Reading:
    found = dict(zip(reading.labels, reading.found_names, strict=True))
    return replace(
        reading,
        labels=tuple(names),
        class_names=tuple(names.values()),
        found_names=tuple(found.get(label, name) for label, name in names.items()),
    )


# What a person decides, and what is said.


def _chosen(raw: RawData, reading: Reading, choices: ImportChoices, names: Mapping[int, str]) -> Reading:
    if choices.kind is not None and choices.kind is not reading.kind:
        reading = _as_kind(raw, reading, choices.kind, names)
    reading = replace(
        reading,
        polarity=choices.polarity or reading.polarity,
        orientation=choices.orientation or reading.orientation,
        unclear=frozenset(field for field in reading.unclear if getattr(choices, field) is None),
    )
    named = {
        label: choices.class_names.get(found, choices.class_names.get(name, name))
        for label, name, found in zip(reading.labels, reading.class_names, reading.found_names, strict=True)
    }
    if reading.polarity is Polarity.AS_IS and reading.kind is not DataKind.CLOTHES and raw.preprocessing is None:
        reading = replace(reading, preprocessing=Preprocessing.WHOLE)
    was_named_by_us = reading.class_names != reading.found_names
    if choices.kind is None and kind_of(reading.class_names) is not DataKind.OWN:
        reading = replace(reading, kind=kind_of(reading.class_names))
    return replace(
        reading,
        class_names=tuple(named.values()),
        why=_why(reading, was_named_by_us),
        centres_ink=_centres_ink(raw, reading),
    )


def _centres_ink(raw: RawData, reading: Reading) -> bool:
    """Whether the ink of each picture is put where MNIST has it.

    Pictures that data sets are made of stay as they are, if their size allows. Files are made ready like any picture
    that is to be read, or a network would learn something else than it sees later.
    """
    is_ink = reading.preprocessing is Preprocessing.DIGITS and reading.polarity is not Polarity.AS_IS
    is_published = reading.known is not None and reading.known not in _GENERAL.values()
    as_it_is = raw.train.images.shape[1:] == (IMAGE_SIZE, IMAGE_SIZE) and (is_published or not raw.are_files)
    return is_ink and not raw.is_prepared and raw.preprocessing is None and not as_it_is


def _as_kind(raw: RawData, reading: Reading, kind: DataKind, names: Mapping[int, str]) -> Reading:
    """Read it as a kind that it was not taken for."""
    preprocessing = Preprocessing.CLOTHES if kind is DataKind.CLOTHES else Preprocessing.DIGITS
    as_found = _as_found(raw, names)
    plain = replace(
        as_found,
        kind=kind,
        preprocessing=preprocessing,
        polarity=reading.polarity,
        orientation=reading.orientation,
        unclear=reading.unclear,
    )
    published = {DataKind.DIGITS: DIGIT_NAMES, DataKind.CLOTHES: CLOTHES_NAMES}.get(kind, ())
    if raw.class_names is None and set(names) <= set(range(len(published))):
        return _named(plain, {label: published[label] for label in names})
    return plain


def _why(reading: Reading, was_named: bool) -> str:
    done = []
    if reading.orientation is Orientation.TURNED:
        done.append("turned upright")
    if reading.polarity is Polarity.DARK_INK:
        done.append("made light on dark")
    if was_named:
        is_emnist = reading.known is not None and reading.known.title.startswith("EMNIST")
        done.append("classes named by its mapping" if is_emnist else "classes named")
    if reading.kind is DataKind.CLOTHES:
        done.append("prepared as clothes")
    elif reading.polarity is Polarity.AS_IS and reading.known is not None:
        done.append("pixels used as they are")
    if reading.known is not None:
        looks = "Looks like" if reading.is_sure else "Called like"
        return f"{looks} {reading.known.title}{': ' if done else ''}{', '.join(done)}."
    said = ", ".join(done)
    return re.sub(r"^[a-z]", lambda first: first[0].upper(), f"{said}.") if said else ""
