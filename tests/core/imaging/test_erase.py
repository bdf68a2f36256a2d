"""The eraser against geometry that can be checked by hand and by sampling."""

import math
from itertools import pairwise

import numpy as np

from app.core.imaging.drawing import Drawing, Point, Stroke, erase, erase_path


def drawn(*strokes: Stroke) -> Drawing:
    return Drawing(100, 100, strokes)


def distance(p: Point, a: Point, b: Point) -> float:
    """Distance from a point to the segment a-b, by the textbook."""
    ab, ap = np.subtract(b[:2], a[:2]), np.subtract(p[:2], a[:2])
    t = float(np.clip(ap @ ab / (ab @ ab), 0, 1)) if ab.any() else 0.0
    return math.hypot(*(ap - t * ab))


def test_a_line_is_split_at_the_circle() -> None:
    rest = erase(drawn(((0, 50, 0, 0.0), (100, 50, 100, 1.0))), 50, 53, 5)
    left, right = rest.strokes
    assert np.allclose(left, [(0, 50, 0, 0), (46, 50, 46, 0.46)])
    assert np.allclose(right, [(54, 50, 54, 0.54), (100, 50, 100, 1)])


def test_ends_inside_are_shortened() -> None:
    assert erase(drawn(((0, 0), (10, 0))), 0, 0, 4).strokes == (((4, 0), (10, 0)),)
    assert erase(drawn(((0, 0), (10, 0))), 10, 0, 4).strokes == (((0, 0), (6, 0)),)
    assert erase(drawn(((0, 0), (10, 0))), 5, 0, 6).strokes == ()


def test_what_is_not_touched_stays_the_same_object() -> None:
    drawing = drawn(((0, 0), (10, 0)), ((5, 5),))
    assert erase(drawing, 50, 50, 5) is drawing
    assert erase(drawing, 5, -3, 3) is drawing  # touching from outside removes nothing


def test_dots_go_whole_or_stay() -> None:
    drawing = drawn(((5, 5),), ((20, 20),))
    assert erase(drawing, 6, 5, 2).strokes == (((20, 20),),)


def test_a_path_removes_what_lies_between_its_ends() -> None:
    rest = erase_path(drawn(((50, 0), (50, 100))), (0, 50), (100, 50), 5)
    assert np.allclose(rest.strokes, [[(50, 0), (50, 45)], [(50, 55), (50, 100)]])


def test_random_strokes_keep_exactly_what_is_outside() -> None:
    rng = np.random.default_rng(5)
    for _ in range(30):
        points: Stroke = tuple((float(x), float(y)) for x, y in rng.uniform(0, 100, (8, 2)))
        start, end = (tuple(map(float, rng.uniform(0, 100, 2))) for _ in range(2))
        radius = float(rng.uniform(2, 25))
        pieces = erase_path(drawn(points), start, end, radius).strokes
        for piece in pieces:
            assert len(piece) >= 2
            for a, b in pairwise(piece):
                for t in np.linspace(0, 1, 7):
                    assert distance(tuple(np.add(a, t * np.subtract(b, a))), start, end) >= radius - 1e-6
        for a, b in pairwise(points):
            for t in np.linspace(0, 1, 9):
                p = tuple(np.add(a, t * np.subtract(b, a)))
                if distance(p, start, end) > radius + 1e-6:
                    near = min(distance(p, c, d) for s in pieces for c, d in pairwise(s))
                    assert near < 1e-6
