"""From a declared config to a Keras network.

Imports TensorFlow: only the training thread, and the command line when it trains, may import this module.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from app.core.config import layers as declared
from app.core.config.config import TrainingConfig
from app.core.config.settings import Precision
from app.core.datasets.types import IMAGE_SIZE

# Layers for training: the mathematics of Keras' own, at a fraction of the cost, and statistics that settle soon.
#
# Only networks in training hold them; what is saved is built from plain Keras layers, with the same weights.
# Imports TensorFlow.

Clock = Callable[[], Any]
"""Gives the number of the current step, an int32 scalar tensor."""


class StatelessDropout(keras.layers.Dropout):  # type: ignore[misc]
    """Dropout whose noise is a pure function of seed, layer and step.

    Keras' own generator is state: inside a compiled loop it costs more than the matrix products around it.
    """

    def __init__(self, rate: float, stream: int, seed: int, clock: Clock, dtype: Any = None) -> None:
        """`stream` tells the dropout layers of one network apart."""
        super().__init__(rate, dtype=dtype)
        self._key, self._clock = (seed * 64 + stream) % 2**32, clock

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Inputs, with a share of them zeroed and the rest scaled up while training."""
        if not training or self.rate == 0:
            return inputs
        shape = tf.shape(inputs)
        step = tf.cast(self._clock(), tf.uint32)
        places = tf.cast(tf.range(tf.reduce_prod(shape)), tf.uint32)
        noise = _scrambled(places * _uint(0x9E3779B9) + _scrambled(step * _uint(0x85EBCA6B) + _uint(self._key)))
        kept = tf.reshape(noise >= _uint(int(self.rate * 2**32)), shape)
        return tf.where(kept, inputs / (1.0 - self.rate), tf.zeros_like(inputs))


def _scrambled(values: Any) -> Any:
    """Well mixed uint32 of uint32: the integer hash "lowbias32" of Chris Wellons' search for such functions."""
    xor, shift = tf.bitwise.bitwise_xor, tf.bitwise.right_shift
    values = xor(values, shift(values, _uint(16))) * _uint(0x7FEB352D)
    values = xor(values, shift(values, _uint(15))) * _uint(0x846CA68B)
    return xor(values, shift(values, _uint(16)))


def _uint(value: int) -> Any:
    return tf.constant(value, tf.uint32)


class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
    """Batch normalization in one operation, where Keras takes ten: a CNN trains half as fast again.

    Keras' momentum of 0.99 takes hundreds of batches to forget the 0 and 1 that the moving statistics begin with. Here
    it grows towards that with the steps, so that a network can be looked at whenever one likes.
    """

    def __init__(self, clock: Clock, dtype: Any = None) -> None:
        super().__init__(dtype=dtype)
        self._clock = clock

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        """Normalized inputs (n, ..., channels); moving statistics are updated while training."""
        if not training:
            return super().call(inputs, training=training, mask=mask)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs if len(inputs.shape) == 4 else inputs[:, None, None, :],
            scale=tf.cast(self.gamma, tf.float32),
            offset=tf.cast(self.beta, tf.float32),
            mean=tf.zeros((0,)),
            variance=tf.zeros((0,)),
            epsilon=self.epsilon,
            is_training=True,
        )
        count, step = tf.cast(tf.reduce_prod(tf.shape(inputs)[:-1]), tf.float32), tf.cast(self._clock(), tf.float32)
        # The operation gives the variance of a sample, Keras keeps that of the batch itself.
        variance = variance * (count - 1) / count
        kept = tf.minimum(self.momentum, (1 + step) / (10 + step))
        self.moving_mean.assign(self.moving_mean * kept + mean * (1 - kept))
        self.moving_variance.assign(self.moving_variance * kept + variance * (1 - kept))
        return outputs if len(inputs.shape) == 4 else outputs[:, 0, 0, :]


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
        if layer.is_input_joined:
            joined = _flat(picture, policy) if len(values.shape) == 2 else picture
            values = _keras_layer(layer, policy)([values, joined])
        elif isinstance(layer, declared.Dropout) and clock is not None and not keras_dropout:
            values = StatelessDropout(layer.rate, position, config.seed, clock, dtype=policy)(values)
        elif isinstance(layer, declared.BatchNormalization) and clock is not None:
            values = FusedBatchNormalization(clock, dtype=policy)(values)
        else:
            values = _keras_layer(layer, policy)(values)
    last = keras.layers.Dense(
        classes,
        activation="softmax" if config.output == "softmax" else None,
        kernel_initializer=config.output_initializer,
    )
    return keras.Model(picture, last(_flat(values, policy)))


def _flat(values: Any, policy: Any) -> Any:
    """The values as one row of numbers for each picture."""
    return values if len(values.shape) == 2 else keras.layers.Flatten(dtype=policy)(values)


def _keras_layer(layer: declared.Layer, policy: Any) -> Any:
    """The Keras layer that a declaration names. Initializers go by name: a shared one would draw the same numbers."""
    arguments = layer.arguments()
    l1, l2 = arguments.pop("l1", 0), arguments.pop("l2", 0)
    if l1 or l2:
        arguments["kernel_regularizer"] = keras.regularizers.L1L2(l1=l1, l2=l2)
    return getattr(keras.layers, layer.keras_name)(**arguments, dtype=policy)


def reading_network(network: Any, output: str) -> Any:
    """What is exported: pictures to the probabilities (n, classes), and to what goes into the last layer (n, units)."""
    last = network.layers[-1]
    probabilities = network.output if output == "softmax" else keras.layers.Softmax()(network.output)
    return keras.Model(network.input, [probabilities, last.input])
