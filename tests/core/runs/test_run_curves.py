"""The curves of a run, against plain sums over everything that was told."""

import numpy as np
import pytest

from app.core.runs.curves import RunCurves, RunningMean, Series
from app.core.runs.events import BatchesDone, EpochDone


def done(epoch: int, batch: int, loss: float, samples: int, rate: float = 0.001) -> BatchesDone:
    return BatchesDone(epoch, batch, 10, loss, 1 - loss, 1000.0, 1.0, samples, rate)


def test_a_series_grows() -> None:
    series = Series()
    for value in range(3000):
        series.add(value, value * 2)
    assert len(series) == 3000
    np.testing.assert_array_equal(series.y, np.arange(3000) * 2)


def test_a_running_mean_weighs_every_picture_alike() -> None:
    """The oracle: the mean over all pictures, each weighed by its age."""
    random = np.random.default_rng(5)
    x, values, pictures = np.sort(random.uniform(0, 3, 40)), random.normal(size=40), random.integers(1, 500, 40)
    mean, span = RunningMean(0.4), 0.4
    for count, told in enumerate(zip(x, values, pictures, strict=True), 1):
        every = np.repeat(values[:count], pictures[:count])
        age = np.repeat(x[count - 1] - x[:count], pictures[:count])
        expected = np.average(every, weights=np.exp(-age / span))
        assert mean.add(float(told[0]), float(told[1]), int(told[2])) == pytest.approx(expected)


def test_the_few_pictures_that_end_an_epoch_make_no_spike() -> None:
    curves = RunCurves(5)
    for epoch in range(1, 6):
        curves.add_batches(done(epoch, 9, 0.2, 3584))
        curves.add_batches(done(epoch, 10, 0.9, 16))
    assert curves.loss.smoothed.y.max() < 0.22
    assert curves.loss.batches.y.max() < 0.21
    assert curves.accuracy.batches.y.min() > 0.79
    all_but_the_last = (0.2 * 3584 * 5 + 0.9 * 16 * 4) / (3584 * 5 + 16 * 4)
    drawn = np.average(curves.loss.batches.y, weights=[3584, *[3600] * 4])
    assert drawn == pytest.approx(all_but_the_last)  # nothing is left out, only joined


def test_groups_of_one_size_are_drawn_as_they_are() -> None:
    curves = RunCurves(1)
    for batch in range(1, 11):
        curves.add_batches(done(1, batch, batch / 10, 32))
    np.testing.assert_allclose(curves.loss.batches.y, np.arange(1, 11) / 10)
    np.testing.assert_allclose(curves.loss.batches.x, np.arange(1, 11) / 10)


def test_the_best_epoch_has_the_value_it_was_judged_by() -> None:
    curves = RunCurves(3)
    curves.add_epoch(EpochDone(1, 0.5, 0.8, 0.6, 0.7, 0.001, True, 1.0, 1.0))
    assert (curves.loss.best, curves.accuracy.best) == ((1, 0.6), (1, 0.7))
    curves.add_epoch(EpochDone(2, 0.4, 0.9, None, None, 0.001, True, 1.0, 2.0))
    assert (curves.loss.best, curves.accuracy.best) == ((2, 0.4), (2, 0.9))
    assert curves.loss.validation.x.tolist() == [1.0]


def test_the_learning_rate_is_that_of_the_batches_and_of_epochs_trained_before() -> None:
    curves = RunCurves(3)
    curves.add_epoch(EpochDone(1, 0.5, 0.8, None, None, 0.01, True, 1.0, 1.0))
    curves.add_batches(done(2, 5, 0.4, 32, rate=0.008))
    curves.add_batches(done(2, 10, 0.4, 32, rate=0.006))
    curves.add_epoch(EpochDone(2, 0.4, 0.9, None, None, 0.006, True, 1.0, 2.0))
    assert list(zip(curves.learning_rate.x, curves.learning_rate.y, strict=True)) == [
        (1.0, 0.01),
        (1.5, 0.008),
        (2.0, 0.006),
    ]
    assert curves.position == 2.0


def test_a_run_that_is_taken_up_again_has_the_curves_of_its_first_part() -> None:
    curves = RunCurves(4)
    for epoch, loss in ((1, 0.5), (2, 0.4)):
        curves.add_epoch(EpochDone(epoch, loss, 1 - loss, 0.6, 0.7, 0.001, False, 1.0, 1.0))
    for batch in (5, 10):
        curves.add_batches(done(3, batch, 0.3, 320))
    curves.add_epoch(EpochDone(3, 0.3, 0.7, 0.6, 0.7, 0.001, False, 1.0, 1.0))
    np.testing.assert_allclose(curves.loss.smoothed.x, [1, 2, 2.5, 3])
    np.testing.assert_allclose(curves.loss.smoothed.y, [0.5, 0.4, 0.3, 0.3])
    np.testing.assert_allclose(curves.accuracy.smoothed.y, [0.5, 0.6, 0.7, 0.7])
