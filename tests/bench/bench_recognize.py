"""From the end of a mouse move to painted bars, idle and while a network trains; and files a second."""

import tempfile
import time
from pathlib import Path

from app.core.datasets.sources import find_full
from app.core.inference.predict_files import predict_files
from app.core.models.store import find_model
from app.core.paths import resources_dir
from tests.bench.report import Figure, quantile
from tests.bench.studio import open_studio, train_in_background

MOVES = 600
FILES = 2000


def measure() -> list[Figure]:
    """Latencies with the bundled digit reader, and the speed of the command line's core."""
    from tests.bench.pen import draw_and_time

    with open_studio() as studio:
        draw_and_time(studio.app, studio.window, 60)
        idle = draw_and_time(studio.app, studio.window, MOVES)
        with train_in_background(studio, "full" if find_full("mnist") else "starter"):
            training = draw_and_time(studio.app, studio.window, MOVES)
    return [
        Figure("recognize", "mouse move to painted bars, idle, median", quantile(idle, 0.5), "ms"),
        Figure("recognize", "mouse move to painted bars, idle, p95", quantile(idle, 0.95), "ms", "<= 16"),
        Figure("recognize", "mouse move to painted bars, training, median", quantile(training, 0.5), "ms"),
        Figure("recognize", "mouse move to painted bars, training, p95", quantile(training, 0.95), "ms", "<= 33"),
        _files(),
    ]


def _files() -> Figure:
    drawings = sorted((resources_dir() / "samples").glob("*.drawing.json"))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            source = drawings[number % len(drawings)]
            (Path(folder) / f"{number}.drawing.json").write_bytes(source.read_bytes())
        model = find_model("digits-cnn")
        began = time.perf_counter()
        count = sum(1 for _ in predict_files(model, [Path(folder)]))
        return Figure("recognize", f"reading {count} drawings", time.perf_counter() - began, "s", "<= 5")
