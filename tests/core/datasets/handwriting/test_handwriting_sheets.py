"""The sheets: the same for the same seed, whole, and as the program's own path renders drawings."""

import numpy as np
import pytest
from numpy.random import Generator

from app.core.datasets.handwriting.hand import Curve, Glyph, write
from app.core.datasets.handwriting.shapes import HELD_OUT_LETTERS, LETTER_SHAPES
from app.core.datasets.handwriting.sheets import letters, no_digits, rare_digits
from app.core.imaging.preprocess import SIZE


def test_digits_are_the_same_for_a_seed_and_others_for_another() -> None:
    once, again, other = rare_digits(30, 7), rare_digits(30, 7), rare_digits(30, 8)
    assert np.array_equal(once.images, again.images)
    assert np.array_equal(once.labels, again.labels)
    assert not np.array_equal(once.images, other.images)


def test_things_that_are_no_digits_are_the_same_for_a_seed() -> None:
    assert np.array_equal(no_digits(20, 3), no_digits(20, 3))
    assert not np.array_equal(no_digits(20, 3), no_digits(20, 4))


@pytest.mark.parametrize("count", [0, 1, 25])
def test_as_many_as_asked_for_come(count: int) -> None:
    digits = rare_digits(count, 1)
    assert digits.images.shape == (count, SIZE, SIZE)
    assert digits.images.dtype == digits.labels.dtype == np.uint8
    assert len(digits) == count
    for images in (no_digits(count, 1), letters(count, 1, held_out=True)):
        assert images.shape == (count, SIZE, SIZE)
        assert images.dtype == np.uint8


def test_every_digit_occurs_equally_often() -> None:
    assert np.bincount(rare_digits(50, 5).labels).tolist() == [5] * 10


def test_the_ink_lies_as_in_mnist() -> None:
    """Inside a box of 20, with the centre of mass in pixel 14."""
    images = rare_digits(60, 9).images.astype(float)
    mass = images.sum(axis=(1, 2))
    rows = (images.sum(axis=2) @ np.arange(SIZE)) / mass
    columns = (images.sum(axis=1) @ np.arange(SIZE)) / mass
    assert np.abs(rows - 14).max() < 1.2
    assert np.abs(columns - 14).max() < 1.2
    assert (mass / 255 > 25).all()
    assert (images.max(axis=(1, 2)) > 90).all()


def test_nothing_drawn_is_empty() -> None:
    assert (no_digits(100, 2).max(axis=(1, 2)) > 90).all()


def test_held_out_letters_are_never_among_what_is_no_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    written: set[str] = set()

    def noted(shape: Glyph, random: Generator, turn: float = 0.1) -> list[Curve]:
        written.add(shape.name)
        return write(shape, random, turn=turn)

    monkeypatch.setattr("app.core.datasets.handwriting.sheets.write", noted)
    held_out = {shape.name for shape in LETTER_SHAPES if shape.name[0] in HELD_OUT_LETTERS}
    no_digits(300, 11)
    letters(60, 1, held_out=False)
    assert len(written) > 50
    assert not written & held_out
    written.clear()
    letters(60, 1, held_out=True)
    assert written
    assert written <= held_out
