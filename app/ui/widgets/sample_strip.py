"""Below the answer: the person says what it really is, and that is kept as a sample."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.core.datasets.samples.records import SampleSet, labels_by_key, newest_set
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.menu_button import give_menu
from app.ui.widgets.paper import Paper
from app.ui.widgets.sample_keys import SampleKeys
from app.ui.widgets.sample_papers import original_of
from app.ui.workers.job_facts import Failed
from app.ui.workers.sample_facts import (
    Changed,
    CreateSet,
    KeepSample,
    LookForSets,
    Outcome,
    Relabel,
    RemoveSamples,
    SetsFound,
)
from app.ui.workers.sample_jobs import SampleJobs

if TYPE_CHECKING:
    from app.ui.widgets.sample_set_dialog import SampleSetDialog

_SET_WIDTH = 118


class SampleStrip(QWidget):
    """Keeps what lies on the paper in the chosen set, which is made when the first sample comes.

    Another label for the same paper corrects the sample. `label_given` tells at once, `samples_changed` when it is
    on the disk.
    """

    label_given = Signal(int)
    samples_changed = Signal()
    samples_page_requested = Signal()
    failed = Signal(str)
    shut_down_finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model_classes: tuple[str, ...] = ()
        self._paper: Paper | None = None
        self._reads_several = False
        self._sets: tuple[SampleSet, ...] = ()
        self._chosen: SampleSet | None = None
        self._kept: Changed | None = None
        self._kept_paper: Paper | None = None
        self._dialog: SampleSetDialog | None = None
        self._jobs = SampleJobs(self)
        self._jobs.ended.connect(self._on_ended)
        self._jobs.shut_down_finished.connect(self.shut_down_finished)
        self._said, self._keys = ElidedLabel(), SampleKeys()
        self._said.setObjectName("sample_said")
        self._undo, self._sets_button = QPushButton(self.tr("Undo")), QToolButton()
        self._lay_out()
        self._keys.label_chosen.connect(self.give_label)
        self._undo.clicked.connect(self._on_undo_clicked)
        self._shortcuts: list[QShortcut] = []
        self._show_set()
        self._say_nothing()

    @property
    def chosen(self) -> SampleSet | None:
        """The set that the next sample goes into; None if it is still to be made."""
        return self._chosen

    @property
    def said(self) -> str:
        """What the strip says."""
        return self._said.whole

    def set_classes(self, names: Sequence[str]) -> None:
        """The model that reads knows these: offer the set with the same ones that was used last, or a new one."""
        self._model_classes = tuple(names)
        if self._chosen is None or self._chosen.class_names != self._model_classes:
            self._choose(newest_set(self._sets, self._model_classes))

    def set_paper(self, paper: Paper | None) -> None:
        """What would be kept now. What was said of the last sample stays until something else lies there."""
        self._paper = paper
        if paper is not None and not paper.is_empty and paper is not self._kept_paper:
            self._say_nothing()
        self._show_possible()

    def set_several(self, reads_several: bool) -> None:
        """Keep nothing while several digits are read: a sample is one."""
        if reads_several != self._reads_several:
            self._reads_several = reads_several
            self._show_possible()

    def listen_to(self, canvas: QWidget) -> None:
        """Let the digit keys label while `canvas` has the keyboard."""
        for key in "0123456789":
            shortcut = QShortcut(QKeySequence(key), canvas)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._on_key)
            self._shortcuts.append(shortcut)

    def refresh(self) -> None:
        """Look again which sets there are."""
        self._jobs.start(LookForSets())

    def shut_down(self) -> None:
        """Let what is being stored be stored; `shut_down_finished` tells when. Returns at once."""
        self._jobs.shut_down()

    @Slot(int)
    def give_label(self, label: int) -> None:
        """Keep what lies on the paper as a sample of this class, or correct the one it became."""
        paper, names = self._paper, self._keys.class_names
        if paper is None or paper.is_empty or not 0 <= label < len(names):
            return
        if self._reads_several:
            self.failed.emit(self._why_not())
            return
        if paper is not self._kept_paper:
            self._kept, self._kept_paper = None, paper
            set_name = self._chosen.name if self._chosen else ""
            self._jobs.start(KeepSample(set_name, names, original_of(paper), label))
            self.label_given.emit(label)
        elif self._kept is not None:
            self._jobs.start(Relabel(self._kept.now.name, self._kept.ids, (label,)))
            self.label_given.emit(label)

    def showEvent(self, event: QShowEvent) -> None:
        """Sets may have changed while another page was shown."""
        super().showEvent(event)
        self.refresh()

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        self._said.setProperty("role", "muted")
        self._undo.setObjectName("sample_undo")
        self._undo.setProperty("kind", "quiet")
        self._undo.setToolTip(self.tr("Take the sample back"))
        self._sets_button.setObjectName("sample_set")
        self._sets_button.setProperty("kind", "quiet")
        self._sets_button.setMaximumWidth(_SET_WIDTH)
        for button in (self._undo, self._sets_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the paper
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill_menu)
        give_menu(self._sets_button, self._menu)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self._said, 1)
        top.addWidget(self._undo)
        top.addWidget(self._sets_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._keys)

    def _choose(self, chosen: SampleSet | None) -> None:
        self._chosen = chosen
        self._show_set()

    def _show_set(self) -> None:
        chosen = self._chosen
        title = chosen.title if chosen else self.tr("New set")
        room = _SET_WIDTH - 34
        self._sets_button.setText(self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room))
        self._sets_button.setAccessibleName(self.tr("Set of samples: {title}").format(title=title))
        tip = self.tr("Samples go into {title}").format(title=title)
        self._sets_button.setToolTip(tip if chosen else self.tr("A set is made when you keep the first sample"))
        names = chosen.class_names if chosen else self._model_classes
        self._keys.set_classes(names, [count.total for count in chosen.counts] if chosen else [0] * len(names))
        self._show_possible()

    def _show_possible(self) -> None:
        names = self._keys.class_names
        by_label = {label: key for key, label in labels_by_key(names).items()}
        self._keys.set_locked(self._why_not(), [by_label.get(label, "") for label in range(len(names))])

    def _why_not(self) -> str:
        """Why nothing can be kept now; empty if it can."""
        if self._paper is None or self._paper.is_empty:
            return self.tr("Draw something first, or open a picture")
        if self._reads_several:
            return self.tr("A sample is a single digit: rub the others out, or choose 'Read as one'.")
        return ""

    def _say_nothing(self) -> None:
        self._say(self.tr("What is it really?"), can_undo=False)
        self._said.setToolTip(self.tr("Say what you drew, and it is kept as a sample to train with"))

    def _say(self, sentence: str, can_undo: bool) -> None:
        self._said.set_whole(sentence)
        self._undo.setVisible(can_undo)

    def _say_kept(self, changed: Changed, label: int) -> None:
        count = changed.now.counts[label]
        total = self.tr("1 sample") if count.total == 1 else self.tr("{count} samples").format(count=f"{count.total:,}")
        self._say(self.tr("Saved as {name}").format(name=count.name), can_undo=True)
        tip = self.tr("{name}: {samples} in {title}")
        self._said.setToolTip(tip.format(name=count.name, samples=total, title=changed.now.title))

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
        self._menu.addAction(self.tr("New set…")).triggered.connect(self._on_new_set)
        self._menu.addAction(self.tr("All samples…")).triggered.connect(self.samples_page_requested)

    def _add_set(self, each: SampleSet, group: QActionGroup) -> None:
        action = QAction(f"{each.title}  ({each.total:,})", group)
        action.setToolTip(", ".join(each.class_names))
        action.setCheckable(True)
        action.setChecked(self._chosen is not None and each.name == self._chosen.name)
        action.setData(each.name)
        action.triggered.connect(self._on_set_chosen)
        self._menu.addAction(action)

    @Slot()
    def _on_key(self) -> None:
        shortcut = self.sender()
        assert isinstance(shortcut, QShortcut)
        label = labels_by_key(self._keys.class_names).get(shortcut.key().toString())
        if label is not None:
            self.give_label(label)

    @Slot()
    def _on_undo_clicked(self) -> None:
        if self._kept is not None:
            self._jobs.start(RemoveSamples(self._kept.now.name, self._kept.ids))

    @Slot()
    def _on_set_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._choose(next((each for each in self._sets if each.name == action.data()), self._chosen))

    @Slot()
    def _on_new_set(self) -> None:
        from app.ui.widgets.sample_set_dialog import SampleSetDialog

        self._dialog = SampleSetDialog(self._model_classes, self.window())
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.accepted.connect(self._on_new_set_wanted)
        self._dialog.open()

    @Slot()
    def _on_new_set_wanted(self) -> None:
        if self._dialog is not None:
            self._jobs.start(CreateSet(self._dialog.title, self._dialog.class_names))
            self._dialog = None

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        if isinstance(outcome, SetsFound):
            self._sets = outcome.sets
            chosen = next((each for each in self._sets if self._chosen and each.name == self._chosen.name), None)
            self._choose(chosen or newest_set(self._sets, self._model_classes))
        elif isinstance(outcome, Failed):
            if isinstance(outcome.request, KeepSample):
                self._kept_paper = None
            self.failed.emit(outcome.message)
            self.refresh()
        elif isinstance(outcome, Changed):
            self._take_change(outcome)

    def _take_change(self, changed: Changed) -> None:
        others = [each for each in self._sets if each.name != changed.now.name]
        self._sets = tuple(sorted([*others, changed.now], key=lambda each: each.title.casefold()))
        self._choose(changed.now)
        match changed.request:
            case KeepSample(label=label):
                self._kept = changed
                self._say_kept(changed, label)
            case Relabel(labels=(label,)):
                self._say_kept(changed, label)
            case RemoveSamples():
                self._kept = self._kept_paper = None
                self._say(self.tr("Taken back"), can_undo=False)
        self.samples_changed.emit()
