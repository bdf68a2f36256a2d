"""A run's way into the history, and what keeps it going after an interruption. Imports TensorFlow."""

import logging
import os
import platform

import tensorflow as tf

from app.core.datasets.types import Dataset
from app.core.errors import InputError, StudioError
from app.core.models.config import TrainingConfig
from app.core.training.checkpoint import Checkpoint, load_checkpoint, remove_checkpoint, save_checkpoint
from app.core.training.events import EndReason, RunEnded, RunPreparing
from app.core.training.history.recorder import Recorder
from app.core.training.history.records import RunLabel
from app.core.training.history.store import RunHistory
from app.core.training.supervisor import EventSink
from app.core.training.trainer import Continuation

_log = logging.getLogger(__name__)


class Recording:
    """Passes events on, through the history if the run has a number in it."""

    def __init__(self, run: int | None, emit: EventSink, start: Checkpoint | None = None) -> None:
        self.run = run
        self.emit: EventSink = emit if run is None else Recorder(RunHistory(), run, emit, device())
        self.continuation = Continuation(start, None if run is None else self._keep_checkpoint)

    def end(self, event: RunEnded) -> None:
        """Emit the last event; what was only needed to go on is removed if there is nothing to go on with."""
        if self.run is not None and event.reason is not EndReason.STOPPED:
            try:
                remove_checkpoint(self.run)
            except OSError:
                _log.exception("a checkpoint could not be removed")
        self.emit(event)

    def _keep_checkpoint(self, checkpoint: Checkpoint) -> None:
        assert self.run is not None
        try:
            save_checkpoint(self.run, checkpoint)
        except OSError:
            # A full disk must not end a run that can do without; it only cannot be taken up again.
            _log.exception("the checkpoint could not be written")


def start_recording(config: TrainingConfig, dataset: Dataset, emit: EventSink, label: RunLabel | None) -> Recording:
    """A new run of the history; one outside of it if that cannot be written."""
    try:
        run = RunHistory().begin(config, dataset, label)
    except StudioError as error:
        emit(RunPreparing(f"This run will not be in the history: {error}"))
        return Recording(None, emit)
    return Recording(run, emit)


def resume_recording(run: int, config: TrainingConfig, dataset: Dataset, emit: EventSink) -> Recording:
    """A run of the history that goes on. Raises InputError if it cannot."""
    history = RunHistory()
    if history.run(run).data_sha256 != dataset.sha256:
        raise InputError(f"The data of run {run} has changed since; train it again.")
    if history.run(run).config != config:
        raise InputError(f"The settings are not those of run {run}; train it again.")
    start = load_checkpoint(run)
    history.resume(run)
    return Recording(run, emit, start)


def device() -> str:
    """What TensorFlow computes on here: "CPU, 2 cores" or the names of the graphics cards."""
    cards = tf.config.list_physical_devices("GPU")
    if cards:
        details = (tf.config.experimental.get_device_details(card).get("device_name", "GPU") for card in cards)
        return ", ".join(details)
    return f"CPU, {os.cpu_count()} cores, {platform.machine()}"
