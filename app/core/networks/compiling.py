"""What a network is trained with: its optimizer, its learning rate and its loss. Imports TensorFlow."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from app.core.config.config import TrainingConfig
from app.core.config.settings import LOSSES, OPTIMIZERS, Schedule


def build_optimizer(config: TrainingConfig, steps: int) -> Any:
    """The Keras optimizer of a run of `steps` updates."""
    kind = OPTIMIZERS[config.optimizer]
    settings = {name: getattr(config, name) for name in kind.defaults}
    if config.global_clipnorm:
        settings["global_clipnorm"] = config.global_clipnorm
    optimizer = getattr(keras.optimizers, kind.keras_class)(_learning_rate(config, steps), **settings)
    # A sum over replicas, of which there is one, has a gradient of its own, which TensorFlow registers for good, and
    # with it every graph that was traced: 3 MB a run.
    optimizer._all_reduce_sum_gradients = _as_they_are
    return optimizer


def _as_they_are(gradients_and_variables: Any) -> Any:
    return gradients_and_variables


def _learning_rate(config: TrainingConfig, steps: int) -> Any:
    if config.schedule == "constant":
        return config.learning_rate
    schedule = SCHEDULES[config.schedule]
    return schedule(config.learning_rate, steps, config.epochs, **config.arguments_of(schedule))


# A schedule takes the rate, the steps and the epochs of a run, and by keyword the settings of the same names. A Keras
# script gets the source of the one that its config uses, so they know nothing but keras and keep to its lines.


def inverse_time(rate: float, steps: int, epochs: int, *, decay: float) -> Any:
    """In step n the rate is rate / (1 + decay * n)."""
    schedule = keras.optimizers.schedules.InverseTimeDecay
    return schedule(rate, decay_steps=1, decay_rate=decay)


def step(
    rate: float,
    steps: int,
    epochs: int,
    *,
    drop: float,
    drop_epochs: int,
) -> Any:
    """The rate is multiplied by `drop` at once after every `drop_epochs`."""
    drop_steps = max(1, round(drop_epochs * steps / epochs))
    schedule = keras.optimizers.schedules.ExponentialDecay
    return schedule(rate, drop_steps, drop, staircase=True)


def exponential(
    rate: float,
    steps: int,
    epochs: int,
    *,
    drop: float,
    drop_epochs: int,
) -> Any:
    """The rate is multiplied by `drop`, steadily over every `drop_epochs`."""
    drop_steps = max(1, round(drop_epochs * steps / epochs))
    schedule = keras.optimizers.schedules.ExponentialDecay
    return schedule(rate, drop_steps, drop)


def cosine(rate: float, steps: int, epochs: int, *, warmup: float) -> Any:
    """The rate rises in a share `warmup` of the steps, then falls along a cosine."""
    schedule = keras.optimizers.schedules.CosineDecay
    if not warmup:
        return schedule(rate, steps)
    rising = max(1, round(warmup * steps))
    falling = max(1, steps - rising)
    return schedule(rate / 20, falling, warmup_target=rate, warmup_steps=rising)


SCHEDULES: Mapping[Schedule, Callable[..., Any]] = {
    "inverse_time": inverse_time,
    "step": step,
    "exponential": exponential,
    "cosine": cosine,
}


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
