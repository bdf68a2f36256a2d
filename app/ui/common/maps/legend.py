"""Which sign stands for which class; a click makes the points of all other classes pale."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.ui import theme
from app.ui.common.lists import style_list
from app.ui.common.maps.marks import mark_pixmap, mark_side

_MARK = 11
_WIDEST = 112


class MapLegend(QListView):
    """Tells the class that is to stand out, -1 for none: a second click on it takes it back."""

    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Sequence[str] = ()
        self._only = -1
        self._entries = QStandardItemModel(self)
        self.setModel(self._entries)
        style_list(self, "map_legend", self.tr("Classes"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setIconSize(QSize(mark_side(_MARK), mark_side(_MARK)))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setToolTip(self.tr("Click a class to see it alone"))
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)
        theme.notifier().changed.connect(self._fill)

    def show_classes(self, names: Sequence[str]) -> None:
        """Explain the signs of these."""
        self._names, self._only = tuple(names), -1
        self._fill()
        longest = max((self.fontMetrics().horizontalAdvance(name) for name in self._names), default=0)
        self.setFixedWidth(min(longest, _WIDEST) + self.iconSize().width() + theme.SCROLL_BAR + 3 * theme.SPACING)

    @Slot()
    def _fill(self) -> None:
        self._entries.clear()
        ratio, colours = self.devicePixelRatioF(), theme.colours()
        for label, name in enumerate(self._names):
            item = QStandardItem(QIcon(mark_pixmap(_MARK, label, "", colours, self.font(), ratio)), name)
            item.setToolTip(name)
            self._entries.appendRow(item)

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        self._only = -1 if index.row() == self._only else index.row()
        if self._only < 0:
            self.clearSelection()
        self.class_chosen.emit(self._only)
