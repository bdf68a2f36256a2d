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
            x = self._x(self._number)
            for colour, width in ((colours.card, 4), (colours.text, 2)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.end()

    def _x(self, column: int) -> float:
        return 1 + (self.width() - 2) * column / max(1, self.columns - 1)

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
        if self.columns < 2:
            painter.setPen(QPen(QColor(colours.line), theme.LINE))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
            painter.end()
            return pixmap
        painter.setFont(theme.small(self.font()))
        xs, height = [self._x(column) for column in range(self.columns)], self.height()
        for place in range(len(self._names)):
            lower, upper = self._edges[:, place], self._edges[:, place + 1]
            there = [QPointF(x, height * (1 - float(edge))) for x, edge in zip(xs, upper, strict=True)]
            back = [QPointF(x, height * (1 - float(edge))) for x, edge in zip(xs, lower, strict=True)]
            painter.setPen(QPen(QColor(colours.card), 0.5))
            painter.setBrush(QColor(colours.series[place % len(colours.series)]))
            painter.drawPolygon(QPolygonF([*there, *reversed(back)]))
        for place in range(len(self._names)):
            self._paint_name(painter, place)
        painter.end()
        return pixmap

    def _paint_name(self, painter: QPainter, place: int) -> None:
        """Where its band is widest, if it has room there."""
        widths = self._edges[:, place + 1] - self._edges[:, place]
        column, metrics = int(widths.argmax()), QFontMetricsF(painter.font())
        name = metrics.elidedText(self._names[place], Qt.TextElideMode.ElideRight, self.width() / 3)
        width = metrics.horizontalAdvance(name)
        if float(widths[column]) * self.height() < metrics.height() + _NAME_ROOM:
            return
        middle = float(self._edges[column, place] + widths[column] / 2)
        x = min(max(_NAME_ROOM + width / 2, self._x(column)), self.width() - _NAME_ROOM - width / 2)
        box = QRectF(x - width / 2, self.height() * (1 - middle) - metrics.height() / 2, width, metrics.height())
        painter.setPen(QColor(theme.colours().card))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), name)

    @Slot()
    def _forget(self) -> None:
        self._painted = None
        self.tell()
        self.update()
