"""What the network sees: its 28 x 28 pixels, white on black as it has them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import theme


def grey_image(pixels: NDArray[np.float32]) -> QImage:
    """Pixels (h, w) in [0, 1] as a picture: 0 black, 1 white."""
    height, width = pixels.shape
    data = np.ascontiguousarray(np.rint(pixels * 255), np.uint8)
    return QImage(data.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


class NetworkView(QWidget):
    """The pixels, enlarged without smoothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("What the network sees, 28 by 28 pixels"))

    def hasHeightForWidth(self) -> bool:
        """Square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Square."""
        return width

    def sizeHint(self) -> QSize:
        """Eight screen pixels for each of the network's."""
        return QSize(232, 232)

    def set_image(self, pixels: NDArray[np.float32] | None) -> None:
        """Show (28, 28) in [0, 1], or nothing."""
        self._image = None if pixels is None else grey_image(pixels)
        self.update()

    @property
    def is_empty(self) -> bool:
        """True when nothing is shown."""
        return self._image is None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Black ground, pixels."""
        painter = QPainter(self)
        side = min(self.width(), self.height())
        place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        paint_pixels(painter, place, self._image, smooth=False)
        if self._image is None:
            painter.setPen(QColor(theme.colours().pixels_hint))
            painter.drawText(
                place.adjusted(16, 16, -16, -16), _CENTRED, self.tr("28 × 28 pixels, as the network gets them")
            )
        painter.end()


def paint_pixels(painter: QPainter, place: QRectF, image: QImage | None, smooth: bool) -> None:
    """Paint a picture whole into a black box with round corners."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(place, 4, 4)
    painter.fillPath(outline, QColor(theme.colours().pixels))
    if image is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        inner = place.adjusted(2, 2, -2, -2)
        size = image.size().scaled(inner.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = inner.center().x() - size.width() / 2, inner.center().y() - size.height() / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), image)
    painter.restore()


_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
