"""The samples of one set: look at them, correct their labels, take them away."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.core.datasets.samples.records import Sample, SampleSet, labels_by_key
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.notice import Notice
from app.ui.widgets.sample_list import SampleList
from app.ui.workers.sample_facts import (
    Changed,
    Listed,
    ListSamples,
    OpenSample,
    Relabel,
    RemoveSamples,
    Request,
    RestoreSamples,
)


class SampleBrowser(Card):
    """`wanted` is what it asks for; the answers come back through `take_list` and `take_change`."""

    wanted = Signal(object)  # Request
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._set: SampleSet | None = None
        self._undos: dict[Request, Request] = {}
        self._undo: Request | None = None
        self._title, self._state = ElidedLabel(), QLabel()
        self._title.setProperty("role", "title")
        self._state.setObjectName("browser_state")
        self._notice, self._list = Notice(), SampleList()
        self._classes, self._labels = self._combo("browser_class"), self._combo("browser_label")
        self._remove = self._button(self.tr("Delete"), "browser_delete", "danger")
        self._open = self._button(self.tr("Open"), "browser_open")
        self._back = self._button(self.tr("Close"), "browser_close", "quiet")
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
        if samples is not None:
            self._show_names(samples)
            self._ask()

    def take_list(self, listed: Listed) -> None:
        """Show the samples, unless others are wanted by now."""
        if self._set is None or listed.request != self._request():
            return
        self._list.show_samples(listed.samples, listed.of)

    def take_change(self, changed: Changed) -> None:
        """Say what was changed, and offer to undo it."""
        if self._set is None or changed.now.name != self._set.name:
            return
        undo = self._undos.pop(changed.request, None)
        match changed.request:
            case Relabel(ids=ids, labels=labels) if undo is not None:
                name = changed.now.class_names[labels[0]]
                self._say(self.tr("{samples} labelled {name}.").format(samples=self._count(len(ids)), name=name), undo)
            case RemoveSamples(ids=ids) if undo is not None:
                self._say(self.tr("{samples} deleted.").format(samples=self._count(len(ids))), undo)
            case Relabel() | RestoreSamples():
                self._notice.hide()
        self.show_set(changed.now)

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

    def _request(self) -> ListSamples:
        assert self._set is not None
        return ListSamples(self._set.name, self._classes.currentData())

    def _ask(self) -> None:
        self.wanted.emit(self._request())

    def _say(self, sentence: str, undo: Request) -> None:
        self._undo = undo
        self._notice.say(sentence, can_undo=True)

    def _relabel(self, label: int) -> None:
        chosen = tuple(sample for sample in self._list.selected if sample.label != label)
        if self._set is None or not chosen:
            return
        ids = _ids(chosen)
        request = Relabel(self._set.name, ids, (label,) * len(ids))
        self._undos[request] = Relabel(self._set.name, ids, tuple(sample.label for sample in chosen))
        self.wanted.emit(request)

    def _count(self, count: int) -> str:
        return self.tr("1 sample") if count == 1 else self.tr("{count} samples").format(count=f"{count:,}")

    @Slot()
    def _on_selection_changed(self) -> None:
        chosen, total = len(self._list.selected), len(self._list.samples.samples)
        if chosen:
            self._state.setText(self.tr("{count} selected").format(count=f"{chosen:,}"))
        elif total:
            self._state.setText(self.tr("Select samples, then press a key to relabel them"))
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
        ids = _ids(self._list.selected)
        if self._set is not None and ids:
            request = RemoveSamples(self._set.name, ids)
            self._undos[request] = RestoreSamples(self._set.name, ids)
            self._list.setFocus()  # or the keyboard would go on to another card with the button it cannot use
            self.wanted.emit(request)

    @Slot()
    def _on_undo_wanted(self) -> None:
        if self._notice.text and self._undo is not None:
            self.wanted.emit(self._undo)

    @Slot()
    def _on_open_clicked(self) -> None:
        if self._set is not None and len(self._list.selected) == 1:
            self.wanted.emit(OpenSample(self._set.name, self._list.selected[0].id))

    @Slot(int)
    def _on_open_wanted(self, row: int) -> None:
        if self._set is not None:
            self.wanted.emit(OpenSample(self._set.name, self._list.samples.samples[row].id))

    def _lay_out(self) -> None:
        self._state.setProperty("role", "muted")
        self._state.setWordWrap(True)
        self._state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (top, (self._title, self._classes, self._back)),
            (bottom, (self._state, self._labels, self._open, self._remove)),
        ):
            row.setSpacing(theme.SPACING)
            for number, widget in enumerate(widgets):
                row.addWidget(widget, 0 if number else 1)
        self.body.addLayout(top)
        self.body.addWidget(self._notice)
        self.body.addWidget(self._list, 1)
        self.body.addLayout(bottom)
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
        self._back.clicked.connect(self.left)
        self._notice.undo_requested.connect(self._on_undo_wanted)

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(self.tr("Class"))
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(11)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return combo

    def _button(self, text: str, name: str, kind: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        return button


def _ids(samples: tuple[Sample, ...]) -> tuple[int, ...]:
    return tuple(sample.id for sample in samples)
