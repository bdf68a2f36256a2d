"""What the weights of a network in training show beside its losses. Knows no TensorFlow.

The trainer's own gradients lie inside one TensorFlow call with many batches, and tracing another function would take
longer than many runs. So the network is computed in NumPy, on a few pictures, after an epoch now and then: all engines
are looked at in the same way, and none is slowed down.
"""

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.config.layers import Conv2D, Dense, Layer
from app.core.datasets.types import LabelledImages
from app.core.inference.explaining.numpy_network import BATCH, EPSILON, Array, network_of
from app.core.networks.summary import network_summary
from app.core.runs.events import CheckedUp

MOST_PICTURES, FEWEST_PICTURES = 256, 8
_PRODUCTS = 3e7
"""Multiplications of one way forward through the network: a few milliseconds, of which training takes many."""
_DEEP = 5
"""So many layers with weights."""
_MOST_PARAMETERS = 5_000_000
_ENOUGH = 32
"""A unit of a dense layer that is 0 for fewer pictures may be rare, not dead; a filter looks at many places of each."""
_NOTHING = 1e-6
"""The variance of a unit that never fires."""
SHARE = 0.01
"""Of the time of a run so much may be spent, after what is looked at in any case."""


class Checkup:
    """Looks at a network now and then. Made for one run, on some of its training pictures, not varied."""

    # What batch normalization and validation know anyway is added by the trainer.

    def __init__(self, config: TrainingConfig, classes: int, data: LabelledImages, chosen: NDArray[np.int32]) -> None:
        """`chosen` are indices into the pictures `data`."""
        self._config, self._classes = config, classes
        self._summary = network_summary(config, classes)
        self._has_maps = any(layer.needs_maps for layer in config.layers)
        known = chosen[data.labels[chosen] < classes]  # outliers have no class
        some = known[np.linspace(0, len(known) - 1, min(self._count, len(known))).round().astype(int)]
        self._images = data.images[some].astype(np.float32) / np.float32(255)
        self._labels = data.labels[some]
        placed = ((row.position, row.name) for row in self._summary.rows if row.position is not None)
        self._rectified = {position: name for position, name in placed if self._may_be_dead(config.layers[position])}
        self._last_s = 0.0
        self.spent_s = 0.0
        """Seconds that the training has waited for it."""

    @property
    def _count(self) -> int:
        """How many pictures a network of this size can be shown."""
        if self._summary.parameters > _MOST_PARAMETERS:
            return 0
        most = _PRODUCTS / 2 if self._has_maps else _PRODUCTS  # sliding windows take longer
        return int(min(MOST_PICTURES, max(FEWEST_PICTURES, most / max(1, self._products))))

    @property
    def _products(self) -> int:
        """Multiplications for one picture."""
        places = {row.name: math.prod(row.shape[:2]) if len(row.shape) == 3 else 1 for row in self._summary.rows}
        return sum(row.trainable * places[row.name] for row in self._summary.rows)

    def is_due(self, epoch: int, elapsed_s: float) -> bool:
        """Whether there is time for one after an epoch, so long after the beginning of the run.

        Always after the first; before any, if the network is so deep that gradients may not get through it.
        """
        if not epoch:
            is_small = not self._has_maps and self._products * len(self._labels) <= _PRODUCTS
            return is_small and sum(row.trainable > 0 for row in self._summary.rows) >= _DEEP
        return epoch == 1 or self.spent_s + self._last_s <= SHARE * elapsed_s

    def look(self, epoch: int, weights: Callable[[], Sequence[Array]]) -> CheckedUp:
        """What these weights, in Keras' order, show after an epoch; nothing if they are no numbers any more."""
        began = time.perf_counter()
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                return self._look(epoch, np.concatenate([part.ravel() for part in weights()]))
        finally:
            self._last_s = time.perf_counter() - began
            self.spent_s += self._last_s

    def _look(self, epoch: int, weights: Array) -> CheckedUp:
        if not len(self._labels) or not np.isfinite(weights).all():
            return CheckedUp(epoch)
        network = network_of(self._config, self._classes, weights)
        kernels: dict[str, Array] = {}
        fires: dict[int, NDArray[np.bool_]] = {}
        size = BATCH if self._has_maps else MOST_PICTURES
        for start in range(0, len(self._labels), size):
            part = slice(start, start + size)
            outputs, more = network.lesson(self._images[part], self._labels[part])
            for name, kernel in more.items():
                kernels[name] = kernels[name] + kernel if name in kernels else kernel
            for position, name in self._rectified.items():
                fired = outputs[name].reshape(-1, outputs[name].shape[-1]).max(axis=0) > 0
                fires[position] = np.logical_or(fires.get(position, fired), fired)
        norms = [float(np.linalg.norm(kernel)) / len(self._labels) for kernel in kernels.values()]
        first, last = (norms[-1], norms[0]) if np.isfinite(norms).all() else (math.inf, math.inf)
        silent = {position: 1 - float(fired.mean()) for position, fired in fires.items()}
        worst = max(silent, key=lambda position: silent[position], default=None)
        return CheckedUp(epoch, first, last, None if worst is None else silent[worst], worst)

    def _may_be_dead(self, layer: Layer) -> bool:
        kinds = Dense | Conv2D if len(self._labels) >= _ENOUGH else Conv2D
        return isinstance(layer, kinds) and layer.activation == "relu"


def largest_shift(kept: Sequence[Array], found: Sequence[Array]) -> float | None:
    """How many times the variances (channels,) that layers kept differ from those that pictures have.

    The median of a layer's channels that vary at all, at least 1, of the worst layer; None without any.
    """
    times = []
    for was, now in zip(kept, found, strict=True):
        varies = now > _NOTHING
        apart = np.abs(np.log((was[varies] + EPSILON) / (now[varies] + EPSILON)))
        times.append(float(np.exp(np.median(apart))) if varies.any() else 1.0)
    return max(times, default=None)
