"""The Train page: a form, a run, its curves, and the user's drawing being learned.

The page only passes things on: what the user does to the training thread, and the thread's events to the widgets.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.core.config.config import TrainingConfig
from app.core.datasets.sources import load_dataset
from app.core.errors import StudioError
from app.core.graphics import cards_in_use
from app.core.lessons.happenings import Action, Deed
from app.core.runs.comparison import run_before
from app.core.runs.events import BatchStepped, CheckedUp, EpochDone, Event, ModelSaved, RunEnded, RunStarted
from app.core.runs.history import RunHistory
from app.core.runs.records import RunRecord, RunState
from app.core.runs.snapshots import Moment
from app.core.training.control import Probe
from app.ui import theme
from app.ui.common import build
from app.ui.common.layout import keep_width
from app.ui.common.messages import Messages
from app.ui.common.navigator import Navigator
from app.ui.common.page import Busy, Page, Unfinished
from app.ui.common.window_object import Changes, Happenings
from app.ui.settings import Settings
from app.ui.train.progress import NextStep
from app.ui.train.run_view import RunView
from app.ui.train.setup import STEP_KEY, RunSetup, SearchNotice
from app.ui.train.stage import Stage, stage_after
from app.ui.train.worker import Loader, TrainingThread

# What the buttons and settings of the Train page offer in each stage of a run, and why the others wait.

translate = QCoreApplication.translate


def show_stage(setup: RunSetup, stage: Stage) -> None:
    """Enable what makes sense in `stage`; the tooltip of everything else says why it does not."""
    setup.set_locked(why_locked(stage))
    buttons, why_not = setup.buttons, _why_no_training(setup, stage)
    buttons.train.setEnabled(not why_not)
    buttons.train.setToolTip(why_not or translate("train_buttons", "Train a network with these settings"))
    buttons.pause.setEnabled(stage.is_pausable)
    buttons.pause.setText(
        translate("train_buttons", "Resume") if stage is Stage.PAUSED else translate("train_buttons", "Pause")
    )
    buttons.pause.setToolTip(_pause_words(stage))
    buttons.step.setEnabled(stage is Stage.PAUSED)
    buttons.step.setToolTip(_step_words(stage))
    buttons.stop.setEnabled(stage.is_stoppable)
    buttons.stop.setToolTip(
        translate("train_buttons", "End the run; what it has learned can be kept")
        if stage.is_stoppable
        else _why_not(stage)
    )


def why_locked(stage: Stage) -> str:
    """Why the settings cannot be changed in `stage`, or an empty text."""
    if stage.is_training:
        return translate("train_buttons", "A run is in progress; settings can be changed when it has ended")
    return (
        translate("train_buttons", "The model is being saved; settings can be changed in a moment")
        if stage.is_saving
        else ""
    )


def _why_no_training(setup: RunSetup, stage: Stage) -> str:
    if stage is Stage.UNDECIDED:
        return translate("train_buttons", "Keep or discard the stopped model first")
    return why_locked(stage) or setup.problem


def _pause_words(stage: Stage) -> str:
    if stage is Stage.PAUSED:
        return translate("train_buttons", "Continue with the next batch")
    return translate("train_buttons", "Pause the run") if stage.is_pausable else _why_not(stage)


def _step_words(stage: Stage) -> str:
    if stage is Stage.PAUSED:
        return translate("train_buttons", "Train one batch, then pause again (key {key})").format(key=STEP_KEY)
    if stage is Stage.TRAINING:
        return translate("train_buttons", "Pause the run first; then this trains one batch at a time")
    return _why_not(stage)


def _why_not(stage: Stage) -> str:
    reasons = {
        Stage.PREPARING: translate(
            "train_buttons", "The run is being prepared; it can be paused from its first batch on"
        ),
        Stage.STOPPING: translate("train_buttons", "The run is stopping already"),
        Stage.FINISHING: translate("train_buttons", "Training is done; the model is being tested and saved"),
        Stage.KEEPING: translate("train_buttons", "Training is done; the model is being tested and saved"),
        Stage.UNDECIDED: translate("train_buttons", "The run has stopped; keep or discard its model"),
    }
    return reasons.get(stage, translate("train_buttons", "Nothing is being trained"))


SETUP_WIDTH = 272
MOST_COMPARED = 20
"""Earlier runs that are offered to compare with; all others are on the Runs page."""


class TrainPage(Page):
    """One run at a time."""

    def __init__(
        self, settings: Settings | None = None, parent: QWidget | None = None, *, load: Loader = load_dataset
    ) -> None:
        super().__init__(settings, parent)
        self._thread = TrainingThread(load, self)
        self._stage, self._is_prepared = Stage.IDLE, False
        self._setup, self._view = RunSetup(), RunView(self.settings)
        keep_width(self._setup, SETUP_WIDTH)
        self.search_notice = SearchNotice()
        right = build.panel(build.column(self.search_notice, (self._view, 1), spacing=theme.MARGIN))
        self._row = build.row(self._setup, (right, 1), on=self)
        self._connect()
        self._setup.restore(self.settings.form, self.settings.new_name)
        self._setup.changed.connect(self.settings_changed)
        self._set_stage(Stage.IDLE)

    @property
    def is_training(self) -> bool:
        """True from the click on Train to the last batch: leaving now would lose what is being learned."""
        return self._stage.is_training

    @property
    def is_saving(self) -> bool:
        """True while a trained network is tested and saved, which ends by itself."""
        return self._stage.is_saving

    @property
    def has_undecided(self) -> bool:
        """True while a stopped run's network is neither kept nor discarded."""
        return self._stage is Stage.UNDECIDED

    @property
    def busy(self) -> Busy | None:
        return self._view.progress.busy

    @property
    def unfinished(self) -> Unfinished:
        if self.is_saving:
            return Unfinished(is_saving=True)
        if self.has_undecided:
            return Unfinished(self.tr("Keep the stopped model first?"), discards=True)
        return Unfinished(self.tr("A network is training. Stop it and close?") if self.is_training else "")

    def show_busy_beside(self, busy: Busy | None) -> None:
        self.search_notice.show_search(busy)

    @property
    def is_learning(self) -> bool:
        """True while batches are being trained."""
        return self._stage is Stage.TRAINING

    @property
    def live_answer(self) -> str:
        """What the network in training reads in the user's drawing now, or an empty text."""
        return self._view.live.answer

    @Slot(object)
    def show_input(self, probe: Probe | None) -> None:
        """Let the network in training re-read this, or nothing."""
        self._view.set_input(probe)
        self._thread.show_input(probe)

    @Slot(bool)
    def give_way(self, gives_way: bool) -> None:
        """Let a run leave the processor to a user who draws."""
        self._thread.give_way(gives_way)

    @Slot(object)
    def show_preview(self, image: QImage | None) -> None:
        """Show what the user drew, or None for nothing."""
        self._view.set_preview(image)

    def refresh_data(self) -> None:
        """Look again at what data is on this computer."""
        self._setup.refresh_data()

    def save_settings(self) -> None:
        self.settings.form, self.settings.new_name = self._setup.kept, self._setup.typed_name

    @Slot(object)
    def use_config(self, config: TrainingConfig) -> bool:
        """Put the settings of another run into the form. If they cannot be, as while a run is under way, say why."""
        locked = why_locked(self._stage)
        if locked:
            self._setup.show_error(locked)
            return False
        try:
            self._setup.show_config(config)
        except StudioError as error:
            self._setup.show_error(str(error))
            return False
        self._setup.buttons.train.setFocus(Qt.FocusReason.OtherFocusReason)  # what comes next
        return True

    @Slot(int)
    def resume(self, run: int) -> None:
        """Take up a stopped or interrupted run of the history where its last whole epoch ended."""
        if self._why_busy():
            self._setup.show_error(self._why_busy())
            return
        try:
            history = RunHistory()
            config, past, checkups = history.run(run).config, history.epochs(run), history.checkups(run)
            self._setup.show_config(config)
        except StudioError as error:
            self._setup.show_error(str(error))
            return
        self._begin(config, past, checkups)
        self._thread.start(config, None, resume=run, film_room=self.settings.film_room)

    def keep_moment(self, run: int, moment: Moment, starts: bool) -> None:
        """Save a moment of a run of the history as a model; `starts` puts it into the form as initial weights."""
        if busy := why_locked(self._stage):
            Messages.of(self).error(busy)
            return

        def done(name: str) -> None:
            Messages.of(self).notice(self.tr("Saved as “{model}”.").format(model=name))
            if starts:
                Navigator.of(self).fill_form(RunHistory().run(run).config.changed(initial_model=name))

        Messages.of(self).notice(self.tr("Saving and testing the network of that moment…"))
        self._thread.keep_moment(run, moment, done, Messages.of(self).error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards closer together in a small window."""
        margin = theme.page_margin(self.width())
        self._row.setContentsMargins(margin, margin, margin, margin)
        self._row.setSpacing(margin)
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Load TensorFlow while the user still looks at the form."""
        super().showEvent(event)
        if not self._is_prepared:
            self._is_prepared = True
            self._thread.prepare()
            self._offer_interrupted()

    @Slot()
    def _on_prepared(self) -> None:
        """Say at the bottom of the window that networks are not trained on the processor, if so."""
        if cards := cards_in_use():
            Messages.of(self).status(self.tr("Training on {cards}").format(cards=", ".join(cards)))

    def _offer_interrupted(self) -> None:
        """Offer to take up the last run, if the program ended in the middle of it; searches take up theirs."""
        try:
            newest = RunHistory().newest()
        except StudioError:
            return  # Runs tells of it
        is_own = newest is not None and newest.state is RunState.INTERRUPTED and not newest.study
        if newest is not None and is_own and self._stage is Stage.IDLE and not self._view.has_started:
            self._view.show_interrupted(newest)

    def _connect(self) -> None:
        self._thread.prepared.connect(self._on_prepared)
        buttons = self._setup.buttons
        buttons.train_clicked.connect(self._on_train_clicked)
        buttons.pause_clicked.connect(self._on_pause_clicked)
        buttons.step_clicked.connect(self._on_step_clicked)
        buttons.stop_clicked.connect(self.stop)
        self._setup.changed.connect(self._on_setup_changed)
        self._setup.preview.wanted.connect(self._on_preview_wanted)
        self._setup.search.clicked.connect(self._on_search_clicked)
        self._view.curves.compare.find_runs = self._earlier_runs
        self._view.curves.compare.read_epochs = self._epochs_of
        self._view.progress.steps.chosen.connect(self._on_step_chosen)
        self._view.coach.advice.config_wanted.connect(self._on_remedy_chosen)
        self._thread.event_emitted.connect(self._on_event_emitted)
        self._thread.classes_loaded.connect(self._on_classes_loaded)
        self._thread.previewed.connect(self._setup.preview.show_result)
        self._thread.keep_failed.connect(self._on_keep_failed)

    def _earlier_runs(self) -> Sequence[RunRecord]:
        """Those that the run on this page can be compared with."""
        try:
            return RunHistory().latest(self._view.dataset or self._setup.dataset, MOST_COMPARED)
        except StudioError as error:
            self._setup.show_error(str(error))
            return ()

    def _epochs_of(self, run: int) -> Sequence[EpochDone]:
        try:
            return RunHistory().epochs(run)
        except StudioError as error:
            self._setup.show_error(str(error))
            return ()

    def _set_stage(self, stage: Stage) -> None:
        self._stage = stage
        focused = self._setup.focusWidget()
        had_focus = focused is not None and focused.hasFocus()
        show_stage(self._setup, stage)
        self._view.coach.advice.set_locked(why_locked(stage))
        if had_focus and focused is not None and not focused.isEnabled():
            # Qt would hand the keyboard to whatever comes next, where Space might do anything.
            self._view.progress.setFocus(Qt.FocusReason.OtherFocusReason)
        self.busy_changed.emit()

    def _wanted(self) -> TrainingConfig | None:
        """What the form says, or None after saying what is wrong with it."""
        try:
            return self._setup.config()
        except StudioError as error:
            self._setup.show_error(str(error))
            return None

    @Slot()
    def _on_train_clicked(self) -> None:
        try:
            config, name = self._setup.config(), self._setup.new_name()
        except StudioError as error:
            self._setup.show_error(str(error))
            return
        self.train(config, name, self._setup.buttons.begins_paused)

    def train(self, config: TrainingConfig, name: str | None, paused: bool = False) -> None:
        """Begin a run of `config`, whatever the form says; `paused`, it waits before its first batch.

        Nothing happens while another one is under way, or its network waits to be kept or discarded.
        """
        if self._stage is not Stage.IDLE:
            return
        self._begin(config)
        self._thread.start(config, name, paused, film_room=self.settings.film_room)

    def _begin(
        self, config: TrainingConfig, past: Sequence[EpochDone] = (), checkups: Sequence[CheckedUp] = ()
    ) -> None:
        self._setup.show_error("")
        self._view.begin(config, past, checkups)
        self._set_stage(Stage.PREPARING)

    def _why_busy(self) -> str:
        """Why no run can be begun now, or an empty text."""
        if self._stage is Stage.UNDECIDED:
            return self.tr("Keep or discard the stopped model first.")
        return why_locked(self._stage)

    @Slot()
    def _on_pause_clicked(self) -> None:
        if self._thread.is_paused:
            self._thread.resume()
        else:
            self._thread.pause()

    @Slot()
    def _on_step_clicked(self) -> None:
        self._thread.step()

    @Slot()
    def stop(self) -> None:
        """End the run after the batches under way."""
        if not self._stage.is_stoppable:
            return
        self._set_stage(Stage.STOPPING)
        self._view.progress.show_waiting(self.tr("Stopping"))
        self._thread.stop()

    @Slot(object)
    def _on_step_chosen(self, step: NextStep) -> None:
        match step:
            case NextStep.GO_ON:
                self._go_on()
            case NextStep.KEEP:
                self._keep()
            case NextStep.DISCARD:
                self.discard()
            case NextStep.TRY_IT:
                Navigator.of(self).use_model(self._view.model)
            case NextStep.EVALUATE:
                Navigator.of(self).evaluate_model(self._view.model)
            case NextStep.COMPARE | NextStep.SHOW_RUN:
                self._show_in_runs(with_earlier=step is NextStep.COMPARE)

    def _show_in_runs(self, with_earlier: bool) -> None:
        run = self._view.run
        if run is None:
            return
        try:
            earlier = run_before(RunHistory().runs(), run) if with_earlier else None
        except StudioError as error:
            self._setup.show_error(str(error))
            return
        if with_earlier and earlier is None:
            self._setup.show_error(self.tr("There is no earlier run to compare with."))
            return
        Navigator.of(self).show_runs((run,) if earlier is None else (run, earlier))

    def _go_on(self) -> None:
        """Take a stopped run up again; what its last, unfinished epoch learned is trained anew."""
        run = self._view.run
        if run is not None and self._stage in {Stage.UNDECIDED, Stage.IDLE}:
            self._thread.discard()
            self._set_stage(Stage.IDLE)
            self.resume(run)

    def _keep(self) -> None:
        try:
            name = self._setup.new_name()
        except StudioError as error:
            self._setup.show_error(str(error))
            return
        self._set_stage(Stage.KEEPING)
        self._view.progress.show_waiting(self.tr("Saving the model"))
        self._thread.keep(name or "")

    @Slot()
    def discard(self) -> None:
        """Forget what a stopped run has learned."""
        if self._stage is not Stage.UNDECIDED:
            return
        self._thread.discard()
        self._view.progress.show_discarded()
        if self._view.run is not None:
            self._view.progress.steps.offer((NextStep.SHOW_RUN,))
        self._set_stage(Stage.IDLE)

    @Slot(object)
    def _on_remedy_chosen(self, change: Callable[[TrainingConfig], TrainingConfig]) -> None:
        """Make a change that the coach advises, beside what was changed since the run."""
        config = self._wanted()
        if config is not None:
            self.use_config(change(config))

    @Slot(str)
    def _on_keep_failed(self, problem: str) -> None:
        self._set_stage(Stage.UNDECIDED)
        self._view.progress.show_not_kept(problem)

    @Slot()
    def _on_setup_changed(self) -> None:
        self._set_stage(self._stage)

    @Slot(int)
    def _on_preview_wanted(self, number: int) -> None:
        config = self._wanted()
        if config is not None and config.augments:
            self._thread.preview(config, number)
        else:
            self._setup.preview.show_nothing()

    @Slot()
    def _on_search_clicked(self) -> None:
        config = self._wanted()
        if config is not None:
            Navigator.of(self).search(config)

    @Slot(object)
    def _on_classes_loaded(self, names: Sequence[str]) -> None:
        self._view.set_classes(names)

    @Slot(object)
    def _on_event_emitted(self, event: Event) -> None:
        stage = stage_after(self._stage, event, has_started=self._view.has_started)
        if stage is not self._stage:
            self._set_stage(stage)
        self._view.show_event(event, stage)
        self.busy_changed.emit()
        if isinstance(event, RunStarted):
            self._show_counts(event)
            Happenings.of(self).happened.emit(Deed(Action.BEGAN_RUN))
        if isinstance(event, ModelSaved):
            self._on_saved(event)
            Happenings.of(self).happened.emit(Deed(Action.TRAINED))
        if isinstance(event, BatchStepped):
            Happenings.of(self).happened.emit(Deed(Action.STEPPED))
        if isinstance(event, ModelSaved | RunEnded):
            Changes.of(self).runs_changed.emit()

    def _show_counts(self, event: RunStarted) -> None:
        counts = self.tr("{train} to train, {validation} to validate").format(
            train=f"{event.train_samples:,}", validation=f"{event.validation_samples:,}"
        )
        Messages.of(self).status(f"{event.data}  ·  {counts}")

    def _on_saved(self, event: ModelSaved) -> None:
        self._setup.clear_name()
        Navigator.of(self).model_trained(event.model)
        if self._stage is Stage.KEEPING:
            self._set_stage(Stage.IDLE)
