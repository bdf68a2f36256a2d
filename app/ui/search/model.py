"""The model of the table of trials."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont

from app.core.runs.progress import metric_text
from app.core.search.plan import SearchPlan
from app.core.search.reported import Beside, beside
from app.core.search.status import SearchStatus, TrialState, TrialStatus
from app.ui import theme
from app.ui.common.lists import Column, ColumnModel
from app.ui.common.plots.line import SIGNS
from app.ui.common.text import duration_text
from app.ui.search.text import NOTHING, difference_text, reported_text, share_text, state_help, state_text, what_differs

NUMBER, TRIAL, STATE, EPOCHS, VALIDATION, TEST, REPORTED, DIFFERENCE, TIME = range(9)
_ORDER = {state: place for place, state in enumerate(TrialState)}


@dataclass(frozen=True)
class Row:
    """One trial, with what is told of it. `sign` is its place among the signs of the curves, None without one."""

    trial: TrialStatus
    what: str
    beside: Beside | None
    is_best: bool
    sign: int | None


class TrialsModel(ColumnModel[Row]):
    """A row for each trial. Sorted anew whenever something has changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)
        self._status: SearchStatus | None = None
        self._plan: SearchPlan | None = None
        self._known: dict[tuple[int, TrialState, int], tuple[str, Beside | None]] = {}
        self._bold = QFont()
        self._bold.setBold(True)
        self.columns = self._columns()
        self.sort(NUMBER)

    @property
    def has_reported(self) -> bool:
        """True if any of the trials is a run that the notes report."""
        return any(row.beside for row in self.rows)

    def show_status(self, plan: SearchPlan, status: SearchStatus) -> None:
        """Show these trials; where no row moves, only cells are drawn anew."""
        if self._plan != plan:
            self._plan, self._known = plan, {}
        self._status = status
        self.columns = self._columns()
        best = status.best
        has_signs = len(status.trials) <= len(SIGNS)
        rows = []
        for place, trial in enumerate(status.trials):
            what, reported = self._told(plan, trial)
            is_best = best is not None and best.number == trial.number
            rows.append(Row(trial, what, reported, is_best, place if has_signs else None))
        self.given = tuple(sorted(rows, key=lambda row: row.trial.number))
        self._rearrange()

    def row_of(self, number: int | None) -> int | None:
        """Where the trial of that number stands."""
        return next((place for place, row in enumerate(self.rows) if row.trial.number == number), None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sort_by(column, order)
        self._rearrange()

    def _rearrange(self) -> None:
        ordered = self.arranged(self.given)
        moved = [row.trial.number for row in ordered] != [row.trial.number for row in self.rows]
        if moved:
            self.beginResetModel()
        self.rows = ordered
        if moved:
            self.endResetModel()
        else:
            self.redraw()

    def _columns(self) -> tuple[Column[Row], ...]:
        return (
            Column(
                self.tr("#"),
                self._number_text,
                lambda row: row.trial.number,
                is_number=True,
                help=self.tr("The number of the trial, and the marker of its curve"),
            ),
            Column(
                self.tr("Trial"),
                lambda row: row.what,
                lambda row: row.what,
                help=self.tr("What differs between the trials"),
            ),
            Column(
                self.tr("State"),
                lambda row: state_text(row.trial, row.is_best),
                lambda row: -1 if row.is_best else _ORDER[row.trial.state],
                help=self.tr("State of the trial"),
            ),
            Column(
                self.tr("Epochs"),
                self._epochs_text,
                lambda row: row.trial.epochs_done,
                is_number=True,
                help=self.tr("Complete epochs, of all"),
            ),
            Column(
                self.tr("Val. loss") if self._by_loss else self.tr("Val. acc."),
                lambda row: self._objective_text(_objective(row)),
                _objective,
                is_number=True,
                help=self.tr(
                    "On the validation split, with the final weights of the trial; the search compares by this"
                ),
            ),
            Column(
                self.tr("Test acc."),
                lambda row: share_text(_test_accuracy(row)),
                _test_accuracy,
                is_number=True,
                help=self.tr("Accuracy on test pictures, once it is done"),
            ),
            Column(
                self.tr("Reported"),
                lambda row: reported_text(row.beside),
                lambda row: row.beside.reported if row.beside else None,
                is_number=True,
                help=self.tr("What the notes report of the same run"),
            ),
            Column(
                self.tr("Difference"),
                lambda row: difference_text(row.beside),
                lambda row: row.beside.difference if row.beside else None,
                is_number=True,
                help=self.tr("Measured minus reported, in percentage points; the notes use the full data"),
            ),
            Column(
                self.tr("Time"),
                lambda row: duration_text(row.trial.elapsed_s) if row.trial.elapsed_s else NOTHING,
                lambda row: row.trial.elapsed_s or None,
                is_number=True,
                help=self.tr("Training time"),
            ),
        )

    @property
    def _by_loss(self) -> bool:
        return self._status is not None and self._status.objective == "val_loss"

    def _told(self, plan: SearchPlan, trial: TrialStatus) -> tuple[str, Beside | None]:
        """Found out anew only where something has changed."""
        key = trial.number, trial.state, len(trial.changes)
        if key not in self._known:
            self._known[key] = what_differs(plan, trial), beside(plan, trial)
        return self._known[key]

    def _number_text(self, row: Row) -> str:
        sign = "" if row.sign is None else f"{SIGNS[row.sign].letter} "
        return f"{sign}{row.trial.number}"

    def _epochs_text(self, row: Row) -> str:
        return self.tr("{done} of {epochs}").format(done=row.trial.epochs_done, epochs=row.trial.epochs)

    def _objective_text(self, value: float | None) -> str:
        return metric_text(value, 4) if value is not None and self._by_loss else share_text(value)

    def tip(self, row: Row, column: int) -> str | None:
        if column == STATE:
            return state_help(row.trial, row.is_best)
        peak = self._status.peak(row.trial) if self._status is not None and column == VALIDATION else None
        if peak is None:
            return super().tip(row, column)
        words = self.tr("{value}; the best epoch was {epoch} with {best}")
        return words.format(value=super().tip(row, column), epoch=peak[0], best=self._objective_text(peak[1]))

    def font(self, row: Row, column: int) -> QFont | None:
        return self._bold if row.is_best and column == STATE else None

    def colour(self, row: Row, column: int) -> str | None:
        colours = theme.colours()
        if column == NUMBER and row.sign is not None:
            return colours.series[row.sign]
        if column == STATE:
            states = {TrialState.FAILED: colours.wrong_text, TrialState.RUNNING: colours.accent}
            muted = {TrialState.WAITING: colours.muted, TrialState.PRUNED: colours.muted}
            return colours.best_text if row.is_best else (states | muted).get(row.trial.state)
        if column == DIFFERENCE and row.beside is not None and row.beside.difference:
            return colours.best_text if row.beside.difference > 0 else colours.wrong_text
        return None


def _objective(row: Row) -> float | None:
    """At the end of a trial, or now."""
    trial = row.trial
    return trial.value if trial.value is not None else trial.curve[-1] if trial.curve else None


def _test_accuracy(row: Row) -> float | None:
    return row.trial.report.test_accuracy if row.trial.report else None
