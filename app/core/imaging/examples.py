"""Examples of a dataset: 28 x 28 pixels that were prepared already, as they are or with something drawn on them."""

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import SIZE, NetworkInput, Step

FINENESS = 16
"""What is drawn on an example is drawn this much finer than its pixels are."""


def example_picture(image: NDArray[np.uint8]) -> Picture:
    """Make a picture of an example (28, 28) uint8, ink = 255: light on dark, as its dataset has it."""
    return Picture(np.ascontiguousarray(np.repeat(image[:, :, None], 3, axis=2), np.uint8))


def finer(picture: Picture) -> Picture:
    """Return an example with FINENESS x FINENESS pixels for each of its own, to be drawn on."""
    if picture.rgb.shape[0] != SIZE:
        return picture
    return Picture(picture.rgb.repeat(FINENESS, axis=0).repeat(FINENESS, axis=1))


def prepare_example(picture: Picture) -> NetworkInput:
    """Show a network of the example's own preprocessing the pixels themselves; a `finer` one is averaged to 28 x 28.

    Nothing is moved or scaled: where nothing was drawn, the network reads what it would read of the example.
    """
    red = picture.rgb[:, :, 0]  # the three are the same
    blocks = red.reshape(SIZE, red.shape[0] // SIZE, SIZE, red.shape[1] // SIZE)
    levels = blocks.mean(axis=(1, 3), dtype=np.float64)  # of bytes: exact
    image = np.ascontiguousarray(levels.astype(np.float32) / np.float32(255))
    steps: tuple[Step, ...] = (Step("example", image),)
    if len(red) > SIZE:
        steps = (Step("drawn", red.astype(np.float32) / np.float32(255)), Step("28 × 28", image))
    return NetworkInput(image, steps, is_empty=not image.any(), inverted=True)
