"""Networks made elsewhere become this program's own where their layers do, and answer as they did."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dropout
from app.core.datasets.choices import Orientation, Polarity
from app.core.inference.explaining.numpy_network import network_of
from app.core.models.adaptation import Adaptation, Output, Scale
from app.core.models.foreign.adapting import adapted
from app.core.models.foreign.keras_models import read_h5, read_keras
from app.core.models.foreign.own_layers import OtherLayersError, keras_file, own_network
from tests.core.models.foreign.networks import Array, run, saved, sequential, with_random_weights

MAPS = (28, 28, 1)
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


def end(of: Any) -> list[Any]:
    return [of.Dense(10, activation="softmax")]


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
    config, weights = own.config, own.weights
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
    config, weights = own.config, own.weights
    (tmp_path / "b.keras").write_bytes(keras_file(config, 10, weights))
    wanted = network(PICTURES[..., None], training=False)
    ours = build_network(config, 10)
    ours.load_weights(tmp_path / "b.keras")
    np.testing.assert_allclose(probabilities(np.asarray(ours(PICTURES[..., None]))), wanted, atol=1e-4)
    alone = keras.models.load_model(tmp_path / "b.keras")
    np.testing.assert_allclose(probabilities(np.asarray(alone(PICTURES[..., None]))), wanted, atol=1e-4)


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(
    ("shape", "layers", "said"),
    [
        ((32, 32, 1), pooled, "pictures of 32 x 32"),
        (MAPS, lambda of: [of.Conv2D(4, 3, strides=2), of.Flatten(), *end(of)], "strides"),
        (MAPS, lambda of: [of.Conv2D(4, 3, dilation_rate=2), of.Flatten(), *end(of)], "dilated"),
        ((28, 28), lambda of: [of.Flatten(), of.Dense(10, activation="sigmoid")], "no softmax"),
        (MAPS, lambda of: [of.DepthwiseConv2D(3), of.Flatten(), *end(of)], "depthwise"),
        (MAPS, lambda of: [of.SeparableConv2D(4, 3), of.Flatten(), *end(of)], "separable"),
        (MAPS, lambda of: [of.Conv2D(4, 3), of.GlobalMaxPooling2D(), *end(of)], "global max pooling"),
        (MAPS, lambda of: [of.MaxPooling2D(3, strides=2), of.Flatten(), *end(of)], "overlap"),
        ((28, 28), lambda of: [of.Flatten(), of.Dense(1, activation="sigmoid")], "a number for each class"),
        ((28, 28), lambda of: [of.Dense(10, activation="softmax"), of.Flatten()], "each pixel by itself"),
    ],
)
def test_what_there_is_not_here_is_said(shape: tuple[int, ...], layers: Layers, said: str, tmp_path: Path) -> None:
    network = with_random_weights(sequential(shape, layers))
    content = read_keras(saved(network, tmp_path / "a.keras").read_bytes()).content
    with pytest.raises(OtherLayersError, match=said):
        own_network(content, Adaptation(input_shape=shape, output=Output.PROBABILITIES), EMPTY)


def varied(of: Any) -> list[Any]:
    return [
        *(of.RandomFlip(), of.GaussianNoise(0.1), of.Rescaling(1 / 255)),
        *(of.Conv2D(4, 3, activation="relu", kernel_regularizer="l2"), of.BatchNormalization(epsilon=1e-5)),
        *(of.SpatialDropout2D(0.2), of.MaxPooling2D(), of.Dropout(0.25), of.Flatten()),
        *(of.Dense(8, kernel_regularizer={"class_name": "L1L2", "config": {"l1": 0.001, "l2": 0.002}}),),
        *(of.Dropout(0.5), of.ReLU(), of.Dropout(0.0), of.Dense(6), of.BatchNormalization(), *end(of)),
    ]


@pytest.mark.usefixtures("tensorflow")
@pytest.mark.parametrize(("ending", "read"), [(".keras", read_keras), (".h5", read_h5)])
def test_what_layers_do_in_training_is_kept_or_named(ending: str, read: Callable[[bytes], Any], tmp_path: Path) -> None:
    network = with_random_weights(sequential(MAPS, varied))
    found = read(saved(network, tmp_path / f"a{ending}").read_bytes())
    assert found.in_training.left_out == ["RandomFlip", "GaussianNoise", "SpatialDropout2D"]
    adaptation = Adaptation(input_shape=MAPS, scale=Scale.BYTES)
    own = own_network(found.content, adaptation, EMPTY, found.in_training.kept)
    assert [layer.type for layer in own.config.layers] == [
        *("conv2d", "batch_normalization", "max_pooling2d", "dropout", "flatten", "dense", "dropout", "dense"),
    ]
    conv, _, _, *rest = own.config.layers
    assert conv.model_dump()["l2"] == 0.01
    dense = rest[2].model_dump()
    assert (dense["activation"], dense["l1"], dense["l2"]) == ("relu", 0.001, 0.002)
    assert [layer.rate for layer in rest if isinstance(layer, Dropout)] == [0.25, 0.5]
    assert own.left_out == ("BatchNormalization",)  # the second, which became part of the weights before it
    _gamma, _beta, mean, variance = np.split(own.weights[40:56], 4)
    theirs = [np.asarray(each) for each in network.layers[4].weights[2:]]
    np.testing.assert_allclose(mean, theirs[0], rtol=1e-5)
    np.testing.assert_allclose(variance + 1e-3, theirs[1] + 1e-5, rtol=1e-4)
    wanted = run(adapted(found.content, adaptation, takes_any_batch=True), PICTURES[..., None])
    np.testing.assert_allclose(
        probabilities(network_of(own.config, 10, own.weights).logits(PICTURES)), wanted, atol=1e-4
    )


@pytest.mark.usefixtures("tensorflow")
def test_dropout_for_which_there_is_no_place_is_left_out(tmp_path: Path) -> None:
    def layers(of: Any) -> list[Any]:
        return [of.Flatten(), of.Dense(8), of.Dropout(0.5), of.Activation("tanh"), *end(of)]

    found = read_keras(saved(with_random_weights(sequential(MAPS, layers)), tmp_path / "a.keras").read_bytes())
    own = own_network(found.content, Adaptation(input_shape=MAPS), EMPTY, found.in_training.kept)
    assert [layer.type for layer in own.config.layers] == ["dense"]
    assert own.left_out == ("Dropout",)
