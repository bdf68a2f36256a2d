"""Printed lines go, writing stays."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.imaging.drawing import load_drawing
from app.core.imaging.ruled_lines import without_ruled_lines
from tests.written import rendered

SAMPLES = sorted((Path(__file__).parents[3] / "resources" / "samples").glob("*.drawing.json"))
HEIGHT, WIDTH = 380, 340


def writing(path: Path, pen: float = 11) -> NDArray[np.float32]:
    """Return the contrast of a digit on blank paper."""
    return np.asarray(0.8 * (1 - rendered(load_drawing(path), WIDTH, HEIGHT, pen) / 255), np.float32)


def lines(spacing: float, slope: float, fan: float = 0) -> NDArray[np.float32]:
    """Return the contrast of level lines 1.5 pixels wide; `fan` changes their slope from top to bottom."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    place = rows - (slope + fan * (rows / HEIGHT - 0.5)) * (columns - WIDTH / 2)
    away = np.abs(place % spacing - spacing / 2)
    return np.asarray(0.25 * np.clip(1.25 - away, 0, 1), np.float32)


@pytest.mark.parametrize("path", SAMPLES)
def test_paper_without_lines_is_left_alone(path: Path) -> None:
    page = writing(path)
    assert np.array_equal(without_ruled_lines(page), page)


@pytest.mark.parametrize(("slope", "fan"), [(0, 0), (0.05, 0), (-0.083, 0), (0.02, 0.06)])
@pytest.mark.parametrize("path", SAMPLES[:4])
def test_lines_go_and_the_digit_stays(path: Path, slope: float, fan: float) -> None:
    digit = writing(path)
    found = without_ruled_lines(np.maximum(digit, lines(47, slope, fan)))
    assert np.abs(found - digit).mean() < 0.01
    assert ((found > 0.4) == (digit > 0.4)).mean() > 0.99
    assert float((found[digit < 0.05] > 0.15).mean()) < 0.005


def test_squares_go_as_well() -> None:
    digit = writing(SAMPLES[3])
    upright = np.rot90(np.pad(lines(31, 0.03), ((0, 0), (20, 20)), mode="edge"))[:HEIGHT, :WIDTH]
    found = without_ruled_lines(np.maximum(digit, np.maximum(lines(31, 0.03), upright)))
    assert ((found > 0.4) == (digit > 0.4)).mean() > 0.985


def test_bars_of_digits_in_a_row_are_not_a_line() -> None:
    row = np.zeros((200, 600), np.float32)
    for left in range(20, 560, 90):
        row[40:52, left : left + 55] = 0.8
    assert np.array_equal(without_ruled_lines(row), row)


def test_the_bar_of_a_seven_that_fills_the_picture_is_not_a_line() -> None:
    seven = np.zeros((300, 220), np.float32)
    seven[12:30, 12:205] = 0.8
    for row in range(30, 290):
        left = 180 - row // 2
        seven[row, left : left + 20] = 0.8
    assert np.array_equal(without_ruled_lines(seven), seven)


def test_lines_that_leave_at_a_corner_go_as_well() -> None:
    ruled = lines(37, 0.08)
    assert float((without_ruled_lines(ruled) > 0.1).mean()) < 0.0005


def test_small_pictures_are_left_alone() -> None:
    small = np.zeros((28, 28), np.float32)
    small[10] = 0.2
    assert np.array_equal(without_ruled_lines(small), small)
