"""What a search shows of itself: frozen values, made for a window that asks twice a second."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.config.form import Declaration
from app.core.search.space import Changes


class TrialState(StrEnum):
    """What became of a trial. PRUNED: ended early, because it did worse than half of the others."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PRUNED = "pruned"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """True once nobody will work on it any more."""
        return self not in {TrialState.WAITING, TrialState.RUNNING}


class TrialReport(Declaration):
    """What a worker says of its trial, kept beside the trial in the storage.

    `worker` and `beat` change as long as the worker lives. `run` is the run's number in the history of `host`.
    Accuracies are 0..1; those of training and validation are of the last epoch, once it is over of the weights it
    ended with. `epoch_s` is what one epoch usually takes: the first of a process takes longer.
    """

    worker: str
    host: str
    beat: int = 0
    epochs_done: int = 0
    elapsed_s: float = 0.0
    epoch_s: float | None = None
    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    run: int | None = None
    message: str = ""


@dataclass(frozen=True)
class TrialStatus:
    """One trial. `report` is None until somebody takes it up; `curve` is the objective after each epoch so far.

    `base` says which of the plan's bases it runs.
    """

    number: int
    recipe: str
    changes: Changes
    state: TrialState
    epochs: int
    report: TrialReport | None = None
    curve: tuple[float, ...] = ()
    value: float | None = None
    base: int = 0

    @property
    def title(self) -> str:
        """The recipe and what was changed in it."""
        return " ".join((self.recipe, *(f"{field}={value}" for field, value in self.changes.items())))

    @property
    def epochs_done(self) -> int:
        """Whole epochs trained."""
        return self.report.epochs_done if self.report else 0

    @property
    def elapsed_s(self) -> float:
        """Seconds of training."""
        return self.report.elapsed_s if self.report else 0.0

    @property
    def epoch_s(self) -> float | None:
        """Seconds that an epoch of it usually takes; None before its first one."""
        if not self.epochs_done or self.report is None:
            return None
        return self.report.epoch_s or self.elapsed_s / self.epochs_done


def best_of(trials: Sequence[TrialStatus], maximizes: bool) -> TrialStatus | None:
    """The finished trial with the best objective; the first one of equals."""
    judged = [trial for trial in trials if trial.state is TrialState.DONE and trial.value is not None]
    sign = -1 if maximizes else 1
    return min(judged, key=lambda trial: (sign * (trial.value or 0.0), trial.number), default=None)


@dataclass(frozen=True)
class SearchStatus:
    """A search as it is now. `left_s` is None while nobody can tell; `problem` is a sentence if it cannot go on."""

    study: str
    maximizes: bool
    objective: str
    trials: tuple[TrialStatus, ...]
    is_running: bool = False
    is_stopping: bool = False
    problem: str = ""
    left_s: float | None = None

    @property
    def total(self) -> int:
        """All trials of the plan."""
        return len(self.trials)

    @property
    def done(self) -> int:
        """Trials that are over, however they ended."""
        return sum(trial.state.is_over for trial in self.trials)

    @property
    def running(self) -> int:
        """Trials being trained, here or elsewhere."""
        return sum(trial.state is TrialState.RUNNING for trial in self.trials)

    @property
    def best(self) -> TrialStatus | None:
        """The finished trial with the best objective; the first one of equals."""
        return best_of(self.trials, self.maximizes)

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1; trials under way count in part."""
        parts = (1.0 if trial.state.is_over else trial.epochs_done / trial.epochs for trial in self.trials)
        return sum(parts) / max(1, self.total)

    def peak(self, trial: TrialStatus) -> tuple[int, float] | None:
        """The epoch with the best objective of a trial, and that objective; None before its first."""
        finite = [(epoch, value) for epoch, value in enumerate(trial.curve, start=1) if math.isfinite(value)]
        sign = -1 if self.maximizes else 1
        return min(finite, key=lambda point: sign * point[1], default=None)
