"""The training loop as one would write it by hand: a batch, its gradient, an update. It can be stepped.

Slower than the loops that stay inside TensorFlow, and easier to follow.
"""

import time
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.datasets.types import NO_IMAGES, LabelledImages
from app.core.inference.metrics import Totals
from app.core.networks.building import build_network
from app.core.runs.events import GradientNorm
from app.core.training.augmentation import augment
from app.core.training.engine import REPORT_S, Engine, Watcher, Work


class GradientTapeLoop(Engine):
    """One TensorFlow call per batch."""

    def __init__(self, config: TrainingConfig, classes: int, steps: int) -> None:
        self._steps_done = tf.Variable(0, dtype=tf.int32)
        network = build_network(config, classes, lambda: self._steps_done, config.precision)
        super().__init__(config, classes, steps, network)
        self._train_batch = tf.function(self._train_one_batch, autograph=False, reduce_retracing=True)
        self._data = NO_IMAGES

    @property
    def name(self) -> str:
        """As in the config."""
        return "gradient_tape"

    def begin(self, data: LabelledImages) -> None:
        """Forget what was learned."""
        super().begin(data)
        self._steps_done.assign(0)
        self._data = data

    def end(self) -> None:
        """Let go of the pictures."""
        self._data = NO_IMAGES

    def train_epoch(self, order: NDArray[np.int32], watcher: Watcher) -> None:
        """Train batch by batch; telling of each would be too much, so they are told of together unless stepped."""
        totals, batches, began = Totals(), 0, 0.0
        size = self._config.batch_size
        for start in range(0, len(order), size):
            if not batches:
                watcher.before()
                began = time.perf_counter()
            chosen = order[start : start + size]
            images, labels = self._data.images[chosen], self._data.labels[chosen].astype(np.int32)
            loss, correct, norms = self._train_batch(tf.constant(images), tf.constant(labels))
            totals, batches = totals + Totals(float(loss), float(correct), len(chosen)), batches + 1
            spent = time.perf_counter() - began
            if watcher.is_stepping or spent >= REPORT_S or start + size >= len(order):
                watcher.after(Work(totals, batches, spent, self._named(norms) if watcher.is_stepping else ()))
                totals, batches = Totals(), 0

    def _variables(self) -> list[Any]:
        return [*super()._variables(), self._steps_done]

    def _train_one_batch(self, pixels: Any, labels: Any) -> tuple[Any, Any, Any]:
        """One update: the sum of losses, the right answers, and the norm of each weight's gradient."""
        step = self._steps_done.assign_add(1)
        images = tf.cast(pixels, tf.float32)[..., None] / 255.0
        if self._config.augments:
            images = augment(images, self._config, step)
        weights = self.network.trainable_variables
        with tf.GradientTape() as tape:
            outputs = self.network(images, training=True)
            loss = tf.reduce_mean(self._loss(labels, outputs)) + self._penalties()
        gradients = tape.gradient(loss, weights)
        self.optimizer.apply(gradients, weights)
        norms = tf.stack([tf.norm(gradient) for gradient in gradients])
        return loss * tf.cast(tf.shape(labels)[0], tf.float32), self._count_correct(outputs, labels), norms

    def _named(self, norms: Any) -> tuple[GradientNorm, ...]:
        weights = self.network.trainable_variables
        return tuple(
            GradientNorm(f"{weight.path}", float(norm)) for weight, norm in zip(weights, norms.numpy(), strict=True)
        )
