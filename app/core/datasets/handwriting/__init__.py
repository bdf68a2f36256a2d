"""Handwriting that the program draws itself: digits in rare shapes, and what is no digit at all."""

from app.core.datasets.handwriting.letter_shapes import HELD_OUT_LETTERS
from app.core.datasets.handwriting.sheets import letters, no_digits, rare_digits

__all__ = ["HELD_OUT_LETTERS", "letters", "no_digits", "rare_digits"]
