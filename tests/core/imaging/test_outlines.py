"""Hollow digits are filled; what digits enclose, and forms around them, are not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.core.datasets.sources import load_dataset
from app.core.imaging.morphology import Grey, extent
from app.core.imaging.outlines import filled

CURVES = {
    "7": [[(40, 40), (160, 40), (80, 220)]],
    "2": [[(50, 80), (70, 45), (120, 40), (150, 80), (130, 130), (50, 210), (160, 210)]],
    "5": [[(150, 40), (60, 40), (60, 110), (120, 100), (155, 150), (120, 205), (50, 200)]],
    "4": [[(90, 40), (40, 150), (170, 150)], [(130, 90), (130, 230)]],
    "0": [[(100 + 55 * np.cos(a), 130 + 90 * np.sin(a)) for a in np.linspace(0, 6.3, 60)]],
}


def stroke(curves: list[list[tuple[float, float]]], width: float) -> Grey:
    image = Image.new("L", (220, 270))
    draw = ImageDraw.Draw(image)
    for curve in curves:
        draw.line(curve, 255, round(width), "curve")
        for x, y in curve:
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), 255)
    return np.asarray(image, np.float32) / np.float32(255)


@pytest.mark.parametrize("digit", CURVES)
@pytest.mark.parametrize(("width", "line"), [(26, 5), (36, 4), (38, 8)])
def test_an_outline_becomes_the_stroke_that_it_is_of(digit: str, width: float, line: float) -> None:
    outer = stroke(CURVES[digit], width + line)
    hollow = np.clip(outer - stroke(CURVES[digit], width - line), 0, 1)
    assert np.abs(filled(hollow) - outer).mean() < 0.01


@pytest.mark.parametrize("digit", CURVES)
@pytest.mark.parametrize("width", [3, 8, 20, 40])
def test_a_stroke_stays_as_it_is(digit: str, width: float) -> None:
    ink = stroke(CURVES[digit], width)
    assert filled(ink) is ink


@pytest.mark.parametrize("squeeze", [1.0, 0.6, 0.4])
def test_no_digit_of_mnist_is_filled(squeeze: float) -> None:
    for image in load_dataset("mnist").test.images[:200]:
        crop = Image.fromarray(image[extent(image > 0)])
        size = round(crop.width * 6 * squeeze) + 1, crop.height * 6
        ink = np.asarray(crop.resize(size, Image.Resampling.BICUBIC), np.float32) / np.float32(255)
        assert filled(ink) is ink


@pytest.mark.parametrize("digit", CURVES)
@pytest.mark.parametrize("shape", ["rectangle", "ellipse"])
def test_forms_around_digits_are_not_filled(digit: str, shape: str) -> None:
    image = Image.fromarray((stroke(CURVES[digit], 10) * 255).astype(np.uint8))
    getattr(ImageDraw.Draw(image), shape)((8, 8, 211, 261), outline=255, width=4)
    ink = np.asarray(image, np.float32) / np.float32(255)
    if (digit, shape) != ("0", "ellipse"):  # which is a hollow zero
        assert filled(ink) is ink


ONE = [[(100.0, 40.0), (100.0, 220.0)]]


def row(strokes: list[list[list[tuple[float, float]]]], width: float) -> Grey:
    return np.hstack([stroke(curves, width) for curves in strokes])


def test_a_hollow_one_is_filled_beside_other_hollow_digits_and_what_a_zero_encloses_is_not() -> None:
    number = [CURVES["2"], ONE, CURVES["0"], CURVES["7"], CURVES["4"]]
    outer = row(number, 31)
    hollow = np.clip(outer - row(number, 21), 0, 1)
    assert np.abs(filled(hollow) - outer).mean() < 0.01


@pytest.mark.parametrize("width", [3, 8, 20])
def test_a_number_stays_as_it_is(width: float) -> None:
    ink = row([CURVES["0"], ONE, CURVES["4"], CURVES["0"]], width)
    assert filled(ink) is ink
