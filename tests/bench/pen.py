"""A hand that draws with real mouse events, and a stopwatch from each move to painted bars."""

import math
import time

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.ui.main_window import MainWindow


class BarsWatch(QObject):
    """Notes when the bars were last painted, and when what they show was read: a paint may show an older answer."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.painted_at = self.shown_read_at = self._read_at = 0.0
        window.recognize.bars.installEventFilter(self)
        window.recognize.input_changed.connect(self._on_read)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.painted_at, self.shown_read_at = time.perf_counter(), self._read_at
        return False

    @Slot()
    def _on_read(self) -> None:
        self._read_at = time.perf_counter()


def draw_and_time(app: QApplication, window: MainWindow, moves: int, pause_s: float = 0.008) -> list[float]:
    """Milliseconds from the end of each mouse move to the bars painted after it."""
    watch, canvas = BarsWatch(window), window.recognize.canvas
    window.recognize.bars.installEventFilter(watch)
    centre = QPoint(canvas.width() // 2, canvas.height() // 2)
    waits = []
    canvas.clear()
    app.processEvents()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, centre)
    app.processEvents()
    for move in range(moves):
        angle = move / 30
        radius = 0.3 * canvas.height() * (0.4 + 0.6 * abs(math.sin(angle / 5)))
        at = centre + QPoint(round(radius * math.cos(angle)), round(radius * math.sin(angle)))
        began = time.perf_counter()
        QTest.mouseMove(canvas, at)
        while watch.shown_read_at < began:
            app.processEvents()
        waits.append((watch.painted_at - began) * 1000)
        time.sleep(pause_s)
        if move % 120 == 119:  # strokes of an ordinary length
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
            canvas.clear()
            QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
            app.processEvents()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    window.recognize.bars.removeEventFilter(watch)
    return waits
