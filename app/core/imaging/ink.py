"""Ink found in pictures: photographs of paper, scans, screenshots; coloured ink through the filter that shows it."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from app.core.imaging.background import (
    CELLS,
    SMALLEST_PHOTOGRAPH,
    Contrast,
    against_plain,
    contrast_with_background,
    in_cells,
    is_light_on_dark,
    plain_background,
    without_light,
)
from app.core.imaging.morphology import (
    Grey,
    Mask,
    connected_parts,
    dilated,
    enlarged,
    extent,
    grown,
    part_masses,
)
from app.core.imaging.pictures import Picture

_WORK_SIDE = 512  # a digit's strokes are still several pixels wide in it, and it is quick
_MIN_CONTRAST = 0.08
_CLEAR = 1.9  # times what may be noise: less is nothing but noise
_SURE = 0.45  # contrast that is never taken for noise
_LEAST_INK = 0.0004  # of a photograph: a digit a sixteenth as high as it, written with a fine pen, is more
_PALE = 0.45  # of the contrast of the largest part: another thing than the pen's ink
_HALF_PLAIN = 0.5  # of the border: a thing may hide the rest of a plain background
_ONE_LEVEL = 0.5 / 255  # grain has several
_SPECK = 0.04  # of the mass of the largest part
_RIM = 0.06  # of a printed box: all of it lies so near to its outline
_RULE = 0.04  # of its length: as high is a printed line
_MOST_PARTS = 60  # of a picture that may have something printed
_LEAST_WRITING = 0.05  # of what is printed around it
_MIN_STROKE = 1.7  # pixels of the box
_TARGET_STROKE = 2.3
_FEW_PIXELS = 12  # along the longest side: they are seen one by one
_FINER = 12  # times as many
_SOFT = 0.4  # of a pixel
_EDGE = 0.02  # fainter is no ink any more
_COLOUR_SIDE = 192
_COLOURED = 24  # of 255 between the channels
_INK_SHARE = 0.001  # of the picture at least is ink
_BETTER = 1.5  # times the contrast of the luminance, so that good pictures stay as they are


def readable_grey(picture: Picture) -> Grey:
    """Return the picture in grey, (h, w) float32 in [0, 1]: its luminance, or the channel that shows pale ink better.

    Yellow on white is nearly as light as the paper, but in the blue channel it is black.
    """
    grey = picture.grey
    if min(grey.shape) < SMALLEST_PHOTOGRAPH:
        return grey
    small = Image.fromarray(picture.rgb).reduce(max(1, max(grey.shape) // _COLOUR_SIDE))
    channels = np.asarray(small, np.float32) / np.float32(255)
    if float(np.quantile(np.ptp(channels, axis=2), 1 - _INK_SHARE)) * 255 < _COLOURED:
        return grey
    strengths = [_colour_contrast(np.ascontiguousarray(channels[..., channel])) for channel in range(3)]
    best = int(np.argmax(strengths))
    if strengths[best] <= 0 or strengths[best] < _BETTER * _colour_contrast(
        np.asarray(small.convert("L"), np.float32) / np.float32(255)
    ):
        return grey
    return np.asarray(picture.rgb[..., best], np.float32) / np.float32(255)


def _colour_contrast(grey: Grey) -> float:
    """Return how much the strongest contrast rises above the usual one, the paper's grain."""
    level = plain_background(grey)
    if level is not None:  # no grain, and what is on it may be larger than any stroke
        return float(np.quantile(np.abs(grey - np.float32(level)), 1 - 4 * _INK_SHARE))
    contrast = without_light(grey)[0]
    return float(np.quantile(contrast, 1 - 4 * _INK_SHARE)) - 4 * float(np.median(contrast))


def find_ink(grey: Grey, light_on_dark: bool | None = None, several: bool = False) -> tuple[Grey, bool]:
    """Separate the ink from the background, whatever the light.

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
    ink = _ink_in(contrast_with_background(paper), several)
    if not ink.any() and (level := plain_background(paper, _HALF_PLAIN, _ONE_LEVEL)) is not None:
        ink = _ink_in(against_plain(paper, level), several)  # a thing so large that it reaches over the border
    return ink, inverted


def _ink_in(found: Contrast, several: bool) -> Grey:
    """What of the contrast is ink, (h, w) float32 in [0, 1]; all zero for nothing."""
    contrast, floor = found.values, found.noise
    strong = contrast[contrast > max(floor, _MIN_CONTRAST)]
    is_photograph = found.edges is not None and max(contrast.shape) > CELLS
    if not strong.size or (is_photograph and float(contrast.max()) < min(_CLEAR * floor, _SURE)):
        return np.zeros_like(contrast)
    threshold = otsu(np.concatenate([strong, np.zeros(strong.size, np.float32)]))
    # Ink is 1 a little above its median: pale ink gets full strength, full strength stays as it is.
    level = min(1.0, 1.1 * float(np.median(contrast[contrast >= threshold])))
    ink = np.clip((contrast - floor) / max(level - floor, 1e-3), 0, 1)
    ink *= _main_parts(found, max(threshold, floor), several)
    if is_photograph and float(ink.mean()) < _LEAST_INK:
        ink[:] = 0
    return np.ascontiguousarray(ink, np.float32)


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
    if max(crop.shape) <= _FEW_PIXELS:
        crop = _rounded(crop)
    side = box * oversampling
    width = stroke_width(crop) * box / max(crop.shape)
    grow = round((_TARGET_STROKE - width) / 2 * oversampling) if width < _MIN_STROKE else 0
    scale = (side - 2 * grow) / max(crop.shape)
    size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
    smooth = Image.Resampling.BILINEAR if grow else Image.Resampling.BOX
    scaled = np.asarray(Image.fromarray(crop).resize(size, smooth), np.float32)
    return dilated(np.pad(scaled, grow), grow) if grow else scaled


def _rounded(crop: Grey) -> Grey:
    """Make of a few large pixels a figure with round corners: their steps are no strokes. Faint ink stays as it is."""
    levels = Image.fromarray(np.rint(np.pad(crop, 1) * 255).astype(np.uint8))
    large = levels.resize((levels.width * _FINER, levels.height * _FINER), Image.Resampling.NEAREST)
    soft = np.asarray(large.filter(ImageFilter.GaussianBlur(_SOFT * _FINER)), np.float32) / np.float32(255)
    figure = soft > _EDGE
    return np.ascontiguousarray(soft[extent(figure)]) if figure.any() else crop


def _reduced(grey: Grey) -> Grey:
    factor = math.ceil(max(grey.shape) / _WORK_SIDE)
    if factor == 1:
        return grey
    return np.asarray(Image.fromarray(grey).reduce(factor), np.float32)


def _main_parts(found: Contrast, threshold: float, several: bool) -> Grey:
    """Return 1 around the parts that belong to the writing, 0 on specks, what reaches in from the border, and edges."""
    cell = math.ceil(max(found.values.shape) / CELLS)
    cells = in_cells(found.values)
    labels, count = connected_parts(cells >= threshold)
    mass = part_masses(labels, cells, count)
    rim = 1 if found.edges is None or cell == 1 else 2
    inside = np.bincount(labels[rim:-rim, rim:-rim].ravel(), minlength=count + 1)
    at_border = np.bincount(labels.ravel(), minlength=count + 1) > inside
    inner = float(mass[~at_border].max(initial=0))
    if several:
        at_border &= ~_as_high_as_the_rest(labels, at_border)
    # The edge of the table or a finger reaches in from outside; but a digit may touch the border of a tight crop.
    mass[at_border & (inner >= 0.25 * mass)] = 0
    if found.edges is None:
        printed = _printed(labels, count)
        if float(mass[~printed].max(initial=0)) >= _LEAST_WRITING * float(mass.max()):
            mass[printed] = 0
    else:
        largest = mass.argmax()
        strength = mass / np.maximum(np.bincount(labels.ravel(), minlength=count + 1), 1)
        stray = np.bincount(labels[found.edges], cells[found.edges], count + 1) > 0.7 * mass
        stray |= strength < _PALE * strength[largest]
        mass[stray & (np.arange(count + 1) != largest)] = 0
    keep = (mass >= _SPECK * mass.max()) & (mass > 0)
    around = grown(keep[labels])  # the soft edge of the ink lies outside the threshold
    return np.asarray(enlarged(around, cell, found.values.shape), np.float32)


def _printed(labels: NDArray[np.int64], count: int) -> Mask:
    """Tell which parts are a box around all else, or a level line longer than all else is wide; (count + 1,)."""
    printed = np.zeros(count + 1, np.bool_)
    if not 1 < count <= _MOST_PARTS:
        return printed
    places = [np.nonzero(labels == number) for number in range(1, count + 1)]
    boxes = np.array([(rows.min(), rows.max(), columns.min(), columns.max()) for rows, columns in places])
    for number, ((rows, columns), (top, bottom, left, right)) in enumerate(zip(places, boxes.tolist(), strict=True)):
        rest = np.delete(boxes, number, axis=0)
        widest = int((rest[:, 3] - rest[:, 2]).max())
        is_line = bottom - top <= max(2.0, _RULE * (right - left)) and right - left > 1.5 * widest
        is_around = top < rest[:, 0].min() and bottom > rest[:, 1].max()
        is_around &= left < rest[:, 2].min() and right > rest[:, 3].max()
        away = np.minimum.reduce([rows - top, bottom - rows, columns - left, right - columns])
        is_box = is_around and bool((away <= max(1.0, _RIM * min(bottom - top, right - left))).all())
        printed[number + 1] = is_box or is_line
    return printed


def _as_high_as_the_rest(labels: NDArray[np.int64], at_border: Mask) -> Mask:
    """Tell which parts are about as high as the highest that is not at the border; numbers of parts as `at_border`."""
    rows, columns = np.nonzero(labels)
    top, bottom = np.full(len(at_border), len(labels)), np.zeros(len(at_border), np.int64)
    np.minimum.at(top, labels[rows, columns], rows)
    np.maximum.at(bottom, labels[rows, columns], rows)
    heights = bottom - top
    highest = heights[1:][~at_border[1:]].max(initial=0)
    return np.asarray(np.abs(heights - highest) <= 0.5 * highest)
