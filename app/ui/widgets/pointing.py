"""Mouse, finger and pen: three kinds of events that mean the same."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QMouseEvent, QPointingDevice, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QWidget


class PointerWidget(QWidget):
    """Turns pointer events into `touch_down`, `move_to`, `lift`, `cancel`, `hover`; a subclass gives them meaning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)

    def touch_down(self, at: QPointF, pressure: float | None, rubs: bool = False) -> None:
        """The pointer touches down; `pressure` is in 0..1, None without; `rubs` for a pen held upside down."""

    def move_to(self, at: QPointF, pressure: float | None) -> None:
        """It moves while it is down."""

    def lift(self) -> None:
        """It is lifted."""

    def cancel(self) -> None:
        """The system took the pointer away: what was begun does not count."""

    def hover(self, at: QPointF) -> None:
        """The mouse or the pen is over the widget, whether down or not."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left button only."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.touch_down(event.position(), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover, and move while the left button is down."""
        self.hover(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.move_to(event.position(), None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Left button only."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.lift()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen, with its pressure. Accepted, so that Qt makes no mouse events of it."""
        match event.type():
            case QEvent.Type.TabletPress:
                rubs = event.pointerType() is QPointingDevice.PointerType.Eraser
                self.touch_down(event.position(), event.pressure(), rubs)
            case QEvent.Type.TabletMove:
                self.hover(event.position())
                self.move_to(event.position(), event.pressure())
            case QEvent.Type.TabletRelease:
                self.lift()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """The first finger; further ones are ignored."""
        if not isinstance(event, QTouchEvent):
            return super().event(event)
        if event.type() is QEvent.Type.TouchCancel:
            self.cancel()
            return True
        point = event.points()[0]
        match point.state():
            case QEventPoint.State.Pressed:
                self.touch_down(point.position(), None)
            case QEventPoint.State.Updated:
                self.move_to(point.position(), None)
            case QEventPoint.State.Released:
                self.lift()
        event.accept()
        return True
