"""The run history: listing thousands of runs, and what writing an epoch costs while a network trains."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.recipes import find_recipe
from app.core.runs.events import EndReason, EpochDone, RunEnded
from app.core.runs.history import RunHistory
from tests.bench.many_runs import fill_history
from tests.bench.report import Figure, quantile

RUNS = 10_000
REPEATS = 15
EPOCHS = 300


def measure() -> list[Figure]:
    """Medians with 10,000 runs of about 20 epochs in the file; the disk is that of the temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite3"
        fill_history(RunHistory(path), RUNS)
        history = RunHistory(path)
        newest = history.runs()[0].id
        return [
            Figure("history", f"listing {RUNS:,} runs, first time", _first_s(path), "s", "<= 0.5"),
            Figure("history", f"listing {RUNS:,} runs, median", _median_s(history.runs), "s", "<= 0.5"),
            Figure("history", "the epochs of one run", 1000 * _median_s(lambda: history.epochs(newest)), "ms"),
            *_writing(history),
            Figure("history", "size of the file", path.stat().st_size / 2**20, "MB"),
        ]


def _first_s(path: Path) -> float:
    """With a connection of its own, as when the window opens."""
    began = time.perf_counter()
    RunHistory(path).runs()
    return time.perf_counter() - began


def _median_s(call: Callable[[], object]) -> float:
    spent = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        spent.append(time.perf_counter() - began)
    return quantile(spent, 0.5)


def _writing(history: RunHistory) -> list[Figure]:
    """A run of many epochs, each of which waits for the disk."""
    none = LabelledImages(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    dataset = Dataset("mnist", "MNIST", Variant.FULL, tuple("0123456789"), "mnist-1", none, none, "0" * 64, "")
    began = time.perf_counter()
    run = history.begin(find_recipe("quickstart-mnist").config, dataset)
    begun = time.perf_counter() - began
    spent = []
    for epoch in range(1, EPOCHS + 1):
        began = time.perf_counter()
        history.add_epoch(run, EpochDone(epoch, 0.1, 0.9, 0.1, 0.9, 0.001, True, 1.0, float(epoch)))
        spent.append((time.perf_counter() - began) * 1000)
    history.end(run, RunEnded(EndReason.COMPLETED, "", EPOCHS, EPOCHS, float(EPOCHS)))
    return [
        Figure("history", "entering a run", begun * 1000, "ms"),
        Figure("history", "writing an epoch to the disk, median", quantile(spent, 0.5), "ms"),
        Figure("history", "writing an epoch to the disk, p95", quantile(spent, 0.95), "ms", "<= 20"),
    ]
