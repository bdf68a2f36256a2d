"""The background of a photograph: which side of it the ink is on, its light, and where it ends."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from app.core.imaging.forms import without_forms
from app.core.imaging.morphology import Grey, blocks, border, eroded, running_maximum
from app.core.imaging.ruled_lines import without_ruled_lines

CELLS = 128
"""Cells along the longest side, in which parts are told apart."""

SMALLEST_PHOTOGRAPH = 100
"""Pixels of a side; smaller pictures are no photographs."""

_PLAIN = 0.8  # of the border of a picture made by a program
_LEAST_CONTRAST = 0.08  # between ink and background
_SOFT_EDGES = 100  # pixels of a side for each pixel that edges are soft, and one more
_FLAT_SPREAD = 0.2  # of the contrast: shadows make more of it
_ONE_LEVEL = 0.5 / 255  # grain has several
_MOSTLY = 0.5  # of a background that no camera took is of one level
_LEAST_GROUND = 0.1  # of a picture
_LINE_ENDS, _FINE_LINE = 4, 0.04  # of the longest side: where so many so fine lines leave a picture, it is ruled
_WINDOW = 0.22  # of the longest side: wider than any stroke, narrower than most shadows
_NOISE = 4.0  # standard deviations of the paper that are still paper
_MAX_NOISE = 0.3  # of the background: what varies more is ink that covers much of a tight crop
_MOST_INK = 0.45  # of a picture with a margin
_DEEPEST_SHADE = 0.6  # of the light there is where it is light
_NEAR = 7  # cells over which the background is looked at, for the edge of the paper
_STEP = 0.75  # of the light there is left beyond it


@dataclass(frozen=True, eq=False)
class Contrast:
    """What stands out from the background.

    `values` is (h, w) float32 in [0, 1]: how much darker each place is than the paper around it; up to `noise` it is
    grain. `edges`, of a photograph, are cells where the background itself changes abruptly: the paper ends.
    """

    values: Grey
    noise: float
    edges: NDArray[np.bool_] | None


def plain_background(grey: Grey, share: float = _PLAIN, within: float = 0.01) -> float | None:
    """Return the one level that so much of the border has, as in pictures made by a program; None if there is none."""
    edge = border(grey)
    middle = float(np.median(edge))
    return middle if float((np.abs(edge - middle) < within).mean()) > share else None


def flat_background(paper: Grey) -> float | None:
    """Return the level of a light background that ink cuts off from much of the border, as in tight crops.

    None for photographs, where the light varies, and where most of the border is dark.
    """
    low, high = (float(level) for level in np.quantile(paper, (0.01, 0.99)))
    light = paper > (low + high) / 2
    if high - low < _LEAST_CONTRAST or float(border(light).mean()) < 0.5:
        return None
    inner = light
    for _ in range(1 + max(paper.shape) // _SOFT_EDGES):  # soft edges are not of its level
        inner = eroded(inner)
    ground = paper[inner] if inner.any() else paper[paper >= high]
    level = float(np.median(ground))
    if min(paper.shape) >= SMALLEST_PHOTOGRAPH:
        same = float((np.abs(ground - level) < _ONE_LEVEL).mean())
        if same < _MOSTLY or ground.size < _LEAST_GROUND * paper.size:
            return None
    dark, bright = np.quantile(ground, (0.1, 0.9))
    return level if float(bright - dark) < _FLAT_SPREAD * (high - low) else None


def is_light_on_dark(grey: Grey) -> bool:
    """Tell the polarity: what differs from a plain background is ink, however much it is.

    In a tight crop most of the border is background still. In photographs strokes are fine and few, so detail leans to
    their side of the background.
    """
    plain_level = plain_background(grey)
    if plain_level is not None:
        away = grey - np.float32(plain_level)
        far = np.abs(away) > 0.5 * np.abs(away).max()
        return bool(away[far].sum() > 0)
    for paper, is_dark in ((grey, False), (1 - grey, True)):
        if flat_background(paper) is not None:
            return is_dark
    away, plain = _from_border(grey)
    if plain > 0.8:
        far = np.abs(away) > 0.5 * np.abs(away).max()  # the light falls off less than ink does
        if float(far.mean()) < _MOST_INK:
            return bool(away[far].sum() > 0)
        return _leaning(_middle(grey)) > 0  # around the paper there is a table
    return _leaning(grey) + _leaning(_middle(grey)) > 0


def _from_border(grey: Grey) -> tuple[Grey, float]:
    """Return how far each place is from the light at the border, and how much of the border is in that light."""
    edge = border(grey)
    middle = np.median(edge)
    plain = float((np.abs(edge - middle) < 0.05).mean())
    if plain > 0.8 or min(grey.shape) < 8:
        return grey - middle, plain
    height, width = grey.shape
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)
    down, across = (border(np.broadcast_to(way, grey.shape)) for way in (y, x))
    at_border = np.stack([np.ones(len(edge)), across, down, across * down, across**2, down**2], axis=1)
    near = np.ones(len(edge), np.bool_)
    for _ in range(3):
        ways = np.linalg.lstsq(at_border[near], edge[near], rcond=None)[0]
        off = np.abs(edge - at_border @ ways)
        near = off <= max(0.03, 2 * float(np.median(off)))
    constant, right, below, both, right_2, below_2 = ways.tolist()
    light = (constant + below * y + below_2 * y * y) + (right * x + right_2 * x * x) + both * y * x
    return np.asarray(grey - light, np.float32), float((off < 0.05).mean())


def _leaning(grey: Grey) -> float:
    """Return to which side the detail leans, from -1, all darker than what is around it, to 1."""
    detail = grey - _blurred(grey, max(grey.shape) / 8)
    cubes = detail * detail * detail
    return float(cubes.sum()) / max(float(np.abs(cubes).sum()), 1e-9)


def contrast_with_background(paper: Grey) -> Contrast:
    """Take the light, forms, ruled lines and the grain from dark ink on paper, (h, w) float32 in [0, 1]."""
    level = plain_background(paper)
    if level is None:
        level = flat_background(paper)
    if level is not None:  # made by a program: one background, no light, no noise
        return against_plain(paper, level)
    contrast, background = without_light(paper)
    contrast = without_ruled_lines(without_forms(contrast))
    sparse = contrast[:: max(1, len(contrast) // 200), :: max(1, contrast.shape[1] // 200)]
    usual = np.median(sparse)  # the closing follows the brightest grains of the paper
    # The median deviation of normal noise (Rousseeuw and Croux 1993).
    spread = 1.4826 * float(np.median(np.abs(sparse - usual)))
    return Contrast(np.clip(contrast - usual, 0, 1), min(_NOISE * spread, _MAX_NOISE), _edges(background))


def against_plain(paper: Grey, level: float) -> Contrast:
    """How much darker than a background of that level each place is, without forms around the writing."""
    background = np.float32(level)
    contrast = np.clip((background - paper) / np.maximum(background, np.float32(0.05)), 0, 1)
    if _is_ruled(contrast):
        contrast = without_ruled_lines(contrast)
    return Contrast(without_forms(contrast), 0.0, None)


def _is_ruled(contrast: Grey) -> bool:
    """Tell whether fine lines leave the picture at several places; the ink of a tight crop runs along its border."""
    reaching = border(contrast) > _LEAST_CONTRAST
    ends = np.flatnonzero(np.diff(reaching.astype(np.int8), prepend=0, append=0))
    lengths = ends[1::2] - ends[::2]
    return len(lengths) >= _LINE_ENDS and bool(lengths.max() < _FINE_LINE * max(contrast.shape))


def without_light(paper: Grey) -> tuple[Grey, Grey]:
    """Return how much darker than the background each place is, and the background, both (h, w) float32 in [0, 1]."""
    paper = _blurred(paper, max(paper.shape) / 512)
    background = _closing(paper, 2 * round(max(paper.shape) * _WINDOW / 2) + 1)
    # In shade ink is as dark against its background as in light; what is far darker is the table, and its grain.
    light = np.maximum(
        background, np.float32(max(_DEEPEST_SHADE * float(np.quantile(background[::4, ::4], 0.75)), 0.05))
    )
    return np.clip((background - paper) / light, 0, 1), background


def in_cells(image: Grey) -> Grey:
    """Return the maximum of each square of a grid of CELLS along the longest side."""
    return np.asarray(blocks(image, math.ceil(max(image.shape) / CELLS)).max(axis=(1, 3)), np.float32)


def _middle(image: Grey) -> Grey:
    height, width = image.shape
    return image[height // 5 : height - height // 5, width // 5 : width - width // 5]


def _blurred(grey: Grey, radius: float) -> Grey:
    levels = Image.fromarray(np.rint(grey * 255).astype(np.uint8))  # Pillow blurs bytes only
    return np.asarray(levels.filter(ImageFilter.BoxBlur(radius)), np.float32) / np.float32(255)


def _edges(background: Grey) -> NDArray[np.bool_]:
    levels = Image.fromarray(np.rint(in_cells(background) * 255).astype(np.uint8))
    low, high = (
        np.asarray(levels.filter(extreme(_NEAR))) for extreme in (ImageFilter.MinFilter, ImageFilter.MaxFilter)
    )
    return low < _STEP * high


def _closing(paper: Grey, window: int) -> Grey:
    """Fill in what is dark and narrower than `window`, an odd number; edges of larger shadows stay where they are.

    The border is carried on outwards, so that a darker corner or the edge of the table is background, not ink.
    """
    levels = np.pad(np.rint(paper * 255).astype(np.uint8), window - 1, mode="edge")
    closed = 255 - _widest(255 - _widest(levels, window), window)
    return closed.astype(np.float32) / np.float32(255)


def _widest(levels: NDArray[np.uint8], window: int) -> NDArray[np.uint8]:
    """Return the maximum over each whole square of `window`."""
    for _ in range(2):
        levels = np.ascontiguousarray(running_maximum(levels, window).T)
    return levels
