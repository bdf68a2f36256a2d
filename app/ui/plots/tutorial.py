"""The tutorial's figures: the grid of pairs, the single prediction and the gallery of training pictures."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from app.ui.plots.colormaps import binary, image_of, shares_of
from app.ui.plots.drawing import LINE_HEIGHT, TICK, cut, paint_ground, paint_text
from app.ui.plots.figure import Example, ExampleFigure
from app.ui.plots.image_plot import caption_lines, paint_caption, paint_picture
from app.ui.plots.value_plot import NAME_PITCH, names_reach, paint_value_plot

_MARGIN = 12.0
_BELOW = TICK + 1
"""Between a plot and what is written under it."""
_THINNEST_BAR = 3.5
"""With its gap."""


class PairGrid(ExampleFigure):
    """Pairs of image plot and value plot, row by row: `num_cols` of the tutorial is 3, and 15 examples fill 5 rows."""

    _SIDE = 118.0
    _GAP = 32.0
    """Beside the picture; its caption may be nearly as much longer than it."""
    _INSET = 6.0

    def __init__(self, examples: Sequence[Example], columns: int = 3) -> None:
        self._examples = tuple(examples)
        self.spoken = tuple(example.spoken for example in self._examples)
        self._pictures = [image_of(binary(shares_of(example.image))) for example in self._examples]
        self._captions = [
            caption_lines(example, self._SIDE + 2 * (self._GAP - self._INSET)) for example in self._examples
        ]
        classes = max((len(example.class_names) for example in self._examples), default=0)
        self._bars_width = max(self._SIDE, _THINNEST_BAR * classes)
        lines = max((len(caption) for caption in self._captions), default=1)
        width = self._GAP + self._SIDE + self._GAP + self._bars_width
        height = self._SIDE + _BELOW + lines * LINE_HEIGHT + _MARGIN
        self.places = tuple(
            QRectF(number % columns * width, number // columns * height + _MARGIN / 2, width, height)
            for number in range(len(self._examples))
        )
        rows = -(-len(self._examples) // columns)
        self.size = QSizeF(min(columns, len(self._examples)) * width + _MARGIN, rows * height + _MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Pair by pair."""
        paint_ground(painter, self.size)
        for number, (example, place) in enumerate(zip(self._examples, self.places, strict=True)):
            image = QRectF(place.left() + self._GAP - self._INSET, place.top() + _MARGIN / 2, self._SIDE, self._SIDE)
            paint_picture(painter, image, self._pictures[number])
            below = QPointF(image.center().x(), image.bottom() + _BELOW)
            paint_caption(painter, below, self._captions[number], example.is_right)
            bars = QRectF(image.right() + self._GAP, image.top(), self._bars_width, self._SIDE)
            paint_value_plot(painter, bars, example)


class SinglePrediction(ExampleFigure):
    """One pair, larger, with the names of the classes under the bars."""

    _SIDE = 216.0

    def __init__(self, example: Example) -> None:
        self._example = example
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
        width, height = self._SIDE + self._GAP, self._SIDE + _BELOW + LINE_HEIGHT + _MARGIN / 2
        self.places = tuple(
            QRectF(_MARGIN / 2 + number % columns * width, number // columns * height + _MARGIN / 2, width, height)
            for number in range(len(self._pictures))
        )
        rows = -(-len(self._pictures) // columns)
        self.size = QSizeF(min(columns, len(self._pictures)) * width + _MARGIN, rows * height + _MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Picture by picture."""
        paint_ground(painter, self.size)
        for picture, name, place in zip(self._pictures, self.spoken, self.places, strict=True):
            image = QRectF(place.left() + self._GAP / 2, place.top() + _MARGIN / 4, self._SIDE, self._SIDE)
            paint_picture(painter, image, picture)
            below = QRectF(place.left(), image.bottom() + _BELOW, place.width(), LINE_HEIGHT)
            align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            paint_text(painter, below, cut(name, place.width() - 4), align=align)
