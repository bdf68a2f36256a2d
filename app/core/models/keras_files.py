"""A trained network as files: written for Keras and for LiteRT, and read back into Keras. Imports TensorFlow."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from app.core.config.config import TrainingConfig
from app.core.datasets.types import IMAGE_SIZE
from app.core.errors import InputError, StudioError
from app.core.models.interpreter import Interpreter
from app.core.models.store import KERAS_FILE, LITERT_FILE, StoredModel, find_model
from app.core.networks.building import build_network, reading_network

TOLERANCE = 1e-3


def write_network(trained: Any, config: TrainingConfig, classes: int, folder: Path) -> None:
    """Write the weights of `trained` as plain Keras layers, and as LiteRT probabilities and embeddings, into `folder`.

    Both are read back on the same pictures; raises StudioError if they disagree.
    """
    network = build_network(config, classes)
    network.set_weights(trained.get_weights())
    network.save(folder / KERAS_FILE)
    reader = reading_network(network, config.output)
    (folder / LITERT_FILE).write_bytes(_litert_bytes(reader))
    images = np.random.default_rng(0).random((4, IMAGE_SIZE, IMAGE_SIZE), dtype=np.float32)
    expected = reader(images[..., None], training=False)
    interpreter = Interpreter(folder / LITERT_FILE)
    actual = (interpreter.probabilities(images), interpreter.embeddings(images))
    pairs = zip(expected, actual, strict=True)
    if not all(np.allclose(wanted, given, atol=TOLERANCE, rtol=TOLERANCE) for wanted, given in pairs):
        raise StudioError("The exported model does not answer like the trained one; it was not saved.")


def _litert_bytes(network: Any) -> bytes:
    signature = tf.function(
        lambda images: network(images, training=False),
        autograph=False,
        input_signature=[tf.TensorSpec((None, IMAGE_SIZE, IMAGE_SIZE, 1), tf.float32)],
    )
    # LiteRT cannot carry variables across: weights must be constants of the graph.
    frozen = convert_variables_to_constants_v2(signature.get_concrete_function())
    # Told of the network too, the converter would go by a SavedModel on disk, which takes three times as long.
    content: bytes = tf.lite.TFLiteConverter.from_concrete_functions([frozen]).convert()
    return content


def load_keras(model: StoredModel) -> Any:
    """The `keras.Model` of a stored model, made of plain layers. Raises InputError if its file is damaged."""
    card = model.card
    model.check_layers()
    try:
        if not model.is_intact(KERAS_FILE):
            raise ValueError("not the file of the card")
        model.check_weights()
        network = build_network(card.config, len(card.class_names))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras misses a group in files of older versions that repeats the layers
            network.load_weights(model.folder / KERAS_FILE)
    except (OSError, ValueError, KeyError):
        raise InputError(f"The model '{card.name}' is damaged; choose another one.") from None
    return network


def set_initial_weights(network: Any, config: TrainingConfig, class_names: tuple[str, ...]) -> None:
    """Give `network`, whose layers may be those for training, the weights of the stored model that the config names.

    Raises:
        InputError: there is no such model, it is damaged, or its network or classes are others.

    """
    model = find_model(config.initial_model)
    card = model.card
    if card.class_names != class_names:
        raise InputError(f"'{card.name}' knows other classes than this data; start from another model, or from none.")
    if card.config.layers != config.layers:
        raise InputError(f"'{card.name}' has other layers than this network; use its layers to start from it.")
    network.set_weights(load_keras(model).get_weights())
