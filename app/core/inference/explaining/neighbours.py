"""The training pictures that are most like a picture, as the network sees it: by what goes into its last layer."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import LabelledImages

NEAREST = 5
MOST_COMPARED = 12_000
"""More training pictures than these are not compared with: they would cost minutes, and bring no nearer faces."""
FIRST_LOOK, ENOUGH = 1_000, 4_000
"""With so many there is a first answer, and with so many a second; the rest are taken in when there is time."""
_CHUNK = 64  # a fifteenth of a second for the largest network that ships
_SAMPLE = 200
_FAR = 0.01  # of the training pictures have no nearer neighbour
_KEPT = np.dtype("<f2")  # as many digits as similarities are told with, in half the room
_PROBED, _TOLERANCE = 4, 2e-3

Features = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Pictures (n, 28, 28) float32 in [0, 1] to numbers (n, k) that are alike for what the network takes as alike."""


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
    """Training pictures by their features. Grows piece by piece, so that it can be made beside other work."""

    def __init__(self, pictures: LabelledImages, features: Features) -> None:
        self._pictures = LabelledImages(pictures.images[:MOST_COMPARED], pictures.labels[:MOST_COMPARED])
        self._features = features
        self._directions = np.empty((0, 0), np.float32)
        self._count = 0
        self._far_below, self._far_among = 0.0, 0

    def __len__(self) -> int:
        """How many pictures are in by now."""
        return self._count

    @property
    def is_complete(self) -> bool:
        """True once every picture is in."""
        return self._count == len(self._pictures)

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
        return self._directions[: self._count].astype(_KEPT).tobytes()

    def restore(self, packed: bytes) -> None:
        """Take in what was kept, if that is what the network makes of the first pictures today, too; else nothing."""
        first = self._computed(slice(_PROBED))
        row = first.shape[1] * _KEPT.itemsize
        if not packed or len(packed) % row or len(packed) // row > len(self._pictures):
            return
        kept = np.frombuffer(packed, _KEPT).reshape(-1, first.shape[1])
        if np.allclose(kept[:_PROBED], first[: len(kept)], atol=_TOLERANCE):
            self._count = 0
            self._take_in(kept.astype(np.float32))

    def _computed(self, part: slice) -> NDArray[np.float32]:
        return self._directed(self._pictures.images[part].astype(np.float32) / np.float32(255))

    def _take_in(self, directions: NDArray[np.float32]) -> None:
        if not self._count:
            self._directions = np.empty((len(self._pictures), directions.shape[1]), np.float32)
        self._directions[self._count : self._count + len(directions)] = directions
        self._count += len(directions)

    def nearest(self, image: NDArray[np.float32], count: int = NEAREST) -> Neighbours:
        """The nearest of what is in by now to a picture (28, 28) float32 in [0, 1], ink = 1."""
        cosines = self._directions[: self._count] @ self._directed(image[None])[0]
        order = np.argsort(-cosines, kind="stable")[:count]
        return Neighbours(
            self._pictures.images[order],
            tuple(int(label) for label in self._pictures.labels[order]),
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
        """Features of length 1."""
        features = self._features(images)
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        return np.asarray(features / np.maximum(lengths, 1e-9), np.float32)
