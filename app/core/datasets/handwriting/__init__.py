"""Handwriting that the program draws itself: digits in rare shapes, and what is no digit at all."""
