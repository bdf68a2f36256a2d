"""`Recorder`: what a run tells, written into the history on its way to whoever listens."""

import logging
from collections.abc import Callable
from dataclasses import replace

from app.core.errors import StudioError
from app.core.runs.events import EpochDone, Event, ModelSaved, RunEnded, RunStarted, RunTested
from app.core.runs.history import RunHistory

_log = logging.getLogger(__name__)

Recorded = RunStarted | EpochDone | RunTested | ModelSaved | RunEnded


class Recorder:
    """An event sink before another one, for a run that was begun or resumed in `history`.

    Only what happens once in an epoch or less is written. A history that refuses does not hurt the run: what could not
    be written is tried again with the next event, and if the last one fails too, the end of the run says so.
    """

    def __init__(self, history: RunHistory, run: int, emit: Callable[[Event], None], device: str) -> None:
        self._history, self._run, self._emit, self._device = history, run, emit, device
        self._unwritten: list[Recorded] = []

    def __call__(self, event: Event) -> None:
        """Write the event if it belongs into the history, then pass it on."""
        if isinstance(event, RunEnded):
            event = replace(event, run=self._run)
        if isinstance(event, Recorded):
            self._unwritten.append(event)
            problem = self._write()
            if problem and isinstance(event, RunEnded):
                event = replace(event, message=f"{event.message} The history could not be written: {problem}")
        self._emit(event)

    def _write(self) -> str:
        """Write what is waiting; returns why that failed, "" if it did not."""
        try:
            while self._unwritten:
                self._write_one(self._unwritten[0])
                del self._unwritten[0]
        except StudioError as error:
            _log.warning("run %d is not in the history: %s", self._run, error)
            return str(error)
        return ""

    def _write_one(self, event: Recorded) -> None:
        match event:
            case RunStarted():
                self._history.started(self._run, event, self._device)
            case EpochDone():
                self._history.add_epoch(self._run, event)
            case RunTested():
                self._history.tested(self._run, event)
            case ModelSaved():
                self._history.saved(self._run, event)
            case RunEnded():
                self._history.end(self._run, event)
