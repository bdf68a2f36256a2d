"""The tutorial's value plot: a bar for each class on an axis from 0 to 1, the predicted one red, the true one blue."""

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from app.ui import theme
from app.ui.plots.drawing import (
    LINE_HEIGHT,
    SIGN,
    TICK,
    cut,
    paint_frame,
    paint_line,
    paint_sign,
    paint_text,
    width_of,
)
from app.ui.plots.figure import Example

NAME_PITCH = 17.0
"""How far apart tilted names must stand to be read."""
_BAR = 0.8
_MARGIN = 0.05
"""Of the bars' room, on either side: both as matplotlib has them."""
_TILT_DEG = 45
_SLANT = math.sqrt(0.5)
_LONGEST_NAME = 150.0
_NUMBER_PITCHES = (1, 2, 5, 10, 25)


def names_reach(names: tuple[str, ...]) -> float:
    """How far the longest of the tilted names reaches down, and to the left of its bar."""
    longest = max((min(width_of(name), _LONGEST_NAME) for name in names), default=0.0)
    return TICK + _SLANT * (longest + LINE_HEIGHT)


def bar_rect(place: QRectF, classes: int, label: int, value: float) -> QRectF:
    """The bar of one class in a plot at `place`; values beyond the axis are cut."""
    pitch = place.width() / ((classes - 1 + _BAR) * (1 + 2 * _MARGIN))
    first = place.left() + _MARGIN / (1 + 2 * _MARGIN) * place.width()
    height = min(max(value, 0.0), 1.0) * place.height()
    return QRectF(first + label * pitch, place.bottom() - height, _BAR * pitch, height)


def paint_value_plot(painter: QPainter, place: QRectF, example: Example, has_names: bool = False) -> None:
    """Bars in a frame, and below it the classes: numbers, or names tilted by 45 degrees."""
    colours, classes = theme.colours(), len(example.class_names)
    bars = [bar_rect(place, classes, label, float(value)) for label, value in enumerate(example.probabilities)]
    inks = dict.fromkeys(range(classes), colours.plot_bar)
    inks[example.predicted] = colours.plot_wrong
    if example.true is not None:
        inks[example.true] = colours.plot_right  # in the tutorial's order: the true class has the last word
    for label, bar in enumerate(bars):
        painter.fillRect(bar, QColor(inks[label]))
    if example.true is not None:
        for label in {example.predicted, example.true}:
            _paint_sign_of(painter, place, bars[label], label == example.true, inks[label])
    paint_frame(painter, place)
    every = 1 if has_names else _numbered_every(place.width() / classes, classes)
    for label, bar in enumerate(bars):
        if label % every == 0:
            foot = QPointF(bar.center().x(), place.bottom() + TICK)
            paint_line(painter, QPointF(foot.x(), place.bottom()), foot)
            if has_names:
                _paint_tilted(painter, foot, cut(example.class_names[label], _LONGEST_NAME))
            else:
                paint_text(painter, QRectF(foot.x(), foot.y(), 0, LINE_HEIGHT - 2), str(label))


def _numbered_every(pitch: float, classes: int) -> int:
    """How many bars share a number, so that no two numbers touch."""
    needed = width_of(str(classes - 1)) + 3
    return next((every for every in _NUMBER_PITCHES if every * pitch >= needed), _NUMBER_PITCHES[-1])


def _paint_sign_of(painter: QPainter, place: QRectF, bar: QRectF, is_true: bool, colour: str) -> None:
    """A check over the true bar, a cross over a wrong one; in white on the bar where there is no room over it."""
    side = min(SIGN, max(bar.width() - 2, 4))
    above = bar.top() - side - 2
    is_inside = above < place.top() + 1
    sign = QRectF(bar.center().x() - side / 2, bar.top() + 3 if is_inside else above, side, side)
    paint_sign(painter, sign, is_true, theme.colours().paper if is_inside else colour)


def _paint_tilted(painter: QPainter, foot: QPointF, name: str) -> None:
    """A name that ends at `foot` and comes from below on the left."""
    painter.save()
    painter.translate(foot.x() + 2, foot.y() + 3)
    painter.rotate(-_TILT_DEG)
    width = width_of(name)
    paint_text(painter, QRectF(-width, -LINE_HEIGHT / 2 + 3, width, LINE_HEIGHT), name)
    painter.restore()
