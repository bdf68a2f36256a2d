"""How far an answer can be trusted: sure, not sure, or nothing that the network knows."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.core.models.card import Calibration


class Verdict(StrEnum):
    """What to say of an answer.

    UNSURE: the evidence is weak, or split between two classes. UNKNOWN: it looks like none of the classes.
    """

    SURE = "sure"
    UNSURE = "not sure"
    UNKNOWN = "unknown"


USUAL = Calibration()
"""For models that were stored without a calibration."""


def familiarity(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of the belief (n, classes) the two foremost classes have between them, (n,) float32 in 0..1.

    A digit between 4 and 9 is still a digit: its belief is on those two. That in a scribble is spread over all, the
    more so in a network that was trained on outliers (Hendrycks, Mazeika and Dietterich 2019).
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
