"""A number taken apart: what surely belongs together, what may be cut, and where."""

from collections.abc import Hashable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing
from app.core.imaging.preprocess import DIGITS, prepare_drawing
from app.core.imaging.segmentation.digit_row import Strokes, drawing_rows, part_pieces, picture_rows
from app.core.imaging.segmentation.lattice import Lattice
from app.core.imaging.segmentation.pieces import MOST_PIECES, Piece, digit_height, distance, rows, without_crossings
from app.core.imaging.segmentation.seams import seams
from tests.written import digit, on_canvas, photographed, written


def line(*corners: tuple[float, float]) -> NDArray[np.float64]:
    """Points along straight lines between corners."""
    ends = np.array(corners, np.float64)
    return np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(ends)])


def pieces(*curves: NDArray[np.float64]) -> list[Piece]:
    return [Piece(curve, (number,), frozenset([number])) for number, curve in enumerate(curves)]


def linked(first: str, second: str) -> Drawing:
    """Two digits written without lifting the pen between them."""
    left, right = digit(first), digit(second)
    start = max(stroke[:, 0].max() for stroke in left) + 20
    moved = [stroke + np.array([start, 0]) for stroke in right]
    return on_canvas([stroke + 30 for stroke in [*left[:-1], np.concatenate([left[-1], moved[0]]), *moved[1:]]])


def test_the_distance_is_that_of_the_nearest_points() -> None:
    a, b = pieces(line((0, 0), (0, 10)), line((3, 14), (9, 20)))
    assert distance(a, b) == 5


def test_bars_join_what_they_touch_and_neighbours_stay_apart() -> None:
    stem, bar, neighbour = line((50, 0), (50, 100)), line((20, 50), (80, 50)), line((110, 0), (110, 100))
    joined = without_crossings(pieces(stem, bar, neighbour))
    assert sorted(piece.parts for piece in joined) == [(0, 1), (2,)]


def test_two_high_strokes_that_touch_are_not_joined_at_once() -> None:
    wide, narrow = line((0, 0), (60, 0), (0, 100), (60, 100)), line((58, 0), (58, 100))
    assert len(without_crossings(pieces(wide, narrow))) == 2


def test_two_strokes_across_each_other_are_one() -> None:
    cross = line((0, 0), (60, 100)), line((60, 0), (0, 100))
    assert len(without_crossings(pieces(*cross))) == 1
    ones = line((0, 0), (5, 100)), line((6, 0), (2, 100))
    assert len(without_crossings(pieces(*ones))) == 2


def test_the_height_of_the_writing_is_that_of_its_digits_not_its_bars() -> None:
    digits = [line((x, 0), (x, height)) for x, height in ((0, 100), (50, 90), (100, 100))]
    bars = [line((x, 20), (x + 30, 24)) for x in (0, 50, 100, 150)]
    assert digit_height(pieces(*digits, *bars)) == 100


def test_rows_are_parted_by_blank_paper_only() -> None:
    upper, lower = [line((x, 0), (x, 100)) for x in (0, 60)], [line((x, 150), (x, 250)) for x in (90, 30)]
    found = rows(pieces(*lower, *upper))
    assert [[piece.box.left for piece in row] for row in found] == [[0, 60], [30, 90]]
    circles = [line((0, 0), (40, 50)), line((0, 60), (40, 110))]
    assert len(rows(pieces(*circles))) == 1  # an 8 of two circles that do not touch
    body, bar = line((0, 60), (40, 160)), line((0, 0), (40, 3))
    assert len(rows(pieces(body, bar))) == 1  # a 5 and its bar


def test_lines_of_digits_are_rows_though_little_is_between_them_and_a_dot_joins_none() -> None:
    upper = [line((x, 0), (x + 40, 100)) for x in (0, 60, 120)]
    lower = [line((x, 118), (x + 40, 218)) for x in (0, 60, 120)]
    dot = line((20, 70), (21, 71))
    assert [len(row) for row in rows(pieces(*lower, dot, *upper))] == [4, 3]
    eights = [line((x, y), (x + 40, y + 50)) for x in (0, 60) for y in (0, 56)]
    assert len(rows(pieces(*eights))) == 1  # two of them, of two circles each


def test_high_strokes_with_blank_paper_between_are_two_digits_for_any_network() -> None:
    row = Lattice(pieces(line((0, 0), (60, 100)), line((75, 0), (135, 100))))
    assert [(candidate.first, candidate.last) for candidate in row.candidates] == [(0, 1), (1, 2)]


def test_what_touches_from_top_to_bottom_is_hardly_two_digits() -> None:
    stem, bumps = line((0, 0), (0, 100)), line((1, 0), (40, 25), (1, 50), (40, 75), (1, 100))
    beside = line((1, 50), (40, 0), (40, 100))
    costs = []
    for other in (bumps, beside):
        row = Lattice(pieces(stem, other))
        left, right = (
            next(each for each in row.candidates if (each.first, each.last) == run) for run in ((0, 1), (1, 2))
        )
        costs.append(row.parting_cost(left, right))
    assert costs[0] > costs[1] + 10


def test_a_stroke_that_was_cut_into_many_parts_is_still_one_candidate() -> None:
    teeth = [(20.0 * place, 100.0 * (place % 2)) for place in range(30)]
    row = Lattice(Strokes(on_canvas([line(*teeth)])).pieces)
    assert len(row.pieces) > 10
    assert any((each.first, each.last) == (0, len(row.pieces)) for each in row.candidates)


def test_a_seam_goes_through_the_gap_even_if_it_leans() -> None:
    ink = np.ones((64, 120), np.float32)
    for row in range(64):
        ink[row, 50 + row // 6 : 54 + row // 6] = 0
    found = min(seams(ink, 64), key=lambda seam: seam.ink)
    middle = np.arange(64) // 6 + 52
    assert np.abs(found.columns - middle).max() <= 4
    assert found.ink < 1


def test_a_seam_tells_how_much_ink_it_cuts() -> None:
    ink = np.zeros((64, 140), np.float32)
    ink[:, :20] = ink[:, 120:] = 1
    ink[30:36, 20:120] = 1
    found = seams(ink, 64)
    assert found
    assert all(seam.ink == pytest.approx(6, abs=0.01) for seam in found)
    assert seams(np.ones((64, 140), np.float32), 64) == []  # all of it would be cut


def test_one_line_that_wrote_two_digits_may_be_cut_and_is_whole_again_as_one() -> None:
    drawing = linked("3", "6")
    strokes = Strokes(drawing)
    assert len(strokes.pieces) > 1
    assert all(piece.sources == {0} for piece in strokes.pieces)
    assert strokes.of(strokes.pieces) == drawing.strokes
    half = strokes.of(strokes.pieces[:1])
    assert sum(map(len, half)) > 0
    assert half != drawing.strokes


def test_a_stroke_under_way_is_not_cut_and_changes_no_other_cut() -> None:
    drawing = linked("3", "6")
    assert len(Strokes(drawing, is_growing=True).pieces) == 1
    before = Strokes(drawing)
    for bottom in (60, 200, 500):
        beside = Drawing(900, 600, (*drawing.strokes, ((600.0, 20.0), (640.0, bottom), (800.0, bottom))))
        found = Strokes(beside, is_growing=True).pieces
        assert [piece.tie for piece in found if piece.sources == {0}] == [piece.tie for piece in before.pieces]
        assert [piece.parts for piece in found if piece.sources == {1}] == [(1,)]


def test_a_cut_loses_nothing() -> None:
    strokes = Strokes(linked("0", "0"))
    apart = np.concatenate([np.array(run) for piece in strokes.pieces for run in strokes.of([piece])])
    whole = np.concatenate([np.array(stroke) for stroke in strokes.of(strokes.pieces)])
    np.testing.assert_allclose(apart.min(axis=0), whole.min(axis=0), atol=1)
    np.testing.assert_allclose(apart.max(axis=0), whole.max(axis=0), atol=1)


def test_pressure_and_time_survive_a_cut() -> None:
    (whole,) = linked("0", "0").strokes
    with_pen = tuple((x, y, 8.0 * number, 0.5) for number, (x, y) in enumerate(whole))
    strokes = Strokes(Drawing(300, 200, (with_pen,)))
    (run, *_) = strokes.of(strokes.pieces[:1])
    assert {len(point) for point in run} == {4}
    assert {point[3] for point in run} == {0.5}


def test_connected_ink_is_a_piece_and_keeps_its_soft_edge() -> None:
    ink = np.zeros((60, 120), np.float32)
    ink[10:50, 20:26] = ink[10:50, 80:86] = 1
    ink[10:50, 19] = ink[10:50, 86] = 0.2
    found, labels = part_pieces(ink)
    assert [piece.box.left for piece in found] == [20, 80]
    assert labels[30, 19] == labels[30, 22] == found[0].parts[0]
    assert labels[30, 86] == labels[30, 82] == found[1].parts[0]
    assert part_pieces(np.zeros((20, 20), np.float32))[0] == []


def test_candidates_are_runs_of_neighbours_and_far_ink_is_never_one_digit() -> None:
    row = Lattice(pieces(*(line((x, 0), (x, 100)) for x in (0, 15, 200, 230))))
    runs = {(candidate.first, candidate.last) for candidate in row.candidates}
    assert {(0, 1), (1, 2), (2, 3), (3, 4)} <= runs
    assert not {(1, 3), (0, 3), (1, 4)} & runs


def test_ink_with_much_blank_paper_between_is_never_one_digit_even_if_it_is_all_there_is() -> None:
    row = Lattice(pieces(line((0, 0), (0, 100)), line((40, 40), (40, 70))))
    assert [(candidate.first, candidate.last) for candidate in row.candidates] == [(0, 1), (1, 2)]


def test_low_ink_is_the_likelier_a_digit_the_further_it_stands_from_the_rest() -> None:
    def cost(gap: float) -> float:
        row = Lattice(pieces(line((0, 0), (0, 100)), line((gap, 40), (gap, 70))))
        return next(candidate.cost for candidate in row.candidates if (candidate.first, candidate.last) == (1, 2))

    assert cost(5) > cost(15) > cost(25) == cost(90) == 0


def test_parting_costs_more_where_ink_was_cut_through() -> None:
    first, second = line((0, 0), (50, 100)), line((52, 0), (100, 100))
    sources = [(frozenset([0]), frozenset([1]), 0.0), (frozenset([0]), frozenset([0]), 1.0)]
    costs = []
    for left, right, tie in sources:
        row = Lattice([Piece(first, (0,), left), Piece(second, (1,), right, tie)])
        singles = [candidate for candidate in row.candidates if candidate.last == candidate.first + 1]
        costs.append(row.parting_cost(*singles))
    assert costs[0] < costs[1]


def test_what_is_no_number_is_one_piece() -> None:
    random = np.random.default_rng(2)
    many = tuple(tuple(map(tuple, random.uniform(0, 280, (4, 2)).tolist())) for _ in range(MOST_PIECES + 1))
    (row,) = drawing_rows(Drawing(280, 280, many)).rows
    assert len(row.pieces) == len(row.candidates) == 1


def test_boxes_are_shares_of_the_paper() -> None:
    drawing = written("42", gap=40)
    for writing in (drawing_rows(drawing), picture_rows(photographed(drawing))):
        shares = [writing.share(piece.box) for row in writing.rows for piece in row.pieces]
        assert all(0 <= min(share) <= max(share) <= 1 for share in shares)
        assert min(share.left for share in shares) * drawing.width < 35


def test_the_same_strokes_have_the_same_key_whatever_is_written_beside_them() -> None:
    def keys(drawing: Drawing) -> set[Hashable]:
        writing = drawing_rows(drawing)
        return {writing.key(row, candidate) for row in writing.rows for candidate in row.candidates}

    four, both = written("4"), written("42")
    taller = Drawing(both.width, both.height, (*both.strokes, ((200.0, 0.0), (200.0, 170.0))))
    assert keys(both) & keys(taller)
    assert not keys(both) & keys(four)  # alone on its canvas a digit is all there is
    picture = picture_rows(photographed(four))
    row = picture.rows[0]
    assert picture.key(row, row.candidates[0]) != picture.key(row, row.candidates[0])


def test_a_dot_beside_a_digit_stays_a_dot() -> None:
    dot, speck = ((200.0, 100.0), (200.5, 100.5)), ((240.0, 100.0), (240.0, 103.0))
    stem = ((50.0, 20.0), (50.0, 220.0))
    writing = drawing_rows(Drawing(280, 280, (stem, dot, speck)))
    (row,) = writing.rows
    singles = [candidate for candidate in row.candidates if candidate.last == candidate.first + 1]
    for candidate, stroke in zip(singles, (stem, dot, speck), strict=True):
        expected = prepare_drawing(Drawing(row.height, row.height, (stroke,)), DIGITS)
        np.testing.assert_allclose(writing.prepare(row, candidate).image, expected.image, atol=1e-6)
