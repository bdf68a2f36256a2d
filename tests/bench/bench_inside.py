"""The inside of the network follows the pen: from the end of a stroke to the painted panel."""

import time
from collections.abc import Iterator

from tests.bench.report import Figure, quantile
from tests.bench.studio import open_studio, wait, wait_until
from tests.ui.hand import ONE, SEVEN, draw

GOALS_MS = {"fast-cnn": "<= 50", "digits-cnn": "<= 120"}
STROKES = 30


def measure() -> Iterator[Figure]:
    """Strokes of two digits in turn, each on an empty paper."""
    with open_studio() as studio:
        page = studio.window.recognize
        page.prediction.inside.click()
        panel = page.reasons.inside
        assert panel is not None
        for name, goal in GOALS_MS.items():
            page.refresh_models(name)
            spent_ms = []
            for number in range(STROKES):
                page.canvas.clear()
                wait(100)
                before = panel.inside
                draw(page.canvas, SEVEN if number % 2 else ONE, steps=4)
                began = time.perf_counter()
                wait_until(lambda before=before: panel.inside is not before, 30)  # type: ignore[misc]
                studio.app.processEvents()
                panel.grab()
                spent_ms.append(1000 * (time.perf_counter() - began))
            yield Figure(
                "inside", f"{name}: end of a stroke to the painted panel, p95", quantile(spent_ms, 0.95), "ms", goal
            )
            yield Figure("inside", f"{name}: the same, median", quantile(spent_ms, 0.5), "ms")
