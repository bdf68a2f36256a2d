"""The engines: three ways of training a network behind one interface. Imports TensorFlow.

`TrainingLoop` runs many batches in one TensorFlow call, `GradientTapeLoop` is a readable loop that can be stepped, and
`KerasFit` is Keras' own `Model.fit`.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.datasets.types import IMAGE_SIZE, NO_IMAGES, LabelledImages
from app.core.graphics import cards_in_use
from app.core.inference.metrics import Evaluation, Totals
from app.core.networks.building import build_network
from app.core.networks.compiling import build_loss, build_optimizer
from app.core.runs.events import GradientNorm
from app.core.training.augmentation import augment
from app.core.training.batch_statistics import batch_statistics
from app.core.training.compiled import Compiled

REPORT_S = 0.07
"""How often an engine that runs batch by batch tells what it did."""

EVALUATION_BATCH = 500

State = list[NDArray[Any]]
"""Everything that training changes, as arrays."""


_ALIGNMENT = 64
"""Bytes: what TensorFlow's kernels expect of memory that it did not allocate itself."""
_LARGE_BYTES = 256 * 1024 * 1024


def tensor_of(images: NDArray[np.uint8]) -> Any:
    """The same pictures as a tensor. Of very many, `tf.constant` would hold two copies on the way to one."""
    if images.nbytes < _LARGE_BYTES:
        return tf.constant(images)
    memory = np.empty(images.nbytes + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    copy = memory[start : start + images.nbytes].reshape(images.shape)
    copy[...] = images
    return tf.experimental.dlpack.from_dlpack(copy.__dlpack__())


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

    @property
    def most_batches(self) -> int:
        """How many batches the next group may have: then somebody wants to look at the weights."""

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
        self._data = NO_IMAGES
        self._read = tf.function(
            self._evaluate_batch,
            autograph=False,
            input_signature=[tf.TensorSpec((None, 28, 28), tf.uint8), tf.TensorSpec((None,), tf.int32)],
        )
        self._probe = tf.function(
            lambda image: self._probabilities(self.network(image, training=False)),
            autograph=False,
            input_signature=[tf.TensorSpec((1, 28, 28, 1), tf.float32)],
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
        self._data = data

    def end(self) -> None:
        """Let go of the pictures: the engine itself is kept for the next run."""
        self._data = NO_IMAGES

    def state(self) -> State:
        """A copy of everything that training changes."""
        return [np.array(variable) for variable in self._variables()]

    def restore(self, state: State) -> None:
        """Go back to a `state`, of this engine or of another one made alike."""
        for variable, value in zip(self._variables(), state, strict=True):
            variable.assign(value)

    def evaluate(self, data: LabelledImages, between: Callable[[], None] = lambda: None) -> Evaluation:
        """Loss (never smoothed, with the layers' penalties) and confusion over pictures, without training.

        `between` is called before every batch and may raise to end it.
        """
        found = Evaluation(0.0, np.zeros((self._classes, self._classes), np.int64))
        for start in range(0, len(data), EVALUATION_BATCH):
            between()
            part = slice(start, start + EVALUATION_BATCH)
            loss, confusion = self._read(
                tf.constant(data.images[part]), tf.constant(data.labels[part].astype(np.int32))
            )
            found = found + Evaluation(float(loss), confusion.numpy().astype(np.int64))
        return found

    def probabilities(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the network predicts for one picture (28, 28) in [0, 1], now: (classes,) float32, sum 1."""
        found: NDArray[np.float32] = self._probe(tf.constant(image[None, :, :, None])).numpy()[0]
        return found

    def weights(self) -> State:
        """A copy of the network's weights, as Keras lists them: its own `get_weights` takes three times as long."""
        variables = [weight.value for weight in self.network.weights]
        return [tf.raw_ops.ReadVariableOp(resource=each.handle, dtype=each.dtype).numpy() for each in variables]

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
        predicted = tf.argmax(outputs, axis=-1, output_type=tf.int32)
        return loss, tf.math.confusion_matrix(labels, predicted, self._classes)

    def _probabilities(self, outputs: Any) -> Any:
        return tf.nn.softmax(outputs) if self._config.output == "logits" else outputs


class _OwnLoop(Engine):
    """What the two loops of our own have in common: they count their steps, and how one batch is trained."""

    def __init__(self, config: TrainingConfig, classes: int, steps: int) -> None:
        self._step = tf.Variable(0, dtype=tf.int32)
        super().__init__(config, classes, steps, build_network(config, classes, lambda: self._step, config.precision))

    def begin(self, data: LabelledImages) -> None:
        """Forget what was learned, and the steps."""
        super().begin(data)
        self._step.assign(0)

    def _variables(self) -> list[Any]:
        return [*super()._variables(), self._step]

    def _train_batch(self, pixels: Any, labels: Any) -> tuple[Any, Any, Any]:
        """One update of the weights: the sum of losses, the right predictions, and the gradients."""
        step = self._step.assign_add(1)
        images = tf.cast(pixels, tf.float32)[..., None] / 255.0
        if self._config.augments:
            images = augment(images, self._config, step)
        with tf.GradientTape() as tape:
            outputs = self.network(images, training=True)
            loss = tf.reduce_mean(self._loss(labels, outputs)) + self._penalties()
        gradients = tape.gradient(loss, self.network.trainable_variables)
        self.optimizer.apply(gradients, self.network.trainable_variables)
        return loss * tf.cast(tf.shape(labels)[0], tf.float32), self._count_correct(outputs, labels), gradients

    def _count_correct(self, outputs: Any, labels: Any) -> Any:
        """How many of the outputs (n, classes) are right, a float32 scalar. An outlier is, if no class has half."""
        hits = tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), labels)
        if self._config.outliers:
            hits |= (labels == self._classes) & (tf.reduce_max(self._probabilities(outputs), axis=-1) < 0.5)
        return tf.reduce_sum(tf.cast(hits, tf.float32))


class GradientTapeLoop(_OwnLoop):
    """The training loop as one would write it by hand: a batch, its gradient, an update. It can be stepped.

    One TensorFlow call per batch: slower than the loop that stays inside TensorFlow, and easier to follow.
    """

    def __init__(self, config: TrainingConfig, classes: int, steps: int) -> None:
        super().__init__(config, classes, steps)
        self._train_one = tf.function(self._train_with_norms, autograph=False, reduce_retracing=True)

    @property
    def name(self) -> str:
        """As in the config."""
        return "gradient_tape"

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
            loss, correct, norms = self._train_one(tf.constant(images), tf.constant(labels))
            totals, batches = totals + Totals(float(loss), float(correct), len(chosen)), batches + 1
            spent = time.perf_counter() - began
            is_due = spent >= REPORT_S or batches >= watcher.most_batches
            if watcher.is_stepping or is_due or start + size >= len(order):
                watcher.after(Work(totals, batches, spent, self._named(norms) if watcher.is_stepping else ()))
                totals, batches = Totals(), 0

    def _train_with_norms(self, pixels: Any, labels: Any) -> tuple[Any, Any, Any]:
        loss, correct, gradients = self._train_batch(pixels, labels)
        return loss, correct, tf.stack([tf.norm(gradient) for gradient in gradients])

    def _named(self, norms: Any) -> tuple[GradientNorm, ...]:
        weights = self.network.trainable_variables
        return tuple(
            GradientNorm(weight.path, float(norm)) for weight, norm in zip(weights, norms.numpy(), strict=True)
        )


XLA_CAPACITY = 1024
"""Batches that one XLA call can take: its shapes are fixed when it is compiled."""


class TrainingLoop(_OwnLoop):
    """Many batches in one TensorFlow call, without returning to Python between them.

    A notebook's `fit` pays for Python, a data pipeline and callbacks at every batch; small networks spend most of their
    time there. Here the pictures lie in one tensor, a call is given the indices of a group of batches, and a
    `tf.while_loop` gathers, computes gradients and applies them. The loop exists twice: as a TensorFlow graph, and
    compiled whole by XLA, which is faster for dense networks and slower (and slow to compile) for convolutions.
    """

    def __init__(self, config: TrainingConfig, samples: int, classes: int, steps: int) -> None:
        super().__init__(config, classes, steps)
        self._steps = steps
        self._pacer = Pacer(config, steps, XLA_CAPACITY)
        self._images = self._labels = tf.zeros(())
        # Pictures are arguments, not captured: they are let go of when the run ends, and the graph is kept.
        data = [
            tf.TensorSpec((samples, IMAGE_SIZE, IMAGE_SIZE), tf.uint8),
            tf.TensorSpec((samples,), tf.int32),
        ]
        count = tf.TensorSpec((), tf.int32)
        self._graph = tf.function(
            self._run,
            autograph=False,
            input_signature=[*data, tf.TensorSpec((None, None), tf.int32), count],
        )
        self._signature = [*data, tf.TensorSpec((XLA_CAPACITY, config.batch_size), tf.int32), count]
        self._compiled: Any = None

    @property
    def name(self) -> str:
        """The loop in use."""
        return self._pacer.engine

    def begin(self, data: LabelledImages) -> None:
        """Forget what was learned, and how fast it went."""
        super().begin(data)
        self._pacer = Pacer(self._config, self._steps, XLA_CAPACITY)
        self._images = tensor_of(data.images)
        self._labels = tf.constant(data.labels.astype(np.int32))

    def end(self) -> None:
        """Let go of the pictures."""
        super().end()
        self._images = self._labels = tf.zeros(())

    def probabilities(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the network predicts, now."""
        self._bring_back()
        return super().probabilities(image)

    def weights(self) -> State:
        """A copy of the network's weights, now."""
        self._bring_back()
        return super().weights()

    def train_epoch(self, order: NDArray[np.int32], watcher: Watcher) -> None:
        """Train in groups of batches, sized and compiled as proves fastest."""
        try:
            self._train_groups(order, watcher)
        finally:
            self._bring_back()

    def _train_groups(self, order: NDArray[np.int32], watcher: Watcher) -> None:
        for batches in self._groups(order, watcher):
            watcher.before()
            is_whole = batches.shape[1] == self._config.batch_size
            is_cut = watcher.most_batches < self._pacer.batches
            started = time.perf_counter()
            totals = self.run(batches, compiled=self._pacer.compiled and is_whole)
            spent = time.perf_counter() - started
            if is_whole:
                self._pacer.record(len(batches), spent, is_cut=is_cut)
            watcher.after(Work(totals, len(batches), spent))

    def run(self, indices: NDArray[np.int32], compiled: bool) -> Totals:
        """Train on each row of `indices` (batches, batch_size) int32 in turn; `compiled` chooses XLA."""
        batches, batch_size = indices.shape
        if compiled:
            self._compiled = self._compiled or self._compile()
            padded = np.zeros((XLA_CAPACITY, batch_size), np.int32)
            padded[:batches] = indices
            loss, correct = self._compiled(self._images, self._labels, tf.constant(padded), tf.constant(batches))
        else:
            self._bring_back()
            loss, correct = self._graph(self._images, self._labels, tf.constant(indices), tf.constant(batches))
        return Totals(float(loss), float(correct), indices.size)

    def _compile(self) -> Any:
        if cards_in_use():  # whose memory the pictures would be copied to at every call
            return tf.function(self._run, autograph=False, jit_compile=True)
        return Compiled(self._run, self._signature)

    def _bring_back(self) -> None:
        """Compiled batches have variables of their own: before anybody else looks at ours."""
        if isinstance(self._compiled, Compiled):
            self._compiled.bring_back()

    def _groups(self, order: NDArray[np.int32], watcher: Watcher) -> Iterator[NDArray[np.int32]]:
        """The epoch's batches: arrays (batches, batch_size), the last one with what remains."""
        size = self._config.batch_size
        whole = len(order) // size
        batches = order[: whole * size].reshape(whole, size)
        position = 0
        while position < whole:
            count = min(self._pacer.batches, watcher.most_batches)
            yield batches[position : position + count]
            position += count
        if len(order) % size:
            yield order[None, whole * size :]

    def _run(self, images: Any, labels: Any, indices: Any, batches: Any) -> tuple[Any, Any]:
        zero = tf.constant(0.0)

        def one_batch(position: Any, loss: Any, correct: Any) -> tuple[Any, Any, Any]:
            chosen = indices[position]
            more_loss, more_correct, _ = self._train_batch(tf.gather(images, chosen), tf.gather(labels, chosen))
            return position + 1, loss + more_loss, correct + more_correct

        _, loss, correct = tf.while_loop(
            lambda position, *_: position < batches,
            one_batch,
            (tf.constant(0), zero, zero),
            parallel_iterations=1,
        )
        return loss, correct


TARGET_S = 0.07
"""Time one call should take: short enough for Stop, pause and lively curves, long enough to leave Python out."""

XLA_WORTH_S = 3.0
"""Compiling costs about a second: shorter runs are over sooner without it."""

TRIAL_CALLS = 4
"""Calls measured for each loop before one of them is chosen."""


class Pacer:
    """Measures a run as it goes. `batches` says how many to run in the next call, `compiled` on which loop."""

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

    def record(self, batches: int, elapsed_s: float, *, is_cut: bool = False) -> None:
        """Note that `batches` took `elapsed_s`, and settle what comes next.

        A call that `is_cut` was shorter than it should have been, and says nothing of how long it should be.
        """
        self._left -= batches
        if is_cut:
            return
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


class KerasFit(Engine):
    """A compiled Keras model; every epoch is one call of `fit`."""

    def __init__(self, config: TrainingConfig, classes: int, steps: int) -> None:
        keras.utils.set_random_seed(config.seed)  # dropout layers draw their own seeds when they are made
        # The optimizer counts the batches: the one that is trained is the next.
        network = build_network(
            config, classes, lambda: self.optimizer.iterations + 1, config.precision, keras_dropout=True
        )
        super().__init__(config, classes, steps, network)
        self._fresh_noise = [np.array(state) for state in self._noise()]
        self.network.compile(self.optimizer, self._loss, metrics=["sparse_categorical_accuracy"])

    @property
    def name(self) -> str:
        """As in the config."""
        return "fit"

    def begin(self, data: LabelledImages) -> None:
        """Forget what was learned."""
        super().begin(data)
        for state, fresh in zip(self._noise(), self._fresh_noise, strict=True):
            state.assign(fresh)

    def train_epoch(self, order: NDArray[np.int32], watcher: Watcher) -> None:
        """One call of `fit` over the pictures in that order."""
        size = self._config.batch_size
        images, labels = self._data.images[order, ..., None], self._data.labels[order].astype(np.int32)
        batches = tf.data.Dataset.from_tensor_slices((images, labels)).batch(size)
        batches = batches.map(lambda images, labels: (tf.cast(images, tf.float32) / 255.0, labels))
        if self._config.augments:
            # Only the training loops count steps: here a number drawn for each batch takes that place.
            steps = tf.data.Dataset.random(self._config.seed).map(lambda value: tf.cast(value % 2**30, tf.int32))
            batches = tf.data.Dataset.zip(batches, steps).map(
                lambda batch, step: (augment(batch[0], self._config, step), batch[1])
            )
        told = _FitCallback(watcher, len(order), size)
        self.network.fit(batches.prefetch(2), epochs=1, shuffle=False, verbose=0, callbacks=[told])

    def _variables(self) -> list[Any]:
        return [*super()._variables(), *self._noise()]

    def _noise(self) -> list[Any]:
        """The states of Keras' random generators."""
        return [layer.seed_generator.state for layer in self.network.layers if hasattr(layer, "seed_generator")]


class _FitCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Passes on what `fit` says, some batches at a time."""

    def __init__(self, watcher: Watcher, samples: int, batch_size: int) -> None:
        super().__init__()
        self._watcher, self._samples, self._batch_size = watcher, samples, batch_size
        self._told, self._batches, self._began = Totals(), 0, 0.0

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Ask, at the beginning of a group."""
        if not self._batches:
            self._watcher.before()
            self._began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Tell, at the end of a group. Keras gives means over the epoch so far."""
        self._batches += 1
        spent = time.perf_counter() - self._began
        seen = min(self._samples, (batch + 1) * self._batch_size)
        if spent < REPORT_S and seen < self._samples and self._batches < self._watcher.most_batches:
            return
        means = logs or {}
        so_far = Totals(means["loss"] * seen, means["sparse_categorical_accuracy"] * seen, seen)
        self._watcher.after(Work(so_far - self._told, self._batches, spent))
        self._told, self._batches = so_far, 0


@lru_cache(maxsize=1)
def engine_for(config: TrainingConfig, samples: int, classes: int, steps: int) -> Engine:
    """The engine for a run of `steps` updates over `samples` pictures; call its `begin` before the run.

    The last one is kept: the same settings again start at once, without tracing and compiling. Whoever holds a network
    of the run before must be done with it.
    """
    # Collecting garbage here, in the training thread, could destroy widgets outside theirs.
    keras.utils.clear_session(free_memory=False)
    match config.engine:
        case "fit":
            return KerasFit(config, classes, steps)
        case "gradient_tape":
            return GradientTapeLoop(config, classes, steps)
        case _:
            return TrainingLoop(config, samples, classes, steps)
