"""A curve as it is drawn and named: never told from others by its colour alone. Imports no pyqtgraph."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

from app.core.runs.curves import Numbers
from app.core.runs.events import EpochDone
from app.ui.theme import Colours

NOTHING: Numbers = np.array([], dtype=np.float64)
_FAR: Numbers = np.array([math.inf])

_PALE = 0.6
_THIN = 0.45
"""Opacities: of an earlier run, and of the noise behind a mean."""

Ink = Callable[[Colours], str]
"""Which of the theme's colours."""

ACCENT, VALIDATION, BEST, MUTED, BAR = map(attrgetter, ("accent", "validation", "best", "muted", "bar"))


def series(place: int) -> Ink:
    """The colour of the run at that place."""
    return lambda colours: colours.series[place]


@dataclass(frozen=True, eq=False)
class Line:
    """Points to draw, x ascending, and how. Without a `name` the legend leaves it out; without points it only explains.

    `sign` is pyqtgraph's name of one: it stands at every point, or only at the last where there are many. With
    `is_many` it is several curves in a row, with gaps between them; with `is_mean` each value is the mean of an epoch.
    """

    x: Numbers
    y: Numbers
    ink: Ink
    name: str = ""
    help: str = ""
    pen: Qt.PenStyle = Qt.PenStyle.SolidLine
    width: float = 2
    sign: str = ""
    sign_size: int = 7
    is_pale: bool = False
    is_noisy: bool = False
    is_level: bool = False
    is_many: bool = False
    is_mean: bool = False

    @property
    def epochs(self) -> tuple[float, float] | None:
        """The first and the last epoch, None without any."""
        if not len(self.x) or self.is_level:
            return None
        if not self.is_many:
            return float(self.x[0]), float(self.x[-1])
        x = self.x[np.isfinite(self.y)]
        return float(x.min()), float(x.max())

    @property
    def is_read(self) -> bool:
        """Whether its values are told under the pointer."""
        return bool(self.name) and not (self.is_level or self.is_many) and self.pen is not Qt.PenStyle.NoPen

    def colour(self, colours: Colours) -> QColor:
        """Its colour among these."""
        colour = QColor(self.ink(colours))
        colour.setAlphaF(_PALE if self.is_pale else _THIN if self.is_noisy else 1.0)
        return colour

    def stroke(self, colours: Colours) -> QPen:
        """What its line is drawn with."""
        pen = QPen(QBrush(self.colour(colours)), self.width, self.pen, Qt.PenCapStyle.FlatCap)
        pen.setCosmetic(True)
        return pen

    def sign_pen(self, colours: Colours) -> QPen:
        """What its signs are drawn around with."""
        pen = QPen(QBrush(self.colour(colours)), 1.4) if self.is_pale else QPen(Qt.PenStyle.NoPen)
        pen.setCosmetic(True)
        return pen

    def fill(self, colours: Colours) -> QBrush:
        """What its signs are filled with: those of an earlier run are hollow."""
        return QBrush() if self.is_pale else QBrush(self.colour(colours))


def level(value: float, name: str, help_text: str) -> Line:
    """A dotted line through all epochs."""
    return Line(_FAR, np.array([value]), MUTED, name, help_text, Qt.PenStyle.DotLine, 1.4, is_level=True)


def meaning(name: str, pen: Qt.PenStyle) -> Line:
    """No line, but what all lines of that kind are."""
    return Line(NOTHING, NOTHING, MUTED, name, pen=pen)


# The signs that tell runs apart in a plot and beside it: never colour alone.


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


# One quantity of a run of the history, epoch by epoch.


@dataclass(frozen=True, eq=False)
class EpochCurve:
    """Values at the ends of `epochs`; nan where nothing was measured.

    With `is_mean` each training value is the mean over the epoch that ended.
    """

    epochs: Numbers
    training: Numbers
    validation: Numbers
    is_mean: bool

    @property
    def has_validation(self) -> bool:
        """True if any epoch was validated."""
        return bool(np.isfinite(self.validation).any())


def epoch_curve(epochs: Sequence[EpochDone], name: str) -> EpochCurve:
    """The curve of `name`, a field of EpochDone; its `val_` field is that of validation, if there is one."""

    def values(attribute: str) -> Numbers:
        told = [getattr(epoch, attribute, None) for epoch in epochs]
        numbers = np.array(told, dtype=np.float64)  # None becomes nan
        numbers[~np.isfinite(numbers)] = np.nan
        return numbers

    ends = np.array([epoch.epoch for epoch in epochs], dtype=np.float64)
    return EpochCurve(ends, values(name), values(f"val_{name}"), is_mean=name != "learning_rate")
