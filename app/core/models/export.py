"""A trained network as files: `model.keras` for Keras, `model.tflite` for LiteRT. Imports TensorFlow."""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from app.core.config.config import TrainingConfig
from app.core.datasets.types import IMAGE_SIZE
from app.core.errors import StudioError
from app.core.models.interpreter import Interpreter
from app.core.models.store import KERAS_FILE, LITERT_FILE
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
    images = np.random.default_rng(0).random((4, IMAGE_SIZE, IMAGE_SIZE, 1), dtype=np.float32)
    expected = reader(images, training=False)
    interpreter = Interpreter(folder / LITERT_FILE)
    actual = (interpreter.run(images), interpreter.embeddings(images))
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
    content: bytes = tf.lite.TFLiteConverter.from_concrete_functions([frozen], network).convert()
    return content
