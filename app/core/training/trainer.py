"""The trainer: a config and data in, events out, a trained network at the end.

A plain function that knows nothing of who listens. Whoever calls it owns the thread: every Keras call of a run happens
here. Importing this module imports TensorFlow.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.datasets.splits import split_validation
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import StudioError
from app.core.models.config import TrainingConfig
from app.core.training.control import RunControl
from app.core.training.events import (
    BatchesDone,
    EndReason,
    EpochDone,
    Event,
    ProbePredicted,
    RunPaused,
    RunPreparing,
    RunResumed,
    RunStarted,
)
from app.core.training.loops import EVALUATION_BATCH, NOTHING, XLA_CAPACITY, Totals, TrainingLoop, loop_for
from app.core.training.pacing import Pacer

PROBE_INTERVAL_S = 0.1

EventSink = Callable[[Event], None]


@dataclass(frozen=True)
class TrainedNetwork:
    """What a run leaves behind. `loop` holds the live network; only the training thread may touch it."""

    config: TrainingConfig
    dataset: Dataset
    loop: TrainingLoop
    reason: EndReason
    epochs: tuple[EpochDone, ...]
    elapsed_s: float

    @property
    def best(self) -> EpochDone | None:
        """The best epoch so far."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)


class _StopRequested(Exception):  # noqa: N818 - not an error
    """The person asked for the end of the run."""


def train(config: TrainingConfig, dataset: Dataset, emit: EventSink, control: RunControl) -> TrainedNetwork:
    """Run the training that `config` describes on the training part of `dataset`.

    Emits every event from RunPreparing to the last EpochDone, but not RunEnded: what is done with the network comes
    after (see `app.core.training.runs`). Stops within one group of batches when asked. Raises StudioError when the
    loss is no longer a number.
    """
    emit(RunPreparing("Building the network"))
    run = _Run(config, dataset, emit, control)
    reason = EndReason.STOPPED
    try:
        reason = run.epochs()
    except _StopRequested:
        pass
    except tf.errors.ResourceExhaustedError:
        raise StudioError("Memory ran out; choose a smaller batch size or a smaller network.") from None
    return TrainedNetwork(config, dataset, run.loop, reason, tuple(run.history), run.clock.elapsed_s)


class _Clock:
    """Seconds of a run, without its pauses."""

    def __init__(self) -> None:
        self._began, self._paused = time.perf_counter(), 0.0

    @property
    def elapsed_s(self) -> float:
        return time.perf_counter() - self._began - self._paused

    def leave_out(self, seconds: float) -> None:
        self._paused += seconds


class _Run:
    """One run under way."""

    def __init__(self, config: TrainingConfig, dataset: Dataset, emit: EventSink, control: RunControl) -> None:
        self._config, self._emit, self._control = config, emit, control
        self.clock = _Clock()
        self.history: list[EpochDone] = []
        labels = dataset.train.labels
        chosen, held = split_validation(len(labels), config.validation_split, config.seed)
        self._training = chosen.astype(np.int32)
        self._validation = LabelledImages(dataset.train.images[held], labels[held])
        self._batches = -(-len(chosen) // config.batch_size)
        steps = self._batches * config.epochs
        self.loop = loop_for(config, len(labels), len(dataset.class_names), steps)
        self.loop.begin(dataset.train)
        self._pacer = Pacer(config, steps, XLA_CAPACITY)
        self._random = np.random.default_rng(config.seed)
        self._best = float("inf")
        self._best_weights: list[Any] | None = None
        self._next_probe = 0.0
        emit(
            RunStarted(
                recipe=config.recipe,
                data=dataset.description,
                epochs=config.epochs,
                batches_per_epoch=self._batches,
                train_samples=len(chosen),
                validation_samples=len(held),
                parameters=self.loop.network.count_params(),
                engine=self._pacer.engine,
            )
        )

    def epochs(self) -> EndReason:
        """All epochs, or fewer when validation stops improving."""
        patience = self._config.early_stopping_patience
        for epoch in range(1, self._config.epochs + 1):
            self._one_epoch(epoch)
            best = max((done.epoch for done in self.history if done.is_best), default=epoch)
            if patience and len(self._validation) and epoch - best >= patience and epoch < self._config.epochs:
                self._restore_best()
                return EndReason.EARLY_STOPPED
        if patience:
            self._restore_best()
        return EndReason.COMPLETED

    def _one_epoch(self, epoch: int) -> None:
        began = self.clock.elapsed_s
        totals, done = NOTHING, 0
        for batches in self._groups():
            self._between_groups(epoch, done)
            started = time.perf_counter()
            group = self.loop.run(batches, self._pacer.compiled and batches.shape[1] == self._config.batch_size)
            spent = time.perf_counter() - started
            self._pacer.record(len(batches), spent)
            totals, done = totals + group, done + len(batches)
            if not np.isfinite(group.loss):
                raise StudioError(
                    f"The loss stopped being a number in epoch {epoch}; try a smaller learning rate than "
                    f"{self._config.learning_rate:g}."
                )
            self._emit(
                BatchesDone(
                    epoch,
                    done,
                    self._batches,
                    group.mean_loss,
                    group.accuracy,
                    group.samples / spent,
                    self.clock.elapsed_s,
                )
            )
        self._end_epoch(epoch, totals, began)

    def _groups(self) -> Iterator[NDArray[np.int32]]:
        """The epoch's batches in a new order: arrays (batches, batch_size), the last one with what remains."""
        order = self._random.permutation(self._training)
        size = self._config.batch_size
        whole = len(order) // size
        batches = order[: whole * size].reshape(whole, size)
        position = 0
        while position < whole:
            count = self._pacer.batches
            yield batches[position : position + count]
            position += count
        if len(order) % size:
            yield order[None, whole * size :]

    def _between_groups(self, epoch: int, batch: int) -> None:
        """Obey the person, and let the network re-read the probe."""
        if self._control.is_paused:
            self._emit(RunPaused(self.clock.elapsed_s))
            began = time.perf_counter()
            self._control.wait_while_paused()
            self.clock.leave_out(time.perf_counter() - began)
            self._emit(RunResumed(self.clock.elapsed_s))
        if self._control.is_stopping:
            raise _StopRequested
        now, image = time.perf_counter(), self._control.probe
        if image is not None and now >= self._next_probe:
            self._next_probe = now + PROBE_INTERVAL_S
            self._emit(ProbePredicted(epoch, batch, self.loop.probabilities(image)))

    def _end_epoch(self, epoch: int, totals: Totals, began: float) -> None:
        validated = None
        if len(self._validation):
            validated = evaluate(self.loop, self._validation, lambda: self._between_groups(epoch, self._batches))
        judged = validated.mean_loss if validated else totals.mean_loss
        is_best = judged < self._best
        if is_best:
            self._best = judged
            if self._config.early_stopping_patience:
                self._best_weights = [np.array(weight) for weight in self.loop.network.get_weights()]
        elapsed = self.clock.elapsed_s
        done = EpochDone(
            epoch=epoch,
            loss=totals.mean_loss,
            accuracy=totals.accuracy,
            val_loss=validated.mean_loss if validated else None,
            val_accuracy=validated.accuracy if validated else None,
            learning_rate=self.loop.learning_rate(),
            is_best=is_best,
            epoch_s=elapsed - began,
            elapsed_s=elapsed,
        )
        self.history.append(done)
        self._emit(done)

    def _restore_best(self) -> None:
        if self._best_weights is not None:
            self.loop.network.set_weights(self._best_weights)


def evaluate(loop: TrainingLoop, data: LabelledImages, between: Callable[[], None] = lambda: None) -> Totals:
    """Loss and accuracy over `data`; `between` is called before every batch and may raise to end it."""
    totals = NOTHING
    for start in range(0, len(data), EVALUATION_BATCH):
        between()
        part = slice(start, start + EVALUATION_BATCH)
        totals = totals + loop.evaluate(data.images[part], data.labels[part])
    return totals
