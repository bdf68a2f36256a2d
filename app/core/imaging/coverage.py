"""Strokes of very many points as they are seen: how much of each pixel the pen has covered.

Painting thousands of lines that cross each other takes a painter minutes. Here only the way of the pen is drawn, as
thin as can be; what lies nearer to it than half the pen's width is covered.
"""

import math
from collections.abc import Sequence
from itertools import chain, pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.drawing import Stroke

LIGHTEST, WIDEST = 0.4, 1.6
"""The width under no and under full pressure, as a share of the pen's."""

_WIDTHS = 8
"""So many different ones are enough where nothing is seen of a single stroke."""
_FINER = 2
"""Cells along a pixel, while the picture has not very many."""
_MOST_CELLS = 2_000_000
_MOST_STEPS = 400_000
_FARTHEST = 180  # cells: twice its square fits into 16 bits


def coverage(
    strokes: Sequence[Stroke], place: tuple[float, float, float], size: tuple[int, int], pen: float
) -> NDArray[np.uint8]:
    """Return what is seen of strokes in a window of that width and height in pixels, (height, width) uint8, 255 is ink.

    `place` is scale, left, top: a point x, y is at left + scale x, top + scale y of the window. `pen` is the width of
    the pen in pixels. As on the paper, a curve goes through the middles of the strokes' segments.
    """
    count = sum(map(len, strokes))
    if not count:
        return np.zeros(size[::-1], np.uint8)
    beside = math.ceil(pen * WIDEST / 2) + 1  # ink whose middle is there reaches into the window
    (width, height), (scale, *corner) = (side + 2 * beside for side in size), place
    finer = _FINER if width * height * _FINER**2 <= _MOST_CELLS else 1
    places, ends, radii = _points(strokes, count, pen * finer / 2)
    places = (places * scale + corner + beside) * finer
    shape = height * finer, width * finer
    ink = np.zeros(shape, np.float32)
    for radius, way in _ways(places, ends, radii, shape):
        np.maximum(ink, np.clip(radius + 0.5 - _distances(way, radius), 0, 1), out=ink)
    seen = ink.reshape(height, finer, width, finer).mean(axis=(1, 3))[beside:-beside, beside:-beside]
    grey: NDArray[np.uint8] = np.rint(seen * 255).astype(np.uint8)
    return grey


def _points(
    strokes: Sequence[Stroke], count: int, radius: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return (n, 2) places, the numbers of the last points of strokes, and (n,) half widths, of a few kinds."""
    points = [*chain.from_iterable(strokes)]
    places = np.column_stack([np.fromiter(map(itemgetter(axis), points), np.float64, count) for axis in (0, 1)])
    ends = np.cumsum([len(stroke) for stroke in strokes if stroke]) - 1
    pressure = np.fromiter((point[3] if len(point) > 3 else 0.5 for point in points), np.float64, count)
    kinds = np.rint(pressure.clip(0, 1) * _WIDTHS) / _WIDTHS
    return places, ends, radius * (LIGHTEST + (WIDEST - LIGHTEST) * kinds)


def _ways(
    places: NDArray[np.float64], ends: NDArray[np.int64], radii: NDArray[np.float64], shape: tuple[int, int]
) -> list[tuple[float, NDArray[np.bool_]]]:
    """Where the pen has been with each half width, in cells."""
    from PIL import ImageDraw  # loads fonts, too, and the window is there before anybody draws

    count = len(places)
    is_last = np.zeros(count, bool)
    is_last[ends] = True
    after = np.arange(count) + ~is_last
    before = np.arange(count) - ~np.roll(is_last, 1)
    starts, stops = (places[before] + places) / 2, (places + places[after]) / 2
    corners = np.stack([starts, places, stops])
    is_near = (corners.max(axis=0) >= 0) & (corners.min(axis=0) <= shape[::-1])
    near = np.flatnonzero(is_near.all(axis=1))
    bends = np.hypot(*(starts - 2 * places + stops)[near].T)
    steps = np.ceil(np.sqrt(bends)).clip(1, max(2, _MOST_STEPS // max(1, len(near)))).astype(np.int64)
    piece = np.repeat(near, steps + 1)
    firsts = np.cumsum(steps + 1) - steps - 1
    t = ((np.arange(len(piece)) - np.repeat(firsts, steps + 1)) / np.repeat(steps, steps + 1))[:, None]
    way = (1 - t) ** 2 * starts[piece] + 2 * t * (1 - t) * places[piece] + t**2 * stops[piece]
    cells = np.floor(way).astype(np.float32)
    width_of = radii[after[piece]]
    # One line goes on as long as its pieces follow each other with the same width.
    breaks = np.flatnonzero(
        (np.diff(piece) > 1) | (np.diff(width_of) != 0) | is_last[piece[:-1]] & (np.diff(piece) > 0)
    )
    edges = [0, *(breaks + 1).tolist(), len(piece)]
    pictures = {radius: Image.new("1", shape[::-1]) for radius in np.unique(width_of).tolist()}
    pens = {radius: ImageDraw.Draw(picture) for radius, picture in pictures.items()}
    kinds = width_of.tolist()
    for first, end in pairwise(edges):
        if end - first > 2:
            pens[kinds[first]].line(cells[first:end].tobytes(), fill=1)
    return [(radius, _with_cells(picture, cells[width_of == radius])) for radius, picture in pictures.items()]


def _with_cells(picture: Image.Image, cells: NDArray[np.float32]) -> NDArray[np.bool_]:
    """A mask of the lines in a picture, and of single places that no line leads to."""
    mask = np.array(picture)
    columns, rows = cells.astype(np.int64).T
    inside = (columns >= 0) & (columns < mask.shape[1]) & (rows >= 0) & (rows < mask.shape[0])
    mask[rows[inside], columns[inside]] = True
    return mask


def _distances(mask: NDArray[np.bool_], radius: float) -> NDArray[np.float32]:
    """How far each cell is from the nearest of the mask, exact up to a little more than `radius`."""
    height, width = mask.shape
    reach = min(int(radius) + 2, _FARTHEST)
    column = np.arange(width, dtype=np.int32)
    left = np.maximum.accumulate(np.where(mask, column, -reach - width), axis=1)
    right = np.minimum.accumulate(np.where(mask, column, reach + 2 * width)[:, ::-1], axis=1)[:, ::-1]
    squares = (np.minimum(np.minimum(column - left, right - column), reach) ** 2).astype(np.uint16)
    nearest = squares.copy()
    for down in range(1, min(reach, height - 1) + 1):
        step = np.uint16(down * down)
        np.minimum(nearest[down:], squares[:-down] + step, out=nearest[down:])
        np.minimum(nearest[:-down], squares[down:] + step, out=nearest[:-down])
    return np.sqrt(nearest, dtype=np.float32)
