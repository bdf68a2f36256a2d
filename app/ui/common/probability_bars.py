"""The value plot of the clothes tutorial: one grey bar per class on a 0..1 axis, the predicted one in colour."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent, QStaticText
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.percentages import exact_probability, probability_text
from app.ui import theme
from app.ui.common.painted import TellingWidget, bar_colour

BAR_SHARE = 0.64
"""Width of a bar as a share of its place on the axis."""
_TILT_DEG = 45
_SLOPE = math.sin(math.radians(_TILT_DEG))
_LABEL_GAP = 6
_GRID = (0.0, 0.5, 1.0)
_ROOM_FOR_SCALE = 200
"""Narrower charts have no percents beside them."""
_LEAST_FIGURE = 0.005
"""What is less is written at no bar; the tool tip tells it."""


class ProbabilityBars(TellingWidget):
    """Shows ten (or however many) probabilities. Painted by hand: 0.1 ms, where a chart takes milliseconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = tuple("0123456789")
        self._probabilities: NDArray[np.float32] | None = None
        self._is_sure = True
        self._places: _Places | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(90)
        self.setAccessibleName(self.tr("Probabilities"))
        self.setAccessibleDescription(self._spoken())

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
        self._names, self._places = tuple(names), None
        self.set_probabilities(None)

    def set_probabilities(self, probabilities: NDArray[np.float32] | None, is_sure: bool = True) -> None:
        """Show probabilities (classes,) in 0..1, greyed where they are no sure answer; only the axis for None."""
        self._probabilities, self._is_sure = probabilities, is_sure
        self.setAccessibleDescription(self._spoken())
        self.tell()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for ten digits."""
        return QSize(280, 220)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size, other places."""
        self._places = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another font, other places."""
        if event.type() is QEvent.Type.FontChange:
            self._places = None
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Scale, bars, names, and figures where there is room."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._places is None:
            self._places = _places(self._names, self.size(), self.font())
        places = self._places
        self._paint_grid(painter, places)
        predicted = None if self._probabilities is None else int(self._probabilities.argmax())
        for position in range(len(self._names)):
            if self._probabilities is not None:
                self._paint_bar(painter, places, position, position == predicted)
            is_near_predicted = predicted is not None and 0 < abs(position - predicted) < places.every
            if position == predicted or (position % places.every == 0 and not is_near_predicted):
                self._paint_name(painter, places, position, position == predicted)
        self._paint_figures(painter, places)
        painter.end()

    def words(self, position: int) -> str:
        """What a bar shows, exactly: "Ankle boot: 99.9983%"."""
        assert self._probabilities is not None
        return f"{self._names[position]}: {exact_probability(float(self._probabilities[position]))}"

    def words_at(self, at: QPointF) -> str:
        """What the bar there shows; also above a short one, and below it."""
        places = self._places
        if self._probabilities is None or places is None or at.x() < places.plot.left():
            return ""
        return self.words(min(int((at.x() - places.plot.left()) / places.step), len(self._names) - 1))

    def _paint_grid(self, painter: QPainter, places: "_Places") -> None:
        plot, small = places.plot, places.small
        for value in _GRID:
            y = round(plot.bottom() - value * plot.height()) + 0.5
            painter.setPen(QPen(QColor(theme.colours().line), theme.LINE))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            if places.has_scale:
                painter.setPen(QColor(theme.colours().muted))
                text = f"{value:.0%}"
                x = plot.left() - _LABEL_GAP - small.width(text)
                small.draw(painter, x, y + small.metrics.capHeight() / 2, text)

    def _paint_figures(self, painter: QPainter, places: "_Places") -> None:
        """A figure above each bar, the largest first, as long as it covers no other one and no bar."""
        if self._probabilities is None or not places.has_scale:
            return
        painter.setPen(QColor(theme.colours().muted))
        small, taken = places.small, [places.bar(n, v) for n, v in enumerate(self._probabilities)]
        for position in self._probabilities.argsort()[::-1]:
            value = float(self._probabilities[position])
            if value < _LEAST_FIGURE:
                return
            text = probability_text(value)
            width, bar = small.width(text), taken[position]
            left = min(max(places.plot.left(), bar.center().x() - width / 2), places.plot.right() - width)
            place = QRectF(left, bar.top() - small.metrics.height(), width, small.metrics.height())
            if not any(place.adjusted(-2, 0, 2, -1).intersects(other) for other in taken):
                painter.fillRect(place, QColor(theme.colours().card))  # no line of the grid goes through it
                small.draw(painter, left, place.bottom() - small.metrics.descent(), text)
                taken.append(place)

    def _paint_bar(self, painter: QPainter, places: "_Places", position: int, is_predicted: bool) -> None:
        assert self._probabilities is not None
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(bar_colour(is_predicted, self._is_sure))
        bar = places.bar(position, float(self._probabilities[position]))
        radius = min(2.0, bar.height() / 2)
        painter.drawRoundedRect(bar, radius, radius)

    def _paint_name(self, painter: QPainter, places: "_Places", position: int, is_predicted: bool) -> None:
        letters = places.bold if is_predicted else places.plain
        painter.setPen(QColor(theme.colours().text if is_predicted else theme.colours().muted))
        name, x, y = places.names[position], places.centre(position), places.plot.bottom() + _LABEL_GAP
        width, ascent = letters.width(name), letters.metrics.ascent()
        if not places.is_tilted:
            letters.draw(painter, x - width / 2, y + ascent, name)
            return
        painter.save()
        painter.translate(x + ascent / 2, y + ascent / 2)
        painter.rotate(-_TILT_DEG)
        letters.draw(painter, -width, 0, name)
        painter.restore()

    def _spoken(self) -> str:
        if self._probabilities is None:
            return self.tr("No prediction yet")
        rows = zip(self._names, self._probabilities, strict=True)
        return ", ".join(f"{name} {probability_text(float(value))}" for name, value in rows)


class _Letters:
    """Texts in one font, each laid out but once: that takes longer than to paint it."""

    def __init__(self, font: QFont) -> None:
        self.font, self.metrics = font, QFontMetricsF(font)
        self._laid_out: dict[str, QStaticText] = {}

    def width(self, text: str) -> float:
        return self._of(text).size().width()

    def draw(self, painter: QPainter, x: float, baseline: float, text: str) -> None:
        painter.setFont(self.font)
        painter.drawStaticText(QPointF(x, baseline - self.metrics.ascent()), self._of(text))

    def _of(self, text: str) -> QStaticText:
        if text not in self._laid_out:
            laid_out = QStaticText(text)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            laid_out.prepare(font=self.font)
            self._laid_out[text] = laid_out
        return self._laid_out[text]


@dataclass(frozen=True, eq=False)
class _Places:
    """Where things are, and in which letters: the same from one paint to the next.

    `names` are cut where they would take more than their share of the chart; one in `every` is shown, so that no two
    overlap.
    """

    plot: QRectF
    step: float
    is_tilted: bool
    plain: _Letters
    bold: _Letters
    small: _Letters
    names: tuple[str, ...]
    every: int
    has_scale: bool

    def centre(self, position: int) -> float:
        """The middle of a bar."""
        return self.plot.left() + (position + 0.5) * self.step

    def bar(self, position: int, value: float) -> QRectF:
        """As high as `value` in 0..1 says: one of nearly 0 is no bar at all."""
        height, width = float(value) * self.plot.height(), BAR_SHARE * self.step
        return QRectF(self.centre(position) - width / 2, self.plot.bottom() - height, width, height)


def _places(names: tuple[str, ...], room: QSize, base: QFont) -> _Places:
    plain, bold, small = QFont(base), QFont(base), theme.small(base)
    bold.setBold(True)
    has_scale = room.width() >= _ROOM_FOR_SCALE
    scale = QFontMetricsF(small).horizontalAdvance("100%") + _LABEL_GAP if has_scale else 0.0
    step = (room.width() - scale) / max(1, len(names))
    is_tilted = any(QFontMetricsF(bold).horizontalAdvance(name) > step - 4 for name in names)
    if is_tilted:
        for font in (plain, bold):
            font.setPixelSize(theme.SMALL_FONT_SIZE)
    metrics = QFontMetricsF(bold)
    most = 0.4 * min(room.width(), room.height() / _SLOPE)
    short = tuple(metrics.elidedText(name, Qt.TextElideMode.ElideRight, most) for name in names)
    plot = _plot_area(metrics, short, room, step, is_tilted, scale)
    step = plot.width() / max(1, len(names))
    every = max(1, math.ceil(metrics.ascent() * 1.41 / max(1.0, step))) if is_tilted else 1
    letters = (_Letters(plain), _Letters(bold), _Letters(small))
    return _Places(plot, step, is_tilted, *letters, short, every, has_scale)


def _plot_area(  # noqa: PLR0917
    metrics: QFontMetricsF, names: tuple[str, ...], room: QSize, step: float, is_tilted: bool, scale: float
) -> QRectF:
    lengths = [metrics.horizontalAdvance(name) for name in names]
    below = metrics.height() + (_SLOPE * max(lengths, default=0.0) if is_tilted else 0)
    # A tilted name reaches to the left of its bar: the margin is what the first ones need.
    reaches = [_SLOPE * (length + metrics.height()) - (number + 0.5) * step for number, length in enumerate(lengths)]
    share = [reach / (1 - (number + 0.5) / len(lengths)) for number, reach in enumerate(reaches)]
    left = max(scale, min(max(0.0, *share, 0.0), room.width() / 2) if is_tilted else 0.0)
    top = metrics.height() if scale else 4.0  # room for the figure of the highest bar
    return QRectF(left, top, room.width() - left, max(10.0, room.height() - below - _LABEL_GAP - 2 - top))
