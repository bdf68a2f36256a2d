"""Digits of a published set as people cut them out: to the ink, small, enlarged, stretched, in either polarity."""

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray
from PIL import Image

from app.core.datasets.types import LabelledImages
from app.core.imaging.morphology import extent
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import prepare_picture
from app.core.inference.calibration import judge
from tests.bench.accuracy.data import full_set
from tests.bench.accuracy.reading import DIGITS, grey_picture, predictor
from tests.bench.report import Tally

Levels = NDArray[np.uint8]
"""A grey picture (h, w), ink light on dark."""

SCALES_PX = (20, 28, 40, 80, 200)
TOUCHED = {"one side": 1, "two sides": 2}
MARGIN_PX = 6  # at the sides that ink does not touch, of a digit 28 px high
QUALITY = 30

DIGIT_GOAL, STRETCHED_16_GOAL, STRETCHED_8_GOAL = ">= 97", ">= 93", ">= 85"


@dataclass(frozen=True)
class Kind:
    """A way to cut a digit out. `make` takes one cropped to its ink, light on dark; `random` differs for each."""

    name: str
    make: Callable[[Levels, Generator], Levels]
    goal: str = ""


def rows(count: int = 2000, split: str = "test") -> Iterator[Tally]:
    """Each kind in both polarities, on `count` digits of MNIST; none if MNIST is not here."""
    digits = full_set("mnist")
    if digits is None:
        return
    part: LabelledImages = getattr(digits, split)
    chosen = np.random.default_rng(13).permutation(len(part))[:count]
    for kind in KINDS:
        for polarity, is_dark in (("dark on light", True), ("light on dark", False)):
            pictures = [picture(kind, part.images[at], is_dark, int(at)) for at in chosen]
            yield read(f"{kind.name}, {polarity}", pictures, part.labels[chosen], kind.goal)


def picture(kind: Kind, image: NDArray[np.uint8], is_dark: bool, seed: int) -> Picture:
    """A digit (28, 28) uint8 of the set, cut out in one way."""
    levels = kind.make(image[extent(image > 0)], Generator(PCG64([seed, zlib.crc32(kind.name.encode())])))
    return grey_picture(255 - levels if is_dark else levels)


def read(name: str, pictures: list[Picture], labels: NDArray[np.uint8], goal: str = "") -> Tally:
    """What the shipped reader of digits makes of them."""
    reader = predictor(DIGITS)
    shown = [prepare_picture(each, reader.preprocessing) for each in pictures]
    probabilities = reader.probabilities(np.stack([each.image for each in shown]))
    is_read = np.array([not each.is_empty for each in shown])
    right = is_read & (probabilities.argmax(axis=1) == labels)
    strange = np.array([verdict == "unknown" for verdict in judge(probabilities, reader.model.card.calibration)])
    refused = {"nothing to read": int((~is_read).sum()), "not a digit": int((is_read & strange & ~right).sum())}
    return Tally("strangers", name, len(labels), int(right.sum()), goal, refused)


def _scaled(side: int) -> Callable[[Levels, Generator], Levels]:
    """The longest side gets so many pixels."""

    def make(crop: Levels, _random: Generator) -> Levels:
        scale = side / max(crop.shape)
        return _resized(crop, max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))

    return make


def _stretched(side: int) -> Callable[[Levels, Generator], Levels]:
    """To a square, whatever the proportions were."""
    return lambda crop, _random: _resized(crop, side, side)


def _black_and_white(make: Callable[[Levels, Generator], Levels]) -> Callable[[Levels, Generator], Levels]:
    return lambda crop, random: np.where(make(crop, random) > 127, 255, 0).astype(np.uint8)


def _touching(sides: int) -> Callable[[Levels, Generator], Levels]:
    """Ink touches so many sides, chosen at random; at the others there is a margin."""

    def make(crop: Levels, random: Generator) -> Levels:
        margins = np.full(4, MARGIN_PX)
        margins[random.permutation(4)[:sides]] = 0
        top, right, bottom, left = margins.tolist()
        return np.pad(_scaled(28)(crop, random), ((top, bottom), (left, right)))

    return make


def _margin(pixels: int) -> Callable[[Levels, Generator], Levels]:
    return lambda crop, random: np.pad(_scaled(28)(crop, random), pixels)


def _jpeg(side: int) -> Callable[[Levels, Generator], Levels]:
    def make(crop: Levels, random: Generator) -> Levels:
        file = io.BytesIO()
        Image.fromarray(_scaled(side)(crop, random)).save(file, "JPEG", quality=QUALITY)
        return np.asarray(Image.open(file).convert("L"))

    return make


def _resized(crop: Levels, width: int, height: int) -> Levels:
    how = Image.Resampling.BOX if max(width, height) < max(crop.shape) else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(crop).resize((width, height), how))


KINDS = (
    *(Kind(f"cropped to its ink, {side} px", _scaled(side), DIGIT_GOAL) for side in SCALES_PX),
    *(Kind(f"cropped, black and white, {side} px", _black_and_white(_scaled(side)), DIGIT_GOAL) for side in SCALES_PX),
    Kind("stretched to 16 x 16, grey", _stretched(16), STRETCHED_16_GOAL),
    Kind("stretched to 16 x 16, black and white", _black_and_white(_stretched(16)), STRETCHED_16_GOAL),
    Kind("stretched to 8 x 8, grey", _stretched(8), STRETCHED_8_GOAL),
    Kind("stretched to 8 x 8, black and white", _black_and_white(_stretched(8)), STRETCHED_8_GOAL),
    *(Kind(f"cropped, {side} px", _scaled(side), STRETCHED_8_GOAL) for side in (8, 12)),
    *(
        Kind(f"cropped, black and white, {side} px", _black_and_white(_scaled(side)), STRETCHED_8_GOAL)
        for side in (8, 12)
    ),
    *(Kind(f"touching {name}", _touching(sides), DIGIT_GOAL) for name, sides in TOUCHED.items()),
    *(Kind(f"margin of {margin} px", _margin(margin), DIGIT_GOAL) for margin in (1, 2)),
    *(Kind(f"cropped, JPEG, {side} px", _jpeg(side), DIGIT_GOAL) for side in (28, 80)),
)
