"""Training steps that run inside TensorFlow: many batches in one call, without returning to Python between them.

A notebook's `fit` pays for Python, a data pipeline and callbacks at every batch; small networks spend most of their
time there. Here the pictures lie in one tensor, a call is given the indices of a group of batches, and a
`tf.while_loop` gathers, computes gradients and applies them. The loop exists twice: as a TensorFlow graph, and compiled
whole by XLA, which is faster for dense networks and slower (and slow to compile) for convolutions.
"""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.datasets.types import IMAGE_SIZE, LabelledImages
from app.core.inference.metrics import Totals
from app.core.networks.building import build_network
from app.core.training.augmentation import augment
from app.core.training.engine import Engine, Watcher, Work

# How many batches go into one TensorFlow call, and which of the two loops runs them. Pure; knows no TensorFlow.

TARGET_S = 0.07
"""Time one call should take: short enough for Stop, pause and lively curves, long enough to leave Python out."""

XLA_WORTH_S = 3.0
"""Compiling costs about a second: shorter runs are over sooner without it."""

TRIAL_CALLS = 4
"""Calls measured for each loop before one of them is chosen."""


class Pacer:
    """Measures the run as it goes. `batches` says how many to run next, `compiled` on which loop."""

    def __init__(self, config: TrainingConfig, total_batches: int, capacity: int) -> None:
        self._left, self._capacity = total_batches, capacity
        spatial = any(layer.needs_maps for layer in config.layers)
        # XLA's convolutions on a processor are slower than TensorFlow's in every network we measured, and some take
        # most of a minute to compile: trying them would cost more than it could ever win.
        self._may_compile = not spatial and not config.augments and config.engine != "graph"
        self._decided = not self._may_compile or config.engine == "xla"
        self.compiled = config.engine == "xla" and self._may_compile
        self._rate = {False: 0.0, True: 0.0}
        self._calls = 0
        self.batches = 1

    @property
    def engine(self) -> str:
        """The loop in use, by name."""
        return "xla" if self.compiled else "graph"

    def record(self, batches: int, elapsed_s: float) -> None:
        """Note that `batches` took `elapsed_s`, and settle what comes next."""
        self._left -= batches
        self._calls += 1
        if self._calls > 1:  # the first call of a loop traces or compiles it
            rate = batches / max(elapsed_s, 1e-6)
            self._rate[self.compiled] = max(self._rate[self.compiled], rate)
            ideal = round(rate * TARGET_S)
            self.batches = max(1, min(self._capacity, ideal, self.batches * 8))
        if not self._decided and self._calls > TRIAL_CALLS:
            self._decide()

    def _decide(self) -> None:
        if self.compiled:
            self.compiled = self._rate[True] >= self._rate[False]
            self._decided = True
        elif self._left / max(self._rate[False], 1e-6) < XLA_WORTH_S:
            self._decided = True
        else:
            self.compiled, self._calls = True, 0


XLA_CAPACITY = 1024
"""Batches that one XLA call can take: its shapes are fixed when it is compiled."""


class TrainingLoop(Engine):
    """A network, its optimizer and its data, ready to run groups of batches."""

    def __init__(self, config: TrainingConfig, samples: int, classes: int, steps: int) -> None:
        self._step = tf.Variable(0, dtype=tf.int32)
        network = build_network(config, classes, lambda: self._step, config.precision)
        super().__init__(config, classes, steps, network)
        self._steps = steps
        self._pacer = Pacer(config, steps, XLA_CAPACITY)
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

    @property
    def name(self) -> str:
        """The loop in use."""
        return self._pacer.engine

    def begin(self, data: LabelledImages) -> None:
        """Forget what was learned, and how fast it went."""
        super().begin(data)
        self._step.assign(0)
        self._pacer = Pacer(self._config, self._steps, XLA_CAPACITY)
        self._images = tf.constant(data.images)
        self._labels = tf.constant(data.labels.astype(np.int32))

    def end(self) -> None:
        """Let go of the pictures."""
        self._images = self._labels = tf.zeros(())

    def train_epoch(self, order: NDArray[np.int32], watcher: Watcher) -> None:
        """Train in groups of batches, sized and compiled as proves fastest."""
        for batches in self._groups(order):
            watcher.before()
            is_whole = batches.shape[1] == self._config.batch_size
            started = time.perf_counter()
            totals = self.run(batches, compiled=self._pacer.compiled and is_whole)
            spent = time.perf_counter() - started
            if is_whole:
                self._pacer.record(len(batches), spent)
            watcher.after(Work(totals, len(batches), spent))

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

    def _groups(self, order: NDArray[np.int32]) -> Iterator[NDArray[np.int32]]:
        """The epoch's batches: arrays (batches, batch_size), the last one with what remains."""
        size = self._config.batch_size
        whole = len(order) // size
        batches = order[: whole * size].reshape(whole, size)
        position = 0
        while position < whole:
            count = self._pacer.batches
            yield batches[position : position + count]
            position += count
        if len(order) % size:
            yield order[None, whole * size :]

    def _variables(self) -> list[Any]:
        return [*super()._variables(), self._step]

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
        step = self._step.assign_add(1)
        images = tf.cast(pixels, tf.float32)[..., None] / 255.0
        if self._config.augments:
            images = augment(images, self._config, step)
        with tf.GradientTape() as tape:
            outputs = self.network(images, training=True)
            mean = tf.reduce_mean(self._loss(labels, outputs)) + self._penalties()
        gradients = tape.gradient(mean, self.network.trainable_variables)
        self.optimizer.apply(gradients, self.network.trainable_variables)
        return mean * tf.cast(tf.shape(labels)[0], tf.float32), self._count_correct(outputs, labels)
