"""A figure on the screen: scaled to its room, with examples that mouse and keyboard can choose."""

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui import theme
from app.ui.plots.figure import ExampleFigure, Figure, paint_figure

LARGEST_SCALE = 2.0
_SMALLEST_SCALE = 0.5
_USUAL_SIZE = QSizeF(480, 320)
_EMPTY_HEIGHT = 200
_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class FigureCanvas(QWidget):
    """Shows a figure as large as fits. An example is chosen by a click, or with the arrow keys and Enter."""

    example_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self._picture: QPixmap | None = None
        self._invitation, self._description = "", ""
        self._pointed: int | None = None
        self._pressed: int | None = None
        self._current: int | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        theme.notifier().changed.connect(self.update)

    @property
    def figure(self) -> Figure | None:
        """What is shown."""
        return self._figure

    @property
    def current(self) -> int | None:
        """The example that the keyboard has chosen."""
        return self._current

    def set_figure(self, figure: Figure | None, description: str) -> None:
        """Show `figure`, which `description` puts in words; None shows the invitation."""
        self._figure, self._description, self._picture = figure, description, None
        self._pointed = self._pressed = self._current = None
        has_examples = bool(self._examples)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if has_examples else Qt.FocusPolicy.NoFocus)
        self.unsetCursor()
        self._describe()
        self.updateGeometry()
        self.update()

    def set_invitation(self, sentence: str) -> None:
        """What to say while there is no figure."""
        self._invitation = sentence
        self._describe()
        self.update()

    def place_of(self, number: int) -> QRectF:
        """Where example `number` is, in the widget's coordinates."""
        room, scale = self._room(), self._scale()
        place = self._examples[number]
        return QRectF(room.topLeft() + place.topLeft() * scale, place.size() * scale)

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
        """The figure, and a line around the example that is pointed at or chosen."""
        painter = QPainter(self)
        if self._figure is None:
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._invitation)
        else:
            if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
                self._picture = self._painted(self._figure)
            painter.drawPixmap(self._room().topLeft(), self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._pointed is not None:
                self._paint_outline(painter, self._pointed, theme.LINE)
            if self._current is not None and self.hasFocus():
                self._paint_outline(painter, self._current, theme.FOCUS_LINE)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would choose."""
        self._point_at(self._example_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._point_at(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click begins."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self._example_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It counts if it ends where it began."""
        if event.button() is Qt.MouseButton.LeftButton and self._pressed is not None:
            pressed, self._pressed = self._pressed, None
            if self._example_at(event.position()) == pressed:
                self._choose(pressed)
                self.example_clicked.emit(pressed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End choose an example, Enter and Space click it."""
        key, last = event.key(), len(self._examples) - 1
        if last < 0:
            super().keyPressEvent(event)
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._choose(0 if key == Qt.Key.Key_Home else last)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._current is not None:
            self.example_clicked.emit(self._current)
        elif (step := _ARROWS.get(Qt.Key(key))) is not None:
            self._choose(0 if self._current is None else self._neighbour(self._current, step))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the first example when the Tab key comes here."""
        if self._current is None and self._examples and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._choose(0)
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell in words what is pointed at."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip_at(event.pos()), self, QRect(event.pos(), QSize(1, 1)))
            return True
        return super().event(event)

    @property
    def _examples(self) -> tuple[QRectF, ...]:
        return self._figure.places if isinstance(self._figure, ExampleFigure) else ()

    def _own_size(self) -> QSizeF:
        return _USUAL_SIZE if self._figure is None else self._figure.size

    def _scale(self) -> float:
        size = self._own_size()
        return min(LARGEST_SCALE, self.width() / size.width(), self.height() / size.height())

    def _room(self) -> QRectF:
        """Where the figure is: in the middle, from the top."""
        size = self._own_size() * self._scale()
        return QRectF(round((self.width() - size.width()) / 2), 0, size.width(), size.height())

    def _in_figure(self, point: QPointF) -> QPointF:
        return (point - self._room().topLeft()) / self._scale()

    def _example_at(self, point: QPointF) -> int | None:
        return self._figure.example_at(self._in_figure(point)) if isinstance(self._figure, ExampleFigure) else None

    def _tip_at(self, point: QPoint) -> str:
        return self._figure.tip_at(self._in_figure(QPointF(point))) if isinstance(self._figure, ExampleFigure) else ""

    def _painted(self, figure: Figure) -> QPixmap:
        ratio = self.devicePixelRatioF()
        size = (self._room().size() * ratio).toSize().expandedTo(QSize(1, 1))
        picture = QPixmap(size)
        paint_figure(figure, picture)
        picture.setDevicePixelRatio(ratio)
        return picture

    def _paint_outline(self, painter: QPainter, number: int, width: int) -> None:
        # Always the light theme's accent: the figure is white in both.
        painter.setPen(QPen(QColor(theme.LIGHT.accent), width))
        painter.drawRoundedRect(self.place_of(number).adjusted(1, 1, -1, -1), 4, 4)

    def _point_at(self, number: int | None) -> None:
        if number != self._pointed:
            self._pointed = number
            self.setCursor(Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _choose(self, number: int) -> None:
        self._current = number
        self._describe()
        self.update()

    def _neighbour(self, number: int, step: QPointF) -> int:
        """The nearest example in the direction of `step`, or the same one if there is none."""
        here = self._examples[number].center()

        def distance(other: int) -> float:
            way = self._examples[other].center() - here
            along = QPointF.dotProduct(way, step)
            across = abs(way.x() * step.y()) + abs(way.y() * step.x())
            return along + 2 * across if along > 1 else math.inf

        best = min(range(len(self._examples)), key=distance)
        return best if math.isfinite(distance(best)) else number

    def _describe(self) -> None:
        """Say in words what is chosen, or the whole."""
        if self._current is not None and isinstance(self._figure, ExampleFigure):
            self.setAccessibleDescription(self._figure.spoken[self._current])
        else:
            self.setAccessibleDescription(self._invitation if self._figure is None else self._description)
