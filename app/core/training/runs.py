"""A whole run: train, test, save, and an end for every beginning. Imports TensorFlow."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from pathlib import Path

from app.core.datasets.types import Dataset
from app.core.errors import InputError, StudioError
from app.core.inference.before_after import before_after
from app.core.models.card import Calibration, ModelCard
from app.core.models.config import TrainingConfig
from app.core.models.export import write_network
from app.core.models.store import LITERT_FILE, StoredModel, add_model, ensure_writable
from app.core.training.calibrating import calibration_of
from app.core.training.cards import make_card
from app.core.training.control import RunControl
from app.core.training.events import EndReason, FineTuned, ModelSaved, RunEnded, RunFinishing, RunTested
from app.core.training.history.records import RunLabel
from app.core.training.recording import Recording, resume_recording, start_recording
from app.core.training.supervisor import EventSink, StopRequested
from app.core.training.trainer import TrainedNetwork, evaluate, first_line, train

_log = logging.getLogger(__name__)

_MOST_OLD_PICTURES = 500
"""Of the old data, at the end of a run: enough for one percent, and quick to read."""


def run(
    config: TrainingConfig,
    dataset: Dataset,
    emit: EventSink,
    control: RunControl,
    name: str | None = None,
    *,
    label: RunLabel | None = None,
    save_model: bool = True,
    resume: int | None = None,
) -> TrainedNetwork | None:
    """Train, then test and save under `name` (or a free name made from the recipe's), unless the person stopped it.

    Always ends with RunEnded, also when something fails. The network is returned unless it is worthless, so that a
    stopped run's can still be kept with `keep`. The run goes into the history, under `label` if it belongs to a search;
    `resume` takes up a run of the history where its last whole epoch ended.
    """
    trained: TrainedNetwork | None = None
    recording = Recording(None, emit)
    try:
        if save_model:
            ensure_writable()
        recording = (
            start_recording(config, dataset, emit, label)
            if resume is None
            else resume_recording(resume, config, dataset, emit)
        )
        trained = replace(train(config, dataset, recording.emit, control, recording.continuation), run=recording.run)
        if trained.reason is EndReason.FAILED:
            recording.end(_ended(trained, trained.failure))
            return None
        if trained.reason is EndReason.STOPPED:
            later = (
                "; it can go on after its last complete epoch" if trained.epochs and recording.run is not None else ""
            )
            recording.end(_ended(trained, f"Stopped by hand{later}."))
            return trained
        recording.end(_finish(trained, recording.emit, name, control, save_model))
    except StopRequested:
        assert trained is not None
        trained = replace(trained, reason=EndReason.STOPPED)
        recording.end(_ended(trained, "Stopped by hand before the test."))
    except StudioError as error:
        recording.end(_failed(trained, str(error)))
    except BrokenPipeError:
        raise  # whoever listens has gone: nobody is left to be told
    except Exception as error:
        # Whatever TensorFlow throws must not leave the window waiting for an end that never comes.
        _log.exception("training failed")
        problem = f"Training failed ({type(error).__name__}: {first_line(error)}); choose other settings."
        recording.end(_failed(trained, problem))
    return trained


def keep(trained: TrainedNetwork, emit: EventSink, name: str | None = None) -> ModelSaved:
    """Test a network that was stopped and save it among the user's models.

    Raises InputError if the name cannot be used, StudioError if the disk refuses.
    """
    recording = Recording(trained.run, emit)
    return _save(trained, _test(trained, recording.emit, RunControl()), recording.emit, name)


def _finish(
    trained: TrainedNetwork, emit: EventSink, name: str | None, control: RunControl, save_model: bool
) -> RunEnded:
    tested = _test(trained, emit, control)
    if not save_model:
        ended = _ended(trained, "Trained and tested.")
    else:
        saved = _save(trained, tested, emit, name)
        _compare(trained, saved, emit)
        ended = replace(_ended(trained, f"Saved as '{saved.model}', ready on the Recognize page."), model=saved.model)
    return replace(ended, test_loss=tested.test_loss, test_accuracy=tested.test_accuracy)


def _compare(trained: TrainedNetwork, saved: ModelSaved, emit: EventSink) -> None:
    """Tell what fine-tuning did; nothing where that cannot be told."""
    if not trained.config.start_from:
        return
    emit(RunFinishing("Comparing with the model it started from"))
    try:
        emit(FineTuned(before_after(saved.model, most=_MOST_OLD_PICTURES)))
    except InputError as error:  # the older model was removed meanwhile, or the data is not on this computer
        _log.info("no before and after: %s", error)


def _test(trained: TrainedNetwork, emit: EventSink, control: RunControl) -> RunTested:
    """Read the untouched test part. Raises StopRequested if the person stops `control` meanwhile."""

    def obey() -> None:
        if control.is_stopping:
            raise StopRequested

    emit(RunFinishing("Reading the test pictures and saving the model"))
    began = time.perf_counter()
    read = evaluate(trained.loop, trained.dataset.test, len(trained.dataset.class_names), obey)
    if not isfinite(read.loss):
        raise StudioError("The network outputs NaN instead of numbers; try a smaller learning rate.")
    tested = RunTested(
        test_loss=read.mean_loss,
        test_accuracy=read.accuracy,
        test_precision=read.precision,
        test_recall=read.recall,
        test_samples=read.samples,
        test_s=time.perf_counter() - began,
        confusion=read.confusion,
    )
    emit(tested)
    return tested


def _save(trained: TrainedNetwork, tested: RunTested, emit: EventSink, name: str | None) -> ModelSaved:
    stored = save(trained, make_card(trained, tested, name))
    event = ModelSaved(stored.card.name, tested.test_loss, tested.test_accuracy, tested.test_samples)
    emit(event)
    return event


def save(trained: TrainedNetwork, card: ModelCard) -> StoredModel:
    """Write the network's files and its card into the store."""
    return add_model(card, writer(trained))


def writer(trained: TrainedNetwork) -> Callable[[Path], Calibration | None]:
    """What puts the network's files into a folder and measures how far its probabilities are to be believed."""

    def write(folder: Path) -> Calibration | None:
        write_network(trained.loop.network, trained.config, len(trained.dataset.class_names), folder)
        return calibration_of(folder / LITERT_FILE, trained.config, trained.dataset)

    return write


def _ended(trained: TrainedNetwork, message: str, reason: EndReason | None = None) -> RunEnded:
    epoch = trained.epoch_of_weights
    return RunEnded(
        reason=reason or trained.reason,
        message=message,
        epochs_done=len(trained.epochs),
        best_epoch=trained.best.epoch if trained.best else None,
        elapsed_s=trained.elapsed_s,
        weights_epoch=epoch.epoch if epoch else None,
    )


def _failed(trained: TrainedNetwork | None, message: str) -> RunEnded:
    if trained is None:
        return RunEnded(EndReason.FAILED, message, 0, None, 0.0)
    return _ended(trained, message, EndReason.FAILED)
