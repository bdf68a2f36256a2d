"""Loss, accuracy, precision, recall and calibration: what can be counted of predictions. Knows no TensorFlow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CALIBRATION_BINS = 15


@dataclass(frozen=True)
class Totals:
    """Sums over `samples` pictures: of their losses, and of the right predictions."""

    loss: float = 0.0
    correct: float = 0.0
    samples: int = 0

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
        """Share of right predictions, 0..1."""
        return self.correct / max(1, self.samples)


@dataclass(frozen=True)
class Evaluation:
    """The sum of losses, and `confusion` (classes, classes) int64: rows are true classes, columns predictions."""

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
        """Share of right predictions, 0..1."""
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


@dataclass(frozen=True)
class ClassMetrics:
    """How one class is read, each share in 0..1; `support` is how many pictures of it there are.

    Precision is the share that is of the class among what was called so, recall the share that was called so among
    what is of the class, F1 their harmonic mean. A class that never occurs has neither recall nor F1, and no precision
    if it was never named: None. Of one that occurs and was never named, the precision is 0.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True)
class CalibrationBin:
    """The `count` predictions whose confidence is above `lower` and at most `upper`.

    `confidence` is their mean confidence and `accuracy` the share of them that is right, both 0 where `count` is 0.
    """

    lower: float
    upper: float
    count: int
    confidence: float
    accuracy: float


def confusion_matrix(labels: NDArray[np.integer], predicted: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """Count predictions: (classes, classes) with rows true and columns predicted, from two arrays (n,) of classes."""
    cells = labels.astype(np.int64) * classes + predicted
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def class_metrics(confusion: NDArray[np.int64], names: Sequence[str]) -> tuple[ClassMetrics, ...]:
    """Precision, recall and F1 of each class of a confusion matrix."""
    right = np.diag(confusion)
    named, support = confusion.sum(axis=0), confusion.sum(axis=1)
    rows = zip(names, right.tolist(), named.tolist(), support.tolist(), strict=True)
    return tuple(
        ClassMetrics(
            name,
            precision=hits / max(1, said) if said or there else None,
            recall=hits / there if there else None,
            f1=2 * hits / (said + there) if there else None,
            support=there,
        )
        for name, hits, said, there in rows
    )


def calibration_curve(
    confidences: NDArray[np.floating], is_right: NDArray[np.bool_], bins: int = CALIBRATION_BINS
) -> tuple[CalibrationBin, ...]:
    """Sort predictions by confidence, (n,) in 0..1, into bins of equal width, and say how many of each are right."""
    edges = np.linspace(0, 1, bins + 1)
    places = np.searchsorted(edges[1:-1], confidences.astype(np.float64))
    counts = np.bincount(places, minlength=bins)
    confidence = np.bincount(places, confidences, bins) / np.maximum(1, counts)
    accuracy = np.bincount(places, is_right, bins) / np.maximum(1, counts)
    return tuple(
        CalibrationBin(
            float(edges[place]), float(edges[place + 1]), int(count), float(confidence[place]), float(accuracy[place])
        )
        for place, count in enumerate(counts)
    )


def expected_calibration_error(probabilities: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """How far confidence and accuracy are apart on average, 0..1 (Guo, Pleiss, Sun and Weinberger 2017).

    Of probabilities (n, classes) and the true classes (n,); 0 if there are none.
    """
    is_right = probabilities.argmax(axis=1) == labels
    return mean_gap(calibration_curve(probabilities.max(axis=1, initial=0), is_right))


def mean_gap(curve: Sequence[CalibrationBin]) -> float:
    """The expected calibration error of predictions that are sorted into bins, each of which counts by its size."""
    apart = sum(part.count * abs(part.confidence - part.accuracy) for part in curve)
    return apart / max(1, sum(part.count for part in curve))


def cross_entropy(probabilities: NDArray[np.float32], labels: NDArray[np.uint8], smallest: float = 1e-7) -> float:
    """The mean over pictures of -log of the right class' probability: (n, classes) and (n,). 0 for no picture."""
    right = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(right, smallest)).mean()) if len(labels) else 0.0


RARE = 0.25
"""A class with fewer training pictures than this share of the most frequent one's is a rare one."""


def rare_classes(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which classes are rare, from how many training pictures there are of each."""
    return np.asarray((counts > 0) & (counts < RARE * counts.max(initial=0)))
