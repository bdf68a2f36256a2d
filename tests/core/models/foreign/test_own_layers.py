"""Networks made elsewhere become this program's own where their layers do, and answer as they did."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.datasets.choices import Orientation, Polarity
from app.core.inference.explaining.numpy_network import network_of
from app.core.models.adaptation import Adaptation, Output, Scale
from app.core.models.foreign.adapting import adapted
from app.core.models.foreign.keras_models import read_h5, read_keras
from app.core.models.foreign.own_layers import keras_file, own_network
from tests.core.models.foreign.networks import Array, run, saved, sequential, with_random_weights

EMPTY = TrainingConfig(recipe="imported", layers=())
PICTURES = np.random.default_rng(0).random((6, 28, 28), dtype=np.float32)

Layers = Callable[[Any], list[Any]]


def dense(of: Any) -> list[Any]:
    return [of.Flatten(), of.Dense(12, activation="relu"), of.Dropout(0.2), of.Dense(10, activation="softmax")]


def convolutions(of: Any) -> list[Any]:
    return [
        *(of.Rescaling(1 / 127.5, offset=-1), of.Conv2D(4, 3, activation="relu"), of.MaxPooling2D()),
        *(of.Conv2D(5, 3, padding="same", use_bias=False), of.BatchNormalization(), of.ReLU(), of.BatchNormalization()),
        *(of.AveragePooling2D(2), of.Flatten(), of.Dense(8, activation="tanh"), of.Dense(10), of.Softmax()),
    ]


def pooled(of: Any) -> list[Any]:
    conv = of.Conv2D(6, 5, padding="same", activation="relu")
    return [conv, of.GlobalAveragePooling2D(), of.Dense(10, activation="softmax")]


def probabilities(logits: Array) -> Array:
    given = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(given / given.sum(axis=1, keepdims=True))


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(
    ("shape", "layers"),
    [((28, 28), dense), ((784,), lambda of: dense(of)[1:]), ((28, 28, 1), convolutions), ((28, 28, 1), pooled),
     ((28, 28, 3), pooled), ((28, 28, 3), dense)],
)  # fmt: skip
@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"scale": Scale.BYTES, "polarity": Polarity.DARK_INK},
        {"scale": Scale.SIGNED, "orientation": Orientation.TURNED},
        {"scale": Scale.STANDARDIZED, "mean": 0.1307, "deviation": 0.3081, "order": (9, *range(9))},
    ],
)
@pytest.mark.parametrize(("ending", "read"), [(".keras", read_keras), (".h5", read_h5)])
def test_it_answers_as_the_network_that_came(
    *,
    shape: tuple[int, ...],
    layers: Layers,
    choices: dict[str, Any],
    ending: str,
    read: Callable[[bytes], Any],
    tmp_path: Path,
) -> None:
    network = with_random_weights(sequential(shape, layers))
    content = read(saved(network, tmp_path / f"a{ending}").read_bytes()).content
    adaptation = Adaptation(input_shape=shape, **choices)
    own = own_network(content, adaptation, EMPTY)
    assert own is not None
    config, weights = own
    wanted = run(adapted(content, adaptation, takes_any_batch=True), PICTURES[..., None])
    np.testing.assert_allclose(probabilities(network_of(config, 10, weights).logits(PICTURES)), wanted, atol=1e-4)


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize("layers", [dense, convolutions, pooled])
def test_keras_reads_the_file(layers: Layers, tmp_path: Path) -> None:
    import keras

    from app.core.networks.building import build_network

    network = with_random_weights(sequential((28, 28, 1), layers))
    content = read_keras(saved(network, tmp_path / "a.keras").read_bytes()).content
    own = own_network(content, Adaptation(input_shape=(28, 28, 1)), EMPTY)
    assert own is not None
    config, weights = own
    (tmp_path / "b.keras").write_bytes(keras_file(config, 10, weights))
    wanted = network(PICTURES[..., None], training=False)
    ours = build_network(config, 10)
    ours.load_weights(tmp_path / "b.keras")
    np.testing.assert_allclose(probabilities(np.asarray(ours(PICTURES[..., None]))), wanted, atol=1e-4)
    alone = keras.models.load_model(tmp_path / "b.keras")
    np.testing.assert_allclose(probabilities(np.asarray(alone(PICTURES[..., None]))), wanted, atol=1e-4)


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(
    ("shape", "layers"),
    [
        ((32, 32, 1), pooled),
        ((28, 28, 1), lambda of: [of.Conv2D(4, 3, strides=2), of.Flatten(), of.Dense(10, activation="softmax")]),
        ((28, 28), lambda of: [of.Flatten(), of.Dense(10, activation="sigmoid")]),
        ((28, 28, 1), lambda of: [of.DepthwiseConv2D(3), of.Flatten(), of.Dense(10, activation="softmax")]),
        ((28, 28), lambda of: [of.Flatten(), of.Dense(1, activation="sigmoid")]),
        ((28, 28), lambda of: [of.Dense(10, activation="softmax"), of.Flatten()]),
    ],
)
def test_what_there_is_not_here_stays_as_it_is(shape: tuple[int, ...], layers: Layers, tmp_path: Path) -> None:
    network = with_random_weights(sequential(shape, layers))
    content = read_keras(saved(network, tmp_path / "a.keras").read_bytes()).content
    output = Output.PROBABILITIES
    assert own_network(content, Adaptation(input_shape=shape, output=output), EMPTY) is None
