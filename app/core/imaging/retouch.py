"""Drawing on pictures and rubbing out of them: ink as dark (or light) as the picture's own, background as around it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.ink import find_ink, stroke_width
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import FINENESS, fitted
from app.core.imaging.rasterise import PEN_WIDTH

WORK_SIDE = 512
"""A picture that is drawn on has no longer side: networks are shown no more of it, and undo keeps many of them."""

_LEAST_SIDE = 224  # a line can be placed in it as finely as in what the network gets, and finer
_LOOK_SIDE = 256  # strokes can be told from paper in it, and it is quick
_COARSE = 64  # pixels a side in which the background is looked at: strokes vanish, shadows stay
_NEAR, _FAR = 4, 32  # of those pixels: how far a place without background looks for some
_THINNEST, _THICKEST = 1 / 60, 1 / 10  # pens, as shares of the longest side


@dataclass(frozen=True, eq=False)
class Materials:
    """What a picture is drawn on with: `ink` is an RGB colour, `background` (h, w, 3) uint8 the picture without ink.

    `pen_width` is in pixels of the picture: as wide as the strokes that are on it.
    """

    ink: tuple[int, int, int]
    background: NDArray[np.uint8]
    pen_width: float


def workable(picture: Picture) -> Picture:
    """Return the picture in a size that can be drawn on: no side above WORK_SIDE, and small ones enlarged."""
    height, width = picture.rgb.shape[:2]
    if max(height, width) > WORK_SIDE:
        scale = WORK_SIDE / max(height, width)
    elif max(height, width) < _LEAST_SIDE:
        scale = math.ceil(_LEAST_SIDE / max(height, width))
    else:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BILINEAR
    return Picture(np.asarray(Image.fromarray(picture.rgb).resize(size, how)))


def example_materials(picture: Picture) -> Materials:
    """White on black, and the pen that examples of digits are written with. `picture` is a `finer` example."""
    return Materials((255, 255, 255), np.zeros_like(picture.rgb), PEN_WIDTH * FINENESS)


def find_materials(picture: Picture, invert: bool | None = None) -> Materials:
    """Look at a `workable` picture's own ink and background; `invert` says that it is light on dark, None finds out."""
    rgb = picture.rgb
    height, width = rgb.shape[:2]
    scale = min(1.0, _LOOK_SIDE / max(height, width))
    found, light_on_dark = find_ink(fitted(picture.grey, min(_LOOK_SIDE, max(height, width))), invert)
    ink = _enlarged(found, height, width)
    thinnest, thickest = max(height, width) * _THINNEST, max(height, width) * _THICKEST
    strong = ink > 0.5
    if not strong.any():
        colour = (255, 255, 255) if light_on_dark else (0, 0, 0)
        return Materials(colour, _background(rgb, np.ones_like(ink)), max(1.0, (thinnest + thickest) / 3))
    red, green, blue = (int(value) for value in np.median(rgb[strong], axis=0))
    pen = max(1.0, min(max(stroke_width(found) / scale, thinnest), thickest))
    return Materials((red, green, blue), _background(rgb, (ink == 0).astype(np.float32)), pen)


class Retouch:
    """A line drawn on a picture, or rubbing out of it, from point to point. Each point costs only its surroundings.

    Places are in pixels of the picture, from its upper left corner; what lies outside has no effect. `is_changed`
    becomes True when the line changes a pixel.
    """

    def __init__(self, picture: Picture, materials: Materials, width: float, rubs: bool = False) -> None:
        self.is_changed = False
        self._before = picture.rgb
        self._rgb = picture.rgb.copy()
        self._fill = (
            materials.background if rubs else np.broadcast_to(np.array(materials.ink, np.uint8), picture.rgb.shape)
        )
        self._covered: NDArray[np.float32] = np.zeros(picture.rgb.shape[:2], np.float32)
        self._radius = width / 2
        self._last: tuple[float, float] | None = None

    @property
    def picture(self) -> Picture:
        """The picture with the line as it is now."""
        return Picture(self._rgb.copy())

    def add(self, x: float, y: float) -> None:
        """Go on to another point, or begin there."""
        start, self._last = self._last or (x, y), (x, y)
        reach = self._radius + 1
        height, width = self._covered.shape
        rows = _between(min(start[1], y) - reach, max(start[1], y) + reach, height)
        columns = _between(min(start[0], x) - reach, max(start[0], x) + reach, width)
        area = (rows, columns)
        if not self._covered[area].size:
            return
        distance = _distance(rows, columns, start, (x, y))
        covered = np.maximum(self._covered[area], np.clip(self._radius + 0.5 - distance, 0, 1))
        self._covered[area] = covered
        share = covered[:, :, None]
        mixed = self._before[area] * (1 - share) + self._fill[area] * share
        self._rgb[area] = np.rint(mixed).astype(np.uint8)
        self.is_changed = self.is_changed or not np.array_equal(self._rgb[area], self._before[area])


def _between(low: float, high: float, size: int) -> slice:
    return slice(max(0, math.floor(low)), max(0, min(size, math.ceil(high) + 1)))


def _distance(rows: slice, columns: slice, start: tuple[float, float], end: tuple[float, float]) -> NDArray[np.float32]:
    """Return how far the middles of pixels are from the straight line between two points."""
    y, x = np.ogrid[rows, columns]
    across, down = x + np.float32(0.5 - start[0]), y + np.float32(0.5 - start[1])
    along = (end[0] - start[0], end[1] - start[1])
    square = along[0] ** 2 + along[1] ** 2
    share = np.clip((across * along[0] + down * along[1]) / square, 0, 1) if square else np.float32(0)
    return np.asarray(np.hypot(across - share * along[0], down - share * along[1]), np.float32)


def _background(rgb: NDArray[np.uint8], weight: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the picture without its ink: each place has the mean colour of the background around it, weights 0..1."""
    side = min(_COARSE, max(weight.shape))
    share = fitted(weight, side)
    planes = []
    for channel in np.moveaxis(rgb, 2, 0):
        seen = fitted(channel.astype(np.float32) * weight, side)
        near, far = (_blurred(seen, radius) / np.maximum(_blurred(share, radius), 1e-6) for radius in (_NEAR, _FAR))
        known = np.clip(_blurred(share, _NEAR) * 4, 0, 1)
        planes.append(_enlarged(np.asarray(known * near + (1 - known) * far, np.float32), *weight.shape))
    return np.rint(np.clip(np.stack(planes, axis=2), 0, 255)).astype(np.uint8)


def _enlarged(values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    return np.asarray(Image.fromarray(values).resize((width, height), Image.Resampling.BILINEAR), np.float32)


def _blurred(values: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """Return means over squares of 2 `radius` + 1, by running sums; beyond the edge there is nothing."""
    for axis in (0, 1):
        wide = np.pad(values, [(radius + 1, radius) if axis == side else (0, 0) for side in (0, 1)])
        sums = np.cumsum(wide, axis=axis, dtype=np.float64)
        count = values.shape[axis]
        upper, lower = (np.take(sums, range(first, first + count), axis) for first in (2 * radius + 1, 0))
        values = ((upper - lower) / (2 * radius + 1)).astype(np.float32)
    return values
