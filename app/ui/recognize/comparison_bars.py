"""Two answers to one picture as a population pyramid: one row per class, one answer to the left, one to the right."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.percentages import exact_probability, probability_text
from app.ui import theme
from app.ui.common.painted import TellingWidget, bar_colour

LEAST_DIFFERENCE = 0.05
"""What is less is no difference worth showing."""
LEAST_FIGURE = 0.05
BAR_SHARE = 0.64
_TALLEST_BAR = 22.0
_NAME_GAP = 8.0
_MOST_FOR_NAMES = 0.34
_FIGURE_ROOM, _FIGURE_GAP = 44.0, 4.0
_LOWEST_WITH_FIGURE = 12.0
_GRID = (0.0, 0.5, 1.0)

Answers = tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]


class ComparisonBars(TellingWidget):
    """Shows two times (classes,) probabilities; the part by which one exceeds the other is hatched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = tuple("0123456789")
        self._answers: Answers = (None, None)
        self._sure = (True, True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(90)
        self.setAccessibleName(self.tr("Probabilities of two answers"))
        self.setAccessibleDescription(self._spoken())

    @property
    def answers(self) -> Answers:
        """What is shown on the left and on the right."""
        return self._answers

    @property
    def has_difference(self) -> bool:
        """True if part of a bar is hatched."""
        left, right = self._answers
        return left is not None and right is not None and bool((abs(left - right) >= LEAST_DIFFERENCE).any())

    def set_classes(self, names: Sequence[str]) -> None:
        """Name the rows; shows no probabilities until they come."""
        self._names = tuple(names)
        self.set_answers((None, None))

    def set_answers(self, answers: Answers, sure: tuple[bool, bool] = (True, True)) -> None:
        """Show two answers, each (classes,) in 0..1 or None; what is not `sure` is greyed."""
        self._answers, self._sure = answers, sure
        self.setAccessibleDescription(self._spoken())
        self.tell()
        self.update()

    def words_at(self, at: QPointF) -> str:
        """What both say of the class in this row, exactly."""
        left, right = self._answers
        if left is None or right is None or not self._names:
            return ""
        row = min(max(0, int(at.y() * len(self._names) / max(1, self.height()))), len(self._names) - 1)
        one, other = (exact_probability(float(answer[row])) for answer in (left, right))
        return self.tr("{name}: {one} on the left, {other} on the right").format(
            name=self._names[row], one=one, other=other
        )

    def sizeHint(self) -> QSize:
        """As the plain bars."""
        return QSize(280, 220)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axes, then a row for each class."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        axes = _Axes(float(self.width()), self._name_width(), self.height() / max(1, len(self._names)))
        self._paint_grid(painter, axes)
        for row in range(len(self._names)):
            for side in (0, 1):
                self._paint_bar(painter, axes, side, row)
        self._paint_names(painter, axes)
        painter.end()

    def _paint_names(self, painter: QPainter, axes: "_Axes") -> None:
        """The foremost names in any case, and as many of the others as there is room for."""
        line = QFontMetricsF(self._font(False)).ascent() * 1.15
        ends = sorted({int(answer.argmax()) for answer in self._answers if answer is not None})
        taken: list[float] = []
        for row in ends:
            taken.append(max(axes.middle(row), taken[-1] + line if taken else 0.0))  # neighbours are pushed apart
            self._paint_name(painter, axes, taken[-1], self._names[row], is_foremost=True)
        for row in range(0, len(self._names), max(1, math.ceil(line / max(1.0, axes.step)))):
            if row not in ends and all(abs(axes.middle(row) - at) >= line for at in taken):
                self._paint_name(painter, axes, axes.middle(row), self._names[row], is_foremost=False)

    def _paint_grid(self, painter: QPainter, axes: "_Axes") -> None:
        painter.setPen(QPen(QColor(theme.colours().line), theme.LINE))
        for value in _GRID:
            for side in (0, 1):
                x = round(axes.at(side, value)) + (0.5 if side == 0 else -0.5)
                painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))

    def _paint_name(self, painter: QPainter, axes: "_Axes", middle: float, name: str, is_foremost: bool) -> None:
        painter.setFont(self._font(is_foremost))
        painter.setPen(QColor(theme.colours().text if is_foremost else theme.colours().muted))
        place = QRectF(axes.length, middle - 12, axes.names, 24)
        room = place.width() - _NAME_GAP
        fitting = QFontMetricsF(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, fitting)

    def _paint_bar(self, painter: QPainter, axes: "_Axes", side: int, row: int) -> None:
        answer, other = self._answers[side], self._answers[1 - side]
        if answer is None:
            return
        value = float(answer[row])
        common = value if other is None else min(value, float(other[row]))
        if value - common < LEAST_DIFFERENCE:
            common = value
        colour = self._colour(side, row)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        bar = axes.bar(side, row, 0, common)
        radius = min(2.0, bar.width() / 2)
        painter.drawRoundedRect(bar, radius, radius)
        if value > common:
            painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(colour, theme.LINE))
            painter.drawRect(axes.bar(side, row, common, value).adjusted(0.5, 0.5, -0.5, -0.5))
        if value >= LEAST_FIGURE and axes.step >= _LOWEST_WITH_FIGURE:
            self._paint_figure(painter, side, axes.beyond(side, row, value), probability_text(value))

    def _paint_figure(self, painter: QPainter, side: int, place: QRectF, text: str) -> None:
        painter.setFont(theme.small(self.font()))
        painter.setPen(QColor(theme.colours().muted))
        toward = Qt.AlignmentFlag.AlignRight if side == 0 else Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | toward, text)

    def _colour(self, side: int, row: int) -> QColor:
        answer = self._answers[side]
        return bar_colour(answer is not None and row == int(answer.argmax()), self._sure[side])

    def _name_width(self) -> float:
        metrics = QFontMetricsF(self._font(bold=True))
        longest = max((metrics.horizontalAdvance(name) for name in self._names), default=0.0)
        return min(longest + 2 * _NAME_GAP, _MOST_FOR_NAMES * self.width())

    def _font(self, bold: bool) -> QFont:
        font = QFont(self.font())
        if self.height() / max(1, len(self._names)) < 18:
            font.setPixelSize(theme.SMALL_FONT_SIZE)
        font.setBold(bold)
        return font

    def _spoken(self) -> str:
        left, right = self._answers
        if left is None or right is None:
            return self.tr("No prediction yet")
        rows = zip(self._names, left, right, strict=True)
        return ", ".join(
            f"{name} {probability_text(float(one))} {probability_text(float(other))}" for name, one, other in rows
        )


@dataclass(frozen=True)
class _Axes:
    """Where probabilities lie: from the names in the middle outwards, with room for a figure beyond 1."""

    width: float
    names: float
    step: float

    @property
    def length(self) -> float:
        """Of one side, the room of the percentages included."""
        return (self.width - self.names) / 2

    def middle(self, row: int) -> float:
        """The height of a row."""
        return (row + 0.5) * self.step

    def at(self, side: int, value: float) -> float:
        """Where a probability is on its side."""
        reach = value * (self.length - _FIGURE_ROOM)
        return self.length - reach if side == 0 else self.width - self.length + reach

    def bar(self, side: int, row: int, start: float, end: float) -> QRectF:
        """The part of a bar between two probabilities."""
        first, last = sorted((self.at(side, start), self.at(side, end)))
        height = min(_TALLEST_BAR, BAR_SHARE * self.step)
        return QRectF(first, self.middle(row) - height / 2, last - first, height)

    def beyond(self, side: int, row: int, value: float) -> QRectF:
        """Room for a figure beyond the end of a bar."""
        end = self.at(side, value)
        left = end - _FIGURE_ROOM if side == 0 else end + _FIGURE_GAP
        return QRectF(left, self.middle(row) - 10, _FIGURE_ROOM - _FIGURE_GAP, 20)
