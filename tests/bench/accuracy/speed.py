"""How long a shipped model takes for one picture, and the command line for two thousand drawings."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.core.imaging.drawing import load_drawing, save_drawing
from app.core.models.store import list_models
from app.core.paths import resources_dir
from tests.bench.accuracy.data import drawings
from tests.bench.accuracy.reading import predictor
from tests.bench.report import Figure, quantile

REPEATS = 300
FILES = 2000


def measure() -> Iterator[Figure]:
    """Medians of one picture at a time, on one core; then the command line from its start to its end."""
    image = np.zeros((28, 28), np.float32)
    image[4:24, 13:15] = 1
    for model in list_models():
        if model.bundled:
            reader = predictor(model.card.name)
            spent = [reader.predict(image).elapsed_ms for _ in range(REPEATS)]
            yield Figure("accuracy", f"{model.card.name}: one picture", quantile(spent, 0.5), "ms", "<= 2")
    yield from _command_line()


def _command_line() -> Iterator[Figure]:
    samples = [load_drawing(path) for path in sorted((resources_dir() / "samples").glob("*.drawing.json"))]
    sources = [one.drawing for one in drawings()] or samples
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:04}.drawing.json" for number in range(FILES)]
        for number, path in enumerate(paths):
            save_drawing(sources[number % len(sources)], path)
        start = min(_predict(paths[0]) for _ in range(2))
        before = os.times()
        whole = _predict(Path(folder))
        after = os.times()
    computed = after.children_user + after.children_system - before.children_user - before.children_system
    yield Figure("accuracy", f"predict, {FILES} drawings in one call", whole, "s")
    yield Figure("accuracy", f"predict, {FILES} drawings in one call, after start", whole - start, "s", "<= 5")
    yield Figure("accuracy", "processor time of that, with its start", computed, "s")


def _predict(path: Path) -> float:
    """Seconds that the command took from start to end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "app", "predict", "--json", str(path)], capture_output=True, check=True)
    return time.perf_counter() - began
