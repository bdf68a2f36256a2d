"""Pixels in colour, as matplotlib's `imshow` shows them: scaled so that the colours go from the least to the most."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

_ENLARGED = 10
"""Viewers blur what they enlarge; pixels that are large already stay squares."""

# Every sixteenth colour of matplotlib's viridis (Smith and van der Walt 2015), published as CC0.
_VIRIDIS = (
    "440154 48186A 472D7B 424086 3B528B 33638D 2C728E 26828E 21918C 1FA088 28AE80 3FBC73 5EC962 84D44B ADDC30 D8E219 "
    "FDE725"
)


def binary(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Ink on paper: (h, w) in 0..1 as (h, w, 3), 0 white and 1 black."""
    return np.repeat(np.rint(255 * (1 - shares)).astype(np.uint8)[..., None], 3, axis=-1)


def viridis(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Dark blue over green to yellow: (h, w) in 0..1 as (h, w, 3)."""
    stops = np.array([list(bytes.fromhex(stop)) for stop in _VIRIDIS.split()])
    places = np.linspace(0, 1, len(stops))
    return np.stack([np.rint(np.interp(shares, places, part)) for part in stops.T], axis=-1).astype(np.uint8)


def shares_of(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Pixels (h, w) as shares of the way from the least to the most of them; 0 where all are the same."""
    least, most = int(pixels.min()), int(pixels.max())
    return (pixels.astype(np.float64) - least) / max(1, most - least)


def image_of(colours: NDArray[np.uint8]) -> QImage:
    """Colours (h, w, 3) as a picture of larger pixels, to be painted at any size."""
    large = np.ascontiguousarray(colours.repeat(_ENLARGED, axis=0).repeat(_ENLARGED, axis=1))
    height, width, _ = large.shape
    return QImage(large.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
