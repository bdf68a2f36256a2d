"""How classes drift apart in training: what goes into the last layer for the sample, in one plane for all moments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.inference.evaluation import compact
from app.core.inference.explaining.numpy_network import Array
from app.core.inference.mapping.knowledge import Axes, flat, principal_axes
from app.core.networks.summary import NetworkSummary

_MOST_NUMBERS = 256
"""Of a wider layer so many random mixtures are kept, which leave distances as they are, within some per cent."""


def mapped_layer(summary: NetworkSummary) -> str:
    """The layer that is shown: the one before the last; the last one, if there is nothing to be learned before it."""
    last = summary.rows[-1]
    has_learned = any(row.parameters for row in summary.rows[:-1])
    return last.inputs[0] if has_learned else last.name


@dataclass(frozen=True, eq=False)
class Seen:
    """What was made of the sample at a moment: classes (n,), what was read (n,), and numbers (n, k) float16."""

    labels: NDArray[np.uint8]
    predicted: NDArray[np.uint8]
    numbers: NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class DriftMap:
    """The sample at a moment: true classes, whether they were read wrong (n,), and places (n, 2).

    `axes` are those of the plane, around the mean of this moment.
    """

    labels: NDArray[np.uint8]
    is_wrong: NDArray[np.bool_]
    places: Array
    axes: Axes

    def place_of(self, values: Array) -> Array:
        """Where a drawing is by what the layer makes of it, (numbers,): (2,)."""
        return np.asarray(flat(self.axes.place(mixed(values.reshape(1, -1))))[0])


def mixed(values: Array) -> Array:
    """What is kept of what a layer gives, (n, numbers).

    D. Achlioptas: Database-friendly random projections. Journal of Computer and System Sciences 66, 2003.
    """
    count = values.shape[1]
    if count <= _MOST_NUMBERS:
        return values
    signs = np.random.default_rng(0).integers(0, 2, (count, _MOST_NUMBERS)).astype(np.float32) * 2 - 1
    return np.asarray(values @ signs / np.float32(np.sqrt(_MOST_NUMBERS)), np.float32)


def seen(labels: NDArray[np.uint8], logits: Array, values: Array) -> Seen:
    """Keep what a network made of the sample: logits (n, classes), and what the mapped layer gave, (n, numbers)."""
    return Seen(labels, logits.argmax(axis=1).astype(np.uint8), compact(mixed(values)))


def frame_of(last: Seen) -> Axes:
    """The plane that all moments are shown in: that in which the last one differs most."""
    return principal_axes(last.numbers.astype(np.float32), 2)


def drift_map(now: Seen, frame: Axes) -> DriftMap:
    """The sample at a moment in that plane.

    The weights of a run change little by little, and so do places in one and the same plane: classes drift and do not
    jump. Each moment is put around its own mean, which drifts for no reason that concerns the classes.
    """
    numbers = now.numbers.astype(np.float32)
    axes = Axes(np.asarray(numbers.mean(axis=0), np.float32), frame.directions, frame.shares)
    return DriftMap(now.labels, np.asarray(now.labels != now.predicted), flat(axes.place(numbers)), axes)
