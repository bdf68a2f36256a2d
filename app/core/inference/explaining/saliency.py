"""Which places spoke for an answer and which against it: integrated gradients (Sundararajan, Taly and Yan 2017)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.inference.explaining.numpy_network import BATCH, Network

STEPS = 32
_SMOOTHING = np.array([math.comb(12, place) for place in range(13)], np.float32) / 2**12
"""A bell as wide as a stroke: of finer patterns nobody can say what they mean."""

_NOTHING = 1e-5


@dataclass(frozen=True, eq=False)
class Saliency:
    """`attributions` (28, 28) float32: what each place adds to the logit of the class, or takes from it.

    The logit is meant against the mean of all classes, or against that of a `rival`. The attributions sum to its
    difference between the picture and the baseline.
    """

    attributions: NDArray[np.float32]
    rival: int | None = None

    @property
    def is_blank(self) -> bool:
        """True if no place adds anything: a network may find nothing that it knows."""
        return float(np.abs(self.attributions).max()) < _NOTHING

    @property
    def shown(self) -> NDArray[np.float32]:
        """The attributions for the eye, (28, 28) float32 in [-1, 1]: smoothed, the strongest 1 or -1."""
        smooth = _smoothed(_smoothed(self.attributions).T).T
        return np.asarray(smooth / max(float(np.abs(smooth).max()), 1e-9), np.float32)


def integrated_gradients(
    network: Network,
    image: NDArray[np.float32],
    baseline: NDArray[np.float32],
    label: int,
    *,
    rival: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> Saliency:
    """What speaks for class `label` in a picture (28, 28) float32 in [0, 1], ink = 1.

    It is compared with `baseline` (28, 28): the mean of the training pictures, of which every pixel is as likely ink
    as it is in them. So background that stays empty can speak, too; and unlike for a black picture, which no training
    picture resembles, networks answer reasonably all the way from there. The gradients are taken at the middles of
    STEPS pieces of that way. `check` is called every few of them and may raise to cancel.
    """
    weights = _weights(network.logits(image[None]).shape[1], label, rival)
    shares = (np.arange(STEPS, dtype=np.float32) + np.float32(0.5)) / np.float32(STEPS)
    step = image - baseline
    total = np.zeros(image.shape, np.float64)
    for start in range(0, STEPS, BATCH):
        check()
        on_the_way = baseline + shares[start : start + BATCH, None, None] * step
        total += network.gradients(on_the_way, weights).sum(axis=0)
    return Saliency(np.asarray(step * total / STEPS, np.float32), rival)


def _weights(classes: int, label: int, rival: int | None) -> NDArray[np.float32]:
    """What the logits count: raising all of them alike changes no probability, so the weights sum to zero."""
    weights = np.full(classes, -1 / classes if rival is None else 0, np.float32)
    weights[label] += 1
    if rival is not None:
        weights[rival] = -1
    return weights


def _smoothed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A binomial average down each column."""
    reach = len(_SMOOTHING) // 2
    padded = np.pad(values, ((reach, reach), (0, 0)))
    return sum((weight * padded[i : i + len(values)] for i, weight in enumerate(_SMOOTHING)), np.zeros_like(values))
