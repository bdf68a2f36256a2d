"""The numbers a window shows of a run under way: how far it is, how long it will take, what it predicts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from app.core.runs.events import BatchesDone, EpochDone, ProbePredicted


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
    def after(cls, done: "BatchesDone", epochs: int, past: "Sequence[EpochDone]") -> Self:
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


def seconds_left(position: float, epochs: int, elapsed_s: float, past: "Sequence[EpochDone]") -> float | None:
    """How long `epochs` will still take, at `position` on the axis of epochs; None while nobody can tell.

    The last whole epoch is the best measure: the first one holds the time TensorFlow needs to get going.
    """
    if past:
        return past[-1].epoch_s * max(0.0, epochs - position)
    if elapsed_s < 1 or position <= 0:
        return None
    return elapsed_s / position * max(0.0, epochs - position)


def duration_text(
    seconds: float,
    decimals: int = 0,
    words: tuple[str, str, str] = ("{s} s", "{m} min {s:02} s", "{h} h {m:02} min"),
) -> str:
    """A time as people read it: "27 s" with so many `decimals`, "3 min 05 s", "1 h 20 min"."""
    whole = round(seconds)
    if whole < 60:
        return words[0].format(s=f"{seconds:.{decimals}f}")
    minutes, hours = whole // 60, whole // 3600
    return words[2].format(h=hours, m=minutes % 60) if hours else words[1].format(m=minutes, s=whole % 60)


def metric_text(value: float, decimals: int) -> str:
    """A loss or a share as a user reads it: 0.4354, or 1.2e30 where decimals would be a row of noise."""
    if abs(value) < 1e4:
        return f"{value:.{decimals}f}"
    return short_power(f"{value:.1e}")


def short_power(text: str) -> str:
    """Scientific notation without its padding: "2.0e+30" as "2e30", "1.5e-06" as "1.5e-6"."""
    mantissa, _, power = text.partition("e")
    whole = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{whole}e{int(power)}" if power else text


def best_epoch(epochs: "Sequence[EpochDone]") -> "EpochDone | None":
    """The best epoch so far: the last one that was better than all before it."""
    return next((epoch for epoch in reversed(epochs) if epoch.is_best), None)


class PredictionHistory:
    """How a network's predictions for one picture moved over a run, thinned out so that they stay within `limit`."""

    def __init__(self, limit: int = 512) -> None:
        self._limit = limit
        self._rows: list[NDArray[np.float32]] = []
        self._seen, self._stride = 0, 1

    def add(self, predicted: "ProbePredicted") -> None:
        """Take in a prediction; of a long history only every second, fourth, ... one is kept."""
        self._seen += 1
        if self._seen % self._stride:
            return
        self._rows.append(predicted.probabilities)
        if len(self._rows) > self._limit:
            self._rows = self._rows[1::2]
            self._stride *= 2

    @property
    def rows(self) -> NDArray[np.float32]:
        """The probabilities (predictions, classes), oldest first."""
        return np.array(self._rows, np.float32).reshape(len(self._rows), -1) if self._rows else np.zeros((0, 0), "f4")

    def clear(self) -> None:
        """Forget the run."""
        self._rows = []
        self._seen, self._stride = 0, 1
