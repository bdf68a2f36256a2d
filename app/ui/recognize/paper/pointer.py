"""Mouse, finger and pen: three kinds of events that mean the same."""

import time
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QInputEvent, QMouseEvent, QPointingDevice, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QWidget


def keep_all_moves() -> None:
    """Let every move of mouse, finger and pen arrive, however busy the program is.

    Qt joins those that wait, and curves become polygons. To be called once the application is made: X11's plugin sets
    this while it is made.
    """
    for joins in (
        Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents,
        Qt.ApplicationAttribute.AA_CompressTabletEvents,
    ):
        QCoreApplication.setAttribute(joins, False)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where the pointer touched the widget, with which pressure in 0..1 (None without), and when it did.

    `time_ms` is the event's own time, however late it was handled; it counts from an arbitrary moment.
    """

    at: QPointF
    pressure: float | None
    time_ms: int


class PointerWidget(QWidget):
    """Turns pointer events into `touch_down`, `move_to`, `lift`, `cancel`, `hover`; a subclass gives them meaning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)

    def touch_down(self, contact: Contact, rubs: bool = False) -> None:
        """The pointer touches down; `rubs` for a pen held upside down."""

    def move_to(self, contact: Contact) -> None:
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
            self.touch_down(_contact(event, event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover, and move while the left button is down."""
        self.hover(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.move_to(_contact(event, event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Left button only."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.lift()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen, with its pressure. Accepted, so that Qt makes no mouse events of it."""
        match event.type():
            case QEvent.Type.TabletPress:
                rubs = event.pointerType() is QPointingDevice.PointerType.Eraser
                self.touch_down(_contact(event, event.position(), event.pressure()), rubs)
            case QEvent.Type.TabletMove:
                self.hover(event.position())
                self.move_to(_contact(event, event.position(), event.pressure()))
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
                self.touch_down(_contact(event, point.position()))
            case QEventPoint.State.Updated:
                self.move_to(_contact(event, point.position()))
            case QEventPoint.State.Released:
                self.lift()
        event.accept()
        return True


def _contact(event: QInputEvent, at: QPointF, pressure: float | None = None) -> Contact:
    """Programs that make events may leave out their time."""
    return Contact(at, pressure, event.timestamp() or round(time.monotonic() * 1000))
