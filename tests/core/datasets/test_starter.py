"""The committed starter data itself."""

import numpy as np
import pytest

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import STARTER_COUNTS, load_dataset
from app.core.datasets.types import Variant

HASHES = {
    "mnist": "55717dac88fe21a15c87463aa0eea5574fee5cc7c25b0d964e7c1f553fff0919",
    "fashion-mnist": "a2c3ebb3c4e72b29fad0b6ac1bb292769a6f61716e4bfe75300e71825a00b820",
}


@pytest.mark.parametrize("name", DATASETS)
def test_starter_is_balanced_shuffled_and_has_no_picture_twice(name: str) -> None:
    data = load_dataset(name)
    assert data.variant is Variant.STARTER
    assert data.description == f"{data.title}, starter: 4,000 training, 1,000 test"
    assert (len(data.train), len(data.test)) == STARTER_COUNTS
    for part in (data.train, data.test):
        assert part.images.dtype == part.labels.dtype == np.uint8
        assert part.images.shape == (len(part), 28, 28)
        assert np.bincount(part.labels).tolist() == [len(part) // 10] * 10
        assert np.count_nonzero(np.diff(part.labels.astype(int))) > len(part) * 0.8  # not class after class
    pictures = {image.tobytes() for part in (data.train, data.test) for image in part.images}
    assert len(pictures) == sum(STARTER_COUNTS)


@pytest.mark.parametrize("name", DATASETS)
def test_starter_is_the_one_that_was_made(name: str) -> None:
    assert load_dataset(name).sha256 == HASHES[name]


@pytest.mark.parametrize("name", DATASETS)
def test_pictures_are_bright_ink_on_black(name: str) -> None:
    images = load_dataset(name).train.images
    assert images.max() == 255
    assert np.median(images[:, 0]) == 0
