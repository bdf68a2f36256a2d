"""The window's handle on training: starts the thread when first needed, and ends it without waiting."""

import os
import sys
import threading

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.core.models.config import TrainingConfig
from app.core.training.control import Probe, RunControl
from app.core.training.events import Event, RunEnded
from app.ui.workers.training_worker import Loader, PreviewRequest, RunRequest, TrainingWorker

STACK_BYTES = 16 * 2**20
"""macOS gives threads 512 KB, which TensorFlow outgrows."""

_NICE = 5
"""A quarter of the processor is left to such a thread beside one that wants all of it; all of it, otherwise."""


class PythonThread(QThread):
    """A QThread that is one Python thread from its start to its end.

    Without a Python frame at the bottom of its stack, each slot gets a Python thread state of its own, which is freed
    when the slot returns. TensorFlow's bindings keep a pointer to the first one, and the second slot crashes.
    """

    def run(self) -> None:
        """Serve slots until `quit`."""
        leave_the_window_first()
        self.exec()


def leave_the_window_first() -> None:
    """Let the window's thread come before this one, and before those that it starts, wherever both could go on.

    Linux has a priority for each thread, which threads inherit: TensorFlow's, too, which are born in this one.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


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
        """Let the run leave the processor to a person who draws."""
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
