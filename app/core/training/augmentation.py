"""Random variation of training images, inside the training graph. Imports TensorFlow.

An augmentation takes images (n, 28, 28, 1) float32 in [0, 1], random numbers, and by keyword the settings of the same
names. A Keras script gets the source of those that its config uses, so they know nothing but math, tf and what else is
defined here, and keep to the 88 letters of its lines.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig


def augment(images: tf.Tensor, config: TrainingConfig, step: tf.Tensor) -> tf.Tensor:
    """Images (n, 28, 28, 1) float32, each varied at random within the config's limits.

    The variation is a pure function of the config's seed and of `step`, an int32 scalar. Pixels that come from outside
    the image are 0.
    """
    random = Random(tf.stack([tf.constant(config.seed, tf.int32), step]), tf.shape(images)[0])
    for augmentation in AUGMENTATIONS:
        settings = config.arguments_of(augmentation)
        if any(settings.values()):
            images = augmentation(images, random, **settings)
    return images


class Random:
    """Random numbers for a batch of images: the same ones for the same `seed`.

    `rows` has numbers in -1..1 for nine purposes, each for one number an image.
    """

    def __init__(self, seed: tf.Tensor, count: tf.Tensor) -> None:
        """`seed` is two int32, and `count` the number of images."""
        self.seed, self.count = seed, count
        self.rows = tf.random.stateless_uniform((9, count), seed, -1.0, 1.0)

    def uniform(self, stream: int, *shape: int) -> tf.Tensor:
        """Numbers in 0..1 for each image, (n, *shape), others for each stream."""
        return tf.random.stateless_uniform((self.count, *shape), self.stream(stream))

    def normal(self, stream: int, *shape: int) -> tf.Tensor:
        """Normally distributed numbers, (n, *shape)."""
        return tf.random.stateless_normal((self.count, *shape), self.stream(stream))

    def stream(self, number: int) -> tf.Tensor:
        """Another seed for each number."""
        return self.seed + tf.constant([0x5EED * number, 0], tf.int32)


def affine(
    images: tf.Tensor,
    random: Random,
    *,
    shift_px: float,
    rotate_deg: float,
    zoom: float,
    shear_deg: float,
    flip: bool,
) -> tf.Tensor:
    """Images shifted, turned, scaled, slanted and mirrored about their centre."""
    side = images.shape[1]
    angle = random.rows[0] * math.radians(rotate_deg)
    scale = tf.exp(random.rows[1] * math.log1p(zoom))
    mirror = tf.where(random.rows[2] < 0, -1.0, 1.0) if flip else tf.ones_like(angle)
    cosine, sine = tf.cos(angle) / scale, tf.sin(angle) / scale
    slant = tf.tan(random.rows[5] * math.radians(shear_deg))
    a, b = cosine * mirror, -sine + slant * cosine
    c, d = sine * mirror, cosine + slant * sine
    # A pixel (x, y) takes its value from (a x + b y + e, c x + d y + f).
    middle = (side - 1) / 2
    e = middle - middle * (a + b) + random.rows[3] * shift_px
    f = middle - middle * (c + d) + random.rows[4] * shift_px
    zeros = tf.zeros_like(a)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, e, c, d, f, zeros, zeros], axis=1),
        output_shape=tf.constant([side, side]),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )


def elastic(images: tf.Tensor, random: Random, *, elastic_px: float) -> tf.Tensor:
    """Images bent like rubber: a coarse grid of random shifts, interpolated.

    After the elastic distortions of Simard, Steinkraus and Platt, 2003.
    """
    side = images.shape[1]
    coarse = random.normal(1, 6, 6, 2) * (elastic_px / 2)
    shifts = tf.image.resize(coarse, (side, side), method="bicubic")
    rows, columns = tf.meshgrid(tf.range(side), tf.range(side), indexing="ij")
    places = tf.cast(tf.stack([rows, columns], axis=-1), tf.float32)
    wanted = tf.clip_by_value(places + shifts, 0.0, side - 1.001)
    corner = tf.floor(wanted)
    down, right = tf.unstack(wanted - corner, axis=-1)
    index = tf.cast(corner, tf.int32)
    first = index[..., 0] * side + index[..., 1]
    pixels = tf.reshape(images, (-1, side * side))

    def taken(step: int) -> tf.Tensor:
        return tf.gather(pixels, first + step, batch_dims=1)

    above = taken(0) * (1 - right) + taken(1) * right
    below = taken(side) * (1 - right) + taken(side + 1) * right
    return (above * (1 - down) + below * down)[..., None]


def tone(images: tf.Tensor, random: Random, *, tone: float) -> tf.Tensor:
    """A share of the images in other light: another gamma, or light and dark exchanged.

    What is black around a piece stays black, so a light piece becomes a dark one.
    """
    numbers = random.uniform(5, 3)[:, :, None, None, None]
    bent = tf.pow(images, tf.exp(1.6 * numbers[:, 0] - 0.8))
    exchanged = tf.minimum(8.0 * images, 1.0) * (1.0 - 0.9 * images)
    other = tf.where(numbers[:, 1] < 0.4, exchanged, bent)
    return tf.where(numbers[:, 2] < tone, other, images)


def stroke(images: tf.Tensor, random: Random, *, stroke_px: float) -> tf.Tensor:
    """Images with thicker or thinner lines, mixed with their dilation or erosion.

    One pixel all round makes a line two pixels wider or narrower.
    """
    width = (random.rows[6] * stroke_px)[:, None, None, None]
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return images + tf.abs(width) / 2 * (tf.where(width > 0, thick, thin) - images)


def blur(images: tf.Tensor, random: Random, *, blur_px: float) -> tf.Tensor:
    """A quarter of the images, mixed with what a Gaussian makes of them."""
    weights = tf.exp(-0.5 * tf.square(tf.range(-3.0, 4.0) / blur_px))
    weights = weights / tf.reduce_sum(weights)
    smooth = tf.nn.conv2d(images, weights[:, None, None, None], 1, "SAME")
    smooth = tf.nn.conv2d(smooth, weights[None, :, None, None], 1, "SAME")
    share = tf.nn.relu(2 * random.rows[7] - 1)[:, None, None, None]
    return images + share * (smooth - images)


def erase(images: tf.Tensor, random: Random, *, erase: float) -> tf.Tensor:
    """Half of the images with a rectangle of one grey (Zhong et al. 2017)."""
    side = images.shape[1]
    numbers = random.uniform(2, 6)
    half = numbers[:, :2] * (erase * side / 2)
    middle = numbers[:, 2:4] * side
    places = tf.range(side, dtype=tf.float32) + 0.5
    inside = tf.abs(places - middle[:, :, None]) < half[:, :, None]
    hidden = inside[:, 0, :, None] & inside[:, 1, None, :]
    hidden = hidden & (numbers[:, 4] < 0.5)[:, None, None]
    # Mostly black, as if the pen left out a piece; sometimes grey, as under a finger.
    grey = tf.nn.relu(2 * numbers[:, 5] - 1)[:, None, None, None]
    return tf.where(hidden[..., None], grey, images)


def noise(images: tf.Tensor, random: Random, *, noise: float) -> tf.Tensor:
    """A quarter of the images with Gaussian noise of random strength."""
    side = images.shape[1]
    strength = tf.nn.relu(4 * random.uniform(3) - 3)[:, None, None, None] * noise
    noisy = images + strength * random.normal(4, side, side, 1)
    return tf.clip_by_value(noisy, 0.0, 1.0)


def invert(images: tf.Tensor, random: Random, *, invert: float) -> tf.Tensor:
    """A share of the images dark on light."""
    is_negative = tf.abs(random.rows[8]) < invert
    return tf.where(is_negative[:, None, None, None], 1.0 - images, images)


AUGMENTATIONS: tuple[Callable[..., Any], ...] = (affine, elastic, tone, stroke, blur, erase, noise, invert)
"""In the order in which they act."""


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
