"""What is no digit, made without the program's own handwriting, so that nothing was trained on its like."""

import string

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.core.imaging.drawing import Drawing, Stroke
from app.core.imaging.pictures import Picture

LOOK_LIKE_DIGITS = frozenset("OoDQCIilSsZzBGgqbLJjUu")
"""Letters that people take for digits, too."""

SIDE = 280


def printed_letters() -> list[Picture]:
    """Each letter that looks like no digit in several sizes of Pillow's own typeface, black on white."""
    return [
        _printed(letter, size)
        for letter in string.ascii_letters
        if letter not in LOOK_LIKE_DIGITS
        for size in (60, 120, 200)
    ]


def scribbles(count: int, seed: int) -> list[Drawing]:
    """One to three strokes of a pen that wanders without aim, straight on or in circles; it comes back at the edge."""
    random = np.random.default_rng(seed)
    return [Drawing(SIDE, SIDE, tuple(_wander(random) for _ in range(random.integers(1, 4)))) for _ in range(count)]


def full_canvases(count: int, seed: int) -> list[Drawing]:
    """A pen that goes to and fro until hardly any paper is left."""
    random = np.random.default_rng(seed)
    return [Drawing(SIDE, SIDE, (_to_and_fro(random),)) for _ in range(count)]


def _printed(letter: str, size: int) -> Picture:
    image = Image.new("RGB", (SIDE, SIDE), "white")
    draw = ImageDraw.Draw(image)
    draw.text((SIDE / 2, SIDE / 2), letter, "black", ImageFont.load_default(size), anchor="mm")
    return Picture(np.asarray(image))


def _wander(random: np.random.Generator) -> Stroke:
    steps, stride = int(random.integers(25, 120)), random.uniform(6, 24)
    turns = random.normal(random.uniform(-0.3, 0.3), random.uniform(0.35, 0.9), steps)
    directions = random.uniform(0, 2 * np.pi) + np.cumsum(turns)
    path = random.uniform(60, SIDE - 60, 2) + stride * np.cumsum(
        np.column_stack([np.cos(directions), np.sin(directions)]), axis=0
    )
    span = SIDE - 20
    return _stroke(10 + span - np.abs(np.mod(path, 2 * span) - span))


def _to_and_fro(random: np.random.Generator) -> Stroke:
    lines = int(random.integers(14, 40))
    across = np.linspace(8, SIDE - 8, lines) + random.normal(0, 3, lines)
    along = np.where(np.arange(lines) % 2, 8, SIDE - 8) + random.normal(0, 6, lines)
    return _stroke(np.column_stack([across, along][:: random.choice((-1, 1))]))


def _stroke(path: NDArray[np.float64]) -> Stroke:
    return tuple((float(x), float(y)) for x, y in path)
