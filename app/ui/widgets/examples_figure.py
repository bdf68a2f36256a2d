"""Test pictures with what was said of them, as a file shows them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from app.core.inference.evaluation import ModelEvaluation
from app.ui import theme
from app.ui.widgets.evaluate_examples import caption_of, paint_caption, paint_example
from app.ui.widgets.item_text import item_font
from app.ui.widgets.picture_grid import on_paper

translate = QCoreApplication.translate

MOST = 60
_COLUMNS = 10
_WIDTH, _HEIGHT, _TILE, _MARGIN = 128, 104, 56, 12


class ExamplesFigure:
    """The first 60 of `places`, which count the test pictures, in rows of ten, on white."""

    def __init__(self, evaluation: ModelEvaluation, places: NDArray[np.int64]) -> None:
        self._evaluation = evaluation
        self._places = [int(place) for place in places[:MOST]]
        columns, rows = min(_COLUMNS, max(1, len(self._places))), -(-len(self._places) // _COLUMNS)
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
            left = _MARGIN + number % _COLUMNS * _WIDTH
            top = _MARGIN + number // _COLUMNS * _HEIGHT
            tile = QRect(left + (_WIDTH - _TILE) // 2, top, _TILE, _TILE)
            paint_example(painter, tile, on_paper(self._evaluation.images[place]), theme.LIGHT)
            below = QRect(left + 2, tile.bottom() + 5, _WIDTH - 4, 15)
            paint_caption(painter, below, caption_of(self._evaluation, place, in_two=True), theme.LIGHT)
