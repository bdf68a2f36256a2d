"""Examples that can be chosen: by a click, or with the arrow keys and Enter."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.ui import theme

_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class ExampleChooser(QWidget):
    """A widget that paints examples; a subclass says where they are. The signals tell the number of one."""

    example_clicked = Signal(int)
    choice_moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pointed: int | None = None
        self._pressed: int | None = None
        self._current: int | None = None
        self.setMouseTracking(True)

    @property
    def current(self) -> int | None:
        """The example that is chosen."""
        return self._current

    def example_places(self) -> Sequence[QRectF]:
        """Where each example is."""
        return ()

    def whole_in_words(self) -> str:
        """What the widget shows, for screen readers."""
        return ""

    def example_in_words(self, number: int) -> str:
        """What one example shows, for screen readers."""
        raise NotImplementedError

    def forget_choice(self) -> None:
        """Begin anew, because other examples are shown now."""
        self._pointed = self._pressed = self._current = None
        has_examples = bool(self.example_places())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if has_examples else Qt.FocusPolicy.NoFocus)
        self.unsetCursor()
        self.setAccessibleDescription(self.whole_in_words())
        self.update()

    def paint_choice(self, painter: QPainter, colour: str) -> None:
        """Paint a line around the example that is pointed at, and a thicker one around the chosen one."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self._current if self.hasFocus() else None
        for number, width in ((self._pointed, theme.LINE), (chosen, theme.FOCUS_LINE)):
            if number is not None:
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRoundedRect(self.example_places()[number].adjusted(1, 1, -1, -1), 4, 4)

    def example_at(self, point: QPointF) -> int | None:
        """Which example is at `point`."""
        return next((number for number, place in enumerate(self.example_places()) if place.contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would choose."""
        self._point_at(self.example_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._point_at(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click begins."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self.example_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It counts if it ends where it began."""
        if event.button() is Qt.MouseButton.LeftButton and self._pressed is not None:
            pressed, self._pressed = self._pressed, None
            if self.example_at(event.position()) == pressed:
                self._choose(pressed)
                self.example_clicked.emit(pressed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End choose an example, Enter and Space click it."""
        key, last = event.key(), len(self.example_places()) - 1
        if last < 0:
            super().keyPressEvent(event)
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._choose(0 if key == Qt.Key.Key_Home else last)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._current is not None:
            self.example_clicked.emit(self._current)
        elif (step := next((step for arrow, step in _ARROWS.items() if arrow == key), None)) is not None:
            self._choose(0 if self._current is None else self._neighbour(self._current, step))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the first example when the Tab key comes here."""
        if self._current is None and self.example_places() and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._choose(0)
        super().focusInEvent(event)

    def _point_at(self, number: int | None) -> None:
        if number != self._pointed:
            self._pointed = number
            self.setCursor(Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _choose(self, number: int) -> None:
        self._current = number
        self.setAccessibleDescription(self.example_in_words(number))
        self.update()
        self.choice_moved.emit(number)

    def _neighbour(self, number: int, step: QPointF) -> int:
        """The nearest example in the direction of `step`, or the same one if there is none."""
        places = self.example_places()
        here = places[number].center()

        def distance(other: int) -> float:
            way = places[other].center() - here
            along = QPointF.dotProduct(way, step)
            across = abs(way.x() * step.y()) + abs(way.y() * step.x())
            return along + 2 * across if along > 1 else math.inf

        best = min(range(len(places)), key=distance)
        return best if math.isfinite(distance(best)) else number
