"""From a declared config to a Keras network, optimizer and loss.

Imports TensorFlow: only the training thread, and the command line when it trains, may import this module.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from app.core.datasets.types import IMAGE_SIZE
from app.core.models import layers as declared
from app.core.models.config import TrainingConfig
from app.core.models.training_layers import Clock, FusedBatchNormalization, StatelessDropout

WARMUP_SHARE = 0.15
"""Share of all steps in which the cosine schedule rises to the full learning rate."""


def build_network(config: TrainingConfig, classes: int, clock: Clock | None = None) -> Any:
    """A `keras.Sequential` from (28, 28, 1) float32 in [0, 1] to `classes` logits or probabilities.

    With a `clock`, dropout and batch normalization are made for the compiled training loop.
    Weights of the two forms are interchangeable. Raises ValueError from Keras if the layers do not fit together.
    """
    network = keras.Sequential([keras.layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1))])
    spatial = True
    for position, layer in enumerate(config.layers):
        if spatial and isinstance(layer, declared.Dense):
            network.add(keras.layers.Flatten())
            spatial = False
        spatial = spatial and not isinstance(layer, declared.GlobalAveragePooling2D)
        if isinstance(layer, declared.Dropout) and clock is not None:
            network.add(StatelessDropout(layer.rate, position, config.seed, clock))
        elif isinstance(layer, declared.BatchNormalization) and clock is not None and spatial:
            network.add(FusedBatchNormalization())
        else:
            network.add(_keras_layer(layer))
    if spatial:
        network.add(keras.layers.Flatten())
    network.add(keras.layers.Dense(classes, activation="softmax" if config.output == "softmax" else None))
    return network


def _keras_layer(layer: declared.Layer) -> Any:
    """The Keras layer that a declaration names."""
    match layer:
        case declared.Dense():
            return keras.layers.Dense(layer.units, activation=layer.activation)
        case declared.Conv2D():
            return keras.layers.Conv2D(
                layer.filters, layer.kernel_size, activation=layer.activation, padding=layer.padding
            )
        case declared.MaxPooling2D():
            return keras.layers.MaxPooling2D(layer.pool_size)
        case declared.GlobalAveragePooling2D():
            return keras.layers.GlobalAveragePooling2D()
        case declared.BatchNormalization():
            return keras.layers.BatchNormalization()
        case declared.Dropout():
            return keras.layers.Dropout(layer.rate)


def probability_network(network: Any, output: str) -> Any:
    """The network itself, or with a softmax behind it if it ends in logits: what is exported and probed."""
    return network if output == "softmax" else keras.Sequential([network, keras.layers.Softmax()])


def build_optimizer(config: TrainingConfig, steps: int) -> Any:
    """The Keras optimizer of a run of `steps` updates."""
    rate = _learning_rate(config, steps)
    match config.optimizer:
        case "sgd":
            return keras.optimizers.SGD(rate, momentum=config.momentum)
        case "adagrad":
            return keras.optimizers.Adagrad(rate)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate)
        case "adam":
            return keras.optimizers.Adam(rate)
        case "adamw":
            return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay)


def _learning_rate(config: TrainingConfig, steps: int) -> Any:
    schedules = keras.optimizers.schedules
    match config.schedule:
        case "constant":
            return config.learning_rate
        case "cosine":
            warmup = max(1, round(WARMUP_SHARE * steps))
            return schedules.CosineDecay(
                config.learning_rate / 20,
                max(1, steps - warmup),
                warmup_target=config.learning_rate,
                warmup_steps=warmup,
            )
        case "inverse_time":
            return schedules.InverseTimeDecay(config.learning_rate, decay_steps=1, decay_rate=config.decay)


def build_loss(config: TrainingConfig, classes: int) -> Callable[[Any, Any], Any]:
    """Cross-entropy of integer labels (n,) and outputs (n, classes): one loss per sample, (n,) float32."""
    from_logits = config.output == "logits"
    if not config.label_smoothing:

        def plain(labels: Any, outputs: Any) -> Any:
            return keras.losses.sparse_categorical_crossentropy(labels, outputs, from_logits=from_logits)

        return plain

    def smoothed(labels: Any, outputs: Any) -> Any:
        targets = tf.one_hot(labels, classes) * (1 - config.label_smoothing) + config.label_smoothing / classes
        return keras.losses.categorical_crossentropy(targets, outputs, from_logits=from_logits)

    return smoothed
