"""Hollow digits: where only the outline of a thick stroke is drawn, what lies between is the stroke."""

import math

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.morphology import Grey, Mask, blocks, connected_parts, enlarged, extent, grown

_FEWEST_PIXELS = 40
"""Along the longest side: in less, the two lines of an outline cannot be told from a thick one."""
_CELLS = 150
"""Along the longest side of a digit, in which the lines of its outline are looked for."""
_WIDEST_DIGIT = 1.5
"""By its height: what is wider is a number of several."""
_INK = 0.4
_SLENDER = 22.0
"""Area by the square of the largest radius that fits in: of a circle 3, of the holes of narrow zeros up to 15."""
_OF_ALL = 2
"""One in so many digits at least is plainly hollow, where all of them are."""
_LEAST_AREA = 0.8
"""Of a stroke's inside, as a share of its outline's."""
_WIDEST_LINE = 0.75
"""An outline is thinner than what it is the outline of."""
_MOST_COVERED = 0.68
"""Of the box around it: a filled digit leaves room, a filled frame or ring does not."""
_MOST_HOLES = 60


def filled(ink: Grey) -> Grey:
    """Fill the hollow strokes in ink (h, w) float32 in [0, 1]; as it is where there are none."""
    if max(ink.shape) < _FEWEST_PIXELS or not ink.any():
        return ink
    place = extent(ink > _INK)
    crop = np.ascontiguousarray(ink[place])
    height, width = crop.shape
    cell = math.ceil(max(height, min(width, _WIDEST_DIGIT * height)) / _CELLS)
    small = np.pad(blocks(crop, cell).mean(axis=(1, 3)) > _INK, 2)
    closed = grown(small)  # so that no line leaks at a corner, and small gaps are none
    holes, count = connected_parts(~closed)
    outside = holes[0, 0]
    if not 1 < count <= _MOST_HOLES:
        return ink
    lines, _ = connected_parts(closed)
    every = [holes == number for number in range(1, count + 1) if number != outside]
    strokes = [hole for hole in every if _is_stroke(hole, small, lines)]
    if not strokes:
        return ink
    outlines = _around(holes == outside, lines)
    if len(outlines) > 1 and _OF_ALL * len(np.intersect1d(_around(np.any(strokes, axis=0), lines), outlines)) >= len(
        outlines
    ):
        # One of several hollow digits: what is within its outline is the stroke, what is within that again is not.
        strokes += [hole for hole in every if np.isin(_around(hole, lines), outlines).any()]
    inside = grown(grown(np.any(strokes, axis=0)))
    result = ink.copy()
    result[place] = np.maximum(crop, enlarged(inside[2:-2, 2:-2], cell, crop.shape))
    return result


def _around(region: Mask, lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of the lines that touch a region."""
    return np.unique(lines[grown(region) & (lines > 0)])


def _is_stroke(hole: Mask, ink: Mask, lines: NDArray[np.int64]) -> bool:
    """Whether a hole in closed ink is the inside of a stroke, and not what a digit like 0 encloses.

    `lines` numbers the parts of the closed ink, which are a pixel larger than those of `ink` on each side.
    """
    around = np.isin(lines, _around(hole, lines))
    place = extent(around)
    hole, around = hole[place], (around & ink)[place]
    inside = grown(hole) & ~ink[place]
    area, line_area, radius = int(inside.sum()), int(around.sum()), _radius(hole) + 1
    line = 2 * line_area / max(_outline(around), 1)
    return (
        area >= _LEAST_AREA * line_area
        and area >= _SLENDER * radius * radius
        and line <= _WIDEST_LINE * 2 * radius
        and area + line_area <= _MOST_COVERED * hole.size
    )


def _radius(mask: Mask) -> float:
    """How far the innermost place is from what is outside, in pixels; measured in octagons."""
    steps, rest = 0, np.pad(mask, 1)
    while rest.any():
        steps += 1
        shrunk = rest.copy()
        for axis in (0, 1):
            shrunk &= np.roll(rest, 1, axis) & np.roll(rest, -1, axis)
        if steps % 2:
            shrunk &= ~grown(~rest)
        rest = shrunk
    return steps * 0.92  # of a circle an octagon is as much smaller


def _outline(mask: Mask) -> float:
    """The length of the outline in pixels; steps of stairs are a slope."""
    wide = np.pad(mask, 1)
    sides = sum(int((wide != np.roll(wide, 1, axis)).sum()) for axis in (0, 1))
    return sides * math.pi / 4
