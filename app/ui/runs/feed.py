"""Keeps a window up to date with the run history: what other programs and threads write, and what the window does."""

import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal, SignalInstance, Slot

from app.core.errors import StudioError
from app.core.runs.events import EpochDone
from app.core.runs.history import RunHistory
from app.core.runs.listing import RunList
from app.core.runs.records import RunState
from app.ui.common.messages import Messages

# The bridge to the run history: reading and writing it in a thread, one job after the other.

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class RunsRead:
    """All runs, and how long reading them took."""

    runs: RunList
    seconds: float


@dataclass(frozen=True, eq=False)
class CurvesRead:
    """The epochs of some runs, by their numbers."""

    epochs: Mapping[int, Sequence[EpochDone]]


@dataclass(frozen=True)
class Written:
    """The history holds what was asked for; `notice` is a sentence for the user, or an empty text."""

    notice: str = ""


@dataclass(frozen=True)
class JobFailed:
    """It did not work; `message` is one sentence for the user."""

    message: str
    was_reading: bool = False


Outcome = RunsRead | CurvesRead | Written | JobFailed
Job = Callable[[RunHistory], Outcome]


def read_runs(before: RunList) -> Job:
    """A job that lists all runs; those that have not changed since `before` are taken from there."""

    def read(history: RunHistory) -> Outcome:
        began = time.perf_counter()
        try:
            runs = RunList(history.runs(), before)
        except StudioError as error:
            return JobFailed(str(error), was_reading=True)
        return RunsRead(runs, time.perf_counter() - began)

    return read


def read_curves(runs: Sequence[int]) -> Job:
    """A job that gets the epochs of some runs."""

    def read(history: RunHistory) -> Outcome:
        return CurvesRead({run: history.epochs(run) for run in runs})

    return read


def write(*calls: Callable[[RunHistory], object]) -> Job:
    """A job that makes `calls`, in their order."""

    def written(history: RunHistory) -> Outcome:
        for call in calls:
            call(history)
        return Written()

    return written


class HistoryJobs(QObject):
    """Lives in the window's thread. Every job that was begun is done, also after `shut_down`."""

    done = Signal(object)  # Outcome
    shut_down_finished = Signal()
    _ended = Signal(object)

    def __init__(self, history: RunHistory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._pending, self._is_closing = 0, False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ended.connect(self._on_ended)

    def start(self, job: Job) -> None:
        """Do this after all that was begun before; `done` tells its outcome. Nothing begins after `shut_down`."""
        if not self._is_closing:
            self._pending += 1
            self._pool.start(_Task(job, self._history, self._ended))

    @Slot()
    def shut_down(self) -> None:
        """Finish what was begun; `shut_down_finished` tells when that is done. Returns at once."""
        self._is_closing = True
        self._tell_if_idle()

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        self._pending -= 1
        if self._is_closing:
            self._tell_if_idle()
        else:
            self.done.emit(outcome)

    def _tell_if_idle(self) -> None:
        if not self._pending:
            self._pool.waitForDone()
            self.shut_down_finished.emit()


class _Task(QRunnable):
    def __init__(self, job: Job, history: RunHistory, ended: SignalInstance) -> None:
        super().__init__()
        self._job, self._history, self._tell = job, history, ended

    def run(self) -> None:
        try:
            outcome = self._job(self._history)
        except StudioError as error:
            outcome = JobFailed(str(error))
        except Exception as error:  # else nobody would ever hear of it: this is a thread of its own
            _log.exception("a job with the run history failed")
            outcome = JobFailed(f"Something unexpected went wrong ({type(error).__name__}: {error}); try again.")
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._tell.emit(outcome)


WATCH_MS = 1000
REST = 10
"""Reading takes at most one part in so many of the time, however long the history."""
RUNNING_S = 5
"""A run whose process died writes nothing any more: while one seems to go on, the history is read this often."""


class HistoryFeed(QObject):
    """Reads in a worker thread, and only when the file has changed. Changes are shown before they are written."""

    runs_changed = Signal()
    curves_read = Signal(object)  # epochs of runs, by their numbers
    shut_down_finished = Signal()

    def __init__(self, history: RunHistory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = RunList()
        self._history = history
        self._jobs = HistoryJobs(history, self)
        self._is_reading, self._is_stale, self._writes = False, False, 0
        self._stamp: object = None
        self._read_at, self._took_s = 0.0, 0.0
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._on_time)
        self._jobs.done.connect(self._on_done)
        self._jobs.shut_down_finished.connect(self.shut_down_finished)

    def set_watching(self, watching: bool) -> None:
        """Look again and again, beginning now; or leave it."""
        if watching:
            self._watch.start()
            self._on_time()
        else:
            self._watch.stop()

    @Slot()
    def refresh(self) -> None:
        """Read the history again; if it is being read, once more after that."""
        self._is_stale = self._is_reading
        if not self._is_reading:
            self._is_reading, self._stamp = True, self._file_stamp()
            self._jobs.start(read_runs(self.runs))

    def ask_for_curves(self, runs: Sequence[int]) -> None:
        """Get the epochs of some runs: `curves_read` brings them."""
        self._jobs.start(read_curves(runs))

    def change(self, runs: RunList, *calls: Callable[[RunHistory], object]) -> None:
        """Show `runs` from now on, and write what made them so."""
        self._writes += 1
        self.runs = runs
        self.runs_changed.emit()
        self._jobs.start(write(*calls))

    @Slot()
    def shut_down(self) -> None:
        """Write what is to be written; `shut_down_finished` tells when that is done. Returns at once."""
        self._watch.stop()
        self._jobs.shut_down()

    @Slot()
    def _on_time(self) -> None:
        rested = time.monotonic() - self._read_at
        is_going = any(run.state is RunState.RUNNING for run in self.runs.runs)
        is_due = self._file_stamp() != self._stamp or (is_going and rested >= RUNNING_S)
        if is_due and not self._is_reading and rested >= REST * self._took_s:
            self.refresh()

    @Slot(object)
    def _on_done(self, outcome: Outcome) -> None:
        match outcome:
            case RunsRead(runs, seconds):
                self._took_s = seconds
                self._on_read()
                if not self._writes:  # else it may be older than what the window shows
                    self.runs = runs
                    self.runs_changed.emit()
            case CurvesRead(epochs):
                self.curves_read.emit(epochs)
            case Written():
                self._on_written()
            case JobFailed(message, was_reading):
                self._on_read() if was_reading else self._on_written()
                Messages.of(self).error(message)

    def _on_read(self) -> None:
        self._is_reading, self._read_at = False, time.monotonic()
        if self._is_stale:
            self.refresh()

    def _on_written(self) -> None:
        self._writes -= 1
        if not self._writes:
            self.refresh()

    def _file_stamp(self) -> object:
        """Another one whenever something was written; None without a file."""
        path = self._history.path
        stamps = []
        for file in (path, path.with_name(f"{path.name}-wal")):
            try:
                found = file.stat()
                stamps.append((found.st_mtime_ns, found.st_size))
            except OSError:
                stamps.append((0, 0))
        return tuple(stamps)
