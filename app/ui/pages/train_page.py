"""The Train page: a form, a run, its curves, and the person's drawing being learned.

The page only passes things on: what the person does to the training thread, and the thread's events to the widgets.
"""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.core.datasets.sources import load_dataset
from app.core.errors import StudioError
from app.core.models.config import TrainingConfig
from app.core.training.coach import advise
from app.core.training.control import Probe
from app.core.training.events import (
    BatchesDone,
    EpochDone,
    Event,
    ModelSaved,
    ProbePredicted,
    RunEnded,
    RunFinishing,
    RunPaused,
    RunPreparing,
    RunStarted,
)
from app.core.training.progress import Progress
from app.ui import theme
from app.ui.pages.train_buttons import dress
from app.ui.pages.train_stage import Stage, stage_after
from app.ui.widgets.card import Card
from app.ui.widgets.coach_card import CoachCard
from app.ui.widgets.column import column
from app.ui.widgets.epoch_table import EpochModel, EpochTable
from app.ui.widgets.live_drawing import LiveDrawing
from app.ui.widgets.run_progress import RunProgress
from app.ui.widgets.run_setup import RunSetup
from app.ui.workers.training_thread import TrainingThread
from app.ui.workers.training_worker import Loader

SETUP_WIDTH = 272
SIDE_WIDTH = 208


class TrainPage(QWidget):
    """One run at a time. Close it with `shut_down` and wait for `shut_down_finished`."""

    model_saved = Signal(str)
    status_changed = Signal(str)
    data_page_requested = Signal()
    recognize_page_requested = Signal()
    shut_down_finished = Signal()

    def __init__(self, load: Loader = load_dataset, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # pyqtgraph takes a third of a second to import: only whoever makes this page pays for it.
        from app.ui.widgets.curves import Curves

        self._thread = TrainingThread(load, self)
        self._stage, self._is_prepared = Stage.IDLE, False
        self._config: TrainingConfig | None = None
        self._started: RunStarted | None = None
        self._saved: ModelSaved | None = None
        self._classes = 10
        self._setup, self._progress, self._curves = RunSetup(), RunProgress(), Curves()
        self._epochs = EpochModel(self)
        self._live, self._coach = LiveDrawing(), CoachCard()
        self._lay_out()
        self._connect()
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
    def is_learning(self) -> bool:
        """True while batches are being trained."""
        return self._stage is Stage.TRAINING

    @property
    def live_answer(self) -> str:
        """What the network in training reads in the person's drawing now, or an empty text."""
        return self._live.answer

    @Slot(object)
    def show_input(self, probe: Probe | None) -> None:
        """Let the network in training re-read this, or nothing."""
        self._live.set_input(probe)
        self._thread.show_input(probe)

    @Slot(object)
    def show_preview(self, image: QImage | None) -> None:
        """Show what the person drew, or None for nothing."""
        self._live.set_image(image)

    @Slot()
    def refresh_data(self) -> None:
        """Look again at what data is on this machine."""
        self._setup.refresh_data()

    @Slot()
    def shut_down(self) -> None:
        """Stop cleanly without blocking; `shut_down_finished` tells when the thread is gone."""
        self._curves.finish()
        self._thread.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        """Load TensorFlow while the person still looks at the form."""
        super().showEvent(event)
        if not self._is_prepared:
            self._is_prepared = True
            self._thread.prepare()

    def _lay_out(self) -> None:
        table = Card("")
        table.body.addWidget(EpochTable(self._epochs))
        self._setup.setFixedWidth(SETUP_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.MARGIN] * 4)
        row.setSpacing(theme.MARGIN)
        row.addWidget(self._setup)
        row.addWidget(column([(self._progress, 0), (self._curves, 3), (table, 2)]), 1)
        side = column([(self._live, 3), (self._coach, 1)])
        side.setFixedWidth(SIDE_WIDTH)
        row.addWidget(side)

    def _connect(self) -> None:
        self._setup.train_requested.connect(self._on_train_requested)
        self._setup.pause_toggled.connect(self._on_pause_toggled)
        self._setup.stop_requested.connect(self.stop)
        self._setup.data_page_requested.connect(self.data_page_requested)
        self._live.recognize_page_requested.connect(self.recognize_page_requested)
        self._progress.keep_requested.connect(self._on_keep_requested)
        self._progress.discard_requested.connect(self.discard)
        self._thread.event_emitted.connect(self._on_event_emitted)
        self._thread.classes_loaded.connect(self._on_classes_loaded)
        self._thread.keep_failed.connect(self._on_keep_failed)
        self._thread.shut_down_finished.connect(self.shut_down_finished)

    def _set_stage(self, stage: Stage) -> None:
        self._stage = stage
        dress(self._setup, stage)

    def _clear(self) -> None:
        self._saved = self._started = None
        self._curves.clear()
        self._epochs.clear()
        self._live.forget()
        self._setup.show_error("")
        self._setup.show_facts("")

    @Slot()
    def _on_train_requested(self) -> None:
        try:
            config, name = self._setup.config(), self._setup.new_name()
        except StudioError as error:
            self._setup.show_error(str(error))
            return
        self.train(config, name)

    def train(self, config: TrainingConfig, name: str | None) -> None:
        """Begin a run of `config`, whatever the form says.

        Nothing happens while another one is under way, or its network waits to be kept or discarded.
        """
        if self._stage is not Stage.IDLE:
            return
        self._clear()
        self._config = config
        self._set_stage(Stage.PREPARING)
        self._progress.show_waiting(self.tr("Loading TensorFlow"))
        self._coach.show_welcome()
        self._thread.start(config, name)

    @Slot()
    def _on_pause_toggled(self) -> None:
        if self._thread.is_paused:
            self._thread.resume()
        else:
            self._thread.pause()

    @Slot()
    def stop(self) -> None:
        """End the run after the batches under way."""
        if not self._stage.is_stoppable:
            return
        self._set_stage(Stage.STOPPING)
        self._progress.show_waiting(self.tr("Stopping"))
        self._thread.stop()

    @Slot()
    def _on_keep_requested(self) -> None:
        try:
            name = self._setup.new_name()
        except StudioError as error:
            self._setup.show_error(str(error))
            return
        self._set_stage(Stage.KEEPING)
        self._progress.show_waiting(self.tr("Saving the model"))
        self._thread.keep(name or "")

    @Slot()
    def discard(self) -> None:
        """Forget what a stopped run has learned."""
        if self._stage is not Stage.UNDECIDED:
            return
        self._thread.discard()
        self._progress.show_discarded()
        self._set_stage(Stage.IDLE)

    @Slot(str)
    def _on_keep_failed(self, problem: str) -> None:
        self._set_stage(Stage.UNDECIDED)
        self._progress.show_not_kept(problem)

    @Slot(object)
    def _on_classes_loaded(self, names: Sequence[str]) -> None:
        self._classes = len(names)
        self._live.set_classes(names)

    @Slot(object)
    def _on_event_emitted(self, event: Event) -> None:
        stage = stage_after(self._stage, event, has_started=self._started is not None)
        if stage is not self._stage:
            self._set_stage(stage)
        self._show(event)

    def _show(self, event: Event) -> None:
        match event:
            case RunPreparing() if self._stage is Stage.PREPARING:
                self._progress.show_waiting(self.tr(event.message))
            case RunStarted():
                self._show_started(event)
            case BatchesDone():
                self._show_batches(event)
            case ProbePredicted():
                self._live.show_prediction(event)
            case EpochDone():
                self._show_epoch(event)
            case RunPaused() if self._stage is Stage.PAUSED:
                self._progress.show_paused(self.tr("Resume goes on with the next batch"))
            case RunFinishing():
                self._progress.show_waiting(self.tr(event.message))
            case ModelSaved():
                self._show_saved(event)
            case RunEnded():
                self._show_ended(event)

    def _show_started(self, event: RunStarted) -> None:
        self._started = event
        self._curves.start(event.epochs)
        self._setup.show_facts(self.tr("{count} parameters").format(count=f"{event.parameters:,}"))
        self._coach.show_advice(advise((), self._config_of_run(), self._classes))
        counts = self.tr("{train} to train, {validation} to validate").format(
            train=f"{event.train_samples:,}", validation=f"{event.validation_samples:,}"
        )
        self.status_changed.emit(f"{event.data}  ·  {counts}")

    def _show_batches(self, event: BatchesDone) -> None:
        self._curves.add_batches(event)
        if self._started is not None and self._stage is Stage.TRAINING:
            self._progress.show_progress(Progress.after(event, self._started.epochs, self._epochs.epochs))

    def _show_epoch(self, event: EpochDone) -> None:
        self._curves.add_epoch(event)
        self._epochs.add(event)
        self._coach.show_advice(advise(self._epochs.epochs, self._config_of_run(), self._classes))

    def _show_saved(self, event: ModelSaved) -> None:
        self._saved = event
        self._setup.clear_name()
        self.model_saved.emit(event.model)
        if self._stage is Stage.KEEPING:
            self._set_stage(Stage.IDLE)
            self._progress.show_kept(event)

    def _show_ended(self, event: RunEnded) -> None:
        self._curves.finish()
        self._live.finish()
        self._progress.show_ended(event, self._saved)
        if self._stage is Stage.UNDECIDED:
            self._progress.offer_to_keep()

    def _config_of_run(self) -> TrainingConfig:
        return self._config if self._config is not None else self._setup.config()
