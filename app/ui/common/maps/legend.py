"""Which sign stands for which class; a click makes the points of all other classes pale."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.ui import theme
from app.ui.common.lists import style_list
from app.ui.common.maps.marks import mark_pixmap, mark_side

_MARK = 11
_WIDEST, _HIGHEST = 112, 84


class MapLegend(QListView):
    """Tells the class that is to stand out, -1 for none: a second click on it takes it back."""

    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, is_wide: bool = False) -> None:
        """`is_wide` lists the classes in rows, and is as high as these need."""
        super().__init__(parent)
        self._is_wide = is_wide
        self._names: Sequence[str] = ()
        self._only = -1
        self._entries = QStandardItemModel(self)
        self.setModel(self._entries)
        style_list(self, "map_legend", self.tr("Classes"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        if is_wide:
            self.setFlow(QListView.Flow.LeftToRight)
            self.setWrapping(True)
            self.setResizeMode(QListView.ResizeMode.Adjust)
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
        if not self._is_wide:
            longest = max((self.fontMetrics().horizontalAdvance(name) for name in self._names), default=0)
            self.setFixedWidth(min(longest, _WIDEST) + self.iconSize().width() + theme.SCROLL_BAR + 3 * theme.SPACING)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of rows."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._is_wide:
            last = self.visualRect(self._entries.index(len(self._names) - 1, 0)).translated(0, self.verticalOffset())
            self.setFixedHeight(min(max(last.bottom() + 3, 1), _HIGHEST))

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
