"""Which part of curves to show, the numbers on its axes, and what curves say at an epoch. Pure."""

import math
from collections.abc import Iterable

import numpy as np

from app.core.runs.curves import Numbers

_NICE_LENGTHS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
_NOISE = (0.02, 0.98)
"""Quantiles of a noisy curve between which its values matter."""
_WORTH_MOVING = 0.7
"""An axis stays as it is while it shows all, and what matters takes this share of it."""

_ENOUGH = 2000
"""So many values of a noisy curve tell its quantiles well enough."""

Range = tuple[float, float]


def epochs_reached(position: float, planned: int) -> float:
    """The end of the axis of epochs while a run is at `position`: it grows in steps, up to what is planned."""
    if position <= 1:
        return float(min(1, planned))
    power = 10.0 ** math.floor(math.log10(position))
    lengths = (length * factor for factor in (power, 10 * power) for length in _NICE_LENGTHS)
    return float(min(planned, math.ceil(next(length for length in lengths if length >= position))))


def values_that_matter(x: Numbers, y: Numbers, is_noisy: bool = False, is_mean: bool = False) -> Range | None:
    """The lowest and the highest of the values that an axis is fitted to; None without any.

    What comes before the end of the first epoch does not count, nor the first twentieth of a long run: the fall from
    guessing would take up the whole axis. Within the first epoch its second half counts. Of a noisy curve outliers do
    not count either. A mean over an epoch (`is_mean`) is as old as the beginning of that epoch.
    """
    finite = np.isfinite(y)
    if not finite.any():
        return None
    last = float(x[finite].max())
    begins = max(min(1.0, last / 2), last / 20) + is_mean
    values = y[finite & (x >= min(last, begins))]
    low, high = np.quantile(values[:: 1 + len(values) // _ENOUGH], _NOISE) if is_noisy else (values.min(), values.max())
    return float(low), float(high)


def joined(ranges: Iterable[Range | None]) -> Range | None:
    """The range that holds all of these."""
    known = [part for part in ranges if part is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def padded(wanted: Range, share: float = 0.06) -> Range:
    """A little more than `wanted`, and never nothing: a flat line has an axis, too."""
    low, high = wanted
    least = max(abs(low), abs(high)) * 0.02 or 1e-3
    more = max(0.0, least - (high - low)) / 2 + share * max(high - low, least)
    return low - more, high + more


def calm(now: Range, wanted: Range) -> Range:
    """`wanted`, or what is shown now if that is nearly the same: an axis should not move at every moment."""
    shows_all = now[0] <= wanted[0] and wanted[1] <= now[1]
    return now if shows_all and wanted[1] - wanted[0] >= _WORTH_MOVING * (now[1] - now[0]) else wanted


def value_at(x: Numbers, y: Numbers, epoch: float) -> float | None:
    """The value of the point nearest to `epoch`, x ascending; None where none is within half an epoch, or no number."""
    if not len(x):
        return None
    right = int(np.clip(np.searchsorted(x, epoch), 1, len(x) - 1)) if len(x) > 1 else 0
    left = max(0, right - 1)
    nearest = left if epoch - x[left] <= x[right] - epoch else right
    return float(y[nearest]) if abs(x[nearest] - epoch) <= 0.5 and np.isfinite(y[nearest]) else None


def epoch_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Numbers for an axis of epochs: 1, 2 or 5 times a power of ten apart; whole ones unless less than one is shown."""
    step = _round_step((high - low) / most)
    if high - low >= 1:
        step = max(1.0, step)
    return tuple(
        round(number * step, 9) for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    )


def tick_step(epochs: int, most: int = 6) -> int:
    """The distance between the numbers on an axis of epochs: 1, 2 or 5 times a power of ten, at most `most` steps."""
    steps = (first * magnitude for magnitude in (1, 10, 100, 1000) for first in (1, 2, 5))
    return next(step for step in steps if epochs <= most * step)


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(max(least, 1e-9)))
    return next(first * power for first in (1, 2, 5, 10) if first * power >= least * (1 - 1e-9))


def log_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Values for an axis from 10**low to 10**high, two or more and about `most`, however short or long it is."""
    first, last = math.floor(low), math.ceil(high)
    stride = max(1, math.ceil((last - first) / most))
    decades = range(first, last + 1, stride)
    for digits in ((1,), (1, 3), (1, 2, 5), tuple(range(1, 10))):
        if stride > 1 and digits != (1,):
            break
        values = [digit * 10.0**decade for decade in decades for digit in digits]
        inside = tuple(value for value in values if low <= math.log10(value) <= high)
        if len(inside) >= 3:
            return inside
    return _even_ticks(10.0**low, 10.0**high)


def _even_ticks(low: float, high: float) -> tuple[float, ...]:
    """Two to five round values at equal distances."""
    if not high > low > 0:
        return (low,)
    magnitude = 10.0 ** math.floor(math.log10((high - low) / 2))
    step = next(n * magnitude for n in (5, 2, 1) if (high - low) / (n * magnitude) >= 2)
    start = math.ceil(low / step)
    return tuple(n * step for n in range(start, math.floor(high / step) + 1))
