import numpy as np
import pytest

from app.core.datasets.splits import split_validation
from app.core.errors import InputError


@pytest.mark.parametrize("labels", [None, np.arange(1000) % 7])
def test_parts_are_disjoint_complete_ascending_and_repeatable(labels: np.ndarray | None) -> None:
    train, validation = split_validation(1000, 0.1, 3, labels)
    again = split_validation(1000, 0.1, 3, labels)
    np.testing.assert_array_equal(np.sort(np.concatenate([train, validation])), np.arange(1000))
    assert train.dtype == validation.dtype == np.int64
    assert np.all(np.diff(train) > 0)
    assert np.all(np.diff(validation) > 0)
    np.testing.assert_array_equal(validation, again[1])
    assert not np.array_equal(validation, split_validation(1000, 0.1, 4, labels)[1])


def test_a_split_is_the_same_on_every_machine() -> None:
    assert split_validation(12, 0.25, 0)[1].tolist() == [2, 7, 9]


def test_without_labels_the_share_is_exact() -> None:
    assert len(split_validation(60_000, 0.1, 0)[1]) == 6_000


def test_no_share_no_validation() -> None:
    train, validation = split_validation(10, 0, 0)
    assert train.tolist() == list(range(10))
    assert not len(validation)


def test_every_class_gives_its_share_and_keeps_some() -> None:
    labels = np.repeat([0, 1, 2, 3], [100, 10, 2, 1])
    train, validation = split_validation(len(labels), 0.2, 0, labels)
    assert np.bincount(labels[validation], minlength=4).tolist() == [20, 2, 1, 0]
    assert np.bincount(labels[train]).tolist() == [80, 8, 1, 1]
    train, _ = split_validation(len(labels), 0.99, 0, labels)
    assert np.bincount(labels[train]).min() == 1


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_impossible_shares_are_refused(fraction: float) -> None:
    with pytest.raises(InputError, match="must be at least 0 and below 1"):
        split_validation(10, fraction, 0)


def test_labels_must_belong_to_the_pictures() -> None:
    with pytest.raises(InputError, match="10 pictures and 9 labels"):
        split_validation(10, 0.5, 0, np.zeros(9))
