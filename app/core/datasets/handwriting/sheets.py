"""Sheets of handwriting: many pictures at once, made for training and for measuring."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from app.core.datasets.handwriting.hand import Curve, Glyph, posed, rendered, smooth, write
from app.core.datasets.handwriting.shapes import DIGIT_SHAPES, HELD_OUT_LETTERS, LETTER_SHAPES, THING_SHAPES
from app.core.datasets.types import LabelledImages

_SEEN = tuple(shape for shape in LETTER_SHAPES if shape.name[0] not in HELD_OUT_LETTERS)
_UNSEEN = tuple(shape for shape in LETTER_SHAPES if shape.name[0] in HELD_OUT_LETTERS)


def rare_digits(count: int, seed: int) -> LabelledImages:
    """Write digits in the shapes that MNIST hardly has, rendered as the program renders drawings.

    Every ten in a row hold all ten digits, in random order. The same arguments give the same pictures.
    """
    random = Generator(PCG64(seed))
    tens = [random.permutation(10) for _ in range(-(-count // 10))]
    labels = np.concatenate([*tens, np.zeros(0, np.int64)])[:count].astype(np.uint8)
    images = rendered((_one(DIGIT_SHAPES[label], random) for label in labels), random)
    return LabelledImages(images, labels)


def no_digits(count: int, seed: int) -> NDArray[np.uint8]:
    """Draw what is no digit: letters, words, scribbles, signs, simple pictures, several digits at once.

    The letters of `letters(..., held_out=True)` never occur.

    Returns (count, 28, 28) uint8, ink = 255, rendered as the program renders drawings.
    """
    random = Generator(PCG64(seed))
    return rendered((_no_digit(random) for _ in range(count)), random)


def letters(count: int, seed: int, *, held_out: bool) -> NDArray[np.uint8]:
    """Write single letters: those that `no_digits` never holds, or those it does.

    Returns (count, 28, 28) uint8, ink = 255, rendered as the program renders drawings.
    """
    random = Generator(PCG64(seed))
    shapes = _UNSEEN if held_out else _SEEN
    return rendered((_one(shapes, random) for _ in range(count)), random)


def _one(shapes: Sequence[Glyph], random: Generator) -> list[Curve]:
    return write(shapes[int(random.integers(len(shapes)))], random)


def _no_digit(random: Generator) -> list[Curve]:
    match random.choice(5, p=(0.4, 0.22, 0.22, 0.08, 0.08)):
        case 0:
            return _one(_SEEN, random)
        case 1:
            return scribble(random)
        case 2:
            return write(THING_SHAPES[random.integers(len(THING_SHAPES))], random, turn=0.2)
        case 3:
            return _side_by_side([_one(_SEEN, random) for _ in range(random.integers(2, 6))], random)
        case _:
            return _side_by_side(list(_some_digits(random)), random)


def _some_digits(random: Generator) -> Iterator[list[Curve]]:
    """Two to four digits, not only ones: two ones may be taken for an 11, and so for one digit's strokes."""
    for digit in (int(random.choice([0, 2, 3, 5, 6, 8, 9])), *random.integers(0, 10, random.integers(1, 4))):
        yield _one(DIGIT_SHAPES[digit], random)


def _side_by_side(things: list[list[Curve]], random: Generator) -> list[Curve]:
    """Write one after the other, closely, as in a word or a number."""
    row: list[Curve] = []
    right = 0.0
    for thing in things:
        left = min(float(curve[:, 0].min()) for curve in thing)
        place = np.array([right - left + random.uniform(2, 22), random.normal(0, 5)])
        row += [curve + place for curve in thing]
        right = max(float(curve[:, 0].max()) for curve in row)
    return row


# Scribbles: what a hand does that means to write nothing.

_ROUND = np.zeros(64, np.bool_)


def scribble(random: Generator) -> list[Curve]:
    """Scribble once, in one of many ways."""
    return posed(_WAYS[random.integers(len(_WAYS))](random), random, slant=0.2, turn=0.8)


def _wandering(random: Generator) -> list[Curve]:
    points = random.uniform(0, 100, (random.integers(6, 14), 2))
    return [smooth(points, _ROUND[: len(points)])]


def _zigzag(random: Generator) -> list[Curve]:
    turns = int(random.integers(6, 14))
    points = np.column_stack([np.linspace(0, 100, turns), np.where(np.arange(turns) % 2, 10, 90)])
    points += random.normal(0, 8, points.shape)
    return [smooth(points, _ROUND[:turns] | (random.random() < 0.6))]


def _spiral(random: Generator) -> list[Curve]:
    angle = np.linspace(0, random.uniform(2.2, 5) * 2 * np.pi, 60)
    radius = np.linspace(random.uniform(0, 4), 50, 60) + random.normal(0, 1, 60)
    return [_around(angle * random.choice([-1, 1]), radius)]


def _loops(random: Generator) -> list[Curve]:
    """Loops along a line, as a child imitates writing."""
    angle = np.linspace(0, random.integers(4, 8) * 2 * np.pi, 80)
    advance = np.linspace(0, random.uniform(60, 160), 80)
    radius = random.uniform(12, 30) + random.normal(0, 1, 80)
    return [np.column_stack([advance + radius * np.cos(angle), 50 + 1.4 * radius * np.sin(angle)])]


def _knot(random: Generator) -> list[Curve]:
    """Round and round over the same place."""
    angle = np.linspace(0, random.integers(4, 10) * 2 * np.pi, 90)
    radius = 35 + random.uniform(5, 18) * np.sin(random.uniform(0.3, 0.8) * angle + random.uniform(0, 6))
    return [_around(angle, radius) + np.cumsum(random.normal(0, 1.5, (90, 2)), axis=0)]


def _strokes(random: Generator) -> list[Curve]:
    return [_line(random, 100) for _ in range(random.integers(4, 9))]


def _dashes(random: Generator) -> list[Curve]:
    return [_line(random, random.uniform(3, 20)) for _ in range(random.integers(4, 14))]


def _dots(random: Generator) -> list[Curve]:
    return [random.uniform(0, 100, (1, 2)) for _ in range(random.integers(3, 16))]


def _hatching(random: Generator) -> list[Curve]:
    count = int(random.integers(4, 10))
    start = np.column_stack([np.linspace(0, 90, count), np.full(count, 4.0)]) + random.normal(0, 3, (count, 2))
    end = start + np.array([random.normal(0, 10), 90]) + random.normal(0, 5, (count, 2))
    lines = [smooth(np.array(ends), _ROUND[:2]) for ends in zip(start, end, strict=True)]
    if random.random() < 0.4:
        lines += [line[:, ::-1] for line in lines]
    return lines


def _filled(random: Generator) -> list[Curve]:
    """Paint a place full: a blob, a box or a whole canvas."""
    rows = int(random.integers(9, 17))
    y = np.linspace(0, 100, rows)
    half = 50 * (np.sqrt(np.clip(1 - (y / 50 - 1) ** 2, 0.04, 1)) if random.random() < 0.5 else np.ones(rows))
    half += random.normal(0, 3, rows)
    sides = np.column_stack([50 - half, y, 50 + half, y + 50 / rows]).reshape(-1, 2)
    return [smooth(sides, np.zeros(len(sides), np.bool_))]


def _rings(random: Generator) -> list[Curve]:
    angle = np.linspace(0, 2 * np.pi, 24)
    nested = [_around(angle, np.full(24, radius)) for radius in (50, 32, 14)]
    return nested if random.random() < 0.5 else [ring + random.normal(0, 45, 2) for ring in (*nested, nested[-1])]


_WAYS: tuple[Callable[[Generator], list[Curve]], ...] = (
    _wandering,
    _zigzag,
    _spiral,
    _loops,
    _knot,
    _strokes,
    _dashes,
    _dots,
    _hatching,
    _filled,
    _rings,
)


def _around(angle: Curve, radius: Curve) -> Curve:
    return np.column_stack([50 + radius * np.cos(angle), 50 + radius * np.sin(angle)])


def _line(random: Generator, length: float) -> Curve:
    middle, angle = random.uniform(0, 100, 2), random.uniform(0, np.pi)
    reach = length / 2 * np.array([np.cos(angle), np.sin(angle)])
    bow = middle + random.normal(0, length / 8, 2)
    return smooth(np.array([middle - reach, bow, middle + reach]), _ROUND[:3])
