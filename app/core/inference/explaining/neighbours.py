"""The training pictures that are most like a picture, as the network sees it: by what goes into its last layer."""

import contextlib
import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages, Variant
from app.core.errors import InputError
from app.core.file_writing import write_whole
from app.core.inference.embedding import Embed
from app.core.inference.explaining.features import FeatureStats, measure_features
from app.core.models.card import ModelCard
from app.core.paths import user_dir

NEAREST = 5
MOST_COMPARED = 12_000
"""More training pictures than these are not compared with: they would cost minutes, and bring no nearer faces."""
FIRST_LOOK, ENOUGH = 1_000, 4_000
"""With so many there is a first answer, and with so many a second; the rest are taken in when there is time."""
_CHUNK = 64  # a fifteenth of a second for the largest network that ships
_SAMPLE = 200
_FAR = 0.01  # of the training pictures have no nearer neighbour
_STORED = np.dtype("<f2")  # as many digits as similarities are told with, in half the room
_PROBED, _TOLERANCE = 4, 2e-3


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest of `among` training pictures, nearest first: `images` (n, 28, 28) uint8, ink = 255.

    `similarities` are cosines, -1..1. `is_far`: hardly any training picture is so far from all others.
    """

    images: NDArray[np.uint8]
    labels: tuple[int, ...]
    similarities: tuple[float, ...]
    among: int
    is_far: bool

    def commonest(self, preferred: int) -> tuple[int, int]:
        """The class that most of them are of, the preferred one where it has as many, and how many these are."""
        counts = Counter(self.labels)
        label = max(counts, key=lambda label: (counts[label], label == preferred))
        return label, counts[label]


class NeighbourIndex:
    """Training pictures by their embeddings. Grows piece by piece, so that it can be made beside other work."""

    def __init__(self, data: LabelledImages, embed: Embed) -> None:
        self._data = LabelledImages(data.images[:MOST_COMPARED], data.labels[:MOST_COMPARED])
        self._embed = embed
        self._directions = np.empty((0, 0), np.float32)
        self._count = 0
        self._far_below, self._far_among = 0.0, 0

    def __len__(self) -> int:
        """How many pictures are in by now."""
        return self._count

    @property
    def is_complete(self) -> bool:
        """True once every picture is in."""
        return self._count == len(self._data)

    @property
    def is_ready(self) -> bool:
        """True once there are enough to compare with."""
        return self.holds(ENOUGH)

    def holds(self, count: int) -> bool:
        """True once so many pictures are in, or all there are."""
        return self.is_complete or self._count >= count

    def grow(self) -> None:
        """Take the next few pictures in."""
        self._take_in(self._computed(slice(self._count, self._count + _CHUNK)))

    def packed(self) -> bytes:
        """What is in, to be kept for `restore`."""
        return self._directions[: self._count].astype(_STORED).tobytes()

    def restore(self, packed: bytes) -> None:
        """Take in what was kept, if that is what the network makes of the first pictures today, too; else nothing."""
        first = self._computed(slice(_PROBED))
        row = first.shape[1] * _STORED.itemsize
        if not packed or len(packed) % row or len(packed) // row > len(self._data):
            return
        kept = np.frombuffer(packed, _STORED).reshape(-1, first.shape[1])
        if np.allclose(kept[:_PROBED], first[: len(kept)], atol=_TOLERANCE):
            self._count = 0
            self._take_in(kept.astype(np.float32))

    def _computed(self, part: slice) -> NDArray[np.float32]:
        return self._directed(self._data.images[part].astype(np.float32) / np.float32(255))

    def _take_in(self, directions: NDArray[np.float32]) -> None:
        if not self._count:
            self._directions = np.empty((len(self._data), directions.shape[1]), np.float32)
        self._directions[self._count : self._count + len(directions)] = directions
        self._count += len(directions)

    def nearest(self, image: NDArray[np.float32], count: int = NEAREST) -> Neighbours:
        """The nearest of what is in by now to a picture (28, 28) float32 in [0, 1], ink = 1."""
        cosines = self._directions[: self._count] @ self._directed(image[None])[0]
        order = np.argsort(-cosines, kind="stable")[:count]
        return Neighbours(
            self._data.images[order],
            tuple(int(label) for label in self._data.labels[order]),
            tuple(float(cosine) for cosine in cosines[order]),
            self._count,
            bool(len(order)) and float(cosines[order[0]]) < self._far(),
        )

    def _far(self) -> float:
        """The similarity below which a nearest neighbour is far: measured among the training pictures themselves."""
        if self._count >= 2 * self._far_among:
            known = self._directions[: self._count]
            step = max(1, len(known) // _SAMPLE)
            cosines = known[::step] @ known.T
            cosines[np.arange(len(cosines)), np.arange(len(cosines)) * step] = -1  # itself
            self._far_below, self._far_among = float(np.quantile(cosines.max(axis=1), _FAR)), self._count
        return self._far_below

    def _directed(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Embeddings of length 1."""
        embeddings = self._embed(images)
        lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
        return np.asarray(embeddings / np.maximum(lengths, 1e-9), np.float32)


# The disk cache: what took seconds to compute, for the next start, as bytes in the cache folder of the user's home.
#
# What cannot be read is computed again, and what cannot be written is not kept: neither is an error. Several programs
# may read and write at once.

MOST_CACHED = 16
"""So many files, the last used ones; those of the networks that ship have 6 MB each."""
_DIGEST_BYTES = 32


def load_cached(key: str) -> bytes | None:
    """What was stored under a key; None if there is nothing, or it is damaged."""
    try:
        path = _path(key)
        whole = path.read_bytes()
        with contextlib.suppress(OSError):
            os.utime(path)  # it was used
    except (OSError, InputError):
        return None
    digest, content = whole[:_DIGEST_BYTES], whole[_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def store_cached(key: str, content: bytes) -> None:
    """Store it under a key, whole or not at all, in place of what was there; drop what was not used for longest."""
    with contextlib.suppress(OSError, InputError):
        path = _path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, hashlib.sha256(content).digest() + content)
        newest_first = sorted(path.parent.iterdir(), key=lambda kept: kept.stat().st_mtime, reverse=True)
        for old in newest_first[MOST_CACHED:]:
            old.unlink(missing_ok=True)


def _path(key: str) -> Path:
    return user_dir() / "cache" / "explaining" / hashlib.sha256(key.encode()).hexdigest()[:32]


# The training pictures of a model, as far as they are on this computer, and what is known of them.


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Up to MOST_COMPARED training pictures of `classes` classes. What is measured of them is measured once.

    `sha256` is that of all the data they are from.
    """

    train: LabelledImages
    classes: int
    sha256: str

    @cached_property
    def stats(self) -> FeatureStats:
        """What they are like."""
        return measure_features(self.train, self.classes)

    @cached_property
    def mean(self) -> NDArray[np.float32]:
        """Their mean, (28, 28) float32 in [0, 1]."""
        return np.asarray(self.train.images.mean(axis=0) / 255, np.float32)


def training_data(card: ModelCard) -> TrainingData:
    """What a model was trained on; of a published set that is not on this computer, the starters.

    Models of the same data share it. Raises InputError if it is not on this computer, or has other classes by now.
    """
    try:
        return _loaded(card.dataset, card.config.data, card.data_sha256, card.class_names)
    except InputError:
        if card.data_variant != Variant.FULL:
            raise
        return _loaded(card.dataset, Variant.STARTER, card.data_sha256, card.class_names)


@lru_cache(maxsize=2)
def _loaded(name: str, data: str, _sha256: str, class_names: tuple[str, ...]) -> TrainingData:
    """`_sha256` is that of the model's data: an own set may have grown since an older model was trained on it."""
    dataset = load_dataset(name, data)
    train = dataset.train
    if dataset.class_names != class_names:
        raise InputError(f"The classes of {dataset.title} have changed since the model was trained.")
    # Copies, so that the rest of a large set can go.
    few = LabelledImages(train.images[:MOST_COMPARED].copy(), train.labels[:MOST_COMPARED].copy())
    return TrainingData(few, len(class_names), dataset.sha256)
