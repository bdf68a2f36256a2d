"""Clothes on plain backgrounds of any colour and light; nothing where nothing lies."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from app.core.imaging.clothing import find_clothing
from app.core.imaging.pictures import Picture, load_picture
from app.core.imaging.preprocess import CLOTHES, prepare_picture

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
NAMES = ("t-shirt", "trouser", "ankle-boot")
SIDE = 320


def laid(name: str, background: NDArray[np.floating]) -> NDArray[np.floating]:
    """Lay the piece on a background, (h, w, 3) in [0, 1]."""
    piece = load_picture(SAMPLES / f"{name}.png").rgb / 255
    cover = np.asarray(Image.fromarray(np.uint8((piece.min(axis=2) < 0.97) * 255)).filter(ImageFilter.MedianFilter(5)))
    top, left = (SIDE - len(piece)) // 2, (SIDE - piece.shape[1]) // 2
    page = background.copy()
    place = page[top : top + len(piece), left : left + piece.shape[1]]
    place += (cover / 255)[..., None] * (piece - place)
    return page


def levels(page: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.clip(page, 0, 1) * 255), np.uint8)


def plain(*colour: float) -> NDArray[np.floating]:
    return np.ones((SIDE, SIDE, 3)) * colour


def gradient() -> NDArray[np.floating]:
    return plain(0.95, 0.94, 0.9) * (np.linspace(0.7, 1, SIDE)[:, None] * np.linspace(1, 0.85, SIDE))[..., None]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("background", [plain(0.93, 0.92, 0.9), plain(0.9, 0.75, 0.75), gradient()])
def test_the_background_makes_no_difference(name: str, background: NDArray[np.floating]) -> None:
    rng = np.random.default_rng(1)
    seen = prepare_picture(load_picture(SAMPLES / f"{name}.png"), CLOTHES).image
    page = laid(name, background)
    for noise in (0, 0.02):
        result = prepare_picture(Picture(levels(page + rng.normal(0, noise, page.shape))), CLOTHES)
        assert not result.inverted
        assert not result.is_empty
        assert np.abs(result.image - seen).mean() < 0.06


def network_picture(name: str) -> NDArray[np.uint8]:
    """Return the piece as Fashion-MNIST shows it, enlarged: no margin, the longest side from border to border."""
    small = prepare_picture(load_picture(SAMPLES / f"{name}.png"), CLOTHES).image
    enlarged = Image.fromarray(levels(small)).resize((112, 112), Image.Resampling.BICUBIC)
    return np.repeat(np.asarray(enlarged)[..., None], 3, axis=2)


@pytest.mark.parametrize("name", NAMES)
def test_a_piece_that_reaches_the_border_is_no_ground(name: str) -> None:
    seen = prepare_picture(load_picture(SAMPLES / f"{name}.png"), CLOTHES).image
    enlarged = network_picture(name)
    for page, light_on_dark in ((enlarged, True), (255 - enlarged, False)):
        result = prepare_picture(Picture(page), CLOTHES)
        assert result.inverted is light_on_dark
        assert np.abs(result.image - seen).mean() < 0.06


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("deviation", [0.1, 0.2])
def test_a_piece_is_found_whole_in_a_grainy_picture(name: str, deviation: float) -> None:
    enlarged = network_picture(name)
    coarse = np.random.default_rng(5).normal(0, deviation, (28, 28)).astype(np.float32)
    grain = np.asarray(Image.fromarray(coarse).resize((112, 112), Image.Resampling.BICUBIC))
    alone = find_clothing(enlarged).piece
    found = find_clothing(levels(enlarged / 255 + grain[..., None])).piece
    assert alone is not None
    assert found is not None
    assert found.shape == pytest.approx(alone.shape, abs=10)


def test_a_soft_shadow_is_ground() -> None:
    page = laid("t-shirt", plain(0.93, 0.92, 0.9))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    shade = 1 - 0.3 * np.exp(-((rows - 285) ** 2 / 600 + (columns - 160) ** 2 / 9000))
    shaded = find_clothing(levels(page * shade[..., None])).piece
    alone = find_clothing(levels(page)).piece
    assert shaded is not None
    assert alone is not None
    assert shaded.shape == pytest.approx(alone.shape, abs=12)


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_nothing_lies_on_an_empty_ground(noise: float) -> None:
    rng = np.random.default_rng(2)
    for background in (plain(0.9, 0.9, 0.9), plain(0.2, 0.3, 0.6), plain(0, 0, 0), gradient()):
        picture = Picture(levels(background + rng.normal(0, noise, background.shape)))
        for invert in (None, False):
            assert prepare_picture(picture, CLOTHES, invert).is_empty


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_heavy_grain_alone_is_nothing(level: float) -> None:
    grain = np.random.default_rng(6).normal(level, 0.2, (SIDE, SIDE, 1)).repeat(3, axis=2)
    assert prepare_picture(Picture(levels(grain)), CLOTHES).is_empty


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 200), (3, 700), (28, 28), (49, 51), (60, 60)])
def test_noise_of_any_shape_is_survived(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    for invert in (None, True, False):
        result = prepare_picture(Picture(rng.integers(0, 256, (*shape, 3), np.uint8)), CLOTHES, invert)
        assert result.image.shape == (28, 28)
        assert np.isfinite(result.image).all()
