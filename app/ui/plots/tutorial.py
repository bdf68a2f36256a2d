"""The tutorial's figures: the grid of pairs, the single prediction and the gallery of training pictures."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from app.ui.plots.colormaps import binary, image_of, shares_of
from app.ui.plots.drawing import LINE_HEIGHT, TICK, cut, paint_ground, paint_text
from app.ui.plots.figure import Example, ExampleFigure, right_and_wrong
from app.ui.plots.image_plot import caption_lines, caption_width, paint_caption, paint_picture
from app.ui.plots.value_plot import NAME_PITCH, names_reach, paint_value_plot

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
