"""Glyphs: the tables are readable, and a hand leads its curves through them."""

from itertools import chain

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from app.core.datasets.handwriting.hand import glyph, smooth, write
from app.core.datasets.handwriting.shapes import DIGIT_SHAPES, HELD_OUT_LETTERS, LETTER_SHAPES, THING_SHAPES
from app.core.datasets.handwriting.sheets import scribble


def test_a_glyph_is_read_from_its_text() -> None:
    seven = glyph("seven", "10,5 90,5! 40,98", "~20,50 70,50")
    assert seven.name == "seven"
    top, bar = seven.strokes
    assert top.points.tolist() == [[10, 5], [90, 5], [40, 98]]
    assert top.corners.tolist() == [False, True, False]
    assert not top.is_loose
    assert bar.is_loose


@pytest.mark.parametrize("corner", [False, True])
def test_a_curve_passes_through_its_points(corner: bool) -> None:
    points = np.array([[0.0, 0.0], [50.0, 10.0], [40.0, 90.0], [5.0, 60.0]])
    curve = smooth(points, np.full(4, corner))
    for point in points:
        assert np.hypot(*(curve - point).T).min() < 1e-9
    assert np.hypot(*np.diff(curve, axis=0).T).max() < 12


def test_between_corners_the_pen_moves_straight() -> None:
    curve = smooth(np.array([[0.0, 0.0], [60.0, 0.0], [60.0, 80.0]]), np.full(3, True))
    assert np.minimum(np.abs(curve[:, 1]), np.abs(curve[:, 0] - 60)).max() < 1e-9


def test_every_digit_has_many_shapes_with_names_of_their_own() -> None:
    assert len(DIGIT_SHAPES) == 10
    for shapes in DIGIT_SHAPES:
        assert len(shapes) >= 9
        assert len({shape.name for shape in shapes}) == len(shapes)


def test_glyphs_stay_near_their_square() -> None:
    for shape in chain(*DIGIT_SHAPES, LETTER_SHAPES, THING_SHAPES):
        for stroke in shape.strokes:
            assert len(stroke.points) >= 2, shape.name
            assert stroke.points.min() >= -10, shape.name
            assert stroke.points.max() <= 110, shape.name


def test_letters_that_look_like_digits_are_not_there() -> None:
    assert not {shape.name[0] for shape in LETTER_SHAPES} & set("OoDQIlBbSsZzgq")
    assert {shape.name[0] for shape in LETTER_SHAPES} >= HELD_OUT_LETTERS


def test_a_hand_writes_no_shape_the_same_way_twice() -> None:
    random = Generator(PCG64(1))
    first, second = (np.concatenate(write(DIGIT_SHAPES[7][0], random)) for _ in range(2))
    assert first.shape != second.shape or not np.allclose(first, second)


def test_scribbles_are_finite() -> None:
    random = Generator(PCG64(1))
    for _ in range(80):
        curves = scribble(random)
        assert curves
        assert all(np.isfinite(curve).all() and curve.shape[1] == 2 for curve in curves)
