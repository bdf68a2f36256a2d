"""Batch normalization predicts as it trains, however short the run: what is validated, tested and kept is settled."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.datasets.types import Dataset
from app.core.runs.events import BatchesDone, Event
from app.core.training.control import RunControl
from app.core.training.images import run_images
from tests.core.training.exact_statistics import set_exact_statistics

pytestmark = pytest.mark.usefixtures("tensorflow")

NORMALIZED = "conv2d 4 3x3, batch_normalization, max_pooling2d 2, dense 8, batch_normalization"


def config(layers: str = NORMALIZED, **values: object) -> TrainingConfig:
    """A run of a few batches: far too few for a momentum of 0.99."""
    start = TrainingConfig(recipe="fast-cnn", layers=parse_layers(layers), epochs=2, batch_size=64)
    return start.changed(**({"engine": "graph", "learning_rate": 0.01} | values))


def trained(configured: TrainingConfig, bars: Dataset, emit: Callable[[Event], None] = lambda _event: None) -> Any:
    from app.core.training.trainer import train

    return train(configured, bars, emit, RunControl())


def exact(configured: TrainingConfig, bars: Dataset, network: Any) -> Any:
    """The same weights in plain Keras layers, with exact statistics of the pictures they were trained on."""
    from app.core.networks.building import build_network

    plain = build_network(configured, 4)
    plain.set_weights(network.get_weights())
    pictures = run_images(configured, bars)
    set_exact_statistics(plain, pictures.data.images[pictures.epoch])
    return plain


@pytest.mark.parametrize("engine", ["graph", "fit", "gradient_tape"])
def test_a_short_run_leaves_a_network_with_the_statistics_of_its_pictures(bars: Dataset, engine: str) -> None:
    configured = config(engine=engine)
    found = trained(configured, bars)
    oracle = exact(configured, bars, found.engine.network)
    for ours, theirs in zip(found.engine.network.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)
    assert found.epochs[-1].val_accuracy > 0.9
    assert found.epochs[-1].val_loss < 2 * found.epochs[-1].loss


def test_dense_networks_settle_in_the_compiled_loop(bars: Dataset) -> None:
    configured = config("dense 16, batch_normalization", engine="xla")
    found = trained(configured, bars)
    oracle = exact(configured, bars, found.engine.network)
    for ours, theirs in zip(found.engine.network.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


def test_validation_is_that_of_the_settled_network(bars: Dataset) -> None:
    """Whoever reads the held pictures with the network of an epoch finds the figures that were told."""
    from app.core.datasets.types import LabelledImages

    configured = config(epochs=1)
    found = trained(configured, bars)
    held = run_images(configured, bars).validation
    read = found.engine.evaluate(LabelledImages(bars.train.images[held], bars.train.labels[held]))
    assert read.mean_loss == pytest.approx(found.epochs[-1].val_loss, rel=1e-5)


def test_what_is_stopped_in_the_middle_is_settled_too(bars: Dataset) -> None:
    from app.core.training.trainer import train

    control = RunControl()

    def stop_in_first(event: Event) -> None:
        if isinstance(event, BatchesDone) and event.batch >= 4:
            control.stop()

    configured = config()
    found = train(configured, bars, stop_in_first, control)
    assert not found.epochs
    oracle = exact(configured, bars, found.engine.network)
    for ours, theirs in zip(found.engine.network.get_weights(), oracle.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("engine", ["graph", "fit"])
def test_a_run_taken_up_again_is_settled_as_one_that_was_left_alone(bars: Dataset, engine: str) -> None:
    """Validation to the last bit: the statistics of an epoch depend on its weights, and on nothing before them."""
    from app.core.runs.checkpoint import Checkpoint
    from app.core.training.trainer import train

    configured = config(f"{NORMALIZED}, dropout 0.2", engine=engine, epochs=3)
    kept: list[Checkpoint] = []
    whole = train(configured, bars, lambda _event: None, RunControl(), save=kept.append)
    resumed = train(configured, bars, lambda _event: None, RunControl(), start=kept[0])
    for ours, theirs in zip(resumed.epochs, whole.epochs, strict=True):
        assert ours.val_loss == theirs.val_loss
