"""What a network is trained with: its optimizer, its learning rate and its loss. Imports TensorFlow."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from app.core.config.config import TrainingConfig


def build_optimizer(config: TrainingConfig, steps: int) -> Any:
    """The Keras optimizer of a run of `steps` updates."""
    rate = _learning_rate(config, steps)
    match config.optimizer:
        case "sgd":
            return keras.optimizers.SGD(rate, momentum=config.momentum, nesterov=config.nesterov)
        case "adagrad":
            return keras.optimizers.Adagrad(rate)
        case "rmsprop":
            return keras.optimizers.RMSprop(rate, rho=config.rho, momentum=config.momentum)
        case "adam":
            return keras.optimizers.Adam(rate, beta_1=config.beta_1, beta_2=config.beta_2)
        case "adamw":
            return keras.optimizers.AdamW(
                rate, weight_decay=config.weight_decay, beta_1=config.beta_1, beta_2=config.beta_2
            )


def _learning_rate(config: TrainingConfig, steps: int) -> Any:
    schedules = keras.optimizers.schedules
    drop_steps = max(1, round(config.drop_epochs * steps / config.epochs))
    match config.schedule:
        case "constant":
            return config.learning_rate
        case "inverse_time":
            return schedules.InverseTimeDecay(config.learning_rate, decay_steps=1, decay_rate=config.decay)
        case "step" | "exponential":
            return schedules.ExponentialDecay(
                config.learning_rate, drop_steps, config.drop, staircase=config.schedule == "step"
            )
        case "cosine" if config.warmup:
            warmup = max(1, round(config.warmup * steps))
            return schedules.CosineDecay(
                config.learning_rate / 20,
                max(1, steps - warmup),
                warmup_target=config.learning_rate,
                warmup_steps=warmup,
            )
        case "cosine":
            return schedules.CosineDecay(config.learning_rate, steps)


Loss = Callable[[Any, Any], Any]
"""Integer labels (n,) and outputs (n, classes) to one loss per sample, (n,) float32. Outliers have label `classes`."""


def build_loss(config: TrainingConfig, classes: int) -> Loss:
    """The loss that the config names, without the penalties of the layers."""
    from_logits = config.output == "logits"
    if config.loss == "sparse_categorical_crossentropy" and not (config.label_smoothing or config.outliers):

        def sparse(labels: Any, outputs: Any) -> Any:
            return keras.losses.sparse_categorical_crossentropy(labels, outputs, from_logits=from_logits)

        return sparse

    def one_hot(labels: Any, outputs: Any) -> Any:
        targets = tf.one_hot(tf.cast(labels, tf.int32), classes)
        if config.outliers:
            # What has no class has the label `classes`: every class shall be as likely (Hendrycks et al. 2019).
            targets = tf.where((labels == classes)[:, None], 1 / classes, targets)
        targets = targets * (1 - config.label_smoothing) + config.label_smoothing / classes
        match config.loss:
            case "binary_crossentropy":
                return keras.losses.binary_crossentropy(targets, outputs)
            case "mean_squared_error":
                return keras.losses.mean_squared_error(targets, outputs)
            case _:
                return keras.losses.categorical_crossentropy(targets, outputs, from_logits=from_logits)

    return one_hot
