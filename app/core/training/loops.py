"""Training steps that run inside TensorFlow: many batches in one call, without returning to Python between them.

A notebook's `fit` pays for Python, a data pipeline and callbacks at every batch; small networks spend most of their
time there. Here the pictures lie in one tensor, a call is given the indices of a group of batches, and a
`tf.while_loop` gathers, computes gradients and applies them. The loop exists twice: as a TensorFlow graph, and compiled
whole by XLA, which is faster for dense networks and slower (and slow to compile) for convolutions.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.datasets.types import IMAGE_SIZE, LabelledImages
from app.core.models.building import build_loss, build_network, build_optimizer
from app.core.models.config import TrainingConfig
from app.core.training.augmentation import augment

EVALUATION_BATCH = 500
XLA_CAPACITY = 1024
"""Batches that one XLA call can take: its shapes are fixed when it is compiled."""


@dataclass(frozen=True)
class Totals:
    """Sums over `samples` pictures: of their losses, and of the right answers."""

    loss: float
    correct: float
    samples: int

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(self.loss + other.loss, self.correct + other.correct, self.samples + other.samples)

    @property
    def mean_loss(self) -> float:
        """Loss per picture."""
        return self.loss / max(1, self.samples)

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0..1."""
        return self.correct / max(1, self.samples)


NOTHING = Totals(0.0, 0.0, 0)


@lru_cache(maxsize=1)
def loop_for(config: TrainingConfig, samples: int, classes: int, steps: int) -> "TrainingLoop":
    """The loop for a run of `steps` updates over `samples` pictures; call its `begin` before the run.

    The last one is kept: the same settings again start at once, without tracing and compiling, and leave nothing
    behind (TensorFlow never forgets a traced loop, about 4 MB each). Whoever holds a network of the run before must
    be done with it.
    """
    # Collecting garbage here, in the training thread, could destroy widgets outside theirs.
    keras.utils.clear_session(free_memory=False)
    return TrainingLoop(config, samples, classes, steps)


class TrainingLoop:
    """A network, its optimizer and its data, ready to run groups of batches."""

    def __init__(self, config: TrainingConfig, samples: int, classes: int, steps: int) -> None:
        self._config, self._classes = config, classes
        self._step = tf.Variable(0, dtype=tf.int32)
        self._now: Any = self._step
        self.network = build_network(config, classes, clock=lambda: self._now)
        self.optimizer = build_optimizer(config, steps)
        self.optimizer.build(self.network.trainable_variables)
        self._fresh_optimizer = [variable.numpy() for variable in self.optimizer.variables]
        self._loss = build_loss(config, classes)
        self._plain_loss = build_loss(config.changed(label_smoothing=0.0), classes)
        self._images = self._labels = tf.zeros(())
        # Pictures are arguments, not captured: TensorFlow keeps traced graphs, and what they captured, for good.
        self._graph = tf.function(
            self._run,
            autograph=False,
            input_signature=[
                tf.TensorSpec((samples, IMAGE_SIZE, IMAGE_SIZE), tf.uint8),
                tf.TensorSpec((samples,), tf.int32),
                tf.TensorSpec((None, None), tf.int32),
                tf.TensorSpec((), tf.int32),
            ],
        )
        self._compiled = tf.function(self._run, autograph=False, jit_compile=True)
        self._read = tf.function(
            self._evaluate_batch,
            autograph=False,
            input_signature=[tf.TensorSpec((None, 28, 28), tf.uint8), tf.TensorSpec((None,), tf.int32)],
        )
        self._probe = tf.function(
            self._probabilities, autograph=False, input_signature=[tf.TensorSpec((1, 28, 28, 1), tf.float32)]
        )

    def begin(self, data: LabelledImages) -> None:
        """Forget what was learned: weights from the config's seed, a new optimizer, these pictures."""
        keras.utils.set_random_seed(self._config.seed)
        self.network.set_weights(build_network(self._config, self._classes).get_weights())
        for variable, fresh in zip(self.optimizer.variables, self._fresh_optimizer, strict=True):
            variable.assign(fresh)
        self._step.assign(0)
        self._images = tf.constant(data.images)
        self._labels = tf.constant(data.labels.astype(np.int32))

    def run(self, indices: NDArray[np.int32], compiled: bool) -> Totals:
        """Train on each row of `indices` (batches, batch_size) int32 in turn; `compiled` chooses XLA."""
        batches, batch_size = indices.shape
        if compiled:
            padded = np.zeros((XLA_CAPACITY, batch_size), np.int32)
            padded[:batches] = indices
            loss, correct = self._compiled(self._images, self._labels, tf.constant(padded), tf.constant(batches))
        else:
            loss, correct = self._graph(self._images, self._labels, tf.constant(indices), tf.constant(batches))
        return Totals(float(loss), float(correct), indices.size)

    def evaluate(self, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Totals:
        """Cross-entropy (never smoothed) and accuracy of a batch of pictures (n, 28, 28) uint8, without training."""
        loss, correct = self._read(tf.constant(images), tf.constant(labels.astype(np.int32)))
        return Totals(float(loss), float(correct), len(labels))

    def probabilities(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the network believes of one picture (28, 28) in [0, 1], now: (classes,) float32, sum 1."""
        answer: NDArray[np.float32] = self._probe(tf.constant(image[None, :, :, None])).numpy()[0]
        return answer

    def learning_rate(self) -> float:
        """The rate of the next step."""
        return float(self.optimizer.learning_rate)

    def _run(self, images: Any, labels: Any, indices: Any, batches: Any) -> tuple[Any, Any]:
        zero = tf.constant(0.0)

        def one_batch(position: Any, loss: Any, correct: Any) -> tuple[Any, Any, Any]:
            chosen = indices[position]
            totals = self._train_batch(tf.gather(images, chosen), tf.gather(labels, chosen))
            return position + 1, loss + totals[0], correct + totals[1]

        _, loss, correct = tf.while_loop(
            lambda position, *_: position < batches,
            one_batch,
            (tf.constant(0), zero, zero),
            parallel_iterations=1,
        )
        return loss, correct

    def _train_batch(self, pixels: Any, labels: Any) -> tuple[Any, Any]:
        """One update of the weights: sums of losses and of right answers."""
        self._now = self._step.assign_add(1)
        images = tf.cast(pixels, tf.float32)[..., None] / 255.0
        if self._config.augments:
            images = augment(images, self._config, self._now)
        with tf.GradientTape() as tape:
            outputs = self.network(images, training=True)
            losses = self._loss(labels, outputs)
            mean = tf.reduce_mean(losses)
        gradients = tape.gradient(mean, self.network.trainable_variables)
        self.optimizer.apply(gradients, self.network.trainable_variables)
        return tf.reduce_sum(losses), _count_correct(outputs, labels)

    def _evaluate_batch(self, images: Any, labels: Any) -> tuple[Any, Any]:
        outputs = self.network(tf.cast(images, tf.float32)[..., None] / 255.0, training=False)
        return tf.reduce_sum(self._plain_loss(labels, outputs)), _count_correct(outputs, labels)

    def _probabilities(self, image: Any) -> Any:
        outputs = self.network(image, training=False)
        return tf.nn.softmax(outputs) if self._config.output == "logits" else outputs


def _count_correct(outputs: Any, labels: Any) -> Any:
    hits = tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), labels)
    return tf.reduce_sum(tf.cast(hits, tf.float32))
