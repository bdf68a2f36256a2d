"""Keeps a window up to date with the run history: what other programs and threads write, and what the window does."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.training.history.records import RunState
from app.core.training.history.store import RunHistory
from app.core.training.run_list import RunList
from app.ui.workers.history_jobs import (
    CurvesRead,
    HistoryJobs,
    JobFailed,
    Outcome,
    RunsRead,
    Written,
    read_curves,
    read_runs,
    write,
)

WATCH_MS = 1000
REST = 10
"""Reading takes at most one part in so many of the time, however long the history."""
RUNNING_S = 5
"""A run whose process died writes nothing any more: while one seems to go on, the history is read this often."""


class HistoryFeed(QObject):
    """Reads in a worker thread, and only when the file has changed. Changes are shown before they are written."""

    runs_changed = Signal()
    curves_read = Signal(object)  # epochs of runs, by their numbers
    failed = Signal(str)
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
                self.failed.emit(message)

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
