"""Photographs of digits on paper, made up: every trouble a camera meets by name, alone and together.

Half of the digits are MNIST's (of the starter's test split), enlarged; half are written by the program's own hand in
common shapes. So what is misread is the photograph's fault, not the writing's.
"""

import io
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import PCG64, Generator
from PIL import Image, ImageFilter

from app.core.datasets.handwriting.hand import write
from app.core.datasets.handwriting.shapes import DIGIT_SHAPES
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture
from tests.bench.surfaces import (
    Field,
    blackboard,
    clouds,
    on_table,
    paper,
    ruled,
    seen_at_an_angle,
    with_finger,
    with_shadow,
)
from tests.written import rendered

_COMMON = (
    ("open at the top", "tilted"),
    ("short flag", "flag and base"),
    ("hooked start", "base swings up"),
    ("flat top", "curled ends"),
    ("open", "closed"),
    ("bar touches", "in one stroke"),
    ("long neck, upright", "hook at the top"),
    ("crossed", "plain"),
    ("begun open", "two circles"),
    ("straight tail", "curved tail"),
)

_PENS = ((0.12, 0.12, 0.14), (0.1, 0.14, 0.35), (0.16, 0.2, 0.5), (0.05, 0.05, 0.05))
_COLOURS = ((0.8, 0.12, 0.14), (0.15, 0.3, 0.8), (0.1, 0.5, 0.25), (0.85, 0.4, 0.1), (0.5, 0.2, 0.6), (0.3, 0.6, 0.85))
_PALE = ((0.98, 0.85, 0.2), (0.6, 0.9, 0.35), (0.98, 0.6, 0.75), (0.55, 0.85, 0.95), (0.98, 0.75, 0.4))


@dataclass(frozen=True, eq=False)
class Photograph:
    """A made-up photograph and what is on it."""

    picture: Picture
    label: int


def photographs(kind: str, count: int, seed: int) -> list[Photograph]:
    """Make photographs of one of KINDS; the same arguments give the same ones."""
    random = Generator(PCG64([seed, zlib.crc32(kind.encode())]))
    return [_photograph(_TRAITS[kind], random) for _ in range(count)]


_TRAITS: dict[str, frozenset[str]] = {
    "plain paper": frozenset(),
    "uneven light": frozenset({"light"}),
    "soft shadow": frozenset({"soft shadow"}),
    "hard shadow": frozenset({"hard shadow"}),
    "lined paper": frozenset({"lined"}),
    "squared paper": frozenset({"squared"}),
    "coloured ink": frozenset({"coloured"}),
    "pale ink": frozenset({"pale"}),
    "pencil": frozenset({"pencil"}),
    "thin pen": frozenset({"thin"}),
    "table border": frozenset({"table"}),
    "specks": frozenset({"specks"}),
    "finger": frozenset({"finger"}),
    "jpeg": frozenset({"jpeg"}),
    "blackboard": frozenset({"blackboard"}),
    "lined paper in shadow": frozenset({"lined", "soft shadow"}),
    "coloured ink on squared paper": frozenset({"coloured", "squared"}),
    "everything at once": frozenset({"any"}),
}

KINDS = tuple(_TRAITS)


def _photograph(traits: frozenset[str], random: Generator) -> Photograph:
    if "any" in traits:
        groups = (
            ("lined", "squared"),
            ("soft shadow", "hard shadow", "light"),
            ("table", "finger"),
            ("coloured", "thin"),
        )
        traits = frozenset(str(random.choice(group)) for group in groups if random.random() < 0.7)
    size = int(random.integers(360, 680)), int(random.integers(360, 680))
    label, ink, height = _writing(size, "thin" in traits, random)
    if "blackboard" in traits:
        background, colour, strength = blackboard(size, random), np.array(random.uniform(0.75, 0.95, 3)), 0.85
        ink = ink * np.clip(0.85 + 0.25 * clouds(size, size[0] // 3, random), 0, 1)
    else:
        background = paper(size, random)
        background = (
            ruled(background, height, random, squared="squared" in traits)
            if {"lined", "squared"} & traits
            else background
        )
        colour, strength, ink = _pen(ink, traits, random)
    if "specks" in traits:
        ink = np.maximum(ink, _specks(size, height, random))
    page = background + (strength * ink)[..., None] * (colour - background)
    page = _surrounded(page, traits, random)
    return Photograph(_taken(_lit(page, traits, random), traits, random), label)


def _writing(size: tuple[int, int], thin: bool, random: Generator) -> tuple[int, Field, float]:
    """Write one digit near the middle: its label, (h, w) ink in [0, 1], and its height in pixels."""
    label = int(random.integers(10))
    tall = random.uniform(0.3, 0.6) * min(size)
    middle = np.array([size[1], size[0]]) * random.uniform(0.42, 0.58, 2)
    if thin or random.random() < 0.5:
        shape = next(
            s for s in DIGIT_SHAPES[label] if s.name == random.choice(_COMMON[label]) or s.name == _COMMON[label][1]
        )
        curves = write(shape, random, slant=0.1, turn=0.06)
        strokes = tuple(tuple(map(tuple, ((c - 50) * tall / 100 + middle).tolist())) for c in curves)
        pen = tall * (random.uniform(0.014, 0.022) if thin else random.uniform(0.035, 0.09))
        page = rendered(Drawing(size[1], size[0], strokes), size[1], size[0], pen)
        return label, 1 - page.astype(np.float32) / 255, tall
    digits = _mnist()
    image = digits.images[random.choice(np.flatnonzero(digits.labels == label))]
    side = round(tall * 1.4)
    large = np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC), np.float32) / 255
    ink = np.zeros(size, np.float32)
    left, top = np.rint(middle - side / 2).astype(int)
    top, left = (int(np.clip(at, 0, limit - side)) for at, limit in zip((top, left), size, strict=True))
    ink[top : top + side, left : left + side] = np.clip((large - 0.35) / 0.3, 0, 1)
    return label, ink, tall


@lru_cache(maxsize=1)
def _mnist() -> LabelledImages:
    return load_dataset("mnist", "starter").test


def _pen(ink: Field, traits: frozenset[str], random: Generator) -> tuple[Field, float, Field]:
    """Return the colour of the ink, how much it covers, and the ink with its grain."""
    if "pencil" in traits:
        grain = np.clip(0.75 + 0.35 * clouds(ink.shape, ink.shape[0] // 2, random), 0, 1)
        return np.full(3, random.uniform(0.3, 0.45)), random.uniform(0.55, 0.85), ink * grain
    colours = _COLOURS if "coloured" in traits else _PALE if "pale" in traits else _PENS
    colour = np.array(colours[int(random.integers(len(colours)))]) + random.normal(0, 0.03, 3)
    return colour, random.uniform(0.75, 0.97), ink


def _specks(size: tuple[int, int], height: float, random: Generator) -> Field:
    rows, columns = np.ogrid[: size[0], : size[1]]
    specks = np.zeros(size, np.float32)
    for _ in range(int(random.integers(6, 25))):
        y, x = random.uniform(0, 1, 2) * size
        radius = height * random.uniform(0.006, 0.03)
        specks = np.maximum(
            specks, np.clip(radius + 0.5 - np.hypot(rows - y, columns - x), 0, 1) * random.uniform(0.4, 1)
        )
    return specks


def _surrounded(page: Field, traits: frozenset[str], random: Generator) -> Field:
    """See the sheet at an angle, with the table around it or a finger that holds it."""
    page = seen_at_an_angle(page, random)
    if "table" in traits:
        page = on_table(page, random)
    return with_finger(page, random) if "finger" in traits else page


def _lit(page: Field, traits: frozenset[str], random: Generator) -> Field:
    """Shine a light on the page: never quite even, sometimes from one side, sometimes with a shadow across."""
    height, width = page.shape[:2]
    rows, columns = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)
    angle = random.uniform(0, 2 * np.pi)
    slope = random.uniform(0.35, 0.6) if "light" in traits else random.uniform(0, 0.12)
    light = 1 - slope * (0.5 + 0.5 * np.clip(np.cos(angle) * columns + np.sin(angle) * rows, -1, 1))
    light *= 1 - (0.25 if "light" in traits else 0.05) * (rows**2 + columns**2) / 2
    for kind, softness in (("soft shadow", random.uniform(0.08, 0.3)), ("hard shadow", random.uniform(0.003, 0.02))):
        light = with_shadow(light, softness, random) if kind in traits else light
    warmth = np.array([1, random.uniform(0.94, 1), random.uniform(0.84, 1)])
    return np.asarray(page * light[..., None] * warmth * random.uniform(0.75, 1))


def _taken(page: Field, traits: frozenset[str], random: Generator) -> Picture:
    """Take the photograph: a little out of focus, with the noise of a sensor, as a JPEG file."""
    grain = random.standard_normal(page.shape, np.float32) * np.float32(random.uniform(0.004, 0.02))
    noisy = np.clip(page + grain, 0, 1)
    image = Image.fromarray(np.rint(noisy * 255).astype(np.uint8))
    image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 1.4)))
    quality = int(random.integers(60, 95))
    if "jpeg" in traits:
        quality = int(random.integers(8, 25))
        image.thumbnail((int(random.integers(140, 320)),) * 2)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Picture(np.asarray(Image.open(file).convert("RGB")))
