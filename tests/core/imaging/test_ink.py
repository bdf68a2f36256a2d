"""Ink in photographs: found whatever the light, the paper and what lies around it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.background import is_light_on_dark
from app.core.imaging.drawing import load_drawing
from app.core.imaging.ink import find_ink, readable_grey, thicken
from app.core.imaging.morphology import extent
from app.core.imaging.pictures import Picture
from tests.written import rendered

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"


def page(name: str = "digit-2", height: int = 360, width: int = 320, pen: float = 12) -> NDArray[np.float32]:
    """Return a digit on white paper, dark on light."""
    drawing = load_drawing(SAMPLES / f"{name}.drawing.json")
    return np.asarray(rendered(drawing, width, height, pen) / 255, np.float32)


@pytest.mark.parametrize("pen", [3.0, 20.0])
def test_light_that_falls_off_towards_the_corners_is_no_writing(pen: float) -> None:
    rows, columns = np.linspace(-1, 1, 360)[:, None], np.linspace(-1, 1, 320)
    lens = (1 - 0.06 * (rows**2 + columns**2)).astype(np.float32)
    photo = (0.4 + 0.4 * page(pen=pen)) * lens
    assert not is_light_on_dark(photo)
    assert is_light_on_dark((0.2 + 0.4 * (1 - page(pen=pen))) / lens)
    ink, inverted = find_ink(photo)
    assert not inverted
    assert float((ink > 0.5).mean()) == pytest.approx(float((page(pen=pen) < 0.5).mean()), rel=0.2)


@pytest.mark.parametrize("deviation", [0.01, 0.03])
@pytest.mark.parametrize("level", [0.2, 0.5, 0.9])
def test_noise_is_no_writing(level: float, deviation: float) -> None:
    grain = np.random.default_rng(4).normal(level, deviation, (300, 260))
    photo = np.asarray(grain.clip(0, 1), np.float32)
    for light_on_dark in (None, True, False):
        ink, _ = find_ink(photo, light_on_dark)
        assert not ink.any()


def test_a_dark_table_around_the_sheet_is_neither_writing_nor_ground() -> None:
    rng = np.random.default_rng(5)
    sheet = 0.15 + 0.7 * page(pen=14)
    photo = np.asarray(0.12 + rng.normal(0, 0.02, (440, 400)), np.float32)
    photo[40:400, 40:360] = sheet + rng.normal(0, 0.005, sheet.shape)
    ink, inverted = find_ink(photo.clip(0, 1))
    assert not inverted
    assert float((ink > 0.5).sum()) == pytest.approx(float((page(pen=14) < 0.5).sum()), rel=0.2)
    rows, columns = np.nonzero(ink > 0.5)
    assert min(rows.min() - 40, columns.min() - 40, 400 - rows.max(), 360 - columns.max()) > 0


@pytest.mark.parametrize("name", ["digit-0", "digit-7", "digit-9"])
def test_a_bold_digit_in_a_tight_crop_in_uneven_light_is_dark_on_light(name: str) -> None:
    sheet = page(name, 300, 300, pen=34)
    rows, columns = (np.flatnonzero((sheet < 0.5).any(axis=axis)) for axis in (1, 0))
    crop = sheet[max(rows[0] - 12, 0) : rows[-1] + 12, max(columns[0] - 12, 0) : columns[-1] + 12]
    light = np.linspace(0.55, 1, len(crop))[:, None] * np.linspace(1, 0.85, crop.shape[1])
    assert not is_light_on_dark(np.asarray((0.3 + 0.6 * crop) * light, np.float32))


@pytest.mark.parametrize("area", [0.2, 0.47, 0.7, 0.9])
@pytest.mark.parametrize(("background", "thing"), [(1.0, 0.0), (1.0, 0.83), (0.0, 1.0), (0.5, 0.1)])
def test_what_fills_much_of_a_plain_picture_is_still_ink(background: float, thing: float, area: float) -> None:
    rows, columns = np.mgrid[-0.5:0.5:200j, -0.5:0.5:200j]
    disc = np.hypot(rows, columns) < np.sqrt(area / np.pi)  # the largest reaches over the border
    ink, inverted = find_ink(np.where(disc, thing, background).astype(np.float32))
    assert inverted is (thing > background)
    assert np.array_equal(ink > 0.5, disc)


def test_a_large_thing_is_seen_in_its_colour() -> None:
    rgb = np.full((200, 200, 3), 255, np.uint8)
    rgb[40:160, 40:160] = (255, 220, 60)  # its red is that of the paper
    ink, _ = find_ink(readable_grey(Picture(rgb)))
    assert float((ink > 0.5).mean()) == pytest.approx(0.36)


@pytest.mark.parametrize("light_on_dark", [False, True])
@pytest.mark.parametrize("side", [20, 40, 200])
@pytest.mark.parametrize("name", ["digit-0", "digit-2", "digit-5", "digit-7"])
def test_a_digit_cropped_to_its_ink_is_all_there_in_either_polarity(name: str, side: int, light_on_dark: bool) -> None:
    ink = 1 - page(name, 400, 400, pen=40)
    crop = Image.fromarray(ink[extent(ink > 0)])
    scale = side / max(crop.size)
    size = (round(crop.width * scale), round(crop.height * scale))
    small = np.asarray(crop.resize(size, Image.Resampling.BOX), np.float32)
    found, inverted = find_ink(small if light_on_dark else 1 - small)
    assert inverted is light_on_dark
    np.testing.assert_allclose(found, small, atol=0.1)


def test_a_few_large_pixels_become_strokes_with_round_corners() -> None:
    steps = np.eye(8, dtype=np.float32)  # a diagonal stroke in black and white
    large = thicken(steps, 20, 4)
    assert max(large.shape) == 80
    between = large[15:66, 15:66].diagonal()
    assert float(between.min()) > 0.3  # one line, where the corners of squares would only just touch
    assert float(np.abs(np.diff(large, axis=1)).max()) < 0.2  # and no steps


@pytest.mark.parametrize("shaded", [0.3, 0.6])
def test_a_shadow_across_a_quiet_sheet_is_no_ink(shaded: float) -> None:
    columns = np.linspace(0, 1, 320)
    light = 1 - 0.55 * np.clip((columns - (1 - shaded)) / 0.03, 0, 1)
    grain = np.random.default_rng(6).normal(0, 0.004, (360, 320))
    photo = np.asarray((0.15 + 0.75 * page(pen=14)) * light + grain, np.float32).clip(0, 1)
    ink, inverted = find_ink(photo)
    assert not inverted
    assert float((ink > 0.5).sum()) == pytest.approx(float((page(pen=14) < 0.5).sum()), rel=0.2)


@pytest.mark.parametrize("name", ["digit-0", "digit-5", "digit-7"])
@pytest.mark.parametrize("printed", ["box", "line"])
def test_a_printed_box_around_a_digit_and_a_line_under_it_are_no_ink(name: str, printed: str) -> None:
    form = page(name).copy()
    form[330:333, 20:-20] = 0
    if printed == "box":
        form[20:23, 20:-20] = form[20:333, 20:23] = form[20:333, -23:-20] = 0
    ink, inverted = find_ink(form)
    assert not inverted
    assert float((ink > 0.5).sum()) == pytest.approx(float((page(name) < 0.5).sum()), rel=0.05)
