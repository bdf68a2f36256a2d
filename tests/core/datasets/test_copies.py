import io

import numpy as np
import pytest
from PIL import Image

from app.core.datasets.copies import are_copies
from app.core.datasets.sources import load_dataset

PARTS = {name: load_dataset(name) for name in ("mnist", "fashion-mnist")}


@pytest.mark.parametrize("name", PARTS)
def test_different_pictures_are_no_copies(name: str) -> None:
    assert not are_copies(PARTS[name].test.images, PARTS[name].train.images).any()


@pytest.mark.parametrize("name", PARTS)
def test_copies_are_found_in_their_places(name: str) -> None:
    train, test = PARTS[name].train.images[:400], PARTS[name].test.images[:30].copy()
    test[[3, 17]] = train[[200, 399]]
    assert np.flatnonzero(are_copies(test, train)).tolist() == [3, 17]
    assert np.flatnonzero(are_copies(train, test)).tolist() == [200, 399]


@pytest.mark.parametrize("name", PARTS)
def test_a_copy_may_have_lost_a_little_on_its_way(name: str) -> None:
    train = PARTS[name].train.images[:200]
    saved = np.stack([as_jpeg(image, quality=95) for image in train])
    noise = np.random.default_rng(1).integers(-2, 3, train.shape)
    noisy = np.where(train, np.clip(train + noise, 0, 255), 0).astype(np.uint8)
    for copies in (saved, noisy):
        assert are_copies(copies, train).mean() > 0.95
        assert not are_copies(copies, PARTS[name].test.images).any()


def as_jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    held = io.BytesIO()
    Image.fromarray(image).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held))


def test_what_is_empty_is_no_copy() -> None:
    empty, nothing = np.zeros((3, 28, 28), np.uint8), np.zeros((0, 28, 28), np.uint8)
    assert not are_copies(empty, empty).any()
    assert not are_copies(empty, nothing).any()
    assert are_copies(nothing, empty).shape == (0,)
