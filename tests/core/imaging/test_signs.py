"""Signs between digits are told by their place."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.segmentation.pieces import Box
from app.core.imaging.segmentation.signs import is_sign

DIGITS = (Box(0, 0, 60, 100), Box(120, 0, 180, 100))


def line(*ends: tuple[float, float]) -> tuple[NDArray[np.float64], Box]:
    """Points on a straight line, and the box around it."""
    (left, top), (right, bottom) = ends
    points = np.column_stack([np.linspace(left, right, 50), np.linspace(top, bottom, 50)])
    return points, Box(*map(float, (*points.min(axis=0), *points.max(axis=0))))


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (((92, 88), (86, 112)), True),  # a comma
        (((92, -5), (88, 20)), True),  # an apostrophe
        (((115, -20), (65, 120)), True),  # a slash
        (((130, 0), (50, 100)), True),  # a short one
        (((90, 0), (90, 100)), False),  # a 1
        (((100, 0), (75, 100)), False),  # a slanted 1
        (((90, -20), (90, 120)), False),  # a tall 1
        (((65, -20), (115, 120)), False),  # what leans to the left
    ],
)
def test_a_line_between_digits_is_a_sign_by_its_place_and_lean(
    ends: tuple[tuple[float, float], ...], expected: bool
) -> None:
    assert is_sign(*line(*ends), DIGITS) is expected


def test_what_has_no_digit_at_both_sides_is_no_sign() -> None:
    assert not is_sign(*line((115, -20), (65, 120)), DIGITS[:1])
    assert not is_sign(*line((115, -20), (65, 120)), ())
