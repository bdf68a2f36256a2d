"""Started by the start-up measurement: opens the window and prints when it was painted and when it could first read."""

import gc
import json
import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer


class _FirstPaint(QObject):
    """Notes when a widget has been painted for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.at: float | None = None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self.at is None:
            QTimer.singleShot(0, self._note)
        return False

    def _note(self) -> None:
        self.at = self.at or time.time()


def main(began: float) -> None:
    """Print seconds since `began`, the time the parent started us."""
    gc.disable()  # as the program does
    from app.core.imaging.drawing import load_drawing
    from app.core.imaging.paper import Paper
    from app.core.paths import resources_dir
    from app.ui.launch import import_plainly, open_window

    import_plainly()
    first = _FirstPaint()
    app, window = open_window(["softmax-studio"])
    window.recognize.canvas.installEventFilter(first)
    while first.at is None:
        app.processEvents()
    window.recognize.canvas.put(Paper(load_drawing(resources_dir() / "samples" / "digit-7.drawing.json")))
    while not window.recognize.answer.text:
        app.processEvents()
    predicted = time.time()
    loaded = "tensorflow" in sys.modules
    print(json.dumps({"painted_s": first.at - began, "predicted_s": predicted - began, "tensorflow": loaded}))
    window.close()
    app.processEvents()


if __name__ == "__main__":
    main(float(sys.argv[1]))
