"""What photographs are taken of: paper, its printed ruling, tables and blackboards, and shadows across them."""

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[Any]
"""Floats, (h, w) or (h, w, 3) in [0, 1], white = 1."""

_RULING = (
    (0.45, 0.6, 0.85),
    (0.6, 0.75, 0.9),
    (0.6, 0.6, 0.62),
    (0.75, 0.75, 0.77),
    (0.85, 0.5, 0.5),
    (0.5, 0.72, 0.6),
)


def clouds(size: tuple[int, ...], cells: int, random: Generator) -> Field:
    """Return a smooth random field (h, w) of about unit deviation, with `cells` bumps along a side."""
    coarse = Image.fromarray(random.normal(0, 1.3, (max(cells, 2), max(cells, 2))).astype(np.float32))
    return np.asarray(coarse.resize((size[1], size[0]), Image.Resampling.BICUBIC))


def paper(size: tuple[int, int], random: Generator) -> Field:
    """Return a sheet of paper, white to grey to cream, with its grain."""
    tone = random.uniform(0.78, 0.99) * np.array([1, random.uniform(0.95, 1), random.uniform(0.86, 1.0)])
    grain = random.uniform(0, 0.012) * clouds(size, size[0] // 4, random) + 0.008 * clouds(size, 6, random)
    return (tone * (1 + grain)[..., None]).astype(np.float32)


def ruled(sheet: Field, writing: float, random: Generator, squared: bool) -> Field:
    """Print lines, or squares, on a sheet; `writing` is the height of what is written on it in pixels."""
    rows, columns = np.ogrid[: sheet.shape[0], : sheet.shape[1]]
    angle = random.normal(0, 0.035)
    across, along = rows * np.cos(angle) + columns * np.sin(angle), columns * np.cos(angle) - rows * np.sin(angle)
    spacing = writing / random.uniform(1.2, 4) if squared else writing / random.uniform(0.7, 2.5)
    width = max(spacing * random.uniform(0.015, 0.05), 1.0)
    ruling = _lines(across, spacing, width, random)
    if squared:
        ruling = np.maximum(ruling, _lines(along, spacing, width, random))
    colour = np.array(_RULING[int(random.integers(len(_RULING)))])
    printed = sheet * (1 - random.uniform(0.6, 1.2) * ruling[..., None] * (1 - colour))
    if not squared and random.random() < 0.3:  # the red line at the margin
        margin = np.clip(width / 2 + 0.5 - np.abs(along - sheet.shape[1] * random.uniform(0.08, 0.2)), 0, 1)
        printed = printed * (1 - 0.8 * margin[..., None] * np.array([0.1, 0.5, 0.5]))
    return np.asarray(printed)


def blackboard(size: tuple[int, int], random: Generator) -> Field:
    """Return a blackboard, black or green, wiped but not clean."""
    colour = np.array([0.13, 0.15, 0.14]) if random.random() < 0.5 else np.array([0.12, 0.28, 0.2])
    smears = 0.04 * np.clip(clouds(size, 7, random), 0, 3) + 0.01 * clouds(size, size[0] // 3, random)
    return np.clip(colour * random.uniform(0.8, 1.4) + smears[..., None], 0, 1)


def with_shadow(light: Field, softness: float, random: Generator) -> Field:
    """Throw a shadow across the light; `softness` is the width of its edge as a share of the picture."""
    height, width = light.shape
    rows, columns = np.ogrid[:height, :width]
    angle = random.uniform(0, 2 * np.pi)
    side = max(height, width)
    place = np.cos(angle) * (columns - width / 2) + np.sin(angle) * (rows - height / 2)
    place = place + 0.02 * side * clouds(light.shape, 3, random) - side * random.uniform(-0.3, 0.3)
    dark = np.clip(0.5 + place / (softness * side), 0, 1)
    return np.asarray(light * (1 - random.uniform(0.3, 0.6) * dark * dark * (3 - 2 * dark)))


def on_table(page: Field, random: Generator) -> Field:
    """Let the table be seen at some sides of the sheet."""
    height, width = page.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32) + np.float32(0.5)
    inside = np.ones((height, width), np.float32)
    sides = ((rows, columns, height), (height - rows, columns, height), (columns, rows, width))
    for across, along, side in (*sides, (width - columns, rows, width)):
        if random.random() < 0.65:
            reach = side * random.uniform(0.03, 0.17) + (along - along.mean()) * random.normal(0, 0.06)
            inside = np.minimum(inside, np.clip((across - reach) / 1.5, 0, 1))
    share = inside[..., None]
    return np.asarray(share * page + (1 - share) * _table((height, width), random))


def with_finger(page: Field, random: Generator) -> Field:
    """Let a finger reach in from the side, with its own small shadow."""
    height, width = page.shape[:2]
    rows, columns = np.ogrid[:height, :width]
    radius = random.uniform(0.06, 0.09) * width
    y, x = height * random.uniform(0.7, 0.95), random.choice([-0.01, 1.01]) * width
    away = np.hypot((columns - x) / 2.2, rows - y) - radius
    round_off = 1 - 0.25 * np.clip(1 + away / radius, 0, 1)
    skin = np.array([0.8, 0.58, 0.46]) * random.uniform(0.5, 1.05) * round_off[..., None]
    over = np.clip(0.5 - away / 3, 0, 1)[..., None]
    shaded = page * (1 - 0.25 * np.exp(-np.clip(away, 0, None) / 12))[..., None]
    return np.asarray(shaded * (1 - over) + skin * over)


def seen_at_an_angle(page: Field, random: Generator) -> Field:
    """Look at the page not quite from above: a perspective that moves each corner by up to 6% of the side."""
    height, width = page.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    seen = corners + random.uniform(0, 0.06, (4, 2)) * (width, height) * np.sign((width / 2, height / 2) - corners)
    equations = [(x, y, 1, 0, 0, 0, -x * u, -y * u) for (x, y), (u, _) in zip(corners, seen, strict=True)]
    equations += [(0, 0, 0, x, y, 1, -x * v, -y * v) for (x, y), (_, v) in zip(corners, seen, strict=True)]
    ways = np.linalg.solve(np.array(equations), seen.T.ravel()).tolist()
    image = Image.fromarray(np.rint(np.clip(page, 0, 1) * 255).astype(np.uint8))
    turned = image.transform((width, height), Image.Transform.PERSPECTIVE, ways, Image.Resampling.BICUBIC)
    return np.asarray(turned, np.float32) / np.float32(255)


def _table(size: tuple[int, int], random: Generator) -> Field:
    """Return a table, dark or light, plain or of wood."""
    tone = random.choice([random.uniform(0.08, 0.35), random.uniform(0.5, 0.75)])
    colour = tone * np.array([1.1, random.uniform(0.8, 1.0), random.uniform(0.55, 1.0)])
    grain = clouds((size[0], size[1]), 90, random) * 0.05
    long = Image.fromarray(clouds((size[0], 8), 60, random).astype(np.float32)).resize((size[1], size[0]))
    wood = random.choice([0.0, 0.15]) * np.asarray(long)
    return np.asarray(np.clip(colour * (1 + grain + wood)[..., None], 0, 1))


def _lines(place: Field, spacing: float, width: float, random: Generator) -> Field:
    distance = np.abs((place + random.uniform(0, spacing)) % spacing - spacing / 2)
    return np.clip(width / 2 + 0.5 - distance, 0, 1)
