"""Printed lines and squares are taken away from photographs of writing."""

import math

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]

_STRIPS = 32  # across the picture
_SLOPES = np.linspace(-0.12, 0.12, 17)  # a sheet lies about straight: 7 degrees either way
_FANS = np.linspace(-0.1, 0.1, 5)  # seen at an angle, parallel lines fan out: change of the slope over the picture
_PRESENCE = 0.7  # of the strips a line must be seen in
_CAP = 0.3  # contrast above which ink counts no more than a line
_FAINT = 0.03  # contrast of a line that is worth taking away
_SMALLEST = 100  # pixels of a side; below, a line is as wide as the writing


def without_ruling(contrast: Grey) -> Grey:
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
    capped = np.minimum(contrast, np.float32(_CAP))
    strips = np.asarray(np.add.reduceat(capped, edges, axis=1) / np.diff(np.append(edges, width)), np.float32)
    slope, fan = _direction(strips, middles)
    level = np.quantile(_straightened(strips, middles, slope, fan), 1 - _PRESENCE, axis=1)
    level = level - np.median(level)
    level = np.where(level > _FAINT, level, 0)
    if not level.any():
        return contrast
    level = np.maximum(level, np.maximum(np.append(level[1:], 0), np.append(0, level[:-1])))  # its soft edge
    rows = _rows(height, np.arange(width) - width / 2, -slope, -fan)
    lines = np.asarray(level[rows], np.float32)
    clear = np.clip((contrast - 1.5 * lines) / np.maximum(0.5 * lines, 1e-3), 0, 1)
    rest = np.asarray(np.where(lines > 0, contrast * clear, contrast), np.float32)
    return np.where(lines > 0, np.maximum(rest, _bridged(rest, _longest_run(level > 0) + 2)), rest)


def _direction(strips: Grey, middles: NDArray[np.float64]) -> tuple[float, float]:
    """Return the slope and its fan that make lines stand out most in the mean of all strips: roughly, then finely."""
    pairs = strips[: len(strips) // 2 * 2, : len(middles) // 2 * 2]
    rough = pairs.reshape(len(pairs) // 2, 2, -1, 2).mean(axis=(1, 3))
    slope, fan = _sharpest(rough, middles[: pairs.shape[1]].reshape(-1, 2).mean(axis=1) / 2, _SLOPES, _FANS)
    fine = np.linspace(-0.5, 0.5, 5)
    return _sharpest(strips, middles, slope + fine * np.ptp(_SLOPES[:2]), fan + fine * np.ptp(_FANS[:2]))


def _sharpest(
    strips: Grey, middles: NDArray[np.float64], slopes: NDArray[np.float64], fans: NDArray[np.float64]
) -> tuple[float, float]:
    def sharpness(direction: tuple[float, float]) -> float:
        profile = _straightened(strips, middles, *direction).mean(axis=1)
        return float(np.square(np.diff(profile)).sum())

    return max(((float(slope), float(fan)) for slope in slopes for fan in fans), key=sharpness)


def _straightened(strips: Grey, middles: NDArray[np.float64], slope: float, fan: float) -> Grey:
    return np.take_along_axis(strips, _rows(len(strips), middles, slope, fan), axis=0)


def _rows(height: int, places: NDArray[np.float64], slope: float, fan: float) -> NDArray[np.int64]:
    """Return the row (height, n) that a line through each row of the middle has at each place off the middle."""
    rows = np.arange(height)[:, None]
    tilt = slope + fan * (rows / height - 0.5)
    return np.clip(np.rint(rows + tilt * places), 0, height - 1).astype(np.int64)


def _longest_run(mask: NDArray[np.bool_]) -> int:
    steps = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return int((steps[1::2] - steps[::2]).max(initial=0))


def _bridged(ink: Grey, gap: int) -> Grey:
    """Join what is above and below a gap of at most `gap` rows."""
    padded = np.pad(ink, ((gap, gap), (0, 0)))
    return -_highest(-_highest(padded, gap + 1), gap + 1)[: len(ink)]


def _highest(values: Grey, window: int) -> Grey:
    """Return the maximum over each `window` of rows; there are window - 1 fewer."""
    covered = 1
    while covered < window:
        step = min(covered, window - covered)
        values = np.maximum(values[:-step], values[step:])
        covered += step
    return values
