"""Icons: SVG files drawn in `currentColor`, so that one file serves every colour of the theme."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.core.paths import resources_dir
from app.ui import theme

_SIZE = 24
_SCALE = 3
"""Pixmaps are made this much larger, for screens with many pixels."""


def icon(name: str) -> QIcon:
    """The icon of that name: muted by default, in the accent while checked."""
    colour = theme.colours()
    made = QIcon()
    made.addPixmap(_pixmap(name, colour.text), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(_pixmap(name, colour.muted), QIcon.Mode.Disabled, QIcon.State.Off)
    made.addPixmap(_pixmap(name, colour.on_accent), QIcon.Mode.Normal, QIcon.State.On)
    return made


def rail_icon(name: str) -> QIcon:
    """The icon as the rail shows it: muted, and in the accent on the page one is on."""
    made = QIcon()
    made.addPixmap(_pixmap(name, theme.colours().muted), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(_pixmap(name, theme.colours().accent), QIcon.Mode.Normal, QIcon.State.On)
    return made


def _pixmap(name: str, colour: str) -> QPixmap:
    source = (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))
    pixmap = QPixmap(QSize(_SIZE, _SIZE) * _SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    return pixmap
