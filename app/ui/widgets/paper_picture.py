"""A loaded picture on the paper."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from app.core.imaging.pictures import Picture
from app.ui import theme

_TINY = 64
"""Pictures of 28 x 28 are shown as the pixels they are."""


def image_of(picture: Picture) -> QImage:
    """The picture as Qt has pictures."""
    height, width, _ = picture.rgb.shape
    return QImage(picture.rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def paint_picture(painter: QPainter, picture: Picture, room: QSize) -> None:
    """Paint it whole, in the middle of `room`."""
    image = image_of(picture)
    inner = room - QSize(2 * theme.PADDING, 2 * theme.PADDING)
    size = image.size().scaled(inner, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    is_tiny = max(image.width(), image.height()) <= _TINY
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_tiny)
    left, top = (room.width() - size.width()) / 2, (room.height() - size.height()) / 2
    painter.drawImage(QRectF(left, top, size.width(), size.height()), image)
