"""The samples of one set: look at them, correct their labels, take them away."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.datasets.originals import Original
from app.core.datasets.samples.sets import DIGIT_KEYS, Sample, SampleSet, labels_by_key
from app.core.datasets.samples.store import SampleStore
from app.core.datasets.types import IMAGE_SIZE
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.lists import Index, style_list
from app.ui.common.messages import Notice
from app.ui.common.picture_grid import on_paper

# Samples in a list that can hold thousands: pictures side by side, selected with mouse or keyboard.

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
        style_list(self, "sample_list", self.tr("Samples"), in_grid=True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

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
        painter.setFont(theme.small(painter.font()))
        painter.setPen(QColor(colours.text))
        below = QRect(cell.left() + 2, tile.bottom() + 2, cell.width() - 4, cell.bottom() - tile.bottom() - 3)
        test = self.tr("test")
        said = f"{index.data()} · {test}" if sample.is_held_back else str(index.data())
        text = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideMiddle, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        painter.restore()


Result = TypeVar("Result")
Listed = tuple[tuple[Sample, ...], SampleSet]
Change = Callable[[SampleStore], SampleSet]


class Do(Protocol):
    """How the browser has something done with a set, beside the window, after all that was asked for before."""

    def __call__(self, name: str, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Do `work`, which is about the set `name`, then call `done`."""


class SampleBrowser(Card):
    """`changed` tells the set as it is now; `opened` what a sample was made of, and its set."""

    changed = Signal(object)  # SampleSet
    opened = Signal(object, object)  # Original, SampleSet

    def __init__(self, do: Do, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._do = do
        self._set: SampleSet | None = None
        self._undo: Change | None = None
        self._is_read = False
        self._title = build.elided(role="title")
        self._state = build.label(name="browser_state", role="muted", wraps=True, fills=True)
        self._notice, self._list = Notice(), SampleList()
        self._classes, self._labels = self._combo("browser_class"), self._combo("browser_label")
        self._remove = build.button(self.tr("Delete"), name="browser_delete", kind="danger")
        self._open = build.button(self.tr("Open"), name="browser_open")
        self.back = build.button(self.tr("Close"), name="browser_close", kind="quiet")
        self._lay_out()
        self._connect()

    @property
    def shown(self) -> SampleSet | None:
        """The set that is looked at."""
        return self._set

    @property
    def samples(self) -> SampleList:
        """Where the pictures are."""
        return self._list

    def show_set(self, samples: SampleSet | None) -> None:
        """Look at this set, or at none."""
        is_other = samples is None or self._set is None or samples.name != self._set.name
        self._set = samples
        if is_other:
            self._notice.hide()
            self._classes.clear()
            self._is_read = False
        if samples is not None:
            self._show_names(samples)
            if is_other:
                self._list.show_samples((), samples)
            self._ask()

    def _show_names(self, samples: SampleSet) -> None:
        self._title.set_whole(self.tr("Samples of {title}").format(title=samples.title))
        with QSignalBlocker(self._classes), QSignalBlocker(self._labels):
            chosen = self._classes.currentData()
            self._classes.clear()
            self._classes.addItem(self.tr("All classes  ({count})").format(count=f"{samples.total:,}"), None)
            self._labels.clear()
            self._labels.addItem(self.tr("Label as…"), None)
            keys = {label: key for key, label in labels_by_key(samples.class_names).items()}
            for label, count in enumerate(samples.counts):
                self._classes.addItem(f"{count.name}  ({count.total:,})", label)
                key = keys.get(label, "")
                hint = self.tr("   key {key}").format(key=key) if key and key != count.name else ""
                self._labels.addItem(f"{count.name}{hint}", label)
            self._classes.setCurrentIndex(max(0, self._classes.findData(chosen)))

    def _ask(self) -> None:
        assert self._set is not None
        name, label = self._set.name, self._classes.currentData()

        def work() -> Listed:
            store = SampleStore(name)
            return store.samples(label), store.set

        self._do(name, work, partial(self._on_listed, label))

    def _on_listed(self, label: int | None, listed: Listed) -> None:
        """Show the samples, unless others are wanted by now."""
        samples, of = listed
        if self._set is not None and of.name == self._set.name and label == self._classes.currentData():
            self._is_read = True
            self._list.show_samples(samples, of)

    def _change(self, change: Change, said: str = "", undo: Change | None = None) -> None:
        """Change the set; then say so, and offer to undo it, if that can be."""
        assert self._set is not None
        name = self._set.name
        self._do(name, lambda: change(SampleStore(name)), partial(self._on_changed, said, undo))

    def _on_changed(self, said: str, undo: Change | None, now: SampleSet) -> None:
        if self._set is not None and now.name == self._set.name:
            self._undo = undo
            if undo is None:
                self._notice.hide()
            else:
                self._notice.say(said, undo=self._on_undo_wanted)
        self.changed.emit(now)

    def _relabel(self, label: int) -> None:
        chosen = tuple(sample for sample in self._list.selected if sample.label != label)
        if self._set is None or not chosen:
            return
        before: Mapping[int, int] = {sample.id: sample.label for sample in chosen}
        said = self.tr("{samples} labelled {name}.").format(
            samples=self._count(len(chosen)), name=self._set.class_names[label]
        )
        after = dict.fromkeys(before, label)
        self._change(lambda store: store.relabel(after), said, lambda store: store.relabel(before))

    def _count(self, count: int) -> str:
        return self.tr("1 sample") if count == 1 else self.tr("{count} samples").format(count=f"{count:,}")

    @Slot()
    def _on_selection_changed(self) -> None:
        chosen, total = len(self._list.selected), len(self._list.samples.samples)
        if chosen:
            self._state.setText(self.tr("{count} selected").format(count=f"{chosen:,}"))
        elif total:
            self._state.setText(self.tr("Select samples, then press a key to relabel them"))
        elif not self._is_read:
            self._state.setText(self.tr("Reading the samples…"))
        else:
            self._state.setText(self.tr("No samples here yet: draw on the Recognize page and label it"))
        none = "" if chosen else self.tr("Select samples first")
        self._labels.setEnabled(bool(chosen))
        self._labels.setToolTip(none or self.tr("Choose their true class"))
        self._remove.setEnabled(bool(chosen))
        self._remove.setToolTip(none or self.tr("Delete them; it can be undone (Ctrl+Z)"))
        self._open.setEnabled(chosen == 1)
        one = self.tr("Select a single sample first")
        self._open.setToolTip(self.tr("Open it on the Recognize page (Enter)") if chosen == 1 else one)

    @Slot(str)
    def _on_key_given(self, key: str) -> None:
        if self._set is not None:
            label = labels_by_key(self._set.class_names).get(key)
            if label is not None:
                self._relabel(label)

    @Slot(int)
    def _on_label_chosen(self, row: int) -> None:
        label = self._labels.itemData(row)
        self._labels.setCurrentIndex(0)
        if label is not None:
            self._relabel(label)
            self._list.setFocus()

    @Slot()
    def _on_class_chosen(self) -> None:
        if self._set is not None:
            self._list.clearSelection()
            self._ask()

    @Slot()
    def _on_removal_wanted(self) -> None:
        ids = tuple(sample.id for sample in self._list.selected)
        if self._set is not None and ids:
            self._list.setFocus()  # or the keyboard would go on to another card with the button it cannot use
            said = self.tr("{samples} deleted.").format(samples=self._count(len(ids)))
            self._change(lambda store: store.remove(ids), said, lambda store: store.restore(ids))

    @Slot()
    def _on_undo_wanted(self) -> None:
        if self._notice.text and self._undo is not None:
            self._change(self._undo)

    @Slot()
    def _on_open_clicked(self) -> None:
        if len(self._list.selected) == 1:
            self._open_sample(self._list.selected[0])

    @Slot(int)
    def _on_open_wanted(self, row: int) -> None:
        self._open_sample(self._list.samples.samples[row])

    def _open_sample(self, sample: Sample) -> None:
        assert self._set is not None
        name = self._set.name

        def work() -> tuple[Original, SampleSet]:
            store = SampleStore(name)
            return store.original(sample.id), store.set

        self._do(name, work, lambda found: self.opened.emit(*found))

    def _lay_out(self) -> None:
        self.body.addLayout(build.row((self._title, 1), self._classes, self.back))
        self.body.addWidget(self._notice)
        self.body.addWidget(self._list, 1)
        self.body.addLayout(build.row((self._state, 1), self._labels, self._open, self._remove))
        self._on_selection_changed()

    def _connect(self) -> None:
        self._list.selection_changed.connect(self._on_selection_changed)
        self._list.key_given.connect(self._on_key_given)
        self._list.removal_wanted.connect(self._on_removal_wanted)
        self._list.undo_wanted.connect(self._on_undo_wanted)
        self._list.open_wanted.connect(self._on_open_wanted)
        self._labels.activated.connect(self._on_label_chosen)
        self._classes.currentIndexChanged.connect(self._on_class_chosen)
        self._remove.clicked.connect(self._on_removal_wanted)
        self._open.clicked.connect(self._on_open_clicked)

    def _combo(self, name: str) -> QComboBox:
        combo = build.named(QComboBox(), name, says=self.tr("Class"))
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(11)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return combo
