"""Tables whose columns are values, and lists of entries under headings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.ui import theme
from app.ui.common import build
from app.ui.common.text import LEFT, RIGHT, item_font, write_item

# Tables and lists as the program shows them: a model whose columns are values, and the look that all share.

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


def edit_if_possible(view: QAbstractItemView, index: Index) -> None:
    """Let the user write into a cell, unless one is being written into, or that one cannot be.

    Qt's slot of one parameter warns then, and not every caller can know: buttons and keys outlive what they were for.
    """
    view.edit(index, QAbstractItemView.EditTrigger.AllEditTriggers, QEvent(QEvent.Type.None_))


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


# Entries under headings, each with a title, a note on its right and a caption below.

HEADING_HEIGHT, ENTRY_HEIGHT = 30, 42

_ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class EntryText:
    """What is written of an entry."""

    title: str
    note: str
    caption: str
    is_bold: bool = False
    tip: str = ""


class HeadedList(QListView):
    """A subclass says what is written of an entry, and what it means to choose one."""

    def __init__(self, says: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_Delegate(self))
        style_list(self, "recipe_list", says)

    def text_of(self, entry: Any) -> EntryText:
        """What is written of an entry."""
        raise NotImplementedError

    @property
    def current(self) -> Any:
        """The entry under the cursor, None if there is none."""
        return self.currentIndex().data(_ENTRY)

    def entry_at(self, index: Index) -> Any:
        """The entry of a row, None for a heading."""
        return index.data(_ENTRY)

    def clear_entries(self) -> None:
        """List nothing."""
        self._items.clear()

    def add_entries(self, heading: str, entries: Iterable[Any]) -> None:
        """List some more, under a heading."""
        item = QStandardItem(heading)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._items.appendRow(item)
        for entry in entries:
            said = self.text_of(entry)
            item = QStandardItem(said.title)
            item.setData(entry, _ENTRY)
            item.setToolTip(said.tip)
            self._items.appendRow(item)

    def go_to(self, entry: Any) -> None:
        """Put the cursor on an entry and bring it into view, with the heading above it."""
        rows = range(self._items.rowCount())
        row = next(row for row in rows if self._items.item(row).data(_ENTRY) is entry)
        self.setCurrentIndex(self._items.index(row, 0))
        self.scrollTo(self._items.index(max(0, row - 1), 0))
        self.scrollTo(self._items.index(row, 0))


class _Delegate(QStyledItemDelegate):
    """Paints headings and entries."""

    def __init__(self, entries: HeadedList) -> None:
        super().__init__(entries)
        self._list = entries

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, HEADING_HEIGHT if index.data(_ENTRY) is None else ENTRY_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        place: QRect = option.rect.adjusted(theme.SPACING, 0, -theme.SPACING, 0)
        entry = index.data(_ENTRY)
        if entry is None:
            bottom = place.adjusted(0, 0, 0, -theme.SPACING // 2)
            painter.setFont(item_font(small=True, bold=True))
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(bottom, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, index.data())
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                self._paint_ground(painter, option)
            self._paint_text(painter, place, self._list.text_of(entry))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours = theme.colours()
        inset = 0 if self._list.focusPolicy() is Qt.FocusPolicy.NoFocus else 1  # room for the frame of the focus
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(colours.accent) if has_focus else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent_soft))
        place = option.rect.adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(place, theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)

    def _paint_text(self, painter: QPainter, place: QRect, said: EntryText) -> None:
        colours, half = theme.colours(), place.height() // 2
        top = place.adjusted(0, theme.SPACING // 4, 0, -half)
        bottom = place.adjusted(0, half, 0, -theme.SPACING // 4)
        painter.setFont(item_font())
        painter.setPen(QColor(colours.muted))
        painter.drawText(top, RIGHT, said.note)
        room = QFontMetrics(item_font()).horizontalAdvance(said.note) + theme.SPACING
        write_item(painter, top.adjusted(0, 0, -room, 0), said.title, colours.text, item_font(bold=said.is_bold))
        write_item(painter, bottom, said.caption, colours.muted, item_font(small=True))
