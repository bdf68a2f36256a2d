"""Signs between digits are told by their place."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing
from app.core.imaging.segmentation.digit_row import Strokes
from app.core.imaging.segmentation.pieces import Box, Piece
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
        (((112, -15), (64, 114)), True),  # one that stands out less
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


@pytest.mark.parametrize("ends", [((92, 88), (86, 112)), ((92, -5), (88, 20))])
def test_a_mark_at_an_end_is_a_sign(ends: tuple[tuple[float, float], ...]) -> None:
    assert is_sign(*line(*ends), DIGITS[:1])


def drawn(text: str) -> list[Piece]:
    """Pieces of strokes, as "0,0 10,10|5,0 5,20", to the right of a plain digit from 0 to 100."""
    strokes = [np.array([point.split(",") for point in stroke.split()], float) for stroke in text.split("|")]
    strokes = [np.array([[0, 0], [40, 0], [40, 60], [10, 100.0]]), *(stroke + np.array([80, 0]) for stroke in strokes)]
    size = Drawing(400, 200, tuple(tuple(map(tuple, stroke.tolist())) for stroke in strokes))
    return list(Strokes(size).pieces)


@pytest.mark.parametrize(
    "strokes",
    [
        pytest.param("0,50 50,52|26,26 24,76", id="+"),
        pytest.param("0,30 44,78|42,28 2,80", id="times"),
        pytest.param("0,20 30,46|28,18 2,48|15,12 15,54", id="*"),
        pytest.param("0,52 40,50", id="-"),
        pytest.param("0,42 44,42|0,62 44,62", id="="),
        pytest.param("0,52 50,52|24,30 26,32|24,74 26,76", id="divided by"),
        pytest.param("24,-8 8,18 2,50 8,82 24,108", id="("),
        pytest.param("0,-8 16,18 22,50 16,82 0,108", id=")"),
        pytest.param("26,-6 2,-6 2,106 26,106", id="["),
        pytest.param("0,0 0,100|0,2 24,0|0,99 22,100", id="[ of three strokes"),
        pytest.param("14,6 4,14 2,28 10,36 20,32 24,18 14,6|66,-2 6,104|58,66 48,72 46,86 56,94 66,80 58,66", id="%"),
        pytest.param("12,10 2,18 4,32 16,36 24,24 12,10 58,4 14,98|52,70 42,76 44,92 58,92 62,80 52,70", id="% of two"),
        pytest.param("48,18 36,8 16,8 6,22 12,40 36,54 48,70 40,90 20,94 4,84|27,-10 27,112", id="$"),
        pytest.param("4,0 3,66|2,92 4,94", id="!"),
        pytest.param("20,0 10,66|4,90 3,93", id="! that leans"),
        pytest.param("22,100 0,98 8,0 30,2", id="[ that leans"),
        pytest.param("18,0 0,0|0,12 0,96|0,106 20,106", id="[ of strokes that do not touch"),
        pytest.param("18,10 10,92|40,12 34,92|2,38 54,36|0,66 52,64", id="#"),
        pytest.param("0,0 24,44 50,2|24,44 24,100|4,58 46,58|4,74 46,74", id="yen"),
    ],
)
def test_a_shape_that_no_digit_has_is_one_sign(strokes: str) -> None:
    digit, *signs = sorted(drawn(strokes), key=lambda piece: piece.box.left)
    assert not digit.is_sign
    assert [piece.is_sign for piece in signs] == [True]


@pytest.mark.parametrize(
    "strokes",
    [
        pytest.param("4,0 0,60 60,60|44,30 42,100", id="4"),
        pytest.param("30,0 0,60 60,60|40,20 38,100", id="4, crossed high"),
        pytest.param("10,12 4,30 10,40 50,44|70,0 46,40 14,100", id="4, open and leaning"),
        pytest.param("40,0 10,4 6,44 40,50 36,90 0,96", id="5"),
        pytest.param("8,4 6,44 40,50 36,90 0,96|10,4 44,2", id="5 of two strokes"),
        pytest.param("0,0 44,2 14,100|8,50 40,46", id="7, crossed"),
        pytest.param("12,0 0,100", id="1"),
        pytest.param("2,20 14,0 14,100|0,100 28,100", id="1 with flag and base"),
        pytest.param("22,0 16,6 0,90 8,100 18,98", id="1 with a bow at its foot"),
        pytest.param("24,0 6,18 0,50 6,82 24,100|30,0 48,18 54,50 48,82 30,100", id="0 of two bows"),
        pytest.param("24,0 6,18 0,50 6,82 24,100 42,82 48,50 42,18 24,0|48,-4 2,104", id="0 with a slash"),
        pytest.param("4,14 4,76 40,76 56,50 40,14 4,14|52,0 24,104", id="0, angular, with a slash"),
    ],
)
def test_digits_are_no_signs(strokes: str) -> None:
    assert not any(piece.is_sign for piece in drawn(strokes))
