"""How far a prediction can be trusted: probabilities that mean what they say, and thresholds of uncertainty.

Both are fitted on data that was not trained on.
"""

import math
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.core.inference.metrics import cross_entropy, expected_calibration_error
from app.core.models.card import Calibration

_SMALLEST = 1e-12
_TEMPERATURES = np.geomspace(0.25, 8.0, 161)
_KNOWN_QUANTILE = 0.005
"""One in 200 validation pictures is hardly what its label says; what is as strange may be no class at all.

Outliers say less of where to draw the line: those that training knew are far off, those that people draw are not."""
_SURE_QUANTILE = 0.02
_SURE_RANGE = (0.7, 0.9)
"""Nobody calls a prediction sure that is wrong three times in ten; nor unsure one that is hardly ever wrong."""


_SURE_RIGHT, _SUREST = 0.97, 0.99
"""Of the predictions called sure so many should be right, unless that takes more confidence than the second."""


class Verdict(StrEnum):
    """What to say of a prediction.

    UNSURE: the evidence is weak, or split between two classes. UNKNOWN: it looks like none of the classes.
    """

    SURE = "sure"
    UNSURE = "not sure"
    UNKNOWN = "unknown"


USUAL = Calibration()
"""For models that were stored without a calibration."""


def familiarity(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of the probabilities (n, classes) the two foremost classes have between them, (n,) float32 in 0..1.

    A digit between 4 and 9 is still a digit: its probability is on those two. That of a scribble is spread over all,
    the more so in a network that was trained on outliers (Hendrycks, Mazeika and Dietterich 2019).
    """
    if probabilities.shape[1] < 2:
        return np.asarray(probabilities.max(axis=1, initial=0), np.float32)
    return np.asarray(np.partition(probabilities, -2, axis=1)[:, -2:].sum(axis=1), np.float32)


def judge(probabilities: NDArray[np.float32], calibration: Calibration | None) -> list[Verdict]:
    """The verdict on each row of calibrated probabilities (n, classes)."""
    rule = calibration or USUAL
    known = familiarity(probabilities) >= rule.known_above
    sure = probabilities.max(axis=1, initial=0) >= rule.sure_above
    return [
        Verdict.UNKNOWN if not is_known else Verdict.SURE if is_sure else Verdict.UNSURE
        for is_known, is_sure in zip(known, sure, strict=True)
    ]


def tempered(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Probabilities (n, classes) as the softmax of the same logits divided by `temperature` would give them."""
    if temperature == 1:
        return probabilities
    return softmax(np.log(np.maximum(probabilities, _SMALLEST)) / temperature)


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    """Shares that sum to 1 along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def fit_temperature(probabilities: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """The temperature with the lowest cross-entropy (Guo, Pleiss, Sun and Weinberger 2017), 1/4 to 8."""
    return float(min(_TEMPERATURES, key=lambda each: cross_entropy(tempered(probabilities, each), labels, _SMALLEST)))


def calibrate(probabilities: NDArray[np.float32], labels: NDArray[np.uint8]) -> Calibration:
    """Fit everything on validation predictions (n, classes) with their labels.

    What is less familiar than nearly all validation pictures counts as unknown.
    """
    temperature = fit_temperature(probabilities, labels)
    calibrated = tempered(probabilities, temperature)
    return Calibration(
        temperature=round(temperature, 4),
        sure_above=_sure_above(calibrated, labels),
        known_above=_rounded_down(float(np.quantile(familiarity(calibrated), _KNOWN_QUANTILE))),
        samples=len(labels),
        error_before=round(expected_calibration_error(probabilities, labels), 5),
        error=round(expected_calibration_error(calibrated, labels), 5),
    )


def _sure_above(calibrated: NDArray[np.float32], labels: NDArray[np.uint8]) -> float:
    """The usual confidence of validation predictions, or more where too many of those would be called sure wrongly."""
    confidence, is_wrong = calibrated.max(axis=1), calibrated.argmax(axis=1) != labels
    usual = float(np.clip(np.quantile(confidence, _SURE_QUANTILE), *_SURE_RANGE))
    levels = np.arange(usual, _SUREST, 0.005)
    for level in levels:
        sure = confidence >= level
        if (sure & is_wrong).sum() <= (1 - _SURE_RIGHT) * sure.sum():
            return round(float(level), 4)
    return _SUREST


def _rounded_down(familiar: float) -> float:
    """To four digits, and below 1: two classes have all of it between them, but for what rounding takes."""
    return min(math.floor(familiar * 10_000) / 10_000, 0.9999)
