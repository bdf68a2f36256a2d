"""Writing figures and tables away from the window: all predictions as a table take a tenth of a second."""

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, SignalInstance, Slot

from app.core.errors import StudioError

_log = logging.getLogger(__name__)

Write = Callable[[], None]
"""Writes one file; raises StudioError if it cannot."""


@dataclass(frozen=True)
class Exported:
    """How writing ended: `error` is one sentence for the person, or empty; `notice` says what was written."""

    notice: str
    error: str = ""


class EvaluationExporter(QObject):
    """Lives in the window's thread and writes in another, one order after the other."""

    ended = Signal(object)  # Exported
    shut_down_finished = Signal()
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending, self._is_closing = 0, False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._done.connect(self._on_done)

    def write(self, files: Sequence[Write], notice: str) -> None:
        """Write all of these; `ended` tells with `notice` that it is done. Nothing begins after `shut_down`."""
        if not self._is_closing:
            self._pending += 1
            self._pool.start(_Task(files, notice, self._done))

    @Slot()
    def shut_down(self) -> None:
        """Finish what was begun; `shut_down_finished` tells when that is done. Returns at once."""
        self._is_closing = True
        self._tell_if_idle()

    @Slot(object)
    def _on_done(self, exported: Exported) -> None:
        self._pending -= 1
        if self._is_closing:
            self._tell_if_idle()
        else:
            self.ended.emit(exported)

    def _tell_if_idle(self) -> None:
        if not self._pending:
            self._pool.waitForDone()
            self.shut_down_finished.emit()


class _Task(QRunnable):
    def __init__(self, files: Sequence[Write], notice: str, done: SignalInstance) -> None:
        super().__init__()
        self._files, self._notice, self._tell = files, notice, done

    def run(self) -> None:
        try:
            for write in self._files:
                write()
            exported = Exported(self._notice)
        except StudioError as error:
            exported = Exported("", str(error))
        except Exception as error:  # else nobody would ever hear of it: this is a thread of its own
            _log.exception("an evaluation could not be written")
            sentence = f"Something unexpected went wrong ({type(error).__name__}: {error}); try again."
            exported = Exported("", sentence)
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._tell.emit(exported)
