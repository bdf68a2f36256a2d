"""The decision of a network of one layer: for each class its weights, their products with the drawing, the sum."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.film.pictures import levels
from app.core.inference.explaining.decision import Decision
from app.core.percentages import probability_text
from app.ui import theme
from app.ui.common.film.pictures import sheet_image
from app.ui.common.picture_grid import ExampleChooser
from app.ui.common.plots.figure import paint_ground, plot_font
from app.ui.theme import Colours

translate = QCoreApplication.translate

_GAP, _EDGE, _MOST_SIDE = 3.0, 4.0, 84.0
_HEAD = 16.0
_NAME_SHARE = 0.25
_LINE, _BAR = 14.0, 8.0
"""Heights of a line of text, and of a bar."""
_NUMBER_WIDTH, _LEAST_BARS, _LEAST_REST = 44.0, 40.0, 94.0
"""Of the numbers; of the bars, if the pictures can be smaller; of all that is beside the least pictures."""
_SAVED_SIDE, _SAVED_WIDTH, _SAVED_MARGIN = 56.0, 480.0, 12.0
"""Of the picture that is saved."""


def signed(value: float, decimals: int = 2) -> str:
    """A number with a minus sign, as in a formula."""
    return f"{value:z.{decimals}f}".replace("-", "−")


class RowsPainter:
    """Paints all classes below each other, all on the same scales; the higher the room, the larger the pictures.

    In a low room that is wide enough they stand in several columns, one after the other, if they may.
    """

    def __init__(self, least_side: float, *, in_columns: bool = False) -> None:
        """Pictures are never smaller than `least_side` pixels."""
        self.least_side, self._in_columns = least_side, in_columns
        self.names: Sequence[str] = ()
        self.decision: Decision | None = None
        self._weights = self._products = np.zeros((0, 1, 1), np.uint8)
        self._largest = 1.0

    def take(self, decision: Decision, names: Sequence[str]) -> None:
        """Paint this from now on."""
        has_other_weights = self.decision is None or self.decision.weights is not decision.weights
        self.decision, self.names = decision, names
        if has_other_weights:
            self._weights = levels(decision.weights)
        self._products = levels(decision.products)
        self._largest = float(max(decision.added.max(), -decision.taken.min(), np.abs(decision.logits).max(), 1e-9))

    def height_of(self, side: float, columns: int = 1) -> int:
        """So high are rows with pictures of that side."""
        return round(_HEAD + ceil(len(self.names) / columns) * (side + _GAP))

    def most_columns(self, width: float) -> int:
        """So many have room beside each other."""
        fitting = int(width / (2 * self.least_side + _LEAST_REST)) if self._in_columns else 1
        return max(1, min(len(self.names), fitting))

    def places(self, size: QSizeF, font: QFont) -> list[QRectF]:
        """A row for each class."""
        columns = self._columns(size)
        height, width = self._row_height(size, font), size.width() / columns
        in_each = ceil(len(self.names) / columns)
        return [
            QRectF(number // in_each * width, _HEAD + number % in_each * height, width, height)
            for number in range(len(self.names))
        ]

    def paint(
        self, painter: QPainter, size: QSizeF, colours: Colours, seen: QRectF | None = None, marked: int = -1
    ) -> None:
        """Paint the rows in `seen`, or all, in the painter's font, from (0, 0) to `size`."""
        if self.decision is None:
            return
        metrics, name_width = QFontMetricsF(painter.font()), self._name_width(size, painter.font())
        side = self._row_height(size, painter.font()) - _GAP
        first = _EDGE + name_width + 2 * _GAP
        second = first + side + _GAP
        end = second + side + 2 * _GAP
        places = self.places(size, painter.font())
        _paint_head(painter, QRectF(first, 0, size.width() - first, _HEAD), side, colours)
        # All pictures of a column in one image: making one costs more than painting it.
        height, width = self._products.shape[1:]
        columns = [
            (at, sheet_image(sheets.reshape(-1, width), colours))
            for at, sheets in ((first, self._weights), (second, self._products))
        ]
        for row, place in enumerate(places):
            if seen is not None and not place.intersects(seen):
                continue
            if row == marked:
                painter.fillRect(place.adjusted(0, -_GAP / 2, 0, -_GAP / 2), QColor(colours.accent_soft))
            is_best = bool(self.decision.logits[row] == self.decision.logits.max())
            painter.setPen(QColor(colours.text if is_best else colours.muted))
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            name = metrics.elidedText(self.names[row], Qt.TextElideMode.ElideRight, name_width)
            painter.drawText(QRectF(place.left() + _EDGE, place.top(), name_width, side), int(align), name)
            for at, image in columns:
                of_class = QRectF(0, row * height, width, height)
                painter.drawImage(QRectF(place.left() + at, place.top(), side, side), image, of_class)
            rest = QRectF(place.left() + end, place.top(), place.width() - end - _EDGE, side)
            self._paint_sum(painter, rest, row, colours, is_best=is_best)

    def _paint_sum(self, painter: QPainter, place: QRectF, row: int, colours: Colours, *, is_best: bool) -> None:
        """What is added and taken away, pale, with the logit on it; below, if there is room, the probability."""
        decision = self.decision
        assert decision is not None
        accent, orange = QColor(colours.accent), QColor(colours.validation)
        room = place.adjusted(0, 0, -_NUMBER_WIDTH, 0)
        lines = 2 if place.height() >= 2 * _LINE else 1
        line = min(_LINE, place.height())
        top = place.top() + (place.height() - lines * line) / 2
        middle, half = room.center().x(), room.width() / 2
        added, taken, logit = (float(each[row]) for each in (decision.added, decision.taken, decision.logits))
        for value, colour, height in ((added, accent, _BAR), (taken, orange, _BAR), (logit, None, _BAR / 2)):
            end = middle + half * value / self._largest
            bar = QRectF(min(middle, end), top + (line - height) / 2, max(1.0, abs(end - middle)), height)
            painter.setOpacity(1 if colour is None else 0.4)
            painter.fillRect(bar, colour or (accent if value >= 0 else orange))
        painter.setOpacity(1)
        painter.fillRect(QRectF(middle - 0.5, top + 1, 1, line - 2), QColor(colours.muted))
        share = float(decision.probabilities[row])
        if lines == 2:
            bar = QRectF(room.left(), top + line + (line - _BAR) / 2, max(1.0, room.width() * share), _BAR)
            painter.fillRect(bar, accent if is_best else QColor(colours.bar))
        painter.setPen(QColor(colours.text if is_best else colours.muted))
        align = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        for number, words in enumerate((signed(logit), probability_text(share))[:lines]):
            painter.drawText(QRectF(room.right(), top + number * line, _NUMBER_WIDTH, line), align, words)

    def _name_width(self, size: QSizeF, font: QFont) -> float:
        metrics = QFontMetricsF(font)
        width = size.width() / self._columns(size)
        return min(max(map(metrics.horizontalAdvance, self.names), default=0.0), width * _NAME_SHARE)

    def _columns(self, size: QSizeF) -> int:
        """As few as make the least pictures fit."""
        most = self.most_columns(size.width())
        return next((few for few in range(1, most) if self.height_of(self.least_side, few) <= size.height()), most)

    def _row_height(self, size: QSizeF, font: QFont) -> float:
        columns = self._columns(size)
        room = size.width() / columns - self._name_width(size, font)
        widest = min(0.3 * room, (room - 2 * _EDGE - 5 * _GAP - _NUMBER_WIDTH - _LEAST_BARS) / 2)
        rows = max(1, ceil(len(self.names) / columns))
        side = min((size.height() - _HEAD) / rows - _GAP, _MOST_SIDE, widest)
        return max(side, self.least_side) + _GAP


def _paint_head(painter: QPainter, place: QRectF, side: float, colours: Colours) -> None:
    """What the parts of a row are, above the first of them; that of the probability if there is a line for it."""
    painter.setPen(QColor(colours.muted))
    metrics = QFontMetricsF(painter.font())
    weights, products = translate("decision", "weights"), translate("decision", "× drawing")
    sums = translate("decision", "= sum, softmax") if side >= 2 * _LINE else translate("decision", "= sum")
    first, third = place.left(), place.left() + 2 * side + 3 * _GAP
    has_room = max(map(metrics.horizontalAdvance, (weights, products))) <= side + _GAP
    if has_room and third + metrics.horizontalAdvance(sums) <= place.right():
        painter.drawText(QPointF(first, _LINE - 3), weights)
        painter.drawText(QPointF(first + side + _GAP, _LINE - 3), products)
        painter.drawText(QPointF(third, _LINE - 3), sums)
    else:
        words = metrics.elidedText(f"{weights} {products} {sums}", Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(QPointF(first, _LINE - 3), words)


class DecisionFigure:
    """The rows as a picture to copy or to save, on white."""

    def __init__(self, decision: Decision, names: Sequence[str]) -> None:
        self._rows = RowsPainter(_SAVED_SIDE)
        self._rows.take(decision, names)
        self.size = QSizeF(_SAVED_WIDTH + 2 * _SAVED_MARGIN, self._rows.height_of(_SAVED_SIDE) + 2 * _SAVED_MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Everything, the ground too."""
        paint_ground(painter, self.size)
        painter.setFont(plot_font())
        painter.translate(_SAVED_MARGIN, _SAVED_MARGIN)
        self._rows.paint(painter, self.size - QSizeF(2 * _SAVED_MARGIN, 2 * _SAVED_MARGIN), theme.LIGHT)


class DecisionRows(ExampleChooser):
    """All classes in rows.

    `pointed_at` tells the class under the pointer, -1 for none; `example_clicked` the one that was clicked.
    """

    pointed_at = Signal(int)

    def __init__(self, least_side: int, parent: QWidget | None = None, *, in_columns: bool = False) -> None:
        """Pictures are never smaller than `least_side` pixels."""
        super().__init__(parent)
        self._rows = RowsPainter(least_side, in_columns=in_columns)
        self._least_side, self._marked = least_side, -1
        self.setFont(theme.small(self.font()))
        self.setObjectName("decision")
        self.setAccessibleName(self.tr("Weights, products and sums of all classes"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_decision(self, decision: Decision, names: Sequence[str]) -> None:
        """Show how the network decided between these classes."""
        has_other_names = tuple(names) != tuple(self._rows.names)
        self._rows.take(decision, names)
        if has_other_names:
            self.forget_choice()
            self.updateGeometry()
        self.update()

    def mark(self, number: int) -> None:
        """Mark the row of one class; -1 for none."""
        if number != self._marked:
            self._marked = number
            self.update()

    def example_places(self) -> Sequence[QRectF]:
        """A row for each class."""
        return self._rows.places(QSizeF(self.size()), self.font())

    def example_in_words(self, number: int) -> str:
        decision = self._rows.decision
        if decision is None:
            return ""
        logit, share = float(decision.logits[number]), float(decision.probabilities[number])
        words = self.tr("“{name}”: logit {logit}, softmax {share}")
        return words.format(name=self._rows.names[number], logit=signed(logit), share=probability_text(share))

    def tip_at(self, at: QPointF) -> str:
        row = self.example_at(at)
        return "" if row is None else self.example_in_words(row)

    def sizeHint(self) -> QSize:
        """Pictures of twice their size, as far as there is room."""
        return QSize(200, self._rows.height_of(2 * self._least_side))

    def minimumSizeHint(self) -> QSize:
        """The least pictures, in as many columns as have room."""
        columns = self._rows.most_columns(self.width())
        return QSize(4 * self._least_side, self._rows.height_of(self._least_side, columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer columns."""
        super().resizeEvent(event)
        if self._rows.most_columns(event.oldSize().width()) != self._rows.most_columns(self.width()):
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows that are seen."""
        if self._rows.decision is None:
            return
        painter, colours = QPainter(self), theme.colours()
        self._rows.paint(painter, QSizeF(self.size()), colours, QRectF(event.rect()), self._marked)
        self.paint_choice(painter, colours.accent)
        painter.end()

    def _point_at(self, number: int | None) -> None:
        if number != self._pointed:
            self.pointed_at.emit(-1 if number is None else number)
        super()._point_at(number)
