"""Work away from the window, each piece in a thread that ends with it."""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.core.errors import StudioError

# What is told of any job, and how work becomes that: frozen facts for any thread. Knows no Qt.

PROGRESS_INTERVAL_S = 0.05

Outcome = TypeVar("Outcome")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far a request is: `share` from 0 to 1."""

    request: Any
    share: float


@dataclass(frozen=True)
class Stopped:
    """The user stopped it; nothing of it was kept."""

    request: Any


@dataclass(frozen=True)
class Failed:
    """It did not work; `message` is one sentence for the user."""

    request: Any
    message: str


class StopRequestedError(Exception):
    """The user does not want to wait any longer."""


class Counter:
    """Is told by core how many pictures are done: stops the work if that is wanted, passes on 20 facts a second."""

    def __init__(
        self,
        request: object,
        on_progress: Callable[[Progress], None],
        should_stop: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request, self._on_progress, self._should_stop = request, on_progress, should_stop
        self._clock, self._sent_at = clock, -PROGRESS_INTERVAL_S

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` of `total` are done. Raises StopRequestedError."""
        if self._should_stop():
            raise StopRequestedError
        if self._clock() - self._sent_at >= PROGRESS_INTERVAL_S:
            self._sent_at = self._clock()
            self._on_progress(Progress(self._request, done / max(1, total)))


def outcome_of(request: object, work: Callable[[], Outcome]) -> Outcome | Stopped | Failed:
    """Do the work; whatever goes wrong becomes an outcome."""
    try:
        return work()
    except StopRequestedError:
        return Stopped(request)
    except StudioError as error:
        return Failed(request, str(error))
    except MemoryError:
        return Failed(request, "Memory ran out; close other programs and try again.")
    except Exception as error:
        _log.exception("%r failed", type(request))
        return Failed(request, f"Something unexpected went wrong ({type(error).__name__}: {error}); try again.")


Do = Callable[[Any, Callable[[Any], None], Callable[[], bool]], Any]
"""Does what is asked: the request, what is to be told of progress, and whether to stop. Returns the outcome."""


class Jobs(QObject):
    """Lives in the window's thread. Requests of one lane are done one after the other, others at the same time.

    When an outcome is told, its thread is already gone. Nothing can be asked after `shut_down`.
    """

    progressed = Signal(object)
    ended = Signal(object)  # the outcome
    shut_down_finished = Signal()

    def __init__(self, do: Do, lane_of: Callable[[Any], Hashable], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._do, self._lane_of = do, lane_of
        self._waiting: list[object] = []
        self._threads: dict[Hashable, _JobThread] = {}
        self._is_closing = False

    @property
    def is_busy(self) -> bool:
        """Something is under way or waits."""
        return bool(self._threads)

    def start(self, request: object) -> None:
        """Do this, once all that was asked before in its lane is done."""
        if not self._is_closing:
            self._waiting.append(request)
            self._go_on()

    def stop(self, request: object) -> None:
        """Ask for its end, if it can be ended; while it waits it always can."""
        for thread in self._threads.values():
            if thread.request == request:
                thread.stopping.set()
        if request in self._waiting:
            self._waiting.remove(request)
            self.ended.emit(Stopped(request))

    def shut_down(self) -> None:
        """End everything; what was asked already is still done, unless it can be stopped. Returns at once.

        `shut_down_finished` tells when.
        """
        self._is_closing = True
        for thread in self._threads.values():
            thread.stopping.set()
        if not self._threads:
            self.shut_down_finished.emit()

    def _go_on(self) -> None:
        for request in list(self._waiting):
            lane = self._lane_of(request)
            if lane not in self._threads:
                self._waiting.remove(request)
                self._threads[lane] = self._begin(request)

    def _begin(self, request: object) -> "_JobThread":
        thread = _JobThread(self._do, request, self)
        if self._is_closing:
            thread.stopping.set()
        thread.progressed.connect(self._on_progressed)
        thread.finished.connect(self._on_thread_finished)
        thread.start()
        return thread

    @Slot(object)
    def _on_progressed(self, progress: object) -> None:
        if not self._is_closing:
            self.progressed.emit(progress)

    @Slot()
    def _on_thread_finished(self) -> None:
        # Only the thread that says so: of another, progress may still be on its way.
        lane, thread = next(each for each in self._threads.items() if each[1] is self.sender())
        thread.wait()  # it is about to be gone: what is left to wait for is no work
        thread.deleteLater()
        del self._threads[lane]
        self._go_on()
        if thread.outcome is not None and not self._is_closing:
            self.ended.emit(thread.outcome)
        elif self._is_closing and not self._threads:
            self.shut_down_finished.emit()


class _JobThread(QThread):
    """One job. Only `progressed` crosses from the thread; the outcome is read once it has ended."""

    progressed = Signal(object)

    def __init__(self, do: Do, request: object, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(type(request).__name__)
        self.request, self.stopping = request, threading.Event()
        self.outcome: object = None
        self._do = do

    def run(self) -> None:
        """Called by Qt in the new thread."""
        self.outcome = self._do(self.request, self.progressed.emit, self.stopping.is_set)
