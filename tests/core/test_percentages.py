import numpy as np
import pytest

from app.core.percentages import (
    accuracy_text,
    accuracy_with_interval,
    exact_probability,
    percent,
    probability_text,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("share", "decimals", "written"),
    [
        (1.0, 1, "100.0%"),
        (0.99996, 1, ">99.9%"),
        (0.99996, 2, ">99.99%"),
        (0.9999, 2, "99.99%"),
        (0.5, 0, "50%"),
        (0.996, 0, ">99%"),
        (0.0004, 1, "<0.1%"),
        (0.0, 1, "0.0%"),
    ],
)
def test_only_all_is_called_100_percent(share: float, decimals: int, written: str) -> None:
    assert percent(share, decimals) == written


@pytest.mark.parametrize(
    ("probability", "written"),
    [
        (0.42, "42%"),
        (0.994, "99%"),
        (0.997, "99.7%"),
        (0.99951, ">99.9%"),
        (1.0, ">99.9%"),
        (0.0051, "1%"),
        (0.004, "0.4%"),
        (0.0004, "<0.1%"),
        (0.0, "<0.1%"),
    ],
)
def test_no_probability_is_0_or_100_percent(probability: float, written: str) -> None:
    assert probability_text(probability) == written


def test_no_float32_is_written_as_0_or_100_percent() -> None:
    values = np.concatenate([np.linspace(0, 1, 5_001), np.geomspace(1e-30, 1, 500), 1 - np.geomspace(1e-8, 1, 500)])
    for value in values.astype(np.float32):
        for text in (probability_text(float(value)), probability_text(float(value), 0)):
            assert text not in {"0%", "100%", "0.0%", "100.0%"}


@pytest.mark.parametrize(
    ("probability", "written"),
    [
        (0.97531, "97.53%"),
        (0.9999982, "99.99982%"),
        (0.000004216, "0.0004216%"),
        (3.14e-11, "3.14e-09%"),
        (1.0, ">99.99999%"),
        (0.0, "<1e-43%"),
    ],
)
def test_exact_figures_have_the_digits_that_say_something(probability: float, written: str) -> None:
    assert exact_probability(probability) == written


@pytest.mark.parametrize(
    ("right", "samples", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(right: int, samples: int, low: float, high: float) -> None:
    """As in published tables; and both ends solve |p - share| = z * sqrt(p (1 - p) / n)."""
    found = wilson_interval(right, samples)
    assert found == pytest.approx((low, high), abs=1e-4)
    for end in found:
        distance = 1.959964 * (end * (1 - end) / samples) ** 0.5
        assert abs(end - right / samples) == pytest.approx(distance, abs=1e-7)


@pytest.mark.parametrize(
    ("accuracy", "samples", "text"),
    [(0.8, 10, "8 of 10"), (0.975, 199, "194 of 199"), (0.975, 200, "97.50%"), (0.9758, 0, "97.58%")],
)
def test_an_accuracy_on_few_pictures_is_a_count(accuracy: float, samples: int, text: str) -> None:
    assert accuracy_text(accuracy, samples) == text


def test_a_count_says_how_sure_it_is() -> None:
    assert accuracy_with_interval(0.8, 10) == "8 of 10 (95% interval: 49% to 94%)"
    assert accuracy_with_interval(0.9758, 1000) == "97.58%"
