"""Drawing on pictures and rubbing out of them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.ink import find_ink
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import DIGITS, FINENESS, example_picture, finer, prepare_example, prepare_picture
from app.core.imaging.retouch import WORK_SIDE, Materials, Retouch, example_materials, find_materials, workable

PAPER, BLUE = (214, 206, 190), (40, 60, 150)


def photograph(height: int = 240, width: int = 320) -> Picture:
    """Grainy paper in light that falls off to the right, with a blue 1 on it."""
    random = np.random.default_rng(5)
    light = np.linspace(1.0, 0.75, width)[None, :, None]
    rgb = np.array(PAPER) * light + random.normal(0, 2, (height, width, 1))
    rgb[height // 4 : 3 * height // 4, width // 2 - 4 : width // 2 + 4] = BLUE
    return Picture(np.rint(rgb.clip(0, 255)).astype(np.uint8))


def line(picture: Picture, materials: Materials, points: list[tuple[float, float]], rubs: bool = False) -> Retouch:
    retouch = Retouch(picture, materials, materials.pen_width * (1.4 if rubs else 1), rubs)
    for point in points:
        retouch.add(*point)
    return retouch


def test_a_photograph_is_drawn_on_in_the_colour_and_width_of_its_own_ink() -> None:
    picture = photograph()
    materials = find_materials(picture)
    assert np.abs(np.subtract(materials.ink, BLUE)).max() <= 12
    assert materials.pen_width == pytest.approx(8, abs=2)
    drawn = line(picture, materials, [(60, 60), (260, 60)]).picture
    assert np.abs(drawn.rgb[60, 100].astype(int) - BLUE).max() <= 12
    np.testing.assert_array_equal(drawn.rgb[100:], picture.rgb[100:])


def test_rubbing_out_leaves_the_paper_that_is_around() -> None:
    picture = photograph()
    materials = find_materials(picture)
    rubbed = line(picture, materials, [(160, 50), (160, 190)], rubs=True).picture
    beside = picture.rgb[60:180, 120:140].mean(axis=(0, 1))
    assert np.abs(rubbed.rgb[60:180, 156:164].mean(axis=(0, 1)) - beside).max() < 6
    before, after = (find_ink(shown.grey)[0][60:180, 156:164].mean() for shown in (picture, rubbed))
    assert before > 0.7
    assert after < 0.05


def test_light_ink_on_dark_ground_is_drawn_on_with_light_ink() -> None:
    picture = Picture(255 - photograph().rgb)
    assert np.mean(find_materials(picture).ink) > 150


def test_an_empty_page_has_ink_of_its_own() -> None:
    white = Picture(np.full((200, 200, 3), 255, np.uint8))
    assert find_materials(white).ink == (0, 0, 0)
    assert find_materials(Picture(255 - white.rgb), invert=True).ink == (255, 255, 255)


def seven() -> NDArray[np.uint8]:
    image = np.zeros((28, 28), np.uint8)
    image[5:7, 6:20] = image[5:24, 17:19] = 250
    return image


def test_ink_on_an_example_is_light_and_leaves_the_rest_exactly_as_it_was() -> None:
    picture = finer(example_picture(seven()))
    across = [(11.0 * FINENESS, 14.0 * FINENESS), (22.0 * FINENESS, 14.0 * FINENESS)]
    read = prepare_example(line(picture, example_materials(picture), across).picture).image
    before = prepare_example(picture).image
    assert read[14, 13] > 0.9
    np.testing.assert_array_equal(read[17:], before[17:])
    np.testing.assert_array_equal(read[:11], before[:11])
    assert np.all(read >= before - 1e-6)


def test_rubbing_on_an_example_leaves_black() -> None:
    picture = finer(example_picture(seven()))
    down = [(18.0 * FINENESS, 0.0), (18.0 * FINENESS, 28.0 * FINENESS)]
    read = prepare_example(line(picture, example_materials(picture), down, rubs=True).picture).image
    assert read[10:, 17:19].max() == 0
    assert read[5, 8] == pytest.approx(250 / 255)


def test_a_line_grown_point_by_point_is_the_union_of_its_pieces() -> None:
    """Distances are checked against every point of a finely sampled line."""
    picture = Picture(np.full((224, 224, 3), 255, np.uint8))
    materials = Materials((0, 0, 0), picture.rgb, 10)
    retouch = line(picture, materials, [(30.2, 40.7), (150, 60), (90.5, 180)])
    corners = np.array([(30.2, 40.7), (150, 60), (90.5, 180)])
    t = np.linspace(0, 1, 2000)[:, None]
    samples = np.concatenate([corners[0] + t * (corners[1] - corners[0]), corners[1] + t * (corners[2] - corners[1])])
    for y, x in ((50, 90), (60, 152), (120, 120), (40, 30), (100, 40), (55, 60), (181, 90)):
        nearest = np.hypot(*(samples - (x + 0.5, y + 0.5)).T).min()
        expected = 255 * (1 - np.clip(5.5 - nearest, 0, 1))
        assert retouch.picture.rgb[y, x, 0] == pytest.approx(expected, abs=1.5)


def test_what_is_outside_the_picture_has_no_effect() -> None:
    picture = photograph()
    retouch = line(picture, find_materials(picture), [(-50, -80), (-40, 500), (900, 900)])
    assert not retouch.is_changed
    assert line(picture, find_materials(picture), [(-50, 60), (60, 60)]).is_changed


def test_sizes_that_can_be_drawn_on() -> None:
    large, middling, small, thin = (
        Picture(np.full((*size, 3), 200, np.uint8)) for size in ((1024, 700), (300, 400), (28, 20), (1, 1024))
    )
    assert max(workable(large).rgb.shape[:2]) == WORK_SIDE
    assert workable(middling) is middling
    assert workable(small).rgb.shape[:2] == (224, 160)
    assert workable(thin).rgb.shape[:2] == (1, 512)


def test_the_network_reads_much_the_same_of_a_picture_made_workable() -> None:
    image = np.zeros((28, 28, 3), np.uint8)
    image[5:24, 13:15] = 255
    picture = Picture(255 - image)
    before, after = (prepare_picture(shown, DIGITS).image for shown in (picture, workable(picture)))
    assert np.abs(before - after).mean() < 0.03
