"""A loaded picture on the paper."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from app.core.imaging.pictures import Picture
from app.ui import theme

_TINY = 64
"""Pictures of 28 x 28 are shown as the pixels they are."""


def image_of(picture: Picture) -> QImage:
    """The picture as Qt has pictures."""
    height, width, _ = picture.rgb.shape
    rgb = np.ascontiguousarray(picture.rgb)
    return QImage(rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def picture_place(picture: Picture, room: QSize) -> QRectF:
    """Where the picture lies on paper of that size: whole, in the middle."""
    height, width, _ = picture.rgb.shape
    inner = room - QSize(2 * theme.PADDING, 2 * theme.PADDING)
    size = QSize(width, height).scaled(inner, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    left, top = (room.width() - size.width()) / 2, (room.height() - size.height()) / 2
    return QRectF(left, top, size.width(), size.height())


def paint_picture(painter: QPainter, picture: Picture, room: QSize) -> None:
    """Paint it in its place."""
    image = image_of(picture)
    is_tiny = max(image.width(), image.height()) <= _TINY
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_tiny)
    painter.drawImage(picture_place(picture, room), image)
