"""From a drawing or a picture to what a network reads. One path for the window, the command line, tests and models.

Digits are made as MNIST was (LeCun, Bottou, Bengio and Haffner 1998): the ink fills a 20 x 20 box, antialiased, and
its centre of mass is put in the middle of 28 x 28. Clothes are made as Fashion-MNIST was (Xiao, Rasul and Vollgraf
2017): the plain background is trimmed, the longest side becomes 28, and light backgrounds are negated to black.
Photographs of other things are kept whole and grey, as those that a network of them was trained on.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.clothing import STRONGEST_GAIN, find_clothing
from app.core.imaging.decoding import formats_of
from app.core.imaging.drawing import DRAWING_FORMAT, DRAWING_SUFFIX, Drawing, load_drawing
from app.core.imaging.ink import find_ink, readable_grey, thicken
from app.core.imaging.morphology import blocks, extent
from app.core.imaging.outlines import filled
from app.core.imaging.pictures import Picture, load_picture, peek
from app.core.imaging.rasterise import BOX, OVERSAMPLING, rasterise
from app.core.imaging.region import Mask, Region

SIZE = 28


class Preprocessing(StrEnum):
    """How pictures are made to look like a dataset. The number changes whenever the pixels do: models record it."""

    DIGITS = "mnist-1"
    CLOTHES = "fashion-mnist-1"
    WHOLE = "whole-1"


DIGITS = Preprocessing.DIGITS
CLOTHES = Preprocessing.CLOTHES

Source = Drawing | Picture


@dataclass(frozen=True)
class Step:
    """One stage on the way: `image` is (h, w) float32 in [0, 1], ink = 1."""

    name: str
    image: NDArray[np.float32]


@dataclass(frozen=True)
class NetworkInput:
    """What the network reads, and how it came about.

    `image` is (28, 28) float32 in [0, 1], ink = 1, contiguous. `is_empty`: there is nothing to read, and `image` is
    zero. `inverted`: the picture was taken to be light on dark. `found` (h, w) tells where in a picture's own pixels a
    piece of clothing was found; None where none was looked for.
    """

    image: NDArray[np.float32]
    steps: tuple[Step, ...]
    is_empty: bool
    inverted: bool
    found: Mask | None = None


def load_source(path: Path, may_be_cut: bool = False) -> Source:
    """What a file holds. Raises InputError if it is no drawing or picture, see `load_picture`."""
    return load_drawing(path) if is_drawing(path) else load_picture(path, may_be_cut)


def is_drawing(path: Path) -> bool:
    """True for a file that holds a drawing whatever its name is, or has a drawing's name and no picture in it."""
    head = peek(path)
    return DRAWING_FORMAT in head or (path.name.lower().endswith((DRAWING_SUFFIX, ".json")) and not formats_of(head))


def prepare(
    source: Source, preprocessing: Preprocessing | str, invert: bool | None = None, region: Region | None = None
) -> NetworkInput:
    """Make a drawing or a picture readable for a network. The rest is for pictures, see `prepare_picture`."""
    if isinstance(source, Drawing):
        return prepare_drawing(source, preprocessing)
    return prepare_picture(source, preprocessing, invert, region)


def prepare_drawing(drawing: Drawing, preprocessing: Preprocessing | str) -> NetworkInput:
    """Render a drawing for a network. Where it was drawn on the canvas, and how large, does not matter.

    Digits are redrawn with strokes as thick as MNIST's; of other things the strokes are the surface, and stay as they
    are.
    """
    is_surface = Preprocessing(preprocessing) is not DIGITS
    ink = rasterise(drawing, as_drawn=is_surface)
    if not ink.any():
        return _nothing(ink, inverted=False)
    if is_surface:
        whole = _centred(fitted(ink, SIZE))
        brightest = np.float32(max(float(whole.max()), 1 / STRONGEST_GAIN))  # as of a photograph: lines are no grey
        return _input([Step("trimmed", ink), Step("fitted", whole / brightest)], inverted=False)
    return _digit(ink, [Step("redrawn", ink)], inverted=False)


def prepare_picture(
    picture: Picture, preprocessing: Preprocessing | str, invert: bool | None = None, region: Region | None = None
) -> NetworkInput:
    """Make a picture readable for a network.

    `invert` says whether the picture is light on dark; None finds out. `region` is a person's word on where a piece of
    clothing is in it.
    """
    if Preprocessing(preprocessing) is CLOTHES:
        return _clothes(picture, invert, region)
    if Preprocessing(preprocessing) is Preprocessing.WHOLE:
        return _whole(picture, invert)
    return prepare_ink(*find_ink(readable_grey(picture), invert))


def prepare_ink(ink: NDArray[np.float32], inverted: bool) -> NetworkInput:
    """Make ink that was found in a picture, (h, w) float32 in [0, 1], readable as one digit."""
    if not ink.any():
        return _nothing(ink, inverted)
    ink = filled(ink)
    crop = np.ascontiguousarray(ink[extent(ink > 0)])
    raster = thicken(crop, BOX, OVERSAMPLING)
    return _digit(raster, [Step("ink", ink), Step("crop", crop)], inverted)


def _digit(raster: NDArray[np.float32], steps: list[Step], inverted: bool) -> NetworkInput:
    """Take ink whose longest side is the box's, OVERSAMPLING times finer, to MNIST's 28 x 28."""
    boxed = _reduced(raster)
    steps.append(Step("20 × 20", boxed))
    steps.append(Step("centred", _by_mass(boxed)))
    return _input(steps, inverted)


def _reduced(raster: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average squares of OVERSAMPLING x OVERSAMPLING; sides that are no multiple get equal margins."""
    return np.asarray(blocks(raster, OVERSAMPLING, is_centred=True).mean(axis=(1, 3)), np.float32)


def _by_mass(boxed: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put the centre of mass in the middle by a whole number of pixels.

    In each of MNIST's 70,000 pictures it lies in pixel 14, counted from 0; so one of them comes out as it went in.
    """
    mass = float(boxed.sum(dtype=np.float64))
    image = np.zeros((SIZE, SIZE), np.float32)
    height, width = boxed.shape
    row = float(boxed.sum(axis=1, dtype=np.float64) @ np.arange(height)) / mass
    column = float(boxed.sum(axis=0, dtype=np.float64) @ np.arange(width)) / mass
    # The tiny step keeps exact halves from going either way with the last bit. A box of 20 always fits.
    top = min(max(math.ceil(SIZE / 2 - 0.5 - row - 1e-6), 0), SIZE - height)
    left = min(max(math.ceil(SIZE / 2 - 0.5 - column - 1e-6), 0), SIZE - width)
    image[top : top + height, left : left + width] = boxed
    return image


def _clothes(picture: Picture, invert: bool | None, region: Region | None) -> NetworkInput:
    clothing = find_clothing(picture.rgb, invert, region)
    steps = [Step("picture", np.ascontiguousarray(clothing.seen))]
    if clothing.piece is None:
        return replace(_nothing(clothing.seen, clothing.light_on_dark), found=clothing.mask)
    if region is None and picture.grey.shape == (SIZE, SIZE):  # made this way already: fitting would only blur
        grey = picture.grey if clothing.light_on_dark else 1 - picture.grey
        return _input([Step("picture", grey), Step("fitted", grey)], clothing.light_on_dark)
    steps += [Step("trimmed", clothing.piece), Step("fitted", _centred(fitted(clothing.piece, SIZE)))]
    return replace(_input(steps, clothing.light_on_dark), found=clothing.mask)


def _whole(picture: Picture, invert: bool | None) -> NetworkInput:
    """All of a picture; negated only if a person says that it is dark on light."""
    grey = 1 - picture.grey if invert is False else picture.grey
    if grey.min() == grey.max():
        return _nothing(grey, inverted=invert is not False)
    steps = [Step("picture", np.ascontiguousarray(grey)), Step("fitted", whole_frame(grey, (SIZE, SIZE)))]
    return _input(steps, inverted=invert is not False)


def whole_frame(grey: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """All of a picture within `shape`, in its proportions; what is beside it is like its border."""
    scaled = fitted(grey, max(shape))
    if scaled.shape[0] > shape[0] or scaled.shape[1] > shape[1]:
        scaled = fitted(grey, min(shape))
    edge = np.concatenate([scaled[0], scaled[-1], scaled[:, 0], scaled[:, -1]])
    result = np.full(shape, np.median(edge), np.float32)
    top, left = (shape[0] - scaled.shape[0]) // 2, (shape[1] - scaled.shape[1]) // 2
    result[top : top + scaled.shape[0], left : left + scaled.shape[1]] = scaled
    return result


def fitted(image: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Scale so that the longest side is `size`, antialiased, keeping the proportions."""
    scale = size / max(image.shape)
    height, width = (max(1, round(side * scale)) for side in image.shape)
    if (height, width) == image.shape:
        return image
    resized = Image.fromarray(image).resize(
        (width, height), Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    )
    return np.asarray(resized, np.float32)


def _centred(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put the middle of the picture in the middle of 28 x 28."""
    height, width = image.shape
    result = np.zeros((SIZE, SIZE), np.float32)
    top, left = (SIZE - height) // 2, (SIZE - width) // 2
    result[top : top + height, left : left + width] = image
    return result


def _input(steps: list[Step], inverted: bool) -> NetworkInput:
    image = np.ascontiguousarray(np.clip(steps[-1].image, 0, 1), np.float32)
    return NetworkInput(image, tuple(steps), is_empty=False, inverted=inverted)


def _nothing(seen: NDArray[np.float32], inverted: bool) -> NetworkInput:
    steps = (Step("ink", seen),) if seen.size else ()
    return NetworkInput(np.zeros((SIZE, SIZE), np.float32), steps, is_empty=True, inverted=inverted)


# Examples of a dataset: 28 x 28 pixels that were prepared already, as they are or with something drawn on them.

FINENESS = 16
"""What is drawn on an example is drawn this much finer than its pixels are."""


def example_picture(image: NDArray[np.uint8]) -> Picture:
    """Make a picture of an example (28, 28) uint8, ink = 255: light on dark, as its dataset has it."""
    return Picture(np.ascontiguousarray(np.repeat(image[:, :, None], 3, axis=2), np.uint8))


def finer(picture: Picture) -> Picture:
    """Return an example with FINENESS x FINENESS pixels for each of its own, to be drawn on."""
    if picture.rgb.shape[0] != SIZE:
        return picture
    return Picture(picture.rgb.repeat(FINENESS, axis=0).repeat(FINENESS, axis=1))


def prepare_example(picture: Picture) -> NetworkInput:
    """Show a network of the example's own preprocessing the pixels themselves; a `finer` one is averaged to 28 x 28.

    Nothing is moved or scaled: where nothing was drawn, the network reads what it would read of the example.
    """
    red = picture.rgb[:, :, 0]  # the three are the same
    squares = red.reshape(SIZE, red.shape[0] // SIZE, SIZE, red.shape[1] // SIZE)
    levels = squares.mean(axis=(1, 3), dtype=np.float64)  # of bytes: exact
    image = np.ascontiguousarray(levels.astype(np.float32) / np.float32(255))
    steps: tuple[Step, ...] = (Step("example", image),)
    if len(red) > SIZE:
        steps = (Step("drawn", red.astype(np.float32) / np.float32(255)), Step("28 × 28", image))
    return NetworkInput(image, steps, is_empty=not image.any(), inverted=True)
