"""Pale coloured ink is seen in the channel in which it is dark; everything else is seen as ever."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.drawing import load_drawing
from app.core.imaging.ink import readable_grey
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import DIGITS, prepare_picture
from tests.written import rendered

SAMPLE = Path(__file__).parents[3] / "resources" / "samples" / "digit-3.drawing.json"
YELLOW = (0.99, 0.88, 0.2)


def photo(colour: tuple[float, float, float], side: int = 320, noise: float = 0.01) -> Picture:
    ink = 1 - rendered(load_drawing(SAMPLE), side, side, side / 25).astype(np.float32)[..., None] / 255
    page: NDArray[np.floating] = 0.93 + ink * (np.array(colour) - 0.93)
    page = page * np.linspace(0.8, 1, side)[:, None, None] + np.random.default_rng(1).normal(0, noise, page.shape)
    return Picture(np.rint(np.clip(page, 0, 1) * 255).astype(np.uint8))


def test_yellow_ink_is_read_like_black() -> None:
    black, yellow = (prepare_picture(photo(colour), DIGITS) for colour in ((0.1, 0.1, 0.1), YELLOW))
    assert not yellow.inverted
    assert np.abs(yellow.image - black.image).mean() < 0.03


@pytest.mark.parametrize("colour", [(0.1, 0.1, 0.1), (0.1, 0.15, 0.4), (0.4, 0.4, 0.4)])
def test_pens_that_luminance_shows_well_are_left_to_it(colour: tuple[float, float, float]) -> None:
    picture = photo(colour)
    assert readable_grey(picture) is picture.grey


def test_small_pictures_are_left_alone() -> None:
    picture = photo(YELLOW, side=28)
    assert readable_grey(picture) is picture.grey
