"""What a notebook does: plain Keras, as the notes have it. The yardstick of the training measurements."""

import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from app.core.datasets.types import Dataset


def quickstart() -> Any:
    """Dense 128 with dropout, logits, Adam."""
    return _compiled(
        [keras.layers.Flatten(), keras.layers.Dense(128, "relu"), keras.layers.Dropout(0.2), keras.layers.Dense(10)],
        "adam",
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )


def dense_512() -> Any:
    """Dense 512-512 with dropout, softmax, Adam."""
    layers = [
        keras.layers.Flatten(),
        keras.layers.Dense(512, "relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(512, "relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(10, "softmax"),
    ]
    return _compiled(layers, "adam", "sparse_categorical_crossentropy")


def three_conv() -> Any:
    """The lab notes' convolutional network with SGD, momentum and time-inverse decay."""
    layers: list[Any] = []
    for pool in (False, True, True):
        layers += [keras.layers.Conv2D(64, 3, activation="relu"), keras.layers.BatchNormalization()]
        layers += [keras.layers.MaxPooling2D(2)] if pool else []
    layers += [
        keras.layers.Flatten(),
        keras.layers.Dense(512, "relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, "softmax"),
    ]
    rate = keras.optimizers.schedules.InverseTimeDecay(0.01, 1, 0.01 / 11)
    return _compiled(layers, keras.optimizers.SGD(rate, momentum=0.9), "sparse_categorical_crossentropy")


def lab_dense() -> Any:
    """The lab notes' dense network, logits, plain gradient descent."""
    return _compiled(
        [
            keras.layers.Flatten(),
            keras.layers.Dense(512, "relu"),
            keras.layers.Dense(256, "relu"),
            keras.layers.Dense(10),
        ],
        keras.optimizers.SGD(0.005),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )


def tape_epoch(network: Any, dataset: Dataset, batch_size: int, samples: int) -> None:
    """Train on the first `samples` pictures with a loop as notebooks write it: eager, a batch at a time."""
    images = (dataset.train.images[:samples] / 255.0).astype(np.float32)[..., None]
    batches = tf.data.Dataset.from_tensor_slices((images, dataset.train.labels[:samples])).batch(batch_size)
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for pictures, labels in batches:
        with tf.GradientTape() as tape:
            loss = loss_function(labels, network(pictures, training=True))
        gradients = tape.gradient(loss, network.trainable_variables)
        network.optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))


def fit(network: Any, dataset: Dataset, batch_size: int, epochs: int) -> list[tuple[float, float]]:
    """Seconds and test accuracy of each epoch of plain `model.fit`; testing is not in the seconds."""
    images = (dataset.train.images / 255.0).astype(np.float32)[..., None]
    test = (dataset.test.images / 255.0).astype(np.float32)[..., None]
    rows = []
    for _ in range(epochs):
        began = time.perf_counter()
        network.fit(images, dataset.train.labels, batch_size=batch_size, epochs=1, verbose=0)
        spent = time.perf_counter() - began
        rows.append((spent, network.evaluate(test, dataset.test.labels, verbose=0)[1]))
    return rows


def _compiled(layers: list[Any], optimizer: Any, loss: Any) -> Any:
    network = keras.Sequential([keras.layers.Input((28, 28, 1)), *layers])
    network.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return network
