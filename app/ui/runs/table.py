"""The table of runs: sorted by its header, filtered from outside, edited in its cells, worked with the keyboard."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from app.core.runs.columns import COLUMNS, USUAL, Family
from app.core.runs.listing import Group
from app.core.runs.records import RunRecord
from app.ui import theme
from app.ui.common.lists import edit_if_possible, style_table
from app.ui.runs.model import EDITABLE, SHOWN, RunsModel
from app.ui.runs.text import PADDING, column_help, column_title, usual_width

# The menu in which one chooses the columns of the table of runs.


class ColumnsMenu(QMenu):
    """Shows and hides the sections of `header`, all but the first."""

    changed = Signal()
    usual_requested = Signal()

    def __init__(self, header: QHeaderView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header = header
        self._choices: dict[int, QAction] = {}
        self.setToolTipsVisible(True)
        for family in Family:
            menu = self.addMenu(self.tr(family.value))
            menu.setToolTipsVisible(True)
            for place, column in enumerate(SHOWN):
                if column.family is family and place:
                    self._choices[place] = self._choice(menu, column_title(column), column_help(column), place)
        self.addSeparator()
        usual = self.addAction(self.tr("The usual columns"))
        usual.triggered.connect(self.usual_requested)
        self.aboutToShow.connect(self._on_about_to_show)

    def _choice(self, menu: QMenu, title: str, help_text: str, place: int) -> QAction:
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setToolTip(help_text)
        action.setData(place)
        action.triggered.connect(self._on_triggered)
        return action

    @Slot()
    def _on_about_to_show(self) -> None:
        for place, action in self._choices.items():
            action.setChecked(not self._header.isSectionHidden(place))

    @Slot(bool)
    def _on_triggered(self, checked: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._header.setSectionHidden(action.data(), not checked)
        self.changed.emit()


NAME_WIDTH = 150
_PLACES = {column.id: place for place, column in enumerate(SHOWN)}


class RunsTable(QTableView):
    """Shows a `RunsModel`. What is selected stays selected when the rows move."""

    selection_changed = Signal()
    columns_changed = Signal()
    delete_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = model
        self._kept: tuple[list[int], int | None, int] = ([], None, 0)
        self._told: list[int] = []
        self._name_is_free = True
        self.setModel(model)
        self._apply_style()
        header = self.horizontalHeader()
        self.columns_menu = ColumnsMenu(header, self)
        self.columns_menu.changed.connect(self._on_columns_changed)
        self.columns_menu.usual_requested.connect(self._on_usual_requested)
        self.show_columns(USUAL)
        model.modelAboutToBeReset.connect(self._on_about_to_be_reset)
        model.modelReset.connect(self._on_reset)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.sectionResized.connect(self._on_section_resized)
        self.customContextMenuRequested.connect(self._on_menu)
        theme.notifier().changed.connect(model.redraw)

    @property
    def selected(self) -> list[RunRecord]:
        """The selected runs, as they stand in the table."""
        parts: Any = self.selectionModel().selection()  # a list, though PySide's annotations do not say so
        ranges = sorted((part.top(), part.bottom()) for part in parts)
        lines = self._runs.lines
        rows = dict.fromkeys(row for top, bottom in ranges for row in range(top, bottom + 1))
        return [line for row in rows if isinstance(line := lines[row], RunRecord)]

    @property
    def is_editing(self) -> bool:
        """True while a cell is being written into."""
        return self.state() == QAbstractItemView.State.EditingState

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns that are not hidden, from left to right."""
        header = self.horizontalHeader()
        places = sorted((header.visualIndex(place), place) for place in range(len(SHOWN)))
        return tuple(SHOWN[place].id for _, place in places if not header.isSectionHidden(place))

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns in this order and hide the others; the name is always there."""
        header = self.horizontalHeader()
        known = list(dict.fromkeys(("name", *(name for name in names if name in _PLACES))))
        for place, name in enumerate(known):
            header.moveSection(header.visualIndex(_PLACES[name]), place)
        for name, place in _PLACES.items():
            header.setSectionHidden(place, name not in known)
        self._stretch_name()

    def select(self, runs: Iterable[int], current: int | None = None) -> None:
        """Select these runs, as far as they are shown."""
        wanted = set(runs)
        rows = [row for row, line in enumerate(self._runs.lines) if isinstance(line, RunRecord) and line.id in wanted]
        selection = QItemSelection()
        last = len(SHOWN) - 1
        for first, end in _stretches(rows):
            selection.select(self._runs.index(first, 0), self._runs.index(end, last))
        if rows:
            row = next((row for row in rows if self._runs.lines[row].id == current), rows[0])  # type: ignore[union-attr]
            column = max(0, self.currentIndex().column())
            index = self._runs.index(row, column)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def neighbours(self, runs: Sequence[RunRecord]) -> list[int]:
        """The run to go on with when `runs` are gone: the one below the first of them, or else above it."""
        gone = {run.id for run in runs}
        lines = [line.id for line in self._runs.lines if isinstance(line, RunRecord)]
        place = lines.index(runs[0].id)
        return [run for run in (*lines[place:], *reversed(lines[:place])) if run not in gone][:1]

    def edit_cell(self, column: str) -> None:
        """Let the user write into that column of the current run."""
        index = self.currentIndex().siblingAtColumn(_PLACES[column])
        if not index.isValid() or self.isColumnHidden(index.column()):
            return
        self.setCurrentIndex(index)
        edit_if_possible(self, index)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, with titles and tabs between the cells, for a spreadsheet."""
        columns = [SHOWN[_PLACES[name]] for name in self.shown_columns]
        lines = ["\t".join(column.id for column in columns)]
        for run in self.selected:
            values = (column.value(run) for column in columns)
            lines.append("\t".join("" if value is None else " ".join(str(value).split()) for value in values))
        if len(lines) > 1:
            QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 renames, Delete deletes, Ctrl+C copies, Enter and Space open and shut a group."""
        line = self._line_at(self.currentIndex().row())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.delete_requested.emit()
        elif event.key() == Qt.Key.Key_F2:
            is_editable = SHOWN[self.currentIndex().column()].id in EDITABLE if self.currentIndex().isValid() else False
            self.edit_cell(SHOWN[self.currentIndex().column()].id if is_editable else "name")
        elif isinstance(line, Group) and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._runs.toggle(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click opens or shuts a group, and leaves the selection as it is."""
        row = self.rowAt(int(event.position().y()))
        if isinstance(self._line_at(row), Group):
            if event.button() == Qt.MouseButton.LeftButton:
                self._runs.toggle(row)
            return
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names take what the other columns leave."""
        super().resizeEvent(event)
        self._stretch_name()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or why there are none."""
        super().paintEvent(event)
        self._paint_groups()
        if not self._runs.lines and len(self._runs.runs):
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.colours().muted))
            text = self.tr("No run matches.")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, text)
            painter.end()

    def _paint_groups(self) -> None:
        """Let the title of each group in sight run on over the cells that are empty beside it."""
        painter, header = QPainter(self.viewport()), self.horizontalHeader()
        room = 0
        for name in self.shown_columns:
            if COLUMNS[name].kind.is_measured:
                break
            room += self.columnWidth(_PLACES[name])
        last = self.rowAt(self.viewport().height())
        for row in range(max(0, self.rowAt(0)), (last if last >= 0 else len(self._runs.lines) - 1) + 1):
            index = self._runs.index(row, 0)
            if isinstance(self._runs.lines[row], Group):
                rect = self.visualRect(index)
                rect.setRight(header.sectionViewportPosition(0) + room - PADDING)
                painter.fillRect(rect, index.data(Qt.ItemDataRole.BackgroundRole))
                painter.setFont(index.data(Qt.ItemDataRole.FontRole))
                painter.setPen(QColor(theme.colours().text))
                text = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, rect.width() - 3)
                painter.drawText(rect.adjusted(3, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _apply_style(self) -> None:
        style_table(self, "", self.tr("Runs"), selects=QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for place, column in enumerate(SHOWN):
            self.setColumnWidth(place, usual_width(column, self.font()))
        order = self._runs.arrangement.order
        sign = Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(_PLACES[order.column], sign)
        self.setSortingEnabled(True)

    def _stretch_name(self) -> None:
        if not self._name_is_free:
            return
        others = sum(self.columnWidth(_PLACES[name]) for name in self.shown_columns if name != "name")
        with QSignalBlocker(self.horizontalHeader()):
            self.horizontalHeader().resizeSection(0, max(NAME_WIDTH, self.viewport().width() - others))
        self.updateGeometries()
        self.viewport().update()

    def _line_at(self, row: int) -> RunRecord | Group | None:
        return self._runs.lines[row] if 0 <= row < len(self._runs.lines) else None

    @Slot()
    def _on_about_to_be_reset(self) -> None:
        line = self._line_at(self.currentIndex().row())
        current = line.id if isinstance(line, RunRecord) else None
        self._kept = [run.id for run in self.selected], current, self.verticalScrollBar().value()

    @Slot()
    def _on_reset(self) -> None:
        runs, current, scrolled = self._kept
        self.select(runs, current)
        self.verticalScrollBar().setValue(scrolled)
        self._on_selection_changed()

    @Slot()
    def _on_selection_changed(self) -> None:
        selected = [run.id for run in self.selected]
        if selected != self._told:
            self._told = selected
            self.selection_changed.emit()

    @Slot(QPoint)
    def _on_menu(self, place: QPoint) -> None:
        self.menu_requested.emit(self.viewport().mapToGlobal(place))

    @Slot(QPoint)
    def _on_header_menu(self, place: QPoint) -> None:
        self.columns_menu.popup(self.horizontalHeader().mapToGlobal(place))

    @Slot(int, int, int)
    def _on_section_resized(self, place: int, _before: int, _now: int) -> None:
        """The user chose a width for the names: it is kept."""
        if place == _PLACES["name"] and QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._name_is_free = False
        else:
            self._stretch_name()

    @Slot()
    def _on_usual_requested(self) -> None:
        self._name_is_free = True
        self.show_columns(USUAL)
        self.columns_changed.emit()

    @Slot()
    def _on_columns_changed(self) -> None:
        self._stretch_name()
        self.columns_changed.emit()


def _stretches(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as (first, last) of each unbroken stretch."""
    if not rows:
        return []
    breaks = [place for place, (one, other) in enumerate(pairwise(rows), start=1) if other != one + 1]
    return [(rows[first], rows[end - 1]) for first, end in zip([0, *breaks], [*breaks, len(rows)], strict=True)]
