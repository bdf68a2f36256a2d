"""The engines behind one set of events: they learn the same, and what each can do besides."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.datasets.types import Dataset
from app.core.errors import InputError
from app.core.runs.events import BatchesDone, BatchStepped, EndReason, EpochDone, Event, RunEnded, RunPaused, RunStarted
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.training.control import RunControl
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.usefixtures("tensorflow")

EpochsOf = Callable[[TrainingConfig], tuple[EpochDone, ...]]


def config(layers: str = "dense 16 relu", **values: object) -> TrainingConfig:
    start = TrainingConfig(recipe="quickstart-mnist", layers=parse_layers(layers), epochs=3, batch_size=16)
    return start.changed(**({"engine": "graph"} | values))


@pytest.fixture(scope="module")
def epochs_of(bars: Dataset) -> EpochsOf:
    """Trains once with the same settings, for several tests."""

    @cache
    def epochs_of(configured: TrainingConfig) -> tuple[EpochDone, ...]:
        from app.core.training.trainer import train

        return train(configured, bars, lambda _event: None, RunControl()).epochs

    return epochs_of


@pytest.mark.parametrize("engine", ["fit", "gradient_tape", "xla"])
@pytest.mark.parametrize(
    "values",
    [
        {"optimizer": "rmsprop", "loss": "categorical_crossentropy", "l2": 0.001},
        {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "loss": "mean_squared_error", "schedule": "step"},
        {"optimizer": "adagrad", "learning_rate": 0.1, "loss": "binary_crossentropy", "schedule": "exponential"},
        {"output": "logits", "label_smoothing": 0.1, "l1": 0.0001, "schedule": "cosine", "validation_from": "last"},
    ],
    ids=lambda values: values.get("loss", "smoothed"),
)
def test_all_engines_learn_the_same(epochs_of: EpochsOf, engine: str, values: dict[str, Any]) -> None:
    """The same weights, batches and order; only the way through TensorFlow differs."""
    reference = epochs_of(config(**values))
    others = epochs_of(config(engine=engine, **values))
    for ours, theirs in zip(others, reference, strict=True):
        assert ours.loss == pytest.approx(theirs.loss, rel=2e-3)
        assert ours.accuracy == pytest.approx(theirs.accuracy, abs=0.01)
        assert ours.val_loss == pytest.approx(theirs.val_loss, rel=2e-3)


@pytest.mark.parametrize("engine", ["fit", "gradient_tape"])
def test_all_engines_normalize_batches_alike(epochs_of: EpochsOf, engine: str) -> None:
    layers = "conv2d 2 5x5, batch_normalization, max_pooling2d 4, dense 8, batch_normalization"
    reference = epochs_of(config(layers, epochs=2))
    others = epochs_of(config(layers, epochs=2, engine=engine))
    for ours, theirs in zip(others, reference, strict=True):
        assert ours.loss == pytest.approx(theirs.loss, rel=2e-2)
        assert ours.val_loss == pytest.approx(theirs.val_loss, rel=2e-2)


def test_losses_are_those_of_keras_with_penalties(bars: Dataset) -> None:
    """`Model.evaluate` of a plain Keras model is the oracle."""
    import keras

    from app.core.training.trainer import train

    configured = config("dense 8 relu l1=0.001 l2=0.01", epochs=1, loss="categorical_crossentropy")
    trained = train(configured, bars, lambda _event: None, RunControl())
    read = trained.engine.evaluate(bars.test)
    network = trained.engine.network
    network.compile("sgd", "categorical_crossentropy", metrics=["accuracy", "precision", "recall"])
    images = bars.test.images[..., None].astype(np.float32) / 255
    expected = network.evaluate(images, keras.utils.to_categorical(bars.test.labels, 4), verbose=0, return_dict=True)
    assert read.mean_loss == pytest.approx(expected["loss"], rel=1e-4)
    assert read.accuracy == pytest.approx(expected["accuracy"])
    assert read.confusion.sum(axis=1).tolist() == np.bincount(bars.test.labels, minlength=4).tolist()


@pytest.mark.parametrize("engine", ["graph", "fit", "gradient_tape"])
def test_augmentation_trains_on_every_engine(epochs_of: EpochsOf, engine: str) -> None:
    first, last = epochs_of(config(engine=engine, shift_px=1.0, shear_deg=5.0, stroke_px=0.5, epochs=2))
    assert last.loss < first.loss


def test_a_run_that_begins_paused_is_stepped_batch_by_batch(bars: Dataset) -> None:
    from app.core.training.runs import run

    control, seen = RunControl(paused=True), list[Event]()
    stepped = threading.Semaphore(0)

    def emit(event: Event) -> None:
        seen.append(event)
        if isinstance(event, RunPaused | BatchStepped):
            stepped.release()

    arguments = (config("dense 8 relu, dropout 0.2", engine="gradient_tape"), bars, emit, control)
    thread = threading.Thread(target=run, args=arguments, kwargs={"save_model": False})
    thread.start()
    try:
        assert stepped.acquire(timeout=PATIENCE_S)
        assert not [event for event in seen if isinstance(event, BatchesDone)]
        for _ in range(3):
            control.step()
            assert stepped.acquire(timeout=PATIENCE_S)
        steps = [event for event in seen if isinstance(event, BatchStepped)]
        assert [step.batch for step in steps] == [1, 2, 3]
        assert len([event for event in seen if isinstance(event, RunPaused)]) == 1
        for step in steps:
            assert [norm.name.rpartition("/")[2] for norm in step.gradient_norms] == ["kernel", "bias"] * 2
            assert all(norm.norm > 0 for norm in step.gradient_norms)
    finally:
        control.resume()
        thread.join()
    assert isinstance(seen[-1], RunEnded)
    assert seen[-1].epochs_done == 3


def test_a_gradient_norm_is_the_length_of_the_gradient(bars: Dataset) -> None:
    """One step of SGD with rate 1 moves each weight by exactly its gradient."""
    from app.core.training.engines import GradientTapeLoop, Work

    class Stepping:
        is_stepping = True
        most_batches = 1
        done: Work | None = None

        def before(self) -> None:
            pass

        def after(self, work: Work) -> None:
            self.done = work

    loop = GradientTapeLoop(config(optimizer="sgd", learning_rate=1.0), 4, 1)
    loop.begin(bars.train)
    before = loop.network.get_weights()
    watcher = Stepping()
    loop.train_epoch(np.arange(16, dtype=np.int32), watcher)
    assert watcher.done is not None
    moved = [np.linalg.norm(old - new) for old, new in zip(before, loop.network.get_weights(), strict=True)]
    assert [norm.norm for norm in watcher.done.gradient_norms] == pytest.approx(moved, rel=1e-3)


@pytest.mark.parametrize("engine", ["graph", "fit", "gradient_tape"])
def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(bars: Dataset, epochs_of: EpochsOf, engine: str) -> None:
    """Stopped in its third epoch and resumed, a run ends where one ends that was left alone."""
    from app.core.training.runs import run

    configured = config("dense 16 relu, dropout 0.2", engine=engine, epochs=4, early_stopping_patience=3)
    whole = epochs_of(configured)
    control, events = RunControl(), list[Event]()

    def stop_in_third(event: Event) -> None:
        events.append(event)
        if isinstance(event, BatchesDone) and event.epoch == 3:
            control.stop()

    run(configured, bars, stop_in_third, control, save_model=False)
    number = RunHistory().runs()[0].id
    assert RunHistory().run(number).state is RunState.STOPPED
    run(configured, bars, events.append, RunControl(), resume=number, save_model=False)
    resumed = RunHistory()
    assert len(resumed.runs()) == 1
    assert resumed.run(number).state is RunState.COMPLETED
    assert [event.first_epoch for event in events if isinstance(event, RunStarted)] == [1, 3]
    again = resumed.epochs(number)
    assert [done.epoch for done in again] == [1, 2, 3, 4]
    assert [done.loss for done in again] == pytest.approx([done.loss for done in whole], rel=1e-3)
    assert resumed.run(number).metrics.test_accuracy is not None


def test_a_finished_run_cannot_be_resumed(bars: Dataset) -> None:
    from app.core.runs.checkpoint import checkpoint_path
    from app.core.training.runs import run

    run(config(epochs=1), bars, lambda _event: None, RunControl(), save_model=False)
    record = RunHistory().runs()[0]
    assert not checkpoint_path(record.id).exists()
    events: list[Event] = []
    run(config(epochs=1), bars, events.append, RunControl(), resume=record.id)
    assert isinstance(events[-1], RunEnded)
    assert "only stopped and interrupted runs can be resumed" in events[-1].message
    assert RunHistory().run(record.id).state is RunState.COMPLETED


def test_a_run_on_data_that_has_changed_cannot_be_resumed(bars: Dataset) -> None:
    from app.core.training.runs import resume_recording, run

    control = RunControl()
    control.stop()
    run(config(), bars, lambda _event: None, control)
    number = RunHistory().runs()[0].id
    with pytest.raises(InputError, match="changed"):
        resume_recording(number, config(), replace(bars, sha256="1" * 64), lambda _event: None)


def test_a_checkpoint_of_another_run_is_not_gone_on_with(bars: Dataset) -> None:
    """The history came back from a backup, in which another run has the number."""
    from app.core.runs.checkpoint import Checkpoint, save_checkpoint
    from app.core.training.runs import resume_recording, run

    control = RunControl()
    control.stop()
    run(config(), bars, lambda _event: None, control)
    number = RunHistory().runs()[0].id
    epochs = tuple(EpochDone(each, 1 / each, 0.9, None, None, 0.001, True, 1.0, float(each)) for each in range(1, 4))
    theirs = replace(epochs[0], loss=0.7)
    for trained, kept, goes_on in (
        ((), epochs, False),
        ((theirs,), epochs, False),
        ((), epochs[:1], True),
        (epochs[:2], epochs, True),
        (epochs, epochs, True),
    ):
        for each in trained:
            RunHistory().add_epoch(number, each)
        save_checkpoint(number, Checkpoint((), {}, kept, 3.0))
        recording = resume_recording(number, config(), bars, lambda _event: None)
        assert (recording.start is not None) is goes_on
        RunHistory().end(number, RunEnded(EndReason.STOPPED, "", 0, None, 0.0))
        with RunHistory()._database.writing() as database:
            database.execute("DELETE FROM epochs")


def test_a_run_of_a_search_is_labelled_and_leaves_no_model(bars: Dataset) -> None:
    from app.core.models.store import list_models
    from app.core.runs.records import RunLabel
    from app.core.training.runs import run

    run(config(epochs=1), bars, lambda _event: None, RunControl(), label=RunLabel("units", 7), save_model=False)
    record = RunHistory().runs()[0]
    assert (record.study, record.trial, record.model) == ("units", 7, None)
    assert record.metrics.test_accuracy is not None
    assert record.metrics.val_accuracy is not None
    assert not [model for model in list_models() if not model.bundled]
    confusion = RunHistory().confusion(record.id)
    assert confusion is not None
    assert confusion.sum() == len(bars.test)
