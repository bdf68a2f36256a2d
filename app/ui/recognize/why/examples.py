"""The nearest training pictures, side by side; a click opens one of them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.core.datasets.types import IMAGE_SIZE
from app.core.inference.explaining.neighbours import NEAREST, Neighbours
from app.ui import theme
from app.ui.common import build

_GAP = 6
_LINE_HEIGHT = 16
_PALE = 0.35
_CAPTION = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class WhyExample(QAbstractButton):
    """One training picture, white on black as the network has it, with its class under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.side = 2 * IMAGE_SIZE
        self.lines = 1
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        theme.notifier().changed.connect(self.update)

    def show_picture(self, pixels: NDArray[np.uint8], name: str, similarity: float) -> None:
        """Show (28, 28) uint8, ink = 255, of class `name`; `similarity` is a cosine."""
        side = IMAGE_SIZE
        grey = QImage.Format.Format_Grayscale8
        self._image = QImage(np.ascontiguousarray(pixels).tobytes(), side, side, side, grey).copy()
        self.setText(name)
        words = self.tr("{name}, {percent}% similar. Click to open it on the paper.")
        self.setToolTip(words.format(name=name, percent=int(100 * similarity)))
        self.setAccessibleName(self.tr("Training picture of {name}").format(name=name))
        self.update()

    def sizeHint(self) -> QSize:
        """Twice the picture's own size, and the name."""
        return QSize(2 * IMAGE_SIZE, 2 * IMAGE_SIZE + _caption_height(self.lines))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pixels without smoothing; a ring when it has the keyboard or is pointed at."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1 if self.isEnabled() else _PALE)
        colours = theme.colours()
        side = self.side
        tile = QRectF((self.width() - side) // 2, 0, side, side)
        if self._image is not None:
            painter.fillRect(tile, QColor(colours.pixels))
            painter.drawImage(tile.adjusted(1, 1, -1, -1), self._image)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(colours.accent), theme.FOCUS_LINE))
            painter.drawRect(tile.adjusted(1, 1, -1, -1))
        painter.setFont(theme.small(painter.font()))
        painter.setPen(QColor(colours.muted))
        room = QRectF(0, tile.bottom() + 2, self.width(), _LINE_HEIGHT * self.lines)
        painter.drawText(room, _CAPTION, self.text())
        painter.end()


class WhyExamples(QWidget):
    """Up to NEAREST training pictures. `chosen` brings the number of the one that was clicked.

    Where a name is wider than its picture, all of them have two lines for it.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = tuple(WhyExample() for _ in range(NEAREST))
        build.row(*self.tiles, on=self, spacing=_GAP)
        for tile in self.tiles:
            tile.clicked.connect(self._on_clicked)

    def show_neighbours(self, found: Neighbours, class_names: tuple[str, ...]) -> None:
        """Show them, nearest first."""
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index < len(found.labels))
            if index < len(found.labels):
                tile.show_picture(found.images[index], class_names[found.labels[index]], found.similarities[index])
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Square pictures."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        side = (self.width() - (NEAREST - 1) * _GAP) // NEAREST
        metrics = QFontMetrics(theme.small(self.font()))
        lines = 2 if any(metrics.horizontalAdvance(tile.text()) > side for tile in self.tiles) else 1
        for tile in self.tiles:
            tile.side, tile.lines = side, lines  # the same for all, though some have a pixel more room than others
        self.setFixedHeight(side + _caption_height(lines))

    @Slot()
    def _on_clicked(self) -> None:
        tile = self.sender()
        self.chosen.emit(next(index for index, other in enumerate(self.tiles) if other is tile))


def _caption_height(lines: int) -> int:
    return 2 + _LINE_HEIGHT * lines
