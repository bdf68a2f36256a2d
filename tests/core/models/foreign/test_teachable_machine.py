"""The three downloads of Teachable Machine: each a zip file with the names of the classes beside the network."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.models.adaptation import Output, Scale
from app.core.models.foreign.containers import labels_in
from app.core.models.foreign.reading import read_foreign
from tests.core.models.foreign.networks import run, saved, with_random_weights, zipped

LABELS = b"0 Cat\n1 My dog\n2 2 birds\n"

pytestmark = pytest.mark.usefixtures("tensorflow")


@pytest.fixture(scope="module")
def network(tensorflow: None) -> Any:
    """Models in a model, as Teachable Machine builds them, but small."""
    import keras
    from keras import layers

    picture = keras.Input((96, 96, 3))
    values = layers.ZeroPadding2D(((0, 1), (0, 1)))(picture)
    values = layers.Conv2D(8, 3, strides=2, use_bias=False)(values)
    values = layers.ReLU(max_value=6.0)(layers.BatchNormalization(momentum=0.999)(values))
    wide = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(values)
    values = layers.Add()([values, layers.BatchNormalization()(wide)])
    body = keras.Sequential([keras.Model(picture, values), layers.GlobalAveragePooling2D()], name="sequential_1")
    head = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(10, activation="relu"),
            layers.Dense(3, activation="softmax", use_bias=False),
        ],
        name="sequential_3",
    )
    return with_random_weights(keras.Sequential([keras.Input((96, 96, 3)), body, head]))


def test_the_keras_download(network: Any, tmp_path: Path) -> None:
    path = saved(network, tmp_path / "keras_model.h5")
    content = {"converted_keras/keras_model.h5": path.read_bytes(), "converted_keras/labels.txt": LABELS}
    found = read_foreign(zipped(tmp_path / "converted_keras.zip", content))
    facts = found.facts
    assert facts.labels == ("Cat", "My dog", "2 birds")
    assert (facts.input_shape, facts.scale, facts.output) == ((96, 96, 3), Scale.SIGNED, Output.PROBABILITIES)
    assert facts.made_with == "Teachable Machine"
    pictures = np.random.default_rng(1).random((2, 96, 96, 3), dtype=np.float32)
    np.testing.assert_allclose(run(found.content, pictures), np.asarray(network(pictures, training=False)), atol=1e-5)


def test_the_keras_download_unpacked(network: Any, tmp_path: Path) -> None:
    path = saved(network, tmp_path / "keras_model.h5")
    (tmp_path / "labels.txt").write_bytes(LABELS)
    for place in (path, tmp_path):
        facts = read_foreign(place).facts
        assert (facts.labels, facts.scale) == (("Cat", "My dog", "2 birds"), Scale.SIGNED)


def test_the_tflite_download(network: Any, tmp_path: Path) -> None:
    """The networks of its .tflite files are what our own reading of the .h5 file writes."""
    whole = read_foreign(saved(network, tmp_path / "keras_model.h5")).content
    content = {"model_unquant.tflite": whole, "labels.txt": LABELS}
    facts = read_foreign(zipped(tmp_path / "converted_tflite.zip", content)).facts
    assert (facts.labels, facts.answers, facts.scale) == (("Cat", "My dog", "2 birds"), 3, Scale.SIGNED)


def test_the_tensorflow_js_download(network: Any, tmp_path: Path) -> None:
    """A configuration as Keras 2 writes it, and all weights behind each other in one file."""
    import h5py

    with h5py.File(saved(network, tmp_path / "keras_model.h5")) as file:
        config = json.loads(file.attrs["model_config"])
        arrays: dict[str, Any] = {}
        file["model_weights"].visititems(
            lambda name, place: arrays.update({name: place[()]}) if isinstance(place, h5py.Dataset) else None
        )
    weights = [{"name": name, "shape": list(array.shape), "dtype": "float32"} for name, array in arrays.items()]
    model = {
        "modelTopology": {"keras_version": "3.0.0", "model_config": config},
        "weightsManifest": [{"paths": ["weights.bin"], "weights": weights}],
    }
    packed = b"".join(np.asarray(array, "<f4").tobytes() for array in arrays.values())
    files = {
        "model.json": json.dumps(model).encode(),
        "weights.bin": packed,
        "metadata.json": json.dumps({"labels": ["Cat", "My dog", "2 birds"]}).encode(),
    }
    found = read_foreign(zipped(tmp_path / "tm-my-image-model.zip", files))
    assert found.facts.labels == ("Cat", "My dog", "2 birds")
    pictures = np.random.default_rng(1).random((2, 96, 96, 3), dtype=np.float32)
    np.testing.assert_allclose(run(found.content, pictures), np.asarray(network(pictures, training=False)), atol=1e-5)
    files["weights.bin"] = packed[:100]
    with pytest.raises(InputError, match="too short"):
        read_foreign(zipped(tmp_path / "short.zip", files))


def test_labels_that_are_not_as_many_as_the_answers(network: Any, tmp_path: Path) -> None:
    path = saved(network, tmp_path / "keras_model.h5")
    content = {"keras_model.h5": path.read_bytes(), "labels.txt": b"0 Cat\n1 Dog\n"}
    with pytest.raises(InputError, match="gives 3 numbers, but its labels name 2 classes"):
        read_foreign(zipped(tmp_path / "converted_keras.zip", content))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("0 Cat\r\n1 Dog\r\n", ("Cat", "Dog")),
        ("cat\ndog\n\n", ("cat", "dog")),
        ("0\n1\n2\n", ("0", "1", "2")),
        ("3 cats\n1 dog\n", ("3 cats", "1 dog")),
    ],
)
def test_labels_as_people_write_them(text: str, labels: tuple[str, ...]) -> None:
    assert labels_in(text) == labels
