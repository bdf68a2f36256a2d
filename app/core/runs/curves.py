"""The curves of a run under way, made of what it tells. Pure."""

import math
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
        """Note the means of an epoch and of its validation."""
        told = (self.loss, done.loss, done.val_loss), (self.accuracy, done.accuracy, done.val_accuracy)
        for trace, value, checked in told:
            trace.training.add(done.epoch, value)
            if checked is not None:
                trace.validation.add(done.epoch, checked)
            if done.is_best:
                trace.best = done.epoch, value if checked is None else checked
        if not len(self.learning_rate) or self.learning_rate.x[-1] < done.epoch:  # of a run that is taken up again
            self.learning_rate.add(done.epoch, done.learning_rate)
