"""Sets too large for a second copy."""

import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("tensorflow")


def test_a_large_set_becomes_the_same_tensor(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.core.training import engines

    images = np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)
    small = engines.tensor_of(images)
    monkeypatch.setattr(engines, "_LARGE_BYTES", 0)
    large = engines.tensor_of(images)
    kept = images.copy()
    images[:] = 0  # the tensor has memory of its own
    for tensor in (small, large):
        np.testing.assert_array_equal(tensor.numpy(), kept)
