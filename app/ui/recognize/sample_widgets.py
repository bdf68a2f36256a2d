"""The parts of the strip of samples: a key for each class, the set, the way to a network, and the last samples."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor, QImage, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.core.datasets.samples.sets import Sample, SampleSet
from app.core.datasets.types import IMAGE_SIZE
from app.ui import theme
from app.ui.common import build
from app.ui.common.dialogs import give_menu
from app.ui.common.navigator import Navigator
from app.ui.common.picture_grid import on_paper
from app.ui.common.text import item_font
from app.ui.recognize.paper.painting import painter_on

MOST_BUTTONS = 12
_NARROWEST, _AROUND_TEXT = 20, 12
_GAP = 4
_NO_SAMPLES = "\u00a0"  # keeps the row as high as with a number


class SampleKeys(QWidget):
    """A button for each class, with the number of its samples below it; a list where there is no room for buttons."""

    label_chosen = Signal(int)  # the number of the class

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._buttons: list[QPushButton] = []
        self._counts: list[QLabel] = []
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.label_chosen)
        self._list = build.named(QComboBox(), "sample_class", says=self.tr("True class"))
        self._list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._keep = build.button(self.tr("Save sample"), name="sample_keep", clicked=self._on_keep_clicked)
        self._row = build.row(spacing=_GAP)
        self._row_area, self._list_area = build.panel(self._row), build.panel(build.row((self._list, 1), self._keep))
        build.column(self._row_area, self._list_area, on=self)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What can be chosen."""
        return self._names

    def set_classes(self, names: Sequence[str], counts: Sequence[int]) -> None:
        """Offer these classes; `counts` are the numbers of their samples."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._make_buttons()
            with QSignalBlocker(self._list):
                self._list.clear()
                self._list.addItems(list(names))
        for number, count in enumerate(counts):
            if number < len(self._counts):
                self._counts[number].setText(f"{count:,}" if count else _NO_SAMPLES)
            self._list.setItemText(number, f"{self._names[number]}  ({count:,})" if count else self._names[number])
        self._fit()

    def set_locked(self, reason: str, keys: Sequence[str]) -> None:
        """Let nothing be chosen, for this reason; an empty one lets all. `keys` are what stands for each class."""
        for button, name, key in zip(self._buttons, self._names, keys, strict=False):
            button.setEnabled(not reason)
            button.setText(name if key in {"", name} else f"{key}  {name}")  # a digit says its key itself
            press = self.tr(" (key {key})").format(key=key) if key else ""
            button.setToolTip(reason or self.tr("Save it as a sample of {name}").format(name=name) + press)
        for widget in (self._list, self._keep):
            widget.setEnabled(not reason)
            widget.setToolTip(reason or self.tr("Save it as a sample of this class"))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """As narrow as a list may be."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With other room, other means."""
        super().resizeEvent(event)
        self._fit()

    def _make_buttons(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self._buttons, self._counts = [], []
        for number, name in enumerate(self._names[:MOST_BUTTONS]):
            button = build.button(
                name,
                name=f"sample_{number}",
                kind="square",
                says=self.tr("This is {name}").format(name=name),
                focus=Qt.FocusPolicy.TabFocus,  # a click leaves the keyboard with the paper
            )
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            count = build.label(_NO_SAMPLES, role="caption", align=Qt.AlignmentFlag.AlignCenter)
            self._group.addButton(button, number)
            self._buttons.append(button)
            self._counts.append(count)
            self._row.addWidget(build.panel(build.column(button, count, spacing=0)), 1)

    def _fit(self) -> None:
        """Buttons are all as wide as the widest needs to be, or they are not shown at all."""
        texts = [button.text() for button in self._buttons]
        widest = max((self.fontMetrics().horizontalAdvance(text) + _AROUND_TEXT for text in texts), default=0)
        needed = len(self._names) * (max(_NARROWEST, widest) + _GAP) - _GAP
        has_room = len(self._names) <= MOST_BUTTONS and needed <= self.width()
        self._row_area.setVisible(has_room)
        self._list_area.setVisible(not has_room)

    @Slot()
    def _on_keep_clicked(self) -> None:
        self.label_chosen.emit(self._list.currentIndex())


_WIDTH = 118
_AROUND_SET_NAME = 34


class SampleSetButton(QToolButton):
    """Shows the set that samples go into, and offers the others: those with the model's classes first."""

    chosen = Signal(object)  # SampleSet
    new_set_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sets: tuple[SampleSet, ...] = ()
        self._model_classes: tuple[str, ...] = ()
        self._shown: SampleSet | None = None
        self.setObjectName("sample_set")
        self.setProperty("kind", "quiet")
        self.setMaximumWidth(_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the paper
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill_menu)
        give_menu(self, self._menu)

    def offer(self, sets: Sequence[SampleSet], model_classes: tuple[str, ...]) -> None:
        """These sets can be chosen."""
        self._sets, self._model_classes = tuple(sets), model_classes

    def show_set(self, shown: SampleSet | None) -> None:
        """Show the set that is chosen, or that there is none yet."""
        self._shown = shown
        title = shown.title if shown else self.tr("New set")
        room = _WIDTH - _AROUND_SET_NAME
        self.setText(self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room))
        self.setAccessibleName(self.tr("Set of samples: {title}").format(title=title))
        tip = self.tr("Samples go into {title}").format(title=title)
        self.setToolTip(tip if shown else self.tr("A set is created when you save the first sample"))

    @Slot()
    def _fill_menu(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        fitting = [each for each in self._sets if each.class_names == self._model_classes]
        others = [each for each in self._sets if each.class_names != self._model_classes]
        for sets in (fitting, others):
            for each in sets:
                self._add_set(each, group)
            if sets:
                self._menu.addSeparator()
        self._menu.addAction(self.tr("New set…")).triggered.connect(self.new_set_wanted)
        self._menu.addAction(self.tr("All samples…")).triggered.connect(self._on_all_samples)

    @Slot()
    def _on_all_samples(self) -> None:
        Navigator.of(self).show("data")

    def _add_set(self, each: SampleSet, group: QActionGroup) -> None:
        action = QAction(f"{each.title}  ({each.total:,})", group)
        action.setToolTip(", ".join(each.class_names))
        action.setCheckable(True)
        action.setChecked(self._shown is not None and each.name == self._shown.name)
        action.setData(each.name)
        action.triggered.connect(self._on_set_chosen)
        self._menu.addAction(action)

    @Slot()
    def _on_set_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        found = next((each for each in self._sets if each.name == action.data()), None)
        if found is not None:
            self.chosen.emit(found)


START = 10
"""Samples of each class that make a start."""


class SampleTraining(QWidget):
    """Trains a small network that learns from the set and nothing else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set: SampleSet | None = None
        self._said = build.elided(name="sample_progress", role="caption")
        words, focus = self.tr("Train on these"), Qt.FocusPolicy.TabFocus
        self.button = build.button(words, name="sample_train", focus=focus, clicked=self._on_clicked)
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        build.row((self._said, 1), self.button, on=self)

    def show_set(self, samples: SampleSet | None) -> None:
        """Offer to train on this set, or say what it lacks."""
        self._set = samples
        self.setVisible(samples is not None and samples.total > 0)
        if samples is None:
            return
        self._said.set_whole(self._words(samples))
        why_not = samples.why_not_alone
        self.button.setEnabled(not why_not)
        self.button.setToolTip(why_not or self.tr("Train a small network on these samples, and try it on the paper"))

    def _words(self, samples: SampleSet) -> str:
        least = min(samples.counts, key=lambda count: count.total)
        if least.total >= START:
            return self.tr("{count} samples").format(count=f"{samples.total:,}")
        words = self.tr("Collect at least {start} of each class: {name} has {count}")
        return words.format(start=START, name=least.name, count=least.total)

    @Slot()
    def _on_clicked(self) -> None:
        from app.core.training.fine_tuning import training_alone  # the window starts without it

        if self._set is not None and not self._set.why_not_alone:
            Navigator.of(self).train_on_samples(training_alone(self._set))


MOST_SHOWN = 10
_TILE = QSize(51, 48)


class RecentSamples(QWidget):
    """The last samples of a set, as many as there is room for: a click corrects the label of one, or deletes it."""

    relabel_wanted = Signal(int, int)  # the sample's number, the class
    removal_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: tuple[Sample, ...] = ()
        self._names: tuple[str, ...] = ()
        self._menu = QMenu(self)
        self.tiles = tuple(self._tile(place) for place in range(MOST_SHOWN))
        build.row(*self.tiles, build.STRETCH, on=self, spacing=0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(1)  # any width will do
        self.show_samples((), ())

    def show_samples(self, samples: Sequence[Sample], class_names: Sequence[str]) -> None:
        """Show these, the newest first; `class_names` are those of their set."""
        self._samples, self._names = tuple(samples[:MOST_SHOWN]), tuple(class_names)
        for tile, sample in zip(self.tiles, self._samples, strict=False):
            name = self._names[sample.label]
            tile.show_sample(sample, name)
            tile.setAccessibleName(self.tr("Sample of {name}").format(name=name))
            tile.setToolTip(self._tip(sample, name))
        self.setFixedHeight(_TILE.height() if self._samples else 0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With other room, more of them or fewer."""
        super().resizeEvent(event)
        self._fit()

    def _tile(self, place: int) -> "_Tile":
        tile = _Tile()
        tile.setObjectName(f"recent_{place}")
        tile.clicked.connect(self._on_tile_clicked)
        return tile

    def _tip(self, sample: Sample, name: str) -> str:
        if sample.is_held_back:
            return self.tr("{name}, kept for testing. Click to correct the label, or to delete it").format(name=name)
        return self.tr("{name}. Click to correct the label, or to delete it").format(name=name)

    def _fit(self) -> None:
        room = self.width() // _TILE.width()
        for place, tile in enumerate(self.tiles):
            tile.setVisible(place < min(len(self._samples), room))

    @Slot()
    def _on_tile_clicked(self) -> None:
        tile = self.sender()
        assert isinstance(tile, _Tile)
        sample = self._samples[self.tiles.index(tile)]
        self._menu.clear()
        group = QActionGroup(self._menu)
        for label, name in enumerate(self._names):
            action = QAction(name, group)
            action.setCheckable(True)
            action.setChecked(label == sample.label)
            action.setData((sample.id, label))
            action.triggered.connect(self._on_label_chosen)
            self._menu.addAction(action)
        self._menu.addSeparator()
        delete = self._menu.addAction(self.tr("Delete"))
        delete.setData((sample.id, sample.label))
        delete.triggered.connect(self._on_delete_chosen)
        self._menu.popup(tile.mapToGlobal(tile.rect().bottomLeft()))

    @Slot()
    def _on_label_chosen(self) -> None:
        self.relabel_wanted.emit(*self._chosen())

    @Slot()
    def _on_delete_chosen(self) -> None:
        self.removal_wanted.emit(self._chosen()[0])

    def _chosen(self) -> tuple[int, int]:
        action = self.sender()
        assert isinstance(action, QAction)
        number, label = action.data()
        return int(number), int(label)


class _Tile(QToolButton):
    """A sample as ink on paper, its class below."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setFixedSize(_TILE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the paper

    def show_sample(self, sample: Sample, name: str) -> None:
        self._image = on_paper(sample.image)
        self.setText(name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme.colours()
        with painter_on(self) as painter:
            if self.underMouse() or self.hasFocus():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.accent_soft))
                painter.drawRoundedRect(self.rect(), theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)
            place = QRect((self.width() - IMAGE_SIZE) // 2, 2, IMAGE_SIZE, IMAGE_SIZE)
            painter.drawImage(place, self._image)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            painter.setFont(item_font(small=True))
            painter.setPen(QColor(colours.muted))
            below = QRect(1, place.bottom() + 1, self.width() - 2, self.height() - place.bottom() - 2)
            said = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, below.width())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, said)
