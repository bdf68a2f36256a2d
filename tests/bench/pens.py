"""Digits as other pens leave them: dashed, dotted, hollow, doubled, in several strokes, of a dry marker, of chalk."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.bench.surfaces import Field, clouds

Curve = NDArray[np.float64]
"""Points (n, 2), x and y in pixels of the page, y down."""

Pen = Callable[[Sequence[Curve], tuple[int, int], float, Generator], Field]
"""Curves, the page's (h, w), the digits' height in pixels, random: ink (h, w) in [0, 1]."""

_FINE = 3  # times finer than the page is inked


def inked(curves: Sequence[Curve], size: tuple[int, int], width: float) -> Field:
    """Ink (h, w) in [0, 1] of a round pen so many pixels wide."""
    image = Image.new("L", (size[1] * _FINE, size[0] * _FINE))
    draw, radius = ImageDraw.Draw(image), max(width * _FINE / 2, 0.5)
    for curve in curves:
        places = [(float(x), float(y)) for x, y in _even(curve, max(width / 6, 0.5)) * _FINE]
        for x, y in places:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
    return np.asarray(image.reduce(_FINE), np.float32) / np.float32(255)


def plain(curves: Sequence[Curve], size: tuple[int, int], height: float, random: Generator) -> Field:
    """A usual pen."""
    return inked(curves, size, height * random.uniform(0.03, 0.1))


def dashed(curves: Sequence[Curve], size: tuple[int, int], height: float, random: Generator) -> Field:
    """Dashes with gaps between them, as a program's dashed line or a pen that skips."""
    width = height * random.uniform(0.025, 0.07)
    dash, gap = height * random.uniform(0.07, 0.2), width + height * random.uniform(0.03, 0.09)
    return inked([part for curve in curves for part in _parts(curve, dash, gap)], size, width)


def dotted(curves: Sequence[Curve], size: tuple[int, int], height: float, random: Generator) -> Field:
    """Dots along the stroke, as in exercise books."""
    width = height * random.uniform(0.03, 0.075)
    spacing = width * random.uniform(1.4, 2.4)
    dots = [point[None] for curve in curves for point in _even(curve, spacing)]
    return inked(dots, size, width)


def broken(curves: Sequence[Curve], size: tuple[int, int], height: float, random: Generator) -> Field:
    """Three or more strokes that do not quite meet."""
    parts: list[Curve] = []
    for curve in curves:
        even = _even(curve, height / 60)
        places = random.choice(np.arange(1, max(len(even) - 1, 3)), 2, replace=False)
        cuts: list[int] = sorted(places.tolist()) if len(even) > 30 else []
        gap = max(1, round(random.uniform(0.03, 0.1) * 60 / 2))
        parts += [part[gap:-gap] if len(part) > 4 * gap else part for part in np.split(even, cuts)]
    moved = [part + random.normal(0, 0.012 * height, 2) for part in parts if len(part)]
    return inked(moved, size, height * random.uniform(0.03, 0.08))


def hollow(curves: Sequence[Curve], size: tuple[int, int], height: float, random: Generator) -> Field:
    """Only the outline of a thick stroke: bubble digits."""
    width, line = height * random.uniform(0.14, 0.26), height * random.uniform(0.018, 0.04)
    outer, inner = inked(curves, size, width + line), inked(curves, size, width - line)
    return np.asarray(np.clip(outer - inner, 0, 1))


def doubled(curves: Sequence[Curve], size: tuple[int, int], height: float, random: Generator) -> Field:
    """Written over a second time, a little beside the first."""
    away = random.normal(0, 0.022 * height, (2, 2))
    both = [curve + each for each in away for curve in curves]
    return inked(both, size, height * random.uniform(0.025, 0.05))


def marker(curves: Sequence[Curve], size: tuple[int, int], height: float, random: Generator) -> Field:
    """A thick marker that runs dry: streaks and holes."""
    ink = inked(curves, size, height * random.uniform(0.08, 0.15))
    holes = clouds(size, round(size[0] / height * random.uniform(12, 40)), random)
    fine = clouds(size, size[0] // 2, random)
    return ink * np.clip(0.5 + 2 * (holes + 0.6 * fine + random.uniform(0.1, 0.6)), 0, 1)


def chalk(curves: Sequence[Curve], size: tuple[int, int], height: float, random: Generator) -> Field:
    """Grains of chalk, denser along the middle of the stroke, with dust around."""
    ink = inked(curves, size, height * random.uniform(0.05, 0.12))
    grain = clouds(size, size[0] // 2, random) + 0.5 * clouds(size, size[0] // 5, random)
    return ink * np.clip(0.5 + 1.5 * (grain + random.uniform(0.0, 0.7)), 0, 1)


PENS: dict[str, Pen] = {
    "plain pen": plain,
    "dashed": dashed,
    "dotted": dotted,
    "broken strokes": broken,
    "hollow": hollow,
    "written over": doubled,
    "dry marker": marker,
    "chalk": chalk,
}


def _even(curve: Curve, step: float) -> Curve:
    """Points about `step` apart along the curve, both ends among them."""
    steps = np.hypot(*np.diff(curve, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    even = np.linspace(0, at[-1], max(2, round(at[-1] / step) + 1))
    return np.column_stack([np.interp(even, at, column) for column in curve.T])


def _parts(curve: Curve, dash: float, gap: float) -> list[Curve]:
    """The dashes of a curve; the last one may be shorter."""
    even = _even(curve, dash / 8)
    period = 8 + max(1, round(8 * gap / dash))
    return [even[first : first + 9] for first in range(0, len(even), period)]
