"""The numbers a window shows of a run under way: how far it is, how long it will take, its curves. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.core.training.events import BatchesDone, EpochDone, ProbePredicted

Numbers = NDArray[np.float64]

_FIRST_CAPACITY = 1024


@dataclass(frozen=True)
class Progress:
    """Where a run stands. `share` is 0..1 of all epochs; `left_s` is None while too little is done to tell."""

    epoch: int
    epochs: int
    batch: int
    batches_per_epoch: int
    share: float
    elapsed_s: float
    left_s: float | None

    @classmethod
    def after(cls, done: BatchesDone, epochs: int, past: Sequence[EpochDone]) -> Self:
        """The state after a group of batches, `past` being the epochs that ended before."""
        position = epoch_position(done.epoch, done.batch, done.batches_per_epoch)
        return cls(
            epoch=done.epoch,
            epochs=epochs,
            batch=done.batch,
            batches_per_epoch=done.batches_per_epoch,
            share=share_done(position, epochs),
            elapsed_s=done.elapsed_s,
            left_s=seconds_left(position, epochs, done.elapsed_s, past),
        )


def epoch_position(epoch: int, batch: int, batches_per_epoch: int) -> float:
    """The place of a batch on an axis of epochs: half-way through epoch 3 is 2.5."""
    return epoch - 1 + batch / max(1, batches_per_epoch)


def share_done(position: float, epochs: int) -> float:
    """How much of a run of `epochs` is done at `position` on the axis of epochs: 0..1."""
    return min(1.0, position / epochs)


def seconds_left(position: float, epochs: int, elapsed_s: float, past: Sequence[EpochDone]) -> float | None:
    """How long `epochs` will still take, at `position` on the axis of epochs; None while nobody can tell.

    The last whole epoch is the best measure: the first one holds the time TensorFlow needs to get going.
    """
    if past:
        return past[-1].epoch_s * max(0.0, epochs - position)
    if elapsed_s < 1 or position <= 0:
        return None
    return elapsed_s / position * max(0.0, epochs - position)


class Series:
    """Points of a curve, added one at a time and read as arrays without copying."""

    def __init__(self) -> None:
        self._points: Numbers = np.empty((2, _FIRST_CAPACITY))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def x(self) -> Numbers:
        """The positions, ascending: a view that the next `add` may leave behind."""
        return self._points[0, : self._count]

    @property
    def y(self) -> Numbers:
        """The values at `x`: a view that the next `add` may leave behind."""
        return self._points[1, : self._count]

    def add(self, x: float, y: float) -> None:
        """Add a point to the right of all others."""
        if self._count == self._points.shape[1]:
            self._points = np.concatenate([self._points, np.empty_like(self._points)], axis=1)
        self._points[:, self._count] = x, y
        self._count += 1

    def clear(self) -> None:
        """Forget all points, and the room they took."""
        self._points = np.empty((2, _FIRST_CAPACITY))
        self._count = 0

    def at(self, x: float) -> float | None:
        """The value of the point nearest to `x`, or None where there is none within half an epoch."""
        if not self._count:
            return None
        right = int(np.clip(np.searchsorted(self.x, x), 1, self._count - 1)) if self._count > 1 else 0
        left = max(0, right - 1)
        nearest = left if x - self.x[left] <= self.x[right] - x else right
        return float(self.y[nearest]) if abs(self.x[nearest] - x) <= 0.5 else None


class RunningMean:
    """A mean that forgets: a value `span` epochs back counts for a third of a new one. No bias towards its start."""

    def __init__(self, span: float) -> None:
        self._span, self._x, self._sum, self._total = span, 0.0, 0.0, 0.0

    def add(self, x: float, value: float) -> float:
        """Take in the value at `x`, which only grows, and return the mean so far."""
        kept = math.exp((self._x - x) / self._span)
        self._x = x
        self._sum = kept * self._sum + value
        self._total = kept * self._total + 1
        return self._sum / self._total


def smoothing_span(epochs: int) -> float:
    """The span, in epochs, that takes the noise out of a run's curve and leaves its shape."""
    return max(0.05, epochs / 60)


def tick_step(epochs: int, most: int = 6) -> int:
    """The distance between the numbers on an axis of epochs: 1, 2 or 5 times a power of ten, at most `most` steps."""
    steps = (first * magnitude for magnitude in (1, 10, 100, 1000) for first in (1, 2, 5))
    return next(step for step in steps if epochs <= most * step)


def figure(value: float, decimals: int) -> str:
    """A loss or a share as a person reads it: 0.4354, or 1.2e30 where decimals would be a row of noise."""
    if abs(value) < 1e4:
        return f"{value:.{decimals}f}"
    return short_power(f"{value:.1e}")


def short_power(text: str) -> str:
    """Scientific notation without its padding: "2.0e+30" as "2e30", "1.5e-06" as "1.5e-6"."""
    mantissa, _, power = text.partition("e")
    whole = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{whole}e{int(power)}" if power else text


def log_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Values for an axis from 10**low to 10**high, two or more and about `most`, however short or long it is."""
    first, last = math.floor(low), math.ceil(high)
    stride = max(1, math.ceil((last - first) / most))
    decades = range(first, last + 1, stride)
    for digits in ((1,), (1, 3), (1, 2, 5), tuple(range(1, 10))):
        if stride > 1 and digits != (1,):
            break
        values = [digit * 10.0**decade for decade in decades for digit in digits]
        inside = tuple(value for value in values if low <= math.log10(value) <= high)
        if len(inside) >= 3:
            return inside
    return _even_ticks(10.0**low, 10.0**high)


def _even_ticks(low: float, high: float) -> tuple[float, ...]:
    """Two to five round values at equal distances."""
    if not high > low > 0:
        return (low,)
    magnitude = 10.0 ** math.floor(math.log10((high - low) / 2))
    step = next(n * magnitude for n in (5, 2, 1) if (high - low) / (n * magnitude) >= 2)
    start = math.ceil(low / step)
    return tuple(n * step for n in range(start, math.floor(high / step) + 1))


def best_epoch(epochs: Sequence[EpochDone]) -> EpochDone | None:
    """The best epoch so far: the last one that was better than all before it."""
    return next((epoch for epoch in reversed(epochs) if epoch.is_best), None)


@dataclass(frozen=True)
class Belief:
    """The class a network holds most likely, by its index, and how likely (0..1)."""

    index: int
    probability: float

    @classmethod
    def of(cls, predicted: ProbePredicted) -> Self:
        """The first choice among the probabilities."""
        index = int(predicted.probabilities.argmax())
        return cls(index, float(predicted.probabilities[index]))


class BeliefHistory:
    """How a network's opinion of one picture moved over a run, thinned out so that it never grows beyond `limit`."""

    def __init__(self, limit: int = 512) -> None:
        self._limit = limit
        self._rows: list[NDArray[np.float32]] = []
        self._seen, self._stride = 0, 1

    def add(self, predicted: ProbePredicted) -> None:
        """Take in an opinion; of a long history only every second, fourth, ... one is kept."""
        self._seen += 1
        if self._seen % self._stride:
            return
        self._rows.append(predicted.probabilities)
        if len(self._rows) > self._limit:
            self._rows = self._rows[1::2]
            self._stride *= 2

    def of_class(self, index: int) -> tuple[float, ...]:
        """The belief in one class, oldest first."""
        return tuple(float(row[index]) for row in self._rows)

    def clear(self) -> None:
        """Forget the run."""
        self._rows = []
        self._seen, self._stride = 0, 1
