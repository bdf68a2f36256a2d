"""The bridge to the run history: reading and writing it in a thread, one job after the other."""

import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, SignalInstance, Slot

from app.core.errors import StudioError
from app.core.training.events import EpochDone
from app.core.training.history.store import RunHistory
from app.core.training.run_list import RunList

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
    """The history holds what was asked for; `notice` is a sentence for the person, or an empty text."""

    notice: str = ""


@dataclass(frozen=True)
class JobFailed:
    """It did not work; `message` is one sentence for the person."""

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
