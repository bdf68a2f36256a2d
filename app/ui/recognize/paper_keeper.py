"""Keeps what lies on the paper, and its undo history, for the next start: soon after each change, beside the window."""

import contextlib
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from app.core.imaging.paper import Papers, save_papers
from app.ui.common.tasks import Task, Tasks
from app.ui.recognize.canvas import Canvas

SOON_MS = 300


class PaperKeeper(Tasks):
    """Watches a canvas. Where nothing can be written, nothing is kept, and nobody is bothered."""

    def __init__(self, canvas: Canvas, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._folder = canvas, folder
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._keep)
        canvas.changed.connect(self._on_changed)

    def shut_down(self) -> None:
        """Keep what is there, if that was not done yet, and end."""
        if self._soon.isActive():
            self._soon.stop()
            self._keep()
        super().shut_down()

    @Slot()
    def _on_changed(self) -> None:
        if not self._canvas.is_busy:
            self._soon.start()

    @Slot()
    def _keep(self) -> None:
        if self._canvas.is_busy:  # its end will come
            return
        papers, folder = Papers.of(self._canvas.history), self._folder

        def work(_task: Task[None]) -> None:
            with contextlib.suppress(OSError):
                save_papers(papers, folder)

        self.start(work, failed=lambda _sentence: None)
