"""The table of models: what tells them apart, sorted by a click on the header."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common.lists import Column, ColumnModel, Index, edit_if_possible, style_table

NAME, DATA, ACCURACY, CLASSES, WEIGHTS, MADE = range(6)
_LEAST_WIDTHS = {CLASSES: 1100, WEIGHTS: 1100, MADE: 840, DATA: 720}
"""How wide a page has to be for a column, in pixels."""


class ModelTableModel(ColumnModel[StoredModel]):
    """A row for each model; in the order of the store, the user's own before those that ship, or of a column."""

    renamed = Signal(str, str)  # name, new title

    def __init__(self, parent: QWidget | None = None) -> None:
        columns = (
            Column[StoredModel](
                self.tr("Model"), lambda model: model.card.title, lambda model: model.card.title.casefold()
            ),
            Column[StoredModel](
                self.tr("Trained on"),
                lambda model: model.card.data_in_short,
                lambda model: model.card.data_in_short.casefold(),
            ),
            Column[StoredModel](
                self.tr("Test accuracy"),
                lambda model: model.card.metrics.test_accuracy_text,
                lambda model: model.card.metrics.test_accuracy,
                is_number=True,
            ),
            Column[StoredModel](
                self.tr("Classes"),
                lambda model: str(len(model.card.class_names)),
                lambda model: len(model.card.class_names),
                is_number=True,
            ),
            Column[StoredModel](
                self.tr("Weights"),
                lambda model: f"{model.card.parameters:,}",
                lambda model: model.card.parameters,
                is_number=True,
            ),
            Column[StoredModel](
                self.tr("Created"),
                lambda model: f"{model.card.created.astimezone():%Y-%m-%d}",
                lambda model: model.card.created,
                is_number=True,
            ),
        )
        super().__init__(columns, parent)

    def arranged(self, rows: Sequence[StoredModel]) -> tuple[StoredModel, ...]:
        return super().arranged(sorted(rows, key=lambda model: model.bundled))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return super().data(index, Qt.ItemDataRole.DisplayRole if role == Qt.ItemDataRole.EditRole else role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell what the model shall be called; the store has the last word."""
        model = self.rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or str(value).strip() == model.card.title:
            return False
        self.renamed.emit(model.card.name, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names of one's own models can be written over."""
        flags = super().flags(index)
        is_own_name = index.isValid() and index.column() == NAME and not self.rows[index.row()].bundled
        return flags | Qt.ItemFlag.ItemIsEditable if is_own_name else flags

    def colour(self, row: StoredModel, _column: int) -> str | None:
        return theme.colours().muted if row.bundled else None

    def tip(self, row: StoredModel, column: int) -> str:
        card = row.card
        if column == DATA:
            return card.data_description
        if column == ACCURACY:
            return self.tr("On {count:,} test pictures").format(count=card.metrics.test_samples)
        if column == CLASSES:
            return ", ".join(card.class_names)
        if column == MADE:
            return f"{card.created.astimezone():%Y-%m-%d %H:%M}"
        origin = self.tr("Ships with the program: read-only") if row.bundled else card.description
        return "\n".join(filter(None, (card.title, origin)))


class ModelTable(QTableView):
    """Rows are selected, by their models' names; F2 renames, Del asks for deletion, Enter for use."""

    selection_changed = Signal()
    delete_requested = Signal()
    use_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models = ModelTableModel(self)
        self.setModel(self.models)
        style_table(self, "models", self.tr("Models"), selects=QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.doubleClicked.connect(self.use_requested)
        theme.notifier().changed.connect(self.models.redraw)

    @property
    def selected(self) -> list[StoredModel]:
        """The selected models, as they stand in the table."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.models.rows[row] for row in rows]

    def show_models(self, models: Sequence[StoredModel]) -> None:
        """Show these; what was selected stays selected, or else the next one is."""
        if tuple(models) == self.models.given:
            return  # a name that is being written stays
        names, row = [model.card.name for model in self.selected], self.currentIndex().row()
        self.models.show_rows(models)
        for column in range(1, len(self.models.columns)):
            width = max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))
            self.setColumnWidth(column, width + theme.SPACING)
        self.select(names)
        if not self.selected and self.models.rows:
            self.selectRow(min(max(row, 0), len(self.models.rows) - 1))

    def select(self, names: Sequence[str]) -> None:
        """Select the models of these names, as far as they are here."""
        rows = [row for row, model in enumerate(self.models.rows) if model.card.name in names]
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self.models.index(row, 0), self.models.index(row, MADE))
        if rows:
            first = self.models.index(rows[0], NAME)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def fit_page(self, width: int) -> None:
        """Leave to the details what there is no room for on a page of that width."""
        for column, least in _LEAST_WIDTHS.items():
            self.setColumnHidden(column, width < least)

    def rename_current(self) -> None:
        """Let the user write over the name of the current model."""
        index = self.currentIndex().siblingAtColumn(NAME)
        if index.isValid():
            self.setCurrentIndex(index)
            edit_if_possible(self, index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del deletes, Enter uses."""
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.delete_requested.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.use_requested.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.rename_current()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_selection_changed(self) -> None:
        self.selection_changed.emit()
