"""Tables and lists as the program shows them: a model whose columns are values, and the look that all share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QListView, QTableView

from app.ui import theme
from app.ui.common import build
from app.ui.common.text import LEFT, RIGHT

Index = QModelIndex | QPersistentModelIndex

NOWHERE = QModelIndex()

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A title, the text of a row below it, and what the rows are sorted by: those of which it is None come last."""

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    is_number: bool = False
    help: str = ""

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Numbers end at the same place."""
        return RIGHT if self.is_number else LEFT


class ColumnModel(QAbstractTableModel, Generic[Row]):
    """Rows of one type. A subclass says what the tooltips tell, and which cells have another colour or font."""

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()
        self.given: tuple[Row, ...] = ()
        """The rows in the order in which they were given."""
        self._key: Callable[[Row], Any] | None = None
        self._descends = False

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these, sorted as before."""
        self.beginResetModel()
        self.given = tuple(rows)
        self.rows = self.arranged(self.given)
        self.endResetModel()

    def arranged(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Rows in the order of the table; those that are equal in it stay as they were given."""
        key = self._key
        if key is None:
            return tuple(reversed(rows)) if self._descends else tuple(rows)
        told = sorted((row for row in rows if key(row) is not None), key=key, reverse=self._descends)
        return (*told, *(row for row in rows if key(row) is None))

    def sort_by(self, column: int, order: Qt.SortOrder) -> None:
        """Choose the order in which rows are arranged from now on."""
        self._key = self.columns[column].key if column >= 0 else None
        self._descends = column >= 0 and order == Qt.SortOrder.DescendingOrder

    def tip(self, row: Row, column: int) -> str | None:
        """What the tooltip of a cell tells: its text, which may be cut."""
        return self.columns[column].text(row)

    def colour(self, row: Row, column: int) -> str | None:
        """The colour of a cell's text, None for the usual one."""
        return None

    def ground(self, row: Row) -> str | None:
        """The colour behind a row, None for the usual one."""
        return None

    def font(self, row: Row, column: int) -> QFont | None:
        """The font of a cell, None for the table's."""
        return None

    @Slot()
    def redraw(self) -> None:
        """Draw every cell anew."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.columns) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, -1 for the order in which the rows were given. Called by the header."""
        self.sort_by(column, order)
        self.layoutAboutToBeChanged.emit()
        before, self.rows = self.rows, self.arranged(self.given)
        places = {id(row): place for place, row in enumerate(self.rows)}
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.index(places[id(before[index.row()])], index.column()))
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.columns[column].text(row)
            case Qt.ItemDataRole.ToolTipRole:
                return self.tip(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.columns[column].alignment
            case Qt.ItemDataRole.ForegroundRole:
                return _colour(self.colour(row, column))
            case Qt.ItemDataRole.BackgroundRole:
                return _colour(self.ground(row))
            case Qt.ItemDataRole.FontRole:
                return self.font(row, column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.ToolTipRole:
                return column.help
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
        return None


def _colour(name: str | None) -> QColor | None:
    return None if name is None else QColor(name)


def style_table(
    table: QTableView,
    name: str,
    says: str,
    *,
    row_height: int = theme.ROW_HEIGHT,
    selects: QAbstractItemView.SelectionMode = QAbstractItemView.SelectionMode.NoSelection,
) -> None:
    """The look of all tables: neither frame nor grid, one line a row, whole rows selected."""
    build.named(table, name, says=says)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)  # Tab leads on, not round and round the cells
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(selects)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setMinimumSectionSize(1)
    rows.setDefaultSectionSize(row_height)
    table.horizontalHeader().setHighlightSections(False)


def style_list(view: QListView, name: str, says: str, *, in_grid: bool = False) -> None:
    """The look of all lists: no frame, one column that scrolls smoothly, or pictures side by side."""
    build.named(view, name, says=says)
    if in_grid:
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setMovement(QListView.Movement.Static)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setUniformItemSizes(True)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    theme.notifier().changed.connect(view.viewport().update)
