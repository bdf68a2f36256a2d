"""What the notes report of a trial, where it is a run of theirs, beside what came out here."""

from dataclasses import dataclass

from app.core.errors import InputError
from app.core.models.config import TrainingConfig
from app.core.models.recipes import find_recipe
from app.core.models.reference import reported_for
from app.core.search.plan import SearchPlan
from app.core.search.status import TrialState, TrialStatus

FIGURES = ("test_accuracy", "val_accuracy", "train_accuracy")
"""The figure to compare: the first one of these that the notes report."""

_OF_NO_MATTER = {"data", "seed", "engine", "epochs"}
"""A recipe with other values of these still is the recipe."""


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
    reported = reported_for(trial.recipe)
    if reported is None or not _repeats(plan.bases[trial.base], trial):
        return None
    for figure in FIGURES:
        accuracy = getattr(reported, figure)
        if accuracy is not None:
            is_done = trial.report is not None and trial.state is TrialState.DONE
            return Beside(figure, accuracy, getattr(trial.report, figure) if is_done else None)
    return None


def _repeats(base: TrainingConfig, trial: TrialStatus) -> bool:
    try:
        recipe = find_recipe(trial.recipe).config
        changed = recipe.with_settings([f"{field}={value}" for field, value in trial.changes.items()])
    except InputError:  # of another version of the program
        return False
    return changed == recipe and base.model_dump(exclude=_OF_NO_MATTER) == recipe.model_dump(exclude=_OF_NO_MATTER)
