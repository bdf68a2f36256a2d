"""The tutorial's figures: the grid of pairs, the single prediction and the gallery of training pictures."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.ui import theme
from app.ui.common.plots.figure import (
    LINE_HEIGHT,
    SIGN,
    TICK,
    Example,
    ExampleFigure,
    binary,
    cut,
    image_of,
    paint_frame,
    paint_ground,
    paint_line,
    paint_sign,
    paint_text,
    plot_font,
    right_and_wrong,
    shares_of,
    viridis,
    width_of,
)
from app.ui.common.text import LEFT, RIGHT

# The tutorial's image plot: a picture in a frame, and what the network says of it below.

_SIGN_ROOM = SIGN + 4


def paint_picture(painter: QPainter, place: QRectF, picture: QImage) -> None:
    """A picture in a black frame, no ticks."""
    painter.drawImage(place, picture)
    paint_frame(painter, place)


def caption_width(example: Example) -> float:
    """How much room the caption takes in one line, with its sign."""
    return width_of(example.caption) + (0 if example.is_right is None else _SIGN_ROOM)


def caption_lines(example: Example, room: float) -> tuple[str, ...]:
    """The caption as one line if it fits into `room`, else as two; a name that is longer even so is cut."""
    if caption_width(example) <= room:
        return (example.caption,)
    room -= 0 if example.is_right is None else _SIGN_ROOM
    name, _, confidence = example.answer.rpartition(" ")
    lines = (f"{cut(name, room - width_of(f' {confidence}'))} {confidence}", example.truth)
    return tuple(cut(line, room) for line in lines if line)


def paint_caption(painter: QPainter, top: QPointF, lines: tuple[str, ...], is_right: bool | None) -> None:
    """The lines, centred below `top`: blue with a check if right, red with a cross if wrong, black if nobody knows."""
    colours = theme.colours()
    colour = {True: colours.plot_right, False: colours.plot_wrong, None: colours.plot_ink}[is_right]
    for number, line in enumerate(lines):
        width = width_of(line) + (_SIGN_ROOM if number == 0 and is_right is not None else 0)
        place = QRectF(top.x() - width / 2, top.y() + number * LINE_HEIGHT, width, LINE_HEIGHT)
        paint_text(painter, place, line, colour, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if number == 0 and is_right is not None:
            sign = QRectF(place.left(), place.center().y() - SIGN / 2, SIGN, SIGN)
            paint_sign(painter, sign, is_right, colour)


# The tutorial's value plot: a bar for each class on an axis from 0 to 1, the predicted one red, the true one blue.

NAME_PITCH = 17.0
"""How far apart tilted names must stand to be read."""
_BAR = 0.8
_BAR_MARGIN = 0.05
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
    pitch = place.width() / ((classes - 1 + _BAR) * (1 + 2 * _BAR_MARGIN))
    first = place.left() + _BAR_MARGIN / (1 + 2 * _BAR_MARGIN) * place.width()
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


_MARGIN = 12.0
_BELOW = TICK + 1
"""Between a plot and what is written under it."""
_THINNEST_BAR = 3.5
"""With its gap."""


class PairGrid(ExampleFigure):
    """Pairs of image plot and value plot, row by row: `num_cols` of the tutorial is 3, and 15 examples fill 5 rows."""

    _SIDE = 100.0
    _GAPS = (18.0, 48.0)
    """Beside each plot, at least and at most: as much as the captions need, which are centred below the pictures."""
    _INSET = 6.0

    def __init__(self, examples: Sequence[Example], columns: int = 3) -> None:
        self._examples, self.legend = tuple(examples), right_and_wrong()
        self.spoken = tuple(example.spoken for example in self._examples)
        self._pictures = [image_of(binary(shares_of(example.image))) for example in self._examples]
        longest = max((caption_width(example) for example in self._examples), default=0.0)
        least, most = self._GAPS
        self._gap = min(max(least, (longest - self._SIDE) / 2 + 2 * self._INSET), most)
        room = self._SIDE + 2 * (self._gap - self._INSET)
        self._captions = [caption_lines(example, room) for example in self._examples]
        lines = max((len(caption) for caption in self._captions), default=1)
        classes = max((len(example.class_names) for example in self._examples), default=0)
        self._bars_width = max(self._SIDE, _THINNEST_BAR * classes)
        width = self._gap + self._SIDE + self._gap + self._bars_width
        cell = QSizeF(width, self._SIDE + _BELOW + lines * LINE_HEIGHT + _MARGIN)
        self.places = cells(len(self._examples), columns, cell)
        self.size = size_around(self.places)

    def paint(self, painter: QPainter) -> None:
        """Pair by pair."""
        paint_ground(painter, self.size)
        for number, (example, place) in enumerate(zip(self._examples, self.places, strict=True)):
            corner = place.topLeft() + QPointF(self._gap - self._INSET, _MARGIN / 2)
            image = QRectF(corner, QSizeF(self._SIDE, self._SIDE))
            paint_picture(painter, image, self._pictures[number])
            below = QPointF(image.center().x(), image.bottom() + _BELOW)
            paint_caption(painter, below, self._captions[number], example.is_right)
            bars = QRectF(image.right() + self._gap, image.top(), self._bars_width, self._SIDE)
            paint_value_plot(painter, bars, example)


class SinglePrediction(ExampleFigure):
    """One pair, larger, with the names of the classes under the bars."""

    _SIDE = 216.0

    def __init__(self, example: Example) -> None:
        self._example, self.legend = example, right_and_wrong()
        self.spoken = (example.spoken,)
        self._picture = image_of(binary(shares_of(example.image)))
        reach = names_reach(example.class_names)
        self._image = QRectF(2 * _MARGIN, _MARGIN, self._SIDE, self._SIDE)
        self._caption = caption_lines(example, self._SIDE + 2 * _MARGIN)
        bars_width = max(self._SIDE, NAME_PITCH * len(example.class_names) * 1.1)
        self._bars = QRectF(self._image.right() + max(3 * _MARGIN, reach), _MARGIN, bars_width, self._SIDE)
        self.size = QSizeF(self._bars.right() + _MARGIN, self._bars.bottom() + reach + _MARGIN)
        self.places = (QRectF(QPointF(), self.size),)

    def paint(self, painter: QPainter) -> None:
        """The picture on the left, the bars on the right."""
        paint_ground(painter, self.size)
        paint_picture(painter, self._image, self._picture)
        below = QPointF(self._image.center().x(), self._image.bottom() + _BELOW)
        paint_caption(painter, below, self._caption, self._example.is_right)
        paint_value_plot(painter, self._bars, self._example, has_names=True)


class TrainingGallery(ExampleFigure):
    """Pictures (n, 28, 28) uint8 with the names of their classes below: the first 25 of the tutorial, 5 in a row."""

    _SIDE = 118.0
    _GAP = 22.0

    def __init__(self, images: NDArray[np.uint8], names: Sequence[str], columns: int = 5) -> None:
        self._pictures = [image_of(binary(shares_of(image))) for image in images]
        self.spoken = tuple(names)
        cell = QSizeF(self._SIDE + self._GAP, self._SIDE + _BELOW + LINE_HEIGHT + _MARGIN / 2)
        self.places = cells(len(self._pictures), columns, cell)
        self.size = size_around(self.places)

    def paint(self, painter: QPainter) -> None:
        """Picture by picture."""
        paint_ground(painter, self.size)
        for picture, name, place in zip(self._pictures, self.spoken, self.places, strict=True):
            image = QRectF(place.left() + self._GAP / 2, place.top() + _MARGIN / 4, self._SIDE, self._SIDE)
            paint_picture(painter, image, picture)
            below = QRectF(place.left(), image.bottom() + _BELOW, place.width(), LINE_HEIGHT)
            align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            paint_text(painter, below, cut(name, place.width() - 4), align=align)


def cells(count: int, columns: int, cell: QSizeF) -> tuple[QRectF, ...]:
    """The places of `count` equal cells, row by row."""
    corners = ((number % columns * cell.width(), number // columns * cell.height()) for number in range(count))
    return tuple(QRectF(QPointF(_MARGIN / 2 + left, _MARGIN / 2 + top), cell) for left, top in corners)


def size_around(places: Sequence[QRectF]) -> QSizeF:
    """The size of a figure that holds these places, with a margin."""
    right = max((place.right() for place in places), default=0.0)
    bottom = max((place.bottom() for place in places), default=0.0)
    return QSizeF(right + _MARGIN / 2, bottom + _MARGIN / 2)


# One picture as numbers in colour, with axes and a colour bar: the tutorial's first look at the data.

_PIXEL_MARGIN = 14.0
_NUMBERS = 26.0
"""Room for the numbers of an axis, with their ticks."""
_PIXEL, _PIXEL_WITH_VALUE = 12.0, 20.0
_VALUE_FONT = 9
_COLOUR_BAR = 18.0
_TICK_PIXELS, _TICK_VALUES = 5, 50
_DARK_BELOW = 0.44
"""Up to here, white can be read on viridis; from here on, black."""


class PixelFigure(ExampleFigure):
    """A picture (28, 28) uint8 named `name`. `has_values` writes each pixel's value into it."""

    def __init__(self, image: NDArray[np.uint8], name: str = "", has_values: bool = False) -> None:
        self._pixels, self._has_values = image, has_values
        self.spoken = (name,)
        self._side = _PIXEL_WITH_VALUE if has_values else _PIXEL
        rows, columns = image.shape
        self._plot = QRectF(_NUMBERS + _PIXEL_MARGIN / 2, _PIXEL_MARGIN, columns * self._side, rows * self._side)
        self._bar = QRectF(self._plot.right() + 2 * _PIXEL_MARGIN, _PIXEL_MARGIN, _COLOUR_BAR, self._plot.height())
        self._picture = image_of(viridis(shares_of(image)))
        self.places = (self._plot,)
        self.size = QSizeF(
            self._bar.right() + TICK + _NUMBERS + _PIXEL_MARGIN / 2, self._plot.bottom() + 2 * _PIXEL_MARGIN
        )

    def paint(self, painter: QPainter) -> None:
        """The pixels with their axes, then the colour bar."""
        paint_ground(painter, self.size)
        painter.drawImage(self._plot, self._picture)
        if self._has_values:
            self._paint_values(painter)
        paint_frame(painter, self._plot)
        self._paint_axes(painter)
        self._paint_colour_bar(painter)

    def tip_at(self, point: QPointF) -> str:
        """The pixel and its value."""
        if not self._plot.contains(point):
            return ""
        rows, columns = self._pixels.shape
        row = min(int((point.y() - self._plot.top()) / self._side), rows - 1)
        column = min(int((point.x() - self._plot.left()) / self._side), columns - 1)
        words = QCoreApplication.translate("plots", "Row {row}, column {column}: {value}")
        return words.format(row=row, column=column, value=self._pixels[row, column])

    def _paint_values(self, painter: QPainter) -> None:
        """Each pixel's value, in white on the dark ones and in black on the bright ones."""
        painter.setFont(plot_font(_VALUE_FONT))
        shares = shares_of(self._pixels)
        for (row, column), value in np.ndenumerate(self._pixels):
            left, top = self._plot.left() + column * self._side, self._plot.top() + row * self._side
            place = QRectF(left, top, self._side, self._side)
            paint_text(painter, place, str(value), ink_on(float(shares[row, column])))
        painter.setFont(plot_font())

    def _paint_axes(self, painter: QPainter) -> None:
        plot = self._plot
        rows, columns = self._pixels.shape
        for row in range(0, rows, _TICK_PIXELS):
            y = plot.top() + (row + 0.5) * self._side
            paint_line(painter, QPointF(plot.left() - TICK, y), QPointF(plot.left(), y))
            paint_text(painter, QRectF(plot.left() - TICK - 3, y, 0, 0), str(row), align=RIGHT)
        for column in range(0, columns, _TICK_PIXELS):
            x = plot.left() + (column + 0.5) * self._side
            paint_line(painter, QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + TICK))
            paint_text(painter, QRectF(x, plot.bottom() + TICK, 0, LINE_HEIGHT), str(column))

    def _paint_colour_bar(self, painter: QPainter) -> None:
        """From the picture's least value at the bottom to its most at the top."""
        least, most = int(self._pixels.min()), int(self._pixels.max())
        painter.drawImage(self._bar, image_of(viridis(np.linspace(1, 0, 256)[:, None])))
        paint_frame(painter, self._bar)
        for value in range(-(-least // _TICK_VALUES) * _TICK_VALUES, most + 1, _TICK_VALUES):
            share = (value - least) / (most - least) if most > least else 0.5
            y = self._bar.bottom() - share * self._bar.height()
            paint_line(painter, QPointF(self._bar.right(), y), QPointF(self._bar.right() + TICK, y))
            paint_text(painter, QRectF(self._bar.right() + TICK + 3, y, 0, 0), str(value), align=LEFT)


def ink_on(share: float) -> str:
    """The colour in which text can be read on viridis at `share`."""
    return theme.colours().paper if share < _DARK_BELOW else theme.colours().plot_ink
