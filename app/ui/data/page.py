"""The Data page: which sets are here, how to get more, and what their pictures look like."""

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from app.core.datasets.importing import ImportedInfo
from app.core.datasets.samples.sets import sample_set_names
from app.core.datasets.sources import own_names
from app.core.datasets.types import Variant
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common import build
from app.ui.common.changes import Changes
from app.ui.common.data_choices import SetSummary, summarise
from app.ui.common.folder_drops import DropTarget, FolderDrops
from app.ui.common.jobs import Failed, Progress
from app.ui.common.layout import FitScroll, keep_width
from app.ui.common.page import Page
from app.ui.data.dataset_card import DatasetCard
from app.ui.data.dialogs import ChooseSource, ChooseTarget, choose_file, choose_folder, choose_target
from app.ui.data.gallery import Gallery, GalleryChoice
from app.ui.data.import_card import ImportCard, SampleInvitation
from app.ui.data.sample_set_card import SampleSetCard
from app.ui.data.samples import SamplesDesk
from app.ui.data.worker import (
    DataJobs,
    DataServices,
    Deleted,
    Downloaded,
    Imported,
    ImportRequest,
    Outcome,
    PicturesRequest,
    Request,
    Restored,
    RestoreRequest,
    TransferProgress,
)
from app.ui.settings import Settings


class DataPage(Page):
    """A card for each set on the left, pictures on the right. A folder or file can be dropped anywhere."""

    shut_down_finished = Signal()

    def __init__(
        self,
        settings: Settings | None = None,
        parent: QWidget | None = None,
        *,
        services: DataServices | None = None,
        choose: ChooseSource = choose_folder,
        choose_file: ChooseSource = choose_file,
        choose_target: ChooseTarget = choose_target,
    ) -> None:
        super().__init__(settings, parent)
        self._services, self._choose, self._choose_file = services or DataServices(), choose, choose_file
        self._jobs = DataJobs(self._services, self)
        self._cards: dict[str, DatasetCard] = {}
        self._summaries: list[SetSummary] = []
        self._deleted = ""
        self._import_card, self._gallery = ImportCard(), Gallery()
        self.samples = SamplesDesk(choose, choose_file, choose_target)
        self._shutting_down: set[QObject] = set()
        self._lay_out()
        FolderDrops(self, self._target_at).dropped.connect(self._take_folder)
        self._jobs.progressed.connect(self._on_progressed)
        self._jobs.ended.connect(self._on_ended)
        for worker in (self._jobs, self.samples):
            worker.shut_down_finished.connect(self._on_shut_down_finished)
        self._import_card.import_requested.connect(self._on_requested)
        self._import_card.stop_requested.connect(self._on_stop_requested)
        self._import_card.folder_wanted.connect(self._on_own_folder_wanted)
        self._import_card.file_wanted.connect(self._on_own_file_wanted)
        self._gallery.pictures_wanted.connect(self._on_requested)
        self.samples.browsing_changed.connect(self._on_browsing_changed)
        self.samples.notice_shown.connect(self._on_notice_shown)

    def enter(self, model: StoredModel | None) -> None:
        if model is not None:
            self.samples.reads_with = model.card.name

    def refresh(self) -> None:
        """Look again which sets are here."""
        self._refresh(None)
        self.samples.refresh()

    def shut_down(self) -> None:
        """End all work; `shut_down_finished` tells when. Returns at once."""
        self._shutting_down = {self._jobs, self.samples}
        self._jobs.shut_down()
        self.samples.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        """Pictures are loaded when they are first looked at, not when the program starts."""
        super().showEvent(event)
        self.refresh()
        self._gallery.activate()

    def _target_at(self, position: QPoint) -> DropTarget:
        """Where a folder goes that is let go there: a published set, a set of samples, or a new set with a name."""
        widget = self.childAt(position)
        while widget is not None:
            if isinstance(widget, SampleSetCard | SampleInvitation) and not widget.status.is_busy:
                return widget
            if isinstance(widget, DatasetCard) and widget.is_published and not widget.status.is_busy:
                return widget
            widget = widget.parentWidget()
        return self._import_card

    @Slot(object, object)
    def _take_folder(self, path: Path, target: DropTarget) -> None:
        if isinstance(target, SampleSetCard):
            self.samples.import_into(target.name, path)
        elif isinstance(target, SampleInvitation):
            self.samples.import_as_new(path)
        elif isinstance(target, DatasetCard):
            target.import_from(path)
        else:
            self._import_card.offer(path)
            self._scroll.ensureWidgetVisible(self._import_card)

    def _refresh(self, chosen: tuple[str, str] | None) -> None:
        """Bring cards and gallery up to date; `chosen` is the edition to show the pictures of."""
        specs = self._services.specs
        names = (*specs, *(name for name in own_names() if name not in {*specs, *sample_set_names()}))
        self._summaries = [summarise(name, specs) for name in names]
        for name in [name for name in self._cards if name not in names]:
            card = self._cards.pop(name)
            card.hide()
            card.deleteLater()
        for place, summary in enumerate(self._summaries):
            if summary.name in self._cards:
                self._cards[summary.name].show_summary(summary)
            else:
                self._cards[summary.name] = self._make_card(summary)
                self._column.insertWidget(1 + place, self._cards[summary.name])
        choices = self._choices()
        self._gallery.set_choices(choices, next((c for c in choices if (c.name, c.data) == chosen), None))

    def _choices(self) -> list[GalleryChoice]:
        choices = []
        for summary in self._summaries:
            if summary.starter is not None:
                title = self.tr("{title}, starter").format(title=summary.title)
                choices.append(GalleryChoice(summary.name, Variant.STARTER, title, summary.class_names))
            if summary.full_at is not None and not summary.problem:
                full = self.tr("{title}, full").format(title=summary.title)
                title = full if summary.spec is not None else summary.title
                choices.append(GalleryChoice(summary.name, Variant.FULL, title, summary.class_names))
        return choices

    def _make_card(self, summary: SetSummary) -> DatasetCard:
        card = DatasetCard(summary)
        card.download_requested.connect(self._on_requested)
        card.import_requested.connect(self._on_requested)
        card.stop_requested.connect(self._on_stop_requested)
        card.folder_wanted.connect(self._on_folder_wanted)
        card.deletion_requested.connect(self._on_requested)
        return card

    def _lay_out(self) -> None:
        """Add everything in the order in which the Tab key should reach it."""
        self._column = build.column(self.samples, margins=(0, 0, theme.SPACING, 0), spacing=theme.MARGIN)
        self._scroll = FitScroll(build.panel(self._column), upright=True)
        layout = build.row((self._scroll, 1), on=self, margins=theme.MARGIN, spacing=theme.MARGIN - theme.SPACING)
        self._refresh(None)
        self._column.addWidget(self._import_card)
        self._column.addStretch(1)
        self._right = QStackedWidget()
        self._right.addWidget(self._gallery)
        self._right.addWidget(self.samples.browser)
        layout.addWidget(self._right, 1)
        for half in (self._scroll, self._right):
            half.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
            keep_width(half, 0, grows=True)

    @Slot(QWidget)
    def _on_notice_shown(self, where: QWidget) -> None:
        self._scroll.ensureWidgetVisible(where)

    @Slot(bool)
    def _on_browsing_changed(self, is_browsing: bool) -> None:
        self._right.setCurrentWidget(self.samples.browser if is_browsing else self._gallery)

    @Slot()
    def _on_shut_down_finished(self) -> None:
        self._shutting_down.discard(self.sender())
        if not self._shutting_down:
            self.shut_down_finished.emit()

    @Slot(object)
    def _on_requested(self, request: Request) -> None:
        self._jobs.start(request)

    @Slot(object)
    def _on_stop_requested(self, request: Request) -> None:
        self._jobs.stop(request)

    @Slot(str)
    def _on_folder_wanted(self, name: str) -> None:
        path = self._choose(self)
        if path is not None:
            self._take_folder(path, self._cards[name])

    @Slot()
    def _on_own_folder_wanted(self) -> None:
        path = self._choose(self)
        if path is not None:
            self._take_folder(path, self._import_card)

    @Slot()
    def _on_own_file_wanted(self) -> None:
        path = self._choose_file(self)
        if path is not None:
            self._take_folder(path, self._import_card)

    @Slot(object)
    def _on_progressed(self, progress: TransferProgress | Progress) -> None:
        if isinstance(progress, TransferProgress):
            self._cards[progress.request.name].show_progress(progress)
        else:
            name = progress.request.path.name
            sentence = self.tr("Reading {path}…").format(path=name)
            self._card_of(progress.request).status.show_progress(sentence, progress.share)

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        if isinstance(outcome.request, PicturesRequest):
            self._gallery.take(outcome)
            return
        if isinstance(outcome, Deleted | Restored):
            self._take_deletion(outcome)
            return
        card = self._card_of(outcome.request)
        if isinstance(outcome, Failed):
            card.show_failure(outcome.message)
        elif isinstance(outcome, Downloaded):
            card.show_done(self.tr("Downloaded and checked."))
            self._on_data_arrived(outcome.request.name)
        elif isinstance(outcome, Imported):
            card.show_done(self._notice(outcome.info))
            self._on_data_arrived(outcome.info.name)
        else:
            card.show_stopped()

    def _take_deletion(self, outcome: Deleted | Restored) -> None:
        notice = self._import_card.notice
        if isinstance(outcome, Restored):
            notice.hide()
            self._on_data_arrived(outcome.request.name)
            return
        self._deleted = outcome.request.name
        notice.say(self.tr("{title} was deleted.").format(title=outcome.request.title), undo=self._on_undo_requested)
        self._refresh(None)
        self._scroll.ensureWidgetVisible(self._import_card)
        Changes.of(self).data_changed.emit()

    @Slot()
    def _on_undo_requested(self) -> None:
        self._jobs.start(RestoreRequest(self._deleted))

    def _on_data_arrived(self, name: str) -> None:
        self._refresh((name, Variant.FULL))
        Changes.of(self).data_changed.emit()

    def _card_of(self, request: Request) -> DatasetCard | ImportCard:
        name = request.card if isinstance(request, ImportRequest) else request.name
        return self._cards.get(name, self._import_card)

    def _notice(self, info: ImportedInfo) -> str:
        sentence = self.tr("Imported as {title}: {train} pictures to train with, {test} to test.")
        said = sentence.format(title=info.title, train=f"{info.train_count:,}", test=f"{info.test_count:,}")
        return f"{said} {self.tr(info.note)}".strip()
