"""A figure on the screen: scaled to its room, with examples that can be chosen."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app.ui import theme
from app.ui.plots.figure import ExampleFigure, Figure, paint_figure
from app.ui.widgets.example_chooser import ExampleChooser

LARGEST_SCALE = 2.0
LEGIBLE_SCALE = 0.85
"""Smaller than this, what is written in a figure is hard to read: then it is scrolled rather than shrunk."""


def scale_for(size: QSizeF, room: QSize) -> float:
    """How large to show a figure of `size`: whole if it can be read so, else as wide as the room."""
    whole = _whole_scale(size, room)
    return whole if whole >= LEGIBLE_SCALE else max(LEGIBLE_SCALE, min(1.0, room.width() / size.width()))


def _whole_scale(size: QSizeF, room: QSize) -> float:
    return min(LARGEST_SCALE, room.width() / size.width(), room.height() / size.height())


class FigureCanvas(ExampleChooser):
    """Shows a figure as large as the widget, which should have its proportions; or a sentence that invites."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self._picture: QPixmap | None = None
        self._invitation, self._description = "", ""
        theme.notifier().changed.connect(self.update)

    @property
    def figure(self) -> Figure | None:
        """What is shown."""
        return self._figure

    def set_figure(self, figure: Figure | None, description: str) -> None:
        """Show `figure`, which `description` puts in words; None shows the invitation."""
        self._figure, self._description, self._picture = figure, description, None
        self.forget_choice()

    def set_invitation(self, sentence: str) -> None:
        """What to say while there is no figure."""
        self._invitation = sentence
        self.forget_choice()

    def is_too_large(self, room: QSize) -> bool:
        """True if the whole figure would be hard to read in that room."""
        return self._figure is not None and scale_for(self._figure.size, room) > _whole_scale(self._figure.size, room)

    def fit(self, room: QSize, scroll_bar: int, is_whole: bool = False) -> None:
        """Take the size that suits `room`, of which a scroll bar would take `scroll_bar` pixels; or be whole in it."""
        if self._figure is None:
            self.resize(room)
            return
        if is_whole:
            self.resize((self._figure.size * _whole_scale(self._figure.size, room)).toSize().expandedTo(QSize(1, 1)))
            return
        size = self._figure.size * scale_for(self._figure.size, room)
        if size.height() > room.height():
            size = self._figure.size * scale_for(self._figure.size, room - QSize(scroll_bar, 0))
        self.resize(size.toSize().expandedTo(QSize(1, 1)))

    def example_places(self) -> Sequence[QRectF]:
        """Those of the figure, scaled."""
        places = self._figure.places if isinstance(self._figure, ExampleFigure) else ()
        return [QRectF(place.topLeft() * self._scale, place.size() * self._scale) for place in places]

    def example_in_words(self, number: int) -> str:
        """Its caption."""
        return self._figure.spoken[number] if isinstance(self._figure, ExampleFigure) else ""

    def whole_in_words(self) -> str:
        """The figure's description, or the invitation."""
        return self._invitation if self._figure is None else self._description

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint it anew, sharp."""
        self._picture = None
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The figure, and what of it is pointed at or chosen."""
        painter = QPainter(self)
        if self._figure is None:
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._invitation)
        else:
            if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
                self._picture = self._painted(self._figure)
            painter.drawPixmap(0, 0, self._picture)
            self.paint_choice(painter, theme.LIGHT.accent)  # the figure is white in both themes
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Tell in words what is pointed at."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self, QRect(event.pos(), QSize(1, 1)))
            return True
        return super().event(event)

    @property
    def _scale(self) -> float:
        return 1.0 if self._figure is None else self.width() / self._figure.size.width()

    def _tip_at(self, point: QPoint) -> str:
        return self._figure.tip_at(QPointF(point) / self._scale) if isinstance(self._figure, ExampleFigure) else ""

    def _painted(self, figure: Figure) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        paint_figure(figure, picture)
        picture.setDevicePixelRatio(ratio)
        return picture
