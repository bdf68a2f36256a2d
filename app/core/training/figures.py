"""Sums over pictures, and the figures that follow from them. Knows no TensorFlow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Totals:
    """Sums over `samples` pictures: of their losses, and of the right answers."""

    loss: float
    correct: float
    samples: int

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(self.loss + other.loss, self.correct + other.correct, self.samples + other.samples)

    def __sub__(self, other: "Totals") -> "Totals":
        return Totals(self.loss - other.loss, self.correct - other.correct, self.samples - other.samples)

    @property
    def mean_loss(self) -> float:
        """Loss per picture."""
        return self.loss / max(1, self.samples)

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0..1."""
        return self.correct / max(1, self.samples)


NOTHING = Totals(0.0, 0.0, 0)


@dataclass(frozen=True)
class Evaluation:
    """The sum of losses, and `confusion` (classes, classes) int64: rows are true classes, columns what was said."""

    loss: float
    confusion: NDArray[np.int64]

    def __add__(self, other: "Evaluation") -> "Evaluation":
        return Evaluation(self.loss + other.loss, self.confusion + other.confusion)

    @property
    def samples(self) -> int:
        """How many pictures were read."""
        return int(self.confusion.sum())

    @property
    def mean_loss(self) -> float:
        """Loss per picture."""
        return self.loss / max(1, self.samples)

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0..1."""
        return float(np.trace(self.confusion)) / max(1, self.samples)

    @property
    def precision(self) -> float:
        """Of what was called a class, the share that is one: mean over classes, 0 for a class never named."""
        return self._mean_share(self.confusion.sum(axis=0))

    @property
    def recall(self) -> float:
        """Of what is a class, the share that was called one: mean over the classes that occur."""
        return self._mean_share(self.confusion.sum(axis=1))

    def _mean_share(self, counts: NDArray[np.int64]) -> float:
        occurs = self.confusion.sum(axis=1) > 0
        shares = np.diag(self.confusion) / np.maximum(1, counts)
        return float(shares[occurs].mean()) if occurs.any() else 0.0


def nothing_read(classes: int) -> Evaluation:
    """An evaluation of no picture."""
    return Evaluation(0.0, np.zeros((classes, classes), np.int64))
