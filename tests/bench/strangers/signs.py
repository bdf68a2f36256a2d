"""Numbers with signs between their digits, by several hands: a sign is read as "?" or left out, never as a digit."""

from collections.abc import Iterator, Mapping

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
    "/": ("50,-10 0,112", "56,-22 0,124", "80,-2 0,104", "64,-30 0,120", "44,8 4,92"),
    "+": ("0,55 50,55|25,30 25,80", "0,50 40,54|22,28 18,78", "0,50 70,48|36,14 34,86", "2,44 34,50|20,30 14,66"),
    "-": ("0,52 40,52", "0,55 30,53", "0,48 56,50"),
    "=": ("0,42 44,42|0,62 44,62", "0,45 36,44|2,60 38,59", "0,36 60,38|0,64 58,66"),
    ":": ("0,35 2,36|0,80 2,81", "0,40 4,41 3,44|0,84 4,85 3,88"),
    "×": ("0,30 44,78|42,28 2,80", "4,36 40,70|36,34 0,74", "0,20 60,84|62,18 4,90"),
    "÷": ("0,52 50,52|24,30 26,32|24,74 26,76", "0,55 40,53|20,36 21,38 19,39|20,70 22,72"),
    "*": ("0,20 30,46|28,18 2,48|15,12 15,54", "0,30 36,32|8,14 28,50|26,12 10,52"),
    "(": ("24,-8 8,18 2,50 8,82 24,108", "18,0 6,26 2,54 8,86 20,104", "30,-6 10,14 0,48 6,78 28,106"),
    ")": ("0,-8 16,18 22,50 16,82 0,108", "2,0 14,26 18,54 12,86 0,104", "0,-6 20,14 30,48 24,78 2,106"),
    "[": ("26,-6 2,-6 2,106 26,106", "0,0 0,100|0,2 22,0|0,99 20,100", "30,2 4,0 0,98 28,102"),
    "]": ("0,-6 24,-6 24,106 0,106", "22,0 22,100|22,2 0,0|22,99 2,100", "0,2 28,0 26,102 0,100"),
    "%": (
        "14,6 4,14 2,28 10,36 20,32 24,18 14,6|66,-2 6,104|58,66 48,72 46,86 54,94 64,90 66,76 58,66",
        "12,10 2,18 4,32 16,36 24,24 12,10 58,4 14,98|52,70 42,76 44,92 56,94 62,82 52,70",
        "16,14 8,18 6,30 14,36 24,30 24,18 16,14|50,6 10,96|50,62 38,66 36,82 46,90 58,84 58,68 50,62",
    ),
    "$": (
        "48,18 36,8 16,8 6,22 12,40 36,54 48,70 40,90 20,94 4,84|27,-10 27,112",
        "50,20 30,6 8,14 8,34 30,48 48,62 46,84 24,96 2,86|24,-6 24,20|26,86 28,112",
        "44,22 26,12 8,18 8,36 26,48 42,60 42,82 24,92 4,82|22,0 22,104|30,0 30,104",
    ),
    "€": (
        "54,14 36,4 16,14 6,40 8,70 22,94 40,98 54,86|-6,42 38,42|-6,58 34,58",
        "58,24 44,8 24,10 10,32 8,58 18,86 38,96 56,84|-4,38 44,36|-6,60 40,58",
    ),
    "£": (
        "46,20 36,6 22,10 18,30 22,60 18,88 2,98 18,92 36,98 52,92|4,52 38,52",
        "50,22 42,4 24,6 20,30 20,96|0,98 54,98|4,50 40,50",
    ),
    "¥": ("0,0 26,48 52,0|26,48 26,100|8,56 44,56|8,74 44,74", "4,4 30,50 58,2|30,50 28,98|8,62 50,60"),
    "#": ("16,14 8,88|42,12 34,90|0,38 52,36|-2,66 48,64", "18,4 14,98|40,2 38,96|0,34 58,34|0,64 56,66"),
    "!": ("4,0 3,66|2,92 4,94", "8,-4 4,70|2,96 3,98 1,99"),
    "°": ("8,0 0,6 2,16 10,18 16,10 8,0", "10,-6 0,2 2,16 14,18 20,6 10,-6"),
}
"""Some ways to write each, as strokes beside a digit from 0 to 100; y down."""

MEASURED: dict[str, tuple[str, ...]] = {
    ",": ("3,92 5,100 -3,118", "8,84 6,102 0,110"),
    "'": ("2,-2 5,12 1,22", "6,2 -2,20"),
    "+": ("0,60 44,58|20,34 22,84", "0,52 60,48|32,20 26,78", "2,50 36,52|18,34 20,70"),
    "-": ("0,50 30,48", "2,56 62,52"),
    "=": ("0,40 50,38|2,58 52,58", "0,48 30,46|0,64 30,64"),
    "×": ("0,40 36,76|34,38 2,78", "2,28 52,74|50,26 0,80"),
    "(": ("20,2 8,24 4,50 10,80 22,102", "26,-10 6,26 2,56 12,92 24,112"),
    ")": ("2,0 16,24 20,52 14,80 4,104", "0,-10 18,20 22,56 12,96 0,110"),
    "[": ("22,-4 0,-2 2,104 24,104", "2,0 0,102|0,0 18,0|0,102 22,100"),
    "]": ("0,-4 22,-2 20,104 -2,104",),
    "%": (
        "10,4 0,16 6,30 18,28 22,12 10,4|58,0 2,100|54,72 44,80 48,96 60,94 64,80 54,72",
        "16,6 6,12 6,28 16,34 26,28 26,12 16,6|70,4 14,98|66,64 56,70 56,88 68,94 76,84 74,70 66,64",
    ),
    "$": (
        "46,22 34,10 14,12 8,28 22,44 40,56 46,76 32,92 12,90 2,80|26,-12 24,114",
        "52,16 28,6 6,20 12,44 40,54 50,74 36,94 4,88|30,-8 26,108",
    ),
    "€": ("50,18 30,4 12,20 6,52 14,84 32,96 50,86|-4,44 34,42|-4,60 32,58",),
    "£": ("44,24 34,6 20,12 20,40 24,70 10,94 50,96|6,54 36,52",),
    "!": ("2,0 4,60|3,86 4,90",),
    "°": ("8,-4 0,4 4,16 14,16 18,4 8,-4",),
    "/": ("60,-16 0,110",),
    "*": ("2,30 34,40|30,22 6,50|18,16 18,56",),
    ":": ("2,36 3,38|3,82 4,84",),
    ".": ("0,97 3,98 1,100",),
    "÷": ("0,54 44,52|22,34 23,36|22,70 23,73",),
    "#": ("18,10 10,92|40,12 34,92|2,38 54,36|0,66 52,64",),
    "¥": ("0,0 24,44 50,2|24,44 24,100|4,58 46,58|4,74 46,74",),
}
"""Other ways to write them: what is not to be looked at while the reader is made."""

BETWEEN = tuple(f"0{sign}0" for sign in ",.'/+-=:×÷*")
AT_THE_ENDS = (
    *("+0", "-0", "00-0", "0-", "0=", "=0", "(0)", "(00)", "0(0", "0)0", "[0]", "[00]", "0%", "00%", "$0", "$00", "0$"),
    *("€0", "0€", "£0", "¥0", "#0", "0!", "0'", "0°", "0,", "0.", "0:", "0*", "×0"),
)
"""Where signs stand in numbers; 0 is any digit."""


def rows(count: int = 40, measured: bool = True) -> Iterator[Tally]:
    """Signs between digits and at either end, drawn and as pictures; then ones, which are no signs.

    In the ways to be measured, or those for development.
    """
    signs = MEASURED if measured else SIGNS
    people = drawings()
    if not people:
        return
    for form in (*BETWEEN, *AT_THE_ENDS):
        yield from _told(f"signs: {form}", [written(people, form, n, signs=signs) for n in range(count)])
    ones = tuple(one for one in people if one.label == 1)
    yield from _told("numbers with a 1 in the middle", [written(people, "010", n, ones=ones) for n in range(3 * count)])
    tilted = [written(people, "010", n, ones=ones, turn_deg=15) for n in range(3 * count)]
    yield from _told("the same, tilted by 15 degrees", tilted)


def _told(name: str, numbers: list[tuple[Drawing, str]]) -> Iterator[Tally]:
    for how in ("drawn", "as pictures"):
        right = signs = 0
        for drawing, text in numbers:
            said = predict_multi_digit(predictor(DIGITS), saved(drawing, PEN_PX) if how == "as pictures" else drawing)
            right += said.text.replace("?", "") == text if name.startswith("signs") else said.text == text
            signs += any(digit.prediction.is_sign for digit in said.digits)
        yield Tally("strangers", f"{name}, {how}", len(numbers), right, refused={"with a sign": signs})


def written(
    people: tuple[LabelledDrawing, ...],
    form: str,
    seed: int,
    *,
    ones: tuple[LabelledDrawing, ...] = (),
    turn_deg: float = 0,
    signs: Mapping[str, tuple[str, ...]] = SIGNS,
) -> tuple[Drawing, str]:
    """A number of that form, as "(0)", and its digits. Each 1 of the form is one of `ones`."""
    random = np.random.default_rng(seed)
    parts, text, right = [], "", 30.0
    for letter in form:
        if letter in "01":
            source = people if letter == "0" else ones
            one = source[int(random.integers(len(source)))]
            curves, text = _digit(one, random), text + str(one.label)
        else:
            ways = signs[letter]
            curves = _sign(ways[int(random.integers(len(ways)))], random)
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
