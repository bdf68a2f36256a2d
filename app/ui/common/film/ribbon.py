"""What a network believed of one drawing over a whole run: a band for every class, as wide as its probability."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.film.pictures import bands
from app.core.inference.explaining.numpy_network import Array
from app.core.percentages import probability_text
from app.ui import theme
from app.ui.common.painted import TellingWidget
from app.ui.theme import Colours

_HEIGHT = 48
_NAME_ROOM = 3
"""Pixels between a name and the edges of its band."""


class Ribbon(TellingWidget):
    """Bands above each other, oldest at the left; they are painted once, and a line tells where one is.

    A click tells which of the columns it was at.
    """

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._probabilities: Array | None = None
        self._edges = np.zeros((0, 1), np.float32)
        self._number: int | None = None
        self._painted: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What was believed, over the whole run"))
        self.setObjectName("ribbon")
        theme.notifier().changed.connect(self._forget)

    @property
    def columns(self) -> int:
        """How many readings are shown."""
        return len(self._edges)

    def set_classes(self, names: Sequence[str]) -> None:
        """Name the bands; nothing is shown until it comes."""
        self._names = tuple(names)
        self.show_readings(None)

    def show_readings(self, probabilities: Array | None, number: int | None = None) -> None:
        """Show probabilities (readings, classes), and a line at one of the readings."""
        fits = probabilities is not None and probabilities.ndim == 2 and probabilities.shape[1] == len(self._names)
        self._probabilities = probabilities if fits else None
        self._edges = bands(probabilities) if fits and probabilities is not None else np.zeros((0, 1), np.float32)
        self._number = number
        self._forget()

    def mark(self, number: int | None) -> None:
        """Move the line."""
        self._number = number
        self.update()

    def words_at(self, at: QPointF) -> str:
        """The most probable classes there."""
        if self._probabilities is None or not self.columns:
            return ""
        row = self._probabilities[self._column(at.x())]
        if not np.isfinite(row).all():
            return self.tr("This snapshot cannot be read")
        best = row.argsort()[::-1][:3]
        return "  ".join(f"{self._names[each]} {probability_text(float(row[each]))}" for each in best)

    def sizeHint(self) -> QSize:
        """Wide enough to see a trend."""
        return QSize(120, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell where."""
        if self.columns and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._column(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the line along."""
        super().mouseMoveEvent(event)
        if self.columns and event.buttons() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._column(event.position().x()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other places."""
        super().resizeEvent(event)
        self._forget()

    def changeEvent(self, event: QEvent) -> None:
        """Another font, other names."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._forget()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bands, and the line."""
        if self._painted is None:
            self._painted = self._paint_bands()
        painter, colours = QPainter(self), theme.colours()
        painter.drawPixmap(0, 0, self._painted)
        if self._number is not None and self.columns:
            paint_here(painter, self._number, self.columns, QRectF(self.rect()), colours)
        painter.end()

    def _column(self, x: float) -> int:
        share = (x - 1) / max(1.0, self.width() - 2)
        return min(max(0, round(share * (self.columns - 1))), self.columns - 1)

    def _paint_bands(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter, colours = QPainter(pixmap), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.small(self.font()))
        place = QRectF(self.rect())
        if self.columns < 2:
            painter.setPen(QPen(QColor(colours.line), theme.LINE))
            painter.drawLine(place.bottomLeft() - QPointF(0, 1), place.bottomRight() - QPointF(0, 1))
        else:
            paint_bands(painter, self._edges, self._names, place, colours)
        painter.end()
        return pixmap

    @Slot()
    def _forget(self) -> None:
        self._painted = None
        self.tell()
        self.update()


def paint_bands(painter: QPainter, edges: Array, names: Sequence[str], place: QRectF, colours: Colours) -> None:
    """The bands with these `edges` (readings, classes + 1) in 0..1, and their names where they have room."""
    xs = [_x(column, len(edges), place) for column in range(len(edges))]
    for label in range(len(names)):
        lower, upper = edges[:, label], edges[:, label + 1]
        there = [QPointF(x, place.bottom() - place.height() * float(edge)) for x, edge in zip(xs, upper, strict=True)]
        back = [QPointF(x, place.bottom() - place.height() * float(edge)) for x, edge in zip(xs, lower, strict=True)]
        painter.setPen(QPen(QColor(colours.card), 0.5))
        painter.setBrush(QColor(colours.series[label % len(colours.series)]))
        painter.drawPolygon(QPolygonF([*there, *reversed(back)]))
    for label, name in enumerate(names):
        _paint_name(painter, edges[:, label], edges[:, label + 1], name, place, colours)


def paint_here(painter: QPainter, column: int, columns: int, place: QRectF, colours: Colours) -> None:
    """The line that tells where one is."""
    x = _x(column, columns, place)
    for colour, width in ((colours.card, 4), (colours.text, 2)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))


def _x(column: int, columns: int, place: QRectF) -> float:
    return place.left() + 1 + (place.width() - 2) * column / max(1, columns - 1)


def _paint_name(  # noqa: PLR0917
    painter: QPainter, lower: Array, upper: Array, name: str, place: QRectF, colours: Colours
) -> None:
    """Where its band is widest, if it has room there."""
    widths, metrics = upper - lower, QFontMetricsF(painter.font())
    column = int(widths.argmax())
    words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, place.width() / 3)
    width = metrics.horizontalAdvance(words)
    if float(widths[column]) * place.height() < metrics.height() + _NAME_ROOM:
        return
    middle = place.bottom() - place.height() * float(lower[column] + widths[column] / 2)
    least, most = place.left() + _NAME_ROOM + width / 2, place.right() - _NAME_ROOM - width / 2
    x = min(max(least, _x(column, len(widths), place)), most)
    box = QRectF(x - width / 2, middle - metrics.height() / 2, width, metrics.height())
    painter.setPen(QColor(colours.card))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), words)
