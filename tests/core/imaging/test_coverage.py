"""What is seen of strokes of very many points."""

import math
import random

import numpy as np
import pytest

from app.core.imaging.coverage import coverage
from app.core.imaging.drawing import Stroke


def area(strokes: tuple[Stroke, ...], pen: float, scale: float = 1.0) -> float:
    """In pixels."""
    return float(coverage(strokes, (scale, 0.0, 0.0), (80, 60), pen).sum() / 255)


def test_a_dot_is_a_disc_as_wide_as_the_pen() -> None:
    assert area((((40.0, 30.0),),), 20.0) == pytest.approx(math.pi * 100, rel=0.03)


def test_a_line_has_round_ends() -> None:
    assert area((((20.0, 30.0), (60.0, 30.0)),), 10.0) == pytest.approx(400 + math.pi * 25, rel=0.03)


def test_pressure_is_width() -> None:
    light, heavy = (area((((20.0, 30.0, 0, force), (60.0, 30.0, 9, force)),), 10.0) for force in (0.0, 1.0))
    assert light == pytest.approx(40 * 4 + math.pi * 4, rel=0.05)
    assert heavy == pytest.approx(40 * 16 + math.pi * 64, rel=0.05)


def test_a_scaled_drawing_keeps_the_pen() -> None:
    assert area((((10.0, 15.0), (30.0, 15.0)),), 10.0, 2.0) == pytest.approx(400 + math.pi * 25, rel=0.03)


def test_a_window_shows_a_part_of_the_whole() -> None:
    chance = random.Random(1)
    strokes = tuple(
        tuple((chance.uniform(0, 80), chance.uniform(0, 60), 0, chance.random()) for _ in range(length))
        for length in (1, 2, 3, 40)
    )
    whole = coverage(strokes, (1.0, 0.0, 0.0), (80, 60), 6.0)
    part = coverage(strokes, (1.0, -30.0, -20.0), (20, 10), 6.0)
    assert np.array_equal(part, whole[20:30, 30:50])


def test_nothing_is_seen_of_nothing() -> None:
    assert not coverage((), (1.0, 0.0, 0.0), (8, 6), 5.0).any()
    assert not coverage((((400.0, 30.0), (500.0, 30.0)),), (1.0, 0.0, 0.0), (8, 6), 5.0).any()
