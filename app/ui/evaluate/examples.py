"""Test pictures with what was said of them, in a grid that scrolls. Only what is seen is painted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.datasets.types import IMAGE_SIZE
from app.core.inference.evaluation import ModelEvaluation
from app.core.percentages import exact_probability, probability_text
from app.ui import theme
from app.ui.common.lists import NOWHERE, Index, style_list
from app.ui.common.picture_grid import on_paper
from app.ui.common.text import item_font

RIGHT, WRONG = "✓", "✗"
_SCALES = (4, 3, 2)
"""How many pixels of the screen a picture's pixel may be wide: as many as leave room for some rows and columns."""
_ROWS, _COLUMNS = 4, 5
_PADDING = 5
_WIDEST = 128


@dataclass(frozen=True)
class Caption:
    """What stands below a picture: one line, or two where names are long. The last one holds the answer."""

    lines: tuple[str, ...]
    is_right: bool


def caption_of(evaluation: ModelEvaluation, place: int, in_two: bool = False) -> Caption:
    """What is to be said of the test picture `place`: "✗ 4 → 9  98%"."""
    names = evaluation.class_names
    true, said = names[evaluation.labels[place]], names[evaluation.predicted[place]]
    is_right = true == said
    sign, share = RIGHT if is_right else WRONG, probability_text(float(evaluation.confidences[place]))
    lines = (f"{true} →", f"{sign} {said}  {share}") if in_two else (f"{sign} {true} → {said}  {share}",)
    return Caption(lines, is_right)


class ExamplesModel(QAbstractListModel):
    """Some test pictures of an evaluation, by their places among all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.evaluation: ModelEvaluation | None = None
        self.places: NDArray[np.int64] = np.zeros(0, np.int64)

    def show_places(self, evaluation: ModelEvaluation | None, places: NDArray[np.int64]) -> None:
        """Show these and no others."""
        self.beginResetModel()
        self.evaluation, self.places = evaluation, places
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Pictures."""
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The caption; in words for those who hear it, and as a tooltip."""
        if self.evaluation is None or not index.isValid():
            return None
        place = int(self.places[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return caption_of(self.evaluation, place).lines[-1]
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._words(self.evaluation, place)
        return None

    def _words(self, evaluation: ModelEvaluation, place: int) -> str:
        names = evaluation.class_names
        words = self.tr(
            "Test picture {number:,}: true {true}, predicted {said}, confidence {share}. Click to try it yourself"
        )
        return words.format(
            number=place,
            true=names[evaluation.labels[place]],
            said=names[evaluation.predicted[place]],
            share=exact_probability(float(evaluation.confidences[place])),
        )


class ExamplesGrid(QListView):
    """A click, or Enter on the current picture, chooses it."""

    example_chosen = Signal(int)  # place among the test pictures

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.examples = ExamplesModel(self)
        self.setModel(self.examples)
        self.setItemDelegate(_ExampleDelegate(self))
        style_list(self, "examples", self.tr("Examples"), in_grid=True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.in_two, self.tile = False, _SCALES[-1] * IMAGE_SIZE
        self._longest = ""
        self.clicked.connect(self._on_clicked)

    def show_places(self, evaluation: ModelEvaluation | None, places: NDArray[np.int64]) -> None:
        """Show these pictures, from the first one on."""
        if evaluation is not None:
            self._fit_cells(evaluation)
        self.examples.show_places(evaluation, places)
        self.scrollToTop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space choose what the arrows went to."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self.currentIndex().isValid():
            self._on_clicked(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._share_room()

    @property
    def caption_font(self) -> QFont:
        """Larger below larger pictures."""
        return _caption_font(self.tile)

    def _fit_cells(self, evaluation: ModelEvaluation) -> None:
        """As the captions need it, in two lines where one would be too wide."""
        metrics = QFontMetrics(item_font(small=True))
        self._longest = max(evaluation.class_names, key=metrics.horizontalAdvance)
        self.in_two = metrics.horizontalAdvance(self._one_line) + 2 * _PADDING > _WIDEST
        self._share_room()

    @property
    def _one_line(self) -> str:
        return f"{WRONG} {self._longest} → {self._longest}  >99.9%"

    def _cell(self, tile: int) -> QSize:
        """What a picture of that size takes, with its caption."""
        metrics = QFontMetrics(_caption_font(tile))
        needed = metrics.horizontalAdvance(f"{WRONG} {self._longest}  >99.9%" if self.in_two else self._one_line)
        width = max(tile, min(needed, _WIDEST)) + 2 * _PADDING
        return QSize(width, tile + metrics.height() * (2 if self.in_two else 1) + 3 * _PADDING)

    def _share_room(self) -> None:
        """Large pictures if there is room, over the whole width; a scroll bar that comes or goes moves nothing."""
        room = self.size() - QSize(theme.SCROLL_BAR + 1, 0)
        for scale in _SCALES:
            self.tile = scale * IMAGE_SIZE
            cell = self._cell(self.tile)
            if cell.width() * _COLUMNS <= room.width() and cell.height() * _ROWS <= room.height():
                break
        columns = max(1, room.width() // cell.width())
        self.setGridSize(QSize(max(cell.width(), room.width() // columns), cell.height()))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self.example_chosen.emit(int(self.examples.places[index.row()]))


class _ExampleDelegate(QStyledItemDelegate):
    """Paints a picture as dark ink on white, and its caption."""

    def __init__(self, grid: ExamplesGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """A cell of the grid."""
        return self._grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground if it is chosen or pointed at, picture, caption."""
        evaluation = self._grid.examples.evaluation
        if evaluation is None:
            return
        state, cell, side, font = option.state, option.rect, self._grid.tile, self._grid.caption_font
        place = int(self._grid.examples.places[index.row()])
        painter.save()
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colours().accent_soft))
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)
        tile = QRect(cell.left() + (cell.width() - side) // 2, cell.top() + _PADDING, side, side)
        paint_example(painter, tile, on_paper(evaluation.images[place]), theme.colours())
        caption = caption_of(evaluation, place, self._grid.in_two)
        below = QRect(cell.left() + 2, tile.bottom() + _PADDING, cell.width() - 4, 0)
        paint_caption(painter, below, caption, theme.colours(), font)
        painter.restore()


def paint_example(painter: QPainter, tile: QRect, picture: QImage, colours: theme.Colours) -> None:
    """A picture in its frame."""
    painter.drawImage(tile, picture)
    painter.setPen(QPen(QColor(colours.line), theme.LINE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(tile.adjusted(0, 0, -1, -1))


def paint_caption(
    painter: QPainter, place: QRect, caption: Caption, colours: theme.Colours, font: QFont | None = None
) -> None:
    """The lines below each other from the top of `place`; the colour only repeats what the check or the cross says."""
    painter.setFont(font or item_font(small=True))
    metrics = QFontMetrics(painter.font())
    line_height = metrics.height()
    answer = colours.best_text if caption.is_right else colours.wrong_text
    for number, line in enumerate(caption.lines):
        painter.setPen(QColor(answer if line is caption.lines[-1] else colours.muted))
        text = metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, place.width())
        row = QRect(place.left(), place.top() + number * line_height, place.width(), line_height)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, text)


def _caption_font(tile: int) -> QFont:
    return item_font(small=tile == _SCALES[-1] * IMAGE_SIZE)


# Test pictures with what was said of them, as a file shows them.

translate = QCoreApplication.translate

MOST = 60
_FIGURE_COLUMNS = 10
_WIDTH, _HEIGHT, _TILE, _MARGIN = 128, 104, 56, 12


class ExamplesFigure:
    """The first 60 of `places`, which count the test pictures, in rows of ten, on white."""

    def __init__(self, evaluation: ModelEvaluation, places: NDArray[np.int64]) -> None:
        self._evaluation = evaluation
        self._places = [int(place) for place in places[:MOST]]
        columns, rows = min(_FIGURE_COLUMNS, max(1, len(self._places))), -(-len(self._places) // _FIGURE_COLUMNS)
        self.size = QSizeF(columns * _WIDTH + 2 * _MARGIN, max(1, rows) * _HEIGHT + 2 * _MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Everything, the ground too."""
        whole = QRectF(QPointF(), self.size)
        painter.fillRect(whole, QColor(theme.LIGHT.card))
        if not self._places:
            painter.setFont(item_font(small=True))
            painter.setPen(QColor(theme.LIGHT.muted))
            painter.drawText(whole, Qt.AlignmentFlag.AlignCenter, translate("examples_figure", "No pictures"))
        for number, place in enumerate(self._places):
            left = _MARGIN + number % _FIGURE_COLUMNS * _WIDTH
            top = _MARGIN + number // _FIGURE_COLUMNS * _HEIGHT
            tile = QRect(left + (_WIDTH - _TILE) // 2, top, _TILE, _TILE)
            paint_example(painter, tile, on_paper(self._evaluation.images[place]), theme.LIGHT)
            below = QRect(left + 2, tile.bottom() + 5, _WIDTH - 4, 15)
            paint_caption(painter, below, caption_of(self._evaluation, place, in_two=True), theme.LIGHT)
