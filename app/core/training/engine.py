"""What every way of training has in common: a network, its optimizer, its data, and how they are read.

The ways themselves: `loops` (many batches in one TensorFlow call), `keras_fit` (Keras' own `Model.fit`) and
`gradient_tape` (a readable loop that can be stepped). Imports TensorFlow.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.datasets.types import LabelledImages
from app.core.inference.metrics import Evaluation, Totals
from app.core.networks.building import build_network
from app.core.networks.compiling import build_loss, build_optimizer
from app.core.runs.events import GradientNorm
from app.core.training.batch_statistics import batch_statistics

REPORT_S = 0.07
"""How often an engine that runs batch by batch tells what it did."""

State = list[NDArray[Any]]
"""Everything that training changes, as arrays."""


@dataclass(frozen=True)
class Work:
    """A group of batches that was trained: sums over it, how many batches, and how long they took.

    `gradient_norms` only for a batch that was stepped.
    """

    totals: Totals
    batches: int
    spent_s: float
    gradient_norms: tuple[GradientNorm, ...] = ()


class Watcher(Protocol):
    """Whom an engine asks before a group of batches, and tells after it. Both may raise to end the epoch."""

    @property
    def is_stepping(self) -> bool:
        """True while the user wants one batch at a time."""

    def before(self) -> None:
        """About to train."""

    def after(self, work: Work) -> None:
        """Trained."""


class Engine(ABC):
    """A network and whatever trains it. Made for one config and one number of classes and pictures."""

    def __init__(self, config: TrainingConfig, classes: int, steps: int, network: Any) -> None:
        self.network = network
        self._config, self._classes = config, classes
        self.optimizer = build_optimizer(config, steps)
        self.optimizer.build(network.trainable_variables)
        self._fresh_optimizer = [np.array(variable) for variable in self.optimizer.variables]
        self.statistics = batch_statistics(network, config)
        self._loss = build_loss(config, classes)
        self._plain_loss = build_loss(config.changed(label_smoothing=0.0), classes)
        self._read = tf.function(
            self._evaluate_batch,
            autograph=False,
            input_signature=[tf.TensorSpec((None, 28, 28), tf.uint8), tf.TensorSpec((None,), tf.int32)],
        )
        self._probe = tf.function(
            self._probabilities, autograph=False, input_signature=[tf.TensorSpec((1, 28, 28, 1), tf.float32)]
        )

    @property
    @abstractmethod
    def name(self) -> str:
        """What the engine is called."""

    @abstractmethod
    def train_epoch(self, order: NDArray[np.int32], watcher: Watcher) -> None:
        """Train on the pictures `order` names, in that order, in batches of the config's size."""

    def begin(self, data: LabelledImages) -> None:
        """Forget what was learned: weights from the config's seed, a new optimizer, these pictures."""
        keras.utils.set_random_seed(self._config.seed)
        self.network.set_weights(build_network(self._config, self._classes).get_weights())
        for variable, fresh in zip(self.optimizer.variables, self._fresh_optimizer, strict=True):
            variable.assign(fresh)

    @abstractmethod
    def end(self) -> None:
        """Let go of the pictures: what TensorFlow traced holds on to this engine for good."""

    def state(self) -> State:
        """A copy of everything that training changes."""
        return [np.array(variable) for variable in self._variables()]

    def restore(self, state: State) -> None:
        """Go back to a `state`, of this engine or of another one made alike."""
        for variable, value in zip(self._variables(), state, strict=True):
            variable.assign(value)

    def evaluate(self, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Evaluation:
        """Loss (never smoothed, with the layers' penalties) and confusion of pictures (n, 28, 28), without training."""
        loss, confusion = self._read(tf.constant(images), tf.constant(labels.astype(np.int32)))
        return Evaluation(float(loss), confusion.numpy().astype(np.int64))

    def probabilities(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the network believes of one picture (28, 28) in [0, 1], now: (classes,) float32, sum 1."""
        answer: NDArray[np.float32] = self._probe(tf.constant(image[None, :, :, None])).numpy()[0]
        return answer

    def learning_rate(self) -> float:
        """The rate of the next step."""
        return float(self.optimizer.learning_rate)

    def _variables(self) -> list[Any]:
        return [*self.network.weights, *self.optimizer.variables]

    def _penalties(self) -> Any:
        """What L1 and L2 add to the mean loss, a scalar."""
        return tf.add_n(self.network.losses) if self.network.losses else tf.constant(0.0)

    def _evaluate_batch(self, images: Any, labels: Any) -> tuple[Any, Any]:
        outputs = self.network(tf.cast(images, tf.float32)[..., None] / 255.0, training=False)
        count = tf.cast(tf.shape(labels)[0], tf.float32)
        loss = tf.reduce_sum(self._plain_loss(labels, outputs)) + self._penalties() * count
        said = tf.argmax(outputs, axis=-1, output_type=tf.int32)
        return loss, tf.math.confusion_matrix(labels, said, self._classes)

    def _count_correct(self, outputs: Any, labels: Any) -> Any:
        """How many of the outputs (n, classes) are right, a float32 scalar. An outlier is, if no class has half."""
        hits = tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), labels)
        if self._config.outliers:
            beliefs = tf.nn.softmax(outputs) if self._config.output == "logits" else outputs
            hits |= (labels == self._classes) & (tf.reduce_max(beliefs, axis=-1) < 0.5)
        return tf.reduce_sum(tf.cast(hits, tf.float32))

    def _probabilities(self, image: Any) -> Any:
        outputs = self.network(image, training=False)
        return tf.nn.softmax(outputs) if self._config.output == "logits" else outputs
