"""Photographs of clothes on plain backgrounds, made up from Fashion-MNIST's own pictures (of the starter's test split).

A picture is enlarged, and its background is exchanged for one that a user would lay a shirt on. Fashion-MNIST shows
clothes as negatives of photographs on white, so here they become positives again, except on black.
"""

import io
import zlib
from functools import lru_cache

import numpy as np
from numpy.random import PCG64, Generator
from PIL import Image, ImageFilter

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import LabelledImages
from app.core.imaging.pictures import Picture
from tests.bench.photographs import Photograph
from tests.bench.surfaces import Field, clouds

_TRAITS: dict[str, frozenset[str]] = {
    "white ground": frozenset(),
    "off-white ground": frozenset({"off-white"}),
    "coloured ground": frozenset({"colour"}),
    "gradient": frozenset({"gradient"}),
    "soft shadow": frozenset({"off-white", "shadow"}),
    "dim light": frozenset({"dim"}),
    "noise": frozenset({"off-white", "noise"}),
    "jpeg": frozenset({"off-white", "jpeg"}),
    "mirrored": frozenset({"off-white", "mirrored"}),
    "on black": frozenset({"black"}),
    "coloured clothes": frozenset({"off-white", "dyed"}),
    "everything at once": frozenset({"any"}),
}

CLOTHES_KINDS = tuple(_TRAITS)


def clothes_photographs(kind: str, count: int, seed: int) -> list[Photograph]:
    """Make photographs of one of CLOTHES_KINDS; the same arguments give the same ones."""
    random = Generator(PCG64([seed, zlib.crc32(kind.encode())]))
    return [_photograph(_TRAITS[kind], random) for _ in range(count)]


def _photograph(traits: frozenset[str], random: Generator) -> Photograph:
    if "any" in traits:
        groups = (
            ("colour", "off-white"),
            ("gradient",),
            ("shadow",),
            ("noise", "jpeg"),
            ("mirrored",),
            ("dyed",),
            ("dim",),
        )
        traits = frozenset(str(random.choice(group)) for group in groups if random.random() < 0.6)
    clothes = _clothes()
    index = int(random.integers(len(clothes)))
    image = clothes.images[index][:, ::-1] if "mirrored" in traits else clothes.images[index]
    size = int(random.integers(300, 560)), int(random.integers(300, 560))
    side = round(random.uniform(0.6, 0.92) * min(size))
    value, cover = _laid(_enlarged(image, side), size, random), _laid(_enlarged(_filled(image), side), size, random)
    cloth = value[..., None] * (0.9, 0.9, 0.9) if "black" in traits else (1 - value)[..., None] * _dye(traits, random)
    background = _background(size, traits, random)
    if "shadow" in traits:
        fallen = np.roll(cover, (round(0.04 * side), round(random.normal(0, 0.02) * side)), (0, 1))
        soft = Image.fromarray(np.rint(fallen * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.04 * side))
        background = background * (1 - random.uniform(0.15, 0.35) * np.asarray(soft, np.float32) / 255)[..., None]
    page = background + cover[..., None] * (cloth - background)
    if "dim" in traits:
        page = page * random.uniform(0.5, 0.8)
    return Photograph(_taken(page, traits, random), int(clothes.labels[index]))


@lru_cache(maxsize=1)
def _clothes() -> LabelledImages:
    return load_dataset("fashion-mnist", "starter").test


def _filled(image: Field) -> Field:
    """Return where the piece lies, 255 inside: from the first to the last pixel of rows and columns."""
    lit = image > 12
    rows = np.maximum.accumulate(lit, axis=1) & np.maximum.accumulate(lit[:, ::-1], axis=1)[:, ::-1]
    columns = np.maximum.accumulate(lit, axis=0) & np.maximum.accumulate(lit[::-1], axis=0)[::-1]
    return np.asarray(255 * (rows & columns), np.uint8)


def _enlarged(image: Field, side: int) -> Field:
    large = Image.fromarray(np.ascontiguousarray(image)).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(large, np.float32) / np.float32(255)


def _laid(image: Field, size: tuple[int, int], random: Generator) -> Field:
    """Lay it in the middle of a picture."""
    result = np.zeros(size, np.float32)
    top, left = (size[0] - len(image)) // 2, (size[1] - len(image)) // 2
    result[top : top + len(image), left : left + len(image)] = image
    return result


def _dye(traits: frozenset[str], random: Generator) -> Field:
    return random.uniform(0.55, 1.0, 3) if "dyed" in traits else np.ones(3)


def _background(size: tuple[int, int], traits: frozenset[str], random: Generator) -> Field:
    colour = np.ones(3)
    if "off-white" in traits:
        colour = random.uniform(0.86, 0.97) * np.array([1, random.uniform(0.96, 1), random.uniform(0.9, 1)])
    if "colour" in traits:
        colour = np.array([(0.75, 0.3, 0.3), (0.35, 0.55, 0.85), (0.45, 0.7, 0.45), (0.9, 0.8, 0.4), (0.85, 0.6, 0.7)])[
            int(random.integers(5))
        ]
        colour = colour + random.uniform(-0.1, 0.1, 3)
    if "black" in traits:
        colour = random.uniform(0, 0.12) * np.ones(3)
    background = np.broadcast_to(colour, (*size, 3))
    if "gradient" in traits:
        rows, columns = np.linspace(-1, 1, size[0])[:, None], np.linspace(-1, 1, size[1])
        angle = random.uniform(0, 2 * np.pi)
        fall = 0.5 + 0.35 * (np.cos(angle) * columns + np.sin(angle) * rows) + 0.03 * clouds(size, 3, random)
        background = background * (1 - random.uniform(0.15, 0.35) * np.clip(fall, 0, 1))[..., None]
    return np.asarray(background)


def _taken(page: Field, traits: frozenset[str], random: Generator) -> Picture:
    grain = random.uniform(0.02, 0.04) if "noise" in traits else random.uniform(0, 0.008)
    noisy = np.clip(page + grain * random.standard_normal(page.shape, np.float32), 0, 1)
    image = Image.fromarray(np.rint(noisy * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(random.integers(8, 25)) if "jpeg" in traits else 90)
    return Picture(np.asarray(Image.open(file).convert("RGB")))
