"""Strokes become ink: compared with the distance of each pixel to each segment."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.drawing import Drawing, Point, Stroke, load_drawing
from app.core.imaging.rasterise import BOX, OVERSAMPLING, PEN_WIDTH, rasterise
from tests.written import rendered

SIDE = BOX * OVERSAMPLING
PEN = PEN_WIDTH * OVERSAMPLING
SAMPLES = sorted((Path(__file__).parents[3] / "resources" / "samples").glob("*.drawing.json"))


def moved(drawing: Drawing, scale: float, dx: float, dy: float) -> Drawing:
    strokes = tuple(tuple((p[0] * scale + dx, p[1] * scale + dy, *p[2:]) for p in s) for s in drawing.strokes)
    return Drawing(drawing.width, drawing.height, strokes)


def distances(shape: tuple[int, ...], a: Point, b: Point) -> NDArray[np.float64]:
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = np.clip(((columns - a[0]) * dx + (rows - a[1]) * dy) / (dx * dx + dy * dy), 0, 1)
    return np.asarray(np.hypot(columns - a[0] - t * dx, rows - a[1] - t * dy))


def test_a_polyline_is_the_pixels_near_its_segments() -> None:
    a, b = (20.0, 30.0), (220.0, 200.0)
    # Points close together pin the curve to the straight line.
    stroke: Stroke = tuple((20 + 2.0 * i, 30 + 1.7 * i) for i in range(101))
    ink = rasterise(Drawing(280, 280, (stroke,)))
    scale, radius = (SIDE - PEN) / 200, PEN / 2
    start = (radius, radius)
    end = ((b[0] - a[0]) * scale + radius, (b[1] - a[1]) * scale + radius)
    near = distances(ink.shape, start, end)
    assert (ink[near < radius - 1.8] == 1).all()
    assert (ink[near > radius + 1.8] == 0).all()
    assert ink.sum() == pytest.approx(np.clip(radius + 0.5 - near, 0, 1).sum(), rel=0.02)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_picture_does_not_depend_on_place_and_size(path: Path) -> None:
    drawing = load_drawing(path)
    ink = rasterise(drawing)
    assert ink.dtype == np.float32
    assert max(ink.shape) in (SIDE - 1, SIDE, SIDE + 1)
    assert ink.min() == 0
    assert ink.max() == 1
    for scale, dx, dy in ((0.1, 240, 3), (0.5, 10, 100), (3, -200, 50)):
        other = rasterise(moved(drawing, scale, dx, dy))
        assert np.abs(np.subtract(other.shape, ink.shape)).max() <= 1
        h, w = np.minimum(other.shape, ink.shape)
        assert np.abs(other[:h, :w] - ink[:h, :w]).mean() < 0.02


def test_degenerate_drawings_stay_sensible() -> None:
    assert rasterise(Drawing(280, 280)).shape == (0, 0)
    assert rasterise(Drawing(280, 280, ((),))).shape == (0, 0)
    dot = rasterise(Drawing(280, 280, (((140, 140),),)))
    assert max(dot.shape) <= PEN + 2
    tap = rasterise(Drawing(280, 280, (((140, 140), (140, 140), (141, 140)),)))
    assert max(tap.shape) <= 3 * PEN
    for stroke in (((140.0, 20.0), (140.0, 250.0)), tuple((140.0, 20.0 + i) for i in range(200))):
        line = rasterise(Drawing(280, 280, (stroke,)))
        assert abs(line.shape[0] - SIDE) <= 1
        assert abs(line.shape[1] - PEN) <= 1.5


def test_pressure_thickens_against_its_own_mean() -> None:
    def line(first: float, second: float) -> NDArray[np.float32]:
        stroke = tuple((140.0, 20.0 + i, float(i), first if i < 100 else second) for i in range(200))
        return rasterise(Drawing(280, 280, (stroke,)))

    assert np.array_equal(line(1, 1), line(0, 0))
    widths = line(0.2, 0.8).sum(axis=1)
    assert widths[40] < PEN - 1 < PEN + 1 < widths[120]


def test_the_curve_passes_through_the_points() -> None:
    points = ((20.0, 20.0), (200.0, 60.0), (40.0, 180.0), (220.0, 220.0))
    image = rendered(Drawing(280, 280, (points,)), 280, 280, 5)
    for x, y in points:
        assert image[int(y), int(x)] == 0


def test_a_preview_shows_the_canvas() -> None:
    empty = rendered(Drawing(280, 140), 100, 60, 4)
    assert empty.shape == (60, 100)
    assert empty.dtype == np.uint8
    assert (empty == 255).all()
    line = rendered(Drawing(280, 140, (((0, 70), (280, 70)),)), 280, 140, 10)
    assert (255.0 - line).sum() / 255 == pytest.approx(280 * 10, rel=0.03)
    assert (line[70, :] == 0).all()
    outside = rendered(Drawing(280, 140, (((-500, -500), (-400, -300)),)), 280, 140, 10)
    assert (outside == 255).all()
