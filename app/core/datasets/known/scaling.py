"""Pictures of any size as 28 x 28 pixels, in blocks, so that a million of them fit."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.datasets.content import Progress, no_progress
from app.core.datasets.types import IMAGE_SIZE
from app.core.imaging.preprocess import prepare_ink

_NOISE = 40  # of 255: what JPEG leaves around ink
_MOST_NOISE = 0.2
"""Where more of a picture is as dark as that, but not black, it is noise and not the edges of strokes."""


def contained(images: NDArray[np.uint8], progress: Progress = no_progress) -> NDArray[np.uint8]:
    """Scale each picture as a whole, so that its longest side is 28, on black; (n, h, w) to (n, 28, 28)."""
    height, width = images.shape[1:]
    if (height, width) == (IMAGE_SIZE, IMAGE_SIZE):
        return images
    scale = IMAGE_SIZE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (IMAGE_SIZE - size[0]) // 2, (IMAGE_SIZE - size[1]) // 2
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    result = np.zeros((len(images), IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    for number, image in enumerate(images):
        progress(number, len(images))
        result[number, top : top + size[1], left : left + size[0]] = np.asarray(
            Image.fromarray(image).resize(size, how)
        )
    return result


def boxed(images: NDArray[np.uint8], progress: Progress = no_progress) -> NDArray[np.uint8]:
    """Make each picture's ink, 255, as MNIST has it: in a box of 20 x 20, centred by its mass; (n, 28, 28)."""
    result = np.zeros((len(images), IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    for number, image in enumerate(images):
        progress(number, len(images))
        faint = (image > 0) & (image < _NOISE)
        clean = np.where(faint, np.uint8(0), image) if np.mean(faint) > _MOST_NOISE else image
        result[number] = np.rint(prepare_ink(np.divide(clean, 255, dtype=np.float32), inverted=True).image * 255)
    return result
