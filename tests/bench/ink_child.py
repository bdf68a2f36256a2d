"""The window whose ink is measured: it is drawn in on the display it is given, and prints a JSON object a stroke."""

import gc
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Slot
from PySide6.QtGui import QMouseEvent

from app.ui.main_window import MainWindow
from tests import x_pointer
from tests.bench.strokes_drawn import StrokeDrawn
from tests.bench.studio import Studio, open_studio, train_in_background, wait, wait_until

TRAINED = "lab-cnn-mnist"
_STROKES = 4
_STROKE_S = 0.6


class InkWatch(QObject):
    """Follows the events of the canvas from their time stamps, which the X server takes from the same clock."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        window.recognize.canvas.installEventFilter(self)
        window.recognize.bars.installEventFilter(self)
        window.recognize.input_changed.connect(self._on_read)
        self.begin()

    def begin(self) -> None:
        """Forget everything: another stroke follows."""
        self.down_ms: float | None = None
        self.first_gap_ms = math.inf
        self.ink_ms: list[float] = []
        self.bars_ms: list[float] = []
        self._unpainted: list[int] = []
        self._unread: list[int] = []
        self._read: list[int] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window.recognize.bars:
            if event.type() is QEvent.Type.Paint:
                self.bars_ms += self._since(self._read)
        elif event.type() is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            self.down_ms = event.timestamp()
        elif event.type() is QEvent.Type.MouseMove and isinstance(event, QMouseEvent) and self.down_ms is not None:
            if math.isinf(self.first_gap_ms):
                self.first_gap_ms = _now_ms() - self.down_ms
            self._unpainted.append(event.timestamp())
            self._unread.append(event.timestamp())
        elif event.type() is QEvent.Type.MouseButtonRelease:
            self.down_ms = None
        elif event.type() is QEvent.Type.Paint:
            self.ink_ms += self._since(self._unpainted)
        return False

    @Slot()
    def _on_read(self) -> None:
        self._read += self._unread
        self._unread.clear()

    def _since(self, stamps: list[int]) -> list[float]:
        now = _now_ms()
        waits = [now - stamp for stamp in stamps]
        stamps.clear()
        return waits


def _now_ms() -> float:
    return time.monotonic() * 1000


def draw_sheet(studio: Studio, watch: InkWatch, situation: str, hz: int) -> Iterator[StrokeDrawn]:
    """Draw four ellipses beside each other on an empty paper."""
    canvas = studio.window.recognize.canvas
    canvas.clear()
    wait(500)
    corner, width, height = canvas.mapToGlobal(QPoint(0, 0)), canvas.width(), canvas.height()
    for place in range(_STROKES):
        centre = (corner.x() + width * (0.14 + 0.24 * place), corner.y() + height / 2)
        points = _ellipse(centre, (0.1 * width, 0.35 * height), round(hz * _STROKE_S))
        strokes = len(canvas.paper.drawing.strokes)
        watch.begin()
        _draw(points, hz)
        made = canvas.paper.drawing.strokes[strokes:]
        kept = sum(map(len, made))
        yield StrokeDrawn(situation, hz, place, len(points), kept, watch.first_gap_ms, watch.ink_ms, watch.bars_ms)


def _ellipse(centre: tuple[float, float], radii: tuple[float, float], count: int) -> list[tuple[int, int]]:
    """Pixels of the screen once around, none twice in a row: a pointer that rests tells nothing."""
    turns = [2 * math.pi * (number / (count - 1) - 0.25) for number in range(count)]
    points = [
        (round(centre[0] + radii[0] * math.cos(turn)), round(centre[1] + radii[1] * math.sin(turn))) for turn in turns
    ]
    return [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]


def _draw(points: list[tuple[int, int]], hz: int) -> None:
    """Let another process draw, and the window live meanwhile."""
    hand = subprocess.Popen([sys.executable, "-S", str(Path(x_pointer.__file__))], stdin=subprocess.PIPE)
    assert hand.stdin is not None
    hand.stdin.write(json.dumps({"display": os.environ["DISPLAY"], "hz": hz, "points": points}).encode())
    hand.stdin.close()
    wait_until(lambda: hand.poll() is not None, 60)
    wait(200)


def main() -> None:
    """Two sheets as a mouse draws and one as a quick pen does, idle; the same while a network trains."""
    with open_studio() as studio:
        gc.freeze()  # as the program itself does
        wait(3000)
        watch = InkWatch(studio.window)

        def sheets(situation: str) -> None:
            for hz in (125, 125, 1000):
                for stroke in draw_sheet(studio, watch, situation, hz):
                    print(json.dumps(asdict(stroke)), flush=True)

        sheets("idle")
        with train_in_background(studio, "starter", TRAINED):
            sheets("training")


if __name__ == "__main__":
    main()
