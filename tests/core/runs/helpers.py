"""Runs that were never trained: the events of one, and a process that records some."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from app.core.datasets.types import Dataset, LabelledImages, Variant
from app.core.recipes import find_recipe
from app.core.runs.events import EndReason, EpochDone, ModelSaved, RunEnded, RunStarted, RunTested

CONFIG = find_recipe("quickstart-mnist").config

_ROOT = Path(__file__).parents[3]
_PICTURES = LabelledImages(np.zeros((60, 28, 28), np.uint8), np.zeros(60, np.uint8))
DATASET = Dataset(
    "mnist", "MNIST", Variant.FULL, tuple("0123456789"), "mnist-1", _PICTURES, _PICTURES, "ab" * 32, "made here"
)

CONFUSION = np.arange(9, dtype=np.int64).reshape(3, 3)
TESTED = RunTested(0.11, 0.97, 0.96, 0.95, 60, 0.4, CONFUSION)
SAVED = ModelSaved("quickstart-mnist 2", 0.11, 0.97, 60)


def started(first_epoch: int = 1) -> RunStarted:
    return RunStarted("quickstart-mnist", "MNIST, full, 60", 5, 10, 54, 6, 101_770, "xla", first_epoch)


def epoch(number: int, is_best: bool = True) -> EpochDone:
    """An epoch of 2 s, half a second of it validation, whose losses tell its number."""
    return EpochDone(
        epoch=number,
        loss=1 / number,
        accuracy=0.9,
        val_loss=2 / number,
        val_accuracy=0.8,
        learning_rate=0.001,
        is_best=is_best,
        epoch_s=2.0,
        elapsed_s=2.0 * number,
        val_precision=0.7,
        val_recall=0.6,
        validation_s=0.5,
    )


def ended(reason: EndReason = EndReason.COMPLETED, weights_epoch: int | None = None) -> RunEnded:
    return RunEnded(reason, f"It {reason.value}.", 3, 3, 6.0, weights_epoch=weights_epoch)


Process = subprocess.Popen[str]


@contextmanager
def recording_process(path: Path, *arguments: str) -> Iterator[Process]:
    """A process that has loaded what it needs and waits to be told: see `recording_process.py`."""
    command = [sys.executable, "-m", "tests.core.runs.recording_process", str(path), *arguments]
    with subprocess.Popen(command, cwd=_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert heard(process) == "ready"
            yield process
        finally:
            process.kill()


def tell(process: Process) -> None:
    """Let the process go on."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def heard(process: Process) -> str:
    """The next line that the process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
