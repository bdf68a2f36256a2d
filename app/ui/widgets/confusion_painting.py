"""How a confusion matrix is painted, on the screen and into files: heat in the accent, numbers where they fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.core.inference.evaluation import ModelEvaluation
from app.ui import theme
from app.ui.plots.colormaps import image_of
from app.ui.theme import Colours
from app.ui.widgets.confusion_geometry import GAP, Cell, ConfusionGeometry, confusion_geometry

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
