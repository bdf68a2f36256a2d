"""How a confusion matrix is painted, on the screen and into files: heat in the accent, numbers where they fit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.core.inference.evaluation import ModelEvaluation
from app.ui import theme
from app.ui.common.plots.figure import image_of
from app.ui.theme import Colours

# Where everything of a confusion matrix goes.

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


translate = QCoreApplication.translate

_CONTRAST = 0.4
"""Exponent of the heat: below 1, so that one mistake in a thousand is seen beside hundreds of right answers."""
_SMALLEST_NUMBER_CELL = 13.0
_TILT_DEG = 45
_TEXT = Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True)
class ConfusionMatrixPainter:
    """Paints one matrix in one set of colours. `in_haste` paints the cells as one picture: quick, and a little soft."""

    evaluation: ModelEvaluation
    colours: Colours
    in_haste: bool = False

    def paint(self, painter: QPainter, geometry: ConfusionGeometry) -> None:
        """Cells with their numbers, and the titles of the axes; names are painted by `paint_names`."""
        painter.setFont(geometry.font)
        self._paint_cells(painter, geometry)
        painter.setPen(QPen(QColor(self.colours.line), theme.LINE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(geometry.grid)
        self._paint_titles(painter, geometry)

    def paint_names(self, painter: QPainter, geometry: ConfusionGeometry, marked: Sequence[Cell] = ()) -> None:
        """Name rows and columns: those of the marked cells in full strength, in place of others that are too near."""
        painter.setFont(geometry.font)
        rows, columns = {row for row, _ in marked}, {column for _, column in marked}
        names = self.evaluation.class_names
        for row in _named(geometry.classes, geometry.every_row, rows):
            colour = self.colours.text if row in rows else self.colours.muted
            _paint_row_name(painter, geometry, row, names[row], colour)
        for column in _named(geometry.classes, geometry.every_column, columns):
            colour = self.colours.text if column in columns else self.colours.muted
            _paint_column_name(painter, geometry, column, names[column], colour)

    def _paint_cells(self, painter: QPainter, geometry: ConfusionGeometry) -> None:
        counts = self.evaluation.confusion
        grounds = heat_colours(counts, self.colours)
        widest = QFontMetricsF(painter.font()).horizontalAdvance(f"{counts.max():,}")
        width, height = geometry.step
        has_numbers = width >= widest + 2 and height >= _SMALLEST_NUMBER_CELL
        if self.in_haste:
            painter.drawImage(geometry.grid, image_of(grounds))
        if self.in_haste and not has_numbers:
            return
        for row, column in np.argwhere(counts).tolist():
            ground, place = QColor(*grounds[row, column].tolist()), geometry.rect_of((row, column))
            if not self.in_haste:
                painter.fillRect(place, ground)
            if has_numbers:
                painter.setPen(readable_on(ground))
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | _TEXT), f"{counts[row, column]:,}")

    def _paint_titles(self, painter: QPainter, geometry: ConfusionGeometry) -> None:
        painter.setPen(QColor(self.colours.text))
        grid, title = geometry.grid, geometry.title
        above = QRectF(grid.left(), 0, grid.width(), title)
        painter.drawText(above, int(Qt.AlignmentFlag.AlignCenter | _TEXT), translate("confusion", "predicted class"))
        painter.save()
        painter.translate(grid.left() - geometry.name_width - 2 * GAP - title / 2, grid.center().y())
        painter.rotate(-90)
        along = QRectF(-grid.height() / 2, -title / 2, grid.height(), title)
        painter.drawText(along, int(Qt.AlignmentFlag.AlignCenter | _TEXT), translate("confusion", "true class"))
        painter.restore()


class ConfusionFigure:
    """The matrix as a file shows it: on white, whatever the window wears, and large enough for all its names."""

    _SIDE, _LARGEST_SIDE, _CELL = 520.0, 1400.0, 26.0
    _MARGIN = 12.0

    def __init__(self, evaluation: ModelEvaluation, font: QFont) -> None:
        self._evaluation, self._font = evaluation, font
        side = min(self._LARGEST_SIDE, max(self._SIDE, 120 + self._CELL * len(evaluation.class_names)))
        self.size = QSizeF(side * 1.15, side)

    def paint(self, painter: QPainter) -> None:
        """Everything, the ground too."""
        painter.fillRect(QRectF(QPointF(), self.size), QColor(theme.LIGHT.card))
        room = QSizeF(self.size.width() - 2 * self._MARGIN, self.size.height() - 2 * self._MARGIN)
        geometry = confusion_geometry(room, self._evaluation.class_names, self._font)
        painter.save()
        painter.translate(self._MARGIN, self._MARGIN)
        inside = ConfusionMatrixPainter(self._evaluation, theme.LIGHT)
        inside.paint(painter, geometry)
        inside.paint_names(painter, geometry)
        painter.restore()


def heat_colours(counts: NDArray[np.int64], colours: Colours) -> NDArray[np.uint8]:
    """Each cell's colour, (classes, classes, 3): the accent by its share of the row, with small shares lifted."""
    heat = (counts / np.maximum(1, counts.sum(axis=1, keepdims=True))) ** _CONTRAST
    ground, accent = (_rgb(name) for name in (colours.card, colours.accent))
    return np.asarray(np.rint(ground + heat[..., None] * (accent - ground)), np.uint8)


def _rgb(name: str) -> NDArray[np.int64]:
    colour = QColor(name)
    return np.array([colour.red(), colour.green(), colour.blue()])


def readable_on(ground: QColor) -> QColor:
    """Black or white, whichever stands out more: at least 4.5 to 1 on any colour (WCAG 2)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in (ground.redF(), ground.greenF(), ground.blueF()))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return QColor(theme.LIGHT.pixels if (luminance + 0.05) ** 2 > 1.05 * 0.05 else theme.LIGHT.paper)


def _named(classes: int, every: int, marked: set[int]) -> list[int]:
    """The classes that have room for their names: the marked ones, and of the others every so many."""
    return [
        place
        for place in range(classes)
        if place in marked or (place % every == 0 and all(abs(place - other) >= every for other in marked))
    ]


def _paint_row_name(painter: QPainter, geometry: ConfusionGeometry, row: int, name: str, colour: str) -> None:
    """To the left of its row."""
    painter.setPen(QColor(colour))
    cell = geometry.rect_of((row, 0))
    place = QRectF(cell.left() - GAP - geometry.name_width, cell.top(), geometry.name_width, cell.height())
    align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(place, int(align | _TEXT), _cut(painter, name, geometry.name_width))


def _paint_column_name(painter: QPainter, geometry: ConfusionGeometry, column: int, name: str, colour: str) -> None:
    """Above its column, leaning where there is no room to stand."""
    painter.setPen(QColor(colour))
    cell, line = geometry.rect_of((0, column)), QFontMetricsF(painter.font()).height()
    if not geometry.is_tilted:
        place = QRectF(cell.left(), cell.top() - GAP / 2 - line, cell.width(), line)
        room = geometry.every_column * cell.width() - GAP
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | _TEXT), _cut(painter, name, room))
        return
    painter.save()
    painter.translate(cell.center().x(), cell.top() - GAP / 2)
    painter.rotate(-_TILT_DEG)
    painter.drawText(QPointF(0, 0), _cut(painter, name, geometry.name_width))
    painter.restore()


def _cut(painter: QPainter, name: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, width + 1)
