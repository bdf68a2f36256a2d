import math

import numpy as np
import pytest

from app.core.training.events import BatchesDone, EpochDone, ProbePredicted
from app.core.training.progress import (
    Belief,
    BeliefHistory,
    Progress,
    RunningMean,
    Series,
    epoch_position,
    figure,
    log_ticks,
    seconds_left,
    short_power,
    tick_step,
)


def epoch(number: int, epoch_s: float = 2.0) -> EpochDone:
    return EpochDone(number, 0.5, 0.8, 0.6, 0.7, 0.001, True, epoch_s, number * epoch_s)


def predicted(*probabilities: float) -> ProbePredicted:
    return ProbePredicted(1, 1, np.array(probabilities, np.float32))


def test_progress_after_half_of_the_second_of_four_epochs() -> None:
    done = BatchesDone(2, 50, 100, 0.1, 0.9, 1000.0, 3.0)
    progress = Progress.after(done, epochs=4, past=(epoch(1),))
    assert (progress.epoch, progress.batch, progress.share) == (2, 50, 0.375)
    assert progress.left_s == pytest.approx(5.0)


def test_nobody_can_tell_how_long_it_takes_in_the_first_second() -> None:
    assert seconds_left(0.01, 5, 0.4, ()) is None
    assert seconds_left(0.5, 5, 2.0, ()) == pytest.approx(18.0)


def test_position_on_the_axis_of_epochs() -> None:
    assert epoch_position(3, 50, 100) == 2.5
    assert epoch_position(1, 0, 0) == 0


def test_a_series_grows_and_is_forgotten() -> None:
    series = Series()
    for value in range(3000):
        series.add(value, value * 2)
    assert len(series) == 3000
    np.testing.assert_array_equal(series.y, np.arange(3000) * 2)
    series.clear()
    assert len(series) == 0
    assert series.at(1) is None


def test_a_series_reads_the_nearest_point_but_not_a_far_one() -> None:
    series = Series()
    series.add(1.0, 10.0)
    assert series.at(1.4) == 10.0
    assert series.at(1.6) is None
    series.add(2.0, 20.0)
    assert (series.at(1.4), series.at(1.6), series.at(2.5), series.at(2.6)) == (10.0, 20.0, 20.0, None)


def test_a_running_mean_has_no_bias_and_forgets() -> None:
    mean = RunningMean(span=0.5)
    assert mean.add(0.1, 4.0) == 4.0
    kept = math.exp(-0.1 / 0.5)
    assert mean.add(0.2, 8.0) == pytest.approx((4 * kept + 8) / (kept + 1))
    assert mean.add(100.0, 1.0) == pytest.approx(1.0)


@pytest.mark.parametrize(("epochs", "step"), [(0, 1), (1, 1), (6, 1), (7, 2), (20, 5), (50, 10), (1000, 200)])
def test_ticks_are_round_numbers(epochs: int, step: int) -> None:
    assert tick_step(epochs) == step


def test_a_belief_is_the_first_choice() -> None:
    belief = Belief.of(predicted(0.25, 0.5, 0.25))
    assert (belief.index, belief.probability) == (1, 0.5)


def test_a_long_history_is_thinned_out_but_keeps_its_order() -> None:
    history = BeliefHistory(limit=8)
    for step in range(100):
        history.add(predicted(step / 100, 1 - step / 100))
    shares = history.of_class(0)
    assert len(shares) <= 8
    assert list(shares) == sorted(shares)
    assert shares[-1] > 0.8
    history.clear()
    assert history.of_class(0) == ()


def test_figures_stay_short_however_large() -> None:
    assert [figure(value, 3) for value in (0.43541, 2.3, 1e30, -1.24e5)] == ["0.435", "2.300", "1e30", "-1.2e5"]
    assert [short_power(text) for text in ("2.0e+30", "1.5e-06", "10")] == ["2e30", "1.5e-6", "10"]


def test_a_logarithmic_axis_always_has_numbers() -> None:
    assert log_ticks(-0.7, 0.4) == (0.2, 0.5, 1.0, 2.0)
    random = np.random.default_rng(3)
    for low, decades in zip(random.uniform(-6, 30, 500), 10 ** random.uniform(-2, 1.4, 500), strict=True):
        ticks = log_ticks(low, low + decades)
        assert 2 <= len(ticks) <= 8
        assert all(low - 1e-9 <= math.log10(tick) <= low + decades + 1e-9 for tick in ticks)
