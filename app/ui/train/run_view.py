"""What one sees of a run: how far it is, its curves, its epochs, the drawing being learned, and what it all means."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.core.config.config import TrainingConfig
from app.core.film.film import Frame
from app.core.recipes.changes import config_title
from app.core.recipes.reference import NO_NOTES, notes_beside
from app.core.runs.coach import Evidence
from app.core.runs.events import (
    BatchesDone,
    BatchStepped,
    CheckedUp,
    EndReason,
    EpochDone,
    Event,
    FineTuned,
    ModelSaved,
    ProbePredicted,
    RunEnded,
    RunFinishing,
    RunPaused,
    RunPreparing,
    RunResumed,
    RunStarted,
    RunTested,
    SnapshotTaken,
)
from app.core.runs.progress import Progress, epoch_position, share_done
from app.core.runs.records import RunRecord
from app.core.training.control import Probe
from app.ui import theme
from app.ui.common import build
from app.ui.common.coach.card import CoachCard
from app.ui.common.film.bar import FilmBar
from app.ui.common.film.export import moment_text
from app.ui.common.film.player import FilmPlayer
from app.ui.common.film.views import FilmViews
from app.ui.common.layout import FitScroll, keep_width
from app.ui.common.samples import before_after_words
from app.ui.common.text import notes_short, reported_accuracy
from app.ui.settings import Settings
from app.ui.train.details import EPOCHS, FILM, RunDetails
from app.ui.train.live_drawing import LiveDrawing
from app.ui.train.progress import AFTER_END, AFTER_STOP, NextStep, RunProgress
from app.ui.train.stage import Stage

SIDE_WIDTH = 208


class RunView(QWidget):
    """Shows one run at a time, event by event."""

    def __init__(self, settings: Settings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # pyqtgraph takes a third of a second to import: only whoever makes this view pays for it.
        from app.ui.train.curves import Curves

        self._config: TrainingConfig | None = None
        self._past: Sequence[EpochDone] = ()
        self._past_checkups: Sequence[CheckedUp] = ()
        self._started: RunStarted | None = None
        self._saved: ModelSaved | None = None
        self._tested: RunTested | None = None
        self._ended: RunEnded | None = None
        self._interrupted: int | None = None
        self._checkups: tuple[CheckedUp, ...] = ()
        self._classes = 10
        self.film = FilmPlayer(self)
        self.film_bar, views = FilmBar(self.film, settings or Settings(), tells_if_off=True), FilmViews(self.film)
        self.progress, self.curves, self.details = RunProgress(), Curves(), RunDetails(views)
        self.live, self.coach = LiveDrawing(), CoachCard()
        curves = build.column((self.curves, 1), self.film_bar)
        middle = build.column(self.progress, (curves, 3), (self.details, 2), spacing=theme.MARGIN)
        side = build.column((self.live, 3), (self.coach, 1), spacing=theme.MARGIN)
        left, right = (FitScroll(build.panel(layout), upright=True) for layout in (middle, side))
        keep_width(right, SIDE_WIDTH)
        build.row((left, 1), right, on=self, spacing=theme.MARGIN)
        self.film.opened.connect(self._on_film_opened)
        self.film.moved.connect(self._on_film_moved)
        self.film.framed.connect(self._on_film_framed)
        self.film.ribbon_changed.connect(self._show_ribbon)
        self.live.ribbon.clicked.connect(self._on_ribbon_clicked)

    @property
    def epochs(self) -> tuple[EpochDone, ...]:
        """The epochs that are shown."""
        return self.details.epochs.epochs

    @property
    def model(self) -> str:
        """The model that the run left, or an empty text."""
        return self._saved.model if self._saved is not None else ""

    @property
    def run(self) -> int | None:
        """The number in the history of the run that is over, None before its end."""
        return self._ended.run if self._ended is not None else self._interrupted

    @property
    def has_started(self) -> bool:
        """True from the run's RunStarted on."""
        return self._started is not None

    @property
    def dataset(self) -> str:
        """The set of the run that is shown, or an empty text."""
        return self._config.dataset if self._config is not None else ""

    def begin(self, config: TrainingConfig, past: Sequence[EpochDone] = (), checkups: Sequence[CheckedUp] = ()) -> None:
        """Forget the last run and wait for one of `config`.

        `past` are the epochs of a run that is taken up again, `checkups` what was measured for the coach meanwhile.
        """
        self._config, self._past, self._past_checkups = config, past, checkups
        self._started = self._saved = self._tested = self._ended = self._interrupted = None
        self._checkups = ()
        self.curves.clear()
        self.curves.expect(True)
        self.curves.set_subject(config_title(config))
        earlier = self.curves.compare.run
        if earlier is not None and earlier.dataset != config.dataset:
            self.curves.compare.choose(None)
        self.curves.set_reference(reported_accuracy(notes_beside(config).reported))
        self.details.clear()
        self.live.forget()
        self.film_bar.expect(0)
        self.film.open(None, is_live=True)
        self.film.set_epochs(())
        self.progress.show_waiting(self.tr("Loading TensorFlow"))
        self.coach.show_welcome()

    def show_interrupted(self, run: RunRecord) -> None:
        """Offer to take up a run of an earlier time, in the middle of which the program ended."""
        self._interrupted = run.id
        self.progress.show_interrupted(run)

    def set_classes(self, names: Sequence[str]) -> None:
        """Name the classes that the run learns."""
        self._classes = len(names)
        self.live.set_classes(names)

    def set_input(self, probe: Probe | None) -> None:
        """Another drawing is re-read."""
        self.live.set_input(probe)
        self.film.set_drawing(probe)

    def set_preview(self, image: QImage | None) -> None:
        """The drawing, or None for nothing."""
        self.live.set_image(image)

    def show_event(self, event: Event, stage: Stage) -> None:
        """Show what happened; `stage` is where that leads."""
        match event:
            case RunPreparing() if stage is Stage.PREPARING:
                self.progress.show_waiting(self.tr(event.message))
            case RunStarted():
                self._show_started(event)
            case BatchesDone():
                self._show_batches(event, stage)
            case BatchStepped():
                self._show_step(event)
            case ProbePredicted():
                self.live.show_prediction(event)
            case EpochDone():
                self._show_epoch(event)
            case CheckedUp():
                self._show_checkup(event)
            case SnapshotTaken():
                self._show_snapshot(event)
            case RunPaused() if stage is Stage.PAUSED:
                self._show_paused()
            case RunResumed():
                self.details.turn_to(EPOCHS)
            case _:
                self._show_closing(event, stage)

    def _show_closing(self, event: Event, stage: Stage) -> None:
        """What comes after the last batch."""
        match event:
            case RunTested():
                self._tested = event
            case RunFinishing():
                self.progress.show_waiting(self.tr(event.message))
            case ModelSaved():
                self._show_saved(event, stage)
            case FineTuned():
                self.progress.show_comparison(before_after_words(event.found))
            case RunEnded():
                self._show_ended(event, stage)

    def _show_started(self, event: RunStarted) -> None:
        self._started = event
        self.film_bar.expect(event.parameters)
        self.curves.start(event.epochs)
        for epoch in self._past:
            if epoch.epoch < event.first_epoch:
                self.curves.add_epoch(epoch)
                self.details.epochs.add(epoch)
        self._checkups = tuple(found for found in self._past_checkups if found.epoch < event.first_epoch)
        self.film.set_epochs(self.epochs)
        self._advise()

    def _show_batches(self, event: BatchesDone, stage: Stage) -> None:
        self.curves.add_batches(event)
        if self._started is not None and stage is Stage.TRAINING:
            self.progress.show_progress(Progress.after(event, self._started.epochs, self.epochs))

    def _show_epoch(self, event: EpochDone) -> None:
        self.curves.add_epoch(event)
        self.details.epochs.add(event)
        self.film.set_epochs(self.epochs)
        self._advise()

    def _show_checkup(self, event: CheckedUp) -> None:
        self._checkups = (*self._checkups, event)
        if not event.epoch:
            self._advise()  # that of an epoch comes just before the epoch itself

    def _show_snapshot(self, event: SnapshotTaken) -> None:
        if self.film.film is None or self.film.film.run != event.run:
            self.film.open(event.run, is_live=True)
        else:
            self.film.look_again()

    @Slot()
    def _on_film_opened(self) -> None:
        self.details.offer_film(bool(self.film.moments))

    @Slot()
    def _on_film_moved(self) -> None:
        """Another moment, or the present again."""
        self.curves.hold(self.film.position)
        if self.film.is_travelling:
            self.details.turn_to(FILM)
            self._show_ribbon()
        else:
            self.live.show_now()

    @Slot(object)
    def _on_film_framed(self, frame: Frame) -> None:
        """A moment as it was, or, when the run is over, the last one with another drawing."""
        if self.film.is_travelling or self._ended is not None:
            self.live.show_moment(frame.probabilities, moment_text(frame.moment))

    @Slot()
    def _show_ribbon(self) -> None:
        if self.film.is_travelling or (self._ended is not None and self.film.ribbon is not None):
            self.live.ribbon.show_readings(self.film.ribbon, self.film.number)

    @Slot(int)
    def _on_ribbon_clicked(self, number: int) -> None:
        if self.film.ribbon is not None and self.live.ribbon.columns == len(self.film.moments):
            self.film.go_to_number(number)

    def _show_paused(self) -> None:
        if self._config is not None and self._config.engine == "gradient_tape":
            self.progress.show_paused(self.tr("Step trains one batch, Resume continues"))
            self.details.offer_steps()
        else:
            self.progress.show_paused(self.tr("Resume continues with the next batch"))

    def _show_step(self, event: BatchStepped) -> None:
        self.details.show_step(event)
        if self._started is not None:
            batches = self._started.batches_per_epoch
            words = self.tr("epoch {epoch}, batch {batch} of {batches}")
            place = epoch_position(event.epoch, event.batch, batches)
            self.progress.show_paused(
                words.format(epoch=event.epoch, batch=event.batch, batches=batches),
                share_done(place, self._started.epochs),
            )

    def _show_saved(self, event: ModelSaved, stage: Stage) -> None:
        self._saved = event
        if stage is Stage.KEEPING:
            self.progress.show_kept(event)
            self._offer_steps(AFTER_END)

    def _show_ended(self, event: RunEnded, stage: Stage) -> None:
        self.curves.finish()
        self.live.finish()
        self.film.end(event.weights_epoch)
        notes = notes_beside(self._config) if self._config is not None else NO_NOTES
        self.progress.show_ended(event, self._saved, notes_short(notes))
        self._ended = event
        self._advise()
        if stage is Stage.UNDECIDED:
            self._offer_steps(AFTER_STOP, self._why_not_go_on(event), is_new=not event.epochs_done)
        elif self._saved is not None:
            self._offer_steps(AFTER_END)
        elif event.run is not None:
            self._offer_steps((NextStep.SHOW_RUN,))

    def _offer_steps(
        self, steps: tuple[NextStep, ...], why_not: Mapping[NextStep, str] | None = None, is_new: bool = False
    ) -> None:
        """Show what can be done next; the keyboard goes there if it waited for the run to end."""
        lost = self.tr("This run is not in the history")
        reasons = {} if self.run is not None else {NextStep.COMPARE: lost, NextStep.SHOW_RUN: lost}
        self.progress.steps.offer(steps, {**reasons, **(why_not or {})}, is_new=is_new)
        if self.progress.hasFocus():
            self.progress.steps.take_focus()

    def _why_not_go_on(self, event: RunEnded) -> dict[NextStep, str]:
        if event.reason is EndReason.FAILED:
            return {NextStep.GO_ON: self.tr("The run is done; only saving it failed")}
        if event.run is None:
            return {NextStep.GO_ON: self.tr("This run is not in the history")}
        return {}

    def _advise(self) -> None:
        if self._config is None:
            return
        evidence = Evidence(
            self._config, self.epochs, self._checkups, classes=self._classes, tested=self._tested, ended=self._ended
        )
        if self._started is not None:
            facts, checked_with = self._started.data_facts, self._started.validation_samples
            evidence = replace(evidence, data=facts, checked_with=checked_with)
        self.coach.advice.show_run(evidence)
