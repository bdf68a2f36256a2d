"""The table of `model.summary()`, with its totals."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QLabel, QPushButton, QTableView, QWidget

from app.core.models.shapes import NetworkSummary
from app.core.models.summary_text import summary_cells, summary_text, summary_titles, summary_totals
from app.ui import theme
from app.ui.widgets.card import Card

Index = QModelIndex | QPersistentModelIndex

_PARAMETERS = 2
_ROW_HEIGHT = 20
_NOWHERE = QModelIndex()


class SummaryModel(QAbstractTableModel):
    """Keras' words for each layer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ()
        self._cells: tuple[tuple[str, ...], ...] = ()
        self._chosen: tuple[bool, ...] = ()
        self._font = QFont()
        self._font.setPixelSize(theme.SMALL_FONT_SIZE)
        self._bold = QFont(self._font)
        self._bold.setBold(True)

    def show_summary(self, summary: NetworkSummary, chosen: int) -> None:
        """Show the rows of `summary`, the chosen layer's in bold."""
        self.beginResetModel()
        self._titles, self._cells = summary_titles(summary), summary_cells(summary)
        self._chosen = tuple(row.position == chosen for row in summary.rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Layers."""
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Keras' columns."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words, and how they look."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.FontRole:
            return self._bold if self._chosen[index.row()] else self._font
        if role == Qt.ItemDataRole.BackgroundRole and self._chosen[index.row()]:
            return QColor(theme.colours().accent_soft)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Keras' titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None


class SummaryCard(Card):
    """The table; a click on a row chooses that layer."""

    layer_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Summary"), parent)
        self._summary: NetworkSummary | None = None
        self._model = SummaryModel(self)
        self._table = table = QTableView()
        table.setObjectName("summary")
        table.setModel(self._model)
        table.setAccessibleName(self.tr("Summary of the network"))
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setMinimumSectionSize(_ROW_HEIGHT)
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setHighlightSections(False)
        table.clicked.connect(self._on_clicked)
        self._totals = QLabel()
        self._totals.setObjectName("totals")
        self._totals.setProperty("role", "caption")
        self._totals.setWordWrap(True)
        self._totals.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = QPushButton(self.tr("Copy"))
        copy.setObjectName("copy_summary")
        copy.setAutoDefault(False)
        copy.setProperty("kind", "quiet")
        copy.setToolTip(self.tr("Copy the table as text"))
        copy.clicked.connect(self._on_copy_clicked)
        self.header.addWidget(copy)
        self.body.addWidget(table, 1)
        self.body.addWidget(self._totals)

    def show_summary(self, summary: NetworkSummary, chosen: int) -> None:
        """Show the layers as Keras would list them."""
        self._summary = summary
        self._model.show_summary(summary, chosen)
        self._totals.setText("   ".join(summary_totals(summary)))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        position = self._summary.rows[index.row()].position if self._summary is not None else None
        if position is not None:
            self.layer_chosen.emit(position)

    @Slot()
    def _on_copy_clicked(self) -> None:
        if self._summary is not None:
            QGuiApplication.clipboard().setText(summary_text(self._summary))


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Numbers end at the same place."""
    side = Qt.AlignmentFlag.AlignRight if column == _PARAMETERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
