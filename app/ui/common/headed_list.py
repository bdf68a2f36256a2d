"""Entries under headings, each with a title, a note on its right and a caption below."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui import theme
from app.ui.common.table import style_list
from app.ui.common.text import RIGHT, item_font, write_item

HEADING_HEIGHT, ENTRY_HEIGHT = 30, 42

_ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class EntryText:
    """What is written of an entry."""

    title: str
    note: str
    caption: str
    is_bold: bool = False
    tip: str = ""


class HeadedList(QListView):
    """A subclass says what is written of an entry, and what it means to choose one."""

    def __init__(self, says: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_Delegate(self))
        style_list(self, "recipe_list", says)

    def text_of(self, entry: Any) -> EntryText:
        """What is written of an entry."""
        raise NotImplementedError

    @property
    def current(self) -> Any:
        """The entry under the cursor, None if there is none."""
        return self.currentIndex().data(_ENTRY)

    def entry_at(self, index: QModelIndex) -> Any:
        """The entry of a row, None for a heading."""
        return index.data(_ENTRY)

    def clear_entries(self) -> None:
        """List nothing."""
        self._items.clear()

    def add_entries(self, heading: str, entries: Iterable[Any]) -> None:
        """List some more, under a heading."""
        item = QStandardItem(heading)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._items.appendRow(item)
        for entry in entries:
            said = self.text_of(entry)
            item = QStandardItem(said.title)
            item.setData(entry, _ENTRY)
            item.setToolTip(said.tip)
            self._items.appendRow(item)

    def go_to(self, entry: Any) -> None:
        """Put the cursor on an entry and bring it into view, with the heading above it."""
        rows = range(self._items.rowCount())
        row = next(row for row in rows if self._items.item(row).data(_ENTRY) is entry)
        self.setCurrentIndex(self._items.index(row, 0))
        self.scrollTo(self._items.index(max(0, row - 1), 0))
        self.scrollTo(self._items.index(row, 0))


class _Delegate(QStyledItemDelegate):
    """Paints headings and entries."""

    def __init__(self, entries: HeadedList) -> None:
        super().__init__(entries)
        self._list = entries

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, HEADING_HEIGHT if index.data(_ENTRY) is None else ENTRY_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        place: QRect = option.rect.adjusted(theme.SPACING, 0, -theme.SPACING, 0)
        entry = index.data(_ENTRY)
        if entry is None:
            bottom = place.adjusted(0, 0, 0, -theme.SPACING // 2)
            painter.setFont(item_font(small=True, bold=True))
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(bottom, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, index.data())
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                self._paint_ground(painter, option)
            self._paint_text(painter, place, self._list.text_of(entry))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours = theme.colours()
        inset = 0 if self._list.focusPolicy() is Qt.FocusPolicy.NoFocus else 1  # room for the frame of the focus
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(colours.accent) if has_focus else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent_soft))
        place = option.rect.adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(place, theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)

    def _paint_text(self, painter: QPainter, place: QRect, said: EntryText) -> None:
        colours, half = theme.colours(), place.height() // 2
        top = place.adjusted(0, theme.SPACING // 4, 0, -half)
        bottom = place.adjusted(0, half, 0, -theme.SPACING // 4)
        painter.setFont(item_font())
        painter.setPen(QColor(colours.muted))
        painter.drawText(top, RIGHT, said.note)
        room = QFontMetrics(item_font()).horizontalAdvance(said.note) + theme.SPACING
        write_item(painter, top.adjusted(0, 0, -room, 0), said.title, colours.text, item_font(bold=said.is_bold))
        write_item(painter, bottom, said.caption, colours.muted, item_font(small=True))
