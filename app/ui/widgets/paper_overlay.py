"""What is shown over the paper without being on it: boxes around the digits of a number."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.imaging.segmentation.pieces import Box
from app.core.inference.number import Number
from app.ui.widgets.canvas import Canvas
from app.ui.widgets.number_boxes import paint_boxes
from app.ui.widgets.paper import Paper
from app.ui.widgets.paper_picture import picture_place


class PaperOverlay(QWidget):
    """Lies on the canvas and lets the pointer through."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._paper: Paper | None = None
        self._number: Number | None = None
        self._selected: int | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.installEventFilter(self)
        self.hide()

    def show_number(self, paper: Paper, number: Number | None, selected: int | None) -> None:
        """Box the digits of a number that was read of `paper`; None takes the boxes away."""
        self._paper, self._number, self._selected = paper, number, selected
        self.setVisible(number is not None)
        self.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """As large as the canvas."""
        if event.type() is QEvent.Type.Resize:
            self.resize(self._canvas.size())
        return False

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
