"""Work with samples away from the window, one piece after the other, each in a thread that ends with it."""

import threading
from collections import deque

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.ui.workers.sample_facts import Outcome, Progress, Request


class SampleJobs(QObject):
    """Lives in the window's thread. What is asked first is done first; nothing begins after `shut_down`.

    When an outcome is told, its thread is already gone.
    """

    progressed = Signal(object)  # Progress
    ended = Signal(object)  # Outcome
    shut_down_finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Request] = deque()
        self._thread: _JobThread | None = None
        self._is_closing = False

    @property
    def is_busy(self) -> bool:
        """Something is under way or waits."""
        return self._thread is not None

    def start(self, request: Request) -> None:
        """Do this, once all that was asked before is done."""
        if not self._is_closing:
            self._waiting.append(request)
            self._go_on()

    def stop(self) -> None:
        """Ask what is under way to end, if it can."""
        if self._thread is not None:
            self._thread.stopping.set()

    def shut_down(self) -> None:
        """End everything; what was asked already is still done, unless it can be stopped. Returns at once.

        `shut_down_finished` tells when.
        """
        self._is_closing = True
        self.stop()
        if self._thread is None:
            self.shut_down_finished.emit()

    def _go_on(self) -> None:
        if self._thread is not None or not self._waiting:
            return
        self._thread = _JobThread(self._waiting.popleft(), self)
        if self._is_closing:
            self._thread.stopping.set()
        self._thread.progressed.connect(self._on_progressed)
        self._thread.finished.connect(self._on_thread_finished)
        self._thread.start()

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        if not self._is_closing:
            self.progressed.emit(progress)

    @Slot()
    def _on_thread_finished(self) -> None:
        thread = self._thread
        if thread is None or not thread.isFinished():
            return
        thread.wait()
        thread.deleteLater()
        self._thread = None
        self._go_on()
        if not self._is_closing and thread.outcome is not None:
            self.ended.emit(thread.outcome)
        elif self._is_closing and self._thread is None:
            self.shut_down_finished.emit()


class _JobThread(QThread):
    """One job. Only `progressed` crosses from the thread; the outcome is read once it has ended."""

    progressed = Signal(object)

    def __init__(self, request: Request, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("samples")
        self.request, self.stopping = request, threading.Event()
        self.outcome: Outcome | None = None

    def run(self) -> None:
        """Called by Qt in the new thread; the window starts without what the work needs."""
        from app.ui.workers.sample_work import do

        self.outcome = do(self.request, self.progressed.emit, self.stopping.is_set)
