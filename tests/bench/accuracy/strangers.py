"""What is no digit, made without the program's own handwriting, so that nothing was trained on its like."""

import string

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.core.imaging.drawing import Drawing
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
    """One pen that wanders without aim: its direction turns at random, and it comes back from the edge."""
    random = np.random.default_rng(seed)
    return [_scribble(random) for _ in range(count)]


def _printed(letter: str, size: int) -> Picture:
    image = Image.new("RGB", (SIDE, SIDE), "white")
    draw = ImageDraw.Draw(image)
    draw.text((SIDE / 2, SIDE / 2), letter, "black", ImageFont.load_default(size), anchor="mm")
    return Picture(np.asarray(image))


def _scribble(random: np.random.Generator) -> Drawing:
    strokes = []
    for _ in range(random.integers(1, 4)):
        steps = int(random.integers(60, 240))
        directions = random.uniform(0, 2 * np.pi) + np.cumsum(random.normal(0, random.uniform(0.2, 0.9), steps))
        path = random.uniform(60, SIDE - 60, 2) + 9 * np.cumsum(
            np.column_stack([np.cos(directions), np.sin(directions)]), axis=0
        )
        inside = SIDE - 20 - np.abs(np.mod(path, 2 * (SIDE - 20)) - (SIDE - 20))
        strokes.append(tuple((float(x) + 10, float(y) + 10) for x, y in inside))
    return Drawing(SIDE, SIDE, tuple(strokes))
