"""The part of the Data page that is about one's own samples: a card for each set, and a look at their samples."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.core.datasets.samples.exchange import ExportFormat
from app.core.datasets.samples.sets import SampleSet
from app.core.training.fine_tuning import training_alone
from app.ui import theme
from app.ui.common import build
from app.ui.common.changes import Changes
from app.ui.common.jobs import Failed, Progress, Stopped
from app.ui.common.navigator import Navigator
from app.ui.common.samples.facts import (
    Changed,
    CompareModel,
    Deleted,
    DeleteSet,
    Exported,
    ExportSet,
    ImportSamples,
    Listed,
    LookForSets,
    ModelCompared,
    Opened,
    Outcome,
    Request,
    RestoreSet,
    SetsFound,
    set_of,
)
from app.ui.common.samples.jobs import SampleJobs
from app.ui.common.samples.papers import paper_of
from app.ui.data.dialogs import ChooseSource, ChooseTarget, SampleDialogs
from app.ui.data.import_card import SampleInvitation
from app.ui.data.sample_browser import SampleBrowser
from app.ui.data.sample_set_card import SampleSetCard

# What is said of work with samples.

translate = QCoreApplication.translate


def busy_words(request: Request) -> str:
    """What is under way."""
    match request:
        case ImportSamples(path=path):
            return translate("samples", "Reading {path}…").format(path=path.name)
        case ExportSet(target=target):
            return translate("samples", "Writing {path}…").format(path=target.name)
        case CompareModel(model=model):
            return translate("samples", "Measuring {model} before and after…").format(model=model)
    return translate("samples", "Trying again…")


def added_words(count: int) -> str:
    """What an import brought."""
    if not count:
        return translate("samples", "All of these are in the set already; nothing was added.")
    if count == 1:
        return translate("samples", "1 sample was added.")
    return translate("samples", "{count} samples were added.").format(count=f"{count:,}")


class SamplesDesk(QWidget):
    """Cards below each other. `browser` belongs beside them while `browsing_changed` says so."""

    browsing_changed = Signal(bool)
    notice_shown = Signal(QWidget)
    shut_down_finished = Signal()

    def __init__(
        self,
        choose_folder: ChooseSource,
        choose_file: ChooseSource,
        choose_target: ChooseTarget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choose_folder, self._choose_file, self._choose_target = choose_folder, choose_file, choose_target
        self._cards: dict[str, SampleSetCard] = {}
        self._deleted: DeleteSet | None = None
        self._told: dict[SampleSetCard | SampleInvitation, Request] = {}  # what their status is about
        self.reads_with = ""  # the model that is offered first
        self.invitation, self.browser, self._jobs = SampleInvitation(), SampleBrowser(), SampleJobs(self)
        self._dialogs = SampleDialogs(self)
        self._column = build.column(self.invitation, on=self, spacing=theme.MARGIN)
        self.invitation.new_set_wanted.connect(self._dialogs.make_set)
        self.invitation.folder_wanted.connect(self._on_new_folder_wanted)
        self.invitation.file_wanted.connect(self._on_new_file_wanted)
        self.invitation.stop_wanted.connect(self._on_stop_wanted)
        self.invitation.retry_wanted.connect(self._on_retry_wanted)
        self._dialogs.wanted.connect(self._on_wanted)
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
        self._begin(ImportSamples(name, path))

    def import_as_new(self, path: Path) -> None:
        """Make a set of what is in `path`, called as it is."""
        self._begin(ImportSamples("", path, path.stem))

    def shut_down(self) -> None:
        """End all work; `shut_down_finished` tells when. Returns at once."""
        self._jobs.shut_down()

    def _show_sets(self, found: SetsFound) -> None:
        names = [each.name for each in found.sets]
        for name in [name for name in self._cards if name not in names]:
            card = self._cards.pop(name)
            self._told.pop(card, None)
            card.hide()
            card.deleteLater()
        for each in found.sets:
            if each.name not in self._cards:
                self._cards[each.name] = self._make_card(each)
            self._cards[each.name].show_set(each)
            self._cards[each.name].show_models(found.tuned.get(each.name, ()))
        self._cards = {name: self._cards[name] for name in names}
        for place, card in enumerate(self._cards.values()):
            self._column.insertWidget(1 + place, card)
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
        card.stop_wanted.connect(self._on_stop_wanted)
        card.change_wanted.connect(self._on_change_wanted)
        card.folder_wanted.connect(self._on_folder_wanted)
        card.file_wanted.connect(self._on_file_wanted)
        card.export_wanted.connect(self._on_export_wanted)
        card.deletion_wanted.connect(self._on_deletion_wanted)
        card.retry_wanted.connect(self._on_retry_wanted)
        return card

    def _browse(self, samples: SampleSet | None) -> None:
        self.browser.show_set(samples)
        for card in self._cards.values():
            card.set_browsed(samples is not None and card.name == samples.name)
        self.browsing_changed.emit(samples is not None)

    def _begin(self, request: Request) -> None:
        """Start what may take long; the card of the set tells of it."""
        teller = self._teller(set_of(request))
        self._told[teller] = request
        teller.show_busy(busy_words(request))
        self._jobs.start(request)

    def _teller(self, name: str) -> SampleSetCard | SampleInvitation:
        """Where it is told how work with a set goes."""
        return self._cards.get(name, self.invitation)

    @Slot(object)
    def _on_wanted(self, request: Request) -> None:
        self._jobs.start(request)

    @Slot()
    def _on_browser_left(self) -> None:
        self._browse(None)

    @Slot(str, bool)
    def _on_browsing_wanted(self, name: str, is_wanted: bool) -> None:
        self._browse(self._cards[name].set if is_wanted else None)

    @Slot(str)
    def _on_fine_tuning_wanted(self, name: str) -> None:
        self._dialogs.fine_tune(self._cards[name].set, self.reads_with)

    @Slot(str)
    def _on_training_wanted(self, name: str) -> None:
        Navigator.of(self).train_on_samples(training_alone(self._cards[name].set))

    @Slot(str, str)
    def _on_comparison_wanted(self, name: str, model: str) -> None:
        self._begin(CompareModel(name, model))

    @Slot(str)
    def _on_change_wanted(self, name: str) -> None:
        self._dialogs.change_set(self._cards[name].set)

    @Slot(str)
    def _on_folder_wanted(self, name: str) -> None:
        if (path := self._choose_folder(self)) is not None:
            self.import_into(name, path)

    @Slot(str)
    def _on_file_wanted(self, name: str) -> None:
        if (path := self._choose_file(self)) is not None:
            self.import_into(name, path)

    @Slot()
    def _on_new_folder_wanted(self) -> None:
        if (path := self._choose_folder(self)) is not None:
            self.import_as_new(path)

    @Slot()
    def _on_new_file_wanted(self) -> None:
        if (path := self._choose_file(self)) is not None:
            self.import_as_new(path)

    @Slot(str, object)
    def _on_export_wanted(self, name: str, wanted: ExportFormat) -> None:
        suffix = ".npz" if wanted is ExportFormat.NPZ else f"-{wanted.value}"
        target = self._choose_target(self, f"{name}{suffix}")
        if target is not None:
            self._begin(ExportSet(name, wanted, target))

    @Slot(str)
    def _on_deletion_wanted(self, name: str) -> None:
        self._jobs.start(DeleteSet(name, self._cards[name].set.title))

    @Slot(str)
    def _on_retry_wanted(self, name: str) -> None:
        self._begin(self._told[self._teller(name)])

    @Slot(str)
    def _on_stop_wanted(self, name: str) -> None:
        self._jobs.stop(self._told[self._teller(name)])

    @Slot()
    def _on_undo_requested(self) -> None:
        if self._deleted is not None:
            self._jobs.start(RestoreSet(self._deleted.set_name))

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        self._teller(set_of(progress.request)).show_busy(busy_words(progress.request), progress.share)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        match outcome:
            case SetsFound(request):
                self._show_sets(outcome)
                self._forget(request)
            case Listed(request):
                self.browser.take_list(outcome)
                self._forget(request)
            case Opened(request, original, preprocessing, class_names):
                Navigator.of(self).open_paper(paper_of(original, preprocessing), preprocessing, class_names)
                self._forget(request)
            case Changed():
                self._take_change(outcome)
            case Deleted(request):
                self._deleted = request
                self.invitation.notice.say(
                    self.tr("{title} was deleted.").format(title=request.title), undo=self._on_undo_requested
                )
                self.notice_shown.emit(self.invitation)
                self._changed()
            case Exported(request, path):
                self._tell(request, self.tr("Written to {path}.").format(path=path))
            case ModelCompared(request, found):
                self._tell(request)
                if request.set_name in self._cards:
                    self._cards[request.set_name].show_comparison(found)
            case Stopped(request):
                self._tell(request, self.tr("Stopped; nothing was changed."))
            case Failed(request, message):
                self._tell(request, problem=message)

    def _take_change(self, changed: Changed) -> None:
        self.browser.take_change(changed)
        if changed.now.name in self._cards:
            self._cards[changed.now.name].show_set(changed.now)
        is_import = isinstance(changed.request, ImportSamples)
        self._tell(changed.request, f"{added_words(len(changed.ids))} {changed.note}".strip() if is_import else "")
        if isinstance(changed.request, RestoreSet):
            self.invitation.notice.hide()
        self._changed()

    def _changed(self) -> None:
        self.refresh()
        Changes.of(self).data_changed.emit()

    def _tell(self, request: Request, notice: str = "", problem: str = "") -> None:
        """Say in the card of the set how it went, unless that tells of something that is still under way."""
        teller = self._teller(set_of(request))
        if not teller.status.is_busy or self._told.get(teller) == request:
            self._told[teller] = request
            teller.show_over(notice, problem)
        elif problem:
            self.invitation.notice.say(f"✗ {problem}")

    def _forget(self, request: Request) -> None:
        """It is well now: if it went wrong before, that is told no longer."""
        if self._told.get(self._teller(set_of(request))) == request:
            self._tell(request)
