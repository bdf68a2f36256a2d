"""A hand that writes glyphs: no two times the same, as people do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from app.core.datasets.types import IMAGE_SIZE
from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.preprocess import DIGITS, prepare_drawing

# Glyphs: how a shape is written, as data.
#
# A stroke is a text of points `x,y` on a square of 100 x 100, y down, which the pen joins with one smooth curve. `!`
# after a point makes it a corner. `~` before a stroke says that people place it freely: the bar of a 7, the slash of
# a 0.


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
    return Glyph(name, tuple(map(_glyph_stroke, strokes)))


def glyphs(ways: Mapping[str, tuple[str, ...]]) -> tuple[Glyph, ...]:
    """Read a table of glyphs: their strokes by name."""
    return tuple(glyph(name, *strokes) for name, strokes in ways.items())


def _glyph_stroke(text: str) -> GlyphStroke:
    words = text.removeprefix("~").split()
    points = np.array([word.removesuffix("!").split(",") for word in words], np.float64)
    return GlyphStroke(points, np.array([word.endswith("!") for word in words]), text.startswith("~"))


Curve = NDArray[np.float64]
"""(n, 2) places of the pen on the glyphs' square of 100 x 100, a few units apart."""

_CANVAS = 400.0
_STEP = 4.0


def write(glyph: Glyph, random: Generator, slant: float = 0.15, turn: float = 0.1) -> list[Curve]:
    """Write a glyph once. `slant` (a shear) and `turn` (radians) are standard deviations of the whole."""
    care = random.uniform(0.8, 3.2)  # how far from its place each point lies
    return posed([_stroke(stroke, care, random) for stroke in glyph.strokes], random, slant, turn)


def smooth(points: NDArray[np.float64], corners: NDArray[np.bool_]) -> Curve:
    """Lead one curve through the points: a centripetal Catmull-Rom spline, broken at the corners."""
    if len(points) < 2:
        return points
    chords = np.diff(points, axis=0)
    lengths = np.hypot(*chords.T)
    knots = np.sqrt(np.maximum(lengths, 1e-6))[:, None]
    speeds = chords / knots
    leaving, arriving = np.empty_like(points), np.empty_like(points)
    middle = (speeds[:-1] * knots[1:] + speeds[1:] * knots[:-1]) / (knots[:-1] + knots[1:])
    sharp = corners[1:-1, None]
    leaving[0], arriving[-1] = speeds[0], speeds[-1]
    leaving[1:-1] = np.where(sharp, speeds[1:], middle)
    arriving[1:-1] = np.where(sharp, speeds[:-1], middle)
    counts = np.maximum(np.ceil(lengths / _STEP), 1).astype(int)
    part = np.repeat(np.arange(len(counts)), counts)
    t = ((np.arange(len(part)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[part])[:, None]
    s = 1 - t
    ends = (1 + 2 * t) * s * s * points[part] + t * t * (3 - 2 * t) * points[part + 1]
    bends = (t * s * s * leaving[part] - t * t * s * arriving[part + 1]) * knots[part]
    return np.concatenate([ends + bends, points[-1:]])


def posed(curves: list[Curve], random: Generator, slant: float = 0.15, turn: float = 0.1) -> list[Curve]:
    """Slant, turn, stretch and bend the whole as a hand does, and let it tremble a little."""
    angle, shear = random.normal(0, turn), random.normal(0.03, slant)
    wide, high = np.exp(random.normal(0, 0.13, 2))
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turned @ np.array([[wide, -shear], [0, high]])
    waves, phases = random.uniform(0.02, 0.05, (2, 2)), random.uniform(0, 2 * np.pi, 2)
    bend = random.normal(0, 1.6, 2)
    tremor = abs(random.normal(0, 0.5))
    grid = random.uniform(3, 7) if random.random() < 0.1 else 0  # a coarse tablet or a mouse
    result = []
    for curve in curves:
        placed = (curve - 50) @ matrix.T + 50
        placed = placed + bend * np.sin(placed @ waves + phases) + random.normal(0, tremor, curve.shape)
        result.append(np.rint(placed / grid) * grid if grid else placed)
    return result


def rendered(drawings: Iterable[list[Curve]], random: Generator) -> NDArray[np.uint8]:
    """Render what was written as the program renders a drawing, with pens of several widths: (n, 28, 28) uint8."""
    made = [prepare_drawing(_drawing(curves, random), DIGITS).image for curves in drawings]
    if not made:
        return np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    return np.asarray(np.rint(_pens(np.stack(made), random) * 255), np.uint8)


def _stroke(stroke: GlyphStroke, care: float, random: Generator) -> Curve:
    points = stroke.points + random.normal(0, care, stroke.points.shape)
    corners = stroke.corners & (random.random() < 0.7)  # the others write the corner round
    curve = _ended(smooth(points, corners), random)
    centre = curve.mean(axis=0)
    loose = 2.5 if stroke.is_loose else 1
    angle, size = random.normal(0, 0.05 * loose), np.exp(random.normal(0, 0.05 * loose))
    turned = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray((curve - centre) @ turned.T + centre + random.normal(0, 1.4 * loose, 2))


def _ended(curve: Curve, random: Generator) -> Curve:
    """Let the pen come down late or early, and overshoot or stop short at the end."""
    if len(curve) < 4:
        return curve
    early, late = random.normal(0, 3, 2)
    first, last = curve[0] - curve[1], curve[-1] - curve[-2]
    first, last = (way / max(float(np.hypot(*way)), 1e-6) for way in (first, last))
    begin = [curve[0] + first * early] if early > 0 else []
    end = [curve[-1] + last * late] if late > 0 else []
    inner = curve[int(early < -_STEP) : len(curve) - int(late < -_STEP)]
    return np.array([*begin, *inner, *end])


def _drawing(curves: list[Curve], random: Generator) -> Drawing:
    """Put the curves on a canvas; every other hand presses unevenly."""
    uneven = random.uniform(0, 0.4) * (random.random() < 0.5)
    return Drawing(_CANVAS, _CANVAS, tuple(_pressed(curve + 150, uneven, random) for curve in curves))


def _pressed(curve: Curve, uneven: float, random: Generator) -> Stroke:
    if not uneven:
        return tuple(map(tuple, curve.tolist()))
    first, last = random.normal(0.5, uneven, 2)
    along = np.linspace(first, last, len(curve))
    rows = np.column_stack([curve, np.zeros(len(curve)), along.clip(0, 1)])
    return tuple(map(tuple, rows.tolist()))


def _pens(images: NDArray[np.float32], random: Generator) -> NDArray[np.float32]:
    """Make every other picture's strokes somewhat thinner or thicker."""
    amount = (random.uniform(-0.7, 0.7, len(images)) * (random.random(len(images)) < 0.5)).astype(np.float32)
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    around = np.stack([padded[:, :-2, 1:-1], padded[:, 2:, 1:-1], padded[:, 1:-1, :-2], padded[:, 1:-1, 2:], images])
    other = np.where(amount[:, None, None] > 0, around.max(axis=0), around.min(axis=0))
    share = np.abs(amount)[:, None, None] * np.where(amount > 0, 0.6, 0.45).astype(np.float32)[:, None, None]
    return np.asarray(images + share * (other - images), np.float32)
