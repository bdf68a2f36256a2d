"""The page of searches: a plan to choose or to write, then its trials as they are trained.

It belongs to the Train page. The page only passes things on: plans to the search thread, and its news to the widgets.
"""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.config.config import TrainingConfig
from app.core.recipes import RECIPES
from app.core.search.outlook import as_begun
from app.core.search.plan import SearchPlan
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.layout import keep_width
from app.ui.common.messages import Messages
from app.ui.common.navigator import Navigator
from app.ui.common.page import Busy, Page, Unfinished
from app.ui.search.plans import Entry, SearchPlans
from app.ui.search.progress import SearchProgress
from app.ui.search.setup import SearchSetup
from app.ui.search.trials import SearchTrials
from app.ui.search.worker import MakeRunner, Prepared, SearchShown, SearchThread, search_runner
from app.ui.settings import Settings

PLANS_WIDTH = 288
_PLANNING, _TRIALS = 0, 1


class SearchPage(Page):
    """One search at a time."""

    def __init__(
        self,
        settings: Settings | None = None,
        parent: QWidget | None = None,
        *,
        make_runner: MakeRunner = search_runner,
    ) -> None:
        super().__init__(settings, parent)
        self._config = RECIPES[0].config
        self._is_training = False
        self._prepared: Prepared | None = None
        self._shown: SearchShown | None = None
        self._thread = SearchThread(make_runner, self)
        self.plans, self.setup = SearchPlans(), SearchSetup()
        self.progress, self.trials = SearchProgress(), SearchTrials()
        self.stack, self._hint = QStackedWidget(), build.label(name="shared_hint", role="muted")
        tip = self.tr("Back to the Train page; a running search continues")
        self.back = build.button(self.tr("‹ Back to one run"), name="back", kind="quiet", tip=tip)
        self._lay_out()
        self._connect()
        self.setup.space.restore(self.settings.varied)
        self.setup.space.changed.connect(self.settings_changed)
        self.plans.show_entries(self._config, ())

    @property
    def is_searching(self) -> bool:
        """True from the click on Start until the last worker has ended."""
        return self._thread.is_running

    @property
    def busy(self) -> Busy | None:
        return self.progress.busy if self.is_searching or self._shown is not None else None

    @property
    def unfinished(self) -> Unfinished:
        question = self.tr("A search is running. Stop it and close? It can go on after the next start.")
        return Unfinished(question if self.is_searching else "")

    def save_settings(self) -> None:
        self.settings.varied = self.setup.space.kept

    def show_busy_beside(self, busy: Busy | None) -> None:
        self._is_training = busy is not None
        self._show_hint()

    def vary(self, config: TrainingConfig) -> None:
        """Offer to vary this recipe. A search under way stays in sight."""
        self._config = config
        self.plans.show_entries(config, self._prepared.studies if self._prepared else ())
        if not self.is_searching:
            self._show_plans()

    def refresh_data(self) -> None:
        """Look again at what data is on this computer."""
        self.setup.refresh_data()

    @Slot()
    def stop(self) -> None:
        """Give the trials under way back; the search can go on later."""
        self._thread.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Load what searches need while the user still looks at the plans."""
        super().showEvent(event)
        self._show_hint()
        if not self.is_searching:
            self._thread.prepare()
        if self.stack.currentIndex() == _PLANNING:
            self.plans.setFocus()

    def _lay_out(self) -> None:
        card = Card(self.tr("What to try"))
        card.body.addWidget(self.plans, 1)
        keep_width(card, PLANS_WIDTH)
        planning = build.panel(build.row(card, (self.setup, 1), spacing=theme.MARGIN))
        running = build.panel(build.column(self.progress, (self.trials, 1), spacing=theme.MARGIN))
        self.stack.insertWidget(_PLANNING, planning)
        self.stack.insertWidget(_TRIALS, running)
        build.column(
            build.row(self.back, build.STRETCH, self._hint),
            (self.stack, 1),
            on=self,
            margins=(theme.MARGIN, theme.SPACING, theme.MARGIN, theme.MARGIN),
        )

    def _connect(self) -> None:
        self.back.clicked.connect(self._on_back)
        self.plans.chosen.connect(self._on_entry_chosen)
        self.setup.start_requested.connect(self._on_start_requested)
        self.setup.look_requested.connect(self._thread.look_at)
        self.progress.stop.clicked.connect(self.stop)
        self.progress.go_on.clicked.connect(self._on_go_on)
        self.progress.plans.clicked.connect(self._on_plans_requested)
        self.progress.use_best.clicked.connect(self._on_use_best)
        self.progress.train_best.clicked.connect(self._on_train_best)
        self._thread.prepared.connect(self._on_prepared)
        self._thread.shown.connect(self._on_shown)
        self._thread.model_published.connect(self._on_published)
        self._thread.failed.connect(self._on_failed)
        self._thread.refused.connect(self._on_refused)

    def _show_plans(self) -> None:
        self.stack.setCurrentIndex(_PLANNING)
        self.plans.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_hint(self) -> None:
        shares = self.is_searching and self._is_training
        self._hint.setText(
            self.tr("A run on the Train page shares the processor with this search: both take longer.")
            if shares
            else ""
        )

    @Slot()
    def _on_back(self) -> None:
        Navigator.of(self).show("train")

    @Slot(str)
    def _on_published(self, model: str) -> None:
        Navigator.of(self).use_model(model)

    @Slot(object)
    def _on_entry_chosen(self, entry: Entry) -> None:
        self.setup.show_entry(entry)

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self.plans.show_entries(self._config, prepared.studies)
        self.setup.set_studies(prepared.studies, prepared.cores)

    @Slot(object, int)
    def _on_start_requested(self, plan: SearchPlan, workers: int) -> None:
        self.start(plan, workers)

    @Slot()
    def _on_go_on(self) -> None:
        if self._shown is not None:
            self.start(self._shown.plan, int(self.setup.options.workers.value()))

    def start(self, plan: SearchPlan, workers: int) -> None:
        """Begin a search, or go on with it; nothing happens while one is under way."""
        if self.is_searching:
            return
        self.progress.show_waiting(plan.name)
        if self._shown is None or self._shown.plan != plan:
            self._shown = None
            self.trials.show_status(plan, as_begun(plan))
        self.setFocus()  # or hiding the button that was clicked would pass the keyboard on to anybody
        self.stack.setCurrentIndex(_TRIALS)
        self.progress.stop.setFocus()
        self._thread.start(plan, workers)
        self._show_hint()
        self.busy_changed.emit()

    @Slot()
    def _on_plans_requested(self) -> None:
        self._thread.prepare()
        self._show_plans()

    @Slot()
    def _on_use_best(self) -> None:
        if self._shown is not None:
            self._thread.publish_best(self._shown)

    @Slot()
    def _on_train_best(self) -> None:
        config = self.trials.best_config
        if config is not None:
            Navigator.of(self).train(config)

    @Slot(object)
    def _on_shown(self, shown: SearchShown) -> None:
        was_running = self._shown is not None and self._shown.status.is_running
        self._shown = shown
        status = shown.status
        self.progress.show_status(shown.plan, status, shown.has_model)
        self.trials.show_status(shown.plan, status, shown.importances)
        self.stack.setCurrentIndex(_TRIALS)
        self._show_hint()
        self.busy_changed.emit()
        if status.is_running or was_running:
            words = self.tr("Search {study}: {done} of {total} done")
            Messages.of(self).status(words.format(study=status.study, done=status.done, total=status.total))

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        """A study could not be opened, or the database does not answer just now."""
        if self._prepared is None:
            self.setup.set_busy(sentence)
        Messages.of(self).error(sentence)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        """The search could not begin: go back to where it was asked for."""
        if self._shown is None:
            self._show_plans()
        else:
            self._on_shown(self._shown)
        self.busy_changed.emit()
        Messages.of(self).error(sentence)
