"""What a run trains on: its own pictures, and what is mixed with them."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, LabelledImages
from app.core.errors import InputError
from app.core.training.images import check_mixture, check_run, outlier_images, run_images


def config(**values: object) -> TrainingConfig:
    return TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=8),)).changed(**values)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    """The first 200 pictures of the starter set."""
    whole = load_dataset("mnist")
    few = LabelledImages(whole.train.images[:200], whole.train.labels[:200])
    return replace(whole, train=few, sha256="another")


def test_a_plain_run_trains_on_what_is_not_kept_aside(digits: Dataset) -> None:
    pictures = run_images(config(validation_split=0.1), digits)
    assert pictures.data is digits.train
    np.testing.assert_array_equal(np.sort(np.concatenate([pictures.epoch, pictures.validation])), np.arange(200))
    assert len(pictures.validation) == 20


def test_a_validation_part_that_the_data_has_is_validated_on(digits: Dataset) -> None:
    with_part = replace(digits, validation_count=30)
    pictures = run_images(config(validation_split=0.4, validation_from="first"), with_part)
    assert pictures.validation.tolist() == list(range(170, 200))
    assert pictures.epoch.tolist() == list(range(170))
    check_run(config(validation_split=0, early_stopping_patience=2), with_part)
    assert with_part.description.endswith("170 training, 30 validation, 1,000 test")


def test_rare_classes_are_shown_as_often_as_others(digits: Dataset) -> None:
    keep = np.flatnonzero((digits.train.labels != 3) | (np.arange(200) < 40))
    uneven = replace(digits, train=LabelledImages(digits.train.images[keep], digits.train.labels[keep]))
    pictures = run_images(config(balance_classes=True), uneven)
    counts = np.bincount(uneven.train.labels[pictures.epoch])
    assert np.bincount(uneven.train.labels)[3] * 4 < counts.max()
    assert counts.min() > counts.max() / 2
    assert not set(pictures.epoch.tolist()) & set(pictures.validation.tolist())


def test_copies_of_test_pictures_are_left_out(digits: Dataset) -> None:
    copied = LabelledImages(digits.train.images[:50], digits.train.labels[:50])
    leaking = replace(digits, test=copied)
    assert set(run_images(config(), leaking).epoch.tolist()) & set(range(50))
    epoch = run_images(config(drop_test_copies=True), leaking).epoch
    assert epoch.min() > 49
    with pytest.raises(InputError, match="Every training picture is in the test part"):
        check_run(config(drop_test_copies=True), replace(digits, test=digits.train))


def test_rare_shapes_and_outliers_are_trained_on_and_never_validated_on(digits: Dataset) -> None:
    pictures = run_images(config(rare_shapes=0.2, outliers=0.1), digits)
    assert len(pictures.data) == 200 + 40 + 20
    assert pictures.validation.max() < 200
    assert set(range(200, 260)) <= set(pictures.epoch.tolist())
    assert set(pictures.data.labels[200:240]) <= set(range(10))
    assert set(pictures.data.labels[240:]) == {10}


def test_the_same_config_gathers_the_same_pictures(digits: Dataset) -> None:
    first, again, other = (run_images(config(outliers=0.1, seed=seed), digits) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.data.images, again.data.images)
    assert not np.array_equal(first.data.images[200:], other.data.images[200:])


def test_few_own_pictures_are_shown_often_beside_old_ones(digits: Dataset) -> None:
    pictures = run_images(config(replay_dataset="mnist", validation_split=0.1), digits)
    own = pictures.epoch[pictures.epoch < 200]
    assert 0.2 < len(own) / len(pictures.epoch) < 0.3
    assert not set(own.tolist()) & set(pictures.validation.tolist())
    assert set(np.unique(own, return_counts=True)[1].tolist()) == {len(own) // 180}


def test_other_data_may_be_a_given_share_of_the_mixture() -> None:
    own = replace(load_dataset("mnist"), sha256="another")
    pictures = run_images(config(replay_dataset="mnist", replay_share=0.8), own)
    other = pictures.epoch[pictures.epoch >= len(own.train)]
    assert len(other) / len(pictures.epoch) == pytest.approx(0.8, abs=0.03)  # each of it as often as any other
    assert len(set(np.unique(other, return_counts=True)[1].tolist())) == 1


def test_pictures_of_no_class_come_from_a_set_as_often_as_other_data_does(digits: Dataset) -> None:
    unknown = "fashion-mnist"
    mixture = {"replay_dataset": "mnist", "replay_share": 0.9, "outliers": 0.1, "outlier_dataset": unknown}
    pictures = run_images(config(**mixture), replace(load_dataset("mnist"), sha256="another"))
    strange = np.flatnonzero(pictures.data.labels == 10)
    images = load_dataset(unknown).train.images
    np.testing.assert_array_equal(pictures.data.images[strange[: len(images)]], images)
    seen = np.bincount(pictures.epoch, minlength=len(pictures.data.labels))
    other = seen[len(load_dataset("mnist").train) : strange[0]]
    assert set(seen[strange[: len(images)]].tolist()) == set(other.tolist()) != {1}
    assert set(seen[strange[len(images) :]].tolist()) == {1}  # the made ones
    with pytest.raises(InputError, match="not on this computer"):
        check_mixture(config(outliers=0.1, outlier_dataset="moon"), digits)


@pytest.mark.parametrize(
    "values", [{"rare_shapes": 0.1}, {"outliers": 0.1}, {"replay_dataset": "mnist"}, {"replay_dataset": "moon"}]
)
def test_what_does_not_fit_the_classes_is_refused_with_a_reason(values: dict[str, object], bars: Dataset) -> None:
    with pytest.raises(InputError, match=r"classes|digits"):
        check_mixture(config(**values), bars)


def test_a_set_is_not_mixed_with_itself() -> None:
    with pytest.raises(InputError, match="trained on already"):
        run_images(config(replay_dataset="mnist"), load_dataset("mnist"))


def test_nobody_knows_what_is_no_class_of_an_own_set(bars: Dataset) -> None:
    assert outlier_images(10, bars.class_names, 1) is None
