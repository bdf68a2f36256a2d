"""Training speed: ours against a notebook's `model.fit`, same network, data, batch size and optimizer, in one run.

Speeds are those of the fastest epoch after the first, which builds and compiles; with one epoch, of that one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.config.config import TrainingConfig
from app.core.datasets.sources import find_full, load_dataset
from app.core.datasets.types import Dataset
from app.core.quiet import load_tensorflow
from app.core.recipes import find_recipe
from app.core.runs.events import EpochDone, Event
from app.core.training.control import RunControl
from tests.bench.report import Figure


@dataclass(frozen=True)
class Contest:
    """One network, trained both ways."""

    name: str
    recipe: str
    notebook: Callable[[], Any]
    epochs: int
    goal: str


def measure() -> list[Figure]:
    """All contests, and the race to 99%. Full MNIST where it is, otherwise the starter data (and no race)."""
    load_tensorflow()
    from tests.bench import notebook

    full = find_full("mnist") is not None
    dataset = load_dataset("mnist", "full" if full else "starter")
    contests = [
        Contest("quickstart, batch 32", "quickstart-mnist", notebook.quickstart, 5, ">= 4"),
        Contest("dense 512-512, batch 128", "tuning-512x512-02", notebook.dense_512, 5, ">= 3"),
        Contest("three-conv CNN, batch 32", "lab-cnn-mnist", notebook.three_conv, 2, ">= 1.15"),
    ]
    figures = [figure for contest in contests for figure in _contest(contest, dataset)]
    return figures + (_race(dataset) if full else [])


def _contest(contest: Contest, dataset: Dataset) -> list[Figure]:
    import keras

    config = find_recipe(contest.recipe).config.changed(epochs=contest.epochs, validation_split=0.0)
    keras.utils.clear_session()
    keras.utils.set_random_seed(42)
    from tests.bench import notebook

    theirs = notebook.fit(contest.notebook(), dataset, config.batch_size, contest.epochs)
    ours, accuracy = _train(config, dataset)
    samples = len(dataset.train)
    their_speed = samples / min(seconds for seconds, _ in theirs[1:] or theirs)
    our_speed = samples / min(ours[1:] or ours)
    total = sum(seconds for seconds, _ in theirs) / sum(ours)
    name = contest.name
    return [
        Figure("train", f"{name}: notebook fit", their_speed, "samples/s"),
        Figure("train", f"{name}: Softmax Studio", our_speed, "samples/s"),
        Figure("train", f"{name}: ratio", our_speed / their_speed, "x", contest.goal),
        Figure("train", f"{name}: ratio of the whole {contest.epochs} epochs", total, "x"),
        Figure("train", f"{name}: test accuracy, notebook", 100 * theirs[-1][1], "%"),
        Figure("train", f"{name}: test accuracy, Softmax Studio", 100 * accuracy, "%"),
    ]


def _train(config: TrainingConfig, dataset: Dataset) -> tuple[list[float], float]:
    """Seconds of every epoch, the first with building and compiling, and the final test accuracy."""
    from app.core.training.trainer import train

    epochs: list[EpochDone] = []

    def emit(event: Event) -> None:
        if isinstance(event, EpochDone):
            epochs.append(event)

    began = time.perf_counter()
    trained = train(config, dataset, emit, RunControl())
    whole = time.perf_counter() - began
    seconds = [epoch.epoch_s for epoch in epochs]
    seconds[0] += whole - sum(seconds)
    return seconds, trained.engine.evaluate(dataset.test).accuracy


def _race(dataset: Dataset) -> list[Figure]:
    """Seconds until 99% of the test digits are read: the fast recipe to its saved model, the lab CNN by epochs."""
    from app.core.training.runs import run
    from tests.bench import notebook

    began = time.perf_counter()
    trained = run(find_recipe("fast-cnn").config, dataset, lambda _event: None, RunControl(), "bench")
    ours = time.perf_counter() - began

    accuracy = trained.engine.evaluate(dataset.test).accuracy if trained else 0.0
    theirs, reached = 0.0, 0.0
    network = notebook.three_conv()
    while reached < 0.99 and theirs < 600:
        ((seconds, reached),) = notebook.fit(network, dataset, 32, 1)
        theirs += seconds
    return [
        Figure("train", "fast CNN: click to saved model", ours, "s", "<= 20"),
        Figure("train", "fast CNN: test accuracy", 100 * accuracy, "%", ">= 99"),
        Figure("train", "three-conv CNN in a notebook: seconds to 99%", theirs, "s"),
        Figure("train", "three-conv CNN in a notebook: test accuracy then", 100 * reached, "%"),
        Figure("train", "fast CNN is faster by", theirs / ours, "x", ">= 8"),
    ]
