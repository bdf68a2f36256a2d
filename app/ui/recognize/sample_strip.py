"""Keeping what was drawn as samples: the strip below the bars, and what becomes of the paper after a label."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from app.core.datasets.originals import original_of, original_of_input
from app.core.datasets.samples.sets import (
    Sample,
    SampleSet,
    create_sample_set,
    labels_by_key,
    newest_set,
    sample_sets,
)
from app.core.datasets.samples.store import SampleStore, keep_sample
from app.core.imaging.paper import Paper
from app.core.inference.multi_digit import Digit
from app.ui.common import build
from app.ui.common.messages import Messages
from app.ui.common.tasks import Tasks, TaskStoppedError
from app.ui.common.window_object import Changes
from app.ui.recognize.paper.canvas import Canvas
from app.ui.recognize.prediction_card import PredictionCard
from app.ui.recognize.sample_widgets import MOST_SHOWN, RecentSamples, SampleKeys, SampleSetButton, SampleTraining
from app.ui.settings import Settings


class SampleStrip(QWidget):
    """Below the answer: keeps what lies on the paper in the chosen set, which is made when the first sample comes.

    Another label for the same paper corrects the sample. `label_given` tells at once, the window's `Changes` when it
    is on the disk. `set_chosen` tells the classes of the set, which need not be those of the model.
    """

    label_given = Signal(int)
    set_chosen = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model_classes: tuple[str, ...] = ()
        self._paper: Paper | None = None
        self._digit: Digit | None = None
        self._is_unreadable = False
        self._sets: tuple[SampleSet, ...] = ()
        self._chosen: SampleSet | None = None
        self._labelled: Paper | Digit | None = None  # what the last label was given to
        self._kept: list[_Kept] = []  # of this session, the newest last
        self._deleted: tuple[str, int] | None = None  # a set, and the sample of it that can be restored
        self._tasks = Tasks(self)  # one after the other: what is done to a sample comes after it is stored
        self._said = build.elided(name="sample_said", role="muted")
        self._keys, self.recent = SampleKeys(), RecentSamples()
        self._undo = build.button(
            self.tr("Undo"),
            name="sample_undo",
            kind="quiet",
            tip=self.tr("Undo the last sample (Backspace)"),
            focus=Qt.FocusPolicy.TabFocus,  # a click leaves the keyboard with the paper
        )
        self._sets_button = SampleSetButton()
        self.training = SampleTraining()
        self._lay_out()
        self._connect()
        self._shortcuts: list[QShortcut] = []
        self._show_set()
        self._say_nothing()

    @property
    def chosen(self) -> SampleSet | None:
        """The set that the next sample goes into; None if it is still to be made."""
        return self._chosen

    @property
    def class_names(self) -> tuple[str, ...]:
        """What a sample can be labelled as."""
        return self._chosen.class_names if self._chosen else self._model_classes

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
        self._paper, self._digit = paper, None
        self._show_subject()

    def set_digit(self, digit: Digit | None) -> None:
        """One digit of a number would be kept, and not the whole paper; None for the paper."""
        self._digit = digit
        self._show_subject()

    def set_unreadable(self, is_unreadable: bool) -> None:
        """Nothing was found on what lies on the paper, so it is no sample."""
        if is_unreadable != self._is_unreadable:
            self._is_unreadable = is_unreadable
            self._show_possible()

    def listen_to(self, canvas: Canvas) -> None:
        """While `canvas` has the keyboard and no pen is down: digits label, Backspace takes the last label back."""
        keys = [*((key, self._on_key) for key in "0123456789"), ("Backspace", self._on_undo)]
        for key, slot in keys:
            shortcut = QShortcut(QKeySequence(key), canvas)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(slot)
            self._shortcuts.append(shortcut)

    def refresh(self) -> None:
        """Look again which sets there are."""
        self._tasks.start(lambda _: sample_sets(), self._show_sets, failed=self._on_failed)

    @Slot(int)
    def give_label(self, label: int) -> None:
        """Keep what lies on the paper as a sample of this class, or correct the one it became."""
        if self._why_not() or not 0 <= label < len(self.class_names):
            return
        if self._subject is not self._labelled:
            self._keep(label)
        else:
            self._correct(self._kept[-1], label)
        self.label_given.emit(label)

    def showEvent(self, event: QShowEvent) -> None:
        """Sets may have changed while another page was shown."""
        super().showEvent(event)
        self.refresh()

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    @property
    def _subject(self) -> Paper | Digit | None:
        return self._digit or self._paper

    def _keep(self, label: int) -> None:
        assert self._paper is not None
        self._labelled, self._deleted = self._subject, None
        original = original_of_input(self._digit.shown) if self._digit else original_of(self._paper)
        name, names = self._chosen.name if self._chosen else "", self.class_names
        self._kept.append(kept := _Kept())

        def work() -> SampleSet:
            now, kept.number = keep_sample(name, names, original, label)
            kept.set_name = now.name
            return now

        def failed(sentence: str) -> None:
            self._forget(kept)
            self._on_failed(sentence)

        self._change(work, partial(self._say_kept, label), failed)

    def _correct(self, kept: "_Kept", label: int) -> None:
        """Give a sample that was kept another label."""
        self._change(lambda: kept.store.relabel({kept.number: label}), partial(self._say_kept, label))

    def _take_back(self) -> None:
        """Take the sample away that was kept last; its paper may be labelled anew."""
        kept = self._kept[-1]
        self._forget(kept)
        self._change(lambda: kept.store.remove([kept.number]), lambda _: self._say(self.tr("Undone"), can_undo=False))

    def _forget(self, kept: "_Kept") -> None:
        """It is no sample any more."""
        if kept in self._kept:
            if kept is self._kept[-1]:
                self._labelled = None
            self._kept.remove(kept)

    def _change(
        self,
        work: Callable[[], SampleSet],
        say: Callable[[SampleSet], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Change a set or make one, after all that was asked for before, and go on with it; then say so."""

        def done(now: SampleSet) -> None:
            others = [each for each in self._sets if each.name != now.name]
            self._sets = tuple(sorted([*others, now], key=lambda each: each.title.casefold()))
            self._choose(now)
            say(now)
            Changes.of(self).data_changed.emit()

        self._tasks.start(lambda _: work(), done, failed=failed or self._on_failed)

    def _lay_out(self) -> None:
        top = build.row((self._said, 1), self._undo, self._sets_button, spacing=0)
        build.column(top, self._keys, self.recent, self.training, on=self, spacing=2)

    def _connect(self) -> None:
        self._keys.label_chosen.connect(self.give_label)
        self._undo.clicked.connect(self._on_undo)
        self._sets_button.chosen.connect(self._choose)
        self._sets_button.new_set_wanted.connect(self._on_new_set)
        self.recent.relabel_wanted.connect(self._on_relabel_wanted)
        self.recent.removal_wanted.connect(self._on_removal_wanted)

    @Slot(object)
    def _choose(self, chosen: SampleSet | None) -> None:
        before = self.class_names
        self._chosen = chosen
        self._show_set()
        if self.class_names != before:
            self.set_chosen.emit(self.class_names)

    def _show_set(self) -> None:
        chosen, names = self._chosen, self.class_names
        self._sets_button.offer(self._sets, self._model_classes)
        self._sets_button.show_set(chosen)
        self._keys.set_classes(names, [count.total for count in chosen.counts] if chosen else [0] * len(names))
        self.training.show_set(chosen)
        if chosen is None:
            self.recent.show_samples((), ())
        elif self.isVisible():
            self._tasks.start(
                lambda _: SampleStore(chosen.name).samples(most=MOST_SHOWN),
                partial(self._show_recent, chosen),
                failed=self._on_failed,
            )
        self._show_possible()

    def _show_subject(self) -> None:
        if self._paper is not None and not self._paper.is_empty and self._subject is not self._labelled:
            self._say_nothing()
        self._show_possible()

    def _show_possible(self) -> None:
        names = self._keys.class_names
        by_label = {label: key for key, label in labels_by_key(names).items()}
        self._keys.set_locked(self._why_not(), [by_label.get(label, "") for label in range(len(names))])

    def _why_not(self) -> str:
        """Why nothing can be kept now; empty if it can."""
        if self._paper is None or self._paper.is_empty:
            return self.tr("Draw something first, or open a picture")
        if self._is_unreadable:
            return self.tr("Nothing was found in this picture: try one with more contrast")
        return ""

    def _say_nothing(self) -> None:
        self._say(self.tr("What is it?"), can_undo=bool(self._kept or self._deleted))
        self._said.setToolTip(self.tr("Choose what you drew to save it as a training sample"))

    def _say(self, sentence: str, can_undo: bool) -> None:
        self._said.set_whole(sentence)
        self._undo.setVisible(can_undo)

    def _say_kept(self, label: int, now: SampleSet) -> None:
        count = now.counts[label]
        total = self.tr("1 sample") if count.total == 1 else self.tr("{count} samples").format(count=f"{count.total:,}")
        self._say(self.tr("Saved as {name}").format(name=count.name), can_undo=True)
        tip = self.tr("{name}: {samples} in {title}")
        self._said.setToolTip(tip.format(name=count.name, samples=total, title=now.title))

    @Slot()
    def _on_key(self) -> None:
        shortcut = self.sender()
        assert isinstance(shortcut, QShortcut)
        canvas = shortcut.parent()
        label = labels_by_key(self._keys.class_names).get(shortcut.key().toString())
        if label is not None and isinstance(canvas, Canvas) and not canvas.is_busy:
            self.give_label(label)

    @Slot()
    def _on_undo(self) -> None:
        """Take the last sample back, or bring back the one that was deleted."""
        if self._deleted is not None:
            self._restore(*self._deleted)
        elif self._kept:
            self._take_back()

    @Slot(int, int)
    def _on_relabel_wanted(self, number: int, label: int) -> None:
        if self._chosen is not None:
            name = self._chosen.name
            self._change(lambda: SampleStore(name).relabel({number: label}), partial(self._say_kept, label))

    @Slot(int)
    def _on_removal_wanted(self, number: int) -> None:
        if self._chosen is None:
            return
        name = self._chosen.name
        self._deleted = name, number

        def say(_now: SampleSet) -> None:
            for kept in [kept for kept in self._kept if (kept.set_name, kept.number) == (name, number)]:
                self._forget(kept)
            self._say(self.tr("Deleted"), can_undo=self._deleted is not None)

        self._change(lambda: SampleStore(name).remove([number]), say)

    def _restore(self, name: str, number: int) -> None:
        def say(_now: SampleSet) -> None:
            self._deleted = None
            self._say(self.tr("Restored"), can_undo=False)

        self._change(lambda: SampleStore(name).restore([number]), say)

    @Slot()
    def _on_new_set(self) -> None:
        from app.ui.common.samples import SampleSetDialog  # the window starts without what it needs

        dialog = SampleSetDialog(self._model_classes, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(
            lambda: self._change(partial(create_sample_set, dialog.title, dialog.class_names), lambda _now: None)
        )
        dialog.open()

    def _show_sets(self, sets: tuple[SampleSet, ...]) -> None:
        self._sets = sets
        chosen = next((each for each in sets if self._chosen and each.name == self._chosen.name), None)
        self._choose(chosen or newest_set(sets, self._model_classes))

    def _show_recent(self, of: SampleSet, samples: tuple[Sample, ...]) -> None:
        if self._chosen is not None and of.name == self._chosen.name:
            self.recent.show_samples(samples, of.class_names)

    def _on_failed(self, sentence: str) -> None:
        self._deleted = None
        Messages.of(self).error(sentence)
        self.refresh()


class PaperSamples(QObject):
    """Shows the strip when it is asked for, when a key gave a label, or when a digit of a number is to be corrected.

    What has a label is set aside: another label corrects it, the next stroke begins on an empty paper. While samples
    are collected, what lies on the paper is one thing.
    """

    collecting_changed = Signal()
    digit_labelled = Signal(str)

    def __init__(self, canvas: Canvas, prediction: PredictionCard, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._button, self._settings = canvas, prediction.label, settings
        self._digit: Digit | None = None
        self._is_passing = False  # shown for one digit alone
        self.strip = SampleStrip()
        self.strip.hide()
        prediction.body.addWidget(self.strip)
        self.strip.listen_to(canvas)
        self.strip.label_given.connect(self._on_label_given)
        self.strip.set_chosen.connect(self.collecting_changed)
        self._button.toggled.connect(self._on_toggled)
        self._button.setChecked(settings.labels)

    @property
    def is_shown(self) -> bool:
        """True while labels can be given with the mouse."""
        return self._button.isChecked()

    @property
    def is_one_thing(self) -> bool:
        """True while all that is drawn is to be one sample."""
        return self.is_shown and self._digit is None

    def show_paper(self, paper: Paper) -> None:
        """Something else lies on the paper: that is what a label is for."""
        self.choose_digit(None)
        self.strip.set_paper(paper)

    def choose_digit(self, digit: Digit | None, shows_strip: bool = False) -> None:
        """Let labels be for one digit of a number, or for the whole paper; show the strip, if that is wanted."""
        if digit is None and self._digit is None:
            return
        self._digit = digit
        if digit is None and self._is_passing:
            self._button.setChecked(False)
        if digit is not None and shows_strip and not self.is_shown:
            self._is_passing = True
            self._button.setChecked(True)
        self.strip.set_digit(digit)
        self.collecting_changed.emit()

    @Slot(bool)
    def _on_toggled(self, is_shown: bool) -> None:
        self.strip.setVisible(is_shown)
        if not self._is_passing:
            self._settings.labels = is_shown
        self._is_passing = self._is_passing and is_shown
        self.collecting_changed.emit()

    @Slot(int)
    def _on_label_given(self, label: int) -> None:
        if self._digit is not None:
            self.digit_labelled.emit(self.strip.class_names[label])
            return
        self._button.setChecked(True)
        self._canvas.set_aside()


class _Kept:
    """A sample that was labelled here. Its set and its number are known once it is stored."""

    def __init__(self) -> None:
        self.set_name, self.number = "", 0

    @property
    def store(self) -> SampleStore:
        """Where it is, for a task that was begun after the one that stores it."""
        if not self.number:  # it could not be stored, which was told
            raise TaskStoppedError
        return SampleStore(self.set_name)
