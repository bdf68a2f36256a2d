"""Each advice of the coach on a real run that shows it: a dense network on a few hundred small pictures."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.datasets.types import Dataset, LabelledImages
from app.core.runs.coach import Advice, Finding, advise
from app.core.runs.events import EpochDone, Event, RunEnded, RunStarted, RunTested
from app.core.training.control import RunControl

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("tensorflow")]


def config(layers: str = "dense 32", **values: Any) -> TrainingConfig:
    start = TrainingConfig(recipe="quickstart-mnist", layers=parse_layers(layers), epochs=4, batch_size=32)
    return start.changed(**({"engine": "graph", "validation_split": 0.2} | values))


def coached(configured: TrainingConfig, data: Dataset) -> Advice:
    """What is said when the run is over."""
    from app.core.training.runs import run

    events: list[Event] = []
    run(configured, data, events.append, RunControl(), save_model=False)
    epochs = [event for event in events if isinstance(event, EpochDone)]
    started, tested, ended = (
        next((event for event in events if isinstance(event, kind)), None) for kind in (RunStarted, RunTested, RunEnded)
    )
    assert isinstance(started, RunStarted)
    assert isinstance(ended, RunEnded)
    assert tested is None or isinstance(tested, RunTested)
    return advise(epochs, configured, 4, started.validation_samples, tested=tested, ended=ended)


def mislabelled(bars: Dataset) -> Dataset:
    """Pictures of which half have a label at random: these can only be learned by heart."""
    random = np.random.default_rng(1)
    labels = np.where(random.random(600) < 0.5, random.integers(0, 4, 600), bars.train.labels).astype(np.uint8)
    return replace(bars, train=LabelledImages(bars.train.images, labels))


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"learning_rate": 0.0005}, Finding.IMPROVING),
        ({"epochs": 40, "optimizer": "sgd", "learning_rate": 0.05, "l2": 0.01}, Finding.LEVELLED_OFF),
        ({"layers": "dense 32, dense 32", "learning_rate": 10.0}, Finding.GUESSING_RATE_HIGH),
        ({"optimizer": "sgd", "learning_rate": 1e-6}, Finding.GUESSING_RATE_LOW),
        ({"layers": "dense 32 relu zeros"}, Finding.GUESSING),
        (
            {"layers": "dense 64 linear", "output": "logits", "optimizer": "sgd", "learning_rate": 10.0},
            Finding.FAILED_RATE_HIGH,
        ),
        ({"validation_split": 0.0}, Finding.TEST_AS_GOOD),
    ],
    ids=lambda value: value if isinstance(value, Finding) else "",
)
def test_what_is_said_of_a_run_that_shows_it(bars: Dataset, values: dict[str, Any], finding: Finding) -> None:
    assert coached(config(**({"epochs": 8} | values)), bars).finding is finding


def test_learning_by_heart_is_seen_in_validation(bars: Dataset) -> None:
    advice = coached(config("dense 256", epochs=30, learning_rate=0.003), mislabelled(bars))
    assert advice.finding in {Finding.MEMORISING, Finding.TEST_WORSE}


def test_early_stopping_is_told_as_what_happened(bars: Dataset) -> None:
    stopping = config("dense 256", epochs=60, learning_rate=0.003, early_stopping_patience=4)
    advice = coached(stopping, mislabelled(bars))
    assert advice.stopped_early
    assert advice.is_over
    assert advice.epoch - advice.best == 4


def test_learning_by_heart_without_validation_is_seen_in_the_test(bars: Dataset) -> None:
    few = replace(bars, train=LabelledImages(bars.train.images[:40], mislabelled(bars).train.labels[:40]))
    advice = coached(config("dense 256", epochs=60, learning_rate=0.003, validation_split=0.0), few)
    assert advice.finding is Finding.TEST_WORSE
    assert advice.train_accuracy > 0.95
    assert advice.test_right < advice.test_samples


@pytest.mark.parametrize("seed", range(3))
def test_a_sound_run_is_never_said_to_memorise(bars: Dataset, seed: int) -> None:
    """After any of its epochs, with batch normalization and a high rate."""
    from app.core.training.trainer import train

    configured = config("dense 32, batch_normalization", epochs=8, learning_rate=0.01, seed=seed)
    epochs = train(configured, bars, lambda _event: None, RunControl()).epochs
    said = {advise(epochs[:count], configured, 4, 120).finding for count in range(1, 9)}
    assert Finding.MEMORISING not in said
