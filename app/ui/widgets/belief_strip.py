"""A small line: how sure the network was of one class, from the start of the run until now."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import theme

HEIGHT = 34
LINE_WIDTH = 1.5
DOT_RADIUS = 2.5


class BeliefStrip(QWidget):
    """Paints shares between 0 (bottom) and 1 (top), oldest at the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self._on_colours_changed)

    def set_shares(self, shares: Sequence[float]) -> None:
        """Show other values."""
        self._shares = tuple(shares)
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough to see a trend."""
        return QSize(120, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A line, its shadow down to zero, and a dot for now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        area = QRectF(self.rect()).adjusted(DOT_RADIUS, DOT_RADIUS, -DOT_RADIUS, -DOT_RADIUS)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if len(self._shares) > 1:
            self._paint_line(painter, area, QColor(colours.accent))
        painter.end()

    def _paint_line(self, painter: QPainter, area: QRectF, colour: QColor) -> None:
        step = area.width() / (len(self._shares) - 1)
        points = [
            QPointF(area.left() + step * i, area.bottom() - share * area.height())
            for i, share in enumerate(self._shares)
        ]
        shade = QColor(colour)
        shade.setAlphaF(0.15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(QPolygonF([area.bottomLeft(), *points, area.bottomRight()]))
        painter.setPen(QPen(colour, LINE_WIDTH))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(points[-1], DOT_RADIUS, DOT_RADIUS)

    @Slot()
    def _on_colours_changed(self) -> None:
        self.update()
