"""Pictures put right: the same ink with another stroke width, slant or proportion, made into an input once more."""

import math
from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.ink import stroke_width
from app.core.imaging.morphology import dilated, extent, grown
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import NetworkInput, Preprocessing, Step, example_picture, fitted, prepare_picture
from app.core.imaging.rasterise import BOX, OVERSAMPLING
from app.core.inference.explaining.features import Outlier, count_parts, image_parts

Ink = NDArray[np.float32]
"""(h, w) float32 in [0, 1], ink = 1."""

_SIDE = BOX * OVERSAMPLING
_MARGIN = 6 * OVERSAMPLING
_LEAST_STROKE = 1.2  # pixels of the box: what is thinner may break
_MOST_STROKE = 6.0
_WIDEST_GAP = 3.0  # pixels of the box
_DARKEST_CLOTHING, _BRIGHTEST_CLOTHING = 0.02, 0.98


class Correction(StrEnum):
    """What can be put right."""

    STROKE = "stroke"
    """Thicken or thin the strokes to the training pictures' median."""
    SLANT = "slant"
    """Lean as far as they do."""
    PROPORTIONS = "proportions"
    """Be as wide for the height as they are."""
    JOIN = "join"
    """Close small gaps."""
    MAIN_PART = "main part"
    """Leave out all but the largest part."""
    DARKEN = "darken"
    """Give pale ink full strength."""
    FIT = "fit"
    """Crop, scale and centre it."""
    BRIGHTNESS = "brightness"
    """Be as bright as they are."""


def corrected(
    shown: NetworkInput, correction: Correction, outlier: Outlier, preprocessing: Preprocessing
) -> NetworkInput:
    """The input with one thing put right, through the same preprocessing as any other picture.

    The ink as it was found is corrected where it is known, else the 28 x 28 pixels.
    """
    if preprocessing is Preprocessing.CLOTHES:
        return _clothes(shown, correction, outlier)
    return prepare_picture(_picture(_PUT_RIGHT[correction](shown, outlier)), preprocessing, invert=True)


def fine_ink(shown: NetworkInput) -> Ink:
    """The ink, its longest side that of the box, OVERSAMPLING times finer, with a margin all around."""
    first = shown.steps[0] if shown.steps else Step("centred", shown.image)
    return _scaled(first.image if first.name in {"redrawn", "trimmed", "ink"} else shown.image)


def _scaled(ink: Ink) -> Ink:
    return np.pad(fitted(np.ascontiguousarray(ink[extent(ink > 0)]), _SIDE), _MARGIN)


def _picture(ink: Ink) -> Picture:
    """Light ink on a dark background."""
    return example_picture(np.rint(np.clip(ink, 0, 1) * 255).astype(np.uint8))


def _stroke(shown: NetworkInput, outlier: Outlier) -> Ink:
    ink = fine_ink(shown)
    # The feature is measured in coarse pixels: it says by how much the fine strokes must change.
    width = stroke_width(ink) / OVERSAMPLING * outlier.target / max(outlier.value, 0.5)
    return _with_stroke(ink, min(max(width, _LEAST_STROKE), _MOST_STROKE))


def _with_stroke(ink: Ink, width: float) -> Ink:
    """Ink as of `_scaled` with strokes so many pixels of the box wide, once it fills the box again."""
    wanted = width * OVERSAMPLING
    radius = round((wanted - stroke_width(ink)) * _SIDE / (_SIDE - wanted) / 2)
    return dilated(ink, radius) if radius > 0 else 1 - dilated(1 - ink, -radius)


def _slant(shown: NetworkInput, outlier: Outlier) -> Ink:
    fine = fine_ink(shown)
    ink = np.pad(fine, ((0, 0), (_SIDE, _SIDE)))
    shear = math.tan(math.radians(outlier.value)) - math.tan(math.radians(outlier.target))
    # For each place of the result, where it comes from: the lower, the further to the left.
    affine = (1, -shear, shear * ink.shape[0] / 2, 0, 1, 0)
    size = (ink.shape[1], ink.shape[0])
    sheared = Image.fromarray(ink).transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR)
    return _with_stroke_of(np.asarray(sheared, np.float32), fine)


def _proportions(shown: NetworkInput, outlier: Outlier) -> Ink:
    ink = fine_ink(shown)
    width = max(1, round(ink.shape[1] * outlier.target / max(outlier.value, 1e-3)))
    squeezed = Image.fromarray(ink).resize((width, ink.shape[0]), Image.Resampling.BILINEAR)
    return _with_stroke_of(np.asarray(squeezed, np.float32), ink)


def _with_stroke_of(changed: Ink, before: Ink) -> Ink:
    """Changed ink, scaled again, with the strokes as wide as they were before."""
    return _with_stroke(_scaled(changed), stroke_width(before) / OVERSAMPLING)


def _join(shown: NetworkInput, _outlier: Outlier) -> Ink:
    """Close with larger and larger discs until it is one part, or the gap is too wide to be meant as none."""
    ink = fine_ink(shown)
    closed = ink
    for radius in range(2, round(_WIDEST_GAP * OVERSAMPLING / 2) + 1, 2):
        closed = 1 - dilated(1 - dilated(ink, radius), radius)
        if is_whole(prepare_picture(_picture(closed), Preprocessing.DIGITS, invert=True).image):
            break
    return np.asarray(closed, np.float32)


def is_whole(image: Ink) -> bool:
    """True if a picture (28, 28) is one part."""
    return float(count_parts(image[None])[0]) <= 1


def _main_part(shown: NetworkInput, _outlier: Outlier) -> Ink:
    return _scaled(_only_main_part(shown.image))


def _only_main_part(image: Ink) -> Ink:
    labels, masses = image_parts(image)
    return np.where(grown((labels > 0) & (labels != masses.argmax())), np.float32(0), image)


def _darken(shown: NetworkInput, outlier: Outlier) -> Ink:
    ink = fine_ink(shown)
    return np.asarray(np.clip(ink * (outlier.target / max(outlier.value, 1e-3)), 0, 1), np.float32)


def _fit(shown: NetworkInput, _outlier: Outlier) -> Ink:
    return _scaled(shown.image)


_PUT_RIGHT: dict[Correction, Callable[[NetworkInput, Outlier], Ink]] = {
    Correction.STROKE: _stroke,
    Correction.SLANT: _slant,
    Correction.PROPORTIONS: _proportions,
    Correction.JOIN: _join,
    Correction.MAIN_PART: _main_part,
    Correction.DARKEN: _darken,
    Correction.FIT: _fit,
}


def _clothes(shown: NetworkInput, correction: Correction, outlier: Outlier) -> NetworkInput:
    """Clothes are corrected as they are, 28 x 28, and fitted again if their extent changes."""
    image = shown.image
    if correction is Correction.BRIGHTNESS:
        image = _as_bright(image, outlier.target)
    elif correction is Correction.MAIN_PART:
        image = _only_main_part(image)
    if correction in (Correction.FIT, Correction.MAIN_PART):
        background = np.pad(image, image.shape[0])  # what has exactly 28 x 28 pixels would be taken as it is
        return prepare_picture(_picture(background), Preprocessing.CLOTHES, invert=True)
    steps = (*shown.steps[-1:], Step(correction.value, image))
    return NetworkInput(image, steps, is_empty=False, inverted=shown.inverted)


def _as_bright(image: Ink, target: float) -> Ink:
    """The picture with the strength `target`, by the exponent that gives it: black and white stay what they are."""
    plain = np.asarray(np.clip(image, _DARKEST_CLOTHING, _BRIGHTEST_CLOTHING) * (image > 0), np.float32)
    low, high = 0.1, 10.0
    for _ in range(20):
        exponent = math.sqrt(low * high)
        bent = plain**exponent
        strength = float((bent * bent).sum() / bent.sum())
        low, high = (exponent, high) if strength > target else (low, exponent)
    return np.asarray(plain**exponent, np.float32)
