"""What the network sees: its 28 x 28 pixels, white on black as it has them, and the steps on the way to them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.imaging.preprocess import Step
from app.ui import theme
from app.ui.widgets.step_words import step_name

_MOST_STEPS = 4
_GAP = 6
_STRIP_HEIGHT = 74
_CAPTION_HEIGHT = 18


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
        _paint_pixels(painter, place, self._image, smooth=False)
        if self._image is None:
            painter.setPen(QColor(theme.colours().pixels_hint))
            painter.drawText(
                place.adjusted(16, 16, -16, -16), _CENTRED, self.tr("28 × 28 pixels, as the network gets them")
            )
        painter.end()


class StepStrip(QWidget):
    """The stages from ink to input, side by side, each with its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: list[tuple[str, QImage]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_STRIP_HEIGHT)
        self.setAccessibleName(self.tr("Steps of the preparation"))
        theme.notifier().changed.connect(self.update)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show the last few of the steps; none shows nothing."""
        self._steps = [
            (step_name(step.name), grey_image(step.image)) for step in steps[-_MOST_STEPS:] if step.image.size
        ]
        self.setAccessibleDescription(", ".join(name for name, _ in self._steps))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as the boxes need."""
        side = (self.width() - (_MOST_STEPS - 1) * _GAP) // _MOST_STEPS
        self.setFixedHeight(min(_STRIP_HEIGHT, side + _CAPTION_HEIGHT))
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Boxes with captions."""
        painter = QPainter(self)
        side = (self.width() - (_MOST_STEPS - 1) * _GAP) / _MOST_STEPS
        side = min(side, self.height() - _CAPTION_HEIGHT)
        font = painter.font()
        font.setPixelSize(theme.SMALL_FONT_SIZE)
        painter.setFont(font)
        pitch = (self.width() - side) / (_MOST_STEPS - 1)
        for position, (name, image) in enumerate(self._steps):
            box = QRectF(position * pitch, 0, side, side)
            _paint_pixels(painter, box, image, smooth=max(image.width(), image.height()) > 28)
            painter.setPen(QColor(theme.colours().muted))
            needed = painter.fontMetrics().horizontalAdvance
            caption = name if needed(name) <= pitch - _GAP else name.replace(" × ", "×")
            place = caption_rect(box, needed(caption), self.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, caption)
        painter.end()


def caption_rect(box: QRectF, width: float, room: float) -> QRectF:
    """Where a caption goes: below the middle of `box`, but not beyond the edges of a strip that is `room` wide."""
    left = min(max(0.0, box.center().x() - width / 2), max(0.0, room - width))
    return QRectF(left, box.bottom() + 2, width, 16)


def _paint_pixels(painter: QPainter, place: QRectF, image: QImage | None, smooth: bool) -> None:
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
