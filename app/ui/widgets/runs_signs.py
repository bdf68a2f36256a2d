"""The signs that tell runs apart in a plot and beside it: never colour alone. Imports no pyqtgraph."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """A sign as pyqtgraph calls it, and as a letter."""

    symbol: str
    letter: str


SIGNS = (
    Sign("o", "●"),
    Sign("s", "■"),
    Sign("t1", "▲"),
    Sign("d", "◆"),
    Sign("t", "▼"),
    Sign("star", "★"),
    Sign("+", "+"),
    Sign("x", "✗"),
)
"""As many as the theme has colours for runs."""
