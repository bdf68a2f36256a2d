"""What the notes report of a trial, where it is a run of theirs, beside what came out here."""

from dataclasses import dataclass

from app.core.errors import InputError
from app.core.models.reference import NO_NOTES, NotesBeside, notes_beside
from app.core.search.plan import SearchPlan
from app.core.search.status import TrialState, TrialStatus

FIGURES = ("test_accuracy", "val_accuracy", "train_accuracy")
"""The figure to compare: the first one of these that the notes report."""


@dataclass(frozen=True)
class Beside:
    """A reported accuracy (0..1) and ours, None until there is one. `figure` is one of `FIGURES`."""

    figure: str
    reported: float
    ours: float | None

    @property
    def difference(self) -> float | None:
        """How much higher ours is."""
        return None if self.ours is None else self.ours - self.reported


def beside(plan: SearchPlan, trial: TrialStatus) -> Beside | None:
    """The accuracy that the notes report of the run that this trial repeats; None if it repeats none of theirs."""
    reported = trial_notes(plan, trial).reported
    if reported is None:
        return None
    for figure in FIGURES:
        accuracy = getattr(reported, figure)
        if accuracy is not None:
            is_done = trial.report is not None and trial.state is TrialState.DONE
            return Beside(figure, accuracy, getattr(trial.report, figure) if is_done else None)
    return None


def trial_notes(plan: SearchPlan, trial: TrialStatus) -> NotesBeside:
    """What may stand beside a trial of the notes' figures, or why nothing may."""
    try:
        return notes_beside(plan.config(trial.base, trial.changes))
    except InputError:  # of another version of the program
        return NO_NOTES
