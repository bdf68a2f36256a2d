"""The table of trials, and what can be done with the selected one."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.ui import theme
from app.ui.widgets.search_model import (
    DIFFERENCE,
    EPOCHS,
    NUMBER,
    REPORTED,
    STATE,
    TEST,
    TIME,
    TRIAL,
    VALIDATION,
    Row,
    TrialsModel,
)

SMALLEST_TRIAL = 140
PADDING = 14
_WIDEST = {
    NUMBER: "● 999",
    STATE: "▽ Stopped early",
    EPOCHS: "1000 of 1000",
    VALIDATION: "100.00%",
    TEST: "100.00%",
    REPORTED: "97.92% train",
    DIFFERENCE: "▲ +10.00",
    TIME: "59 min 59 s",
}


class TrialsTable(QTableView):
    """Shows a `TrialsModel`. The selected trial stays selected when the rows move."""

    selection_changed = Signal()

    def __init__(self, model: TrialsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trials = model
        self._selected: int | None = None
        self.setModel(model)
        self._dress()
        model.modelReset.connect(self._on_reset)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        theme.notifier().changed.connect(model.redraw)

    @property
    def selected(self) -> Row | None:
        """The selected trial."""
        place = self._trials.row_of(self._selected)
        return None if place is None else self._trials.rows[place]

    def clear_selected(self) -> None:
        """Select nothing."""
        self._selected = None
        with QSignalBlocker(self.selectionModel()):
            self.selectionModel().clear()
        self.viewport().update()

    def show_columns(self) -> None:
        """Show what the notes report only where they do."""
        for column in (REPORTED, DIFFERENCE):
            self.setColumnHidden(column, not self._trials.has_reported)
        self._stretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What differs takes what the other columns leave."""
        super().resizeEvent(event)
        self._stretch()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes with the keyboard begins at the first trial."""
        super().focusInEvent(event)
        by_keyboard = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        if by_keyboard and self.selected is None and self._trials.rows:
            self.selectRow(0)

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # what differs may stand at the end
        self.setTabKeyNavigation(False)  # Tab leads on, not round and round the cells
        self.setObjectName("trials")
        self.setAccessibleName(self.tr("Trials"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSortIndicator(NUMBER, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        bold = self.font()
        bold.setBold(True)
        metrics = QFontMetrics(bold)
        titles = self._trials.titles()
        for column, widest in _WIDEST.items():
            width = max(metrics.horizontalAdvance(text) for text in (widest, titles[column]))
            self.setColumnWidth(column, width + PADDING)

    def _stretch(self) -> None:
        others = sum(self.columnWidth(column) for column in _WIDEST if not self.isColumnHidden(column))
        self.setColumnWidth(TRIAL, max(SMALLEST_TRIAL, self.viewport().width() - others))

    @Slot()
    def _on_reset(self) -> None:
        place = self._trials.row_of(self._selected)
        if place is not None:
            self.selectRow(place)

    @Slot()
    def _on_selection_changed(self) -> None:
        rows = self.selectionModel().selectedRows()
        if rows:
            self._selected = self._trials.rows[rows[0].row()].trial.number
            self.selection_changed.emit()
