"""Probabilities that mean what they say, and thresholds of doubt, both from data that was not trained on."""

import math

import numpy as np
from numpy.typing import NDArray

from app.core.inference.doubt import familiarity
from app.core.inference.reliability import expected_calibration_error
from app.core.models.card import Calibration

_SMALLEST = 1e-12
_TEMPERATURES = np.geomspace(0.25, 8.0, 161)
_KEPT = 0.995
"""Share of the validation pictures that must count as known, whatever outliers there are."""
_SURE_QUANTILE = 0.02
_SURE_RANGE = (0.5, 0.9)


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


def calibrate(
    probabilities: NDArray[np.float32], labels: NDArray[np.uint8], outliers: NDArray[np.float32] | None = None
) -> Calibration:
    """Fit everything on validation answers (n, classes) with their labels, and answers (m, classes) to outliers.

    Without outliers, what is less familiar than nearly all validation pictures counts as unknown.
    """
    temperature = fit_temperature(probabilities, labels)
    beliefs = tempered(probabilities, temperature)
    known = familiarity(beliefs)
    strange = None if outliers is None else familiarity(tempered(outliers, temperature))
    confidence = float(np.quantile(beliefs.max(axis=1), _SURE_QUANTILE))
    return Calibration(
        temperature=round(temperature, 4),
        sure_above=round(float(np.clip(confidence, *_SURE_RANGE)), 4),
        known_above=_rounded_down(_known_above(known, strange)),
        samples=len(labels),
        error_before=round(expected_calibration_error(probabilities, labels), 5),
        error=round(expected_calibration_error(beliefs, labels), 5),
    )


def _rounded_down(familiar: float) -> float:
    """To four digits, and below 1: two classes have all of the belief between them, but for what rounding takes."""
    return min(math.floor(familiar * 10_000) / 10_000, 0.9999)


def _known_above(known: NDArray[np.float32], strange: NDArray[np.float32] | None) -> float:
    """The familiarity that tells most of both apart, among those that keep enough of what is known."""
    most = float(np.quantile(known, 1 - _KEPT))
    if strange is None:
        return most
    candidates = np.unique(np.append(np.concatenate([known, strange]), most))
    candidates = candidates[candidates <= most]
    kept = 1 - np.searchsorted(np.sort(known), candidates) / len(known)
    caught = np.searchsorted(np.sort(strange), candidates) / len(strange)
    return float(candidates[int(np.argmax(kept + caught))])
