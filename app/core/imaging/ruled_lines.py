"""Printed lines and squares are taken away from photographs of writing."""

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.morphology import Grey, running_maximum

_STRIPS = 32  # across the picture
_SLOPES = np.linspace(-0.12, 0.12, 17)  # a sheet lies about straight: 7 degrees either way
_FANS = np.linspace(-0.1, 0.1, 5)  # seen at an angle, parallel lines fan out: change of the slope over the picture
_PRESENCE = 0.7  # of the strips a line must be seen in
_CAP = 0.3  # contrast above which ink counts no more than a line
_FAINT = 0.03  # contrast of a line that is worth taking away
_WEAKER = 0.7  # than the strongest contrast
_LEAST_INK = 0.002  # of a picture with writing
_SMALLEST = 100  # pixels of a side; below, a line is as wide as the writing


def without_ruled_lines(contrast: Grey) -> Grey:
    """Take away what runs straight through the whole picture, about level or upright; writing across it is kept.

    Args:
        contrast: (h, w) float32 in [0, 1], 0 = paper.

    """
    if min(contrast.shape) < _SMALLEST:
        return contrast
    for _ in range(2):
        contrast = np.ascontiguousarray(_without_level_lines(contrast).T)
    return contrast


def _without_level_lines(contrast: Grey) -> Grey:
    height, width = contrast.shape
    strip = math.ceil(width / _STRIPS)
    edges = np.arange(0, width, strip)
    middles = np.minimum(edges + strip / 2, width) - width / 2
    direction = _direction(_strips(np.minimum(contrast, np.float32(_CAP)), edges), middles)
    strongest = float(np.quantile(contrast[::2, ::2], 1 - _LEAST_INK))
    level, above = _levels(_strips(contrast, edges), middles, direction, strongest)
    if not level.any():
        return contrast
    slope, fan = direction
    rows = _along(np.arange(height), height, np.arange(width, dtype=np.float32) - width / 2, -slope, -fan)
    lines = level[(rows + above).clip(0, len(level) - 1)]
    clear = np.clip((contrast - 1.5 * lines) / np.maximum(0.5 * lines, 1e-3), 0, 1)
    rest = np.asarray(np.where(lines > 0, contrast * clear, contrast), np.float32)
    return np.where(lines > 0, np.maximum(rest, _bridged(rest, _longest_run(level > 0) + 2)), rest)


def _strips(contrast: Grey, edges: NDArray[np.int64]) -> Grey:
    widths = np.diff(np.append(edges, contrast.shape[1]))
    return np.asarray(np.add.reduceat(contrast, edges, axis=1) / widths, np.float32)


def _levels(
    strips: Grey, middles: NDArray[np.float64], direction: tuple[float, float], strongest: float
) -> tuple[Grey, int]:
    """Return the contrast of the line through each row of the middle, 0 where there is none.

    A line that leaves the picture at a corner may cross the middle outside of it: the rows begin above the picture, by
    as many as the second value says.
    """
    height, count = strips.shape
    above = math.ceil((abs(direction[0]) + abs(direction[1])) * float(middles[-1])) + 1
    along = _along(np.arange(-above, height + above), height, middles, *direction)
    inside = (along >= 0) & (along < height)
    seen = np.where(inside, np.take_along_axis(strips, along.clip(0, height - 1), axis=0), -1)
    parts = inside.sum(axis=1)
    rank = np.ceil(_PRESENCE * parts).astype(int) - 1
    level = np.take_along_axis(-np.sort(-seen, axis=1), rank.clip(0)[:, None], axis=1)[:, 0]
    level -= np.median(level[parts == count]) if (parts == count).any() else 0
    beside = np.maximum(seen, np.maximum(np.roll(seen, 1, axis=0), np.roll(seen, -1, axis=0)))
    through = ((beside[:, [0, -1]] > 0.5 * level[:, None]) | ~inside[:, [0, -1]]).all(axis=1)
    faint = np.median(beside, axis=1) < _WEAKER * strongest
    is_line = (level > _FAINT) & (parts > 1)
    # A single line as dark as the writing, or one that ends, may be a bar of it.
    several = _runs(is_line & (parts > 0.9 * count)) > 1
    is_line &= (faint & through) | ((faint | through) & several)
    if not (is_line & (parts > 0.9 * count)).any():
        return np.zeros_like(level), above
    level = np.where(is_line, level, 0)
    return np.maximum(level, np.maximum(np.append(level[1:], 0), np.append(0, level[:-1]))), above  # its soft edge


def _direction(strips: Grey, middles: NDArray[np.float64]) -> tuple[float, float]:
    """Return the slope and its fan that make lines stand out most in the mean of all strips: roughly, then finely."""
    pairs = strips[: len(strips) // 2 * 2, : len(middles) // 2 * 2]
    rough = pairs.reshape(len(pairs) // 2, 2, -1, 2).mean(axis=(1, 3))
    places = middles[: pairs.shape[1]].reshape(-1, 2).mean(axis=1) / 2
    sharp = np.stack([_sharpness(rough, places, slope, 0) for slope in _SLOPES])
    rows = np.arange(sharp.shape[1])
    step = float(_SLOPES[1] - _SLOPES[0])

    def fanned(direction: tuple[float, float]) -> float:
        """Return the sharpness if each row has its own slope, without straightening anything again."""
        tilt = direction[0] + direction[1] * (rows / len(rows) - 0.5)
        nearest = np.rint((tilt - _SLOPES[0]) / step).astype(int).clip(0, len(_SLOPES) - 1)
        return float(sharp[nearest, rows].sum())

    slope, fan = max(itertools.product(_SLOPES.tolist(), _FANS.tolist()), key=fanned)
    near = slope + step * np.linspace(-0.6, 0.6, 7)
    slope = max(near.tolist(), key=lambda slope: float(_sharpness(strips, middles, slope, fan).sum()))
    near = fan + _FANS[-1] * np.linspace(-0.25, 0.25, 5)
    return slope, max(near.tolist(), key=lambda fan: float(_sharpness(strips, middles, slope, fan).sum()))


def _sharpness(strips: Grey, middles: NDArray[np.float64], slope: float, fan: float) -> Grey:
    """Return how abruptly the mean of all strips changes from row to row, squared."""
    changes = np.diff(_straightened(strips, middles, slope, fan).mean(axis=1))
    return np.asarray(changes * changes, np.float32)


def _straightened(strips: Grey, middles: NDArray[np.float64], slope: float, fan: float) -> Grey:
    height = len(strips)
    along = _along(np.arange(height), height, middles, slope, fan)
    return np.take_along_axis(strips, along.clip(0, height - 1), axis=0)


def _along(
    rows: NDArray[np.int64], height: int, places: NDArray[np.floating], slope: float, fan: float
) -> NDArray[np.int64]:
    """Return the row (rows, places) that the line through each row of the middle has at each place off the middle."""
    tilt = (slope + fan * (rows / height - 0.5)).astype(places.dtype)
    return np.asarray(np.rint(rows[:, None] + tilt[:, None] * places), np.int64)


def _runs(mask: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(np.diff(mask.astype(np.int8), prepend=0) == 1))


def _longest_run(mask: NDArray[np.bool_]) -> int:
    steps = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return int((steps[1::2] - steps[::2]).max(initial=0))


def _bridged(ink: Grey, gap: int) -> Grey:
    """Join what is above and below a gap of at most `gap` rows."""
    padded = np.pad(ink, ((gap, gap), (0, 0)))
    return -running_maximum(-running_maximum(padded, gap + 1), gap + 1)[: len(ink)]
