"""What is seen on pictures themselves: digits, clothes or letters as their labels say, on their side or not.

Digits and clothes are compared with the starter data (nearest neighbour by the cosine of 14 x 14 pixels, which reads
94% of MNIST's and 80% of Fashion-MNIST's test pictures); letters, class by class, with letters rendered from the
program's own font. Pictures that lie on their side, or are dark on light, agree with their labels as chance has it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.core.datasets.known.scaling import boxed
from app.core.datasets.known.table import UPPER
from app.core.datasets.types import IMAGE_SIZE
from app.core.paths import resources_dir

Images = NDArray[np.uint8]
"""(n, h, w), ink or the lit side of things = 255."""

_PLAIN = 48  # of 255: so far from the level of the border it may be, and still be background


def read_digits(images: Images) -> NDArray[np.uint8]:
    """The digit, 0..9, that each picture (n, 28, 28) looks like most."""
    return _nearest(images, "mnist")


def read_clothes(images: Images) -> NDArray[np.uint8]:
    """The class of Fashion-MNIST, 0..9, that each picture (n, 28, 28) looks like most."""
    return _nearest(images, "fashion-mnist")


def letters_agreement(images: Images, letters: Sequence[str]) -> float:
    """The share of letters whose mean picture is most like that letter in print, of any case.

    `images` are (n, 28, 28), each `boxed`; `letters` says which one of A to Z each of them is.
    """
    said = np.array([UPPER.index(letter) for letter in letters])
    there = np.unique(said)
    means = _unit(_coarse(np.stack([images[said == label].mean(axis=0) for label in there])))
    likeness = np.einsum("nf,clf->ncl", means, _printed()).max(axis=2)
    return float(np.mean(likeness.argmax(axis=1) == there))


def background(images: NDArray[np.uint8]) -> float | None:
    """The level, 0..255, of the background that nearly all pictures share; None if they have none that is plain."""
    frame = np.concatenate([images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1]], axis=1)
    levels = np.median(frame, axis=1)
    plain = np.mean(np.abs(frame - levels[:, None]) < _PLAIN, axis=1) > 0.75
    level = float(np.median(levels))
    return level if np.mean(plain & (np.abs(levels - level) < _PLAIN)) > 0.85 else None


def _nearest(images: Images, name: str) -> NDArray[np.uint8]:
    features, labels = _references(name)
    found: NDArray[np.uint8] = labels[(_unit(_coarse(images)) @ features.T).argmax(axis=1)]
    return found


@cache
def _references(name: str) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    with np.load(resources_dir() / "starter" / f"{name}.npz") as starter:
        return _unit(_coarse(starter["x_train"])), starter["y_train"]


@cache
def _printed() -> NDArray[np.float32]:
    """(26, 4, features): each letter upper and lower case, regular and bold."""
    fonts = [
        ImageFont.truetype(resources_dir() / "fonts" / f"Pretendard-{weight}.otf", 90) for weight in ("Regular", "Bold")
    ]
    glyphs = [_glyph(case, font) for letter in UPPER for font in fonts for case in (letter, letter.lower())]
    return _unit(_coarse(boxed(np.stack(glyphs)))).reshape(len(UPPER), 4, -1)


def _glyph(letter: str, font: ImageFont.FreeTypeFont) -> Images:
    image = Image.new("L", (160, 160))
    ImageDraw.Draw(image).text((80, 80), letter, 255, font, anchor="mm")
    return np.asarray(image)


def _coarse(images: NDArray[Any]) -> NDArray[np.float32]:
    """(n, 28, 28) as 14 x 14, a row for each picture."""
    squares = images.reshape(len(images), IMAGE_SIZE // 2, 2, IMAGE_SIZE // 2, 2)
    return np.asarray(squares.mean(axis=(2, 4), dtype=np.float32).reshape(len(images), -1), np.float32)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    centred = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), np.float32(1e-6))
    return np.asarray(centred / lengths, np.float32)
