"""The curves of runs: made of what a run tells, and the axes that they are shown on. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.core.runs.events import BatchesDone, EpochDone
from app.core.runs.progress import epoch_position

Numbers = NDArray[np.float64]

_FIRST_CAPACITY = 1024


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


class RunningMean:
    """A mean that forgets: each value counts as often as it has samples, and a third of that `span` epochs later.

    No bias towards its start; a value of a few samples hardly moves it.
    """

    def __init__(self, span: float) -> None:
        self._span, self._x, self._sum, self._samples = span, 0.0, 0.0, 0.0

    def add(self, x: float, value: float, samples: int) -> float:
        """Take in the mean `value` of so many samples at `x`, which only grows, and return the mean so far."""
        kept = math.exp((self._x - x) / self._span)
        self._x = x
        self._sum = kept * self._sum + samples * value
        self._samples = kept * self._samples + samples
        return self._sum / self._samples


def smoothing_span(epochs: int) -> float:
    """The span, in epochs, that takes the noise out of a run's curve and leaves its shape."""
    return max(0.05, epochs / 60)


@dataclass(eq=False)
class Trace:
    """One quantity of a run: after each group of batches, as a running mean over them, and after each epoch.

    `best` is the best epoch and its value: of validation if there is any, else of training.
    """

    batches: Series = field(default_factory=Series)
    smoothed: Series = field(default_factory=Series)
    training: Series = field(default_factory=Series)
    validation: Series = field(default_factory=Series)
    best: tuple[int, float] | None = None


class RunCurves:
    """Loss, accuracy and learning rate of a run of so many epochs.

    A group of less than half as many samples as the largest one is joined with the next: the last batches of an epoch
    are often a handful, and their mean by itself is chance.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.loss, self.accuracy, self.learning_rate = Trace(), Trace(), Series()
        span = smoothing_span(epochs)
        self._means = RunningMean(span), RunningMean(span)
        self._joined, self._samples, self._largest = (0.0, 0.0), 0, 0

    @property
    def position(self) -> float:
        """How far the run is on the axis of epochs: 2.5 is half-way through the third."""
        return float(
            max((series.x[-1] for series in (self.learning_rate, self.loss.training) if len(series)), default=0)
        )

    def add_batches(self, done: BatchesDone) -> None:
        """Note a group of batches."""
        x = epoch_position(done.epoch, done.batch, done.batches_per_epoch)
        told = done.loss, done.accuracy
        self._largest = max(self._largest, done.samples)
        self._samples += done.samples
        self._joined = (self._joined[0] + done.loss * done.samples, self._joined[1] + done.accuracy * done.samples)
        for trace, mean, value in zip((self.loss, self.accuracy), self._means, told, strict=True):
            trace.smoothed.add(x, mean.add(x, value, done.samples))
        if 2 * self._samples >= self._largest:
            for trace, total in zip((self.loss, self.accuracy), self._joined, strict=True):
                trace.batches.add(x, total / self._samples)
            self._joined, self._samples = (0.0, 0.0), 0
        self.learning_rate.add(x, done.learning_rate)

    def add_epoch(self, done: EpochDone) -> None:
        """Note the means of an epoch and of its validation.

        Of an epoch before a run was taken up again, no batch was told: its means stand for them.
        """
        is_of_before = not len(self.learning_rate) or self.learning_rate.x[-1] < done.epoch
        told = (self.loss, done.loss, done.val_loss), (self.accuracy, done.accuracy, done.val_accuracy)
        for trace, value, checked in told:
            trace.training.add(done.epoch, value)
            if is_of_before:
                trace.smoothed.add(done.epoch, value)
            if checked is not None:
                trace.validation.add(done.epoch, checked)
            if done.is_best:
                trace.best = done.epoch, value if checked is None else checked
        if is_of_before:
            self.learning_rate.add(done.epoch, done.learning_rate)


# What of curves to show, and the numbers on their axes.

_NICE_LENGTHS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
_NOISE = (0.02, 0.98)
"""Quantiles of a noisy curve between which its values matter."""
_WORTH_MOVING = 0.7
"""An axis stays as it is while it shows all, and what matters takes this share of it."""

_ENOUGH = 2000
"""So many values of a noisy curve tell its quantiles well enough."""

Range = tuple[float, float]


def epochs_reached(position: float, planned: int) -> float:
    """The end of the axis of epochs while a run is at `position`: it grows in steps, up to what is planned."""
    if position <= 1:
        return float(min(1, planned))
    power = 10.0 ** math.floor(math.log10(position))
    lengths = (length * factor for factor in (power, 10 * power) for length in _NICE_LENGTHS)
    return float(min(planned, math.ceil(next(length for length in lengths if length >= position))))


def values_that_matter(x: Numbers, y: Numbers, is_noisy: bool = False, is_mean: bool = False) -> Range | None:
    """The lowest and the highest of the values that an axis is fitted to; None without any.

    What comes before the end of the first epoch does not count, nor the first twentieth of a long run: the fall from
    guessing would take up the whole axis. Within the first epoch its second half counts. Of a noisy curve outliers do
    not count either. A mean over an epoch (`is_mean`) is as old as the beginning of that epoch.
    """
    finite = np.isfinite(y)
    if not finite.any():
        return None
    last = float(x[finite].max())
    begins = max(min(1.0, last / 2), last / 20) + is_mean
    values = y[finite & (x >= min(last, begins))]
    low, high = np.quantile(values[:: 1 + len(values) // _ENOUGH], _NOISE) if is_noisy else (values.min(), values.max())
    return float(low), float(high)


def joined(ranges: Iterable[Range | None]) -> Range | None:
    """The range that holds all of these."""
    known = [part for part in ranges if part is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def padded(wanted: Range, share: float = 0.06) -> Range:
    """A little more than `wanted`, and never nothing: a flat line has an axis, too."""
    low, high = wanted
    least = max(abs(low), abs(high)) * 0.02 or 1e-3
    more = max(0.0, least - (high - low)) / 2 + share * max(high - low, least)
    return low - more, high + more


def calm(now: Range, wanted: Range) -> Range:
    """`wanted`, or what is shown now if that is nearly the same: an axis should not move at every moment."""
    shows_all = now[0] <= wanted[0] and wanted[1] <= now[1]
    return now if shows_all and wanted[1] - wanted[0] >= _WORTH_MOVING * (now[1] - now[0]) else wanted


def value_at(x: Numbers, y: Numbers, epoch: float) -> float | None:
    """The value of the point nearest to `epoch`, x ascending; None where none is within half an epoch, or no number."""
    if not len(x):
        return None
    right = int(np.clip(np.searchsorted(x, epoch), 1, len(x) - 1)) if len(x) > 1 else 0
    left = max(0, right - 1)
    nearest = left if epoch - x[left] <= x[right] - epoch else right
    return float(y[nearest]) if abs(x[nearest] - epoch) <= 0.5 and np.isfinite(y[nearest]) else None


def even_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Round numbers from `low` to `high`, at most so many and at least two where there is any distance."""
    return _multiples(_round_step((high - low) / (most - 1)), low, high) if high > low else (low,)


def epoch_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Numbers for an axis of epochs: 1, 2 or 5 times a power of ten apart; whole ones unless less than one is shown."""
    step = _round_step(max(high - low, 1e-9) / most)
    return _multiples(max(1.0, step) if high - low >= 1 else step, low, high)


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
    return even_ticks(10.0**low, 10.0**high)


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least * (1 - 1e-9))


def _multiples(step: float, low: float, high: float) -> tuple[float, ...]:
    numbers = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return tuple(round(step * number, 12) for number in numbers)


@dataclass(frozen=True)
class LogScale:
    """A scale of whole powers of ten, from 10**`low` to 10**`high`, that grows with what it has to show."""

    low: int
    high: int

    @classmethod
    def of(cls, values: Iterable[float], before: "LogScale | None" = None) -> "LogScale":
        """The smallest scale that holds all positive finite `values` and the scale `before`; one decade for none."""
        powers = [math.log10(value) for value in values if 0 < value < math.inf]
        low = min(map(math.floor, powers), default=-1)
        high = max(map(math.ceil, powers), default=0)
        if before is not None and not powers:
            return before
        if before is not None:
            low, high = min(low, before.low), max(high, before.high)
        return cls(low, max(high, low + 1))

    def share(self, value: float) -> float:
        """Where `value` lies, from 0 (the low end, and all that is smaller or no number) to 1 (the high end)."""
        if not value > 0:
            return 0.0
        if value == math.inf:
            return 1.0
        return min(1.0, max(0.0, (math.log10(value) - self.low) / (self.high - self.low)))

    @property
    def powers(self) -> range:
        """The powers of ten on the scale."""
        return range(self.low, self.high + 1)
