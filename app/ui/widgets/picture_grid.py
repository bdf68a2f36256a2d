"""Pictures in rows, each with the name of its class under it, as in the Fashion-MNIST tutorial."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.core.datasets.types import IMAGE_SIZE
from app.ui import theme
from app.ui.widgets.example_chooser import ExampleChooser

COLUMNS = 5
_SMALLEST_SCALE, _USUAL_SCALE = 1, 2


@dataclass(frozen=True)
class GridGeometry:
    """Where everything goes, in the widget's coordinates."""

    cell: tuple[float, float]
    tile: float

    def tile_rect(self, index: int) -> QRectF:
        """The picture `index`, centred in its cell."""
        width, height = self.cell
        left = (index % COLUMNS) * width + (width - self.tile) / 2
        return QRectF(round(left), round((index // COLUMNS) * height), self.tile, self.tile)

    def area(self, index: int) -> QRectF:
        """Picture and line together."""
        return self.tile_rect(index).united(self.caption_rect(index))

    def caption_rect(self, index: int) -> QRectF:
        """The line under the picture, as wide as the cell."""
        width, height = self.cell
        top = self.tile_rect(index).bottom()
        return QRectF((index % COLUMNS) * width, top, width, (index // COLUMNS + 1) * height - top)


def grid_geometry(size: QSize, caption_height: int, pixel_ratio: float) -> GridGeometry:
    """Make the pictures as large as fits, each of their pixels a whole number of the screen's: crisp everywhere."""
    width, height = size.width() / COLUMNS, size.height() / COLUMNS
    room = min(width - theme.SPACING / 2, height - caption_height)
    scale = max(_SMALLEST_SCALE, int(room * pixel_ratio / IMAGE_SIZE))
    return GridGeometry((width, height), scale * IMAGE_SIZE / pixel_ratio)


class PictureGrid(ExampleChooser):
    """Up to 5 x 5 pictures as dark ink on white paper, each to be clicked, or a sentence in their place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Training pictures"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._images: list[QImage] = []
        self._captions: tuple[str, ...] = ()
        self._message = ""
        font = self.font()
        font.setPixelSize(theme.SMALL_FONT_SIZE)
        self.setFont(font)
        theme.notifier().changed.connect(self._on_colours_changed)

    @property
    def captions(self) -> tuple[str, ...]:
        """The class names that are shown."""
        return self._captions

    @property
    def message(self) -> str:
        """The sentence that is shown, if there are no pictures."""
        return self._message

    def show_pictures(self, images: NDArray[np.uint8], captions: Sequence[str]) -> None:
        """Show `images`, (n, 28, 28) uint8 with ink = 255."""
        self._images = [on_paper(image) for image in images]
        self._captions, self._message = tuple(captions), ""
        self.forget_choice()

    def show_message(self, message: str) -> None:
        """Show a sentence and no pictures."""
        self._images, self._captions, self._message = [], (), message
        self.forget_choice()

    def example_places(self) -> Sequence[QRectF]:
        """Each picture with its line."""
        geometry = self._geometry()
        return [geometry.area(index) for index in range(len(self._captions))]

    def example_in_words(self, number: int) -> str:
        """Its class."""
        return self._captions[number]

    def whole_in_words(self) -> str:
        """All classes, or the sentence."""
        return self._message or ", ".join(self._captions)

    def sizeHint(self) -> QSize:
        """Twice the pictures' own size."""
        return self._size_at(_USUAL_SCALE)

    def minimumSizeHint(self) -> QSize:
        """The pictures' own size."""
        return self._size_at(_SMALLEST_SCALE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pictures without smoothing."""
        painter = QPainter(self)
        colours = theme.colours()
        painter.setPen(QColor(colours.muted))
        if self._message:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
        geometry, metrics = self._geometry(), self.fontMetrics()
        for index, (image, caption) in enumerate(zip(self._images, self._captions, strict=True)):
            tile, below = geometry.tile_rect(index), geometry.caption_rect(index)
            painter.drawImage(tile, image)
            painter.setPen(QColor(colours.line))
            painter.drawRect(tile.adjusted(0, 0, -1, -1))
            painter.setPen(QColor(colours.muted))
            text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(below.width()) - 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        self.paint_choice(painter, colours.accent)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Tell the whole name of a class that was cut short."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.example_at(QPointF(event.pos()))
            if index is None:
                QToolTip.hideText()
            else:
                area = self._geometry().area(index).toRect()
                QToolTip.showText(event.globalPos(), self._captions[index], self, QRect(area))
            return True
        return super().event(event)

    def _geometry(self) -> GridGeometry:
        return grid_geometry(self.size(), self._caption_height(), self.devicePixelRatioF())

    def _caption_height(self) -> int:
        return self.fontMetrics().height() + theme.SPACING // 2

    def _size_at(self, scale: int) -> QSize:
        tile = IMAGE_SIZE * scale
        return QSize(COLUMNS * (tile + theme.SPACING), COLUMNS * (tile + self._caption_height()))

    @Slot()
    def _on_colours_changed(self) -> None:
        self.update()


def on_paper(image: NDArray[np.uint8]) -> QImage:
    """One picture as dark ink on white. The paper stays white in the dark theme, too."""
    side = IMAGE_SIZE
    paper = QImage(np.ascontiguousarray(image).tobytes(), side, side, side, QImage.Format.Format_Grayscale8).copy()
    paper.invertPixels()
    return paper
