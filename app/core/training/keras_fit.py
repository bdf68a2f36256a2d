"""Training with Keras' own `Model.fit`, behind the same events as the other engines."""

import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.datasets.types import NO_IMAGES, LabelledImages
from app.core.inference.metrics import Totals
from app.core.networks.building import build_network
from app.core.training.augmentation import augment
from app.core.training.engine import REPORT_S, Engine, Watcher, Work


class KerasFit(Engine):
    """A compiled Keras model; every epoch is one call of `fit`."""

    def __init__(self, config: TrainingConfig, classes: int, steps: int) -> None:
        keras.utils.set_random_seed(config.seed)  # dropout layers draw their own seeds when they are made
        network = build_network(config, classes, self._batch, config.precision, keras_dropout=True)
        super().__init__(config, classes, steps, network)
        self._fresh_noise = [np.array(state) for state in self._noise()]
        self.network.compile(self.optimizer, self._loss, metrics=["sparse_categorical_accuracy"])
        self._data = NO_IMAGES

    @property
    def name(self) -> str:
        """As in the config."""
        return "fit"

    def begin(self, data: LabelledImages) -> None:
        """Forget what was learned."""
        super().begin(data)
        for state, fresh in zip(self._noise(), self._fresh_noise, strict=True):
            state.assign(fresh)
        self._data = data

    def end(self) -> None:
        """Let go of the pictures."""
        self._data = NO_IMAGES

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
        told = _Told(watcher, len(order), size)
        self.network.fit(batches.prefetch(2), epochs=1, shuffle=False, verbose=0, callbacks=[told])

    def _variables(self) -> list[Any]:
        return [*super()._variables(), *self._noise()]

    def _batch(self) -> Any:
        """The number of the batch that is trained."""
        return self.optimizer.iterations + 1

    def _noise(self) -> list[Any]:
        """The states of Keras' random generators."""
        return [layer.seed_generator.state for layer in self.network.layers if hasattr(layer, "seed_generator")]


class _Told(keras.callbacks.Callback):  # type: ignore[misc]
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
        if spent < REPORT_S and seen < self._samples:
            return
        means = logs or {}
        so_far = Totals(means["loss"] * seen, means["sparse_categorical_accuracy"] * seen, seen)
        self._watcher.after(Work(so_far - self._told, self._batches, spent))
        self._told, self._batches = so_far, 0
