"""A scale of whole decades for values of any size."""

import math

import pytest

from app.core.runs.curves import LogScale


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
