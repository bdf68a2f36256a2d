"""Keeps a window up to date with the run history: what other programs and threads write, and what the window does."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.core.errors import StudioError
from app.core.runs.coach import Evidence, evidence_of
from app.core.runs.events import EpochDone
from app.core.runs.history import RunHistory
from app.core.runs.listing import RunList
from app.core.runs.records import RunState
from app.ui.common.messages import Messages
from app.ui.common.tasks import Tasks

WATCH_MS = 1000
REST = 10
"""Reading takes at most one part in so many of the time, however long the history."""
RUNNING_S = 5
"""A run whose process died writes nothing any more: while one seems to go on, the history is read this often."""


class HistoryFeed(QObject):
    """Reads beside the window, and only when the file has changed. Changes are shown before they are written."""

    runs_changed = Signal()
    not_read = Signal(str)  # why

    def __init__(self, history: RunHistory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = RunList()
        self._history = history
        self._tasks = Tasks(self)
        self._is_reading, self._is_stale, self._writes = False, False, 0
        self._stamp: object = None
        self._read_at, self._took_s = 0.0, 0.0
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._on_time)

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
            before = self.runs
            self._tasks.start(lambda _task: self._read(before), self._on_read, failed=self._on_not_read)

    def read_curves(self, runs: Sequence[int], done: Callable[[Mapping[int, Sequence[EpochDone]]], None]) -> None:
        """Get the epochs of some runs, by their numbers; only what was asked for last."""
        self._tasks.start(
            lambda _task: {run: self._history.epochs(run) for run in runs}, done, lane="curves", newest_only=True
        )

    def read_evidence(self, run: int, done: Callable[[Evidence | None], None]) -> None:
        """Get all that is known of a run; None if that is nothing that the coach could judge."""

        def read() -> Evidence | None:
            with suppress(StudioError):
                return evidence_of(self._history, run)
            return None

        self._tasks.start(lambda _task: read(), done, lane="coach", newest_only=True)

    def change(self, runs: RunList, write: Callable[[RunHistory], object]) -> None:
        """Show `runs` from now on, and write what made them so."""
        self._writes += 1
        self.runs = runs
        self.runs_changed.emit()
        self._tasks.start(lambda _task: write(self._history), lambda _: self._on_written(), failed=self._on_not_written)

    @Slot()
    def _on_time(self) -> None:
        rested = time.monotonic() - self._read_at
        is_going = any(run.state is RunState.RUNNING for run in self.runs.runs)
        is_due = self._file_stamp() != self._stamp or (is_going and rested >= RUNNING_S)
        if is_due and not self._is_reading and rested >= REST * self._took_s:
            self.refresh()

    def _read(self, before: RunList) -> tuple[RunList, float]:
        """List all runs, those that have not changed since `before` taken from there; and how many seconds it took."""
        began = time.perf_counter()
        return RunList(self._history.runs(), before), time.perf_counter() - began

    def _on_read(self, read: tuple[RunList, float]) -> None:
        runs, self._took_s = read
        self._rest()
        if not self._writes:  # else it may be older than what the window shows
            self.runs = runs
            self.runs_changed.emit()

    def _on_not_read(self, sentence: str) -> None:
        self._rest()
        self.not_read.emit(sentence)
        Messages.of(self).error(sentence)

    def _rest(self) -> None:
        self._is_reading, self._read_at = False, time.monotonic()
        if self._is_stale:
            self.refresh()

    def _on_written(self) -> None:
        self._writes -= 1
        if not self._writes:
            self.refresh()

    def _on_not_written(self, sentence: str) -> None:
        self._on_written()
        Messages.of(self).error(sentence)

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
