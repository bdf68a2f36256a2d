"""How each class is read: precision, recall, F1 and support, sorted by a click on the header."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.core.inference.reliability import ClassFigures
from app.ui import theme
from app.ui.widgets.class_figure import class_texts, share_text
from app.ui.widgets.class_header import ClassHeader

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("name", "precision", "recall", "f1", "support")
CELL_PADDING = 4
_SORTING_KEYS = ("1", "2", "3", "4", "5")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NOWHERE = QModelIndex()


class ClassModel(QAbstractTableModel):
    """One row per class, in the order of a column; classes that are equal in it stay in their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: Sequence[ClassFigures] = ()
        self._order: list[int] = []
        self._column, self._is_descending = 0, False

    @property
    def order(self) -> tuple[int, ...]:
        """The labels, row by row."""
        return tuple(self._order)

    def show_classes(self, classes: Sequence[ClassFigures]) -> None:
        """Show these, sorted as before."""
        self.beginResetModel()
        self._classes = classes
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; the classes' own order is that of their names."""
        self.layoutAboutToBeChanged.emit()
        before = self._order
        self._column, self._is_descending = column, order == Qt.SortOrder.DescendingOrder
        self._arrange()
        for index in self.persistentIndexList():
            row = self._order.index(before[index.row()])
            self.changePersistentIndex(index, self.index(row, index.column()))
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Classes."""
        return 0 if parent.isValid() else len(self._classes)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Figures of a class."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The figure, and how it stands."""
        figures, column = self._classes[self._order[index.row()]], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return class_texts(figures)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column == "name" else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(figures)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Short titles, explained in their tooltips."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            titles = (self.tr("Class"), self.tr("Prec."), self.tr("Recall"), self.tr("F1"), self.tr("Count"))
            return titles[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._explained(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section else _LEFT
        return None

    def _arrange(self) -> None:
        name = COLUMNS[self._column]
        self._order = list(range(len(self._classes)))
        if name != "name":
            self._order.sort(key=lambda label: self._figure(label, name), reverse=self._is_descending)
        elif self._is_descending:
            self._order.reverse()

    def _figure(self, label: int, name: str) -> float:
        """What a class is sorted by; what it does not have comes before all it could have."""
        figure = getattr(self._classes[label], name)
        return -1.0 if figure is None else float(figure)

    def _explained(self, column: str) -> str:
        return {
            "name": self.tr("The class; click to sort, or press 1 to 5 in the table"),
            "precision": self.tr("Precision: of all pictures predicted as this class, the share that really is"),
            "recall": self.tr("Recall: of all pictures of this class, the share predicted as it"),
            "f1": self.tr("F1: the harmonic mean of precision and recall"),
            "support": self.tr("Support: the number of test pictures of this class"),
        }[column]

    def _tip(self, figures: ClassFigures) -> str:
        if not figures.support:
            return self.tr("{name}: no test picture is of this class, so it has no figures").format(name=figures.name)
        words = self.tr("{name}: precision {precision}, recall {recall}, F1 {f1}; click for its mistakes")
        precision, recall, f1 = (share_text(share, 2) for share in (figures.precision, figures.recall, figures.f1))
        return words.format(name=figures.name, precision=precision, recall=recall, f1=f1)


class ClassTable(QTableView):
    """A click on a row, or going to it with the arrows, chooses a class."""

    class_chosen = Signal(int)  # its label

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes = ClassModel(self)
        self.setModel(self.classes)
        self.setObjectName("classes")
        self.setAccessibleName(self.tr("Classes"))
        self.setTabKeyNavigation(False)  # Tab leads on, not round and round the cells
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names often differ at their ends only
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.DENSE_ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(1)
        self._header = header = ClassHeader(self)
        self.setHorizontalHeader(header)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(1)
        header.setHighlightSections(False)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.clicked.connect(self._on_clicked)

    def show_classes(self, classes: Sequence[ClassFigures]) -> None:
        """Show these; none is chosen."""
        self.classes.show_classes(classes)
        self._share_width()

    def mark(self, label: int | None) -> None:
        """Show which class is chosen without telling of it."""
        with QSignalBlocker(self):
            if label is None:
                self.clearSelection()
            else:
                index = self.classes.index(self.classes.order.index(label), 0)
                flags = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows choose as they go; Enter and Space choose the current row; 1 to 5 sort, as clicks on titles do."""
        if event.text() in _SORTING_KEYS:
            self._sort_by(_SORTING_KEYS.index(event.text()))
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        chooses = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
        if self.currentIndex().isValid() and (chooses or self.currentIndex().row() != before):
            self._on_clicked(self.currentIndex())

    def minimumSizeHint(self) -> QSize:
        """No title is cut; a few rows are in sight."""
        least = super().minimumSizeHint()
        least.setWidth(sum(self._needed()))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names take what the figures leave."""
        super().resizeEvent(event)
        self._share_width()

    def _sort_by(self, column: int) -> None:
        """Sort by a column; again, the other way round."""
        header = self._header
        was_ascending = header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        is_again = header.sortIndicatorSection() == column
        turned = is_again and was_ascending
        self.sortByColumn(column, Qt.SortOrder.DescendingOrder if turned else Qt.SortOrder.AscendingOrder)

    def _needed(self) -> list[int]:
        """The width that each column cannot do without."""
        metrics = QFontMetrics(self.font())
        widest = ("", "100.0%", "100.0%", "100.0%", "10,000")
        figures = (metrics.horizontalAdvance(text) + 2 * CELL_PADDING for text in widest)
        return [max(width, self._header.needed_width(column)) for column, width in enumerate(figures)]

    def _share_width(self) -> None:
        needed = self._needed()
        for column in range(1, len(COLUMNS)):
            self.setColumnWidth(column, needed[column])
        self.setColumnWidth(0, max(needed[0], self.viewport().width() - sum(needed[1:])))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self.class_chosen.emit(self.classes.order[index.row()])
