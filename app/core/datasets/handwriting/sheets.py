"""Sheets of handwriting: many pictures at once, made for training and for measuring."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from app.core.datasets.handwriting.digit_shapes import DIGIT_SHAPES
from app.core.datasets.handwriting.hand import Curve, Glyph, rendered, write
from app.core.datasets.handwriting.letter_shapes import HELD_OUT_LETTERS, LETTER_SHAPES
from app.core.datasets.handwriting.scribbles import scribble
from app.core.datasets.handwriting.thing_shapes import THING_SHAPES
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

    Returns:
        (count, 28, 28) uint8, ink = 255, rendered as the program renders drawings.

    """
    random = Generator(PCG64(seed))
    return rendered((_no_digit(random) for _ in range(count)), random)


def letters(count: int, seed: int, *, held_out: bool) -> NDArray[np.uint8]:
    """Write single letters: those that `no_digits` never holds, or those it does.

    Returns:
        (count, 28, 28) uint8, ink = 255, rendered as the program renders drawings.

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
