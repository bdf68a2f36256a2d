"""The model of the table of trials."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QFont

from app.core.runs.progress import metric_text
from app.core.search.plan import SearchPlan
from app.core.search.reported import Beside, beside
from app.core.search.status import SearchStatus, TrialState, TrialStatus
from app.ui import theme
from app.ui.common.plots.line import SIGNS
from app.ui.common.text import duration_text
from app.ui.search.text import NOTHING, difference_text, reported_text, share_text, state_help, state_text, what_differs

Index = QModelIndex | QPersistentModelIndex

NUMBER, TRIAL, STATE, EPOCHS, VALIDATION, TEST, REPORTED, DIFFERENCE, TIME = range(9)
_NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ORDER = {state: place for place, state in enumerate(TrialState)}


@dataclass(frozen=True)
class Row:
    """One trial, with what is told of it. `sign` is its place among the signs of the curves, None without one."""

    trial: TrialStatus
    what: str
    beside: Beside | None
    is_best: bool
    sign: int | None


class TrialsModel(QAbstractTableModel):
    """A row for each trial. Sorted anew whenever something has changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self._status: SearchStatus | None = None
        self._plan: SearchPlan | None = None
        self._order, self._descends = NUMBER, False
        self._known: dict[tuple[int, TrialState, int], tuple[str, Beside | None]] = {}
        self._bold = QFont()
        self._bold.setBold(True)
        self._roles: dict[int, Callable[[Row, int], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.ToolTipRole: self._tooltip,
            Qt.ItemDataRole.TextAlignmentRole: lambda _row, column: _LEFT if column in {TRIAL, STATE} else _RIGHT,
            Qt.ItemDataRole.ForegroundRole: self._colour,
            Qt.ItemDataRole.FontRole: lambda row, column: self._bold if row.is_best and column == STATE else None,
        }

    @property
    def has_reported(self) -> bool:
        """True if any of the trials is a run that the notes report."""
        return any(row.beside for row in self.rows)

    def show_status(self, plan: SearchPlan, status: SearchStatus) -> None:
        """Show these trials; where no row moves, only cells are drawn anew."""
        if self._plan != plan:
            self._plan, self._known = plan, {}
        self._status = status
        best = status.best
        has_signs = len(status.trials) <= len(SIGNS)
        rows = []
        for place, trial in enumerate(status.trials):
            what, reported = self._told(plan, trial)
            is_best = best is not None and best.number == trial.number
            rows.append(Row(trial, what, reported, is_best, place if has_signs else None))
        self._show(rows)

    def row_of(self, number: int | None) -> int | None:
        """Where the trial of that number stands."""
        return next((place for place, row in enumerate(self.rows) if row.trial.number == number), None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Called by the header when a user clicks on it."""
        self._order, self._descends = column, order == Qt.SortOrder.DescendingOrder
        self._show(self.rows)

    @Slot()
    def redraw(self) -> None:
        """Draw every cell anew."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, TIME))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Trials."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """What is told of each."""
        return 0 if parent.isValid() else TIME + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text, and how it looks."""
        answer = self._roles.get(role)
        return answer(self.rows[index.row()], index.column()) if answer and index.isValid() else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles()[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._helps()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section in {TRIAL, STATE} else _RIGHT
        return None

    def titles(self) -> tuple[str, ...]:
        """The words of all columns."""
        by_loss = self._status is not None and self._status.objective == "val_loss"
        validation = self.tr("Val. loss") if by_loss else self.tr("Val. acc.")
        first = (self.tr("#"), self.tr("Trial"), self.tr("State"), self.tr("Epochs"), validation)
        return (*first, self.tr("Test acc."), self.tr("Reported"), self.tr("Difference"), self.tr("Time"))

    def _helps(self) -> tuple[str, ...]:
        return (
            self.tr("The number of the trial, and the marker of its curve"),
            self.tr("What differs between the trials"),
            self.tr("State of the trial"),
            self.tr("Complete epochs, of all"),
            self.tr("On the validation split, with the final weights of the trial; the search compares by this"),
            self.tr("Accuracy on test pictures, once it is done"),
            self.tr("What the notes report of the same run"),
            self.tr("Measured minus reported, in percentage points; the notes use the full data"),
            self.tr("Training time"),
        )

    def _told(self, plan: SearchPlan, trial: TrialStatus) -> tuple[str, Beside | None]:
        """Found out anew only where something has changed."""
        key = trial.number, trial.state, len(trial.changes)
        if key not in self._known:
            self._known[key] = what_differs(plan, trial), beside(plan, trial)
        return self._known[key]

    def _show(self, rows: Sequence[Row]) -> None:
        ordered = self._sorted(rows)
        moved = [row.trial.number for row in ordered] != [row.trial.number for row in self.rows]
        if moved:
            self.beginResetModel()
        self.rows = ordered
        if moved:
            self.endResetModel()
        else:
            self.redraw()

    def _sorted(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """By the chosen column; trials that have nothing there come last."""
        by_number = sorted(rows, key=lambda row: row.trial.number)
        told = [row for row in by_number if _value(row, self._order) is not None]
        told.sort(key=lambda row: _value(row, self._order), reverse=self._descends)
        return (*told, *(row for row in by_number if _value(row, self._order) is None))

    def _text(self, row: Row, column: int) -> str:
        trial = row.trial
        match column:
            case 0:
                sign = "" if row.sign is None else f"{SIGNS[row.sign].letter} "
                return f"{sign}{trial.number}"
            case 1:
                return row.what
            case 2:
                return state_text(trial, row.is_best)
            case 3:
                return self.tr("{done} of {epochs}").format(done=trial.epochs_done, epochs=trial.epochs)
            case 4 | 5:
                return self._figure(_value(row, column), column)
            case 6:
                return reported_text(row.beside)
            case 7:
                return difference_text(row.beside)
            case _:
                return duration_text(trial.elapsed_s) if trial.elapsed_s else NOTHING

    def _figure(self, value: Any, column: int) -> str:
        by_loss = self._status is not None and self._status.objective == "val_loss"
        if value is None or not (column == VALIDATION and by_loss):
            return share_text(value)
        return metric_text(value, 4)

    def _tooltip(self, row: Row, column: int) -> str:
        if column == STATE:
            return state_help(row.trial, row.is_best)
        peak = self._status.peak(row.trial) if self._status is not None and column == VALIDATION else None
        if peak is None:
            return self._text(row, column)
        words = self.tr("{value}; the best epoch was {epoch} with {best}")
        return words.format(value=self._text(row, column), epoch=peak[0], best=self._figure(peak[1], column))

    def _colour(self, row: Row, column: int) -> QColor | None:
        colours = theme.colours()
        if column == NUMBER and row.sign is not None:
            return QColor(colours.series[row.sign])
        if column == STATE:
            states = {TrialState.FAILED: colours.wrong_text, TrialState.RUNNING: colours.accent}
            muted = {TrialState.WAITING: colours.muted, TrialState.PRUNED: colours.muted}
            name = colours.best_text if row.is_best else (states | muted).get(row.trial.state)
            return QColor(name) if name else None
        if column == DIFFERENCE and row.beside is not None and row.beside.difference:
            return QColor(colours.best_text if row.beside.difference > 0 else colours.wrong_text)
        return None


def _value(row: Row, column: int) -> Any:
    """What a column is sorted by; None for nothing."""
    trial, report = row.trial, row.trial.report
    match column:
        case 1:
            return row.what
        case 2:
            return -1 if row.is_best else _ORDER[trial.state]
        case 3:
            return trial.epochs_done
        case 4:
            last = trial.curve[-1] if trial.curve else None
            return trial.value if trial.value is not None else last
        case 5:
            return report.test_accuracy if report else None
        case 6:
            return row.beside.reported if row.beside else None
        case 7:
            return row.beside.difference if row.beside else None
        case 8:
            return trial.elapsed_s or None
        case _:
            return trial.number
