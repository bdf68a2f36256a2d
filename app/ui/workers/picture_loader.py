"""Decoding pictures away from the window: a photograph may take a tenth of a second."""

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, SignalInstance, Slot

from app.core.errors import StudioError
from app.core.imaging.pictures import Picture, load_picture

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Loaded:
    """What came of request number `request`: a picture, or a sentence."""

    request: int
    picture: Picture | None
    error: str


class PictureLoader(QObject):
    """Loads one picture at a time; only the newest request is answered."""

    loaded = Signal(object)
    failed = Signal(str)
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._pool = QThreadPool(self)
        # Pillow's warnings are silenced process-wide while it decodes: never two at once.
        self._pool.setMaxThreadCount(1)
        self._pool.setExpiryTimeout(1000)
        self._done.connect(self._on_done)

    def load(self, source: Path | bytes) -> None:
        """Load a file, or an encoded picture; `loaded` or `failed` tells how it went."""
        self._newest += 1
        self._pool.clear()
        self._pool.start(_Task(self._newest, source, self._done))

    @Slot(object)
    def _on_done(self, result: Loaded) -> None:
        if result.request != self._newest:
            return
        if result.picture is None:
            self.failed.emit(result.error)
        else:
            self.loaded.emit(result.picture)


class _Task(QRunnable):
    def __init__(self, request: int, source: Path | bytes, done: SignalInstance) -> None:
        super().__init__()
        self._request, self._source, self._done = request, source, done

    def run(self) -> None:
        try:
            result = Loaded(self._request, load_picture(self._source), "")
        except StudioError as error:
            result = Loaded(self._request, None, str(error))
        except MemoryError:
            result = Loaded(self._request, None, "The picture is too large for this computer; make it smaller first.")
        except Exception:  # else nobody would ever hear of it: this is a thread of its own
            _log.exception("a picture could not be loaded")
            result = Loaded(self._request, None, "The picture cannot be read; save it as PNG and open that.")
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._done.emit(result)
