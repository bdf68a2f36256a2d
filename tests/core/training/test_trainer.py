"""The trainer's contract: which events come when, and that it obeys.

Tests of the same settings stand together: the trainer keeps the engine of the run before.
"""

import itertools
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization, Conv2D, Dense, Dropout, Layer, MaxPooling2D
from app.core.datasets.types import Dataset
from app.core.errors import InputError
from app.core.runs.events import (
    BatchesDone,
    EndReason,
    EpochDone,
    Event,
    ModelSaved,
    ProbePredicted,
    RunEnded,
    RunPaused,
    RunPreparing,
    RunResumed,
    RunStarted,
)
from app.core.training.control import RunControl
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.usefixtures("tensorflow")

T = TypeVar("T")

DENSE: tuple[Layer, ...] = (Dense(units=16), Dropout(rate=0.1))


def config(layers: tuple[Layer, ...] = DENSE, **values: object) -> TrainingConfig:
    start = TrainingConfig(recipe="quickstart-mnist", layers=layers, epochs=3, batch_size=16, engine="graph")
    return start.changed(**values)


def run(
    dataset: Dataset, configured: TrainingConfig, control: RunControl | None = None, name: str | None = None
) -> list[Event]:
    """The events of a run; its model is saved if it has a `name`."""
    from app.core.training import runs

    events: list[Event] = []
    runs.run(configured, dataset, events.append, control or RunControl(), name, save_model=name is not None)
    return events


def of(events: list[Event], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


def _stop_after(groups: int, control: RunControl) -> Callable[[Event], None]:
    seen = itertools.count(1)

    def emit(event: Event) -> None:
        if isinstance(event, BatchesDone) and next(seen) >= groups:
            control.stop()

    return emit


def _stop_in_epoch(epoch: int, control: RunControl) -> Callable[[Event], None]:
    def emit(event: Event) -> None:
        if isinstance(event, BatchesDone) and event.epoch == epoch:
            control.stop()

    return emit


@dataclass(frozen=True)
class Finished:
    """A run that left the model 'first' in a user folder."""

    events: list[Event]
    folder: Path

    @property
    def ended(self) -> RunEnded:
        last = self.events[-1]
        assert isinstance(last, RunEnded)
        return last


@pytest.fixture(scope="module")
def finished(bars: Dataset, tensorflow: None, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Run once for all that look at it."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTMAX_STUDIO_HOME", str(folder))
        return Finished(run(bars, config(), name="first"), folder)


@pytest.fixture
def first(finished: Finished, home: Path) -> Finished:
    """The same, with a copy of its model in the user folder of a test."""
    shutil.copytree(finished.folder, home)
    return finished


@pytest.fixture(scope="module")
def without_validation(bars: Dataset, tensorflow: None) -> list[Event]:
    """The events of a run that holds no pictures back."""
    from app.core.training.trainer import train

    events: list[Event] = []
    train(config(validation_split=0.0), bars, events.append, RunControl())
    return events


def test_events_come_in_order(finished: Finished) -> None:
    events = finished.events
    assert isinstance(events[0], RunPreparing)
    assert len(of(events, RunStarted)) == len(of(events, RunEnded)) == 1
    assert [epoch.epoch for epoch in of(events, EpochDone)] == [1, 2, 3]
    assert finished.ended.reason is EndReason.COMPLETED


def test_a_network_learns(finished: Finished) -> None:
    assert finished.ended.test_accuracy is not None
    assert finished.ended.test_accuracy > 0.9


def test_the_same_seed_gives_the_same_run(finished: Finished, bars: Dataset) -> None:
    first, second = (of(events, EpochDone) for events in (finished.events, run(bars, config())))
    assert [done.loss for done in first] == pytest.approx([done.loss for done in second], rel=1e-4)


def test_a_stop_before_the_start_is_not_lost(bars: Dataset) -> None:
    control = RunControl()
    control.stop()
    ended = run(bars, config(), control)[-1]
    assert isinstance(ended, RunEnded)
    assert ended.reason is EndReason.STOPPED
    assert ended.epochs_done == 0


def test_pause_holds_the_run_and_resume_lets_it_go_on(bars: Dataset) -> None:
    control, seen = RunControl(), list[Event]()
    paused = threading.Event()

    def emit(event: Event) -> None:
        seen.append(event)
        if isinstance(event, BatchesDone) and len(of(seen, BatchesDone)) == 1:
            control.pause()
        if isinstance(event, RunPaused):
            paused.set()

    from app.core.training.trainer import train

    thread = threading.Thread(target=train, args=(config(), bars, emit, control))
    thread.start()
    try:
        assert paused.wait(PATIENCE_S)
        count = len(seen)
        time.sleep(0.1)
        assert len(seen) == count
    finally:
        control.resume()
        thread.join()
    assert len(of(seen, RunPaused)) == len(of(seen, RunResumed)) == 1
    assert len(of(seen, EpochDone)) == 3


def test_a_paused_run_can_be_stopped(bars: Dataset) -> None:
    control = RunControl()

    def emit(event: Event) -> None:
        if isinstance(event, BatchesDone):
            control.pause()
        if isinstance(event, RunPaused):
            control.stop()

    from app.core.training.trainer import train

    assert train(config(), bars, emit, control).reason is EndReason.STOPPED


def test_the_probe_is_read_while_training(bars: Dataset) -> None:
    from app.core.training.trainer import train

    control = RunControl()
    control.show(lambda _preprocessing: bars.train.images[0].astype(np.float32) / 255)
    seen: list[Event] = []
    train(config(), bars, seen.append, control)
    beliefs = of(seen, ProbePredicted)
    assert beliefs
    for belief in beliefs:
        assert belief.probabilities.shape == (4,)
        assert belief.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_the_probe_is_prepared_as_the_data_in_training(bars: Dataset) -> None:
    asked, control = list[str](), RunControl()

    def probe(preprocessing: str) -> NDArray[np.float32]:
        asked.append(preprocessing)
        return np.zeros((28, 28), np.float32)

    control.show(probe)
    run(Dataset(**{**vars(bars), "preprocessing": "fashion-mnist-1"}), config(), control)
    assert asked == ["fashion-mnist-1"]


def test_a_paused_run_reads_what_is_drawn_meanwhile(bars: Dataset) -> None:
    from app.core.training.trainer import train

    control, seen = RunControl(), list[Event]()
    paused, read = threading.Event(), threading.Event()

    def emit(event: Event) -> None:
        seen.append(event)
        if isinstance(event, BatchesDone) and len(of(seen, BatchesDone)) == 1:
            control.pause()
        if isinstance(event, RunPaused):
            paused.set()
        if isinstance(event, ProbePredicted) and paused.is_set():
            read.set()

    thread = threading.Thread(target=train, args=(config(), bars, emit, control))
    thread.start()
    try:
        assert paused.wait(PATIENCE_S)
        assert not read.wait(0.25)
        control.show(lambda _preprocessing: bars.train.images[0].astype(np.float32) / 255)
        assert read.wait(PATIENCE_S)
        read.clear()
        assert not read.wait(0.25)  # an unchanged picture is not read again
    finally:
        control.resume()
        thread.join()
    assert len(of(seen, RunPaused)) == len(of(seen, RunResumed)) == 1


def test_a_finished_run_is_saved_under_its_name(finished: Finished) -> None:
    saved = of(finished.events, ModelSaved)[0]
    assert saved.model == "first"
    assert (finished.ended.model, finished.ended.test_accuracy) == ("first", saved.test_accuracy)


@pytest.mark.usefixtures("first")
def test_a_taken_name_fails_with_a_sentence_and_keeps_the_network(bars: Dataset) -> None:
    from app.core.training import runs

    events: list[Event] = []
    trained = runs.run(config(), bars, events.append, RunControl(), "first")
    assert trained is not None
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert "first" in ended.message
    with pytest.raises(InputError):
        runs.keep(trained, events.append, "first")


def test_stop_while_the_test_pictures_are_read_leaves_a_network_to_keep(bars: Dataset) -> None:
    from app.core.runs.events import RunFinishing
    from app.core.training import runs

    control, events = RunControl(), list[Event]()

    def emit(event: Event) -> None:
        events.append(event)
        if isinstance(event, RunFinishing):
            control.stop()

    assert runs.run(config(), bars, emit, control) is not None
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.reason, ended.model) == (EndReason.STOPPED, None)


def test_whatever_goes_wrong_while_saving_the_run_ends(bars: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("converter")

    monkeypatch.setattr("app.core.training.runs.write_network", fail)
    ended = run(bars, config(), name="first")[-1]
    assert isinstance(ended, RunEnded)
    assert ended.reason is EndReason.FAILED
    assert ended.epochs_done == 3


def test_layers_that_do_not_fit_are_a_sentence(bars: Dataset) -> None:
    ended = run(bars, config((Conv2D(filters=4), *[MaxPooling2D(pool_size=7)] * 3)), name="second")[-1]
    assert isinstance(ended, RunEnded)
    assert ended.message.startswith("Layer 3, MaxPooling2D")


def test_training_can_begin_with_a_stored_models_weights(first: Finished, bars: Dataset) -> None:
    before = of(first.events, ModelSaved)[0]
    going_on = config(initial_model="first", epochs=1, learning_rate=1e-6)
    after = of(run(bars, going_on, name="second"), ModelSaved)[0]
    assert after.test_accuracy == pytest.approx(before.test_accuracy, abs=0.01)
    assert after.test_loss == pytest.approx(before.test_loss, rel=0.05)


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("layers", [(Dense(units=8),), (Dense(units=16), Dense(units=16))])
def test_only_the_same_network_can_begin_with_those_weights(bars: Dataset, layers: tuple[Layer, ...]) -> None:
    ended = run(bars, config(layers, initial_model="first"), name="second")[-1]
    assert isinstance(ended, RunEnded)
    assert ended.reason is EndReason.FAILED
    assert "other layers" in ended.message


def test_every_batch_is_trained_once(without_validation: list[Event]) -> None:
    for _, group in itertools.groupby(of(without_validation, BatchesDone), lambda done: done.epoch):
        batches = [done.batch for done in group]
        assert batches == sorted(set(batches))
        assert batches[-1] == -(-600 // 16)


def test_without_a_validation_split_nothing_is_held_back(without_validation: list[Event]) -> None:
    assert of(without_validation, RunStarted)[0].train_samples == 600
    assert of(without_validation, EpochDone)[0].val_loss is None


@pytest.mark.parametrize("split", [0.0, 0.0001])
def test_early_stopping_without_validation_is_refused(bars: Dataset, split: float) -> None:
    ended = run(bars, config(early_stopping_patience=3, validation_split=split), name="second")[-1]
    assert isinstance(ended, RunEnded)
    assert "validation split" in ended.message


@pytest.mark.parametrize("output", ["logits", "softmax"])
def test_both_ways_of_compiling_learn_the_same(bars: Dataset, output: str) -> None:
    from app.core.training.trainer import train

    ours, theirs = (
        train(config((Dense(units=16),), output=output, engine=engine), bars, lambda _event: None, RunControl()).epochs
        for engine in ("graph", "xla")
    )
    assert [done.loss for done in ours] == pytest.approx([done.loss for done in theirs], rel=1e-3)


def test_early_stopping_keeps_the_best_epoch_and_reads_with_it(bars: Dataset) -> None:
    """The best weights are put back after the last batch; the user must see what those read."""
    from app.core.training.trainer import train

    control, events = RunControl(), list[Event]()
    image = bars.train.images[0].astype(np.float32) / 255
    control.show(lambda _preprocessing: image)
    trained = train(config(epochs=60, early_stopping_patience=2, learning_rate=0.01), bars, events.append, control)
    last, best = events[-1], trained.best
    assert isinstance(last, ProbePredicted)
    assert (last.epoch, last.batch) == (len(trained.epochs), trained.batches_per_epoch)
    np.testing.assert_allclose(last.probabilities, trained.engine.probabilities(image), atol=1e-6)
    assert trained.reason is EndReason.EARLY_STOPPED
    assert best is not None
    assert best.val_loss == min(done.val_loss for done in trained.epochs if done.val_loss is not None)
    from app.core.datasets.splits import split_validation
    from app.core.datasets.types import LabelledImages

    _, held = split_validation(600, 0.1, 42)
    again = trained.engine.evaluate(LabelledImages(bars.train.images[held], bars.train.labels[held]))
    assert again.mean_loss == pytest.approx(best.val_loss, rel=1e-4)


def test_the_loop_agrees_with_keras_fit(bars: Dataset) -> None:
    """One epoch of plain SGD over the same batches in the same order as `Model.fit` gives the same weights."""
    import keras

    from app.core.networks.building import build_network
    from app.core.training.engines import TrainingLoop

    configured = config((Dense(units=8),), optimizer="sgd", learning_rate=0.1)
    order = np.arange(600, dtype=np.int32)[:592].reshape(37, 16)
    loop = TrainingLoop(configured, 600, 4, 37)
    loop.begin(bars.train)
    oracle = build_network(configured, 4)
    oracle.set_weights(loop.network.get_weights())
    oracle.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    images = bars.train.images[:592, :, :, None].astype(np.float32) / 255.0
    history = oracle.fit(images, bars.train.labels[:592], batch_size=16, shuffle=False, verbose=0).history
    totals = loop.run(order, compiled=False)
    assert totals.mean_loss == pytest.approx(history["loss"][0], rel=1e-3)
    assert totals.accuracy == pytest.approx(history["accuracy"][0])
    for ours, theirs in zip(loop.network.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_a_second_run_with_the_same_settings_starts_afresh(bars: Dataset) -> None:
    """The loop is kept between runs; nothing it has learned may be."""
    layers = (Dense(units=16), BatchNormalization(), Dropout(rate=0.2))
    adam = config(layers, schedule="cosine", optimizer="adam", epochs=2)
    first = of(run(bars, adam), EpochDone)
    assert [done.loss for done in of(run(bars, adam), EpochDone)] == pytest.approx(
        [done.loss for done in first], rel=1e-4
    )


def test_a_stop_ends_the_run_after_the_batches_under_way(bars: Dataset) -> None:
    control, seen = RunControl(), list[Event]()

    def emit(event: Event) -> None:
        seen.append(event)
        if isinstance(event, BatchesDone) and event.epoch == 2:
            control.stop()

    from app.core.training.trainer import train

    trained = train(config(epochs=500, batch_size=1), bars, emit, control)
    assert trained.reason is EndReason.STOPPED
    assert [done.epoch for done in of(seen, BatchesDone)].count(2) == 1
    assert len(trained.epochs) == 1


def test_a_run_that_diverges_ends_with_a_sentence(bars: Dataset) -> None:
    ended = run(
        bars,
        config(
            (Dense(units=64, activation="linear"),), output="logits", optimizer="sgd", learning_rate=10.0, epochs=50
        ),
        name="first",
    )[-1]
    assert isinstance(ended, RunEnded)
    assert ended.reason is EndReason.FAILED
    assert "learning rate" in ended.message
    assert ended.model is None


def test_convolutions_and_augmentation_train(bars: Dataset) -> None:
    layers = (Conv2D(filters=4), MaxPooling2D(), BatchNormalization(), Dense(units=16))
    ended = run(
        bars, config(layers, shift_px=1.0, rotate_deg=5.0, zoom=0.1, epochs=6, optimizer="adamw", schedule="cosine")
    )[-1]
    assert isinstance(ended, RunEnded)
    assert ended.test_accuracy is not None
    assert ended.test_accuracy > 0.8


def test_a_stopped_run_is_saved_only_when_kept(bars: Dataset) -> None:
    from app.core.models.store import list_models
    from app.core.training import runs

    control = RunControl()
    trained = runs.run(config(epochs=400), bars, _stop_after(3, control), control)
    assert trained is not None
    own = [model for model in list_models() if not model.bundled]
    assert own == []
    saved = runs.keep(trained, lambda _event: None, "half done")
    assert [model.card.name for model in list_models() if not model.bundled] == [saved.model]


def test_a_failed_run_tells_how_far_it_came(bars: Dataset) -> None:
    events: list[Event] = []
    broken = config(
        (Dense(units=64, activation="linear"),), output="logits", optimizer="sgd", learning_rate=0.05, epochs=90
    )

    from app.core.inference.metrics import Totals
    from app.core.training import engines, runs
    from app.core.training.engines import TrainingLoop

    class Diverging(TrainingLoop):
        """Learns for two epochs, then loses its numbers."""

        def run(self, indices: NDArray[np.int32], compiled: bool) -> Totals:
            totals = super().run(indices, compiled)
            return Totals(float("nan"), 0, 1) if len(of(events, EpochDone)) == 2 else totals

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.core.training.engines.TrainingLoop", Diverging)
        engines.engine_for.cache_clear()
        assert runs.run(broken, bars, events.append, RunControl()) is None
    engines.engine_for.cache_clear()
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert (ended.reason, ended.epochs_done) == (EndReason.FAILED, 2)
    assert ended.elapsed_s > 0


def test_a_kept_stop_has_only_the_figures_of_its_weights(bars: Dataset) -> None:
    from app.core.models.store import find_model
    from app.core.training import runs

    control = RunControl()
    stops_late = config(epochs=400, early_stopping_patience=50)
    trained = runs.run(stops_late, bars, _stop_in_epoch(3, control), control)
    assert trained is not None
    card = find_model(runs.keep(trained, lambda _event: None, "stopped").model).card
    assert card.metrics.val_loss is None
    assert card.metrics.train_loss is None
    assert card.epochs_done == 2


def test_the_test_loss_is_never_smoothed(bars: Dataset) -> None:
    from app.core.inference.evaluation import evaluate_model
    from app.core.inference.predictor import Predictor
    from app.core.models.store import find_model

    saved = of(run(bars, config(label_smoothing=0.3, validation_split=0.0), name="smooth"), ModelSaved)[0]
    assert evaluate_model(Predictor(find_model("smooth")), bars).loss == pytest.approx(saved.test_loss, abs=1e-3)


@pytest.mark.parametrize("engine", ["graph", "fit", "gradient_tape"])
def test_half_precision_trains_and_answers_in_full(bars: Dataset, engine: str) -> None:
    layers: tuple[Layer, ...] = (
        Conv2D(filters=4),
        BatchNormalization(),
        MaxPooling2D(),
        Dropout(rate=0.1),
        Dense(units=8),
    )
    ended = run(bars, config(layers, precision="mixed_bfloat16", engine=engine, learning_rate=0.005), name=engine)[-1]
    assert isinstance(ended, RunEnded)
    assert ended.test_accuracy is not None
    assert ended.test_accuracy > 0.9


def test_an_outlier_pulls_belief_to_every_class_alike() -> None:
    import tensorflow as tf

    from app.core.networks.compiling import build_loss

    loss = build_loss(config(output="logits", outliers=0.1), 4)
    outputs, labels = tf.constant([[3.0, 1.0, 0.0, 0.0]] * 2), tf.constant([0, 4])
    beliefs = np.exp([3.0, 1.0, 0.0, 0.0]) / np.exp([3.0, 1.0, 0.0, 0.0]).sum()
    np.testing.assert_allclose(loss(labels, outputs), [-np.log(beliefs[0]), -np.log(beliefs).mean()], rtol=1e-5)
