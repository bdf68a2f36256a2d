"""What it costs to explain an answer, and how fluid the window stays while one draws beside the panel of reasons."""

import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.core.datasets.sources import load_dataset
from app.core.imaging.preprocess import example_picture, prepare_example
from app.core.inference.explaining.explainer import Explainer, Explanation
from app.core.models.store import find_model
from app.ui.main_window import MainWindow
from tests.bench.report import Figure, quantile
from tests.bench.studio import open_studio, wait, wait_until
from tests.bench.ticker import Ticker

MODELS = ("digits-cnn", "clothes-cnn")
STROKES = 24
MOVES = 40
PAUSE_MS = 500
"""Between two strokes: long enough that the panel begins to compute, often too short for it to finish."""


def measure() -> list[Figure]:
    """Stages of one explanation for each shipped model; then gaps of the event loop while drawing."""
    return [figure for name in MODELS for figure in _stages(name)] + _gaps()


def _stages(name: str) -> list[Figure]:
    """The first explanation of a model prepares what the later ones need."""
    explainer = Explainer(find_model(name))
    test = load_dataset(explainer.model.card.dataset).test
    first, second = (prepare_example(example_picture(test.images[number])) for number in (0, 1))
    seconds = []
    for shown in (first, second):
        prediction = explainer.read(shown)
        seconds.append(_timed(lambda: list(explainer.stages(shown, prediction, lambda: None))))  # noqa: B023
    complete: list[Explanation] = list(explainer.stages(second, prediction, lambda: None))
    saliency = _timed(lambda: explainer.saliency(complete[0], lambda: None))
    return [
        Figure("why", f"{name}: the first explanation, with all that is prepared", seconds[0], "s"),
        Figure("why", f"{name}: every later one", seconds[1], "s", "<= 0.5"),
        Figure("why", f"{name}: of it, what spoke for it", saliency, "s", "<= 0.3"),
    ]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _gaps() -> list[Figure]:
    with open_studio() as studio:
        page = studio.window.recognize
        plain = _while_drawing(studio.window)
        page.reasons.open(True)
        first = _while_drawing(studio.window)
        panel = page.reasons.panel
        assert panel is not None
        wait_until(lambda: panel.explanation is not None and panel.explanation.is_complete, 120)
        later = _while_drawing(studio.window)
    names = ("without the panel", "with it, while it prepares", "with it")
    return [
        Figure("why", f"event loop gap while drawing {name}, p95", quantile(gaps, 0.95), "ms", "<= 33")
        for name, gaps in zip(names, (plain, first, later), strict=True)
    ]


def _while_drawing(window: MainWindow) -> list[float]:
    """Gaps of the event loop over STROKES strokes, with a rest after each."""
    canvas, left, no_keys = window.recognize.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    canvas.clear()
    ticker = Ticker()
    for stroke in range(STROKES):
        at = QPoint(canvas.width() // 3, canvas.height() * (2 + stroke % 6) // 9)
        QTest.mousePress(canvas, left, no_keys, at)
        for _ in range(MOVES):
            at += QPoint(canvas.width() // (3 * MOVES), 1)
            QTest.mouseMove(canvas, at)
            wait(8)
        QTest.mouseRelease(canvas, left, no_keys, at)
        wait(PAUSE_MS)
        if stroke % 3 == 2:
            canvas.clear()
    gaps = ticker.gaps_ms
    ticker.deleteLater()
    return gaps
