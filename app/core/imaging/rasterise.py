"""Strokes to ink: the same picture whatever the monitor, the canvas size or the brush."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.morphology import extent

BOX = 20
"""Pixels of the box a digit fills in MNIST's 28 x 28 (LeCun et al. 1998)."""

OVERSAMPLING = 8
"""Pixels of the raster for each pixel of the box."""

PEN_WIDTH = 2.4
"""Nominal pen in pixels of the box: MNIST's strokes, as measured, are about this wide."""

UNKNOWN_PEN = 0.05
"""Of the canvas: as wide as the pen of a drawing that does not tell is taken to be."""

DOT = 0.02
"""Of the canvas: what is smaller is a dot, and stays one."""

_PRESSURE_GAIN = 0.6
_STEP = 2.0  # raster pixels between two discs of a stroke: scallops stay below 0.1 pixel
_MOST_PLACES = 50_000  # of the pen: each pixel of the raster twice
_MOST_POINTS = 20_000
_FEW_POINTS = 500  # never make so many places, whichever way they lie


def rasterise(drawing: Drawing, as_drawn: bool = False) -> NDArray[np.float32]:
    """Draw the strokes as a pen would, cropped to the ink.

    They are as thick as MNIST's, or `as_drawn`: as wide as the drawing's own pen.

    Returns:
        (h, w) float32 in [0, 1], ink = 1, antialiased. The longest side is BOX * OVERSAMPLING pixels; a dot gives a
        smaller picture, an empty drawing one of (0, 0).

    """
    count = sum(map(len, drawing.strokes))
    if not count:
        return np.zeros((0, 0), np.float32)
    dot = DOT * max(drawing.width, drawing.height)
    smooth = _smooth(drawing, dot) if count <= _MOST_POINTS else None
    rough, centres, pressure = smooth or _straight(drawing, dot, count)
    # Pressure thickens a line against the drawing's own mean, so a device that always reports 1 draws as any other.
    pens = np.clip(1 + _PRESSURE_GAIN * (pressure - pressure.mean()), 0.75, 1.25)
    # Between its points a curve may bulge, so what has to fit is the curve.
    low, high = centres.min(axis=0), centres.max(axis=0)
    longest = max(float((high - low).max()), dot * rough)
    if as_drawn:
        pen = (drawing.pen or UNKNOWN_PEN * max(drawing.width, drawing.height)) * rough
        pens *= pen * BOX * OVERSAMPLING / (longest + pen * float(pens.max()))
    else:
        pens *= PEN_WIDTH * OVERSAMPLING
    widest = float(pens.max())
    scale = (BOX * OVERSAMPLING - widest) / longest
    width, height = np.ceil((high - low) * scale + widest - 1e-6).astype(int)
    ink = _paint(height, width, (centres - low) * scale + widest / 2, pens / 2)
    return (ink[extent(ink)] if ink.any() else ink[:0, :0]).astype(np.float32) / np.float32(255)


_Followed = tuple[float, NDArray[np.float64], NDArray[np.float64]]
"""Raster pixels for each unit of the canvas, (m, 2) places of the pen in raster pixels, (m,) pressures there."""


def _smooth(drawing: Drawing, dot: float) -> _Followed | None:
    """Follow the strokes as smooth curves; None if they are so long that this would take its time."""
    curves = [_points(stroke) for stroke in drawing.strokes if stroke]
    everything = np.concatenate(curves)
    rough = BOX * OVERSAMPLING / max(float(np.ptp(everything[:, :2], axis=0).max()), dot)
    steps = np.abs(np.diff(everything[:, :2], axis=0)).max(axis=1) if len(everything) > _FEW_POINTS else np.zeros(1)
    if float(steps.sum()) * rough > _MOST_PLACES * _STEP:
        return None
    painted = [_resample(curve, everything[0, :2], rough) for curve in curves]
    return rough, np.concatenate([places for places, _ in painted]), np.concatenate([rest for _, rest in painted])


def _straight(drawing: Drawing, dot: float, count: int) -> _Followed:
    """Follow the strokes from point to point, whatever the pressure: of so much ink nothing else would be seen."""
    from PIL import ImageDraw  # loads fonts, too, and the window is there before anybody draws

    columns = [
        np.fromiter(map(itemgetter(axis), chain.from_iterable(drawing.strokes)), np.float64, count) for axis in (0, 1)
    ]
    places = np.column_stack(columns)
    places -= places.min(axis=0)
    side = BOX * OVERSAMPLING
    rough = side / max(float(places.max()), dot)
    cells = np.rint(places * rough).astype(np.int64)
    picture = Image.new("L", (side + 1, side + 1))
    draw = ImageDraw.Draw(picture)
    ends = list(accumulate(map(len, drawing.strokes), initial=0))
    for start, end in pairwise(ends):
        if end > start + 1:
            draw.line(cells[start:end].ravel().tolist(), fill=1)
    pen_was = np.array(picture)
    pen_was[cells[:, 1], cells[:, 0]] = 1
    rows, across = np.nonzero(pen_was)
    return rough, np.column_stack([across, rows]).astype(np.float64), np.full(len(rows), 0.5)


def _points(stroke: Stroke) -> NDArray[np.float64]:
    """Return (n, 3) x, y, pressure without the points that repeat their predecessor's place."""
    if {len(point) for point in stroke} == {2}:
        points = np.full((len(stroke), 3), 0.5)
        points[:, :2] = stroke
    else:
        rows = [(p[0], p[1], p[3] if len(p) > 3 else 0.5) for p in stroke]
        points = np.array(rows, np.float64).reshape(-1, 3)
        points[:, 2] = points[:, 2].clip(0, 1)
    moved = np.ones(len(points), bool)
    moved[1:] = (points[1:, :2] != points[:-1, :2]).any(axis=1)
    return points[moved]


def _resample(
    curve: NDArray[np.float64], origin: NDArray[np.float64], scale: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Follow a smooth curve through the points: (m, 2) places in raster pixels about _STEP apart, (m,) pressures.

    A centripetal Catmull-Rom spline: it passes through every point and makes no loops of its own between uneven ones
    (Yuksel, Schaefer and Keyser 2011).
    """
    xy, pressure = (curve[:, :2] - origin) * scale, curve[:, 2]
    if len(xy) == 1:
        return xy, pressure
    chords = np.diff(xy, axis=0)
    lengths = np.hypot(chords[:, 0], chords[:, 1])
    knots = np.sqrt(np.maximum(lengths, 1e-9))[:, None]
    speeds = chords / knots
    tangents = np.empty_like(xy)
    tangents[0], tangents[-1] = speeds[0], speeds[-1]
    before, after = knots[:-1], knots[1:]
    tangents[1:-1] = (speeds[:-1] * after + speeds[1:] * before) / (before + after)
    counts = np.maximum(np.ceil(lengths / _STEP), 1).astype(int)
    segment = np.repeat(np.arange(len(counts)), counts)
    t = (np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[segment]
    between = pressure[segment] + t * np.diff(pressure)[segment]
    t = t[:, None]
    s = 1 - t
    ends = (1 + 2 * t) * s * s * xy[segment] + t * t * (3 - 2 * t) * xy[segment + 1]
    bends = (t * s * s * tangents[segment] - t * t * s * tangents[segment + 1]) * knots[segment]
    return np.concatenate([ends + bends, xy[-1:]]), np.append(between, pressure[-1])


def _paint(height: int, width: int, centres: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the union of antialiased discs, 255 inside: a stroke is all the places its round pen has been."""
    classes = np.rint(radii * 2).astype(int)  # half-pixel steps, so that few pens need to be cut
    pad = int(classes.max()) // 2 + 2
    columns, rows = np.floor(centres).astype(int).T
    near = (rows >= -pad) & (rows < height + pad) & (columns >= -pad) & (columns < width + pad)
    stride = width + 4 * pad
    canvas = np.zeros((height + 4 * pad) * stride, np.uint8)
    places = (rows + 2 * pad) * stride + columns + 2 * pad
    pens = [(np.unique(places[near & (classes == size)]), list(_disc(size, stride))) for size in np.unique(classes)]
    for level in range(4):  # darker levels last, so that where discs overlap the darkest stays
        for where, disc in pens:
            value, offsets = disc[level]
            canvas[where[:, None] + offsets] = value
    return canvas.reshape(height + 4 * pad, stride)[2 * pad : 2 * pad + height, 2 * pad : 2 * pad + width]


@lru_cache(maxsize=64)
def _disc_levels(size: int) -> tuple[tuple[int, NDArray[np.int64], NDArray[np.int64]], ...]:
    reach = size // 2 + 1
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    coverage = np.clip(size / 2 + 0.5 - np.hypot(dx, dy), 0, 1)
    level = np.rint(coverage * 4).astype(int)
    return tuple((value * 255 // 4, dy[level == value], dx[level == value]) for value in range(1, 5))


def _disc(size: int, stride: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the four grey levels of a disc of diameter `size`, and where they lie from its centre."""
    for value, dy, dx in _disc_levels(size):
        yield value, dy * stride + dx
