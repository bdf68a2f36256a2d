"""Importing what the Train page needs while nobody waits for it."""

import importlib

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

_WAIT_MS = 1500


class Preloader(QTimer):
    """Imports pyqtgraph once, a moment after the window was made; goes with the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setSingleShot(True)
        self.setInterval(_WAIT_MS)
        self.timeout.connect(self._on_time)
        self.start()

    @Slot()
    def _on_time(self) -> None:
        if self._window.isVisible():
            importlib.import_module("pyqtgraph")
