"""Glyphs: how a shape is written, as data.

A stroke is a text of points `x,y` on a square of 100 x 100, y down, which the pen joins with one smooth curve. `!`
after a point makes it a corner. `~` before a stroke says that people place it freely: the bar of a 7, the slash of
a 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class GlyphStroke:
    """One stroke: `points` (k, 2) float64, `corners` (k,) bool, and whether it is placed freely."""

    points: NDArray[np.float64]
    corners: NDArray[np.bool_]
    is_loose: bool


@dataclass(frozen=True, eq=False)
class Glyph:
    """A shape and one way of writing it."""

    name: str
    strokes: tuple[GlyphStroke, ...]


def glyph(name: str, *strokes: str) -> Glyph:
    """Read the strokes of a glyph."""
    return Glyph(name, tuple(map(_stroke, strokes)))


def glyphs(ways: Mapping[str, tuple[str, ...]]) -> tuple[Glyph, ...]:
    """Read a table of glyphs: their strokes by name."""
    return tuple(glyph(name, *strokes) for name, strokes in ways.items())


def _stroke(text: str) -> GlyphStroke:
    words = text.removeprefix("~").split()
    points = np.array([word.removesuffix("!").split(",") for word in words], np.float64)
    return GlyphStroke(points, np.array([word.endswith("!") for word in words]), text.startswith("~"))
