"""A small, still picture of the drawing."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import theme

RADIUS = 6
HEIGHT = 150
LEAST_HEIGHT = 60


class PaperPreview(QWidget):
    """Shows a picture whole, on paper that stays white in the dark."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setAccessibleName(self.tr("Your drawing"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.notifier().changed.connect(self._on_colours_changed)

    def set_image(self, image: QImage | None) -> None:
        """Show another drawing."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(HEIGHT, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(LEAST_HEIGHT, LEAST_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The paper, the picture on it, a thin frame."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS, RADIUS)
        painter.fillPath(outline, QColor(theme.colours().paper))
        if self._image is not None and not self._image.isNull():
            painter.setClipPath(outline)
            size = self._image.size().scaled(frame.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(frame.center())
            painter.drawImage(place, self._image)
            painter.setClipping(False)
        painter.setPen(QPen(QColor(theme.colours().line), 1))
        painter.drawPath(outline)
        painter.end()

    @Slot()
    def _on_colours_changed(self) -> None:
        self.update()
