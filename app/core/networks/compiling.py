"""What a network is trained with: its optimizer, its learning rate and its loss. Imports TensorFlow."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from app.core.config.config import TrainingConfig
from app.core.config.settings import LOSSES, OPTIMIZERS


def build_optimizer(config: TrainingConfig, steps: int) -> Any:
    """The Keras optimizer of a run of `steps` updates."""
    kind = OPTIMIZERS[config.optimizer]
    settings = {name: getattr(config, name) for name in kind.defaults}
    return getattr(keras.optimizers, kind.keras_class)(_learning_rate(config, steps), **settings)


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
    wants_labels = config.loss == "sparse_categorical_crossentropy"
    is_sparse = wants_labels and not (config.label_smoothing or config.outliers)
    loss = "categorical_crossentropy" if wants_labels and not is_sparse else config.loss
    compare: Callable[..., Any] = getattr(keras.losses, loss)
    if LOSSES[loss].takes_logits:
        compare = partial(compare, from_logits=config.output == "logits")
    if is_sparse:
        return compare

    def one_hot(labels: Any, outputs: Any) -> Any:
        targets = tf.one_hot(tf.cast(labels, tf.int32), classes)
        if config.outliers:
            # What has no class has the label `classes`: every class shall be as likely (Hendrycks et al. 2019).
            targets = tf.where((labels == classes)[:, None], 1 / classes, targets)
        return compare(targets * (1 - config.label_smoothing) + config.label_smoothing / classes, outputs)

    return one_hot
