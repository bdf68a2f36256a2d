"""From a declared config to a Keras network.

Imports TensorFlow: only the training thread, and the command line when it trains, may import this module.
"""

from typing import Any

import keras

from app.core.datasets.types import IMAGE_SIZE
from app.core.models import layers as declared
from app.core.models.config import TrainingConfig
from app.core.models.training_layers import Clock, FusedBatchNormalization, StatelessDropout
from app.core.models.varied_settings import Precision


def build_network(
    config: TrainingConfig,
    classes: int,
    clock: Clock | None = None,
    precision: Precision = "float32",
    *,
    keras_dropout: bool = False,
) -> Any:
    """A `keras.Model` from (28, 28, 1) float32 in [0, 1] to `classes` logits or probabilities.

    With a `clock`, dropout and batch normalization are made for training; with `keras_dropout` dropout is left out.
    Weights of all forms are interchangeable; `precision` is that of the sums between them. Raises ValueError from Keras
    if the layers do not fit together.
    """
    picture = keras.layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1))
    values = picture
    # The policy is given to each layer: Keras' own default would be the thread's.
    policy = keras.DTypePolicy(precision)
    for position, layer in enumerate(config.layers):
        if isinstance(layer, declared.Dense):
            values = _flat(values, policy)
        if isinstance(layer, declared.ConcatenateInput):
            joined = _flat(picture, policy) if len(values.shape) == 2 else picture
            values = keras.layers.Concatenate(dtype=policy)([values, joined])
        elif isinstance(layer, declared.Dropout) and clock is not None and not keras_dropout:
            values = StatelessDropout(layer.rate, position, config.seed, clock, dtype=policy)(values)
        elif isinstance(layer, declared.BatchNormalization) and clock is not None:
            values = FusedBatchNormalization(clock, dtype=policy)(values)
        else:
            values = _keras_layer(layer, policy)(values)
    answer = keras.layers.Dense(
        classes,
        activation="softmax" if config.output == "softmax" else None,
        kernel_initializer=_initializer(config.output_initializer),
    )
    return keras.Model(picture, answer(_flat(values, policy)))


def _flat(values: Any, policy: Any) -> Any:
    """The values as one row of numbers for each picture."""
    return values if len(values.shape) == 2 else keras.layers.Flatten(dtype=policy)(values)


def _keras_layer(layer: declared.Layer, policy: Any) -> Any:
    """The Keras layer that a declaration names."""
    match layer:
        case declared.Dense():
            return keras.layers.Dense(
                layer.units,
                activation=layer.activation,
                kernel_initializer=_initializer(layer.kernel_initializer),
                kernel_regularizer=_penalty(layer),
                dtype=policy,
            )
        case declared.Conv2D():
            return keras.layers.Conv2D(
                layer.filters,
                layer.kernel_size,
                activation=layer.activation,
                padding=layer.padding,
                kernel_initializer=_initializer(layer.kernel_initializer),
                kernel_regularizer=_penalty(layer),
                dtype=policy,
            )
        case declared.MaxPooling2D():
            return keras.layers.MaxPooling2D(layer.pool_size, dtype=policy)
        case declared.AveragePooling2D():
            return keras.layers.AveragePooling2D(layer.pool_size, dtype=policy)
        case declared.GlobalAveragePooling2D():
            return keras.layers.GlobalAveragePooling2D(dtype=policy)
        case declared.BatchNormalization():
            return keras.layers.BatchNormalization(dtype=policy)
        case declared.Dropout():
            return keras.layers.Dropout(layer.rate, dtype=policy)
        case declared.Flatten():
            return keras.layers.Flatten(dtype=policy)
        case declared.Reshape():
            return keras.layers.Reshape((layer.rows, layer.columns, layer.channels), dtype=policy)
        case declared.ConcatenateInput():
            raise AssertionError("joined where the picture is known")


def _initializer(name: declared.Initializer) -> Any:
    """A Keras initializer of its own for each layer: a shared one would draw the same numbers again."""
    return keras.initializers.get(name)


def _penalty(layer: declared.Dense | declared.Conv2D) -> Any:
    """The regularizer of a layer, None for no penalty."""
    return keras.regularizers.L1L2(l1=layer.l1, l2=layer.l2) if layer.l1 or layer.l2 else None


def reading_network(network: Any, output: str) -> Any:
    """What is exported: pictures to the probabilities (n, classes), and to what goes into the last layer (n, units)."""
    last = network.layers[-1]
    answer = network.output if output == "softmax" else keras.layers.Softmax()(network.output)
    return keras.Model(network.input, [answer, last.input])
