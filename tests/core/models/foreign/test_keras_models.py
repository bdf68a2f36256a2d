"""Keras' files become LiteRT networks without Keras; Keras itself says what they should answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.models.foreign.keras_models import read_h5, read_keras
from tests.core.models.foreign.networks import run, saved, sequential, small, with_random_weights

pytestmark = pytest.mark.usefixtures("tensorflow")


def dense() -> Any:
    return sequential(
        (28, 28),
        lambda kinds: [
            kinds.Rescaling(1 / 255),
            kinds.Flatten(),
            kinds.Dense(16, activation="relu"),
            kinds.Dropout(0.2),
            kinds.Dense(10),
        ],
    )


def activations() -> Any:
    names = ("swish", "selu", "softplus", "hard_sigmoid", "gelu", "mish", "softsign", "hard_silu", "leaky_relu")
    return sequential((784,), lambda kinds: [*(kinds.Dense(12, activation=name) for name in names), kinds.Softmax()])


def convolutions() -> Any:
    return sequential(
        (28, 28, 1),
        lambda kinds: [
            kinds.RandomRotation(0.1),
            kinds.Conv2D(8, (3, 5), padding="same", strides=2, activation="relu"),
            kinds.BatchNormalization(),
            kinds.SeparableConv2D(12, 3, activation="elu", padding="same"),
            kinds.MaxPooling2D(3, strides=2, padding="same"),
            kinds.DepthwiseConv2D(3, depth_multiplier=2),
            kinds.PReLU(shared_axes=[1, 2]),
            kinds.ReLU(max_value=6),
            kinds.ZeroPadding2D(((1, 2), (0, 3))),
            kinds.Cropping2D(((0, 1), (1, 0))),
            kinds.AveragePooling2D(2, padding="same"),
            kinds.Conv2D(5, 2, dilation_rate=2, padding="same"),
            kinds.UpSampling2D(2, interpolation="bilinear"),
            kinds.LayerNormalization(),
            kinds.GlobalMaxPooling2D(),
            kinds.BatchNormalization(scale=False),
            kinds.Dense(10, activation="sigmoid"),
        ],
    )


def rows_as_steps() -> Any:
    return sequential(
        (28, 28),
        lambda kinds: [
            kinds.Conv1D(8, 3, activation="relu"),
            kinds.MaxPooling1D(2),
            kinds.Conv1D(8, 3, dilation_rate=2, padding="same"),
            kinds.AveragePooling1D(3, strides=2, padding="same"),
            kinds.GlobalAveragePooling1D(),
            kinds.Dense(10),
            kinds.Activation("log_softmax"),
        ],
    )


def residual() -> Any:
    import keras
    from keras import layers

    picture = keras.Input((28, 28, 1))
    first = layers.Conv2D(4, 3, padding="same", activation="relu")(picture)
    joined = layers.Add()([first, layers.Conv2D(4, 1)(first)])
    values = keras.ops.relu(layers.LeakyReLU()(joined) / 2.0 - 0.1)
    values = layers.Concatenate()([layers.Average()([values, first]), first])
    answer = layers.Dense(10, activation=layers.LeakyReLU())(layers.Flatten()(values))
    return keras.Model(picture, layers.Softmax()(answer))


def models_in_a_model() -> Any:
    import keras
    from keras import layers

    body = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(4, 3, strides=2), layers.BatchNormalization()])
    inner = keras.Input((13, 13, 4))
    head = keras.Model(inner, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(inner)))
    return keras.Sequential([keras.Input((28, 28, 1)), body, layers.BatchNormalization(), head])


def a_layer_used_twice() -> Any:
    import keras
    from keras import layers

    picture = keras.Input((28, 28))
    flat = layers.Reshape((-1,))(picture)
    shared = layers.Dense(784, activation="tanh")
    return keras.Model(picture, layers.Dense(10)(layers.Subtract()([shared(shared(flat)), flat])))


def colours() -> Any:
    return sequential(
        (28, 28, 3),
        lambda kinds: [
            kinds.Resizing(20, 40),
            kinds.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0]),
            kinds.Permute((2, 1, 3)),
            kinds.Conv2D(4, 3),
            kinds.GlobalAveragePooling2D(keepdims=True),
            kinds.Conv2D(10, 1),
            kinds.Reshape((10,)),
            kinds.Softmax(),
        ],
    )


def mixed_precision() -> Any:
    return sequential(
        (28, 28, 1),
        lambda kinds: [
            kinds.Conv2D(4, 3, dtype="mixed_bfloat16"),
            kinds.Flatten(),
            kinds.Dense(10, activation="softmax", dtype="float32"),
        ],
    )


NETWORKS: tuple[Callable[[], Any], ...] = (
    dense, activations, convolutions, rows_as_steps, residual, models_in_a_model, a_layer_used_twice, colours,
)  # fmt: skip


@pytest.mark.parametrize("make", NETWORKS)
def test_a_network_answers_as_keras_does(make: Callable[[], Any], tmp_path: Path) -> None:
    network = with_random_weights(make())
    pictures = np.random.default_rng(1).random((3, *network.input_shape[1:]), dtype=np.float32)
    expected = np.asarray(network(pictures, training=False))
    for name, read in (("model.keras", read_keras), ("model.h5", read_h5)):
        found = read(saved(network, tmp_path / name).read_bytes())
        np.testing.assert_allclose(run(found.content, pictures), expected, rtol=1e-3, atol=1e-4)
        assert found.keras_version.startswith("3.")


def test_pixels_normalized_over_all_of_a_picture(tmp_path: Path) -> None:
    import keras

    pictures = np.random.default_rng(1).random((3, 28, 28), dtype=np.float32)
    normalization = keras.layers.Normalization(axis=None)
    normalization.adapt(pictures)
    network = sequential((28, 28), lambda kinds: [normalization, kinds.Flatten(), kinds.Dense(10)])
    for name, read in (("model.keras", read_keras), ("model.h5", read_h5)):
        found = read(saved(network, tmp_path / name).read_bytes())
        np.testing.assert_allclose(run(found.content, pictures), np.asarray(network(pictures)), rtol=1e-3, atol=1e-4)


def test_mixed_precision_is_computed_in_32_bits(tmp_path: Path) -> None:
    network = with_random_weights(mixed_precision())
    pictures = np.random.default_rng(1).random((3, 28, 28, 1), dtype=np.float32)
    found = read_keras(saved(network, tmp_path / "model.keras").read_bytes())
    np.testing.assert_allclose(run(found.content, pictures), np.asarray(network(pictures)), atol=0.02)


def test_layers_are_listed_with_what_they_make_of_a_picture(tmp_path: Path) -> None:
    found = read_keras(saved(models_in_a_model(), tmp_path / "model.keras").read_bytes())
    assert [(each.kind, each.shape) for each in found.layers] == [
        ("Conv2D", (13, 13, 4)),
        ("BatchNormalization", (13, 13, 4)),
        ("BatchNormalization", (13, 13, 4)),
        ("GlobalAveragePooling2D", (4,)),
        ("Dense", (10,)),
    ]


def test_keras_2_named_its_layers_and_weights_in_another_way(tmp_path: Path) -> None:
    """As TensorFlow 2.4 writes it: depthwise_kernel, alpha, and 0.2x + 0.5 for a hard sigmoid."""
    import json

    import h5py

    kernel = np.random.default_rng(2).normal(size=(3, 3, 1, 2)).astype(np.float32)
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 28, 28, 1], "name": "input_1"}},
        {"class_name": "DepthwiseConv2D", "config": {"name": "each", "kernel_size": [3, 3], "strides": [1, 1],
         "padding": "valid", "depth_multiplier": 2, "use_bias": False, "activation": "hard_sigmoid", "groups": 1}},
        {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.30000001192092896}},
        {"class_name": "GlobalAveragePooling2D", "config": {"name": "pool", "data_format": "channels_last"}},
    ]  # fmt: skip
    config = {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.4.0"
        file["model_weights/each/each/depthwise_kernel:0"] = kernel
    picture = np.random.default_rng(3).random((1, 28, 28, 1), dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(picture[0, :, :, 0], (3, 3))
    sums = np.einsum("rcij,ijm->rcm", windows, kernel[:, :, 0])
    expected = np.clip(0.2 * sums + 0.5, 0, 1).mean(axis=(0, 1))
    found = read_h5((tmp_path / "model.h5").read_bytes())
    np.testing.assert_allclose(run(found.content, picture)[0], expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda kinds: [kinds.LSTM(4), kinds.Dense(10)], "a layer of the kind 'LSTM'"),
        (lambda kinds: [kinds.Flatten(), kinds.Dense(10, activation="celu")], "the activation 'celu'"),
        (lambda kinds: [kinds.Reshape((28, 28, 1)), kinds.Conv2D(3, 3)], "26 x 26 x 3 numbers for a picture"),
    ],
)
def test_what_is_not_known_is_named(make: Callable[[Any], list[Any]], words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        read_keras(saved(sequential((28, 28), make), tmp_path / "model.keras").read_bytes())


def test_a_text_model_is_refused_by_its_first_layer(tmp_path: Path) -> None:
    text = sequential((50,), lambda kinds: [kinds.Embedding(100, 4), kinds.Flatten(), kinds.Dense(2)])
    with pytest.raises(InputError, match="'Embedding'"):
        read_h5(saved(text, tmp_path / "model.h5").read_bytes())


def test_weights_alone_are_no_model(tmp_path: Path) -> None:
    small().save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(InputError, match="weights or data alone"):
        read_h5((tmp_path / "model.weights.h5").read_bytes())
