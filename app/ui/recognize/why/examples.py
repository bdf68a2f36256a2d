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
        self.widest_name = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
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
        return QSize(2 * IMAGE_SIZE, self.heightForWidth(2 * IMAGE_SIZE))

    def heightForWidth(self, width: int) -> int:
        """A square picture, and a line for the name, or two."""
        return width + 2 + _LINE_HEIGHT * self._lines(width)

    @property
    def lines(self) -> int:
        """How many lines there are for the name."""
        return self._lines(self.side)

    def _lines(self, side: int) -> int:
        return 2 if self.widest_name > side else 1

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
        metrics = QFontMetrics(theme.small(self.font()))
        names = [class_names[label] for label in found.labels]
        widest = max(map(metrics.horizontalAdvance, names), default=0)
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index < len(names))
            tile.widest_name = widest
            if index < len(names):
                tile.show_picture(found.images[index], names[index], found.similarities[index])
            tile.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures of one size, though some have a pixel more room than others."""
        for tile in self.tiles:
            tile.side = (event.size().width() - (NEAREST - 1) * _GAP) // NEAREST
        super().resizeEvent(event)

    @Slot()
    def _on_clicked(self) -> None:
        tile = self.sender()
        self.chosen.emit(next(index for index, other in enumerate(self.tiles) if other is tile))
