"""Work beside the window: plain calls in threads, and the base of threads that live as long as the window."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Hashable
from functools import partial
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.core.errors import StudioError, error_sentence
from app.ui.common.messages import Messages

PROGRESS_INTERVAL_S = 0.05

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class BackgroundWork(QObject):
    """What closing waits for: everything that works beside the window is a child of some part of the window."""

    shut_down_finished = Signal()

    def shut_down(self) -> None:
        """Begin nothing new and end what can be ended; `shut_down_finished` tells when. Returns at once."""
        raise NotImplementedError


def shut_down_all(parent: QObject, finished: Callable[[], None]) -> None:
    """End all work of `parent` and its children; `finished` is called when it has ended, perhaps at once."""
    waiting_for = set(parent.findChildren(BackgroundWork))

    def on_ended(work: BackgroundWork) -> None:
        if work in waiting_for:
            waiting_for.remove(work)
            if not waiting_for:
                finished()

    for work in tuple(waiting_for):
        work.shut_down_finished.connect(partial(on_ended, work))
    if not waiting_for:
        finished()
    for work in tuple(waiting_for):
        work.shut_down()


class TaskStoppedError(Exception):
    """Nobody waits for the task any longer."""


class Task(Generic[Result]):
    """One call beside the window: the window stops or drops it; the call, in its thread, says how far it is."""

    def __init__(self, tasks: "Tasks", work: "Callable[[Task[Result]], Result]", lane: Hashable) -> None:
        self.work, self.lane, self.is_dropped = work, lane, False
        self.done: Callable[[Result], None] = _ignore
        self.failed: Callable[[str], None] = _ignore
        self.stopped: Callable[[], None] = _ignore
        self.progressed: Callable[[Any], None] = _ignore
        self._tasks, self._stopping = tasks, threading.Event()
        self._told_at = -PROGRESS_INTERVAL_S

    @property
    def is_stopping(self) -> bool:
        """True once it shall end."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Ask for its end: `stopped` is called, or `done` if it was over before it noticed."""
        self._stopping.set()
        self._tasks.on_stopping(self)

    def drop(self) -> None:
        """Ask for its end, and hear no more of it."""
        self.is_dropped = True
        self.stop()

    def check(self, wait_s: float = 0.0) -> None:
        """In the call's thread: raise TaskStoppedError if it shall end, at once or within this time."""
        if self._stopping.wait(wait_s):
            raise TaskStoppedError

    def tell(self, fact: object, often: bool = False) -> None:
        """In the call's thread: `check`, and pass `fact` to `progressed`; 20 a second, unless `often`."""
        self.check()
        now = time.monotonic()
        if often or now - self._told_at >= PROGRESS_INTERVAL_S:
            self._told_at = now
            self._tasks.told.emit(self, fact)

    def report(self, done: int, total: int) -> None:
        """In the call's thread: pass the share that is done, from 0 to 1, to `progressed`."""
        self.tell(done / max(1, total))


class Tasks(BackgroundWork):
    """Calls in threads. Those of one lane are made one after the other, in their order; others at the same time.

    Lives in the window's thread, where every answer comes; when it comes, the thread of the call is already gone.
    """

    busy_changed = Signal(bool)
    told = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Task[Any]] = []
        self._threads: dict[Hashable, _TaskThread] = {}
        self._is_closing = self._was_busy = False
        self.told.connect(self._on_told)

    @property
    def is_busy(self) -> bool:
        """Something is under way or waits."""
        return bool(self._threads)

    def start(
        self,
        work: Callable[[Task[Result]], Result],
        done: Callable[[Result], None] | None = None,
        *,
        failed: Callable[[str], None] | None = None,
        stopped: Callable[[], None] | None = None,
        progressed: Callable[[Any], None] | None = None,
        lane: Hashable = None,
        newest_only: bool = False,
    ) -> Task[Result]:
        """Make this call once all that was asked before in its lane is over; with `newest_only`, in place of that.

        In the end `done` is called with its result, or `failed` with a sentence (without it, the window says that), or
        `stopped`; nothing after a drop. Nothing begins after `shut_down`.
        """
        task = Task(self, work, lane)
        task.done, task.stopped, task.progressed = done or _ignore, stopped or _ignore, progressed or _ignore
        task.failed = failed or self._say
        if not self._is_closing:
            if newest_only:
                self.drop(lane)
            self._waiting.append(task)
            self._go_on()
        return task

    def drop(self, lane: Hashable = None) -> None:
        """Nothing that was asked for in this lane is wanted any more."""
        for task in [*self._waiting, *(thread.task for thread in self._threads.values())]:
            if task.lane == lane:
                task.drop()

    def shut_down(self) -> None:
        """What was asked already is still done, unless it asks whether to stop; nobody is told of it."""
        self._is_closing = True
        for task in [*self._waiting, *(thread.task for thread in self._threads.values())]:
            task.drop()
        if not self._threads:
            self.shut_down_finished.emit()

    def on_stopping(self, task: Task[Any]) -> None:
        """Called by a task: what only waits is over at once."""
        if task in self._waiting and not self._is_closing:
            self._waiting.remove(task)
            if not task.is_dropped:
                task.stopped()

    def _go_on(self) -> None:
        for task in list(self._waiting):
            if task.lane not in self._threads:
                self._waiting.remove(task)
                self._threads[task.lane] = thread = _TaskThread(task, self)
                thread.finished.connect(self._on_thread_finished)
                thread.start()
        if self.is_busy != self._was_busy:
            self._was_busy = self.is_busy
            self.busy_changed.emit(self.is_busy)

    @Slot(object, object)
    def _on_told(self, task: Task[Any], fact: object) -> None:
        if not task.is_stopping:
            task.progressed(fact)

    @Slot()
    def _on_thread_finished(self) -> None:
        # Only the thread that says so: of another, facts may still be on their way.
        lane, thread = next(each for each in self._threads.items() if each[1] is self.sender())
        thread.wait()  # it is about to be gone: what is left to wait for is no work
        thread.deleteLater()
        del self._threads[lane]
        self._go_on()
        if self._is_closing:
            if not self._threads:
                self.shut_down_finished.emit()
        elif not thread.task.is_dropped:
            thread.answer()

    def _say(self, sentence: str) -> None:
        Messages.of(self).error(sentence)


class _TaskThread(QThread):
    """One task. `answer` says how it ended, once the thread has."""

    def __init__(self, task: Task[Any], parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("task")
        self.task, self.answer = task, task.stopped

    def run(self) -> None:
        try:
            self.answer = partial(self.task.done, self.task.work(self.task))
        except TaskStoppedError:
            pass
        except Exception as error:
            self.answer = partial(self.task.failed, _sentence_of(error))


class WorkerThread(BackgroundWork):
    """One thread that makes calls in their order, from the first until `shut_down`: for TensorFlow, and for searches.

    Lives in the window's thread. What a call has to say before it ends it says by signals of this object, or of one
    that derives from it: Qt brings them over.
    """

    _ended = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None, stack_bytes: int = 0) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._stack_bytes = stack_bytes
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: _CallThread | None = None
        self._is_closing = False
        self._ended.connect(self._on_ended)

    def call(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], object] | None = None,
        failed: Callable[[str], object] | None = None,
    ) -> None:
        """Make this call in the thread, which begins with the first one. Nothing is called after `shut_down`.

        In the end `done` is called with its result, or `failed` with a sentence.
        """
        if self._is_closing:
            return
        self._calls.put(partial(self._make, work, done or _ignore, failed or _ignore))
        if self._thread is None:
            self._thread = _CallThread(self._calls, self)
            self._thread.setObjectName(self.objectName())
            self._thread.setStackSize(self._stack_bytes)
            self._thread.finished.connect(self._on_thread_finished)
            self._thread.start()

    def finish(self) -> None:
        """In the thread, as its last call: what must be ended. For those who derive from this class."""

    def shut_down(self) -> None:
        """Make the calls that were asked for, and end the thread."""
        was_closing, self._is_closing = self._is_closing, True
        if self._thread is None:
            self.shut_down_finished.emit()
        elif not was_closing:
            self._calls.put(partial(self._make, self.finish, _ignore, _ignore))
            self._calls.put(None)

    def _make(
        self, work: Callable[[], Result], done: Callable[[Result], object], failed: Callable[[str], object]
    ) -> None:
        try:
            result = work()
        except Exception as error:
            self._ended.emit(failed, _sentence_of(error))
        else:
            self._ended.emit(done, result)

    @Slot(object, object)
    def _on_ended(self, tell: Callable[[object], object], outcome: object) -> None:
        tell(outcome)

    @Slot()
    def _on_thread_finished(self) -> None:
        # Emitted by the dying thread just before it is gone; the deletion, later in this one, waits for that moment.
        if self._thread is not None:
            self._thread.deleteLater()
        self._thread = None
        self.shut_down_finished.emit()


class _CallThread(QThread):
    """Makes the calls that come, until None comes.

    All of them in one Python frame: where Qt calls slots in a thread without one, each gets a Python thread state of
    its own, which is freed when it returns. TensorFlow's bindings keep a pointer to the first, and the second crashes.
    """

    def __init__(self, calls: "SimpleQueue[Callable[[], None] | None]", parent: QObject) -> None:
        super().__init__(parent)
        self._calls = calls

    def run(self) -> None:
        leave_the_window_first()
        for call in iter(self._calls.get, None):
            call()


def _ignore(*_: object) -> None:
    """Nobody asked to be told."""


def _sentence_of(error: Exception) -> str:
    """What to tell of it. Bugs are logged: nobody else would hear of them, in a thread of its own."""
    if not isinstance(error, StudioError | MemoryError):
        _log.critical("work beside the window failed", exc_info=error)
    return error_sentence(error)


_NICE = 5
"""A quarter of the processor is left to such a thread beside one that wants all of it; all of it, otherwise."""


def leave_the_window_first() -> None:
    """Let the window's thread come before this one, and before those that it starts, wherever both could go on.

    Linux has a priority for each thread, which threads inherit: TensorFlow's, too, which are born in this one.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
