"""Which sign stands for which class; a click makes the points of all other classes pale."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.ui import theme
from app.ui.common.lists import style_list
from app.ui.common.maps.marks import class_colour, is_letter, mark_pixmap, mark_side
from app.ui.common.text import item_font

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
        self._only, self._side = -1, 0
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

    @Slot(int)
    def show_signs(self, side: int) -> None:
        """Explain signs as large as on the map: classes whose names stand there themselves are told by their colour."""
        before, self._side = self._side, side
        if any(is_letter(name, before) != is_letter(name, side) for name in self._names):
            self._fill()

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
        ratio, colours, bold = self.devicePixelRatioF(), theme.colours(), item_font(bold=True)
        for label, name in enumerate(self._names):
            item = QStandardItem(name)
            if is_letter(name, self._side):
                item.setForeground(class_colour(label, colours))
                item.setFont(bold)
            else:
                item.setIcon(QIcon(mark_pixmap(_MARK, label, "", colours, self.font(), ratio)))
            item.setToolTip(name)
            self._entries.appendRow(item)
        if self._only >= 0:
            self.setCurrentIndex(self._entries.index(self._only, 0))

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        self._only = -1 if index.row() == self._only else index.row()
        if self._only < 0:
            self.clearSelection()
        self.class_chosen.emit(self._only)
