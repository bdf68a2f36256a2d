"""What can go wrong with a picture, in measured doses: how far a network's answers hold is tried with them.

Every function takes pictures (n, 28, 28) uint8 with ink = 255, a strength and a seed, and returns new pictures of that
shape; what is random differs from picture to picture and is the same for the same seed. What comes in from outside a
picture is 0, the background.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Images = NDArray[np.uint8]


@dataclass(frozen=True)
class Corruption:
    """One thing that can go wrong. `levels` are the strengths it is tried with, in `unit`, mild ones first."""

    name: str
    unit: str
    levels: tuple[float, ...]
    apply: Callable[[Images, float, int], Images]


def shift(images: Images, strength: float, seed: int) -> Images:
    """Move each picture `strength` pixels in a direction of its own, to whole pixels; what leaves it is lost."""
    angles = np.random.default_rng(seed).uniform(0, 2 * math.pi, len(images))
    down, right = (np.rint(strength * turn(angles)).astype(int) for turn in (np.sin, np.cos))
    margin = math.ceil(strength)
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)))
    rows = margin - down[:, None, None] + np.arange(images.shape[1])[None, :, None]
    columns = margin - right[:, None, None] + np.arange(images.shape[2])[None, None, :]
    return padded[np.arange(len(images))[:, None, None], rows, columns]


def rotate(images: Images, strength: float, seed: int) -> Images:
    """Turn each picture about its middle by `strength` degrees, one way or the other."""
    ways = np.random.default_rng(seed).choice((-1, 1), len(images))
    turned = [
        Image.fromarray(image).rotate(float(way * strength), Image.Resampling.BILINEAR)
        for image, way in zip(images, ways, strict=True)
    ]
    return np.array([np.asarray(image) for image in turned], np.uint8).reshape(images.shape)


def add_noise(images: Images, strength: float, seed: int) -> Images:
    """Add normal noise to each pixel; `strength` is its standard deviation where full ink is 1."""
    noise = np.random.default_rng(seed).standard_normal(images.shape, np.float32)
    return _bytes(images + np.float32(255 * strength) * noise)


def blur(images: Images, strength: float, _seed: int) -> Images:
    """Blur with a Gaussian whose standard deviation is `strength` pixels."""
    if not strength:
        return images.copy()
    reach = math.ceil(3 * strength)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / strength) ** 2).astype(np.float32)
    weights /= weights.sum()
    blurred = images.astype(np.float32)
    for axis in (1, 2):
        sides = [(reach, reach) if side == axis else (0, 0) for side in range(3)]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(blurred, sides), len(weights), axis)
        blurred = windows @ weights
    return _bytes(blurred)


def occlude(images: Images, strength: float, seed: int) -> Images:
    """Cover a square of `strength` x `strength` pixels somewhere in each picture (DeVries, Taylor 2017)."""
    random, side = np.random.default_rng(seed), round(strength)
    inside = []
    for extent in images.shape[1:]:
        first = random.integers(0, extent - side, (len(images), 1), endpoint=True)
        inside.append((np.arange(extent) >= first) & (np.arange(extent) < first + side))
    rows, columns = inside
    covered = rows[:, :, None] & columns[:, None, :]
    return np.asarray(images * ~covered, np.uint8)


def invert(images: Images, strength: float, _seed: int) -> Images:
    """Exchange ink and background, wholly at a strength of 1; at 0.5 every pixel is grey."""
    return _bytes(images + np.float32(strength) * (255 - 2 * images.astype(np.float32)))


def _bytes(values: NDArray[np.float32]) -> Images:
    return np.asarray(np.rint(values.clip(0, 255)), np.uint8)


CORRUPTIONS = (
    Corruption("shift", "px", (2, 4, 6), shift),
    Corruption("rotation", "deg", (10, 20, 30), rotate),
    Corruption("noise", "of full ink", (0.1, 0.2, 0.3), add_noise),
    Corruption("blur", "px", (0.5, 1, 1.5), blur),
    Corruption("occlusion", "px", (6, 8, 10), occlude),
    Corruption("inversion", "whole", (1,), invert),
)
"""What the shipped models are measured with."""
