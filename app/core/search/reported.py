"""What the notes report of a trial, where it is a run of theirs, beside what came out here."""

from dataclasses import dataclass

from app.core.errors import InputError
from app.core.recipes.reference import NO_NOTES, NotesBeside, Reported, notes_beside
from app.core.search.plan import SearchPlan
from app.core.search.status import SearchStatus, TrialState, TrialStatus

METRICS = ("test_accuracy", "val_accuracy", "train_accuracy")
"""The metric to compare: the first one of these that the notes report."""


@dataclass(frozen=True)
class Beside:
    """A reported accuracy (0..1) and ours, None until there is one. `metric` is one of `METRICS`."""

    metric: str
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
    for metric in METRICS:
        accuracy = getattr(reported, metric)
        if accuracy is not None:
            is_done = trial.report is not None and trial.state is TrialState.DONE
            return Beside(metric, accuracy, getattr(trial.report, metric) if is_done else None)
    return None


def trial_notes(plan: SearchPlan, trial: TrialStatus) -> NotesBeside:
    """What may stand beside a trial of the notes' metrics, or why nothing may."""
    try:
        return notes_beside(plan.config(trial.base, trial.changes))
    except InputError:  # of another version of the program
        return NO_NOTES


# The table of a finished search in Markdown: what the notes report of each run, beside what was measured here.

_HEADING = ("run", "metric", "reported", "ours", "difference", "reported time", "our time", "epochs", "remark")


def markdown_table(plan: SearchPlan, status: SearchStatus) -> str:
    """One line for each trial; accuracies in percent, differences in percentage points, times in seconds."""
    lines = [_row(_HEADING), _row(("---", "---", *["---:"] * 6, "---"))]
    return "\n".join((*lines, *(_row(_cells(plan, trial)) for trial in status.trials))) + "\n"


def _cells(plan: SearchPlan, trial: TrialStatus) -> tuple[str, ...]:
    repeated, found = beside(plan, trial), trial_notes(plan, trial)
    notes = found.reported or Reported()
    metric = repeated.metric if repeated else METRICS[0]
    ours: float | None = getattr(trial.report, metric) if trial.state is TrialState.DONE else None
    difference = repeated.difference if repeated else None
    return (
        trial.title,
        metric.replace("_", " "),
        _percent(repeated.reported if repeated else None),
        _percent(ours),
        "" if difference is None else f"{100 * difference:+.2f}",
        _seconds(notes.time_s),
        _seconds(trial.elapsed_s or None),
        f"{trial.epochs_done} of {trial.epochs}" if trial.epochs_done < trial.epochs else str(trial.epochs),
        " ".join(filter(None, (_remark(trial), notes.remark or _not_comparable(found)))),
    )


def _remark(trial: TrialStatus) -> str:
    match trial.state:
        case TrialState.DONE:
            return "Early stopping." if trial.epochs_done < trial.epochs else ""
        case TrialState.PRUNED | TrialState.FAILED:
            return trial.report.message if trial.report else ""
        case _:
            return f"Still {trial.state.value}."


def _not_comparable(found: NotesBeside) -> str:
    return f"Not comparable: {found.differences}." if found.reasons else ""


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.2f}"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
