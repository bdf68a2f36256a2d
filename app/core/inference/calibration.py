"""Probabilities that mean what they say, and thresholds of doubt, both from data that was not trained on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.inference.uncertainty import familiarity
from app.core.models.card import Calibration

# What can be counted of answers: confusions, figures by class, calibration, and how well a score separates.

CALIBRATION_BINS = 15


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
    """The `count` answers whose confidence is above `lower` and at most `upper`.

    `confidence` is their mean confidence and `accuracy` the share of them that is right, both 0 where `count` is 0.
    """

    lower: float
    upper: float
    count: int
    confidence: float
    accuracy: float


def confusion_matrix(labels: NDArray[np.integer], predicted: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """Count answers: (classes, classes) with rows true and columns predicted, from two arrays (n,) of classes."""
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
    """Sort answers by their confidence, (n,) in 0..1, into bins of equal width, and say how many of each are right."""
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

    Of answers (n, classes) and the true classes (n,); 0 if there are none.
    """
    is_right = probabilities.argmax(axis=1) == labels
    return mean_gap(calibration_curve(probabilities.max(axis=1, initial=0), is_right))


def mean_gap(curve: Sequence[CalibrationBin]) -> float:
    """The expected calibration error of answers that are sorted into bins; each bin counts by its answers."""
    apart = sum(part.count * abs(part.confidence - part.accuracy) for part in curve)
    return apart / max(1, sum(part.count for part in curve))


def auroc(higher: NDArray[np.floating], lower: NDArray[np.floating]) -> float:
    """How well a score separates: the chance that one of `higher` is above one of `lower`, ties counting half.

    That is the area under the receiver operating characteristic (Hanley and McNeil 1982), from the sum of ranks: 1 if
    all of `higher` (n,) are above all of `lower` (m,), 0.5 if the score says nothing. Raises ValueError if either is
    empty.
    """
    if not higher.size or not lower.size:
        raise ValueError("a score is needed on both sides")
    _, places, counts = np.unique(np.concatenate([higher, lower]), return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2  # equal scores share the middle of their ranks
    above = float(ranks[places[: higher.size]].sum()) - higher.size * (higher.size + 1) / 2
    return above / (higher.size * lower.size)


_SMALLEST = 1e-12
_TEMPERATURES = np.geomspace(0.25, 8.0, 161)
_KNOWN_QUANTILE = 0.005
"""One in 200 validation pictures is hardly what its label says; what is as strange may be no class at all.

Outliers say less of where to draw the line: those that training knew are far off, those that people draw are not."""
_SURE_QUANTILE = 0.02
_SURE_RANGE = (0.7, 0.9)
"""Nobody calls an answer sure that is wrong three times in ten; nor unsure one that is hardly ever wrong."""


def tempered(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Probabilities (n, classes) as the softmax of the same logits divided by `temperature` would give them."""
    if temperature == 1:
        return probabilities
    logits = np.log(np.maximum(probabilities, _SMALLEST)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def fit_temperature(probabilities: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """The temperature with the lowest cross-entropy (Guo, Pleiss, Sun and Weinberger 2017), 1/4 to 8."""

    def loss(temperature: float) -> float:
        right = tempered(probabilities, temperature)[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(right, _SMALLEST)).mean())

    return float(min(_TEMPERATURES, key=loss))


def calibrate(probabilities: NDArray[np.float32], labels: NDArray[np.uint8]) -> Calibration:
    """Fit everything on validation answers (n, classes) with their labels.

    What is less familiar than nearly all validation pictures counts as unknown.
    """
    temperature = fit_temperature(probabilities, labels)
    beliefs = tempered(probabilities, temperature)
    confidence = float(np.quantile(beliefs.max(axis=1), _SURE_QUANTILE))
    return Calibration(
        temperature=round(temperature, 4),
        sure_above=round(float(np.clip(confidence, *_SURE_RANGE)), 4),
        known_above=_rounded_down(float(np.quantile(familiarity(beliefs), _KNOWN_QUANTILE))),
        samples=len(labels),
        error_before=round(expected_calibration_error(probabilities, labels), 5),
        error=round(expected_calibration_error(beliefs, labels), 5),
    )


def _rounded_down(familiar: float) -> float:
    """To four digits, and below 1: two classes have all of the belief between them, but for what rounding takes."""
    return min(math.floor(familiar * 10_000) / 10_000, 0.9999)
