"""A figure on the screen: scaled to its room, with examples that can be chosen."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui import theme
from app.ui.plots.figure import ExampleFigure, Figure, paint_figure
from app.ui.widgets.example_chooser import ExampleChooser

LARGEST_SCALE = 2.0
_SMALLEST_SCALE = 0.5
_USUAL_SIZE = QSizeF(480, 320)
_EMPTY_HEIGHT = 200


class FigureCanvas(ExampleChooser):
    """Shows a figure as large as fits, or a sentence that invites."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self._picture: QPixmap | None = None
        self._invitation, self._description = "", ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.notifier().changed.connect(self.update)

    @property
    def figure(self) -> Figure | None:
        """What is shown."""
        return self._figure

    def set_figure(self, figure: Figure | None, description: str) -> None:
        """Show `figure`, which `description` puts in words; None shows the invitation."""
        self._figure, self._description, self._picture = figure, description, None
        self.forget_choice()
        self.updateGeometry()

    def set_invitation(self, sentence: str) -> None:
        """What to say while there is no figure."""
        self._invitation = sentence
        self.forget_choice()

    def example_places(self) -> Sequence[QRectF]:
        """Those of the figure, scaled."""
        room, scale = self._room(), self._scale()
        places = self._figure.places if isinstance(self._figure, ExampleFigure) else ()
        return [QRectF(room.topLeft() + place.topLeft() * scale, place.size() * scale) for place in places]

    def example_in_words(self, number: int) -> str:
        """Its caption."""
        return self._figure.spoken[number] if isinstance(self._figure, ExampleFigure) else ""

    def whole_in_words(self) -> str:
        """The figure's description, or the invitation."""
        return self._invitation if self._figure is None else self._description

    def sizeHint(self) -> QSize:
        """The figure's own size."""
        return self._own_size().toSize()

    def minimumSizeHint(self) -> QSize:
        """Half of it."""
        return (self._own_size() * _SMALLEST_SCALE).boundedTo(_USUAL_SIZE).toSize()

    def hasHeightForWidth(self) -> bool:
        """The figure keeps its proportions."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the figure gets when it is as wide."""
        if self._figure is None:
            return _EMPTY_HEIGHT
        size = self._own_size()
        return math.ceil(size.height() * min(LARGEST_SCALE, width / size.width()))

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
            painter.drawPixmap(self._room().topLeft(), self._picture)
            self.paint_choice(painter, theme.LIGHT.accent)  # the figure is white in both themes
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Tell in words what is pointed at."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self, QRect(event.pos(), QSize(1, 1)))
            return True
        return super().event(event)

    def _tip_at(self, point: QPoint) -> str:
        place = (QPointF(point) - self._room().topLeft()) / self._scale()
        return self._figure.tip_at(place) if isinstance(self._figure, ExampleFigure) else ""

    def _own_size(self) -> QSizeF:
        return _USUAL_SIZE if self._figure is None else self._figure.size

    def _scale(self) -> float:
        size = self._own_size()
        return min(LARGEST_SCALE, self.width() / size.width(), self.height() / size.height())

    def _room(self) -> QRectF:
        """Where the figure is: in the middle, from the top."""
        size = self._own_size() * self._scale()
        return QRectF(round((self.width() - size.width()) / 2), 0, size.width(), size.height())

    def _painted(self, figure: Figure) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap((self._room().size() * ratio).toSize().expandedTo(QSize(1, 1)))
        paint_figure(figure, picture)
        picture.setDevicePixelRatio(ratio)
        return picture
