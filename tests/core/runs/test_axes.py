"""What of curves is shown, and the axes it is shown on."""

import math

import numpy as np
import pytest

from app.core.runs.curves import (
    LogScale,
    calm,
    epoch_ticks,
    epochs_reached,
    joined,
    log_ticks,
    padded,
    value_at,
    values_that_matter,
)


def test_the_axis_grows_with_the_run_but_not_at_every_moment() -> None:
    ends = [epochs_reached(position, 300) for position in np.linspace(0.01, 300, 5000)]
    assert ends == sorted(ends)
    assert ends[0] == 1
    assert ends[-1] == 300
    assert len(set(ends)) < 25
    for position, end in zip(np.linspace(0.01, 300, 5000), ends, strict=True):
        assert position <= end <= max(1, 2 * position)
    assert epochs_reached(13, 50) == 15
    assert epochs_reached(4.2, 5) == 5


def test_the_fall_from_guessing_leaves_the_axis_of_values() -> None:
    x = np.linspace(0.01, 5, 500)
    loss = np.where(x < 1, 2.3 - 2 * x, 0.3 - 0.04 * x)
    assert values_that_matter(x, loss) == pytest.approx((0.1, 0.26), abs=0.01)
    within = x < 0.5
    low, high = values_that_matter(x[within], loss[within]) or (0, 0)
    assert high < 1.85  # half of what there is so far
    assert low == pytest.approx(loss[within].min())


def test_a_long_run_is_shown_without_its_first_twentieth() -> None:
    epochs = np.arange(1, 101, dtype=float)
    assert values_that_matter(epochs, 1 / epochs) == pytest.approx((0.01, 0.2))
    assert values_that_matter(epochs[:5], 1 / epochs[:5]) == pytest.approx((0.2, 1.0))


def test_the_mean_of_the_first_epoch_holds_the_fall_from_guessing() -> None:
    epochs, loss = np.array([1.0, 2.0, 3.0]), np.array([0.9, 0.3, 0.2])
    assert values_that_matter(epochs, loss, is_mean=True) == (0.2, 0.3)
    assert values_that_matter(epochs[:1], loss[:1], is_mean=True) == (0.9, 0.9)


def test_outliers_of_a_noisy_curve_do_not_count_and_no_number_never_does() -> None:
    x, y = np.linspace(1, 5, 1000), np.full(1000, 0.5)
    y[500] = 90.0
    assert values_that_matter(x, y, is_noisy=True) == (0.5, 0.5)
    assert values_that_matter(x, y) == (0.5, 90.0)
    assert values_that_matter(np.array([1.0, 2.0]), np.array([0.4, math.nan])) == (0.4, 0.4)
    assert values_that_matter(np.array([1.0]), np.array([math.nan])) is None


def test_ranges_are_joined_and_never_empty() -> None:
    assert joined([(0.2, 0.5), None, (0.1, 0.3)]) == (0.1, 0.5)
    assert joined([None]) is None
    for flat in (1.0, 0.0, -3.0, 1e30):
        low, high = padded((flat, flat))
        assert low < flat < high


def test_an_axis_moves_only_if_it_is_worth_it() -> None:
    assert calm((0.0, 1.0), (0.1, 0.95)) == (0.0, 1.0)
    assert calm((0.0, 1.0), (0.1, 0.5)) == (0.1, 0.5)
    assert calm((0.0, 1.0), (0.1, 1.1)) == (0.1, 1.1)


def test_a_value_is_that_of_the_nearest_point_but_not_of_a_far_one() -> None:
    x, y = np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, math.nan])
    told = [value_at(x, y, at) for at in (0.4, 0.6, 1.4, 1.6, 2.5, 2.6)]
    assert told == [None, 10.0, 10.0, 20.0, 20.0, None]
    assert value_at(x[:1], y[:1], 1.4) == 10.0
    assert value_at(x[:0], y[:0], 1) is None


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1, 5, (1, 2, 3, 4, 5)),
        (0, 1, (0, 1)),
        (-0.1, 20.3, (0, 5, 10, 15, 20)),
        (1, 1000, (200, 400, 600, 800, 1000)),
        (2.1, 2.5, (2.1, 2.2, 2.3, 2.4, 2.5)),
    ],
)
def test_epochs_have_round_numbers(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert epoch_ticks(low, high) == pytest.approx(ticks)


def test_a_logarithmic_axis_always_has_numbers() -> None:
    assert log_ticks(-0.7, 0.4) == (0.2, 0.5, 1.0, 2.0)
    random = np.random.default_rng(3)
    for low, decades in zip(random.uniform(-6, 30, 500), 10 ** random.uniform(-2, 1.4, 500), strict=True):
        ticks = log_ticks(low, low + decades)
        assert 2 <= len(ticks) <= 8
        assert all(low - 1e-9 <= math.log10(tick) <= low + decades + 1e-9 for tick in ticks)


def test_a_scale_holds_its_values_in_whole_decades() -> None:
    scale = LogScale.of([0.002, 0.3, 7.0])
    assert (scale.low, scale.high) == (-3, 1)
    assert list(scale.powers) == [-3, -2, -1, 0, 1]


def test_shares_are_even_per_decade() -> None:
    scale = LogScale(-2, 2)
    assert [scale.share(10.0**power) for power in range(-2, 3)] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert [scale.share(value) for value in (0.0, -1.0, 1e-9, 1e9, math.inf)] == [0, 0, 0, 1, 1]
    assert scale.share(math.nan) == 0


def test_a_scale_only_grows() -> None:
    first = LogScale.of([0.01, 1])
    assert LogScale.of([0.1], first) == first
    assert LogScale.of([50], first) == LogScale(-2, 2)
    assert LogScale.of([math.nan, 0, math.inf], first) == first


@pytest.mark.parametrize("values", [(), (0.0,), (1.0,), (math.nan, math.inf)])
def test_there_is_always_a_decade(values: tuple[float, ...]) -> None:
    scale = LogScale.of(values)
    assert scale.high > scale.low
