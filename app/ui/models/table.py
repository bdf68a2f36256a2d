"""The table of models: what tells them apart, sorted by a click on the header."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.core.models.store import StoredModel
from app.ui import theme

Index = QModelIndex | QPersistentModelIndex

_NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class _Column:
    """How a model reads in a column, and what it is sorted by."""

    text: Callable[[StoredModel], str]
    key: Callable[[StoredModel], Any]
    is_number: bool = False


_COLUMNS = (
    _Column(lambda model: model.card.title, lambda model: model.card.title.casefold()),
    _Column(lambda model: model.card.data_in_short, lambda model: model.card.data_in_short.casefold()),
    _Column(lambda model: model.card.metrics.test_accuracy_text, lambda model: model.card.metrics.test_accuracy, True),
    _Column(lambda model: str(len(model.card.class_names)), lambda model: len(model.card.class_names), True),
    _Column(lambda model: f"{model.card.parameters:,}", lambda model: model.card.parameters, True),
    _Column(lambda model: f"{model.card.created.astimezone():%Y-%m-%d}", lambda model: model.card.created, True),
)
NAME, DATA, ACCURACY, CLASSES, WEIGHTS, MADE = range(len(_COLUMNS))
_LEAST_WIDTHS = {CLASSES: 1100, WEIGHTS: 1100, MADE: 840, DATA: 720}
"""How wide a page has to be for a column, in pixels."""


class ModelTableModel(QAbstractTableModel):
    """A row for each model; in the order of the store, the user's own before those that ship, or of a column."""

    renamed = Signal(str, str)  # name, new title

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models: Sequence[StoredModel] = ()
        self.rows: list[StoredModel] = []
        self._column, self._is_descending = -1, False
        self._titles = (
            self.tr("Model"),
            self.tr("Trained on"),
            self.tr("Test accuracy"),
            self.tr("Classes"),
            self.tr("Weights"),
            self.tr("Created"),
        )

    def show_models(self, models: Sequence[StoredModel]) -> None:
        """Show these."""
        self.beginResetModel()
        self.models = models
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, -1 for the store's own order."""
        self._column, self._is_descending = column, order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        before = list(self.rows)
        self._arrange()
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.index(self.rows.index(before[index.row()]), index.column()))
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        self.rows = sorted(self.models, key=lambda model: model.bundled)
        if self._column >= 0:
            self.rows.sort(key=_COLUMNS[self._column].key, reverse=self._is_descending)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Models."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """What is told of each."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a column holds."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if _COLUMNS[section].is_number else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text, how it stands, and more of it where the pointer rests."""
        model, column = self.rows[index.row()], _COLUMNS[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return column.text(model)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole and model.bundled:
            return QColor(theme.colours().muted)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(model, index.column())
        return None

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

    def _tip(self, model: StoredModel, column: int) -> str:
        if column == DATA:
            return model.card.data_description
        if column == CLASSES:
            return ", ".join(model.card.class_names)
        if column == ACCURACY:
            return self.tr("On {count:,} test pictures").format(count=model.card.metrics.test_samples)
        if column == MADE:
            return f"{model.card.created.astimezone():%Y-%m-%d %H:%M}"
        origin = self.tr("Ships with the program: read-only") if model.bundled else model.card.description
        return "\n".join(filter(None, (model.card.title, origin)))


class ModelTable(QTableView):
    """Rows are selected, by their models' names; F2 renames, Del asks for deletion, Enter for use."""

    selection_changed = Signal()
    delete_requested = Signal()
    use_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models = ModelTableModel(self)
        self.setModel(self.models)
        self.setObjectName("models")
        self.setAccessibleName(self.tr("Models"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.doubleClicked.connect(self.use_requested)
        theme.notifier().changed.connect(self._on_colours_changed)

    @property
    def selected(self) -> list[StoredModel]:
        """The selected models, as they stand in the table."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.models.rows[row] for row in rows]

    def show_models(self, models: Sequence[StoredModel]) -> None:
        """Show these; what was selected stays selected, or else the next one is."""
        if tuple(models) == tuple(self.models.models):
            return  # a name that is being written stays
        names, row = [model.card.name for model in self.selected], self.currentIndex().row()
        self.models.show_models(models)
        for column in range(1, len(_COLUMNS)):
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
            chosen.select(self.models.index(row, 0), self.models.index(row, len(_COLUMNS) - 1))
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
        if index.isValid() and self.models.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.setCurrentIndex(index)
            self.edit(index)

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

    @Slot()
    def _on_colours_changed(self) -> None:
        self.viewport().update()
