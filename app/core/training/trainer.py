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
from app.core.errors import InputError, StudioError
from app.core.models.config import TrainingConfig
from app.core.training.checks import check_run
from app.core.training.control import Probe, RunControl
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
OUT_OF_MEMORY = "Memory ran out; choose a smaller batch size or a smaller network."

EventSink = Callable[[Event], None]


@dataclass(frozen=True)
class TrainedNetwork:
    """What a run leaves behind. `loop` holds the live network; only the training thread may touch it.

    `failure` is a sentence when `reason` is FAILED. `batches` counts the updates its weights have seen.
    """

    config: TrainingConfig
    dataset: Dataset
    loop: TrainingLoop
    reason: EndReason
    epochs: tuple[EpochDone, ...]
    elapsed_s: float
    batches: int
    batches_per_epoch: int
    failure: str = ""

    @property
    def best(self) -> EpochDone | None:
        """The best epoch so far."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)


class StopRequested(Exception):  # noqa: N818 - not an error
    """The person asked for the end of the run."""


def train(config: TrainingConfig, dataset: Dataset, emit: EventSink, control: RunControl) -> TrainedNetwork:
    """Run the training that `config` describes on the training part of `dataset`.

    Emits every event from RunPreparing to the last EpochDone, but not RunEnded: what is done with the network comes
    after (see `app.core.training.runs`). Stops within one group of batches when asked. A run that diverges or outgrows
    the memory comes back as FAILED, with its history. Raises StudioError if it cannot even begin.
    """
    check_run(config, len(dataset.train))
    emit(RunPreparing("Building the network"))
    try:
        run = _Run(config, dataset, emit, control)
    except tf.errors.ResourceExhaustedError:
        raise StudioError(OUT_OF_MEMORY) from None
    except ValueError as error:
        raise InputError(f"These layers do not fit together; change the network ({first_line(error)}).") from None
    reason, failure = EndReason.STOPPED, ""
    try:
        reason = run.epochs()
        run.read_probe()
    except StopRequested:
        pass
    except StudioError as error:
        reason, failure = EndReason.FAILED, str(error)
    except tf.errors.ResourceExhaustedError:
        reason, failure = EndReason.FAILED, OUT_OF_MEMORY
    history = tuple(run.history)
    return TrainedNetwork(
        config,
        dataset,
        run.loop,
        reason,
        history,
        run.clock.elapsed_s,
        run.batches_done,
        run.batches_per_epoch,
        failure,
    )


def first_line(error: Exception) -> str:
    """The beginning of a library's message, for a sentence of ours."""
    return str(error).strip().partition("\n")[0].rstrip(".")


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
        self.batches_done = 0
        labels = dataset.train.labels
        chosen, held = split_validation(len(labels), config.validation_split, config.seed)
        self._training = chosen.astype(np.int32)
        self._validation = LabelledImages(dataset.train.images[held], labels[held])
        self._patience = config.early_stopping_patience
        self.batches_per_epoch = -(-len(chosen) // config.batch_size)
        steps = self.batches_per_epoch * config.epochs
        self.loop = loop_for(config, len(labels), len(dataset.class_names), steps)
        self.loop.begin(dataset.train)
        self._pacer = Pacer(config, steps, XLA_CAPACITY)
        self._random = np.random.default_rng(config.seed)
        self._best = float("inf")
        self._best_weights: list[Any] | None = None
        self._next_probe = 0.0
        self._preprocessing = dataset.preprocessing
        self._probe: Probe | None = None
        self._probe_image: NDArray[np.float32] | None = None
        self._epoch, self._batch = 1, 0
        emit(
            RunStarted(
                recipe=config.recipe,
                data=dataset.description,
                epochs=config.epochs,
                batches_per_epoch=self.batches_per_epoch,
                train_samples=len(chosen),
                validation_samples=len(held),
                parameters=self.loop.network.count_params(),
                engine=self._pacer.engine,
            )
        )

    def epochs(self) -> EndReason:
        """All epochs, or fewer when validation stops improving."""
        for epoch in range(1, self._config.epochs + 1):
            self._one_epoch(epoch)
            best = max((done.epoch for done in self.history if done.is_best), default=epoch)
            if self._patience and epoch - best >= self._patience and epoch < self._config.epochs:
                self._restore_best()
                return EndReason.EARLY_STOPPED
        self._restore_best()
        return EndReason.COMPLETED

    def _one_epoch(self, epoch: int) -> None:
        began = self.clock.elapsed_s
        totals, done = NOTHING, 0
        for batches in self._groups():
            self._between_groups(epoch, done)
            started = time.perf_counter()
            is_whole = batches.shape[1] == self._config.batch_size
            group = self.loop.run(batches, compiled=self._pacer.compiled and is_whole)
            spent = time.perf_counter() - started
            if is_whole:
                self._pacer.record(len(batches), spent)
            totals, done = totals + group, done + len(batches)
            self.batches_done += len(batches)
            self._check_finite(group, epoch)
            self._emit(
                BatchesDone(
                    epoch,
                    done,
                    self.batches_per_epoch,
                    group.mean_loss,
                    group.accuracy,
                    group.samples / spent,
                    self.clock.elapsed_s,
                )
            )
        self._end_epoch(epoch, totals, began)

    def _check_finite(self, totals: Totals, epoch: int) -> None:
        if not np.isfinite(totals.loss):
            raise StudioError(
                f"The loss stopped being a number in epoch {epoch}; try a smaller learning rate than "
                f"{self._config.learning_rate:g}."
            )

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
        self._epoch, self._batch = epoch, batch
        if self._control.is_paused:
            self._emit(RunPaused(self.clock.elapsed_s))
            began = time.perf_counter()
            self._wait_while_paused()
            self.clock.leave_out(time.perf_counter() - began)
            self._emit(RunResumed(self.clock.elapsed_s))
        if self._control.is_stopping:
            raise StopRequested
        if time.perf_counter() >= self._next_probe:
            self.read_probe()

    def _wait_while_paused(self) -> None:
        """Wait for the person, and meanwhile read whatever else they draw."""
        while not self._control.wait_while_paused(PROBE_INTERVAL_S):
            if self._control.probe is not self._probe:
                self.read_probe()

    def read_probe(self) -> None:
        """Let the network as it is now read the person's picture, if there is one."""
        probe = self._control.probe
        if probe is not self._probe:
            self._probe, self._probe_image = probe, probe(self._preprocessing) if probe is not None else None
        if self._probe_image is not None:
            self._next_probe = time.perf_counter() + PROBE_INTERVAL_S
            self._emit(ProbePredicted(self._epoch, self._batch, self.loop.probabilities(self._probe_image)))

    def _end_epoch(self, epoch: int, totals: Totals, began: float) -> None:
        validated = None
        if len(self._validation):
            validated = evaluate(
                self.loop, self._validation, lambda: self._between_groups(epoch, self.batches_per_epoch)
            )
            self._check_finite(validated, epoch)
        judged = validated.mean_loss if validated else totals.mean_loss
        is_best = judged < self._best
        if is_best:
            self._best = judged
            if self._patience:
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
        self._epoch, self._batch = epoch, self.batches_per_epoch
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
