"""Keeps what lies on the paper, and its undo history, for the next start: soon after each change, beside the window."""

import contextlib
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QThreadPool, QTimer, Slot

from app.core.imaging.paper import Papers, save_papers
from app.ui.recognize.canvas import Canvas

SOON_MS = 300


class PaperKeeper(QObject):
    """Watches a canvas. Where nothing can be written, nothing is kept, and nobody is bothered."""

    def __init__(self, canvas: Canvas, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._folder = canvas, folder
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)  # in their order
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._on_time)
        canvas.changed.connect(self._on_changed)

    @Slot()
    def keep_now(self) -> None:
        """Keep what is there, if that was not done yet; returns when it is done."""
        if self._soon.isActive():
            self._soon.stop()
            self._on_time()
        self._pool.waitForDone()

    @Slot()
    def _on_changed(self) -> None:
        if not self._canvas.is_busy:
            self._soon.start()

    @Slot()
    def _on_time(self) -> None:
        if not self._canvas.is_busy:  # else its end will come
            self._pool.start(partial(_save, Papers.of(self._canvas.history), self._folder))


def _save(papers: Papers, folder: Path) -> None:
    with contextlib.suppress(OSError):
        save_papers(papers, folder)
