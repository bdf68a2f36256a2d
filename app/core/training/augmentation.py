"""Random variation of training pictures, inside the training graph."""

import math
from typing import Any

import tensorflow as tf

from app.core.models.config import TrainingConfig


def augment(images: Any, config: TrainingConfig, step: Any) -> Any:
    """Pictures (n, 28, 28, 1) float32, each shifted, turned, scaled and mirrored at random within the config's limits.

    The variation is a pure function of the config's seed and of `step`, an int32 scalar. Pixels that come from outside
    the picture are 0.
    """
    count = tf.shape(images)[0]
    seed = tf.stack([tf.constant(config.seed, tf.int32), step])
    noise = tf.random.stateless_uniform((5, count), seed, -1.0, 1.0)
    angle = noise[0] * math.radians(config.rotate_deg)
    scale = tf.exp(noise[1] * math.log1p(config.zoom))
    mirror = tf.where(noise[2] < 0, -1.0, 1.0) if config.flip else tf.ones((count,))
    cosine, sine = tf.cos(angle) / scale, tf.sin(angle) / scale
    a, b, c, d = cosine * mirror, -sine, sine * mirror, cosine
    # An output pixel (x, y) takes its value from (a x + b y + e, c x + d y + f); the centre stays where it is.
    middle = (images.shape[1] - 1) / 2
    e = middle - middle * (a + b) + noise[3] * config.shift_px
    f = middle - middle * (c + d) + noise[4] * config.shift_px
    zeros = tf.zeros((count,))
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, e, c, d, f, zeros, zeros], axis=1),
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )
