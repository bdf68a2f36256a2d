"""Random variation of training pictures, inside the training graph."""

import math
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.datasets.types import IMAGE_SIZE

_BLUR_REACH = 3
_ELASTIC_GRID = 6


def augment(images: Any, config: TrainingConfig, step: Any) -> Any:
    """Pictures (n, 28, 28, 1) float32, each varied at random within the config's limits.

    They are shifted, turned, scaled, slanted, mirrored and bent, their lines made thicker or thinner; then blurred,
    covered in part, grained and made negative.

    The variation is a pure function of the config's seed and of `step`, an int32 scalar. Pixels that come from outside
    the picture are 0.
    """
    chance = _Chance(config.seed, step, tf.shape(images)[0])
    if any((config.shift_px, config.rotate_deg, config.zoom, config.shear_deg, config.flip)):
        images = _moved(images, config, chance)
    if config.elastic_px:
        images = _bent(images, config.elastic_px, chance)
    if config.stroke_px:
        images = _with_stroke(images, chance.row(6) * config.stroke_px)
    if config.blur_px:
        images = _blurred(images, config.blur_px, chance)
    if config.erase:
        images = _erased(images, config.erase, chance)
    if config.noise:
        images = _grained(images, config.noise, chance)
    if config.invert:
        negative = tf.abs(chance.row(8)) < config.invert
        images = tf.where(negative[:, None, None, None], 1.0 - images, images)
    return images


class _Chance:
    """Random numbers for one batch, a stream for each purpose."""

    def __init__(self, seed: int, step: Any, count: Any) -> None:
        self._seed = tf.stack([tf.constant(seed, tf.int32), step])
        self._count = count
        self._rows = tf.random.stateless_uniform((9, count), self._seed, -1.0, 1.0)

    def row(self, number: int) -> Any:
        """One number in -1..1 for each picture, (n,)."""
        return self._rows[number]

    def uniform(self, stream: int, *shape: Any) -> Any:
        """Numbers in 0..1, (n, *shape)."""
        return tf.random.stateless_uniform((self._count, *shape), self._stream(stream))

    def normal(self, stream: int, *shape: Any) -> Any:
        """Normally distributed numbers, (n, *shape)."""
        return tf.random.stateless_normal((self._count, *shape), self._stream(stream))

    def _stream(self, number: int) -> Any:
        return self._seed + tf.constant([0x5EED * number, 0], tf.int32)


def _moved(images: Any, config: TrainingConfig, chance: _Chance) -> Any:
    """Pictures after a random affine map."""
    angle = chance.row(0) * math.radians(config.rotate_deg)
    scale = tf.exp(chance.row(1) * math.log1p(config.zoom))
    mirror = tf.where(chance.row(2) < 0, -1.0, 1.0) if config.flip else tf.ones_like(angle)
    cosine, sine = tf.cos(angle) / scale, tf.sin(angle) / scale
    slant = tf.tan(chance.row(5) * math.radians(config.shear_deg))
    a, b, c, d = cosine * mirror, -sine + slant * cosine, sine * mirror, cosine + slant * sine
    # An output pixel (x, y) takes its value from (a x + b y + e, c x + d y + f); the centre stays where it is.
    middle = (IMAGE_SIZE - 1) / 2
    e = middle - middle * (a + b) + chance.row(3) * config.shift_px
    f = middle - middle * (c + d) + chance.row(4) * config.shift_px
    zeros = tf.zeros_like(a)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, e, c, d, f, zeros, zeros], axis=1),
        output_shape=tf.constant([IMAGE_SIZE, IMAGE_SIZE]),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )


def _bent(images: Any, reach_px: float, chance: _Chance) -> Any:
    """Pictures under a smooth random displacement, after the elastic distortions of Simard, Steinkraus, Platt 2003.

    Here the field is a coarse grid of random shifts, interpolated; its standard deviation is half of `reach_px`.
    """
    side = IMAGE_SIZE
    coarse = chance.normal(1, _ELASTIC_GRID, _ELASTIC_GRID, 2) * (reach_px / 2)
    shifts = tf.image.resize(coarse, (side, side), method="bicubic")
    places = tf.stack(tf.meshgrid(tf.range(side), tf.range(side), indexing="ij"), axis=-1)
    wanted = tf.clip_by_value(tf.cast(places, tf.float32) + shifts, 0.0, side - 1.001)
    corner = tf.floor(wanted)
    share = wanted - corner
    index = tf.cast(corner, tf.int32)
    flat = index[..., 0] * side + index[..., 1]
    pixels = tf.reshape(images, (-1, side * side))
    down, right = share[..., 0], share[..., 1]
    above = _taken(pixels, flat) * (1 - right) + _taken(pixels, flat + 1) * right
    below = _taken(pixels, flat + side) * (1 - right) + _taken(pixels, flat + side + 1) * right
    return (above * (1 - down) + below * down)[..., None]


def _taken(pixels: Any, places: Any) -> Any:
    """The values of `pixels` (n, pixels) at `places` (n, rows, columns)."""
    return tf.gather(pixels, places, batch_dims=1)


def _with_stroke(images: Any, width_px: Any) -> Any:
    """Lines thicker by `width_px` (n,), or thinner where it is negative, by mixing with the grey dilation or erosion.

    Each morphological step of one pixel all round changes a line by two; what lies between is mixed linearly.
    """
    share = tf.abs(width_px)[:, None, None, None] / 2
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    target = tf.where(width_px[:, None, None, None] > 0, thick, thin)
    return images + share * (target - images)


def _blurred(images: Any, sigma_px: float, chance: _Chance) -> Any:
    """A quarter of the pictures, mixed at random with what a Gaussian of `sigma_px` makes of them."""
    places = tf.range(-_BLUR_REACH, _BLUR_REACH + 1, dtype=tf.float32)
    weights = tf.exp(-0.5 * tf.square(places / sigma_px))
    weights = weights / tf.reduce_sum(weights)
    down, across = weights[:, None, None, None], weights[None, :, None, None]
    smooth = tf.nn.conv2d(tf.nn.conv2d(images, down, 1, "SAME"), across, 1, "SAME")
    share = tf.nn.relu(2 * chance.row(7) - 1)[:, None, None, None]
    return images + share * (smooth - images)


def _erased(images: Any, share: float, chance: _Chance) -> Any:
    """Half of the pictures with a random rectangle of one random grey (random erasing, Zhong et al. 2017)."""
    side = IMAGE_SIZE
    random = chance.uniform(2, 6)
    half = random[:, :2] * (share * side / 2)
    middle = random[:, 2:4] * side
    places = tf.range(side, dtype=tf.float32) + 0.5
    inside = tf.abs(places - middle[:, :, None]) < half[:, :, None]
    hidden = inside[:, 0, :, None] & inside[:, 1, None, :] & (random[:, 4] < 0.5)[:, None, None]
    # Mostly black, as a pen that left out a piece; sometimes grey, as a finger on the picture.
    grey = tf.nn.relu(2 * random[:, 5] - 1)[:, None, None, None]
    return tf.where(hidden[..., None], grey, images)


def _grained(images: Any, deviation: float, chance: _Chance) -> Any:
    """A quarter of the pictures with Gaussian noise of random strength up to `deviation`."""
    side = IMAGE_SIZE
    strength = tf.nn.relu(4 * chance.uniform(3) - 3)[:, None, None, None] * deviation
    return tf.clip_by_value(images + strength * chance.normal(4, side, side, 1), 0.0, 1.0)


# What the augmentation of a config does to some training pictures. Imports TensorFlow.

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
