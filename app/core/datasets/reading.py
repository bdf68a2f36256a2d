"""What lies in a file or folder as a complete set: read, recognized, made upright and light on dark, hashed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.core.datasets.choices import NO_CHOICES, ImportChoices
from app.core.datasets.content import Content, Progress, RawData, complete, no_progress, published_sha256
from app.core.datasets.formats import read_data
from app.core.datasets.known.applying import applied
from app.core.datasets.known.recognizing import Reading, recognize
from app.core.datasets.types import DatasetSpec, LabelledImages
from app.core.imaging.preprocess import Preprocessing

SHOWN = 25
"""Pictures that are kept as they were found, to be shown under other readings."""


@dataclass(frozen=True, eq=False)
class FoundData:
    """What was read: `raw` without its pictures, how it is read, and what that gives.

    `published` is the set that this is to the last bit; `samples` are a few training pictures as they were found, with
    labels that count as `content`'s.
    """

    raw: RawData
    reading: Reading
    content: Content
    published: DatasetSpec | None
    samples: LabelledImages
    has_test_part: bool


def read_known(
    path: Path, choices: ImportChoices = NO_CHOICES, progress: Progress = no_progress
) -> tuple[RawData, Reading]:
    """Read `path`, and make it what it is recognized as. Errors as those of `read_data`."""
    raw = read_data(path, choices, progress)
    reading = recognize(raw, choices, path)
    return applied(raw, reading, progress), reading


def find_data(
    path: Path,
    choices: ImportChoices = NO_CHOICES,
    specs: Mapping[str, DatasetSpec] | None = None,
    spec: DatasetSpec | None = None,
    progress: Progress = no_progress,
) -> FoundData:
    """Read `path` as a complete set.

    Args:
        path: what `read_data` can read.
        choices: what a person decided.
        specs: published sets. One that is found to the last bit stays as it is.
        spec: the set whose class names fit data that says and shows nothing about its own.
        progress: is told of single pictures.

    Raises:
        InputError: nothing usable in `path`, or too few or too many classes or pictures.
        ChoiceNeededError: only a person can tell what is meant.

    """
    raw = read_data(path, choices, progress)
    exact = None if _decides(choices) else _published(raw, specs or {})
    if exact is not None:
        raw = replace(raw, class_names=exact.class_names, preprocessing=raw.preprocessing or _how(exact))
    reading = recognize(raw, choices, path)
    says_nothing = reading.known is None and raw.class_names is None
    if spec is not None and says_nothing and max(reading.labels) < len(spec.class_names):
        raw = replace(raw, class_names=spec.class_names)
        reading = recognize(raw, choices, path)
    samples = _samples(raw, reading)
    made = applied(raw, reading, progress)
    nothing = LabelledImages(raw.train.images[:0], raw.train.labels[:0])
    has_test_part = raw.test is not None
    kept = replace(made, train=nothing, test=None, validation=None)
    del raw
    return FoundData(kept, reading, complete(made, test_share=choices.test_share), exact, samples, has_test_part)


def _decides(choices: ImportChoices) -> bool:
    """Whether a person wants something else than what was published."""
    return bool(choices.kind or choices.polarity or choices.orientation or choices.class_names)


def _how(spec: DatasetSpec) -> Preprocessing:
    return Preprocessing(spec.preprocessing)


def _published(raw: RawData, specs: Mapping[str, DatasetSpec]) -> DatasetSpec | None:
    """The published set that this is. Only data with its numbers of pictures is hashed."""
    if raw.test is None or raw.validation is not None:
        return None
    shapes = (raw.train.images.shape, raw.test.images.shape)
    for spec in (spec for spec in specs.values() if shapes == (spec.files[0].shape, spec.files[2].shape)):
        if complete(replace(raw, class_names=spec.class_names)).sha256 == published_sha256(spec):
            return spec
    return None


def _samples(raw: RawData, reading: Reading) -> LabelledImages:
    """Up to 25 training pictures, of as many classes as there is room for, in their order."""
    rng = np.random.default_rng(0)
    order = {label: place for place, label in enumerate(reading.labels)}
    there = [int(label) for label in np.unique(raw.train.labels)]
    there = sorted((label for label in there if label in order), key=order.__getitem__)
    if len(there) > SHOWN:
        there = [there[place] for place in np.linspace(0, len(there) - 1, SHOWN).astype(int)]
    each = -(-SHOWN // max(1, len(there)))
    members = {label: rng.permutation(np.flatnonzero(raw.train.labels == label))[:each] for label in there}
    picked = [int(members[label][turn]) for turn in range(each) for label in there if turn < len(members[label])][
        :SHOWN
    ]
    picked.sort(key=lambda place: order[int(raw.train.labels[place])])
    labels = np.array([order[int(raw.train.labels[place])] for place in picked], np.uint8)
    return LabelledImages(raw.train.images[picked].copy(), labels)
