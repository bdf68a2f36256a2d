"""A button of the rail, with a bar while something of its page is under way."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton

from app.ui import theme

_BAR_WIDTH, _BAR_HEIGHT, _BAR_BOTTOM = 44, 3, 5


@dataclass(frozen=True)
class Busy:
    """What is under way, in words, and which `share` (0..1) of it is done; None while nobody can tell."""

    words: str
    share: float | None = None


class RailButton(QToolButton):
    """Its tool tip says what is under way, too."""

    def __init__(self, words: str, tip: str) -> None:
        super().__init__()
        self._tip = tip
        self.busy: tuple[Busy, ...] = ()
        self.setText(words)
        self.setToolTip(tip)

    def show_busy(self, busy: tuple[Busy, ...]) -> None:
        """Show the first of these on the bar, and all in the tool tip."""
        if busy != self.busy:
            self.busy = busy
            said = [each.words for each in busy]
            self.setToolTip("\n".join((self._tip, *said)))
            self.setAccessibleDescription("; ".join(said))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and the bar on its lower edge."""
        super().paintEvent(event)
        if not self.busy:
            return
        colours, share = theme.colours(), self.busy[0].share
        left, top = (self.width() - _BAR_WIDTH) / 2, self.height() - _BAR_BOTTOM - _BAR_HEIGHT
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, width in ((colours.line, 1.0), (colours.accent, share)):
            painter.setBrush(QColor(colour))
            place = QRectF(left, top, _BAR_WIDTH * width, _BAR_HEIGHT) if width is not None else None
            # What cannot be measured is a piece in the middle.
            place = place or QRectF(left + _BAR_WIDTH / 3, top, _BAR_WIDTH / 3, _BAR_HEIGHT)
            painter.drawRoundedRect(place, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.end()
