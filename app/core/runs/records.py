"""What the history knows of a run. Frozen values; nothing here touches a file."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from pydantic import ValidationError

from app.core.config.config import TrainingConfig
from app.core.config.settings import renamed
from app.core.errors import StudioError
from app.core.recipes.reference import NO_NOTES, NotesBeside, Reported, may_repeat, notes_beside, reported_for


class RunState(StrEnum):
    """What became of a run. INTERRUPTED: its process ended without a word.

    DAMAGED: not all that is kept of it makes sense. No run is stored with this state.
    """

    RUNNING = "running"
    COMPLETED = "completed"
    EARLY_STOPPED = "early_stopped"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DAMAGED = "damaged"

    @property
    def can_resume(self) -> bool:
        """True for runs that ended before they were done."""
        return self in {RunState.STOPPED, RunState.INTERRUPTED}


_UNFINISHED = {
    RunState.RUNNING: "still running",
    RunState.STOPPED: "stopped",
    RunState.INTERRUPTED: "interrupted",
    RunState.FAILED: "failed",
    RunState.DAMAGED: "damaged",
}
"""Why the metrics of such a run are not those of a whole one."""


@dataclass(frozen=True)
class RunLabel:
    """Which trial of which search a run is, and what it is called; a `name` that is empty follows from its settings."""

    study: str
    trial: int
    name: str = ""


@dataclass(frozen=True)
class Metrics:
    """Losses and accuracies (0..1) of the weights that a run ended with; None where nothing was measured.

    Those of a run that goes on, or that ended in the middle of an epoch, are of its last whole epoch.
    """

    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    test_precision: float | None = None
    test_recall: float | None = None


@dataclass(frozen=True)
class RunRecord:
    """One run as the history lists it. `config_json` is parsed only when asked for: lists hold thousands of these.

    `train_s`, `val_s` and `test_s` are the seconds spent training, validating and testing. `study` and `trial` name
    the search that a run belongs to, "" and None for none. `engine` is the one that really trained, "" before it began;
    `*_samples` count the pictures of each split, 0 where there is none or nothing is known yet.
    """

    id: int
    name: str
    recipe: str
    dataset: str
    data_description: str
    data_sha256: str
    config_json: str
    created: datetime
    state: RunState
    message: str
    device: str
    versions_json: str
    parameters: int
    epochs_done: int
    best_epoch: int | None
    train_s: float
    val_s: float
    test_s: float
    metrics: Metrics
    model: str | None
    note: str
    tags: tuple[str, ...]
    study: str
    trial: int | None
    engine: str = ""
    train_samples: int = 0
    validation_samples: int = 0
    test_samples: int = 0

    @property
    def title(self) -> str:
        """The name made distinct by the run's number: "tuning-512-01 #12"."""
        return f"{self.name} #{self.id}"

    @property
    def time_s(self) -> float:
        """What notes call the time of a run: its epochs, training and validation."""
        return self.train_s + self.val_s

    @cached_property
    def config(self) -> TrainingConfig:
        """The config of the run. Raises StudioError if a version with other settings wrote it."""
        try:
            return TrainingConfig.model_validate_json(self.config_json)
        except ValidationError:
            raise StudioError(f"Run {self.id} was made with settings that this version does not know.") from None

    @cached_property
    def notes(self) -> NotesBeside:
        """What may stand beside the run of the notes' metrics: only a whole run that repeats theirs has any."""
        if reported_for(self.recipe) is None:
            return NO_NOTES
        found = _notes_of(self.config_json, self.data_sha256)
        unfinished = _UNFINISHED.get(self.state)
        return NotesBeside(None, (*found.reasons, unfinished)) if unfinished else found

    @property
    def reported(self) -> Reported | None:
        """What `notes` has of the notes' metrics, told quickly for most runs that have none."""
        is_theirs = reported_for(self.recipe) is not None and self.state not in _UNFINISHED
        return self.notes.reported if is_theirs and may_repeat(self.settings, self.recipe) else None

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The config as plain values, unchecked: much quicker than `config`."""
        return renamed(json.loads(self.config_json))

    @cached_property
    def versions(self) -> dict[str, str]:
        """Versions of the program and of its libraries, by name."""
        values: dict[str, str] = json.loads(self.versions_json)
        return values


@cache
def _notes_of(config_json: str, data_sha256: str) -> NotesBeside:
    """Lists of thousands of runs are made anew every second: each config is compared once."""
    try:
        return notes_beside(TrainingConfig.model_validate_json(config_json), data_sha256)
    except ValidationError:
        return NotesBeside(None, ("settings of another version",))
