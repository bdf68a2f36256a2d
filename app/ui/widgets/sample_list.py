"""Samples in a list that can hold thousands: pictures side by side, selected with mouse or keyboard."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.datasets.samples.records import DIGIT_KEYS, Sample, SampleSet
from app.core.datasets.types import IMAGE_SIZE
from app.ui import theme
from app.ui.widgets.picture_grid import on_paper

Index = QModelIndex | QPersistentModelIndex

SCALE = 2
_CELL = QSize(IMAGE_SIZE * SCALE + 14, IMAGE_SIZE * SCALE + 26)


class SampleModel(QAbstractListModel):
    """The samples of a set, of one class or all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.samples: tuple[Sample, ...] = ()
        self._names: tuple[str, ...] = ()

    def show_samples(self, samples: tuple[Sample, ...], of: SampleSet) -> None:
        """Show these."""
        self.beginResetModel()
        self.samples, self._names = samples, of.class_names
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.samples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names, tooltips and what is read aloud; the delegate paints the rest."""
        sample = self.samples[index.row()]
        name = self._names[sample.label]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            held = self.tr(", kept for testing") if sample.is_held_back else ""
            return f"{name}{held}, {sample.created.astimezone():%Y-%m-%d %H:%M}"
        return None


class SampleList(QListView):
    """Tells what is wanted of the selected samples; changes nothing itself."""

    key_given = Signal(str)  # a digit
    removal_wanted = Signal()
    undo_wanted = Signal()
    open_wanted = Signal(int)  # row
    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.samples = SampleModel(self)
        self.setModel(self.samples)
        self.setItemDelegate(_Delegate(self))
        self.setObjectName("sample_list")
        self.setAccessibleName(self.tr("Samples"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        theme.notifier().changed.connect(self.viewport().update)

    @property
    def selected(self) -> tuple[Sample, ...]:
        """The selected samples, in order."""
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.count())]
        rows = (row for part in parts for row in range(part.top(), part.bottom() + 1))
        return tuple(self.samples.samples[row] for row in sorted(rows))

    def show_samples(self, samples: tuple[Sample, ...], of: SampleSet) -> None:
        """Show these; what was selected and where one was stay, as far as they are still there."""
        chosen, current_row = {sample.id for sample in self.selected}, self.currentIndex().row()
        self.samples.show_samples(samples, of)
        selection = QItemSelection()  # told once: thousands may be selected
        for first, last in _runs([row for row, sample in enumerate(samples) if sample.id in chosen]):
            selection.append(QItemSelectionRange(self.samples.index(first), self.samples.index(last)))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.Select)
        if samples and current_row >= 0:
            current = self.samples.index(min(current_row, len(samples) - 1))
            self.selectionModel().setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(current)
        self.selection_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spread the columns over the width."""
        columns = max(1, self.viewport().width() // _CELL.width())
        self.setGridSize(QSize((self.viewport().width() - 2) // columns, _CELL.height()))
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits label, Delete removes, Enter opens; everything else moves and selects."""
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        if plain and event.text() in DIGIT_KEYS and event.text():
            self.key_given.emit(event.text())
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.removal_wanted.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.open_wanted.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.undo_wanted.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Typing does not jump about."""

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.open_wanted.emit(index.row())

    def _on_selection_changed(self) -> None:
        self.selection_changed.emit()


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of those that follow each other without a gap; `rows` ascend."""
    for _, members in groupby(enumerate(rows), lambda each: each[1] - each[0]):
        run = [row for _, row in members]
        yield run[0], run[-1]


class _Delegate(QStyledItemDelegate):
    """A picture on white paper, with the name of its class under it; what is held back has a line beside its name."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        view = self.parent()
        return view.gridSize() if isinstance(view, QListView) and view.gridSize().isValid() else _CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, SampleModel)
        sample, colours = model.samples[index.row()], theme.colours()
        cell = QRect(option.rect)
        state = option.state
        painter.save()
        tile = QRect(cell.center().x() - IMAGE_SIZE * SCALE // 2, cell.top() + 4, *[IMAGE_SIZE * SCALE] * 2)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(cell.adjusted(1, 1, -1, -1), QColor(colours.accent_soft))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(tile, on_paper(sample.image))
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(QColor(colours.accent if is_selected else colours.line), 2 if is_selected else 1))
        painter.drawRect(tile.adjusted(0, 0, -1, -1))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(cell.adjusted(1, 1, -2, -2))
        font = painter.font()
        font.setPixelSize(theme.SMALL_FONT_SIZE)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        below = QRect(cell.left() + 2, tile.bottom() + 2, cell.width() - 4, cell.bottom() - tile.bottom() - 3)
        test = self.tr("test")
        said = f"{index.data()} · {test}" if sample.is_held_back else str(index.data())
        text = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideMiddle, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        painter.restore()
