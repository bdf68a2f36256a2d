"""Probabilities that mean what they say, and thresholds of doubt, both from data that was not trained on."""

import math

import numpy as np
from numpy.typing import NDArray

from app.core.inference.doubt import familiarity
from app.core.inference.reliability import expected_calibration_error
from app.core.models.card import Calibration

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
