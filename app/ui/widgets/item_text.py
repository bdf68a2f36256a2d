"""Texts as the lists of the program paint them."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from app.ui import theme


def item_font(*, small: bool = False, bold: bool = False) -> QFont:
    """The font of an item, or of what is said below it."""
    font = QFont()
    font.setPixelSize(theme.SMALL_FONT_SIZE if small else theme.FONT_SIZE)
    font.setBold(bold)
    return font


def write_item(painter: QPainter, place: QRect, text: str, colour: str, font: QFont) -> None:
    """Write a line, shortened where it does not fit."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitting)
