"""What the augmentation of a config does to some training pictures. Imports TensorFlow."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.models.config import TrainingConfig
from app.core.training.augmentation import augment

ROWS, COLUMNS = 4, 6


def varied(images: NDArray[np.uint8], config: TrainingConfig, number: int) -> NDArray[np.uint8]:
    """Four of `images` (n, 28, 28), as they are and in five variations each: (4, 6, 28, 28), ink = 255.

    Another `number` gives other pictures and other variations; the same one gives the same again.
    """
    chosen = images[np.random.default_rng(number).choice(len(images), ROWS, replace=len(images) < ROWS)]
    repeated = np.repeat(chosen, COLUMNS - 1, axis=0)[..., None].astype(np.float32) / 255
    changed = augment(tf.constant(repeated), config, tf.constant(number, tf.int32)).numpy()[..., 0]
    pixels = np.rint(np.clip(changed, 0, 1) * 255).astype(np.uint8)
    return np.concatenate([chosen[:, None], pixels.reshape(ROWS, COLUMNS - 1, *chosen.shape[1:])], axis=1)
