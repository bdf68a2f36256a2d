"""The program's icon in the forms that systems want, made from its drawing."""

import io
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from app.core.paths import resources_dir

DRAWING = resources_dir() / "icons" / "app.svg"
SIZES_PX = (16, 22, 24, 32, 48, 64, 128, 256, 512)
"""Of hicolor, the theme that all desktops know."""
WINDOWS_SIZES_PX = (16, 20, 24, 32, 40, 48, 64, 128, 256)
MAC_SIZE_PX = 1024


def png(size_px: int) -> bytes:
    """The icon as a square PNG."""
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def write_ico(path: Path) -> None:
    """For Windows: every size drawn for itself, not made from the largest."""
    images = [_image(size) for size in WINDOWS_SIZES_PX]
    images[-1].save(path, append_images=images[:-1], sizes=[image.size for image in images])


def write_icns(path: Path) -> None:
    """For macOS."""
    sizes = [16, 32, 64, 128, 256, 512]
    _image(MAC_SIZE_PX).save(path, append_images=[_image(size) for size in sizes])


def _image(size_px: int) -> Image.Image:
    return Image.open(io.BytesIO(png(size_px)))
