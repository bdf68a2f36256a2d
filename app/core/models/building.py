"""From a declared config to a Keras network.

Imports TensorFlow: only the training thread, and the command line when it trains, may import this module.
"""

from typing import Any

import keras

from app.core.datasets.types import IMAGE_SIZE
from app.core.models import layers as declared
from app.core.models.config import TrainingConfig
from app.core.models.training_layers import Clock, FusedBatchNormalization, StatelessDropout


def build_network(config: TrainingConfig, classes: int, clock: Clock | None = None) -> Any:
    """A `keras.Model` from (28, 28, 1) float32 in [0, 1] to `classes` logits or probabilities.

    With a `clock`, dropout and batch normalization are made for the compiled training loop.
    Weights of the two forms are interchangeable. Raises ValueError from Keras if the layers do not fit together.
    """
    picture = keras.layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1))
    values = picture
    for position, layer in enumerate(config.layers):
        if isinstance(layer, declared.Dense):
            values = _flat(values)
        if isinstance(layer, declared.ConcatenateInput):
            joined = _flat(picture) if len(values.shape) == 2 else picture
            values = keras.layers.Concatenate()([values, joined])
        elif isinstance(layer, declared.Dropout) and clock is not None:
            values = StatelessDropout(layer.rate, position, config.seed, clock)(values)
        elif isinstance(layer, declared.BatchNormalization) and clock is not None and len(values.shape) == 4:
            values = FusedBatchNormalization()(values)
        else:
            values = _keras_layer(layer)(values)
    answer = keras.layers.Dense(
        classes,
        activation="softmax" if config.output == "softmax" else None,
        kernel_initializer=_initializer(config.output_initializer),
    )
    return keras.Model(picture, answer(_flat(values)))


def _flat(values: Any) -> Any:
    """The values as one row of numbers for each picture."""
    return values if len(values.shape) == 2 else keras.layers.Flatten()(values)


def _keras_layer(layer: declared.Layer) -> Any:
    """The Keras layer that a declaration names."""
    match layer:
        case declared.Dense():
            return keras.layers.Dense(
                layer.units,
                activation=layer.activation,
                kernel_initializer=_initializer(layer.kernel_initializer),
                kernel_regularizer=_penalty(layer),
            )
        case declared.Conv2D():
            return keras.layers.Conv2D(
                layer.filters,
                layer.kernel_size,
                activation=layer.activation,
                padding=layer.padding,
                kernel_initializer=_initializer(layer.kernel_initializer),
                kernel_regularizer=_penalty(layer),
            )
        case declared.MaxPooling2D():
            return keras.layers.MaxPooling2D(layer.pool_size)
        case declared.AveragePooling2D():
            return keras.layers.AveragePooling2D(layer.pool_size)
        case declared.GlobalAveragePooling2D():
            return keras.layers.GlobalAveragePooling2D()
        case declared.BatchNormalization():
            return keras.layers.BatchNormalization()
        case declared.Dropout():
            return keras.layers.Dropout(layer.rate)
        case declared.Flatten():
            return keras.layers.Flatten()
        case declared.Reshape():
            return keras.layers.Reshape((layer.rows, layer.columns, layer.channels))
        case declared.ConcatenateInput():
            raise AssertionError("joined where the picture is known")


def _initializer(name: declared.Initializer) -> Any:
    """A Keras initializer of its own for each layer: a shared one would draw the same numbers again."""
    return keras.initializers.get(name)


def _penalty(layer: declared.Dense | declared.Conv2D) -> Any:
    """The regularizer of a layer, None for no penalty."""
    return keras.regularizers.L1L2(l1=layer.l1, l2=layer.l2) if layer.l1 or layer.l2 else None


def probability_network(network: Any, output: str) -> Any:
    """The network itself, or with a softmax behind it if it ends in logits: what is exported and probed."""
    return network if output == "softmax" else keras.Sequential([network, keras.layers.Softmax()])
