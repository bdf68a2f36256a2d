"""How fluid the window stays while it trains, how fast Stop acts, and what many runs leave behind."""

import gc
import time
from pathlib import Path

from app.core.datasets.sources import find_full
from app.core.recipes import find_recipe
from tests.bench.report import Figure, quantile
from tests.bench.studio import Studio, open_studio, wait, wait_until
from tests.bench.ticker import Ticker

WATCH_S = 15
SHORT_RUNS = 20
SEARCH_WARM_UP_S = 15
"""Until the workers have loaded TensorFlow and train."""


def measure() -> list[Figure]:
    """Gaps with the quickstart network and with a convolutional one; then memory over short runs in one window."""
    data = "full" if find_full("mnist") else "starter"
    with open_studio() as studio:
        studio.window.show_page("train")
        figures = _gaps(studio, "quickstart-mnist", data) + _gaps(studio, "fast-cnn", data)
        return figures + _gaps_while_searching(studio, data) + _memory(studio)


def _gaps(studio: Studio, recipe: str, data: str) -> list[Figure]:
    train = studio.window.page("train")
    train.train(find_recipe(recipe).config.changed(data=data, epochs=500), None)
    wait_until(lambda: train.is_learning, 60)
    ticker = Ticker()
    wait(WATCH_S * 1000)
    gaps = ticker.gaps_ms
    ticker.deleteLater()
    began = time.perf_counter()
    train.stop()
    wait_until(lambda: not train.is_training, 30)
    stopped = time.perf_counter() - began
    train.discard()
    return [
        Figure("fluid", f"{recipe}: event loop gap while training, p99", quantile(gaps, 0.99), "ms", "<= 50"),
        Figure("fluid", f"{recipe}: event loop gap while training, longest", max(gaps), "ms"),
        Figure("fluid", f"{recipe}: Stop to stopped", stopped, "s", "<= 0.5"),
    ]


def _gaps_while_searching(studio: Studio, data: str) -> list[Figure]:
    """The page of searches, with as many workers as there are cores."""
    from app.core.search.plan import SearchPlan
    from app.core.search.runner import cores
    from app.core.search.space import Choices

    window = studio.window
    base = find_recipe("quickstart-mnist").config.changed(data=data, epochs=500)
    window.navigator.search(base)
    space = (Choices(field="hidden_units", values=(64, 128, 256, 512)),)
    window.page("search").start(SearchPlan(name="fluid", method="grid", bases=(base,), space=space), cores())
    wait_until(lambda: window.page("search").is_searching, 60)
    wait(SEARCH_WARM_UP_S * 1000)
    ticker = Ticker()
    wait(WATCH_S * 1000)
    gaps = ticker.gaps_ms
    ticker.deleteLater()
    window.page("search").stop()
    wait_until(lambda: not window.page("search").is_searching, 60)
    window.show_page("train")
    return [
        Figure("fluid", "event loop gap while searching, p99", quantile(gaps, 0.99), "ms", "<= 50"),
        Figure("fluid", "event loop gap while searching, longest", max(gaps), "ms"),
    ]


def _memory(studio: Studio) -> list[Figure]:
    train = studio.window.page("train")
    config = find_recipe("quickstart-mnist").config.changed(data="starter", epochs=1)

    def run_once() -> None:
        train.train(config, None)
        wait_until(lambda: not (train.is_training or train.is_saving), 60)

    for _ in range(3):  # what is made once is not growth
        run_once()
    before = _resident_mb()
    for _ in range(SHORT_RUNS):
        run_once()
    growth = _resident_mb() - before
    return [Figure("fluid", f"memory growth over {SHORT_RUNS} short runs", growth, "MB", "<= 60")]


def _resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20
