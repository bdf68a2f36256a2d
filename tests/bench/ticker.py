"""A stopwatch for the event loop."""

import time

from PySide6.QtCore import QObject, QTimer

TICK_MS = 5


class Ticker(QObject):
    """Notes how long the event loop took from one tick to the next, beyond the tick itself."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1000)
        self._last = now
