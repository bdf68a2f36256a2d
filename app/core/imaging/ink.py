"""Ink found in pictures: photographs of paper, scans, screenshots."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from app.core.imaging.ruling import without_ruling

Grey = NDArray[np.float32]

_WORK_SIDE = 512  # a digit's strokes are still several pixels wide in it, and it is quick
_WINDOW = 0.22  # of the longest side: wider than any stroke, narrower than most shadows
_NOISE = 4.0  # standard deviations of the paper that are still paper
_MAX_NOISE = 0.3  # of the ground: what varies more is ink that covers much of a tight crop
_MOST_INK = 0.45  # of a picture with a margin
_MIN_CONTRAST = 0.08
_GRID = 128  # cells a side in which parts are told apart
_NEAR = 7  # cells over which the ground is looked at, for the edge of the paper
_DEEPEST_SHADE = 0.6  # of the light there is where it is light
_STEP = 0.75  # of the light there is left beyond it
_SPECK = 0.04  # of the mass of the largest part
_MIN_STROKE = 1.7  # pixels of the box
_TARGET_STROKE = 2.3


def find_ink(grey: Grey, light_on_dark: bool | None = None, several: bool = False) -> tuple[Grey, bool]:
    """Separate the ink from the ground, whatever the light.

    Args:
        grey: (h, w) float32 in [0, 1], white = 1.
        light_on_dark: the polarity; None finds it.
        several: it is a number of several digits, of which the outer ones may reach the border.

    Returns:
        (h, w) float32 in [0, 1], ink = 1, all zero where nothing can be read (reduced if the picture is large); and
        whether it is light on dark.

    """
    grey = _reduced(grey)
    inverted = is_light_on_dark(grey) if light_on_dark is None else light_on_dark
    paper = 1 - grey if inverted else grey
    contrast, floor, edges = _contrast(paper)
    strong = contrast[contrast > max(floor, _MIN_CONTRAST)]
    if not strong.size:
        return np.zeros_like(contrast), inverted
    threshold = otsu(np.concatenate([strong, np.zeros(strong.size, np.float32)]))
    # Ink is 1 a little above its median: pale ink gets full strength, full strength stays as it is.
    level = min(1.0, 1.1 * float(np.median(contrast[contrast >= threshold])))
    ink = np.clip((contrast - floor) / max(level - floor, 1e-3), 0, 1)
    ink *= _main_parts(contrast, max(threshold, floor), edges, several)
    return np.ascontiguousarray(ink, np.float32), inverted


def is_light_on_dark(grey: Grey) -> bool:
    """Tell the polarity: strokes are fine and few, so detail leans to their side of the ground."""
    border = _border(grey)
    middle = np.median(border)
    if float((np.abs(border - middle) < 0.05).mean()) > 0.8:
        away = grey - middle
        far = np.abs(away) > 0.5 * np.abs(away).max()  # the light falls off less than ink does
        if float(far.mean()) < _MOST_INK:
            return bool(away[far].sum() > 0)
    grey = _middle(grey)  # around the paper there may be a table
    radius = max(grey.shape) / 8
    smooth = _blurred(grey, radius)
    detail = grey - smooth
    return bool((detail * detail * detail).sum() > 0)


def otsu(values: Grey) -> float:
    """Return the threshold in [0, 1] that separates two classes best (Otsu 1979)."""
    counts, edges = np.histogram(values, 64, (0.0, 1.0))
    middles = (edges[1:] + edges[:-1]) / 2
    below, mass = np.cumsum(counts)[:-1], np.cumsum(counts * middles)[:-1]
    above, rest = len(values) - below, float((counts * middles).sum()) - mass
    both = (below > 0) & (above > 0)
    if not both.any():
        return 0.5
    between = np.zeros(len(below))
    between[both] = below[both] * above[both] * (rest[both] / above[both] - mass[both] / below[both]) ** 2
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1:-1][best].mean())  # the middle of an empty valley, not its left edge


def stroke_width(ink: Grey) -> float:
    """Return the mean width of the strokes in pixels: twice the area by the outline.

    The outline is the total variation, which is its length however soft the edge is (Federer's coarea formula).
    """
    padded = np.pad(ink, 2)
    down = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
    right = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    return 2 * float(ink.sum()) / max(float(np.hypot(down, right).sum()), 1e-6)


def thicken(crop: Grey, box: int, oversampling: int) -> Grey:
    """Scale cropped ink so that its longest side is `box * oversampling`; thin pens are thickened to MNIST's."""
    side = box * oversampling
    width = stroke_width(crop) * box / max(crop.shape)
    grow = round((_TARGET_STROKE - width) / 2 * oversampling) if width < _MIN_STROKE else 0
    scale = (side - 2 * grow) / max(crop.shape)
    size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
    smooth = Image.Resampling.BILINEAR if grow else Image.Resampling.BOX
    scaled = np.asarray(Image.fromarray(crop).resize(size, smooth), np.float32)
    return _dilated(np.pad(scaled, grow), grow) if grow else scaled


def _dilated(ink: Grey, radius: int) -> Grey:
    """Spread every pixel over a disc; margins of `radius` must be empty."""
    result = ink.copy()
    for dy in range(-radius, radius + 1):
        reach = int(math.sqrt(radius * radius - dy * dy))
        for dx in range(-reach, reach + 1):
            np.maximum(result, np.roll(ink, (dy, dx), (0, 1)), out=result)
    return result


def _reduced(grey: Grey) -> Grey:
    factor = math.ceil(max(grey.shape) / _WORK_SIDE)
    if factor == 1:
        return grey
    return np.asarray(Image.fromarray(grey).reduce(factor), np.float32)


def _border(image: Grey) -> Grey:
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def _middle(image: Grey) -> Grey:
    height, width = image.shape
    return image[height // 5 : height - height // 5, width // 5 : width - width // 5]


def _blurred(grey: Grey, radius: float) -> Grey:
    levels = Image.fromarray(np.rint(grey * 255).astype(np.uint8))  # Pillow blurs bytes only
    return np.asarray(levels.filter(ImageFilter.BoxBlur(radius)), np.float32) / np.float32(255)


def _contrast(paper: Grey) -> tuple[Grey, float, NDArray[np.bool_]]:
    """Return how much darker than the paper around it each place is, (h, w) float32 in [0, 1]; what of it is noise.

    Also the cells in which the ground itself changes abruptly: where the paper ends.
    """
    border = _border(paper)
    middle = np.float32(np.median(border))
    if float((np.abs(border - middle) < 0.01).mean()) > 0.8:  # made by a program: one ground, no light, no noise
        contrast = np.clip((middle - paper) / np.maximum(middle, np.float32(0.05)), 0, 1)
        return contrast, 0.0, np.zeros(_cells(paper).shape, np.bool_)
    paper = _blurred(paper, max(paper.shape) / 512)
    ground = _closing(paper, 2 * round(max(paper.shape) * _WINDOW / 2) + 1)
    # In shade ink is as dark against its ground as in the light; but what is far darker is the table, and its grain.
    light = np.maximum(ground, np.float32(max(_DEEPEST_SHADE * float(np.quantile(ground[::4, ::4], 0.75)), 0.05)))
    contrast = without_ruling(np.clip((ground - paper) / light, 0, 1))
    contrast -= np.median(contrast)  # the closing follows the brightest grains of the paper
    spread = 1.4826 * float(
        np.median(np.abs(contrast))
    )  # the median deviation of normal noise (Rousseeuw and Croux 1993)
    return np.clip(contrast, 0, 1), min(_NOISE * spread, _MAX_NOISE), _edges(ground)


def _edges(ground: Grey) -> NDArray[np.bool_]:
    levels = Image.fromarray(np.rint(_cells(ground) * 255).astype(np.uint8))
    low, high = (
        np.asarray(levels.filter(extreme(_NEAR))) for extreme in (ImageFilter.MinFilter, ImageFilter.MaxFilter)
    )
    return low < _STEP * high


def _closing(paper: Grey, window: int) -> Grey:
    """Fill in what is dark and narrower than `window`, an odd number; edges of larger shadows stay where they are.

    The border is carried on outwards, so that a darker corner or the edge of the table is ground, not ink.
    """
    levels = np.pad(np.rint(paper * 255).astype(np.uint8), window - 1, mode="edge")
    closed = 255 - _widest(255 - _widest(levels, window), window)
    return closed.astype(np.float32) / np.float32(255)


def _widest(levels: NDArray[np.uint8], window: int) -> NDArray[np.uint8]:
    """Return the maximum over each whole square of `window`, by doubling: log2(window) passes a side."""
    for _ in range(2):
        covered = 1
        while covered < window:
            step = min(covered, window - covered)
            levels = np.maximum(levels[:-step], levels[step:])
            covered += step
        levels = np.ascontiguousarray(levels.T)
    return levels


def _cells(image: Grey) -> Grey:
    """Return the maximum of each square of a grid of _GRID cells along the longest side."""
    cell = math.ceil(max(image.shape) / _GRID)
    height, width = (math.ceil(side / cell) for side in image.shape)
    cells = np.zeros((height * cell, width * cell), np.float32)
    cells[: image.shape[0], : image.shape[1]] = image
    return np.asarray(cells.reshape(height, cell, width, cell).max(axis=(1, 3)), np.float32)


def _main_parts(contrast: Grey, threshold: float, edges: NDArray[np.bool_], several: bool) -> Grey:
    """Return 1 around the parts that belong to the writing, 0 on specks, what reaches in from the border, and edges."""
    cell = math.ceil(max(contrast.shape) / _GRID)
    cells = _cells(contrast)
    labels, count = connected_parts(cells >= threshold)
    mass = np.bincount(labels.ravel(), cells.ravel(), count + 1)
    mass[0] = 0
    outside = np.concatenate([labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]])
    at_border = np.bincount(outside, minlength=count + 1) > 0
    inner = float(mass[~at_border].max(initial=0))
    if several:
        at_border &= ~_as_high_as_the_rest(labels, at_border)
    # The edge of the table or a finger reaches in from outside; but a digit may touch the border of a tight crop.
    mass[at_border & (inner >= 0.25 * mass)] = 0
    mass[np.bincount(labels[edges], cells[edges], count + 1) > 0.7 * mass] = 0
    keep = (mass >= _SPECK * mass.max()) & (mass > 0)
    kept = np.pad(keep[labels], 1)
    rows = kept[:-2] | kept[1:-1] | kept[2:]
    around = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]  # the soft edge of the ink lies outside the threshold
    whole = around.repeat(cell, axis=0).repeat(cell, axis=1)
    return np.asarray(whole[: contrast.shape[0], : contrast.shape[1]], np.float32)


def _as_high_as_the_rest(labels: NDArray[np.int64], at_border: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which parts are about as high as the highest that is not at the border; numbers of parts as `at_border`."""
    rows, columns = np.nonzero(labels)
    top, bottom = np.full(len(at_border), len(labels)), np.zeros(len(at_border), np.int64)
    np.minimum.at(top, labels[rows, columns], rows)
    np.maximum.at(bottom, labels[rows, columns], rows)
    heights = bottom - top
    highest = heights[1:][~at_border[1:]].max(initial=0)
    return np.asarray(np.abs(heights - highest) <= 0.5 * highest)


def connected_parts(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
    """Number the parts of a mask that hang together, corners included.

    Returns:
        (h, w) int64, 0 outside the mask, and the number of parts.

    """
    index = np.arange(mask.size).reshape(mask.shape)
    pairs = [(index[1:], index[:-1]), (index[:, 1:], index[:, :-1])]
    pairs += [(index[1:, 1:], index[:-1, :-1]), (index[1:, :-1], index[:-1, 1:])]
    flat = mask.ravel()
    first, second = (np.concatenate([pair[i].ravel() for pair in pairs]) for i in (0, 1))
    joined = flat[first] & flat[second]
    first, second = first[joined], second[joined]
    parent = index.ravel().copy()
    while not np.array_equal(parent[first], parent[second]):
        low, high = np.minimum(parent[first], parent[second]), np.maximum(parent[first], parent[second])
        np.minimum.at(parent, high, low)
        while not np.array_equal(parent, parent[parent]):
            parent = parent[parent]
    labels = np.zeros(mask.size, np.int64)
    roots, numbers = np.unique(parent[flat], return_inverse=True)
    labels[flat] = numbers + 1
    return labels.reshape(mask.shape), len(roots)
