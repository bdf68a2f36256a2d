"""The trainer: a config and data in, events out, a trained network at the end.

A plain function that knows nothing of who listens. Whoever calls it owns the thread: every Keras call of a run happens
here. Importing this module imports TensorFlow.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import InputError, StudioError
from app.core.film.filming import Filming
from app.core.inference.metrics import Evaluation, Totals, rare_classes
from app.core.models.keras_files import set_initial_weights
from app.core.runs.checkpoint import Checkpoint
from app.core.runs.events import CheckedUp, DataFacts, EndReason, EpochDone, RunPreparing, RunStarted
from app.core.runs.snapshots import FilmFacts
from app.core.training.checkup import Checkup, largest_shift
from app.core.training.control import Clock, EventSink, RunControl, StopRequested, Supervisor
from app.core.training.engines import Engine, engine_for
from app.core.training.images import check_run, run_images, test_copies, typical_images

OUT_OF_MEMORY = "Memory ran out; choose a smaller batch size or a smaller network."


@dataclass(frozen=True)
class TrainedNetwork:
    """What a run leaves behind. `engine` holds the live network; only the training thread may touch it.

    `failure` is a sentence when `reason` is FAILED. `batches` counts the updates its weights have seen, `run` is the
    number in the history.
    """

    config: TrainingConfig
    dataset: Dataset
    engine: Engine
    reason: EndReason
    epochs: tuple[EpochDone, ...]
    elapsed_s: float
    batches: int
    batches_per_epoch: int
    failure: str = ""
    run: int | None = None

    @property
    def best(self) -> EpochDone | None:
        """The best epoch so far."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)

    @property
    def epoch_of_weights(self) -> EpochDone | None:
        """The epoch whose metrics belong to the weights; none after a stop in the middle of an epoch."""
        if not self.epochs:
            return None
        if self.reason in {EndReason.STOPPED, EndReason.FAILED}:
            return self.epochs[-1] if self.batches == len(self.epochs) * self.batches_per_epoch else None
        restored = self.config.early_stopping_patience and self.config.restore_best_weights
        return self.best if restored else self.epochs[-1]


def train(
    config: TrainingConfig,
    dataset: Dataset,
    emit: EventSink,
    control: RunControl,
    *,
    start: Checkpoint | None = None,
    save: Callable[[Checkpoint], None] | None = None,
    film: Filming | None = None,
) -> TrainedNetwork:
    """Run the training that `config` describes on the training split of `dataset`, from `start` on if it is given.

    Each epoch's checkpoint is given to `save`, and `film` keeps the weights as they change.

    Emits every event from RunPreparing to the last EpochDone, but not RunEnded: what is done with the network comes
    after (see `runs`). Stops within one group of batches when asked. A run that diverges or outgrows
    the memory comes back as FAILED, with its history. Raises StudioError if it cannot even begin.
    """
    check_run(config, dataset)
    emit(RunPreparing("Building the network"))
    try:
        run = _Run(config, dataset, emit, control, start=start, save=save, film=film)
    except tf.errors.ResourceExhaustedError:
        raise StudioError(OUT_OF_MEMORY) from None
    except ValueError as error:
        raise InputError(f"These layers do not fit together; change the network ({first_line(error)}).") from None
    reason, failure = EndReason.STOPPED, ""
    try:
        with suppress(StopRequested):
            reason = run.epochs()
        run.settle()
        if reason is not EndReason.STOPPED:
            run.supervisor.read_probe()
    except StudioError as error:
        reason, failure = EndReason.FAILED, str(error)
    except tf.errors.ResourceExhaustedError:
        reason, failure = EndReason.FAILED, OUT_OF_MEMORY
    finally:
        run.engine.end()
        if film is not None:
            film.end()
    return TrainedNetwork(
        config=config,
        dataset=dataset,
        engine=run.engine,
        reason=reason,
        epochs=tuple(run.history),
        elapsed_s=run.clock.elapsed_s,
        batches=run.batches_before + run.supervisor.batches_done,
        batches_per_epoch=run.batches_per_epoch,
        failure=failure,
    )


def first_line(error: Exception) -> str:
    """The beginning of a library's message, for a sentence of ours."""
    return str(error).strip().partition("\n")[0].rstrip(".")


class _Run:
    """One run under way."""

    def __init__(
        self,
        config: TrainingConfig,
        dataset: Dataset,
        emit: EventSink,
        control: RunControl,
        *,
        start: Checkpoint | None,
        save: Callable[[Checkpoint], None] | None,
        film: Filming | None,
    ) -> None:
        self._config, self._emit, self._classes = config, emit, len(dataset.class_names)
        self._save, self._film = save, film
        images = run_images(config, dataset)
        data, held = images.data, images.validation
        self._training = images.epoch
        self._settling = typical_images(images, config)
        self._validation = LabelledImages(data.images[held], data.labels[held])
        whole = -(-len(self._training) // config.batch_size)
        self.batches_per_epoch = min(whole, config.steps_per_epoch or whole)
        self.engine = engine_for(config, len(data), self._classes, self.batches_per_epoch * config.epochs)
        self.engine.begin(data)
        if config.initial_model:
            set_initial_weights(self.engine.network, config, dataset.class_names)
        self._checkup = Checkup(config, self._classes, data, self._training)
        self._shift: float | None = None
        counts = np.bincount(data.labels[self._training], minlength=self._classes)[: self._classes]
        self._rare = rare_classes(counts)
        self._random = np.random.default_rng(config.seed)
        self.history: list[EpochDone] = []
        self._best_weights: tuple[Any, ...] = ()
        self.clock = Clock()
        if start is not None:
            self._go_on_from(start)
        self.batches_before = len(self.history) * self.batches_per_epoch
        self.supervisor = Supervisor(emit, control, self.engine, dataset.preprocessing, self.clock, film)
        emit(
            RunStarted(
                recipe=config.recipe,
                data=dataset.description,
                epochs=config.epochs,
                batches_per_epoch=self.batches_per_epoch,
                train_samples=min(len(self._training), self.batches_per_epoch * config.batch_size),
                validation_samples=len(held),
                parameters=self.engine.network.count_params(),
                engine=self.engine.name,
                first_epoch=len(self.history) + 1,
                data_facts=DataFacts(
                    tuple(zip(dataset.class_names, counts.tolist(), strict=True)),
                    0 if config.drop_test_copies else test_copies(dataset),
                    len(dataset.test),
                ),
            )
        )
        if not self.history and self._checkup.is_due(0, 0.0):
            emit(self._checkup.look(0, self.engine.network.get_weights))
        if film is not None:
            self._begin_film(film, dataset)

    def epochs(self) -> EndReason:
        """All epochs, or fewer when validation stops improving."""
        while len(self.history) < self._config.epochs:
            if self._is_patience_over():
                self._restore_best()
                return EndReason.EARLY_STOPPED
            self._one_epoch(len(self.history) + 1)
        self._restore_best()
        return EndReason.COMPLETED

    def settle(self, between: Callable[[], None] = lambda: None) -> None:
        """Make the network ready to be looked at: batch normalization shall predict as it trains."""
        kept = self._variances()
        self.engine.statistics.settle(self._settling, between)
        self._shift = largest_shift(kept, self._variances())

    def _variances(self) -> list[NDArray[np.float32]]:
        """Those that each batch normalization predicts with."""
        return [layer.moving_variance.numpy() for layer in self.engine.statistics.layers]

    def _go_on_from(self, start: Checkpoint) -> None:
        """Put everything back to where it was. Raises ValueError if it does not fit this network."""
        self.engine.restore(list(start.state))
        self._random.bit_generator.state = start.random_state
        self.history = list(start.epochs)
        self._best_weights = start.best_weights
        self.clock = Clock(start.elapsed_s)

    def _begin_film(self, film: Filming, dataset: Dataset) -> None:
        has_validation = bool(len(self._validation))
        facts = FilmFacts(
            config=self._config,
            class_names=dataset.class_names,
            preprocessing=dataset.preprocessing,
            batches_per_epoch=self.batches_per_epoch,
            sample_part="validation" if has_validation else "test",
        )
        checked = self._validation if has_validation else dataset.test
        best = max((done.epoch for done in self.history if done.is_best), default=None)
        film.begin(facts, checked, self.engine.weights, len(self.history), best)

    def _is_patience_over(self) -> bool:
        best = max((done.epoch for done in self.history if done.is_best), default=len(self.history))
        patience = self._config.early_stopping_patience
        return bool(patience) and len(self.history) - best >= patience

    def _one_epoch(self, epoch: int) -> None:
        began = self.clock.elapsed_s
        self.supervisor.begin_epoch(epoch, self.batches_per_epoch)
        seen = self.batches_per_epoch * self._config.batch_size
        self.engine.train_epoch(self._random.permutation(self._training)[:seen], self.supervisor)
        self._end_epoch(epoch, self.supervisor.totals, began)

    def _end_epoch(self, epoch: int, totals: Totals, began: float) -> None:
        trained_s = self.clock.elapsed_s
        validated = None
        if len(self._validation):
            self.settle(self.supervisor.before)
            validated = self.engine.evaluate(self._validation, self.supervisor.before)
            self.supervisor.check_finite(validated.loss)
        is_best = self._judge(validated.mean_loss if validated else totals.mean_loss)
        elapsed = self.clock.elapsed_s
        if self._checkup.is_due(epoch, elapsed):
            self._emit(self._checked_up(epoch, validated))
        done = EpochDone(
            epoch=epoch,
            loss=totals.mean_loss,
            accuracy=totals.accuracy,
            val_loss=validated.mean_loss if validated else None,
            val_accuracy=validated.accuracy if validated else None,
            learning_rate=self.engine.learning_rate(),
            is_best=is_best,
            epoch_s=elapsed - began,
            elapsed_s=elapsed,
            val_precision=validated.precision if validated else None,
            val_recall=validated.recall if validated else None,
            validation_s=elapsed - trained_s,
        )
        self.history.append(done)
        if self._save is not None:
            self._save(self._checkpoint(elapsed))
        self._emit(done)
        if self._film is not None:
            self._film.after_epoch(epoch, is_best)

    def _checked_up(self, epoch: int, validated: Evaluation | None) -> CheckedUp:
        """What the check-up finds, and what validating has found anyway."""
        recall = None
        if validated is not None and self._rare.any():
            right, of = np.diag(validated.confusion)[self._rare].sum(), validated.confusion[self._rare].sum()
            recall = float(right / of) if of else None
        found = self._checkup.look(epoch, self.engine.network.get_weights)
        return replace(found, statistics_shift=self._shift if validated is not None else None, rare_recall=recall)

    def _checkpoint(self, elapsed_s: float) -> Checkpoint:
        return Checkpoint(
            tuple(self.engine.state()),
            dict(self._random.bit_generator.state),
            tuple(self.history),
            elapsed_s,
            self._best_weights,
        )

    def _judge(self, loss: float) -> bool:
        """Tell whether this epoch is the best so far, and remember its weights if they may be wanted."""
        losses = [done.loss if done.val_loss is None else done.val_loss for done in self.history if done.is_best]
        is_best = loss < min(losses, default=float("inf"))
        if is_best and self._config.early_stopping_patience and self._config.restore_best_weights:
            self._best_weights = tuple(np.array(weight) for weight in self.engine.network.get_weights())
        return is_best

    def _restore_best(self) -> None:
        if self._best_weights:
            self.engine.network.set_weights(self._best_weights)
