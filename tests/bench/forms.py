"""What people write into and onto: boxes one a digit, combs, rings, squared and dotted paper, boards that reflect.

Each is printed on a page around digits that stand in a row of equal cells.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from tests.bench.surfaces import Field, clouds

_FINE = 3
_COLOURS = (
    (0.1, 0.1, 0.12),
    (0.45, 0.45, 0.48),
    (0.75, 0.75, 0.77),
    (0.85, 0.2, 0.2),
    (0.25, 0.4, 0.8),
    (0.95, 0.6, 0.5),
)
_RULING = (
    (0.6, 0.75, 0.9),
    (0.75, 0.75, 0.77),
    (0.9, 0.7, 0.6),
    (0.45, 0.6, 0.85),
    (0.6, 0.8, 0.65),
    (0.45, 0.45, 0.5),
)


@dataclass(frozen=True)
class Cells:
    """Where digits stand: the places of `count` cells side by side, in pixels, y down."""

    left: float
    top: float
    width: float
    height: float
    count: int

    def box(self, at: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of one."""
        left = self.left + at * self.width
        return left, self.top, left + self.width, self.top + self.height


Form = Callable[[tuple[int, int], Cells, Generator], tuple[Field, Field]]
"""The page's (h, w), the cells, random: how much of each place is printed (h, w), and the colour (3,)."""


def _drawn(size: tuple[int, int], draw: Callable[[ImageDraw.ImageDraw], None]) -> Field:
    image = Image.new("L", (size[1] * _FINE, size[0] * _FINE))
    draw(ImageDraw.Draw(image))
    return np.asarray(image.reduce(_FINE), np.float32) / np.float32(255)


def _colour(random: Generator, colours: Sequence[tuple[float, float, float]] = _COLOURS) -> Field:
    return np.array(colours[int(random.integers(len(colours)))])


def _line(cells: Cells, random: Generator) -> int:
    return max(1, round(_FINE * cells.height * random.uniform(0.008, 0.03)))


def box(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """A box around each digit, apart from its neighbours."""
    gap, line = cells.width * random.uniform(0.02, 0.06), _line(cells, random)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for at in range(cells.count):
            left, top, right, bottom = cells.box(at)
            pen.rectangle([_FINE * each for each in (left + gap, top, right - gap, bottom)], None, 255, line)

    return _drawn(size, draw), _colour(random)


def rounded_box(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """The same with round corners."""
    gap, line = cells.width * random.uniform(0.02, 0.06), _line(cells, random)
    radius = _FINE * cells.width * random.uniform(0.08, 0.3)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for at in range(cells.count):
            left, top, right, bottom = cells.box(at)
            place = [_FINE * each for each in (left + gap, top, right - gap, bottom)]
            pen.rounded_rectangle(place, radius, None, 255, line)

    return _drawn(size, draw), _colour(random)


def touching_boxes(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """A row of boxes that share their sides, as of a postal code."""
    line = _line(cells, random)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for at in range(cells.count):
            pen.rectangle([_FINE * each for each in cells.box(at)], None, 255, line)

    return _drawn(size, draw), _colour(random)


def comb(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """A line below all, with short teeth between the digits."""
    line, tooth = _line(cells, random), cells.height * random.uniform(0.1, 0.4)
    left, _, _, bottom = cells.box(0)
    right = cells.box(cells.count - 1)[2]

    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.line([_FINE * each for each in (left, bottom, right, bottom)], 255, line)
        for at in range(cells.count + 1):
            x = left + at * cells.width
            pen.line([_FINE * each for each in (x, bottom - tooth, x, bottom)], 255, line)

    return _drawn(size, draw), _colour(random)


def dashes(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """A short line below each digit."""
    line, gap = _line(cells, random), cells.width * random.uniform(0.04, 0.15)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for at in range(cells.count):
            left, _, right, bottom = cells.box(at)
            pen.line([_FINE * each for each in (left + gap, bottom, right - gap, bottom)], 255, line)

    return _drawn(size, draw), _colour(random)


def brackets(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """The four corners of a frame around each digit."""
    line, gap = _line(cells, random), cells.width * random.uniform(0.02, 0.08)
    reach = cells.width * random.uniform(0.12, 0.25)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for at in range(cells.count):
            left, top, right, bottom = cells.box(at)
            left, right = left + gap, right - gap
            for x, inward in ((left, reach), (right, -reach)):
                for y, down in ((top, reach), (bottom, -reach)):
                    corner = [
                        (_FINE * (x + inward), _FINE * y),
                        (_FINE * x, _FINE * y),
                        (_FINE * x, _FINE * (y + down)),
                    ]
                    pen.line(corner, 255, line, joint="curve")

    return _drawn(size, draw), _colour(random)


def ring(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """A ring around all digits, drawn or printed: the answer is marked."""
    line = _line(cells, random)
    left, top, _, bottom = cells.box(0)
    right = cells.box(cells.count - 1)[2]
    wide, high = 0.12 * cells.width * cells.count, 0.12 * cells.height

    def draw(pen: ImageDraw.ImageDraw) -> None:
        place = (left - wide, top - high, right + wide, bottom + high)
        pen.ellipse([_FINE * each for each in place], None, 255, line)

    return _drawn(size, draw), _colour(random)


def drawn_box(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """A box by hand around all digits: not quite straight, open or crossing at a corner."""
    left, top, _, bottom = cells.box(0)
    right = cells.box(cells.count - 1)[2]
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    corners = corners + random.normal(0, 0.025 * cells.height, corners.shape)
    line = round(_FINE * cells.height * random.uniform(0.02, 0.05))
    share = np.linspace(0, 1, 20)[:, None]
    path = np.concatenate([a + share * (b - a) for a, b in pairwise(corners)])
    path = path + 0.008 * cells.height * np.cumsum(random.normal(0, 0.5, path.shape), axis=0)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.line([(_FINE * x, _FINE * y) for x, y in path.tolist()], 255, line, joint="curve")

    return _drawn(size, draw), np.array([0.1, 0.12, 0.25])


def _ruling(
    size: tuple[int, int], spacing: float, turn_deg: float, random: Generator, width: float
) -> tuple[Field, Field]:
    rows, columns = np.ogrid[: size[0], : size[1]]
    angle = np.radians(turn_deg)
    places = rows * np.cos(angle) + columns * np.sin(angle), columns * np.cos(angle) - rows * np.sin(angle)
    away = [np.abs((at + random.uniform(0, spacing)) % spacing - spacing / 2) for at in places]
    return (np.clip(width / 2 + 0.5 - away[0], 0, 1), np.clip(width / 2 + 0.5 - away[1], 0, 1))


def squares(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """Squared paper, a digit several squares or one high, straight or turned."""
    spacing = cells.height * random.uniform(0.18, 1.1)
    lines = _ruling(size, spacing, random.normal(0, 4), random, max(1.0, spacing * random.uniform(0.015, 0.05)))
    return random.uniform(0.6, 1) * np.maximum(*lines), _colour(random, _RULING)


def graph_paper(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """Millimetre paper: fine lines, every fifth or tenth stronger."""
    fine, turn_deg = max(5.0, cells.height * random.uniform(0.03, 0.09)), random.normal(0, 3)
    lines = _ruling(size, fine, turn_deg, random, 1.0)
    strong = _ruling(size, fine * random.choice((5, 10)), turn_deg, random, random.uniform(1.2, 2.2))
    return np.maximum(0.4 * np.maximum(*lines), 0.8 * np.maximum(*strong)), _colour(random, _RULING)


def dot_grid(size: tuple[int, int], cells: Cells, random: Generator) -> tuple[Field, Field]:
    """Paper with a dot at each corner of the squares."""
    spacing, dot = cells.height * random.uniform(0.15, 0.5), max(1.5, cells.height * random.uniform(0.01, 0.025))
    down, across = _ruling(size, spacing, random.normal(0, 3), random, dot)
    return random.uniform(0.6, 1) * down * across, _colour(random, _RULING)


def nothing(size: tuple[int, int], _cells: Cells, _random: Generator) -> tuple[Field, Field]:
    """Blank paper."""
    return np.zeros(size, np.float32), np.zeros(3)


FORMS: dict[str, Form] = {
    "box": box,
    "rounded box": rounded_box,
    "touching boxes": touching_boxes,
    "box by hand": drawn_box,
    "ring": ring,
    "comb": comb,
    "line below each": dashes,
    "corners": brackets,
    "squared paper": squares,
    "graph paper": graph_paper,
    "dot grid": dot_grid,
}


def whiteboard(size: tuple[int, int], random: Generator) -> Field:
    """A whiteboard: smears of what was wiped away, and a lamp or a window that it reflects."""
    board = random.uniform(0.7, 0.88) * np.array([random.uniform(0.95, 1), 1, random.uniform(1, 1.03)])
    smears = 0.03 * np.clip(clouds(size, 8, random), -1, 2)
    rows, columns = np.mgrid[: size[0], : size[1]] / max(size)
    y, x = random.uniform(0.05, 0.95, 2)
    glare = np.exp(-(((rows - y) / random.uniform(0.05, 0.2)) ** 2 + ((columns - x) / random.uniform(0.05, 0.3)) ** 2))
    page = board * (1 - smears)[..., None]
    return np.asarray(page + (random.uniform(0.2, 0.5) * glare)[..., None])
