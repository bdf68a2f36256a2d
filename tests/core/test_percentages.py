import numpy as np
import pytest

from app.core.percentages import exact_probability, percent, probability_text


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
