"""The part of the Data page that is about one's own samples: a card for each set, and a look at their samples."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QInputDialog, QVBoxLayout, QWidget

from app.core.datasets.samples.exporting import ExportFormat
from app.core.datasets.samples.records import SampleSet
from app.core.datasets.samples.sets import DIGITS
from app.core.training.fine_tuning import training_alone
from app.ui import theme
from app.ui.widgets.sample_browser import SampleBrowser
from app.ui.widgets.sample_fine_tune import FineTuneDialog
from app.ui.widgets.sample_invitation import SampleInvitation
from app.ui.widgets.sample_papers import paper_of
from app.ui.widgets.sample_set_card import SampleSetCard
from app.ui.widgets.sample_set_dialog import SampleSetDialog
from app.ui.workers.sample_facts import (
    Changed,
    CompareModel,
    CreateSet,
    Deleted,
    DeleteSet,
    Exported,
    ExportSet,
    Failed,
    ImportSamples,
    Listed,
    LookForSets,
    ModelCompared,
    Opened,
    Outcome,
    Progress,
    RenameSet,
    Request,
    RestoreSet,
    SetsFound,
    Stopped,
)
from app.ui.workers.sample_jobs import SampleJobs

ChooseFolder = Callable[[QWidget], Path | None]
ChooseTarget = Callable[[QWidget, str], Path | None]


def choose_target(parent: QWidget, suggested: str) -> Path | None:
    """Ask with the system's dialog for the name of a new file or folder; nothing is ever written over."""
    ask_nothing = QFileDialog.Option.DontConfirmOverwrite
    chosen, _ = QFileDialog.getSaveFileName(parent, parent.tr("Export samples"), suggested, options=ask_nothing)
    return Path(chosen) if chosen else None


class SamplesDesk(QWidget):
    """Cards below each other. `browser` belongs beside them while `browsing_changed` says so."""

    browsing_changed = Signal(bool)
    data_changed = Signal()
    training_requested = Signal(object)  # TrainingConfig
    paper_requested = Signal(object)  # Paper
    drawing_requested = Signal()
    shut_down_finished = Signal()

    def __init__(self, choose_folder: ChooseFolder, choose_target: ChooseTarget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choose_folder, self._choose_target = choose_folder, choose_target
        self._cards: dict[str, SampleSetCard] = {}
        self._deleted: DeleteSet | None = None
        self._failed: dict[str, Request] = {}
        self._new_set: SampleSetDialog | None = None
        self._fine_tune: FineTuneDialog | None = None
        self.reads_with = ""  # the model that is offered first
        self.invitation, self.browser, self._jobs = SampleInvitation(), SampleBrowser(), SampleJobs(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.MARGIN)
        self._column.addWidget(self.invitation)
        self.invitation.new_set_wanted.connect(self._on_new_set_wanted)
        self.invitation.drawing_wanted.connect(self.drawing_requested)
        self.invitation.undo_requested.connect(self._on_undo_requested)
        self.browser.wanted.connect(self._on_wanted)
        self.browser.left.connect(self._on_browser_left)
        self._jobs.ended.connect(self._on_ended)
        self._jobs.progressed.connect(self._on_progressed)
        self._jobs.shut_down_finished.connect(self.shut_down_finished)

    @property
    def cards(self) -> tuple[SampleSetCard, ...]:
        """The cards, from top to bottom."""
        return tuple(self._cards.values())

    def refresh(self) -> None:
        """Look again which sets and models there are."""
        self._jobs.start(LookForSets())

    def import_into(self, name: str, path: Path) -> None:
        """Add what is in `path` to the set."""
        self._cards[name].show_busy(self.tr("Reading {path}…").format(path=path.name))
        self._jobs.start(ImportSamples(name, path))

    def shut_down(self) -> None:
        """End all work; `shut_down_finished` tells when. Returns at once."""
        self._jobs.shut_down()

    def _show_sets(self, found: SetsFound) -> None:
        names = [each.name for each in found.sets]
        for name in [name for name in self._cards if name not in names]:
            card = self._cards.pop(name)
            card.hide()
            card.deleteLater()
        for each in found.sets:
            if each.name not in self._cards:
                self._cards[each.name] = self._make_card(each)
            self._cards[each.name].show_set(each)
            self._cards[each.name].show_models(found.tuned.get(each.name, ()))
        self._cards = {name: self._cards[name] for name in names}
        for place, card in enumerate(self._cards.values()):
            self._column.insertWidget(place, card)
        self.invitation.show_state(bool(names), found.problems)
        shown = self.browser.shown
        if shown is not None:
            now = next((each for each in found.sets if each.name == shown.name), None)
            if now is None or now != shown:
                self._browse(now)

    def _make_card(self, samples: SampleSet) -> SampleSetCard:
        card = SampleSetCard(samples)
        card.fine_tuning_wanted.connect(self._on_fine_tuning_wanted)
        card.training_wanted.connect(self._on_training_wanted)
        card.browsing_wanted.connect(self._on_browsing_wanted)
        card.comparison_wanted.connect(self._on_comparison_wanted)
        card.comparison_stopped.connect(self._jobs.stop)
        card.rename_wanted.connect(self._on_rename_wanted)
        card.import_wanted.connect(self._on_import_wanted)
        card.export_wanted.connect(self._on_export_wanted)
        card.deletion_wanted.connect(self._on_deletion_wanted)
        card.retry_wanted.connect(self._on_retry_wanted)
        return card

    def _browse(self, samples: SampleSet | None) -> None:
        self.browser.show_set(samples)
        for card in self._cards.values():
            card.set_browsed(samples is not None and card.name == samples.name)
        self.browsing_changed.emit(samples is not None)

    @Slot(object)
    def _on_wanted(self, request: Request) -> None:
        self._jobs.start(request)

    @Slot()
    def _on_browser_left(self) -> None:
        self._browse(None)

    @Slot(str, bool)
    def _on_browsing_wanted(self, name: str, is_wanted: bool) -> None:
        self._browse(self._cards[name].set if is_wanted else None)

    @Slot()
    def _on_new_set_wanted(self) -> None:
        self._new_set = SampleSetDialog(DIGITS, self.window())
        self._new_set.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._new_set.accepted.connect(self._on_new_set_accepted)
        self._new_set.open()

    @Slot()
    def _on_new_set_accepted(self) -> None:
        if self._new_set is not None:
            self._jobs.start(CreateSet(self._new_set.title, self._new_set.class_names))

    @Slot(str)
    def _on_fine_tuning_wanted(self, name: str) -> None:
        self._fine_tune = FineTuneDialog(self._cards[name].set, self.reads_with, self.window())
        self._fine_tune.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fine_tune.accepted.connect(self._on_fine_tuning_accepted)
        self._fine_tune.open()

    @Slot()
    def _on_fine_tuning_accepted(self) -> None:
        if self._fine_tune is not None and self._fine_tune.config is not None:
            self.training_requested.emit(self._fine_tune.config)

    @Slot(str)
    def _on_training_wanted(self, name: str) -> None:
        self.training_requested.emit(training_alone(self._cards[name].set))

    @Slot(str, str)
    def _on_comparison_wanted(self, name: str, model: str) -> None:
        self._cards[name].show_busy(self._comparing(model), can_stop=True)
        self._jobs.start(CompareModel(name, model))

    @Slot(str)
    def _on_rename_wanted(self, name: str) -> None:
        dialog = QInputDialog(self.window())
        dialog.setInputMode(QInputDialog.InputMode.TextInput)
        dialog.setWindowTitle(self.tr("Rename"))
        dialog.setLabelText(self.tr("What the set is called"))
        dialog.setTextValue(self._cards[name].set.title)
        dialog.setProperty("set", name)
        dialog.textValueSelected.connect(self._on_title_given)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_title_given(self, title: str) -> None:
        name = self.sender().property("set")
        self._jobs.start(RenameSet(name, title))

    @Slot(str)
    def _on_import_wanted(self, name: str) -> None:
        path = self._choose_folder(self)
        if path is not None:
            self.import_into(name, path)

    @Slot(str, object)
    def _on_export_wanted(self, name: str, wanted: ExportFormat) -> None:
        suffix = ".npz" if wanted is ExportFormat.NPZ else f"-{wanted.value}"
        target = self._choose_target(self, f"{name}{suffix}")
        if target is not None:
            self._cards[name].show_busy(self.tr("Writing {path}…").format(path=target.name))
            self._jobs.start(ExportSet(name, wanted, target))

    @Slot(str)
    def _on_deletion_wanted(self, name: str) -> None:
        self._jobs.start(DeleteSet(name, self._cards[name].set.title))

    @Slot(str)
    def _on_retry_wanted(self, name: str) -> None:
        self._cards[name].show_busy(self.tr("Trying again…"), can_stop=isinstance(self._failed[name], CompareModel))
        self._jobs.start(self._failed[name])

    @Slot()
    def _on_undo_requested(self) -> None:
        if self._deleted is not None:
            self._jobs.start(RestoreSet(self._deleted.set_name))

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        if isinstance(progress.request, CompareModel) and progress.request.set_name in self._cards:
            card = self._cards[progress.request.set_name]
            card.show_busy(self._comparing(progress.request.model), progress.share)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        match outcome:
            case SetsFound():
                self._show_sets(outcome)
            case Listed():
                self.browser.take_list(outcome)
            case Opened(original=original, preprocessing=preprocessing):
                self.paper_requested.emit(paper_of(original, preprocessing))
            case Changed():
                self._take_change(outcome)
            case Deleted(request):
                self._deleted = request
                self.invitation.notice.say(self.tr("{title} was deleted.").format(title=request.title), can_undo=True)
                self._changed()
            case Exported(request, path) if request.set_name in self._cards:
                self._cards[request.set_name].show_over(self.tr("Written to {path}.").format(path=path))
            case ModelCompared(request, found) if request.set_name in self._cards:
                self._cards[request.set_name].show_comparison(found)
            case Stopped(request) | Failed(request):
                self._tell_failure(request, outcome.message if isinstance(outcome, Failed) else "")

    def _take_change(self, changed: Changed) -> None:
        self.browser.take_change(changed)
        if changed.now.name in self._cards:
            self._cards[changed.now.name].show_set(changed.now)
            added = self.tr("{count} samples were added.").format(count=f"{len(changed.ids):,}")
            self._cards[changed.now.name].show_over(added if isinstance(changed.request, ImportSamples) else "")
        if isinstance(changed.request, RestoreSet):
            self.invitation.notice.hide()
        self._changed()

    def _changed(self) -> None:
        self.refresh()
        self.data_changed.emit()

    def _tell_failure(self, request: Request, message: str) -> None:
        card = self._cards.get(getattr(request, "set_name", ""))
        if card is not None:
            self._failed[card.name] = request
            card.show_over(problem=message)
        elif message:
            self.invitation.notice.say(f"✕ {message}")

    def _comparing(self, model: str) -> str:
        return self.tr("Measuring {model} before and after…").format(model=model)
