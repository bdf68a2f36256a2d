"""What is shown over the paper without being on it: boxes around the digits of a number, to be chosen by a click."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QEventPoint,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPointerEvent,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QWidget

from app.core.imaging.segmentation.pieces import Box
from app.core.inference.number import Number
from app.ui.widgets.canvas import Canvas, Tool
from app.ui.widgets.number_boxes import digit_at, paint_boxes
from app.ui.widgets.paper import Paper
from app.ui.widgets.paper_picture import picture_place

_STILL = 5.0
"""Pixels: a pointer that moves less has clicked; one that moves further draws."""


class PaperOverlay(QWidget):
    """Lies on the canvas and lets the pointer through, all but a click or a tap on a box, which chooses its digit.

    What comes down in a box is held until it moves away: then the canvas gets all of it, and it is a stroke.
    """

    digit_clicked = Signal(int)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._paper: Paper | None = None
        self._number: Number | None = None
        self._selected: int | None = None
        self._held: list[QPointerEvent] = []
        self._first = QPointF()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.installEventFilter(self)
        self.hide()

    def show_number(self, paper: Paper, number: Number | None, selected: int | None) -> None:
        """Box the digits of a number that was read of `paper`; None takes the boxes away."""
        self._paper, self._number, self._selected = paper, number, selected
        self.setVisible(number is not None)
        self.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """As large as the canvas; a click on a box is no dot."""
        if event.type() is QEvent.Type.Resize:
            self.resize(self._canvas.size())
        if isinstance(event, QMouseEvent | QTabletEvent | QTouchEvent):
            return self._is_held(event)
        return False

    def _is_held(self, event: QMouseEvent | QTabletEvent | QTouchEvent) -> bool:
        """Tell whether the canvas must not see a pointer event yet, or never."""
        at, phase = event.points()[0].position() if event.points() else QPointF(), _phase(event)
        if phase is _State.Pressed:
            self._held = [event.clone()] if self._box_at(at) is not None and _is_main(event) else []
            self._first = at
            return bool(self._held)
        if not self._held or phase is _State.Unknown:
            self._held = [] if event.type() is QEvent.Type.TouchCancel else self._held
            return False
        if (at - self._first).manhattanLength() > _STILL:
            held, self._held = self._held, []
            for each in held:
                self._canvas.event(each)
            return False
        if phase is _State.Released:
            self._held = []
            place = self._box_at(self._first)
            if place is not None:
                self.digit_clicked.emit(place)
        else:
            self._held.append(event.clone())
        return True

    def _box_at(self, at: QPointF) -> int | None:
        if self._number is None or self._paper is None or self._canvas.tool is not Tool.PEN:
            return None
        place = self._place(self._paper)
        return digit_at(place, self._around_ink(self._paper, place, self._number), at)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The boxes, where the paper is shown."""
        if self._number is None or self._paper is None:
            return
        painter = QPainter(self)
        place = self._place(self._paper)
        paint_boxes(painter, place, self._around_ink(self._paper, place, self._number), self._selected)
        painter.end()

    def _around_ink(self, paper: Paper, place: QRectF, number: Number) -> Number:
        """The boxes of a drawing's strokes, as wide as these are shown."""
        if paper.picture is not None:
            return number
        half = self._canvas.brush_size / 2
        across, down = half / place.width(), half / place.height()
        digits = []
        for digit in number.digits:
            left, top, right, bottom = digit.box
            digits.append(replace(digit, box=Box(left - across, top - down, right + across, bottom + down)))
        return replace(number, digits=tuple(digits))

    def _place(self, paper: Paper) -> QRectF:
        """Where what was read is on the canvas, which may have another size by now."""
        if paper.picture is not None:
            return picture_place(paper.picture, self._canvas.size())
        scale = min(self.width() / paper.drawing.width, self.height() / paper.drawing.height)
        width, height = scale * paper.drawing.width, scale * paper.drawing.height
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)


_State = QEventPoint.State
_PHASES = {
    QEvent.Type.MouseButtonPress: _State.Pressed,
    QEvent.Type.MouseButtonDblClick: _State.Pressed,
    QEvent.Type.TabletPress: _State.Pressed,
    QEvent.Type.MouseMove: _State.Updated,
    QEvent.Type.TabletMove: _State.Updated,
    QEvent.Type.MouseButtonRelease: _State.Released,
    QEvent.Type.TabletRelease: _State.Released,
}


def _phase(event: QPointerEvent) -> QEventPoint.State:
    """What the pointer does, of several fingers the first; unknown for anything else, and for what is taken back."""
    if event.type() is QEvent.Type.TouchCancel or not event.points():
        return _State.Unknown
    if isinstance(event, QTouchEvent):
        return event.points()[0].state()
    return _PHASES.get(event.type(), _State.Unknown)


def _is_main(event: QPointerEvent) -> bool:
    """True for what draws: the left button, the point of a pen, a finger."""
    if isinstance(event, QTabletEvent):
        return event.pointerType() is not QPointingDevice.PointerType.Eraser
    return not isinstance(event, QMouseEvent) or event.button() is Qt.MouseButton.LeftButton
