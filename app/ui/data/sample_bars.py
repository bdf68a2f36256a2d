"""Bars about the samples of a set: how many each class has, and what fine-tuning with them did."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.datasets.samples.sets import ClassCount
from app.core.inference.before_after import BeforeAfter, Compared
from app.ui import theme
from app.ui.common import build
from app.ui.common.painted import Painted
from app.ui.common.samples import before_after_words

_HEIGHT = 74
_BAR_SHARE, _WIDEST_BAR = 0.62, 26.0
_EMPTY_BAR = 2.0
_GAP = 3
_READABLE = 26.0  # a name that is cut to less tells nothing
_MOST_SHARING = 5  # bars with one name between them


class SampleCounts(Painted):
    """The lighter end of a bar is held back. Names and numbers are shown where there is room; tooltips tell all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, is_small=True)
        self._counts: tuple[ClassCount, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def counts(self) -> tuple[ClassCount, ...]:
        """What is shown."""
        return self._counts

    def show_counts(self, counts: Sequence[ClassCount]) -> None:
        """Show these classes."""
        self._counts = tuple(counts)
        self.setAccessibleName(self.tr("Samples of each class"))
        self.setAccessibleDescription(", ".join(f"{count.name}: {count.total}" for count in counts))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as bars with numbers and names need."""
        return QSize(240, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars, numbers and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, step = QFontMetricsF(self.font()), self._step
        top, bottom = metrics.height() + 1, self.height() - metrics.height() - 2
        most = max((count.total for count in self._counts), default=0)
        painter.setPen(QPen(QColor(theme.colours().line), theme.LINE))
        painter.drawLine(QPointF(0, bottom + 0.5), QPointF(self.width(), bottom + 0.5))
        room = self._room_for_names(metrics)
        has_totals = all(metrics.horizontalAdvance(f"{count.total:,}") < step for count in self._counts)
        for number, count in enumerate(self._counts):
            centre = (number + 0.5) * step
            height = (bottom - top) * count.total / most if most else 0.0
            self._paint_bar(painter, count, QRectF(centre, bottom - height, 0, height))
            if count.total and has_totals:
                self._paint_text(painter, centre, bottom - height - 2, f"{count.total:,}", theme.colours().text)
            if room and number % round(room / step) == 0:
                name = metrics.elidedText(count.name, Qt.TextElideMode.ElideRight, room - _GAP)
                self._paint_text(painter, centre, self.height() - metrics.descent(), name, theme.colours().muted)
        painter.end()

    def tip_at(self, at: QPointF) -> str | None:
        """All about a class."""
        if not self._counts:
            return None
        count = self._counts[min(max(int(at.x() / self._step), 0), len(self._counts) - 1)]
        words = self.tr("{name}: {total} samples, {held_back} of them for testing")
        return words.format(name=count.name, total=f"{count.total:,}", held_back=f"{count.held_back:,}")

    @property
    def _step(self) -> float:
        return max(1.0, self.width() / max(1, len(self._counts)))

    def _room_for_names(self, metrics: QFontMetricsF) -> float:
        """The room of each name that is shown, a whole number of bars; 0 if only tooltips can tell them."""
        if self._step >= _READABLE:
            return self._step
        widest = max((metrics.horizontalAdvance(count.name) for count in self._counts), default=0.0) + _GAP
        every = max(1, math.ceil(widest / self._step))
        return every * self._step if every <= _MOST_SHARING else 0.0

    def _paint_bar(self, painter: QPainter, count: ClassCount, place: QRectF) -> None:
        width = min(_BAR_SHARE * self._step, _WIDEST_BAR)
        left, colours = place.left() - width / 2, theme.colours()
        painter.setPen(Qt.PenStyle.NoPen)
        if not count.total:
            painter.setBrush(QColor(colours.line))
            painter.drawRect(QRectF(left, place.bottom() - _EMPTY_BAR, width, _EMPTY_BAR))
            return
        held = place.height() * count.held_back / count.total
        painter.setBrush(QColor(colours.accent))
        painter.drawRect(QRectF(left, place.top() + held, width, place.height() - held))
        light = QColor(colours.accent)
        light.setAlphaF(0.4)
        painter.setBrush(light)
        painter.drawRect(QRectF(left, place.top(), width, held))

    def _paint_text(self, painter: QPainter, centre: float, baseline: float, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        width = QFontMetricsF(self.font()).horizontalAdvance(text)
        left = min(max(0.0, centre - width / 2), max(0.0, self.width() - width))
        painter.drawText(QPointF(left, baseline), text)


_ROW, _BAR = 18, 8


class SampleComparison(QWidget):
    """What fine-tuning did, in words and bars. Hidden until there is something to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._bars = build.label(name="comparison_words", wraps=True, fills=True, selectable=True), _Bars()
        build.column(self._words, self._bars, on=self, spacing=theme.SPACING // 2)
        self.hide()

    @property
    def words(self) -> str:
        """What is said."""
        return "" if self.isHidden() else self._words.text()

    def show_comparison(self, found: BeforeAfter) -> None:
        """Show this."""
        words = before_after_words(found)
        self._words.setText(words)
        self._bars.show_rows([each for each in (found.own, found.old) if each is not None])
        self._bars.setAccessibleName(words)
        self.show()

    def clear(self) -> None:
        """Show nothing."""
        self.hide()


@dataclass(frozen=True)
class _Row:
    """One bar: its words, the accuracy (0..1) and how that is said."""

    name: str
    share: float
    text: str
    is_after: bool


class _Bars(Painted):
    """Before above after, for each data set, on an axis from 0 to 1."""

    def __init__(self) -> None:
        super().__init__(is_small=True)
        self._rows: list[Compared] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: list[Compared]) -> None:
        self._rows = rows
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, (2 * _ROW + theme.SPACING) * len(self._rows) - theme.SPACING)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, metrics = theme.colours(), QFontMetricsF(self.font())
        words = self._words()
        left = max((metrics.horizontalAdvance(row.name) for row in words), default=0.0) + theme.SPACING
        widest = max((metrics.horizontalAdvance(row.text) for row in words), default=0.0)
        right = self.width() - widest - theme.SPACING
        for number, row in enumerate(words):
            top = number * _ROW + (number // 2) * theme.SPACING
            baseline = top + (_ROW + metrics.ascent() - metrics.descent()) / 2
            painter.setPen(QColor(colours.muted))
            painter.drawText(QPointF(0, baseline), row.name)
            bar = QRectF(left, top + (_ROW - _BAR) / 2, max(2.0, (right - left) * row.share), _BAR)
            painter.fillRect(QRectF(left, bar.top(), right - left, _BAR), QColor(colours.line))
            painter.fillRect(bar, QColor(colours.accent if row.is_after else colours.bar))
            painter.setPen(QColor(colours.text))
            painter.drawText(QPointF(right + theme.SPACING, baseline), row.text)
        painter.end()

    def _words(self) -> list[_Row]:
        before, after = self.tr("{title}, before"), self.tr("{title}, after")
        rows: list[_Row] = []
        for each in self._rows:
            texts = each.texts
            rows.append(_Row(before.format(title=each.title), each.before, texts[0], False))
            rows.append(_Row(after.format(title=each.title), each.after, texts[1], True))
        return rows
