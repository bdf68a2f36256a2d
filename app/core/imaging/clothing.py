"""Clothes found in pictures, and shown as Fashion-MNIST shows them (Xiao, Rasul and Vollgraf 2017).

A plain background is told from the piece by its colour, whatever that is, and its light; of one that is not plain, the
piece is cut out (see `cutout`). What is left is trimmed, the brightest place is made white, and clothes that are dark,
or lie on a plain light background, are shown as negatives.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from app.core.imaging.cutout import Box, cut_out, nearness
from app.core.imaging.ink import otsu
from app.core.imaging.morphology import (
    Mask,
    border,
    connected_parts,
    enlarged,
    extent,
    grown,
    part_masses,
    reaching_border,
)
from app.core.imaging.pictures import LUMINANCE
from app.core.imaging.region import Region, marked, window

Field = NDArray[np.float32]

_WORK_SIDE = 512  # 18 times what the network sees
_TOLERANCE = 0.05  # Xiao et al. trim what is within 5% of the corner's colour
_NOISE = 3.0  # median deviations of the background that are still background
_MAX_NOISE = 0.2
_GRAINY = 0.035  # between neighbours where the picture is evenest; no camera makes it so by day
_GRAIN_GRID = 28  # cells a side in which a piece is told from a grainy background
_SMALLEST = 50  # pixels of a side; below, a background cannot be told from what lies on it by its light
_GRID = 64  # cells a side in which shadows are told from clothes
_STEEP = 0.06  # change from cell to cell that no soft shadow makes
_DEEPEST = 0.45  # of the background's light is left in the deepest shadow
_LEAST_THROUGH_GRAIN = 0.02  # of the picture is a piece; less is grain that happens to lie together
_PLAIN, _OFF_PLAIN = 0.97, 0.06  # of a plain background's border is within this of the colour fitted to it
_CUT_SIDE = 84  # cells a side in which a piece is cut out: three for each pixel of the network's
_AROUND = 0.25  # of a framed side: how much of what is beside it is looked at
_CLOSE = 3  # cells between parts of one piece
_HOLE = 0.03  # of the piece; a stripe or a print that is as the background, rather than a way through
_CUT_LEAST = 0.03  # of the picture is a piece that is cut out; less is a part of one
_SOFTENING, _SOFTEST = 15.0, 0.7  # of 28 pixels for grain of 1, and at most
_SPECK = 0.02  # of the mass of the largest part
_GREY = 0.15  # between the channels of a background that would be white in more light
STRONGEST_GAIN = 4.0  # gain in brightness


@dataclass(frozen=True, eq=False)
class Clothing:
    """A piece found in a picture.

    `seen` (h, w) float32 in [0, 1] is the picture, or what was framed of it, light where the piece is expected to be;
    `piece` is the piece alone on black, trimmed, None if there is nothing but background. `mask` (h, w) tells where in
    the picture's own pixels the piece is.
    """

    seen: Field
    piece: Field | None
    light_on_dark: bool
    mask: Mask


def find_clothing(rgb: NDArray[np.uint8], invert: bool | None = None, region: Region | None = None) -> Clothing:
    """Find the piece of clothing.

    Args:
        rgb: (h, w, 3) uint8.
        invert: whether it is light on dark and stays as it is; None finds out from the background.
        region: a person's word on where the piece is.

    """
    colours = _reduced(rgb)
    height, width = colours.shape[:2]
    box = window(region, height, width)
    belongs, does_not = marked(region, height, width)
    is_framed = region is not None and region.frame is not None
    seen, cover, light_on_dark = _look(_Scene(colours, belongs, does_not, box, is_framed), invert)
    if is_framed and not cover.any():
        cover = np.ones_like(cover)  # there is something, or nobody would have framed it
    cover = np.where(belongs[box], np.float32(1), np.where(does_not[box], np.float32(0), cover))
    mask = np.zeros((height, width), np.bool_)
    mask[box] = cover > 0
    mask = np.asarray(Image.fromarray(mask).resize(rgb.shape[1::-1], Image.Resampling.NEAREST))
    if not cover.any():
        return Clothing(seen, None, light_on_dark, mask)
    piece = (seen * cover)[extent(cover > 0)]
    brightest = float(np.quantile(piece, 0.995))
    piece = np.clip(piece / max(brightest, 1 / STRONGEST_GAIN), 0, 1)
    return Clothing(seen, piece, light_on_dark, mask)


@dataclass(frozen=True, eq=False)
class _Scene:
    """A picture, what is known of it, and the part of it in which the piece is looked for."""

    colours: Field
    belongs: Mask
    does_not: Mask
    box: Box
    is_framed: bool


def _look(scene: _Scene, invert: bool | None) -> tuple[Field, Field, bool]:
    """Return how light the piece is everywhere in the box, where it is (0 to 1, softly), and if it is light on dark."""
    colours = scene.colours[scene.box]
    corners = np.median([colours[0, 0], colours[0, -1], colours[-1, 0], colours[-1, -1]], axis=0).astype(np.float32)
    is_small = min(colours.shape[:2]) < _SMALLEST
    grain = 0 if is_small else _grain(colours)
    is_even = is_small or _is_one_colour(border(colours), corners)
    if not is_small and (scene.belongs.any() or scene.does_not.any() or not _goes_on(scene)):
        return _cut_out(scene, invert)
    if grain > _GRAINY:
        colours = _softened(colours, min(_SOFTEST, _SOFTENING * grain))
        background, cover = _through_grain(colours, grain)
    else:
        background, tolerance = (
            (np.broadcast_to(corners, colours.shape), _TOLERANCE) if is_even else _background(colours)
        )
        distance = np.abs(colours - background).max(axis=2)
        if not is_even and float((border(distance[..., None]) < _OFF_PLAIN).mean()) < _PLAIN:
            return _cut_out(scene, invert)
        is_clothing = distance > tolerance
        if not is_even:
            is_clothing &= _apart_from_shadows(colours, background, distance, tolerance)
        # What is as the background becomes black, softly: an off-white background leaves neither grey nor a hard edge.
        cover = np.clip(distance / np.float32(tolerance) - np.float32(0.5), 0, 1) * is_clothing
    light_on_dark = float(corners.max()) < 0.5 if invert is None else invert
    return _brightness(colours, background, light_on_dark), cover, light_on_dark


def _cut_out(scene: _Scene, invert: bool | None) -> tuple[Field, Field, bool]:
    """Return the same of a piece on a background that is not plain: it is light on dark if it is light itself."""
    around = _with_surroundings(scene.box, scene.belongs.shape)
    colours, belongs, does_not = scene.colours[around], scene.belongs[around], scene.does_not[around]
    box = tuple(slice(a.start - b.start, a.stop - b.start) for a, b in zip(scene.box, around, strict=True))
    cell = math.ceil(max(colours.shape) / _CUT_SIDE)
    yes, no = (_cells(mask[..., None].astype(np.float32), cell)[..., 0] > 0 for mask in (belongs, does_not))
    rows, columns = (slice(side.start // cell, -(-side.stop // cell)) for side in box)
    frame = (rows, columns) if scene.is_framed else None
    share = cut_out(_cells(colours, cell), yes, no, frame)
    mask = _main_parts(share > 0.5, yes, frame)
    if float(mask.mean()) < _CUT_LEAST:
        mask[...] = True
    share = np.where(mask, np.maximum(share, np.float32(0.75)), np.minimum(share, np.float32(0.45)) * grown(mask))
    height, width = colours.shape[:2]
    large = Image.fromarray(share).resize((share.shape[1] * cell, share.shape[0] * cell), Image.Resampling.BILINEAR)
    cover = np.clip(5 * (np.asarray(large)[:height, :width] - np.float32(0.4)), 0, 1)[box]
    grey = np.asarray(np.minimum(scene.colours[scene.box] @ LUMINANCE, 1), np.float32)
    light_on_dark = float(np.median(grey[cover >= 0.5])) > 0.5 if invert is None else invert
    white = max(float(np.quantile(grey, 0.99)), 0.05)
    return grey if light_on_dark else np.clip(1 - grey / np.float32(white), 0, 1), cover, light_on_dark


def _goes_on(scene: _Scene) -> bool:
    """Tell whether what is at the border of the box lies beside it, too: then it may be a background."""
    beside = np.zeros(scene.belongs.shape, np.bool_)
    beside[_with_surroundings(scene.box, scene.belongs.shape)] = True
    beside[scene.box] = False
    if not beside.any():
        return True
    within = np.median(border(scene.colours[scene.box]), axis=0)
    return float(np.abs(within - np.median(scene.colours[beside], axis=0)).max()) < _OFF_PLAIN


def _with_surroundings(box: Box, shape: tuple[int, ...]) -> Box:
    """Return a box with what is around it: there a piece that fills the box ends, and the background shows."""

    def widened(part: slice, side: int) -> slice:
        reach = math.ceil(_AROUND * (part.stop - part.start))
        return slice(max(0, part.start - reach), min(side, part.stop + reach))

    return widened(box[0], shape[0]), widened(box[1], shape[1])


def _main_parts(mask: Mask, belongs: Mask, frame: Box | None) -> Mask:
    """Return the foremost part of a mask and what lies close to it, or all that is known to belong; no small holes.

    Foremost is what is large and near the middle. Of two pieces, or two shoes apart, that is one.
    """
    parts, count = connected_parts(mask)
    mass = part_masses(parts, nearness(belongs, frame), count)
    kept = parts == (mass.argmax() if mass.any() else -1)
    close = kept
    for _ in range(_CLOSE):
        close = grown(close)
    wanted = np.unique(parts[belongs if belongs.any() else close])
    kept = np.isin(parts, wanted[wanted > 0])
    holes, count = connected_parts(~kept)
    sizes = part_masses(holes, np.ones(mask.shape, np.float32), count)
    small = ((sizes < _HOLE * kept.sum()) & (sizes > 0))[holes]
    return np.asarray(kept | (small & ~reaching_border(holes)), np.bool_)


def _brightness(colours: Field, background: Field, light_on_dark: bool) -> Field:
    """Return (h, w) in [0, 1] how light the piece is; on light backgrounds how dark, in the light that falls there."""
    grey = np.asarray(np.minimum(colours @ LUMINANCE, 1), np.float32)
    if light_on_dark:
        return grey
    light = background @ LUMINANCE
    brightest = float(light.max())
    is_white = float(np.ptp(background.mean(axis=(0, 1)))) < _GREY
    white = max(float(np.quantile(grey, 0.99)), brightest if is_white else 0.8, 0.05)
    return np.asarray(np.clip(1 - grey * (brightest / white) / np.maximum(light, 0.05), 0, 1), np.float32)


def _is_one_colour(edge: Field, colour: Field) -> bool:
    """Tell a background made by a program, or cut out, whose pieces may reach the border, from a photographed one."""
    off = np.abs(edge - colour).max(axis=1)
    even, nearly = float((off < 0.01).mean()), float((off < _TOLERANCE).mean())
    return even > 0.8 or (even > 0.25 and nearly < 1.1 * even)


def _background(colours: Field) -> tuple[Field, float]:
    """Fit a background whose colour changes slowly: its colour everywhere, and how far from it noise still is.

    A quadratic in both directions, fitted first to the cells at the border, then to all that are like it.
    """
    cells = _cells(colours, math.ceil(max(colours.shape) / _GRID))
    terms = _quadratic(*cells.shape[:2])
    chosen = np.ones(cells.shape[:2], np.bool_)
    chosen[3:-3, 3:-3] = False
    for turn in range(4):
        ways = np.linalg.lstsq(terms[chosen], cells[chosen], rcond=None)[0]
        distance = np.abs(cells - terms @ ways).max(axis=2)
        near = distance < max(_TOLERANCE, 3 * float(np.median(distance[chosen])))
        chosen = near & chosen if turn == 0 else near
    background = np.asarray(np.clip(_quadratic(*colours.shape[:2]) @ ways.astype(np.float32), 0.02, 1), np.float32)
    rim = slice(None, None, max(1, min(colours.shape[:2]) // 40))
    spread = float(np.median(np.abs(colours - background)[rim, rim].max(axis=2)))
    return background, min(max(_TOLERANCE, _NOISE * spread), _MAX_NOISE)


def _grain(colours: Field) -> float:
    """Return how much neighbours differ in light where the picture is evenest, in pixels or in larger grains."""
    fine = (colours @ LUMINANCE)[..., None]
    coarse = _cells(fine, math.ceil(max(colours.shape) / _GRAIN_GRID))
    return max(float(np.quantile(np.abs(each - _averaged(each)), 0.25)) for each in (fine, coarse))


def _through_grain(colours: Field, grain: float) -> tuple[Field, Field]:
    """Find the piece where grain hides it from all but the means of many pixels: background, and 1 where it is."""
    cell = math.ceil(max(colours.shape) / _GRAIN_GRID)
    smooth = _averaged(_cells(colours, cell))
    background = np.median([smooth[0, 0], smooth[0, -1], smooth[-1, 0], smooth[-1, -1]], axis=0).astype(np.float32)
    distance = np.abs(smooth - background).max(axis=2)
    parts, count = connected_parts(distance > max(0.6 * otsu(distance.ravel()), 3 * grain))
    mass = part_masses(parts, distance, count)
    cover = _filled(((mass >= 0.1 * mass.max()) & (mass > 0))[parts])
    cover &= float(cover.mean()) > _LEAST_THROUGH_GRAIN
    return np.broadcast_to(background, colours.shape), enlarged(cover, cell, colours.shape).astype(np.float32)


def _softened(colours: Field, deviation: float) -> Field:
    """Blur by so many of 28 pixels along the longest side, to take some of the grain away."""
    levels = Image.fromarray(np.rint(colours * 255).astype(np.uint8))
    blur = ImageFilter.GaussianBlur(deviation * max(colours.shape) / _GRAIN_GRID)
    return np.asarray(levels.filter(blur), np.float32) / np.float32(255)


def _filled(mask: Mask) -> Mask:
    """Fill the holes that cannot be reached from the border."""
    return ~reaching_border(connected_parts(~mask)[0])


def _averaged(cells: Field) -> Field:
    """Average each cell with its neighbours."""
    wide = np.pad(cells, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = wide[:-2] + wide[1:-1] + wide[2:]
    return np.asarray((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9, np.float32)


def _quadratic(height: int, width: int) -> Field:
    """Return the six terms of a quadratic at each place, (h, w, 6)."""
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)
    return np.stack(np.broadcast_arrays(np.float32(1), x, y, x * x, x * y, y * y), axis=-1)


def _apart_from_shadows(colours: Field, background: Field, distance: Field, tolerance: float) -> Mask:
    """Return what is neither background nor shadow: neither can be reached from the border without crossing an edge.

    A shadow is the background's own colour in less light, and it begins and ends softly.
    """
    cell = math.ceil(max(distance.shape) / _GRID)
    small, below, far = (_cells(field, cell) for field in (colours, background, distance[..., None]))
    ratio = small / np.maximum(below, np.float32(0.02))
    in_shade = (ratio.min(axis=2) > _DEEPEST) & (np.ptp(ratio, axis=2) < 0.12) & (ratio.mean(axis=2) < 1.03)
    soft = _steepness(small) < _STEEP
    apart = ~reaching_border(connected_parts((far[..., 0] < tolerance) | (in_shade & soft))[0])
    apart &= grown(far[..., 0] > tolerance)
    parts, count = connected_parts(apart)
    mass = part_masses(parts, far, count)
    return enlarged(grown((mass >= _SPECK * mass.max())[parts] & apart), cell, distance.shape)


def _reduced(rgb: NDArray[np.uint8]) -> Field:
    factor = math.ceil(max(rgb.shape) / _WORK_SIDE)
    small = rgb if factor == 1 else np.asarray(Image.fromarray(rgb).reduce(factor))
    return np.asarray(small, np.float32) / np.float32(255)


def _cells(image: Field, cell: int) -> Field:
    """Average squares of `cell` pixels; the last ones may be carried on outwards."""
    height, width = image.shape[:2]
    padded = np.pad(image, ((0, -height % cell), (0, -width % cell), (0, 0)), mode="edge")
    rows, columns = padded.shape[0] // cell, padded.shape[1] // cell
    return np.asarray(padded.reshape(rows, cell, columns, cell, -1).mean(axis=(1, 3)), np.float32)


def _steepness(cells: Field) -> Field:
    """Return the largest change to one of the four neighbours, (h, w)."""
    steep = np.zeros(cells.shape[:2], np.float32)
    down, right = np.abs(np.diff(cells, axis=0)).max(axis=2), np.abs(np.diff(cells, axis=1)).max(axis=2)
    for part, change in ((steep[1:], down), (steep[:-1], down), (steep[:, 1:], right), (steep[:, :-1], right)):
        np.maximum(part, change, out=part)
    return steep
