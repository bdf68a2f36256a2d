"""Digits by the pens that people have, in the forms and on the papers that they fill in: alone, and as numbers."""

import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator
from PIL import Image, ImageFilter

from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import prepare_picture
from app.core.inference.multi_digit import predict_multi_digit
from tests.bench.accuracy.data import LabelledDrawing, drawings
from tests.bench.accuracy.reading import DIGITS, predictor
from tests.bench.forms import FORMS, Cells, nothing, whiteboard
from tests.bench.pens import PENS, Curve, plain
from tests.bench.report import Tally
from tests.bench.surfaces import Field, blackboard, paper, with_shadow

TAKEN = ("scanned", "photographed")
SURFACES = ("blackboard", "whiteboard")
KINDS = (*PENS, *FORMS, *SURFACES)
_INKS = (
    (0.12, 0.12, 0.14),
    (0.1, 0.14, 0.35),
    (0.16, 0.2, 0.5),
    (0.05, 0.05, 0.05),
    (0.1, 0.35, 0.2),
    (0.7, 0.1, 0.12),
)


@dataclass(frozen=True, eq=False)
class Written:
    """A page, and the digits on it."""

    picture: Picture
    text: str


def rows(count: int = 60, measured: bool = True) -> Iterator[Tally]:
    """Every kind scanned and photographed: single digits read as one and as a number, then numbers of 2 to 6 digits.

    Of the people with an even number, or those with an odd one for development.
    """
    people = of_writers(measured)
    if not people:
        return
    for kind in KINDS:
        for taken in TAKEN:
            seeds = range(1000 * measured, 1000 * measured + count)
            ones = [written(people, kind, taken, 1, seed) for seed in seeds]
            reader = predictor(DIGITS)
            images = [prepare_picture(one.picture, reader.preprocessing).image for one in ones]
            said = reader.probabilities(np.stack(images)).argmax(axis=1)
            right = sum(str(label) == one.text for label, one in zip(said, ones, strict=True))
            yield Tally("strangers", f"ways: {kind}, {taken}, one digit", count, right)
            yield _numbers(f"ways: {kind}, {taken}, as a number", ones)
            several = [written(people, kind, taken, 2 + seed % 5, seed) for seed in seeds[: count // 2]]
            yield _numbers(f"ways: {kind}, {taken}, numbers", several)


def of_writers(measured: bool) -> tuple[LabelledDrawing, ...]:
    """The plainly legible drawings of one half of the people."""
    names = sorted({one.writer for one in drawings()})
    half = set(names[0 if measured else 1 :: 2])
    return tuple(one for one in drawings() if one.writer in half and one.reviewed)


def _numbers(name: str, pages: Sequence[Written]) -> Tally:
    right = sum(predict_multi_digit(predictor(DIGITS), one.picture).text == one.text for one in pages)
    return Tally("strangers", name, len(pages), right)


def written(people: Sequence[LabelledDrawing], kind: str, taken: str, count: int, seed: int) -> Written:
    """A page of that kind with `count` digits; the same arguments give the same one."""
    random = Generator(PCG64([seed, count, zlib.crc32(f"{kind} {taken}".encode())]))
    chosen = [people[int(random.integers(len(people)))] for _ in range(count)]
    height = random.uniform(110, 240) if count == 1 else random.uniform(70, 120)
    cells = _cells(count, height, random)
    size = round(2 * cells.top + cells.height), round(2 * cells.left + count * cells.width)
    curves = [curve for at, one in enumerate(chosen) for curve in _placed(one, cells, at, height, random)]
    ink = PENS.get(kind, plain)(curves, size, height, random)
    printed, colour = FORMS.get(kind, nothing)(size, cells, random)
    page, pen = _surface(kind, taken, size, random)
    if kind in ("blackboard", "chalk"):
        ink = ink if kind == "chalk" else PENS["chalk"](curves, size, height, random)
    page = page * (1 - printed[..., None] * (1 - colour))
    page = page + (random.uniform(0.8, 1) * ink)[..., None] * (pen - page)
    return Written(_taken(page, taken, random), "".join(str(one.label) for one in chosen))


def _cells(count: int, height: float, random: Generator) -> Cells:
    wide, high = height * random.uniform(1.15, 1.5), height * random.uniform(1.2, 1.6)
    room = 0.15 * wide * count  # for a ring around all of them
    left, top = room + height * random.uniform(0.25, 0.7), height * random.uniform(0.35, 0.8)
    return Cells(left, top, wide, high, count)


def _placed(one: LabelledDrawing, cells: Cells, at: int, height: float, random: Generator) -> list[Curve]:
    curves = [np.array(stroke)[:, :2] for stroke in one.drawing.strokes]
    points = np.concatenate(curves)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    scale = min(height * random.uniform(0.85, 1.0) / max(size[1], 1.0), 0.85 * cells.width / max(size[0], 1.0))
    left, top, right, bottom = cells.box(at)
    middle = np.array([(left + right) / 2, (top + bottom) / 2]) + random.normal(0, 0.03, 2) * height
    return [(curve - low - size / 2) * scale + middle for curve in curves]


def _surface(kind: str, taken: str, size: tuple[int, int], random: Generator) -> tuple[Field, Field]:
    """What is written on, (h, w, 3), and the colour of the pen."""
    if kind in ("blackboard", "chalk"):
        return blackboard(size, random), random.uniform(0.8, 0.97, 3)
    pen = np.array(_INKS[int(random.integers(len(_INKS)))])
    if kind == "whiteboard":
        return whiteboard(size, random), pen
    return paper(size, random) if taken == "photographed" else np.ones((*size, 3), np.float32), pen


def _taken(page: Field, taken: str, random: Generator) -> Picture:
    if taken == "scanned":
        return Picture(np.rint(np.clip(page, 0, 1) * 255).astype(np.uint8))
    height, width = page.shape[:2]
    rows, columns = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)
    angle = random.uniform(0, 2 * np.pi)
    light = 1 - random.uniform(0, 0.4) * (0.5 + 0.5 * np.clip(np.cos(angle) * columns + np.sin(angle) * rows, -1, 1))
    if random.random() < 0.3:
        light = with_shadow(light, random.uniform(0.05, 0.3), random)
    noise = random.standard_normal(page.shape, np.float32) * np.float32(random.uniform(0.004, 0.02))
    lit = np.clip(page * light[..., None] * random.uniform(0.75, 1) + noise, 0, 1)
    room = round(0.1 * max(height, width))
    around = np.pad(np.rint(lit * 255).astype(np.uint8), ((room, room), (room, room), (0, 0)), mode="edge")
    turned = Image.fromarray(around).rotate(random.normal(0, 2), Image.Resampling.BICUBIC)
    image = turned.crop((room, room, room + width, room + height))
    file = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 1.2))).save(
        file, "JPEG", quality=int(random.integers(60, 95))
    )
    return Picture(np.asarray(Image.open(file).convert("RGB")))
