"""The model of the table of runs: lines that core has found, sorted and grouped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont

from app.core.runs.columns import COLUMNS, Column, Value
from app.core.runs.listing import Group, Order, Query, RunList, group_runs, sort_runs
from app.core.runs.records import RunRecord, RunState
from app.ui import theme
from app.ui.common.lists import NOWHERE, Index
from app.ui.common.text import LEFT, RIGHT
from app.ui.runs.text import cell_text, column_help, column_text, runs_text, title_lines

Line = RunRecord | Group

SHOWN: tuple[Column, ...] = tuple(COLUMNS.values())
"""A section of the table for each column, by its place."""
EDITABLE = ("name", "note", "tags")


@dataclass(frozen=True)
class RunEdit:
    """A user wrote `text` into a cell: `column` is one of `EDITABLE`."""

    run: int
    column: str
    text: str


@dataclass(frozen=True)
class Arrangement:
    """Which runs are shown, and how. `group_by` is a column, "" for none; the groups in `folded` are shut."""

    query: Query = field(default_factory=Query)
    order: Order = field(default_factory=Order)
    group_by: str = ""
    folded: frozenset[Value] = frozenset()


class RunsModel(QAbstractTableModel):
    """A row for each run, and one above each group with the means of its runs."""

    edited = Signal(object)  # RunEdit

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = RunList()
        self.arrangement = Arrangement()
        self.found = 0
        self._lines: Sequence[Line] = ()
        self._roles: dict[int, Callable[[Line, Column], Any]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.EditRole: self._editable_text,
            Qt.ItemDataRole.ToolTipRole: self._tooltip,
            Qt.ItemDataRole.TextAlignmentRole: self._alignment,
            Qt.ItemDataRole.ForegroundRole: self._colour,
            Qt.ItemDataRole.BackgroundRole: self._ground,
            Qt.ItemDataRole.FontRole: self._font,
        }
        self._bold = QFont()
        self._bold.setBold(True)

    @property
    def lines(self) -> Sequence[Line]:
        """What stands in the rows."""
        return self._lines

    def set_runs(self, runs: RunList) -> None:
        """Show these runs, arranged as before; where no row moves, only cells are drawn anew."""
        self.runs = runs
        self._show()

    def arrange(self, **changes: Any) -> None:
        """Change fields of the arrangement."""
        self.arrangement = replace(self.arrangement, **changes)
        self._show()

    def toggle(self, row: int) -> None:
        """Shut or open the group in a row."""
        line = self._lines[row]
        if isinstance(line, Group):
            self.arrange(folded=self.arrangement.folded ^ {line.value})

    @Slot()
    def redraw(self) -> None:
        """Draw every cell anew."""
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, len(SHOWN) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Called by the header when a user clicks on it."""
        wanted = Order(SHOWN[column].id, order == Qt.SortOrder.DescendingOrder)
        if wanted != self.arrangement.order:
            self.arrange(order=wanted)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Runs and groups."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """All that can be told of a run."""
        return 0 if parent.isValid() else len(SHOWN)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text, and how it looks."""
        answer = self._roles.get(role)
        return answer(self._lines[index.row()], SHOWN[index.column()]) if answer and index.isValid() else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a column, on two lines where there are two."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "\n".join(title_lines(SHOWN[section]))
        if role == Qt.ItemDataRole.ToolTipRole:
            return column_help(SHOWN[section])
        return self._alignment(None, SHOWN[section]) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Runs can be selected, their names, notes and tags edited; groups only be opened and shut."""
        if not index.isValid() or isinstance(self._lines[index.row()], Group):
            return Qt.ItemFlag.ItemIsEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if SHOWN[index.column()].id in EDITABLE else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Called by an editor. The page writes it down and shows the run as it then is."""
        line, column = self._lines[index.row()], SHOWN[index.column()]
        if role != Qt.ItemDataRole.EditRole or isinstance(line, Group) or value == self._editable_text(line, column):
            return False
        self.edited.emit(RunEdit(line.id, column.id, str(value)))
        return True

    def _show(self) -> None:
        lines = self._arranged()
        if [_identity(line) for line in lines] == [_identity(line) for line in self._lines]:
            self._lines = lines
            self.redraw()
            return
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def _arranged(self) -> Sequence[Line]:
        wanted = self.arrangement
        runs = sort_runs(self.runs.found(wanted.query), wanted.order)
        self.found = len(runs)
        if not wanted.group_by:
            return runs
        lines: list[Line] = []
        for group in group_runs(runs, wanted.group_by):
            lines.append(group)
            lines += () if group.value in wanted.folded else group.runs
        return lines

    def _text(self, line: Line, column: Column) -> str:
        if isinstance(line, RunRecord):
            return cell_text(column, line)
        if column.id == "name":
            shut = line.value in self.arrangement.folded
            value = column_text(COLUMNS[self.arrangement.group_by], line.value) or self.tr("none")
            means = self.tr("means of {runs}").format(runs=runs_text(len(line.runs)))
            return f"{'▶' if shut else '▼'}  {value}  ·  {means}"
        mean = line.mean(column.id) if column.id not in {"id", "trial"} else None
        return column_text(column, mean)

    def _editable_text(self, line: Line, column: Column) -> str | None:
        return str(column.value(line)) if isinstance(line, RunRecord) and column.id in EDITABLE else None

    def _tooltip(self, line: Line, column: Column) -> str:
        if isinstance(line, Group):
            return self._text(line, column) if column.id == "name" else self.tr("The mean of these runs")
        if column.id == "created":
            return f"{line.created.astimezone():%Y-%m-%d %H:%M}"
        if column.id == "state":
            return line.message
        return self._text(line, column)

    def _alignment(self, _line: Line | None, column: Column) -> Qt.AlignmentFlag:
        return RIGHT if column.is_number else LEFT

    def _colour(self, line: Line, column: Column) -> QColor | None:
        colours = theme.colours()
        if isinstance(line, RunRecord) and column.id == "state":
            state = {RunState.FAILED: colours.wrong_text, RunState.RUNNING: colours.accent}.get(line.state)
            return QColor(state) if state else None
        value = column.value(line) if isinstance(line, RunRecord) else line.mean(column.id)
        if column.better and isinstance(value, float) and not column_text(column, value).startswith("="):
            return QColor(colours.best_text if value * column.better > 0 else colours.wrong_text)
        return None

    def _ground(self, line: Line, _column: Column) -> QColor | None:
        return QColor(theme.colours().window) if isinstance(line, Group) else None

    def _font(self, line: Line, column: Column) -> QFont | None:
        return self._bold if isinstance(line, Group) and column.id == "name" else None


def _identity(line: Line) -> object:
    return line.id if isinstance(line, RunRecord) else (line.value, len(line.runs))
