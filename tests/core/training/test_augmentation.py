"""Pictures varied at random: within the limits, and each by its own amount."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig

pytestmark = pytest.mark.usefixtures("tensorflow")


def varied(image: NDArray[np.float32], **values: object) -> NDArray[np.float32]:
    """256 variations of a picture (28, 28)."""
    import tensorflow as tf

    from app.core.training.augmentation import augment

    config = TrainingConfig(recipe="x", layers=()).changed(**values)
    images = tf.tile(tf.constant(image[None, :, :, None]), (256, 1, 1, 1))
    answer: NDArray[np.float32] = np.asarray(augment(images, config, tf.constant(3)))[..., 0]
    return answer


@pytest.fixture
def bar() -> NDArray[np.float32]:
    """A vertical line, four pixels wide and sixteen high, in the middle."""
    image = np.zeros((28, 28), np.float32)
    image[6:22, 12:16] = 1
    return image


def test_without_settings_nothing_changes(bar: NDArray[np.float32]) -> None:
    np.testing.assert_allclose(varied(bar, flip=False), np.broadcast_to(bar, (256, 28, 28)), atol=1e-5)


def test_shear_slants_rows_and_keeps_their_ink(bar: NDArray[np.float32]) -> None:
    images = varied(bar, shear_deg=20)
    rows = images[:, 8:20].sum(axis=2)
    np.testing.assert_allclose(rows, 4, atol=0.01)
    columns = np.arange(28)
    top, bottom = ((images[:, row] * columns).sum(axis=1) / 4 for row in (8, 19))
    slant = (bottom - top) / 11
    limit = np.tan(np.radians(20))
    assert np.abs(slant).max() <= limit + 0.01
    assert slant.min() < -limit / 2
    assert slant.max() > limit / 2


def test_strokes_grow_and_shrink_by_up_to_the_limit(bar: NDArray[np.float32]) -> None:
    widths = varied(bar, stroke_px=1.5)[:, 14].sum(axis=1)
    assert widths.min() == pytest.approx(4 - 1.5, abs=0.1)
    assert widths.max() == pytest.approx(4 + 1.5, abs=0.1)
    assert varied(bar, stroke_px=1.5).max() <= 1 + 1e-6


def test_bending_moves_ink_within_reach_and_keeps_the_picture_whole(bar: NDArray[np.float32]) -> None:
    images = varied(bar, elastic_px=2)
    assert images.min() >= 0
    assert images.max() <= 1 + 1e-6
    columns = np.arange(28)
    middles = (images[:, 14] * columns).sum(axis=1) / np.maximum(images[:, 14].sum(axis=1), 1e-6)
    assert 0.5 < np.std(middles) < 2
    assert not images[:, :2].any() or images[:, :2].mean() < 0.01


def test_half_of_the_pictures_lose_a_rectangle(bar: NDArray[np.float32]) -> None:
    full = np.ones_like(bar)
    images = varied(full, erase=0.5)
    touched = (images < 1).any(axis=(1, 2))
    assert 0.3 < touched.mean() < 0.6
    hidden = images[touched] < 1
    rows, columns = hidden.any(axis=2).sum(axis=1), hidden.any(axis=1).sum(axis=1)
    np.testing.assert_array_equal(hidden.sum(axis=(1, 2)), rows * columns)
    assert rows.max() <= 14
    assert columns.max() <= 14


def test_a_quarter_of_the_pictures_get_grain_of_up_to_its_strength() -> None:
    images = varied(np.full((28, 28), 0.5, np.float32), noise=0.1)
    deviations = images.reshape(256, -1).std(axis=1)
    assert 0.15 < (deviations > 0).mean() < 0.35
    assert 0.07 < deviations.max() < 0.11


def test_a_quarter_of_the_pictures_are_blurred_and_keep_their_ink(bar: NDArray[np.float32]) -> None:
    images = varied(bar, blur_px=1)
    blurred = np.abs(images - bar).max(axis=(1, 2)) > 0.01
    assert 0.15 < blurred.mean() < 0.35
    np.testing.assert_allclose(images.sum(axis=(1, 2)), bar.sum(), rtol=1e-4)


def test_some_pictures_are_shown_as_negatives(bar: NDArray[np.float32]) -> None:
    images = varied(bar, invert=0.2)
    negative = images[:, 0, 0] == 1
    assert 0.12 < negative.mean() < 0.3
    np.testing.assert_allclose(images[negative], np.broadcast_to(1 - bar, (negative.sum(), 28, 28)))
