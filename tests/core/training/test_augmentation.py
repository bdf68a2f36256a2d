"""Pictures varied at random: within the limits, and each by its own amount."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.models.config import TrainingConfig

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
