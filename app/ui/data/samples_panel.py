"""The part of the Data page that is about one's own samples: a card for each set, and a look at their samples."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from app.core.datasets.choices import ImportChoices, chosen_together
from app.core.datasets.originals import Original, paper_of
from app.core.datasets.registry import DIGIT_CLASSES
from app.core.datasets.samples.exchange import ImportedSamples, import_as_new_set
from app.core.datasets.samples.sets import (
    SampleSet,
    change_classes,
    create_sample_set,
    delete_sample_set,
    find_sample_sets,
    free_title,
    rename_sample_set,
    restore_sample_set,
)
from app.core.inference.before_after import fine_tuned_models
from app.core.training.fine_tuning import training_alone
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.dialogs import give_menu
from app.ui.common.messages import Notice
from app.ui.common.navigator import Navigator
from app.ui.common.samples import SampleSetDialog
from app.ui.common.tasks import Task, Tasks
from app.ui.common.window_object import Changes
from app.ui.data import dialogs
from app.ui.data.dialogs import FineTuneDialog, SampleChangeDialog
from app.ui.data.sample_browser import SampleBrowser
from app.ui.data.sample_set_card import SampleSetCard, added_words, reading_words
from app.ui.data.task_status import TaskStatus

_LANE = "samples"

Result = TypeVar("Result")
Found = tuple[tuple[SampleSet, ...], tuple[str, ...], dict[str, tuple[str, ...]]]


def _look() -> Found:
    """The sets, what is wrong with others, and the models fine-tuned with each, the newest first."""
    sets, problems = find_sample_sets()
    return sets, problems, {each.name: tuple(model.card.name for model in fine_tuned_models(each)) for each in sets}


class SamplesPanel(QWidget):
    """Cards below each other. `browser` belongs beside them while `browsing_changed` says so.

    Everything but imports, exports and comparisons is done one after the other, in the order in which it was asked for.
    """

    browsing_changed = Signal(bool)
    notice_shown = Signal(QWidget)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._cards: dict[str, SampleSetCard] = {}
        self.reads_with = ""  # the model that is offered first
        self.invitation, self.browser = SampleInvitation(tasks), SampleBrowser(self._do)
        self._column = build.column(self.invitation, on=self, spacing=theme.MARGIN)
        self.invitation.new_set.clicked.connect(self._on_new_set_wanted)
        self.invitation.changed.connect(self._on_changed)
        self.browser.changed.connect(self._on_changed)
        self.browser.opened.connect(self._on_opened)
        self.browser.back.clicked.connect(self._on_browser_left)

    @property
    def cards(self) -> tuple[SampleSetCard, ...]:
        """The cards, from top to bottom."""
        return tuple(self._cards.values())

    def refresh(self) -> None:
        """Look again which sets and models there are."""
        self._do("", _look, self._show_sets)

    def _do(self, name: str, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Do `work`, which is about the set `name`, then call `done`. If it goes wrong, the card of the set says so."""

        def done_again(result: Result) -> str:
            done(result)
            return ""

        def failed(sentence: str) -> None:
            status = self._status_of(name)
            if status.is_busy:
                self.invitation.notice.say(f"✗ {sentence}")
            else:
                trying = self.tr("Trying again…")
                status.show_failure(sentence, lambda: status.run(trying, lambda _: work(), done_again))

        self._tasks.start(lambda _: work(), done, failed=failed, lane=_LANE)

    def _status_of(self, name: str) -> TaskStatus:
        """Where it is told how work with a set goes."""
        return self._cards[name].status if name in self._cards else self.invitation.status

    def _show_sets(self, found: Found) -> None:
        sets, problems, tuned = found
        names = [each.name for each in sets]
        for name in [name for name in self._cards if name not in names]:
            card = self._cards.pop(name)
            card.status.drop()
            build.remove(self._column, card)
        for each in sets:
            if each.name not in self._cards:
                self._cards[each.name] = self._make_card(each)
            self._cards[each.name].show_set(each)
            self._cards[each.name].show_models(tuned[each.name])
        self._cards = {name: self._cards[name] for name in names}
        for place, card in enumerate(self._cards.values()):
            self._column.insertWidget(1 + place, card)
        self.invitation.show_state(bool(names), problems)
        shown = self.browser.shown
        if shown is not None:
            now = next((each for each in sets if each.name == shown.name), None)
            if now is None or now != shown:
                self._browse(now)

    def _make_card(self, samples: SampleSet) -> SampleSetCard:
        card = SampleSetCard(samples, self._tasks)
        card.changed.connect(self._on_changed)
        card.fine_tuning_wanted.connect(partial(self._fine_tune, card))
        card.training_wanted.connect(lambda: Navigator.of(self).train_on_samples(training_alone(card.set)))
        card.browsing_wanted.connect(lambda is_wanted: self._browse(card.set if is_wanted else None))
        card.change_wanted.connect(partial(self._change_set, card))
        card.deletion_wanted.connect(partial(self._delete, card))
        return card

    def _browse(self, samples: SampleSet | None) -> None:
        self.browser.show_set(samples)
        for card in self._cards.values():
            card.set_browsed(samples is not None and card.name == samples.name)
        self.browsing_changed.emit(samples is not None)

    def _open(self, dialog: QDialog, accepted: Callable[[], object]) -> None:
        """Ask, and leave the page alive meanwhile."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(accepted)
        dialog.open()

    @Slot()
    def _on_new_set_wanted(self) -> None:
        asked = SampleSetDialog(DIGIT_CLASSES, self.window())
        self._open(
            asked, lambda: self._do("", partial(create_sample_set, asked.title, asked.class_names), self._on_changed)
        )

    def _change_set(self, card: SampleSetCard) -> None:
        asked = SampleChangeDialog(card.set, self.window())

        def accepted() -> None:
            name, title, classes = card.name, asked.title, asked.classes

            def work() -> SampleSet:
                rename_sample_set(name, title)
                return change_classes(name, classes)

            self._do(name, work, self._on_changed)

        self._open(asked, accepted)

    def _fine_tune(self, card: SampleSetCard) -> None:
        asked = FineTuneDialog(card.set, self.reads_with, self.window())

        def accepted() -> None:
            if (config := asked.config) is not None:
                Navigator.of(self).train_on_samples(config)

        self._open(asked, accepted)

    def _delete(self, card: SampleSetCard) -> None:
        name, title = card.name, card.set.title

        def deleted(_: None) -> None:
            said = self.tr("{title} was deleted.").format(title=title)
            self.invitation.notice.say(said, undo=partial(self._restore, name))
            self.notice_shown.emit(self.invitation)
            self._tell_all()

        self._do(name, partial(delete_sample_set, name), deleted)

    def _restore(self, name: str) -> None:
        def restored(now: SampleSet) -> None:
            self.invitation.notice.hide()
            self._on_changed(now)

        self._do(name, partial(restore_sample_set, name), restored)

    @Slot()
    def _on_browser_left(self) -> None:
        self._browse(None)

    @Slot(object, object)
    def _on_opened(self, original: Original, of: SampleSet) -> None:
        Navigator.of(self).open_paper(paper_of(original, of.preprocessing), of.preprocessing, of.class_names)

    @Slot(object)
    def _on_changed(self, now: SampleSet) -> None:
        """A set was changed or made, and is so now."""
        if self.browser.shown is not None and self.browser.shown.name == now.name:
            self.browser.show_set(now)
        if now.name in self._cards:
            self._cards[now.name].show_set(now)
        if not self._status_of(now.name).is_busy:
            self._status_of(now.name).clear()
        self._tell_all()

    def _tell_all(self) -> None:
        self.refresh()
        Changes.of(self).data_changed.emit()


class SampleInvitation(Card):
    """Invites while there is no set; later it is only as large as its buttons."""

    changed = Signal(object)  # the SampleSet that was made

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Your own samples"), parent)
        self._invitation = build.label(role="muted", wraps=True, fills=True)
        self._problem = build.label(name="samples_problem", role="error", wraps=True, fills=True)
        self._has_sets = True  # until it is known that there are none
        self._problem.hide()
        self.notice, self.status = Notice(), TaskStatus(tasks, self.tr("Stopped; nothing was changed."))
        self.status.changed.connect(self._show_possible)
        draw = build.button(
            self.tr("Draw some"),
            name="draw_samples",
            kind="primary",
            tip=self.tr("Go to the Recognize page"),
            clicked=self._on_draw,
        )
        tip = self.tr("A set with a name and classes of its own")
        self.new_set = build.button(self.tr("New set…"), name="new_set", tip=tip)
        self._import = build.button(self.tr("Import a set"), name="import_set")
        sources = QMenu(self._import)
        sources.addAction(self.tr("From a folder…")).triggered.connect(self._on_folder)
        sources.addAction(self.tr("From files (npz, CSV)…")).triggered.connect(self._on_file)
        give_menu(self._import, sources)
        self.body.addWidget(self._invitation)
        self.body.addLayout(build.row(draw, self.new_set, self._import, build.STRETCH))
        for widget in (self._problem, self.notice, self.status):
            self.body.addWidget(widget)
        self.set_dropping(False)
        self._show_possible()

    def show_state(self, has_sets: bool, problems: tuple[str, ...]) -> None:
        """Invite or not, and say what cannot be read."""
        self._has_sets = has_sets
        self.set_dropping(False)
        self._problem.setText("\n".join(problems))
        self._problem.setVisible(bool(problems))

    def set_dropping(self, is_dropping: bool) -> None:
        """Say what happens to a folder that is held over the card."""
        self._invitation.setVisible(is_dropping or not self._has_sets)
        if is_dropping:
            self._invitation.setText(self.tr("Drop to create a set of samples from it."))
        else:
            self._invitation.setText(
                self.tr(
                    "Draw on the Recognize page and press 0 to 9 to label it. Your samples appear here: train "
                    "with them, and see how much better a model reads your handwriting."
                )
            )

    def import_from(self, path: Path, files: tuple[str, ...] = ()) -> None:
        """Make a set of what is in `path`, or in these files in it, called as it is."""

        def work(task: Task[ImportedSamples]) -> ImportedSamples:
            return import_as_new_set(free_title(path.stem), path, task.report, ImportChoices(files=files))

        self.status.run(reading_words(path), work, self._on_imported)

    def _on_imported(self, imported: ImportedSamples) -> str:
        self.changed.emit(imported.set)
        return added_words(imported)

    @Slot()
    def _show_possible(self) -> None:
        busy = self.status.is_busy
        self._import.setEnabled(not busy)
        wait = self.tr("Wait until the current work ends, or cancel it")
        self._import.setToolTip(
            wait if busy else self.tr("Create a set from pictures, drawings, IDX files, an npz or a CSV")
        )

    @Slot()
    def _on_draw(self) -> None:
        Navigator.of(self).show_paper()

    @Slot()
    def _on_folder(self) -> None:
        if (path := dialogs.choose_folder(self)) is not None:
            self.import_from(path)

    @Slot()
    def _on_file(self) -> None:
        if paths := dialogs.choose_files(self):
            self.import_from(*chosen_together(paths))
