"""The epochs of a run as a table, in Keras' words."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.core.training.events import EpochDone
from app.core.training.progress import best_epoch, figure
from app.ui import theme

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "time")
SHORT = {"accuracy": "acc", "val_accuracy": "val_acc"}
"""Keras 1's words, for a narrow table."""
WIDEST = {"epoch": "100 ★", "time": "99.9 s"}

CELL_PADDING = 4

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NOWHERE = QModelIndex()


class EpochModel(QAbstractTableModel):
    """One row per epoch. The best one so far is green, bold, and marked with a star."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._epochs: list[EpochDone] = []
        self._is_short = False

    @property
    def epochs(self) -> tuple[EpochDone, ...]:
        """What is shown."""
        return tuple(self._epochs)

    def add(self, epoch: EpochDone) -> None:
        """Append an epoch; the best one may have moved."""
        row = len(self._epochs)
        self.beginInsertRows(QModelIndex(), row, row)
        self._epochs.append(epoch)
        self.endInsertRows()
        self.refresh()

    def clear(self) -> None:
        """Forget all epochs."""
        self.beginResetModel()
        self._epochs.clear()
        self.endResetModel()

    def set_short(self, short: bool) -> None:
        """Abbreviate the titles of the columns, or not."""
        if short != self._is_short:
            self._is_short = short
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    @Slot()
    def refresh(self) -> None:
        """Draw every row anew."""
        if self._epochs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._epochs) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Epochs."""
        return 0 if parent.isValid() else len(self._epochs)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Figures of an epoch."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The figure, and how it looks."""
        epoch = self._epochs[index.row()]
        is_best = epoch is best_epoch(self._epochs)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(epoch, COLUMNS[index.column()], is_best)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        if role == Qt.ItemDataRole.ToolTipRole and is_best:
            return self.tr("The best epoch so far")
        if role == Qt.ItemDataRole.ForegroundRole and is_best:
            return QColor(theme.colours().best_text)
        if role == Qt.ItemDataRole.FontRole and is_best:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Keras' own words."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return SHORT.get(COLUMNS[section], COLUMNS[section]) if self._is_short else COLUMNS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        return None

    def _text(self, epoch: EpochDone, column: str, is_best: bool) -> str:
        if column == "epoch":
            return f"{epoch.epoch} ★" if is_best else str(epoch.epoch)
        if column == "time":
            return self.tr("{seconds} s").format(seconds=f"{epoch.epoch_s:.1f}")
        value: float | None = getattr(epoch, column)
        return "-" if value is None else figure(value, 4)


class EpochTable(QTableView):
    """Shows an `EpochModel` and follows its last row, unless the person scrolled away from it."""

    def __init__(self, model: EpochModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._epochs = model
        self.setTabKeyNavigation(False)  # Tab leads on, not round and round the cells
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Epochs"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(1)
        self.horizontalHeader().setHighlightSections(False)
        self._follows = True
        model.rowsAboutToBeInserted.connect(self._on_rows_about_to_be_inserted)
        model.rowsInserted.connect(self._on_rows_inserted)
        theme.notifier().changed.connect(model.refresh)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give every column what its title needs, and an equal share of what is left."""
        super().resizeEvent(event)
        needed = self._needed(COLUMNS)
        self._epochs.set_short(sum(needed) > self.viewport().width())
        if sum(needed) > self.viewport().width():
            needed = self._needed([SHORT.get(title, title) for title in COLUMNS])
        spare = max(0, self.viewport().width() - sum(needed)) // len(COLUMNS)
        for column, width in enumerate(needed):
            self.setColumnWidth(column, width + spare)
        if self._follows:
            self.scrollToBottom()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or what will be here."""
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(
                self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Every epoch will add a row here")
            )
            painter.end()

    def _needed(self, titles: Sequence[str]) -> list[int]:
        """The width that each column cannot do without."""
        font = QFont(self.font())
        font.setBold(True)
        metrics = QFontMetrics(font)
        return [
            max(metrics.horizontalAdvance(text) for text in (title, WIDEST.get(title, "0.0000"))) + 2 * CELL_PADDING
            for title in titles
        ]

    @Slot()
    def _on_rows_about_to_be_inserted(self) -> None:
        bar = self.verticalScrollBar()
        self._follows = bar.value() == bar.maximum()

    @Slot()
    def _on_rows_inserted(self) -> None:
        if self._follows:
            self.scrollToBottom()
