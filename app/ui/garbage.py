"""Python's cycle collector, kept in the window's thread.

Left alone it runs in whichever thread allocates next. In the training thread it would destroy widgets that have become
garbage there, and Qt crashes when a widget dies outside its own thread.
"""

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 1000


class GarbageCollector(QObject):
    """Takes over collection while it lives: `stop` gives it back. Waits while `must_wait`: it takes some 50 ms."""

    def __init__(self, must_wait: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._must_wait = must_wait
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_time)
        self._timer.start(INTERVAL_MS)

    @Slot()
    def stop(self) -> None:
        """Let Python collect again by itself, with nothing of this window left to find."""
        self._timer.stop()
        gc.collect()
        gc.enable()

    @Slot()
    def _on_time(self) -> None:
        """Collect the oldest generation that is due, by Python's own rules."""
        if self._must_wait():
            return
        due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        for generation in (2, 1, 0):
            if due[generation]:
                gc.collect(generation)
                return
