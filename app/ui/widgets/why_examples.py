"""The nearest training pictures, side by side; a click opens one of them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from app.core.datasets.types import IMAGE_SIZE
from app.core.inference.explaining.neighbours import NEAREST, Neighbours
from app.ui import theme

_GAP = 6
_CAPTION_HEIGHT = 18
_PALE = 0.35


class WhyExample(QAbstractButton):
    """One training picture, white on black as the network has it, with its class under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.side = 2 * IMAGE_SIZE
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        theme.notifier().changed.connect(self.update)

    def show_picture(self, pixels: NDArray[np.uint8], name: str, similarity: float) -> None:
        """Show (28, 28) uint8, ink = 255, of class `name`; `similarity` is a cosine."""
        side = IMAGE_SIZE
        grey = QImage.Format.Format_Grayscale8
        self._image = QImage(np.ascontiguousarray(pixels).tobytes(), side, side, side, grey).copy()
        self.setText(name)
        words = self.tr("{name}, {percent}% alike. Click to open it on the paper.")
        self.setToolTip(words.format(name=name, percent=int(100 * similarity)))
        self.setAccessibleName(self.tr("Training picture of {name}").format(name=name))
        self.update()

    def sizeHint(self) -> QSize:
        """Twice the picture's own size, and the name."""
        return QSize(2 * IMAGE_SIZE, 2 * IMAGE_SIZE + _CAPTION_HEIGHT)

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
        font = painter.font()
        font.setPixelSize(theme.SMALL_FONT_SIZE)
        painter.setFont(font)
        painter.setPen(QColor(colours.muted))
        caption = QRectF(0, tile.bottom() + 2, self.width(), _CAPTION_HEIGHT - 2)
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(caption, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        painter.end()


class WhyExamples(QWidget):
    """Up to NEAREST training pictures. `chosen` brings the number of the one that was clicked."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = tuple(WhyExample() for _ in range(NEAREST))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        for tile in self.tiles:
            row.addWidget(tile)
            tile.clicked.connect(self._on_clicked)

    def show_neighbours(self, found: Neighbours, class_names: tuple[str, ...]) -> None:
        """Show them, nearest first."""
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index < len(found.labels))
            if index < len(found.labels):
                tile.show_picture(found.images[index], class_names[found.labels[index]], found.similarities[index])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Square pictures."""
        side = (self.width() - (NEAREST - 1) * _GAP) // NEAREST
        for tile in self.tiles:
            tile.side = side  # the same for all, though some have a pixel more room than others
        self.setFixedHeight(side + _CAPTION_HEIGHT)
        super().resizeEvent(event)

    @Slot()
    def _on_clicked(self) -> None:
        tile = self.sender()
        self.chosen.emit(next(index for index, other in enumerate(self.tiles) if other is tile))
