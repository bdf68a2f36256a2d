"""The values that describe data: what a set is, and its pictures once loaded."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

IMAGE_SIZE = 28


class Variant(StrEnum):
    """Which edition of a set: the one inside the program, the whole one, what the user imported or labelled."""

    STARTER = "starter"
    FULL = "full"
    IMPORTED = "imported"
    SAMPLES = "samples"


class DataKind(StrEnum):
    """What images show. Much is known of digits and of clothes, and nothing of what users have of their own."""

    DIGITS = "digits"
    CLOTHES = "clothes"
    OWN = "own"


@dataclass(frozen=True)
class LabelledImages:
    """Pictures with their classes: `images` (n, 28, 28) uint8, ink = 255; `labels` (n,) uint8."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)


NO_IMAGES = LabelledImages(np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.uint8), np.zeros(0, np.uint8))


@dataclass(frozen=True)
class DatasetFile:
    """One file of a full set. `sha256` is that of the uncompressed IDX content, whatever file carries it."""

    name: str
    sha256: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class DatasetSpec:
    """A set the program knows. `files` are in the order train images, train labels, test images, test labels.

    `preprocessing` names how drawings and pictures are made to look like this set (see `app.core.imaging.preprocess`).
    """

    name: str
    title: str
    kind: DataKind
    class_names: tuple[str, ...]
    files: tuple[DatasetFile, DatasetFile, DatasetFile, DatasetFile]
    mirrors: tuple[str, ...]
    preprocessing: str
    licence: str
    citation: str
    homepage: str
    download_mb: int


@dataclass(frozen=True)
class Dataset:
    """A set ready for training. `sha256` covers images and labels of both splits, `origin` says where it was found.

    The last `validation_count` pictures of `train` are a validation part that the data came with.
    """

    name: str
    title: str
    variant: Variant
    class_names: tuple[str, ...]
    preprocessing: str
    train: LabelledImages
    test: LabelledImages
    sha256: str
    origin: str
    validation_count: int = 0

    @property
    def description(self) -> str:
        """How the data of a run is named: "MNIST, starter: 4,000 training, 1,000 test"."""
        held = self.validation_count
        return data_text(self.title, self.variant, len(self.train) - held, len(self.test), held)

    @property
    def test_description(self) -> str:
        """How what a model was measured on is named: "MNIST, full: 10,000 test pictures"."""
        return f"{self.title}, {self.variant.value}: {len(self.test):,} test pictures"


def data_text(title: str, variant: Variant, train: int, test: int, validation: int = 0) -> str:
    """The one way to describe an edition of a set: "MNIST, starter: 4,000 training, 1,000 test"."""
    return f"{title}, {variant.value}: {counts_text(train, test, validation)}"


def counts_text(train: int, test: int | None = None, validation: int = 0) -> str:
    """How many pictures there are of each split: "4,000 training, 1,000 test".

    "validation" is named where the data has a validation part of its own, of so many pictures beside `train`.
    """
    parts = [
        f"{train:,} training",
        f"{validation:,} validation" if validation else "",
        f"{test:,} test" if test is not None else "",
    ]
    return ", ".join(filter(None, parts))
