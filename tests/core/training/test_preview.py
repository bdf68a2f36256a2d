"""Training pictures as the augmentation varies them."""

import numpy as np
import pytest

from app.core.datasets.types import Dataset
from app.core.recipes import find_recipe

CONFIG = find_recipe("digits-cnn").config


@pytest.mark.usefixtures("tensorflow")
def test_rows_begin_with_the_picture_itself(bars: Dataset) -> None:
    from app.core.training.augmentation import COLUMNS, ROWS, varied

    pictures = varied(bars.train.images, CONFIG, 1)
    assert pictures.shape == (ROWS, COLUMNS, 28, 28)
    assert pictures.dtype == np.uint8
    for row in pictures:
        assert any(np.array_equal(row[0], image) for image in bars.train.images)
        assert len({image.tobytes() for image in row}) == COLUMNS


@pytest.mark.usefixtures("tensorflow")
def test_a_number_gives_the_same_again_and_another_gives_others(bars: Dataset) -> None:
    from app.core.training.augmentation import varied

    first = varied(bars.train.images, CONFIG, 1)
    np.testing.assert_array_equal(first, varied(bars.train.images, CONFIG, 1))
    assert not np.array_equal(first, varied(bars.train.images, CONFIG, 2))


@pytest.mark.usefixtures("tensorflow")
def test_without_augmentation_nothing_changes(bars: Dataset) -> None:
    from app.core.training.augmentation import varied

    plain = find_recipe("quickstart-mnist").config
    pictures = varied(bars.train.images[:2], plain, 3)
    np.testing.assert_array_equal(pictures, np.repeat(pictures[:, :1], pictures.shape[1], axis=1))
