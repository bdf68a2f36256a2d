"""Digits in dashes, dots and grains: put together to one piece each; other writing stays as it is."""

import numpy as np
import pytest

from app.core.imaging.drawing import Drawing
from app.core.imaging.segmentation.digit_row import Strokes, drawing_rows, part_pieces
from app.core.imaging.segmentation.fragments import MOST_FRAGMENTS, reunited
from app.core.imaging.segmentation.pieces import Piece
from tests.written import on_canvas, rendered, written


def dashed(drawing: Drawing, dash: float, gap: float) -> Drawing:
    """The same with a pen that is lifted every `dash` units for `gap` units."""
    strokes = []
    for stroke in drawing.strokes:
        points = np.array(stroke)[:, :2]
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        for start in np.arange(0, along[-1], dash + gap):
            at = np.linspace(start, min(start + dash, along[-1]), 6)
            strokes.append(np.column_stack([np.interp(at, along, column) for column in points.T]))
    return on_canvas(strokes)


@pytest.mark.parametrize(("dash", "gap"), [(9, 5), (14, 8), (1, 5)])
@pytest.mark.parametrize("number", ["3", "274"])
def test_dashes_and_dots_become_a_piece_for_each_digit(number: str, dash: float, gap: float) -> None:
    pieces = Strokes(dashed(written(number, gap=25), dash, gap)).pieces
    assert len(pieces) == len(number)


def test_a_number_of_many_dots_is_taken_apart_still() -> None:
    (row,) = drawing_rows(dashed(written("2745683", gap=30), 1, 4)).rows
    assert len(row.pieces) == 7


def test_dashes_in_a_picture() -> None:
    drawing = dashed(written("274", gap=25), 9, 10)
    levels = rendered(drawing, round(drawing.width), round(drawing.height), 5)
    ink = 1 - levels.astype(np.float32) / np.float32(255)
    pieces, labels = part_pieces(ink)
    assert len(pieces) == 3
    assert sum(len(piece.parts) for piece in pieces) == len(np.unique(labels)) - 1 > 15


def test_grains_beside_a_digit_belong_to_it() -> None:
    random = np.random.default_rng(3)
    places = [np.array([x, y]) for x in (20.0, 80.0) for y in np.arange(0, 100, 3.0)]
    grains = [place + random.normal(0, 1, (12, 2)) for place in places]
    pieces = [Piece(each, (number,), frozenset([number])) for number, each in enumerate(grains)]
    assert len(reunited(pieces)) == 2


@pytest.mark.parametrize("number", ["1111111", "4545454", "2", "88"])
def test_whole_strokes_stay_as_they_are(number: str) -> None:
    strokes = [np.array(stroke)[:, :2] for stroke in written(number).strokes]
    pieces = [Piece(each, (at,), frozenset([at])) for at, each in enumerate(strokes)]
    assert reunited(pieces) == pieces


def test_a_pattern_is_no_number_and_takes_no_time() -> None:
    pieces = [Piece(np.full((2, 2), float(at)), (at,), frozenset([at])) for at in range(MOST_FRAGMENTS + 1)]
    assert reunited(pieces) == pieces
