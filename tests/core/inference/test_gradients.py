"""A network in NumPy answers like LiteRT and differentiates like TensorFlow; what is no such network is refused."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.config import layers as declared
from app.core.config.config import TrainingConfig
from app.core.config.layers import Activation, Layer
from app.core.datasets.sources import load_dataset
from app.core.errors import InputError
from app.core.inference.calibration import softmax
from app.core.inference.explaining.numpy_network import Array, Network, load_network
from app.core.models.interpreter import Interpreter
from app.core.models.store import KERAS_FILE, StoredModel, file_sha256, find_model

BRANCHED: tuple[Layer, ...] = (
    declared.Conv2D(filters=3, kernel_size=2, padding="same", activation="tanh"),
    declared.BatchNormalization(),
    declared.ConcatenateInput(),
    declared.Conv2D(filters=4, kernel_size=3, activation="relu"),
    declared.MaxPooling2D(pool_size=3),
    declared.Dropout(rate=0.3),
    declared.AveragePooling2D(pool_size=3),
    declared.Dense(units=6, activation="elu"),
    declared.ConcatenateInput(),
    declared.Dense(units=18, activation="sigmoid"),
    declared.BatchNormalization(),
    declared.Reshape(rows=3, columns=3, channels=2),
    declared.Conv2D(filters=5, kernel_size=2, activation="leaky_relu"),
    declared.GlobalAveragePooling2D(),
    declared.Flatten(),
    declared.Dense(units=4, activation="softmax"),
)
"""Every type of layer and every activation."""


def test_these_tests_know_every_kind_of_layer() -> None:
    assert {type(layer) for layer in BRANCHED} == {type(layer) for layer in declared.LAYER_KINDS}


def stored(folder: Path, layers: tuple[Layer, ...], output: str = "logits") -> tuple[StoredModel, Any]:
    """A model with random weights, as it is stored, and the Keras network it came from."""
    from app.core.networks.building import build_network

    config = TrainingConfig(recipe="quickstart-mnist", layers=layers).changed(output=output)
    network = build_network(config, 7)
    random = np.random.default_rng(5)
    network.set_weights([_weights(random, tuple(array.shape)) for array in network.weights])
    network.save(folder / KERAS_FILE)
    files = {KERAS_FILE: file_sha256(folder / KERAS_FILE)}
    names = tuple("abcdefg")
    card = find_model("fast-cnn").card.model_copy(update={"config": config, "class_names": names, "files": files})
    return StoredModel(card, folder, bundled=False), network


def _weights(random: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Kernels that neither blow up what comes to them nor let it die; positive numbers for all else, as variances."""
    if len(shape) == 1:
        return random.uniform(0.1, 0.6, shape).astype(np.float32)
    return random.normal(0, 2 / np.sqrt(np.prod(shape[:-1])), shape).astype(np.float32)


def pictures(count: int) -> Array:
    return np.random.default_rng(3).random((count, 28, 28), dtype=np.float32)


@pytest.mark.parametrize("output", ["logits", "softmax"])
def test_every_layer_answers_and_differentiates_as_in_tensorflow(tmp_path: Path, tensorflow: None, output: str) -> None:
    import tensorflow as tf

    model, keras_network = stored(tmp_path, BRANCHED, output)
    network, images = load_network(model), pictures(11)
    weights = np.linspace(-1, 2, 7, dtype=np.float32)
    given = tf.constant(images[..., None])
    answers = np.asarray(keras_network(given, training=False))
    logits = network.logits(images)
    np.testing.assert_allclose(softmax(logits) if output == "softmax" else logits, answers, atol=1e-5)
    if output == "logits":
        with tf.GradientTape() as tape:
            tape.watch(given)
            value = tf.reduce_sum(keras_network(given, training=False) * weights)
        expected = np.asarray(tape.gradient(value, given))[..., 0]
        largest = np.abs(expected).max()
        assert largest > 1e-4
        np.testing.assert_allclose(network.gradients(images, weights), expected, atol=1e-4 * largest)


@pytest.mark.parametrize("output", ["logits", "softmax"])
def test_what_pictures_teach_each_kernel_is_what_tensorflow_says(tmp_path: Path, tensorflow: None, output: str) -> None:
    import keras
    import tensorflow as tf

    model, keras_network = stored(tmp_path, BRANCHED, output)
    network, images = load_network(model), pictures(9)
    labels = (np.arange(9) % 7).astype(np.uint8)
    with tf.GradientTape() as tape:
        answers = keras_network(tf.constant(images[..., None]), training=False)
        compare = keras.losses.SparseCategoricalCrossentropy(from_logits=output == "logits", reduction="sum")
        loss = compare(labels, answers)
    kernels = {layer.name: layer.kernel for layer in keras_network.layers if hasattr(layer, "kernel")}
    expected = tape.gradient(loss, kernels)
    outputs, found = network.lesson(images, labels)
    np.testing.assert_array_equal(outputs[next(iter(found))], network.logits(images))
    theirs, ours = ([np.asarray(each) for each in grads.values()] for grads in (expected, found))
    assert len(ours) == len(theirs)
    for one, other in zip(reversed(ours), theirs, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-4 * np.abs(other).max())


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "elu", "leaky_relu", "softmax", "linear"])
def test_every_activation_differentiates_like_its_differences(activation: Activation) -> None:
    from app.core.inference.explaining.numpy_network import activate

    values = np.array([[-2.0, -0.4, 0.3, 1.7]], np.float32)
    towards = np.array([[0.5, -1.0, 2.0, 1.0]], np.float32)
    _, back = activate(values, activation)
    for place in range(4):
        step = np.zeros_like(values)
        step[0, place] = 1e-2
        ahead, behind = activate(values + step, activation)[0], activate(values - step, activation)[0]
        slope = float(((ahead - behind) * towards).sum()) / 2e-2
        assert back(towards)[0, place] == pytest.approx(slope, abs=2e-3)


@pytest.mark.parametrize("name", ["digits-cnn", "clothes-cnn", "fast-cnn", "quickstart-mnist"])
def test_a_shipped_network_answers_like_litert(name: str) -> None:
    model = find_model(name)
    images: Array = load_dataset(model.card.dataset).test.images[:20].astype(np.float32) / np.float32(255)
    expected = Interpreter(model.litert_path).probabilities(images)
    np.testing.assert_allclose(softmax(load_network(model).logits(images)), expected, atol=1e-4)


def test_features_lead_to_the_logits_by_the_last_layer_alone() -> None:
    model = find_model("quickstart-mnist")
    network, images = load_network(model), pictures(200)
    embeddings = network.embeddings(images)
    assert embeddings.shape == (200, 128)
    with_one = np.concatenate([embeddings, np.ones((200, 1), np.float32)], axis=1)
    fitted = with_one @ np.linalg.lstsq(with_one, network.logits(images), rcond=None)[0]
    np.testing.assert_allclose(fitted, network.logits(images), atol=1e-2)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    model = copied(tmp_path)
    content = bytearray((tmp_path / KERAS_FILE).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / KERAS_FILE).write_bytes(content)
    with pytest.raises(InputError, match=r"cannot be read from model\.keras"):
        load_network(model)


def test_weights_that_are_not_the_declared_ones_are_refused(tmp_path: Path) -> None:
    model = copied(tmp_path)
    wider = model.card.config.changed(layers=(declared.Dense(units=129),))
    other = StoredModel(model.card.model_copy(update={"config": wider}), tmp_path, bundled=False)
    with pytest.raises(InputError, match=r"cannot be (read|opened)"):
        load_network(other)


@pytest.mark.parametrize("content", [b"", b"not a zip", None])
def test_what_is_no_file_of_weights_is_refused(tmp_path: Path, content: bytes | None) -> None:
    model = copied(tmp_path)
    if content is None:
        (tmp_path / KERAS_FILE).unlink()
    else:
        (tmp_path / KERAS_FILE).write_bytes(content)
        model = rehashed(model)
    with pytest.raises(InputError, match=r"cannot be (read|opened)"):
        load_network(model)


@pytest.mark.parametrize("inside", [b"x" * 1000, b"\0" * 8_000_000])
def test_a_zip_with_something_else_inside_is_refused_unread(tmp_path: Path, inside: bytes) -> None:
    model = copied(tmp_path)
    with zipfile.ZipFile(tmp_path / KERAS_FILE, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", inside)
    with pytest.raises(InputError, match=r"cannot be (read|opened)"):
        load_network(rehashed(model))


def test_a_card_whose_layers_do_not_fit_is_refused(tmp_path: Path) -> None:
    model = copied(tmp_path)
    config = model.card.config.changed(layers=(declared.Dense(units=5), declared.MaxPooling2D()))
    with pytest.raises(InputError, match="declares no network"):
        load_network(StoredModel(model.card.model_copy(update={"config": config}), tmp_path, bundled=False))


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    import h5py

    model = copied(tmp_path)
    with zipfile.ZipFile(tmp_path / KERAS_FILE) as archive:
        (tmp_path / "weights.h5").write_bytes(archive.read("model.weights.h5"))
    with h5py.File(tmp_path / "weights.h5", "r+") as file:
        file["layers/dense/vars/1"][3] = np.nan
    with zipfile.ZipFile(tmp_path / KERAS_FILE, "w") as archive:
        archive.write(tmp_path / "weights.h5", "model.weights.h5")
    with pytest.raises(InputError, match=r"cannot be (read|opened)"):
        load_network(rehashed(model))


def copied(folder: Path) -> StoredModel:
    """A shipped model in a folder where it can be damaged."""
    model = find_model("quickstart-mnist")
    (folder / KERAS_FILE).write_bytes((model.folder / KERAS_FILE).read_bytes())
    return StoredModel(model.card, folder, bundled=False)


def rehashed(model: StoredModel) -> StoredModel:
    """The model with a card that vouches for the file that is there."""
    files = model.card.files | {KERAS_FILE: file_sha256(model.folder / KERAS_FILE)}
    return StoredModel(model.card.model_copy(update={"files": files}), model.folder, model.bundled)


def test_the_gradient_of_a_batch_is_that_of_each_picture() -> None:
    network: Network = load_network(find_model("fast-cnn"))
    images, weights = pictures(5), np.eye(10, dtype=np.float32)[3]
    together = network.gradients(images, weights)
    alone = np.concatenate([network.gradients(image[None], weights) for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-4)
