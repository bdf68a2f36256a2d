"""The value plot of the clothes tutorial: one grey bar per class on a 0..1 axis, the predicted one in colour."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import theme

BAR_SHARE = 0.64
"""Width of a bar as a share of its place on the axis."""
_GREYED = 0.6
_TILT_DEG = 45
_LABEL_GAP = 6
_GRID = (0.0, 0.5, 1.0)


class ProbabilityBars(QWidget):
    """Shows ten (or however many) probabilities. Painted by hand: 0.1 ms, where a chart takes milliseconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = tuple("0123456789")
        self._probabilities: NDArray[np.float32] | None = None
        self._is_sure = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(90)
        self.setAccessibleName(self.tr("Probabilities"))
        self.setAccessibleDescription(self._spoken())
        theme.notifier().changed.connect(self.update)

    @property
    def probabilities(self) -> NDArray[np.float32] | None:
        """What is shown: (classes,) float32, or None."""
        return self._probabilities

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names on the axis."""
        return self._names

    def set_classes(self, names: Sequence[str]) -> None:
        """Name the classes on the axis; shows no probabilities until they come."""
        self._names = tuple(names)
        self.set_probabilities(None)

    def set_probabilities(self, probabilities: NDArray[np.float32] | None, is_sure: bool = True) -> None:
        """Show probabilities (classes,) in 0..1, greyed where they are no sure answer; only the axis for None."""
        self._probabilities, self._is_sure = probabilities, is_sure
        self.setAccessibleDescription(self._spoken())
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for ten digits."""
        return QSize(280, 220)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axis, bars, names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tilted = self._is_tilted()
        plot = self._plot_area(tilted)
        self._paint_grid(painter, plot)
        predicted = None if self._probabilities is None else int(self._probabilities.argmax())
        step = plot.width() / max(1, len(self._names))
        every = self._named_every(step, tilted)
        for position, name in enumerate(self._names):
            centre = plot.left() + (position + 0.5) * step
            if self._probabilities is not None:
                self._paint_bar(painter, plot, centre, step, position, position == predicted)
            is_near_predicted = predicted is not None and 0 < abs(position - predicted) < every
            if position == predicted or (position % every == 0 and not is_near_predicted):
                place = QPointF(centre, plot.bottom() + _LABEL_GAP)
                self._paint_name(painter, place, self._short(name), position == predicted, tilted)
        painter.end()

    def _paint_grid(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QPen(QColor(theme.colours().line), theme.LINE))
        for value in _GRID:
            y = round(plot.bottom() - value * plot.height()) + 0.5
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))

    def _paint_bar(  # noqa: PLR0917
        self, painter: QPainter, plot: QRectF, centre: float, step: float, position: int, is_predicted: bool
    ) -> None:
        assert self._probabilities is not None
        # A probability of nearly 0 still shows a sliver, so that the eye finds ten bars.
        height = max(2.0, float(self._probabilities[position]) * plot.height())
        width = BAR_SHARE * step
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(is_predicted))
        painter.drawRoundedRect(QRectF(centre - width / 2, plot.bottom() - height, width, height), 2, 2)

    def _colour(self, is_predicted: bool) -> QColor:
        colour = QColor(theme.colours().accent if is_predicted and self._is_sure else theme.colours().bar)
        if not (self._is_sure or is_predicted):
            colour.setAlphaF(_GREYED)
        return colour

    def _paint_name(self, painter: QPainter, top: QPointF, name: str, is_predicted: bool, tilted: bool) -> None:
        painter.setFont(self._font(is_predicted))
        painter.setPen(QColor(theme.colours().text if is_predicted else theme.colours().muted))
        metrics = QFontMetricsF(painter.font())
        width = metrics.horizontalAdvance(name)
        if not tilted:
            painter.drawText(QPointF(top.x() - width / 2, top.y() + metrics.ascent()), name)
            return
        painter.save()
        painter.translate(top.x() + metrics.ascent() / 2, top.y() + metrics.ascent() / 2)
        painter.rotate(-_TILT_DEG)
        painter.drawText(QPointF(-width, 0), name)
        painter.restore()

    def _plot_area(self, tilted: bool) -> QRectF:
        metrics = QFontMetricsF(self._font(bold=True))
        lengths = [metrics.horizontalAdvance(self._short(name)) for name in self._names]
        longest = max(lengths, default=0.0)
        below = metrics.height() + (0.71 * longest if tilted else 0)
        # A tilted name reaches to the left of its bar: the margin is what the first ones need.
        step = self.width() / max(1, len(lengths))
        reaches = [0.71 * (length + metrics.height()) - (number + 0.5) * step for number, length in enumerate(lengths)]
        share = [reach / (1 - (number + 0.5) / len(lengths)) for number, reach in enumerate(reaches)]
        left = min(max(0.0, *share, 0.0), self.width() / 2) if tilted else 0.0
        return QRectF(left, 4, self.width() - left, max(10.0, self.height() - below - _LABEL_GAP - 6))

    def _is_tilted(self) -> bool:
        font = QFont(self.font())
        font.setBold(True)
        metrics = QFontMetricsF(font)
        step = self.width() / max(1, len(self._names))
        return any(metrics.horizontalAdvance(name) > step - 4 for name in self._names)

    def _short(self, name: str) -> str:
        """The name, cut where it would take more than its share of the chart."""
        most = 0.4 * min(self.width(), self.height() / 0.71)
        return QFontMetricsF(self._font(bold=True)).elidedText(name, Qt.TextElideMode.ElideRight, most)

    def _named_every(self, step: float, tilted: bool) -> int:
        """How many bars share a name, so that no two names overlap."""
        needed = QFontMetricsF(self._font(bold=True)).ascent() * 1.41
        return max(1, math.ceil(needed / max(1.0, step))) if tilted else 1

    def _font(self, bold: bool) -> QFont:
        font = QFont(self.font())
        if self._is_tilted():
            font.setPixelSize(theme.SMALL_FONT_SIZE)
        font.setBold(bold)
        return font

    def _spoken(self) -> str:
        if self._probabilities is None:
            return self.tr("No prediction yet")
        rows = zip(self._names, self._probabilities, strict=True)
        return ", ".join(f"{name} {value:.0%}" for name, value in rows)
