"""Random variation of training pictures, inside the training graph."""

import math
from typing import Any

import tensorflow as tf

from app.core.models.config import TrainingConfig


def augment(images: Any, config: TrainingConfig, step: Any) -> Any:
    """Pictures (n, 28, 28, 1) float32, each varied at random within the config's limits.

    They are shifted, turned, scaled, slanted and mirrored, and their lines made thicker or thinner.

    The variation is a pure function of the config's seed and of `step`, an int32 scalar. Pixels that come from outside
    the picture are 0.
    """
    count = tf.shape(images)[0]
    seed = tf.stack([tf.constant(config.seed, tf.int32), step])
    noise = tf.random.stateless_uniform((7, count), seed, -1.0, 1.0)
    angle = noise[0] * math.radians(config.rotate_deg)
    scale = tf.exp(noise[1] * math.log1p(config.zoom))
    mirror = tf.where(noise[2] < 0, -1.0, 1.0) if config.flip else tf.ones((count,))
    cosine, sine = tf.cos(angle) / scale, tf.sin(angle) / scale
    slant = tf.tan(noise[5] * math.radians(config.shear_deg))
    a, b, c, d = cosine * mirror, -sine + slant * cosine, sine * mirror, cosine + slant * sine
    # An output pixel (x, y) takes its value from (a x + b y + e, c x + d y + f); the centre stays where it is.
    middle = (images.shape[1] - 1) / 2
    e = middle - middle * (a + b) + noise[3] * config.shift_px
    f = middle - middle * (c + d) + noise[4] * config.shift_px
    zeros = tf.zeros((count,))
    moved = tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, e, c, d, f, zeros, zeros], axis=1),
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )
    return _with_stroke(moved, noise[6] * config.stroke_px) if config.stroke_px else moved


def _with_stroke(images: Any, width_px: Any) -> Any:
    """Lines thicker by `width_px` (n,), or thinner where it is negative, by mixing with the grey dilation or erosion.

    Each morphological step of one pixel all round changes a line by two; what lies between is mixed linearly.
    """
    share = tf.abs(width_px)[:, None, None, None] / 2
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    target = tf.where(width_px[:, None, None, None] > 0, thick, thin)
    return images + share * (target - images)
