"""One picture as numbers in colour, with axes and a colour bar: the tutorial's first look at the data."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from app.ui import theme
from app.ui.plots.colormaps import image_of, shares_of, viridis
from app.ui.plots.drawing import (
    LINE_HEIGHT,
    TICK,
    paint_frame,
    paint_ground,
    paint_line,
    paint_text,
    plot_font,
)
from app.ui.plots.figure import ExampleFigure

_MARGIN = 14.0
_NUMBERS = 26.0
"""Room for the numbers of an axis, with their ticks."""
_PIXEL, _PIXEL_WITH_VALUE = 12.0, 20.0
_VALUE_FONT = 9
_COLOUR_BAR = 18.0
_TICK_PIXELS, _TICK_VALUES = 5, 50
_DARK_BELOW = 0.44
"""Up to here, white can be read on viridis; from here on, black."""
_TO_LEFT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TO_RIGHT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PixelFigure(ExampleFigure):
    """A picture (28, 28) uint8 named `name`. `has_values` writes each pixel's value into it."""

    def __init__(self, image: NDArray[np.uint8], name: str = "", has_values: bool = False) -> None:
        self._pixels, self._has_values = image, has_values
        self.spoken = (name,)
        self._side = _PIXEL_WITH_VALUE if has_values else _PIXEL
        rows, columns = image.shape
        self._plot = QRectF(_NUMBERS + _MARGIN / 2, _MARGIN, columns * self._side, rows * self._side)
        self._bar = QRectF(self._plot.right() + 2 * _MARGIN, _MARGIN, _COLOUR_BAR, self._plot.height())
        self._picture = image_of(viridis(shares_of(image)))
        self.places = (self._plot,)
        self.size = QSizeF(self._bar.right() + TICK + _NUMBERS + _MARGIN / 2, self._plot.bottom() + 2 * _MARGIN)

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
            paint_text(painter, QRectF(plot.left() - TICK - 3, y, 0, 0), str(row), align=_TO_LEFT)
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
            paint_text(painter, QRectF(self._bar.right() + TICK + 3, y, 0, 0), str(value), align=_TO_RIGHT)


def ink_on(share: float) -> str:
    """The colour in which text can be read on viridis at `share`."""
    return theme.colours().paper if share < _DARK_BELOW else theme.colours().plot_ink
