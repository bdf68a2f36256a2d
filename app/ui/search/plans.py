"""What one can search for: what was begun, one's own recipe, and the ready-made plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.config.config import TrainingConfig
from app.core.search.plan import PLANS, ReadyPlan, slots
from app.ui import theme
from app.ui.common.text import item_font, write_item
from app.ui.search.text import recipe_title, trials_text

if TYPE_CHECKING:
    from app.core.search.study import KnownStudy

HEADING_HEIGHT, ENTRY_HEIGHT = 30, 42

_ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Entry:
    """A line of the list. `what` is the config to vary, a ready-made plan, or a study that was begun."""

    title: str
    caption: str
    note: str
    what: "TrainingConfig | ReadyPlan | KnownStudy"

    @property
    def key(self) -> str:
        """What stays the same when the list is written anew."""
        return f"{type(self.what).__name__} {self.title}"


class _Delegate(QStyledItemDelegate):
    """A heading, or a title with a note on its right and, below them, a caption."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """All entries are equally high."""
        return QSize(0, HEADING_HEIGHT if index.data(_ENTRY) is None else ENTRY_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        painter.save()
        whole: QRect = option.rect
        state: QStyle.StateFlag = option.state
        place = whole.adjusted(theme.SPACING, 0, -theme.SPACING, 0)
        entry: Entry | None = index.data(_ENTRY)
        if entry is None:
            bottom = place.adjusted(0, 0, 0, -theme.SPACING // 2)
            painter.setFont(item_font(small=True, bold=True))
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(bottom, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, index.data())
        else:
            self._paint_ground(painter, whole, state)
            self._paint_entry(painter, place, entry)
        painter.restore()

    def _paint_ground(self, painter: QPainter, place: QRect, state: QStyle.StateFlag) -> None:
        if not state & QStyle.StateFlag.State_Selected:
            return
        colours = theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(colours.accent) if has_focus else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent_soft))
        painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)

    def _paint_entry(self, painter: QPainter, place: QRect, entry: Entry) -> None:
        colours, half = theme.colours(), place.height() // 2
        top = place.adjusted(0, theme.SPACING // 4, 0, -half)
        bottom = place.adjusted(0, half, 0, -theme.SPACING // 4)
        painter.setFont(item_font())
        painter.setPen(QColor(colours.muted))
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.note)
        room = QFontMetrics(item_font()).horizontalAdvance(entry.note) + theme.SPACING
        write_item(painter, top.adjusted(0, 0, -room, 0), entry.title, colours.text, item_font())
        write_item(painter, bottom, entry.caption, colours.muted, item_font(small=True))


class SearchPlans(QListView):
    """One entry is always chosen, by mouse or arrow keys."""

    chosen = Signal(object)  # Entry

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_Delegate(self))
        self.setObjectName("recipe_list")
        self.setAccessibleName(self.tr("What to try"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        theme.notifier().changed.connect(self.viewport().update)

    @property
    def entry(self) -> Entry | None:
        """The chosen one."""
        found: Entry | None = self.currentIndex().data(_ENTRY)
        return found

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that can be chosen."""
        rows = (self._items.item(row).data(_ENTRY) for row in range(self._items.rowCount()))
        return tuple(entry for entry in rows if entry is not None)

    def show_entries(self, config: TrainingConfig, studies: "Sequence[KnownStudy]") -> None:
        """List them all: first what can go on. What was chosen stays so; at first it is one's own recipe."""
        before = self.entry
        own = Entry(self.tr("Vary this recipe"), recipe_title(config.recipe), "", config)
        open_ones = [self._study(study) for study in studies if not study.is_over]
        over = [self._study(study) for study in studies if study.is_over]
        with QSignalBlocker(self):
            self._items.clear()
            self._add(self.tr("Go on"), open_ones)
            self._add(self.tr("From the Train page"), [own])
            self._add(self.tr("Ready-made"), [self._ready(plan) for plan in PLANS])
            self._add(self.tr("Finished searches"), over)
            keys = [entry.key for entry in self.entries]
            self.choose(before.key if before and before.key in keys else own.key)
        if self.entry != before:  # else somebody may be writing into its form
            self._on_current_changed()

    def choose(self, key: str) -> None:
        """Choose the entry with that key."""
        for row in range(self._items.rowCount()):
            entry: Entry | None = self._items.item(row).data(_ENTRY)
            if entry is not None and entry.key == key:
                self.setCurrentIndex(self._items.index(row, 0))
                self.scrollTo(self._items.index(max(0, row - 1), 0))

    def _add(self, heading: str, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        item = QStandardItem(heading)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._items.appendRow(item)
        for entry in entries:
            item = QStandardItem(entry.title)
            item.setData(entry, _ENTRY)
            item.setToolTip(entry.caption)
            self._items.appendRow(item)

    def _ready(self, ready: ReadyPlan) -> Entry:
        return Entry(self.tr(ready.title), self.tr(ready.explanation), trials_text(len(slots(ready.make()))), ready)

    def _study(self, study: "KnownStudy") -> Entry:
        recipes = dict.fromkeys(base.recipe for base in study.plan.bases)
        caption = recipe_title(next(iter(recipes))) if len(recipes) == 1 else self.tr("several recipes")
        words = self.tr("{done} of {total}").format(done=study.done, total=study.total)
        return Entry(study.plan.name, caption, trials_text(study.total) if study.is_over else words, study)

    @Slot()
    def _on_current_changed(self) -> None:
        if self.entry is not None:
            self.chosen.emit(self.entry)
