"""Precise batch normalization: the statistics that a network predicts with, as its weights are now.

In training a batch is normalized by its own mean and variance, in prediction by averages of those of many batches.
Averages that are kept along the way belong in part to weights of long ago, or to no weights at all: after a short run
mostly to the 0 and 1 that they began with. So they are estimated anew before a network is validated, tested or saved
(Wu and Johnson, "Rethinking 'Batch' in BatchNorm", 2021). Imports TensorFlow.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.models.config import TrainingConfig
from app.core.training.augmentation import augment

ENOUGH = 2_000
"""Pictures to estimate from: more change no figure, and these take a small part of an epoch's time."""
_BATCH = 250


class BatchStatistics:
    """The statistics of every batch normalization of a network that is trained with `config`."""

    def __init__(self, network: Any, config: TrainingConfig) -> None:
        self._config = config
        self._layers = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
        if self._layers:
            self._normalized = keras.Model(network.input, [layer.input for layer in self._layers])
        self._moments = tf.function(
            self._moments_of_batch,
            autograph=False,
            input_signature=[tf.TensorSpec((None, 28, 28), tf.uint8), tf.TensorSpec((), tf.int32)],
        )

    def settle(self, images: NDArray[np.uint8], between: Callable[[], None] = lambda: None) -> None:
        """Set the statistics to those of training pictures (n, 28, 28), varied and thinned out as in training.

        The same weights and pictures give the same statistics. `between` is called before every batch and may raise.
        """
        if not self._layers:
            return
        parts = np.array_split(images, -(-len(images) // _BATCH))
        moments = []
        for number, part in enumerate(parts):
            between()
            moments.append(self._moments(tf.constant(part), tf.constant(number)))
        shares = np.array([len(part) for part in parts])[:, None] / len(images)
        for layer, found in zip(self._layers, zip(*moments, strict=True), strict=True):
            means, variances = (np.array(values) for values in zip(*found, strict=True))
            mean = (shares * means).sum(axis=0)
            layer.moving_mean.assign(mean)
            layer.moving_variance.assign((shares * (variances + (means - mean) ** 2)).sum(axis=0))

    def _moments_of_batch(self, pixels: Any, number: Any) -> list[tuple[Any, Any]]:
        """Means and variances (channels,) of what each layer is given, while the ones before normalize this batch."""
        images = tf.cast(pixels, tf.float32)[..., None] / 255.0
        if self._config.augments:
            images = augment(images, self._config, number)
        given = self._normalized(images, training=True)
        given = [given] if len(self._layers) == 1 else given
        return [tf.nn.moments(tf.cast(each, tf.float32), list(range(len(each.shape) - 1))) for each in given]


def some_of(epoch: NDArray[np.int32], seed: int) -> NDArray[np.int32]:
    """Enough of the pictures of an epoch to estimate from, the same for the same seed."""
    return np.random.default_rng(seed).permutation(epoch)[:ENOUGH]
