"""Numbers with signs between their digits, by several hands: a sign is read as "?" or left out, never as a digit."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing
from app.core.inference.multi_digit import predict_multi_digit
from tests.bench.accuracy.data import LabelledDrawing, drawings
from tests.bench.accuracy.drawn import saved
from tests.bench.accuracy.reading import DIGITS, predictor
from tests.bench.report import Tally

HEIGHT = 100.0
PEN_PX = 7
Curve = NDArray[np.float64]

SIGNS: dict[str, tuple[str, ...]] = {
    ",": ("4,88 6,96 0,112", "5,90 4,104", "0,90 6,90 5,100 -2,116", "6,86 -4,116"),
    ".": ("0,98 2,98 2,100 0,99", "0,95 4,96 3,100 0,98"),
    "'": ("4,0 0,18", "3,-4 3,14"),
    "/": ("50,-10 0,112", "56,-22 0,124", "80,-2 0,104", "64,-30 0,120"),
    "+": ("0,55 50,55|25,30 25,80", "0,50 40,54|22,28 18,78"),
    "-": ("0,52 40,52", "0,55 30,53"),
    "=": ("0,42 44,42|0,62 44,62", "0,45 36,44|2,60 38,59"),
    ":": ("0,35 2,36|0,80 2,81", "0,40 4,41 3,44|0,84 4,85 3,88"),
}
"""Some ways to write each, as strokes beside a digit from 0 to 100; y down."""


def rows(count: int = 60) -> Iterator[Tally]:
    """Two or three digits with a sign among them, drawn and as pictures; then ones, which are no signs."""
    people = drawings()
    if not people:
        return
    ones = [one for one in people if one.label == 1]
    for sign, ways in SIGNS.items():
        yield from _told(f"numbers with {sign!r}", [_written(people, people, ways, n) for n in range(count)])
    yield from _told("numbers with a 1 in the middle", [_written(people, ones, (), n) for n in range(3 * count)])
    yield from _told(
        "the same, tilted by 15 degrees", [_written(people, ones, (), n, turn_deg=15) for n in range(3 * count)]
    )


def _told(name: str, written: list[tuple[Drawing, str]]) -> Iterator[Tally]:
    for how in ("drawn", "as pictures"):
        right = signs = 0
        for drawing, text in written:
            said = predict_multi_digit(predictor(DIGITS), saved(drawing, PEN_PX) if how == "as pictures" else drawing)
            right += said.text.replace("?", "") == text if "with '" in name else said.text == text
            signs += any(digit.prediction.is_sign for digit in said.digits)
        yield Tally("strangers", f"{name}, {how}", len(written), right, refused={"with a sign": signs})


def _written(
    people: tuple[LabelledDrawing, ...], middle: object, ways: tuple[str, ...], seed: int, turn_deg: float = 0
) -> tuple[Drawing, str]:
    """A digit, what is in the middle (a sign, or one of the drawings `middle`), and a digit; and the digits."""
    random = np.random.default_rng(seed)
    parts, text, right = [], "", 30.0
    for place in range(3):
        if place == 1 and ways:
            curves = _sign(ways[int(random.integers(len(ways)))], random)
        else:
            source = middle if place == 1 else people
            assert isinstance(source, (tuple, list))
            one = source[int(random.integers(len(source)))]
            curves, text = _digit(one, random), text + str(one.label)
        left = min(float(curve[:, 0].min()) for curve in curves)
        parts += [curve + np.array([right - left, 40 + random.normal(0, 3)]) for curve in curves]
        right = max(float(curve[:, 0].max()) for curve in parts) + HEIGHT * random.uniform(0.12, 0.3)
    angle = np.radians(turn_deg) * random.choice((-1, 1))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    parts = [curve @ turn for curve in parts]
    low = np.concatenate(parts).min(axis=0) - 30
    width, height = np.concatenate(parts).max(axis=0) - low + 30
    return Drawing(
        float(width), float(height), tuple(tuple(map(tuple, (curve - low).tolist())) for curve in parts)
    ), text


def _digit(one: LabelledDrawing, random: Generator) -> list[Curve]:
    curves = [np.array(stroke)[:, :2] for stroke in one.drawing.strokes]
    points = np.concatenate(curves)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    scale = min(HEIGHT * random.uniform(0.85, 1.1) / max(size[1], 1.0), HEIGHT / max(size[0], 1.0))
    return [(curve - low) * scale + (0, (HEIGHT - scale * size[1]) / 2) for curve in curves]


def _sign(way: str, random: Generator) -> list[Curve]:
    curves = [np.array([point.split(",") for point in stroke.split()], float) for stroke in way.split("|")]
    return [curve * random.uniform(0.9, 1.1) + random.normal(0, 1, curve.shape) for curve in curves]
