"""Each advice of the coach on a real run that shows it: a dense network on a few hundred small pictures."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.datasets.types import Dataset, LabelledImages
from app.core.runs.coach import Advice, Evidence, Finding, advise, evidence_of
from app.core.runs.events import CheckedUp, EpochDone, Event, RunEnded, RunStarted, RunTested
from app.core.runs.history import RunHistory
from app.core.runs.remedies import remedied
from app.core.training.control import RunControl

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("tensorflow")]


def config(layers: str = "dense 32", **values: Any) -> TrainingConfig:
    start = TrainingConfig(recipe="quickstart-mnist", layers=parse_layers(layers), epochs=4, batch_size=32)
    return start.changed(**({"engine": "graph", "validation_split": 0.2} | values))


def trained(configured: TrainingConfig, data: Dataset) -> tuple[Advice, ...]:
    """What is said when the run is over, the same now as later from the history."""
    from app.core.training.runs import run

    events: list[Event] = []
    run(configured, data, events.append, RunControl(), save_model=False)
    epochs = [event for event in events if isinstance(event, EpochDone)]
    checkups = [event for event in events if isinstance(event, CheckedUp)]
    started, tested, ended = (
        next((event for event in events if isinstance(event, kind)), None) for kind in (RunStarted, RunTested, RunEnded)
    )
    assert isinstance(started, RunStarted)
    assert isinstance(ended, RunEnded)
    assert tested is None or isinstance(tested, RunTested)
    held, classes = started.validation_samples, len(data.class_names)
    said = advise(Evidence(configured, epochs, checkups, started.data_facts, classes, held, tested, ended))
    assert ended.run is not None
    later = advise(evidence_of(RunHistory(), ended.run))
    assert [advice.finding for advice in later] == [advice.finding for advice in said]
    return said


def coached(configured: TrainingConfig, data: Dataset) -> Advice:
    """The first thing that is said."""
    return trained(configured, data)[0]


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
        ({"layers": "dense 32 linear zeros, dense 32 linear zeros"}, Finding.GUESSING),
        ({"layers": "dense 32 relu zeros"}, Finding.DEAD_UNITS),
        ({"layers": ", ".join(["dense 16 sigmoid"] * 8)}, Finding.VANISHING),
        ({"layers": ", ".join(["dense 64 linear he_normal"] * 16), "optimizer": "sgd"}, Finding.EXPLODING),
        (
            {"layers": "batch_normalization, dense 16, batch_normalization", "batch_size": 2, "epochs": 2},
            Finding.UNSETTLED,
        ),
        ({"validation_split": 0.03, "epochs": 12, "learning_rate": 0.003}, Finding.UNSURE),
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
    assert advice.right < advice.samples


@pytest.mark.parametrize("seed", range(3))
def test_a_sound_run_is_never_said_to_memorise(bars: Dataset, seed: int) -> None:
    """After any of its epochs, with batch normalization and a high rate."""
    from app.core.training.trainer import train

    configured = config("dense 32, batch_normalization", epochs=8, learning_rate=0.01, seed=seed)
    events: list[Event] = []
    epochs = train(configured, bars, events.append, RunControl()).epochs
    checkups = [event for event in events if isinstance(event, CheckedUp)]
    for count in range(1, 9):
        found = [check for check in checkups if check.epoch <= count]
        said = advise(Evidence(configured, epochs[:count], found, classes=4, checked_with=120))
        assert not any(advice.is_fault for advice in said)


ENGINES = ("graph", "xla", "gradient_tape", "fit")


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_is_looked_at(bars: Dataset, engine: str) -> None:
    """The same weights are said of, whoever trained: two layers of which the second is dead."""
    dying = config("dense 16, dense 16 relu zeros, batch_normalization", epochs=2, engine=engine)
    said = {advice.finding: advice for advice in trained(dying, bars)}
    assert (said[Finding.DEAD_UNITS].share, said[Finding.DEAD_UNITS].layer) == (1.0, 1)


def uneven(bars: Dataset, keep: int) -> Dataset:
    """One class has so many training pictures alone, and looks much like the one below it."""
    random = np.random.default_rng(3)
    images, labels = bars.train.images, bars.train.labels
    kept = np.sort(np.concatenate([np.flatnonzero(labels != 1), np.flatnonzero(labels == 1)[:keep]]))

    def blurred(part: LabelledImages) -> LabelledImages:
        mixed = part.images.copy()
        alike = part.labels == 1
        mixed[alike] = np.roll(mixed[alike], 5, axis=1)
        noise = random.integers(0, 120, mixed.shape)
        return LabelledImages(np.clip(mixed.astype(int) + noise, 0, 255).astype(np.uint8), part.labels)

    return replace(bars, train=blurred(LabelledImages(images[kept], labels[kept])), test=blurred(bars.test))


def test_rare_classes_are_seen_and_balancing_helps(bars: Dataset) -> None:
    few = uneven(bars, 8)
    configured = config("dense 16", epochs=4, learning_rate=0.002)
    said = {advice.finding: advice for advice in trained(configured, few)}
    advice = said[Finding.IMBALANCE]
    assert advice.classes == ("upper",)
    assert advice.remedy is not None
    assert Finding.IMBALANCE not in {each.finding for each in trained(remedied(advice.remedy, configured), few)}


def test_test_pictures_in_training_are_seen_and_left_out(bars: Dataset) -> None:
    both = [
        np.concatenate([train, test[:80]]) for train, test in zip(_parts(bars.train), _parts(bars.test), strict=True)
    ]
    leaking = replace(bars, train=LabelledImages(*both))
    configured = config(epochs=3, learning_rate=0.003)
    advice = next(advice for advice in trained(configured, leaking) if advice.finding is Finding.TEST_COPIES)
    assert (advice.right, advice.samples) == (80, 200)
    assert advice.remedy is not None
    found = trained(remedied(advice.remedy, configured), leaking)
    assert Finding.TEST_COPIES not in {advice.finding for advice in found}


def _parts(images: LabelledImages) -> tuple[Any, Any]:
    return images.images, images.labels


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"optimizer": "adam", "learning_rate": 2e-5, "epochs": 6}, Finding.RATE_LOW),
        ({"layers": "dense 32, dense 32", "learning_rate": 0.1, "epochs": 4}, Finding.DEAD_UNITS),
    ],
)
def test_what_a_remedy_changes_is_not_found_again(bars: Dataset, values: dict[str, Any], finding: Finding) -> None:
    configured = config(**values)
    advice = next(advice for advice in trained(configured, bars) if advice.finding is finding)
    assert advice.remedy is not None
    assert finding not in {each.finding for each in trained(remedied(advice.remedy, configured), bars)}
