"""A picture of a lesson, with its caption: as wide as there is room, and no larger than it was made."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, QSizeF, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.errors import InputError
from app.core.imaging.pictures import load_picture
from app.core.lessons.svg import check_svg
from app.core.paths import read_regular
from app.ui import theme
from app.ui.common import build
from app.ui.common.painted import Painted

_MOST_BYTES, _MOST_SIDE = 1 << 20, 10_000
"""Of an SVG, and how many pixels it may be high or wide."""


class PictureView(QWidget):
    """The picture, and its caption or why there is none."""

    def __init__(self, path: Path, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption = build.label(caption, role="caption", wraps=True)
        try:
            picture = _Svg(path) if path.suffix == ".svg" else _Pixels(path)
        except InputError as error:
            self.caption.setText(str(error))
            build.column(self.caption, on=self)
            return
        picture.setAccessibleName(caption)
        build.column(picture, self.caption, on=self, spacing=theme.SPACING // 2)


class _Scaled(Painted):
    """Keeps its shape."""

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def natural(self) -> QSizeF:
        """As large as it was made."""
        raise NotImplementedError

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """As its shape wants it."""
        return round(self.natural.height() * self._scale(width))

    def sizeHint(self) -> QSize:
        return QSize(round(self.natural.width()), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(1, self.heightForWidth(self.width()))

    def place(self) -> QRectF:
        """Where it is painted."""
        return QRectF(0, 0, self.natural.width() * self._scale(self.width()), self.height())

    def _scale(self, width: int) -> float:
        return min(1.0, width / max(1.0, self.natural.width()))


class _Svg(_Scaled):
    """Lines and words, in the colours of the window."""

    def __init__(self, path: Path) -> None:
        """Raises InputError if it cannot be read."""
        super().__init__()
        try:
            self._source = read_regular(path, _MOST_BYTES).decode()
            check_svg(self._source)
        except OSError as error:
            raise InputError(f"The picture {path.name} cannot be read ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise InputError(f"The picture {path.name} cannot be read; save it again as SVG.") from error
        except ValueError as error:
            raise InputError(f"The picture {path.name} cannot be shown ({error}); save it as PNG.") from error
        self._renderer = QSvgRenderer(self)
        self._load()
        size = self._renderer.defaultSize()
        if not self._renderer.isValid() or size.isEmpty() or max(size.width(), size.height()) > _MOST_SIDE:
            raise InputError(f"The picture {path.name} cannot be read; save it again as SVG.")
        theme.notifier().changed.connect(self._load)

    @property
    def natural(self) -> QSizeF:
        return QSizeF(self._renderer.defaultSize())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sharp at any size."""
        painter = QPainter(self)
        self._renderer.render(painter, self.place())
        painter.end()

    @Slot()
    def _load(self) -> None:
        self._renderer.load(QByteArray(theme.recoloured(self._source).encode()))


class _Pixels(_Scaled):
    """A photograph or a screenshot."""

    def __init__(self, path: Path) -> None:
        """Raises InputError if it cannot be read."""
        super().__init__()
        rgb = load_picture(path).rgb
        height, width, _ = rgb.shape
        self._image = QImage(rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()

    @property
    def natural(self) -> QSizeF:
        return QSizeF(self._image.size())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Smooth where it is made smaller."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.place(), self._image)
        painter.end()
