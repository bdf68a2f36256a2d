"""What is known of a set of samples, and of one sample. Frozen values, safe to pass between threads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.preprocess import Preprocessing

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

    `changed_at` is when something of it was last written, in seconds since 1970.
    """

    name: str
    title: str
    preprocessing: Preprocessing
    counts: tuple[ClassCount, ...]
    changed_at: float = field(default=0.0, compare=False)

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
