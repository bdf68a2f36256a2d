"""Where everything of a confusion matrix goes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF

from app.ui import theme

GAP = 5.0
_LONGEST_NAME = 8.7
"""As a multiple of the font's size."""
_FONT_SHARE = 0.3
"""Of a cell's height: on a large screen numbers can be read from afar."""
_LARGEST_FONT_SIZE = 20
_EDGE = 4.0
"""Room for the frame that tells where the keyboard is."""
_WIDEST_CELL = 1.9
"""As a multiple of its height."""
_SLANT = math.sqrt(0.5)

Cell = tuple[int, int]
"""Row and column: true class, predicted class."""


@dataclass(frozen=True)
class ConfusionGeometry:
    """`grid` holds `classes` x `classes` cells; the names of the columns above it lean if `is_tilted`.

    `font` is that of names and numbers, and an axis has `title` room for its title. `name_width` is as much of a name
    as is shown; only every `every_row`th row and `every_column`th column has one.
    """

    classes: int
    font: QFont
    title: float
    grid: QRectF
    is_tilted: bool
    name_width: float
    every_row: int
    every_column: int

    @property
    def step(self) -> tuple[float, float]:
        """Width and height of a cell."""
        return self.grid.width() / self.classes, self.grid.height() / self.classes

    def rect_of(self, cell: Cell) -> QRectF:
        """The cell, up to the pixel where the next one begins."""
        (width, height), (row, column) = self.step, cell
        left, right = (round(self.grid.left() + place * width) for place in (column, column + 1))
        top, bottom = (round(self.grid.top() + place * height) for place in (row, row + 1))
        return QRectF(left, top, right - left, bottom - top)

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell under a point, None outside of the grid."""
        if not self.grid.contains(point):
            return None
        width, height = self.step
        place = int((point.y() - self.grid.top()) / height), int((point.x() - self.grid.left()) / width)
        row, column = (min(number, self.classes - 1) for number in place)
        return row, column


def confusion_geometry(size: QSizeF, names: Sequence[str], font: QFont) -> ConfusionGeometry:
    """Make the cells as large as fits into `size`, and the writing, in the family of `font`, to suit them."""
    classes = max(1, len(names))
    font = _font_for(font, size.height() / classes)
    metrics = QFontMetricsF(font)
    longest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
    name_width = min(longest, _LONGEST_NAME * font.pixelSize(), 0.2 * size.width())
    line = metrics.height()
    title = line + GAP
    left = title + name_width + 2 * GAP
    width = max(1.0, size.width() - left - _EDGE)
    is_tilted = name_width > min(width, _WIDEST_CELL * size.height()) / classes - GAP
    above = _SLANT * (name_width + line) if is_tilted and longest > 2 * line else line
    is_tilted = above > line
    beside = _SLANT * name_width if is_tilted else 0.0
    top = title + above + GAP
    height = max(1.0, size.height() - top - _EDGE)
    width = min(max(1.0, width - beside), height * _WIDEST_CELL)
    spare = max(0.0, size.width() - left - beside - width - _EDGE) / 2
    widest = line if is_tilted else name_width + GAP
    return ConfusionGeometry(
        classes,
        font,
        title,
        QRectF(left + spare, top, width, height),
        is_tilted,
        name_width,
        max(1, math.ceil(line * 0.9 / (height / classes))),
        max(1, math.ceil(widest * (1.1 if is_tilted else 1.0) / (width / classes))),
    )


def _font_for(font: QFont, height: float) -> QFont:
    """The font for cells of that height."""
    fitting = QFont(font)
    fitting.setPixelSize(min(max(theme.SMALL_FONT_SIZE, int(_FONT_SHARE * height)), _LARGEST_FONT_SIZE))
    return fitting
