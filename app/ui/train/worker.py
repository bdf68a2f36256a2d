"""The training thread, which owns every Keras call: what is done in it, and how the window reaches it."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from app.core.config.config import TrainingConfig
from app.core.datasets.types import Dataset
from app.core.errors import InputError, StudioError
from app.core.quiet import load_tensorflow
from app.core.runs.events import BatchesDone, EndReason, Event, ModelSaved, ProbePredicted, RunEnded, RunPreparing
from app.core.runs.snapshots import USUAL_ROOM, FilmRoom, Moment
from app.core.training.control import Probe, RunControl
from app.ui.common.tasks import WorkerThread

if TYPE_CHECKING:
    from app.core.training.trainer import TrainedNetwork

INTERVAL_S = 0.05
"""Of frequent events, the newest goes to the window so often."""
SAMPLE = 500
"""Training images that a preview chooses from."""
STACK_BYTES = 16 * 2**20
"""macOS gives threads 512 KB, which TensorFlow outgrows."""

Loader = Callable[[str, str], Dataset]

_log = logging.getLogger(__name__)


class TrainingThread(WorkerThread):
    """One run at a time; the thread begins when it is first needed."""

    event_emitted = Signal(object)
    classes_loaded = Signal(object)  # tuple[str, ...]: the names of the classes of the data of the run
    previewed = Signal(object)  # images (rows, columns, 28, 28) uint8, or a sentence why there are none
    keep_failed = Signal(str)
    prepared = Signal()  # TensorFlow is loaded

    def __init__(self, load: Loader, parent: QObject | None = None) -> None:
        super().__init__("training", parent, STACK_BYTES)
        self._worker = TrainingWorker(load, self.event_emitted.emit, self.classes_loaded.emit)
        self._control: RunControl | None = None
        self._probe: Probe | None = None
        self._gives_way = False
        self.event_emitted.connect(self._on_event_emitted)

    @property
    def is_running(self) -> bool:
        """True from `start` until the run's RunEnded has arrived."""
        return self._control is not None

    @property
    def is_paused(self) -> bool:
        """True while the run was asked to wait."""
        return self._control is not None and self._control.is_paused

    def prepare(self) -> None:
        """Load TensorFlow in the thread, so that the first run starts at once; it also says what goes wrong here."""
        self.call(_import_runs, lambda _: self.prepared.emit())

    def start(
        self,
        config: TrainingConfig,
        name: str | None,
        paused: bool = False,
        resume: int | None = None,
        film_room: FilmRoom = USUAL_ROOM,
    ) -> None:
        """Begin a run, or take up the run `resume` of the history. Nothing happens while another one is under way.

        A run that begins `paused` waits before its first batch. Its snapshots may take `film_room`.
        """
        if self.is_running:
            return
        self._control = RunControl(paused)
        self._control.show(self._probe)
        self._control.give_way(self._gives_way)
        self.call(partial(self._worker.run, config, name, self._control, resume, film_room))

    def step(self) -> None:
        """Let a paused run train one batch and wait again."""
        if self._control is not None:
            self._control.step()

    def preview(self, config: TrainingConfig, number: int) -> None:
        """Vary some training images as `config` does, other ones for another `number`.

        `previewed` brings them once the thread has time for it.
        """
        self.call(partial(self._worker.preview, config, number), self.previewed.emit, self.previewed.emit)

    def pause(self) -> None:
        """Let the run wait."""
        if self._control is not None:
            self._control.pause()

    def resume(self) -> None:
        """Let the run go on."""
        if self._control is not None:
            self._control.resume()

    def stop(self) -> None:
        """End the run after the batches under way."""
        if self._control is not None:
            self._control.stop()

    def keep(self, name: str) -> None:
        """Save what a stopped run has learned, under `name` or, if that is empty, a name made from the recipe's."""
        self.call(partial(self._worker.keep, name), failed=self.keep_failed.emit)

    def keep_moment(self, run: int, moment: Moment, done: Callable[[str], None], failed: Callable[[str], None]) -> None:
        """Save what a run of the history was at a moment as a model; `done` is called with its name."""
        self.call(partial(_keep_moment, run, moment), done, failed)

    def discard(self) -> None:
        """Forget what a stopped run has learned."""
        self.call(self._worker.discard)

    def show_input(self, probe: Probe | None) -> None:
        """Set the image that the run, and every later one, re-reads while it learns."""
        self._probe = probe
        if self._control is not None:
            self._control.show(probe)

    def give_way(self, gives_way: bool) -> None:
        """Let the run leave the processor to a user who draws."""
        self._gives_way = gives_way
        if self._control is not None:
            self._control.give_way(gives_way)

    def shut_down(self) -> None:
        """Stop whatever runs, and end the thread."""
        self.stop()
        super().shut_down()

    def finish(self) -> None:
        self._worker.discard()

    @Slot(object)
    def _on_event_emitted(self, event: Event) -> None:
        # The first that is connected: whoever hears of the end finds the thread free.
        if isinstance(event, RunEnded):
            self._control = None


class TrainingWorker:
    """What is done in the training thread, in the order asked. `emit` and `show_classes` are called in it, too."""

    def __init__(
        self, load: Loader, emit: Callable[[Event], None], show_classes: Callable[[Sequence[str]], None]
    ) -> None:
        self._load, self._emit, self._show_classes = load, emit, show_classes
        self._trained: TrainedNetwork | None = None
        self._is_saved = False
        self._sample: tuple[str, str, NDArray[np.uint8]] | None = None

    def run(
        self,
        config: TrainingConfig,
        name: str | None,
        control: RunControl,
        resume: int | None,
        film_room: FilmRoom = USUAL_ROOM,
    ) -> None:
        """Load the data and train; whatever goes wrong becomes a RunEnded.

        `control` is how the window reaches the run; `resume` is the run of the history that is taken up again.
        """
        emit = EventThrottle(self._forward)
        self._trained, self._is_saved = None, False
        try:
            self._trained = self._train(config, name, control, resume, emit, film_room=film_room)
        except StudioError as error:
            emit(_without_training(EndReason.FAILED, str(error)))
        except MemoryError:
            emit(_without_training(EndReason.FAILED, "Memory ran out; close other programs or choose less data."))
        except Exception as error:
            _log.exception("the run could not start")
            emit(_without_training(EndReason.FAILED, f"The run could not start ({type(error).__name__}: {error})."))

    def preview(self, config: TrainingConfig, number: int) -> NDArray[np.uint8]:
        """Training images (rows, columns, 28, 28), varied. Raises StudioError."""
        load_tensorflow()
        from app.core.training.augmentation import varied

        return varied(self._some_images(config), config, number)

    def keep(self, name: str) -> None:
        """Save the network of a run that did not. Raises StudioError."""
        if self._trained is None:
            raise InputError("There is no trained network to keep any more; train again.")
        _import_runs().keep(self._trained, self._forward, name or None)
        self._trained = None

    def discard(self) -> None:
        """Let go of the last run's network."""
        self._trained = None

    def _train(
        self,
        config: TrainingConfig,
        name: str | None,
        control: RunControl,
        resume: int | None,
        emit: Callable[[Event], None],
        *,
        film_room: FilmRoom,
    ) -> "TrainedNetwork | None":
        emit(RunPreparing("Loading TensorFlow"))
        runs = _import_runs()
        emit(RunPreparing("Loading the data"))
        if control.is_stopping:
            emit(_without_training(EndReason.STOPPED, "Stopped before the first batch."))
            return None
        dataset = self._load(config.dataset, config.data)
        self._show_classes(dataset.class_names)
        trained = runs.run(config, dataset, emit, control, name, resume=resume, film_room=film_room)
        return None if self._is_saved else trained

    def _some_images(self, config: TrainingConfig) -> NDArray[np.uint8]:
        """Training images of the config's data, kept for the next preview."""
        if self._sample is None or self._sample[:2] != (config.dataset, config.data):
            images = self._load(config.dataset, config.data).train.images[:SAMPLE].copy()
            self._sample = config.dataset, config.data, images
        return self._sample[2]

    def _forward(self, event: Event) -> None:
        self._is_saved = self._is_saved or isinstance(event, ModelSaved)
        self._emit(event)


def _import_runs() -> ModuleType:
    """Everything that trains, and TensorFlow with it."""
    load_tensorflow()
    from app.core.training import runs

    return runs


def _keep_moment(run: int, moment: Moment) -> str:
    load_tensorflow()
    from app.core.training.moments import keep_moment

    return keep_moment(run, moment).card.name


def _without_training(reason: EndReason, message: str) -> RunEnded:
    return RunEnded(reason, message, epochs_done=0, best_epoch=None, elapsed_s=0.0)


class EventThrottle:
    """Passes every event on, except that of each frequent kind only the newest goes through every `INTERVAL_S`.

    What was held back is passed on before the next event of any other kind, so order and last values are kept.
    """

    def __init__(self, send: Callable[[Event], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._send, self._clock = send, clock
        self._held: dict[type, Event] = {}
        self._sent_at: dict[type, float] = {}

    def __call__(self, event: Event) -> None:
        """Take in an event of the run."""
        if isinstance(event, BatchesDone | ProbePredicted):
            self._pass_or_hold(event)
        else:
            self._flush()
            self._send(event)

    def _pass_or_hold(self, event: Event) -> None:
        kind, now = type(event), self._clock()
        if now - self._sent_at.get(kind, -INTERVAL_S) < INTERVAL_S:
            self._held[kind] = event
            return
        self._held.pop(kind, None)
        self._sent_at[kind] = now
        self._send(event)

    def _flush(self) -> None:
        held, self._held = self._held, {}
        for event in held.values():
            self._send(event)
