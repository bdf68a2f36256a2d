"""The object that lives in the training thread and owns every Keras call."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.core.config.config import TrainingConfig
from app.core.datasets.types import Dataset
from app.core.errors import InputError, StudioError
from app.core.quiet import load_tensorflow
from app.core.runs.events import BatchesDone, EndReason, Event, ModelSaved, ProbePredicted, RunEnded, RunPreparing
from app.core.training.control import Probe, RunControl
from app.ui.common.tasks import PythonThread

if TYPE_CHECKING:
    from app.core.training.trainer import TrainedNetwork


# Which events of a run go to the window at once, and which may be overtaken by a newer one. Knows no Qt.

INTERVAL_S = 0.05


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


Loader = Callable[[str, str], Dataset]

SAMPLE = 500
"""Training pictures that a preview chooses from."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunRequest:
    """One run to do: `control` is how the window reaches it once it is under way.

    `resume` is the run of the history that is taken up again, None for a new one.
    """

    config: TrainingConfig
    name: str | None
    control: RunControl
    resume: int | None = None


@dataclass(frozen=True)
class PreviewRequest:
    """Training pictures to vary as `config` does. Another `number` asks for other pictures."""

    config: TrainingConfig
    number: int


class TrainingWorker(QObject):
    """Does one thing at a time, in the order asked. Its slots must only be reached through queued signals."""

    event_emitted = Signal(object)
    classes_loaded = Signal(object)  # tuple[str, ...]: the names of the classes of the data of the run
    prepared = Signal()
    previewed = Signal(object)  # pictures (rows, columns, 28, 28) uint8, or a sentence why there are none
    keep_failed = Signal(str)

    def __init__(self, load: Loader) -> None:
        super().__init__()
        self._load = load
        self._trained: TrainedNetwork | None = None
        self._is_saved = False
        self._sample: tuple[str, str, NDArray[np.uint8]] | None = None

    @Slot()
    def prepare(self) -> None:
        """Load TensorFlow before it is needed."""
        try:
            _import_runs()
        except Exception:
            # The first run meets the same trouble and has a place to say so.
            _log.exception("TensorFlow could not be loaded")
        self.prepared.emit()

    @Slot(object)
    def run(self, request: RunRequest) -> None:
        """Load the data and train; whatever goes wrong becomes a RunEnded."""
        emit = EventThrottle(self._forward)
        self._trained, self._is_saved = None, False
        try:
            self._trained = self._train(request, emit)
        except StudioError as error:
            emit(_without_training(EndReason.FAILED, str(error)))
        except MemoryError:
            emit(_without_training(EndReason.FAILED, "Memory ran out; close other programs or choose less data."))
        except Exception as error:
            _log.exception("the run could not start")
            emit(_without_training(EndReason.FAILED, f"The run could not start ({type(error).__name__}: {error})."))

    @Slot(object)
    def preview(self, request: PreviewRequest) -> None:
        """Vary some training pictures."""
        try:
            load_tensorflow()
            from app.core.training.augmentation import varied

            self.previewed.emit(varied(self._some_images(request.config), request.config, request.number))
        except StudioError as error:
            self.previewed.emit(str(error))
        except Exception as error:
            _log.exception("the pictures could not be varied")
            self.previewed.emit(f"The pictures could not be varied ({type(error).__name__}: {error}).")

    @Slot(str)
    def keep(self, name: str) -> None:
        """Save the network of a run that did not, under `name` or, if that is empty, a name made from the recipe's."""
        try:
            if self._trained is None:
                raise InputError("There is no trained network to keep any more; train again.")
            _import_runs().keep(self._trained, self._forward, name or None)
        except StudioError as error:
            self.keep_failed.emit(str(error))
        except Exception as error:
            _log.exception("the model could not be kept")
            self.keep_failed.emit(f"The model could not be saved ({type(error).__name__}: {error}).")
        else:
            self._trained = None

    @Slot()
    def discard(self) -> None:
        """Let go of the last run's network."""
        self._trained = None

    @Slot()
    def finish(self) -> None:
        """End the thread, once what was asked before is done."""
        self._trained = None
        QThread.currentThread().quit()

    def _train(self, request: RunRequest, emit: Callable[[Event], None]) -> "TrainedNetwork | None":
        emit(RunPreparing("Loading TensorFlow"))
        runs = _import_runs()
        emit(RunPreparing("Loading the data"))
        if request.control.is_stopping:
            emit(_without_training(EndReason.STOPPED, "Stopped before the first batch."))
            return None
        dataset = self._load(request.config.dataset, request.config.data)
        self.classes_loaded.emit(dataset.class_names)
        trained = runs.run(request.config, dataset, emit, request.control, request.name, resume=request.resume)
        return None if self._is_saved else trained

    def _some_images(self, config: TrainingConfig) -> NDArray[np.uint8]:
        """Training pictures of the config's data, kept for the next preview."""
        if self._sample is None or self._sample[:2] != (config.dataset, config.data):
            images = self._load(config.dataset, config.data).train.images[:SAMPLE].copy()
            self._sample = config.dataset, config.data, images
        return self._sample[2]

    def _forward(self, event: Event) -> None:
        self._is_saved = self._is_saved or isinstance(event, ModelSaved)
        self.event_emitted.emit(event)


def _import_runs() -> ModuleType:
    """Everything that trains, and TensorFlow with it."""
    load_tensorflow()
    from app.core.training import runs

    return runs


def _without_training(reason: EndReason, message: str) -> RunEnded:
    return RunEnded(reason, message, epochs_done=0, best_epoch=None, elapsed_s=0.0)


# The window's handle on training: starts the thread when first needed, and ends it without waiting.

STACK_BYTES = 16 * 2**20
"""macOS gives threads 512 KB, which TensorFlow outgrows."""


class TrainingThread(QObject):
    """Lives in the window's thread. One run at a time; the thread itself lives until `shut_down`."""

    event_emitted = Signal(object)
    classes_loaded = Signal(object)
    prepared = Signal()
    previewed = Signal(object)  # pictures, or a sentence why there are none
    keep_failed = Signal(str)
    shut_down_finished = Signal()

    _prepare_requested = Signal()
    _run_requested = Signal(object)
    _preview_requested = Signal(object)
    _keep_requested = Signal(str)
    _discard_requested = Signal()
    _finish_requested = Signal()

    def __init__(self, load: Loader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._load = load
        self._thread: QThread | None = None
        self._worker: TrainingWorker | None = None
        self._control: RunControl | None = None
        self._probe: Probe | None = None
        self._is_closing = self._gives_way = False

    @property
    def is_running(self) -> bool:
        """True from `start` until the run's RunEnded has arrived."""
        return self._control is not None

    @property
    def is_paused(self) -> bool:
        """True while the run was asked to wait."""
        return self._control is not None and self._control.is_paused

    def prepare(self) -> None:
        """Load TensorFlow in the thread, so that the first run starts at once."""
        self._ensure_thread()
        self._prepare_requested.emit()

    def start(self, config: TrainingConfig, name: str | None, paused: bool = False, resume: int | None = None) -> None:
        """Begin a run, or take up the run `resume` of the history. Nothing happens while another one is under way.

        A run that begins `paused` waits before its first batch.
        """
        if self.is_running or self._is_closing:
            return
        self._control = RunControl(paused)
        self._control.show(self._probe)
        self._control.give_way(self._gives_way)
        self._ensure_thread()
        self._run_requested.emit(RunRequest(config, name, self._control, resume))

    def step(self) -> None:
        """Let a paused run train one batch and wait again."""
        if self._control is not None:
            self._control.step()

    def preview(self, config: TrainingConfig, number: int) -> None:
        """Vary some training pictures as `config` does; `previewed` brings them once the thread has time for it."""
        self._ensure_thread()
        self._preview_requested.emit(PreviewRequest(config, number))

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
        """Save what a stopped run has learned."""
        self._keep_requested.emit(name)

    def discard(self) -> None:
        """Forget what a stopped run has learned."""
        self._discard_requested.emit()

    def show_input(self, probe: Probe | None) -> None:
        """Set the picture that the run, and every later one, re-reads while it learns."""
        self._probe = probe
        if self._control is not None:
            self._control.show(probe)

    def give_way(self, gives_way: bool) -> None:
        """Let the run leave the processor to a user who draws."""
        self._gives_way = gives_way
        if self._control is not None:
            self._control.give_way(gives_way)

    def shut_down(self) -> None:
        """Stop whatever runs and end the thread; `shut_down_finished` tells when. Returns at once."""
        self._is_closing = True
        self.stop()
        if self._thread is None:
            self.shut_down_finished.emit()
        else:
            self._finish_requested.emit()

    def _ensure_thread(self) -> None:
        if self._thread is not None or self._is_closing:
            return
        self._thread, self._worker = PythonThread(self), TrainingWorker(self._load)
        self._thread.setObjectName("training")
        self._thread.setStackSize(STACK_BYTES)
        self._worker.moveToThread(self._thread)
        self._prepare_requested.connect(self._worker.prepare)
        self._run_requested.connect(self._worker.run)
        self._preview_requested.connect(self._worker.preview)
        self._keep_requested.connect(self._worker.keep)
        self._discard_requested.connect(self._worker.discard)
        self._finish_requested.connect(self._worker.finish)
        self._worker.event_emitted.connect(self._on_event_emitted)
        self._worker.classes_loaded.connect(self.classes_loaded)
        self._worker.prepared.connect(self.prepared)
        self._worker.previewed.connect(self.previewed)
        self._worker.keep_failed.connect(self.keep_failed)
        self._thread.finished.connect(self._on_thread_finished)
        self._thread.start()

    @Slot(object)
    def _on_event_emitted(self, event: Event) -> None:
        if isinstance(event, RunEnded):
            self._control = None
        self.event_emitted.emit(event)

    @Slot()
    def _on_thread_finished(self) -> None:
        # Emitted by the dying thread just before it is gone; the deletion, later in this one, waits for that moment.
        if self._thread is not None:
            self._thread.deleteLater()
        self._thread = self._worker = None
        self.shut_down_finished.emit()
