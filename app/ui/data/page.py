"""The Data page: which sets are here, how to get more, and what their pictures look like."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from app.core.datasets.choices import chosen_together
from app.core.datasets.importing import restore_own_set
from app.core.datasets.registry import DATASETS
from app.core.datasets.samples.sets import sample_set_names
from app.core.datasets.sources import own_names
from app.core.datasets.types import DatasetSpec, Variant
from app.core.errors import InputError
from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.common import build
from app.ui.common.choices import SetSummary, summarise
from app.ui.common.folder_drops import DropTarget, FolderDrops
from app.ui.common.layout import FitScroll, keep_width
from app.ui.common.messages import Messages
from app.ui.common.page import Page
from app.ui.common.tasks import Tasks
from app.ui.common.window_object import Changes
from app.ui.data.dataset_card import DatasetCard
from app.ui.data.gallery import Gallery, GalleryChoice, ImageSource
from app.ui.data.import_card import ImportCard
from app.ui.data.sample_set_card import SampleSetCard
from app.ui.data.samples_panel import SampleInvitation, SamplesPanel
from app.ui.settings import Settings

Target = DatasetCard | SampleSetCard | SampleInvitation | ImportCard


class DataPage(Page):
    """A card for each set on the left, pictures on the right. A folder or file can be dropped anywhere."""

    def __init__(
        self,
        settings: Settings | None = None,
        parent: QWidget | None = None,
        *,
        specs: Mapping[str, DatasetSpec] = DATASETS,
    ) -> None:
        super().__init__(settings, parent)
        self._specs, self._tasks = specs, Tasks(self)
        self._cards: dict[str, DatasetCard] = {}
        self._summaries: list[SetSummary] = []
        self._is_browsing = False  # the samples of a set
        self._import_card = ImportCard(self._tasks, specs)
        self._gallery = Gallery(self._tasks, ImageSource(specs))
        self.samples = SamplesPanel(self._tasks)
        self._lay_out()
        FolderDrops(self, self._target_at).dropped.connect(self._on_dropped)
        self._import_card.data_arrived.connect(self._on_data_arrived)
        self.samples.browsing_changed.connect(self._on_browsing_changed)
        self._import_card.previewing_changed.connect(self._show_right)
        self._import_card.asked.connect(self._scroll_soon)
        self.samples.notice_shown.connect(self._scroll.ensureWidgetVisible)

    def enter(self, model: StoredModel | None) -> None:
        if model is not None:
            self.samples.reads_with = model.card.name

    def refresh(self) -> None:
        """Look again which sets are here."""
        self._refresh(None)
        self.samples.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Pictures are loaded when they are first looked at, not when the program starts."""
        super().showEvent(event)
        self.refresh()
        self._gallery.activate()

    def open_files(self, paths: Sequence[Path]) -> None:
        self._on_dropped(tuple(paths), self._import_card)

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
    def _on_dropped(self, paths: tuple[Path, ...], target: Target) -> None:
        try:
            target.import_from(*chosen_together(paths))
        except InputError as error:
            Messages.of(self).error(str(error))
            return
        if target is self._import_card:
            self._scroll.ensureWidgetVisible(target)

    def _refresh(self, chosen: tuple[str, str] | None) -> None:
        """Bring cards and gallery up to date; `chosen` is the edition to show the pictures of."""
        specs = self._specs
        names = (*specs, *(name for name in own_names() if name not in {*specs, *sample_set_names()}))
        self._summaries = [summarise(name, specs) for name in names]
        now = {summary.name: summary for summary in self._summaries}
        for name in [name for name, card in self._cards.items() if name not in now or card.has_other_names(now[name])]:
            card = self._cards.pop(name)
            build.remove(self._column, card)
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
        card = DatasetCard(summary, self._tasks, self._specs)
        card.data_arrived.connect(self._on_data_arrived)
        card.deleted.connect(self._on_deleted)
        card.renamed.connect(self._on_renamed)
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
        self._right.addWidget(self._import_card.pictures)
        layout.addWidget(self._right, 1)
        for half in (self._scroll, self._right):
            half.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
            keep_width(half, 0, grows=True)

    @Slot(bool)
    def _on_browsing_changed(self, is_browsing: bool) -> None:
        self._is_browsing = is_browsing
        self._show_right()

    @Slot()
    def _show_right(self) -> None:
        """Beside the cards: what would be imported, the samples that are looked at, or pictures of a set."""
        if self._import_card.is_previewing:
            self._right.setCurrentWidget(self._import_card.pictures)
            self._scroll_soon()
        else:
            self._right.setCurrentWidget(self.samples.browser if self._is_browsing else self._gallery)

    @Slot()
    def _scroll_soon(self) -> None:
        QTimer.singleShot(0, self._scroll_to_import)

    @Slot()
    def _scroll_to_import(self) -> None:
        """What was found is said at the top of the card, which has just grown."""
        self._scroll.fit()
        self._scroll.verticalScrollBar().setValue(self._import_card.y())

    @Slot(str)
    def _on_data_arrived(self, name: str) -> None:
        self._refresh((name, Variant.FULL))
        Changes.of(self).data_changed.emit()

    @Slot(str, str)
    def _on_deleted(self, name: str, title: str) -> None:
        said = self.tr("{title} was deleted.").format(title=title)
        self._import_card.notice.say(said, undo=partial(self._restore, name))
        self._refresh(None)
        self._scroll.ensureWidgetVisible(self._import_card)
        Changes.of(self).data_changed.emit()

    @Slot(str)
    def _on_renamed(self, name: str) -> None:
        self._on_data_arrived(name)
        self._cards[name].focus_names()

    def _restore(self, name: str) -> None:
        def done(_: None) -> None:
            self._import_card.notice.hide()
            self._on_data_arrived(name)

        failed = partial(self._import_card.status.show_failure, again=partial(self._restore, name))
        self._tasks.start(lambda _: restore_own_set(name), done, failed=failed, lane=self)
