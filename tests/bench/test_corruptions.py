"""Corruptions do to a picture what their names say, in the dose that was asked for, the same for the same seed."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.datasets.sources import load_dataset
from tests.bench.accuracy.corruptions import CORRUPTIONS, Corruption, add_noise, blur, invert, occlude, rotate, shift

LEVELS = [pytest.param(one, level, id=f"{one.name} {level}") for one in CORRUPTIONS for level in one.levels]


@pytest.fixture(scope="module")
def digits() -> NDArray[np.uint8]:
    return load_dataset("mnist").test.images[:40]


def point(row: int = 14, column: int = 14) -> NDArray[np.uint8]:
    image = np.zeros((28, 28), np.uint8)
    image[row, column] = 255
    return image


@pytest.mark.parametrize(("corruption", "level"), LEVELS)
def test_every_corruption_makes_new_pictures_of_the_same_kind(
    corruption: Corruption, level: float, digits: NDArray[np.uint8]
) -> None:
    before = digits.copy()
    once, again = corruption.apply(digits, level, 5), corruption.apply(digits, level, 5)
    assert once.shape == digits.shape
    assert once.dtype == np.uint8
    np.testing.assert_array_equal(once, again)
    np.testing.assert_array_equal(digits, before)
    assert (once != digits).any(axis=(1, 2)).mean() > 0.6
    assert corruption.apply(digits[:0], level, 5).shape == (0, 28, 28)


@pytest.mark.parametrize("change", [shift, rotate, add_noise, blur, occlude, invert])
def test_no_strength_changes_nothing(change: object, digits: NDArray[np.uint8]) -> None:
    assert callable(change)
    np.testing.assert_array_equal(change(digits, 0, 1), digits)


@pytest.mark.parametrize("change", [shift, rotate, add_noise, occlude])
def test_what_is_random_differs_by_picture_and_seed(change: object, digits: NDArray[np.uint8]) -> None:
    assert callable(change)
    same = np.stack([digits[0]] * 30)
    changed = change(same, 8, 1)
    assert len(np.unique(changed, axis=0)) > 1
    assert (changed != change(same, 8, 2)).any()


def test_a_shift_moves_ink_as_far_as_it_says_in_all_directions() -> None:
    moved = shift(np.stack([point()] * 200), 6, 3)
    np.testing.assert_array_equal(moved.sum(axis=(1, 2)), 255)
    rows, columns = np.nonzero(moved)[1:]
    np.testing.assert_allclose(np.hypot(rows - 14, columns - 14), 6, atol=0.75)
    assert {(bool(row > 14), bool(column > 14)) for row, column in zip(rows, columns, strict=True)} == {
        (False, False), (False, True), (True, False), (True, True)
    }  # fmt: skip


def test_what_is_shifted_out_does_not_come_back_on_the_other_side() -> None:
    edge = np.full((50, 28, 28), 255, np.uint8)
    gone = (shift(edge, 4, 0) == 0).mean()
    assert 0.1 < gone < 0.3
    corner = shift(np.stack([point(0, 0)] * 100), 4, 0)
    assert not corner[:, 5:].any()
    assert not corner[:, :, 5:].any()


def test_a_rotation_turns_about_the_middle_by_its_angle() -> None:
    bar = np.zeros((28, 28), np.uint8)
    bar[13:15, 4:24] = 255
    (turned,) = rotate(bar[None], 30, 0)
    rows, columns = np.nonzero(turned > 127)
    slope = np.polyfit(columns, rows, 1)[0]
    assert abs(np.degrees(np.arctan(slope))) == pytest.approx(30, abs=1.5)
    assert (rows.mean(), columns.mean()) == pytest.approx((13.5, 13.5), abs=0.5)


def test_rotations_go_both_ways() -> None:
    left = np.zeros((28, 28), np.uint8)
    left[13:15, 2:14] = 255
    turned = rotate(np.stack([left] * 20), 30, 0)
    assert {bool(image[:13].sum() > image[15:].sum()) for image in turned} == {True, False}


def test_noise_has_its_standard_deviation_where_nothing_is_cut_off() -> None:
    grey = np.full((40, 28, 28), 128, np.uint8)
    noise = add_noise(grey, 0.1, 1).astype(float) - 128
    assert noise.std() == pytest.approx(25.5, rel=0.02)
    assert abs(noise.mean()) < 0.5


def test_a_blur_spreads_a_point_as_a_gaussian_and_keeps_its_ink() -> None:
    (blurred,) = blur(point()[None], 1, 0)
    distance = np.hypot(*np.mgrid[-14:14, -14:14])
    np.testing.assert_allclose(blurred, 255 * np.exp(-(distance**2) / 2) / (2 * np.pi), atol=1)
    np.testing.assert_allclose(blur(np.full((1, 28, 28), 200, np.uint8), 1, 0)[0, 4:-4, 4:-4], 200)


def test_an_occlusion_is_one_square_of_its_size_inside_the_picture() -> None:
    covered = occlude(np.full((300, 28, 28), 255, np.uint8), 8, 2) == 0
    assert set(covered.sum(axis=(1, 2)).tolist()) == {64}
    assert set(covered.any(axis=1).sum(axis=1).tolist()) == set(covered.any(axis=2).sum(axis=1).tolist()) == {8}
    assert covered.any(axis=0).mean() > 0.95


def test_an_inversion_exchanges_ink_and_ground(digits: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(invert(digits, 1, 0), 255 - digits)
    np.testing.assert_array_equal(invert(invert(digits, 1, 0), 1, 0), digits)
