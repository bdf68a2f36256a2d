"""Drawings with more ink than anybody can see: read in bounded memory and time, and read right."""

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.errors import InputError
from app.core.imaging import drawing as drawings
from app.core.imaging import rasterise as rasterising
from app.core.imaging.drawing import Drawing, Stroke, parse_drawing
from app.core.imaging.rasterise import rasterise

HEAD = '{"format":"softmax-studio-drawing","version":1,"canvas":[400,400],"strokes":['


@pytest.mark.parametrize(
    "strokes",
    [
        "[" + ",".join(["[1,2]"] * 1_100) + "]",
        ",".join(["[]"] * 1_100),
        "[" + ",".join(["[]"] * 1_100) + "]",
        "[[" + ",".join(["1"] * 2_100) + "]]",
    ],
)
def test_what_is_too_much_is_refused_before_it_is_taken_apart(strokes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "MAX_POINTS", 500)
    monkeypatch.setattr(drawings, "_ROOM", 50)
    monkeypatch.setattr(drawings._DrawingFile, "model_validate_json", None)  # what would take the memory
    with pytest.raises(InputError, match="more than 500 points"):
        parse_drawing(HEAD + strokes + "]}", "mine")


def scribble(points: int) -> Stroke:
    chance = random.Random(1)
    return tuple((chance.uniform(0, 400), chance.uniform(0, 400)) for _ in range(points))


def circle(turns: int) -> Stroke:
    angles = np.linspace(0, 2 * np.pi * turns, 100 * turns)
    return tuple(map(tuple, np.column_stack([200 + 90 * np.cos(angles), 200 + 150 * np.sin(angles)]).tolist()))


def ink_of(drawing: Drawing, monkeypatch: pytest.MonkeyPatch, most_points: int) -> NDArray[np.float32]:
    monkeypatch.setattr(rasterising, "_MOST_POINTS", most_points)
    return rasterise(drawing)


def test_straight_lines_are_the_same_ink(monkeypatch: pytest.MonkeyPatch) -> None:
    dot = ((390.0, 380.0),)
    drawing = Drawing(400.0, 400.0, (circle(3), dot, ((10.0, 20.0), (30.0, 390.0))))
    smooth, straight = ink_of(drawing, monkeypatch, 1_000), ink_of(drawing, monkeypatch, 10)
    assert smooth.shape == straight.shape
    assert np.abs(smooth - straight).mean() < 0.02
    assert straight.max() == 1


def test_long_strokes_of_few_points_take_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasterising, "_resample", None)  # a hundred places for each point of them
    ink = rasterise(Drawing(400.0, 400.0, (scribble(3_000),)))
    assert ink.shape == (160, 160)
    assert ink.mean() > 0.95


def test_ink_that_is_a_dot_stays_one() -> None:
    dot = tuple((200 + 1e-9 * x, 200.0) for x, _ in scribble(30_000))
    assert max(rasterise(Drawing(400.0, 400.0, (dot,))).shape) < 25
