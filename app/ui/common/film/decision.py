"""The decision of a network of one layer: for each class its weights, their products with the drawing, the sum."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.film.pictures import levels
from app.core.inference.explaining.decision import Decision
from app.core.percentages import probability_text
from app.ui import theme
from app.ui.common.film.pictures import sheet_image
from app.ui.common.picture_grid import ExampleChooser

_GAP, _EDGE, _MOST_SIDE = 3.0, 4.0, 84.0
_HEAD = 16.0
_NAME_SHARE = 0.25
_LINE, _BAR = 14.0, 8.0
"""Heights of a line of text, and of a bar."""
_NUMBER_WIDTH = 44.0


def signed(value: float, decimals: int = 2) -> str:
    """A number with a minus sign, as in a formula."""
    return f"{value:z.{decimals}f}".replace("-", "−")


class DecisionRows(ExampleChooser):
    """All classes below each other, all on the same scales; the higher the widget, the larger the pictures.

    `pointed_at` tells the class under the pointer, -1 for none; `example_clicked` the one that was clicked.
    """

    pointed_at = Signal(int)

    def __init__(self, least_side: int, parent: QWidget | None = None) -> None:
        """Pictures are never smaller than `least_side` pixels."""
        super().__init__(parent)
        self._least_side = least_side
        self._names: Sequence[str] = ()
        self._decision: Decision | None = None
        self._weights = self._products = np.zeros((0, 1, 1), np.uint8)
        self._largest, self._marked = 1.0, -1
        self.setFont(theme.small(self.font()))
        self.setObjectName("decision")
        self.setAccessibleName(self.tr("Weights, products and sums of all classes"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_decision(self, decision: Decision, names: Sequence[str]) -> None:
        """Show how the network decided between these classes."""
        has_other_weights = self._decision is None or self._decision.weights is not decision.weights
        self._decision = decision
        if tuple(names) != tuple(self._names):
            self._names = names
            self.forget_choice()
            self.updateGeometry()
        if has_other_weights:
            self._weights = levels(decision.weights)
        self._products = levels(decision.products)
        self._largest = float(max(decision.added.max(), -decision.taken.min(), np.abs(decision.logits).max(), 1e-9))
        self.update()

    def mark(self, number: int) -> None:
        """Mark the row of one class; -1 for none."""
        if number != self._marked:
            self._marked = number
            self.update()

    def example_places(self) -> Sequence[QRectF]:
        """A row for each class."""
        height = self._row_height()
        return [QRectF(0, _HEAD + row * height, self.width(), height) for row in range(len(self._names))]

    def example_in_words(self, number: int) -> str:
        if self._decision is None:
            return ""
        logit, share = float(self._decision.logits[number]), float(self._decision.probabilities[number])
        words = self.tr("“{name}”: logit {logit}, softmax {share}")
        return words.format(name=self._names[number], logit=signed(logit), share=probability_text(share))

    def tip_at(self, at: QPointF) -> str:
        row = self.example_at(at)
        return "" if row is None else self.example_in_words(row)

    def sizeHint(self) -> QSize:
        """Pictures of twice their size, as far as there is room."""
        return QSize(200, self._height_of(2 * self._least_side))

    def minimumSizeHint(self) -> QSize:
        """The least pictures."""
        return QSize(4 * self._least_side, self._height_of(self._least_side))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows that are seen."""
        if self._decision is None:
            return
        painter, colours = QPainter(self), theme.colours()
        name_width = self._name_width()
        side = self._row_height() - _GAP
        first = _EDGE + name_width + 2 * _GAP
        second = first + side + _GAP
        rest = QRectF(second + side + 2 * _GAP, 0, 0, side)
        rest.setRight(self.width() - _EDGE)
        self._paint_head(painter, first, side)
        # All pictures of a column in one image: making one costs more than painting it.
        height, width = self._products.shape[1:]
        columns = [
            (left, sheet_image(sheets.reshape(-1, width), colours))
            for left, sheets in ((first, self._weights), (second, self._products))
        ]
        for row, place in enumerate(self.example_places()):
            if not place.intersects(QRectF(event.rect())):
                continue
            if row == self._marked:
                painter.fillRect(place.adjusted(0, -_GAP / 2, 0, -_GAP / 2), QColor(colours.accent_soft))
            is_best = self._decision.logits[row] == self._decision.logits.max()
            painter.setPen(QColor(colours.text if is_best else colours.muted))
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            name = QFontMetricsF(self.font()).elidedText(self._names[row], Qt.TextElideMode.ElideRight, name_width)
            painter.drawText(QRectF(_EDGE, place.top(), name_width, side), int(align), name)
            for left, image in columns:
                of_class = QRectF(0, row * height, width, height)
                painter.drawImage(QRectF(left, place.top(), side, side), image, of_class)
            rest.moveTop(place.top())
            self._paint_sum(painter, rest, row, is_best=bool(is_best))
        self.paint_choice(painter, colours.accent)
        painter.end()

    def _paint_head(self, painter: QPainter, first: float, side: float) -> None:
        """What the columns are, where there is room for the words."""
        painter.setPen(QColor(theme.colours().muted))
        metrics = QFontMetricsF(self.font())
        weights, products = self.tr("weights"), self.tr("× drawing")
        if max(map(metrics.horizontalAdvance, (weights, products))) <= side + _GAP:
            painter.drawText(QPointF(first, _LINE - 3), weights)
            painter.drawText(QPointF(first + side + _GAP, _LINE - 3), products)
            painter.drawText(QPointF(first + 2 * side + 3 * _GAP, _LINE - 3), self.tr("= sum, softmax"))
        else:
            painter.drawText(QPointF(first, _LINE - 3), self.tr("weights × drawing = sum, softmax"))

    def _paint_sum(self, painter: QPainter, place: QRectF, row: int, *, is_best: bool) -> None:
        """What is added and taken away, pale, with the logit on it; below, if there is room, the probability."""
        decision, colours = self._decision, theme.colours()
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

    def _name_width(self) -> float:
        metrics = QFontMetricsF(self.font())
        return min(max(map(metrics.horizontalAdvance, self._names), default=0.0), self.width() * _NAME_SHARE)

    def _row_height(self) -> float:
        count = max(1, len(self._names))
        widest = (self.width() - self._name_width()) * 0.3
        side = min((self.height() - _HEAD) / count - _GAP, _MOST_SIDE, widest)
        return max(side, self._least_side) + _GAP

    def _height_of(self, side: int) -> int:
        return round(_HEAD + len(self._names) * (side + _GAP))

    def _point_at(self, number: int | None) -> None:
        if number != self._pointed:
            self.pointed_at.emit(-1 if number is None else number)
        super()._point_at(number)
