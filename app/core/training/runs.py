"""A whole run: train, test, save, and an end for every beginning. Imports TensorFlow."""

import logging
import os
import platform
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from app.core.components import program_versions
from app.core.config.config import TrainingConfig
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, Variant
from app.core.errors import InputError, StudioError, translate_errors
from app.core.film.filming import Filming
from app.core.graphics import note_cards
from app.core.inference.before_after import before_after
from app.core.inference.calibration import calibrate
from app.core.models.card import Calibration, Metrics, ModelCard
from app.core.models.interpreter import Interpreter
from app.core.models.keras_files import write_network
from app.core.models.store import LITERT_FILE, add_model, ensure_writable, free_name
from app.core.networks.summary import saving_bytes
from app.core.recipes import find_recipe
from app.core.recipes.changes import config_title, name_stem
from app.core.runs.checkpoint import Checkpoint, has_checkpoint, load_checkpoint, remove_checkpoint, save_checkpoint
from app.core.runs.events import (
    EndReason,
    EpochDone,
    FineTuned,
    ModelSaved,
    RunEnded,
    RunFinishing,
    RunPreparing,
    RunTested,
)
from app.core.runs.history import Recorder, RunHistory
from app.core.runs.records import RunLabel
from app.core.runs.snapshots import USUAL_ROOM, FilmRoom
from app.core.sqlite import SetAsideError
from app.core.training.control import EventSink, RunControl, StopRequested
from app.core.training.images import share_out
from app.core.training.trainer import TrainedNetwork, first_line, train

_log = logging.getLogger(__name__)

_FEWEST_TO_CALIBRATE = 50
"""Validation pictures below which nothing can be said."""
_MOST_TO_CALIBRATE = 4_000

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
    film_room: FilmRoom = USUAL_ROOM,
) -> TrainedNetwork | None:
    """Train, then test and save under `name` (or a free name made from the recipe's), unless the user stopped it.

    Always ends with RunEnded, also when something fails. The network is returned unless it is worthless, so that a
    stopped run's can still be kept with `keep`. The run goes into the history, under `label` if it belongs to a search;
    `resume` takes up a run of the history after its last whole epoch, or starts it again. Snapshots of its weights may
    take `film_room` of the disk; the trials of a search have none.
    """
    trained: TrainedNetwork | None = None
    recording = Recording(None, emit)
    try:
        if save_model:
            ensure_writable(saving_bytes(config, len(dataset.class_names)))
        recording = (
            start_recording(config, dataset, emit, label)
            if resume is None
            else resume_recording(resume, config, dataset, emit)
        )
        film = None
        if recording.run is not None and film_room.of_run and label is None:
            film = Filming(recording.run, recording.emit, film_room, _begun(recording.run))
        trained = train(config, dataset, recording.emit, control, start=recording.start, save=recording.save, film=film)
        trained = replace(trained, run=recording.run)
        if trained.reason is EndReason.FAILED:
            recording.end(_ended(trained, trained.failure))
            return None
        if trained.reason is EndReason.STOPPED:
            can_go_on = trained.epochs and recording.run is not None
            later = "; it can go on after its last complete epoch" if can_go_on else ""
            recording.end(_ended(trained, f"Stopped by hand{later}."))
            return trained
        recording.end(_finish(trained, recording.emit, name, control, save_model))
    except StopRequested:
        assert trained is not None
        trained = replace(trained, reason=EndReason.STOPPED)
        recording.end(_ended(trained, "Stopped by hand before the test."))
    except _NotSavedError as error:
        can_go_on = recording.run is not None and has_checkpoint(recording.run)
        later = f" Nothing of the training is lost: resume run {recording.run} to save it." if can_go_on else ""
        recording.end(_failed(trained, f"{error}{later}"), can_go_on)
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


class Recording:
    """A run's way into the history, if it has a number there: passes events on, and saves what resuming takes."""

    def __init__(self, run: int | None, emit: EventSink, start: Checkpoint | None = None) -> None:
        self.run, self.start = run, start
        self.save = None if run is None else partial(_save_checkpoint, run)
        self.emit: EventSink = emit if run is None else Recorder(RunHistory(), run, emit, device())

    def end(self, event: RunEnded, can_go_on: bool = False) -> None:
        """Emit the last event; then what was only needed to go on is removed if there is nothing to go on with."""
        self.emit(event)
        if self.run is not None and can_go_on:
            with suppress(StudioError):  # it will be found interrupted
                RunHistory().end(self.run, replace(event, reason=EndReason.STOPPED))
        elif self.run is not None and event.reason is not EndReason.STOPPED:
            try:
                remove_checkpoint(self.run)
            except OSError:
                _log.exception("a checkpoint could not be removed")


def _begun(run: int) -> datetime | None:
    with suppress(StudioError):  # a history that refuses does not hurt the run
        return RunHistory().run(run).created
    return None


def _save_checkpoint(run: int, checkpoint: Checkpoint) -> None:
    try:
        save_checkpoint(run, checkpoint)
    except OSError:
        # A full disk must not end a run that can do without; it only cannot be taken up again.
        _log.exception("the checkpoint could not be written")


def start_recording(config: TrainingConfig, dataset: Dataset, emit: EventSink, label: RunLabel | None) -> Recording:
    """A new run of the history; one outside of it if that cannot be written."""
    try:
        try:
            run = RunHistory().begin(config, dataset, label)
        except SetAsideError as error:
            emit(RunPreparing(str(error)))
            run = RunHistory().begin(config, dataset, label)
    except StudioError as error:
        emit(RunPreparing(f"This run will not be in the history: {error}"))
        return Recording(None, emit)
    return Recording(run, emit)


def resume_recording(run: int, config: TrainingConfig, dataset: Dataset, emit: EventSink) -> Recording:
    """A run of the history that goes on, or begins again if no epoch was done. Raises InputError if it cannot."""
    history = RunHistory()
    if history.run(run).data_sha256 != dataset.sha256:
        raise InputError(f"The data of run {run} has changed since; train it again.")
    if history.run(run).config != config:
        raise InputError(f"The settings are not those of run {run}; train it again.")
    start = load_checkpoint(run) if has_checkpoint(run) else None
    if start is not None and not _is_of(start, history.epochs(run)):
        start = None
    history.resume(run)
    return Recording(run, emit, start)


def _is_of(start: Checkpoint, epochs: Sequence[EpochDone]) -> bool:
    """Whether a checkpoint is that of the run with these epochs, and not of another one that has had its number.

    Its last ones may be missing: they are entered after their checkpoint is written.
    """
    both = zip(start.epochs, epochs, strict=False)
    are_same = all((ours.loss, ours.elapsed_s) == (theirs.loss, theirs.elapsed_s) for ours, theirs in both)
    return are_same and (bool(epochs) or len(start.epochs) == 1)


def device() -> str:
    """What TensorFlow computes on here: "CPU, 2 cores" or the names of the graphics cards."""
    if cards := note_cards(tf):
        return ", ".join(cards)
    return f"CPU, {os.cpu_count()} cores, {platform.machine()}"


def make_card(trained: TrainedNetwork, tested: RunTested, name: str | None) -> ModelCard:
    """A card under `name`, or under a free name made from the recipe's, and from that of one's own data."""
    epoch = trained.epoch_of_weights
    return new_card(
        trained.config,
        trained.dataset,
        Metrics(
            train_loss=epoch.loss if epoch else None,
            train_accuracy=epoch.accuracy if epoch else None,
            val_loss=epoch.val_loss if epoch else None,
            val_accuracy=epoch.val_accuracy if epoch else None,
            test_loss=tested.test_loss,
            test_accuracy=tested.test_accuracy,
            test_samples=tested.test_samples,
        ),
        name,
        parameters=trained.engine.network.count_params(),
        epochs_done=len(trained.epochs),
        training_s=round(trained.elapsed_s, 1),
        ended=trained.reason,
    )


def new_card(
    config: TrainingConfig, dataset: Dataset, metrics: Metrics, name: str | None, *, suffix: str = "", **facts: Any
) -> ModelCard:
    """A card of a network of this config, with `facts` of its training.

    Without a `name` it gets a free one, made from the recipe's and that of one's own data, and the `suffix`.
    """
    stem = name_stem(config, dataset.name if dataset.name not in DATASETS else "", suffix)
    title = config_title(config, dataset.title) + suffix.replace("-", " ")
    chosen = name or free_name(stem)
    return ModelCard(
        name=chosen,
        title=name or title + chosen.removeprefix(stem),
        created=datetime.now(UTC).replace(microsecond=0),
        dataset=dataset.name,
        dataset_title=dataset.title,
        data_variant=dataset.variant,
        data_description=dataset.description,
        data_sha256=dataset.sha256,
        class_names=dataset.class_names,
        preprocessing=dataset.preprocessing,
        config=config,
        metrics=metrics,
        command=config.command(find_recipe(config.recipe).config),
        versions=program_versions(),
        **facts,
    )


def network_writer(network: Any, config: TrainingConfig, dataset: Dataset) -> Callable[[Path], Calibration | None]:
    """What puts a network's files into a folder, and calibrates it there with the validation pictures."""

    def write(folder: Path) -> Calibration | None:
        write_network(network, config, len(dataset.class_names), folder)
        return _calibration(folder / LITERT_FILE, config, dataset)

    return write


def _calibration(network: Path, config: TrainingConfig, dataset: Dataset) -> Calibration | None:
    """Fit it on validation pictures, read with the LiteRT file `network`; None if too few were kept aside.

    Where other data is a good part of the training, its test split, which nothing was trained on, is as good a part.
    """
    _, held = share_out(config, dataset)
    if len(held) < _FEWEST_TO_CALIBRATE:
        return None
    held = held[:: -(-len(held) // _MOST_TO_CALIBRATE)]
    images, labels = dataset.train.images[held], dataset.train.labels[held]
    if config.replay_share:
        other = load_dataset(config.replay_dataset, Variant.FULL).test
        wanted = config.replay_share / (1 - config.replay_share) * len(held)
        repeats = max(1, round(wanted / len(other)))
        images = np.concatenate([images, np.tile(other.images, (repeats, 1, 1))])
        labels = np.concatenate([labels, np.tile(other.labels, repeats)])
    return calibrate(Interpreter(network).probabilities(images.astype(np.float32) / np.float32(255)), labels)


def _finish(
    trained: TrainedNetwork, emit: EventSink, name: str | None, control: RunControl, save_model: bool
) -> RunEnded:
    tested = _test(trained, emit, control)
    if not save_model:
        ended = _ended(trained, "Trained and tested.")
    else:
        with translate_errors(StudioError, lambda error: _NotSavedError(str(error))):
            saved = _save(trained, tested, emit, name, may_rename=True)  # rather than lose what was trained
        _compare(trained, saved, emit)
        ended = replace(_ended(trained, f"Saved as '{saved.model}', ready on the Recognize page."), model=saved.model)
    return replace(ended, test_loss=tested.test_loss, test_accuracy=tested.test_accuracy)


class _NotSavedError(StudioError):
    """All is well but the disk."""


def _compare(trained: TrainedNetwork, saved: ModelSaved, emit: EventSink) -> None:
    """Tell what fine-tuning did; nothing where that cannot be told."""
    if not trained.config.initial_model:
        return
    emit(RunFinishing("Comparing with the model it started from"))
    try:
        emit(FineTuned(before_after(saved.model, most=_MOST_OLD_PICTURES)))
    except InputError as error:  # the older model was removed meanwhile, or the data is not on this computer
        _log.info("no before and after: %s", error)


def _test(trained: TrainedNetwork, emit: EventSink, control: RunControl) -> RunTested:
    """Read the untouched test split. Raises StopRequested if the user stops `control` meanwhile."""

    def obey() -> None:
        if control.is_stopping:
            raise StopRequested

    emit(RunFinishing("Reading the test pictures and saving the model"))
    began = time.perf_counter()
    read = trained.engine.evaluate(trained.dataset.test, obey)
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


def _save(
    trained: TrainedNetwork, tested: RunTested, emit: EventSink, name: str | None, *, may_rename: bool = False
) -> ModelSaved:
    stored = add_model(
        make_card(trained, tested, name),
        network_writer(trained.engine.network, trained.config, trained.dataset),
        may_rename=may_rename,
    )
    event = ModelSaved(stored.card.name, tested.test_loss, tested.test_accuracy, tested.test_samples)
    emit(event)
    return event


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
