"""Examples of datasets are read pixel by pixel as they are."""

import numpy as np
import pytest

from app.core.datasets.sources import load_dataset
from app.core.imaging.preprocess import FINENESS, example_picture, finer, prepare_example


@pytest.mark.parametrize("data", ["mnist", "fashion-mnist"])
def test_an_example_is_read_as_it_is(data: str) -> None:
    for image in load_dataset(data, "starter").test.images[:50]:
        expected = image.astype(np.float32) / np.float32(255)
        for picture in (example_picture(image), finer(example_picture(image))):
            shown = prepare_example(picture)
            np.testing.assert_array_equal(shown.image, expected)
            assert not shown.is_empty


def test_a_finer_example_is_made_finer_once() -> None:
    picture = finer(example_picture(np.zeros((28, 28), np.uint8)))
    assert picture.rgb.shape == (28 * FINENESS, 28 * FINENESS, 3)
    assert finer(picture) is picture


def test_a_blank_example_is_empty() -> None:
    assert prepare_example(example_picture(np.zeros((28, 28), np.uint8))).is_empty
