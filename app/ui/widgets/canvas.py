"""The paper: mouse, finger and pen in, a drawing out."""

import time
from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.imaging.drawing import Drawing, Point, erase_path, fitted, with_stroke
from app.core.imaging.pictures import Picture
from app.ui import theme
from app.ui.widgets.paper import History, Paper
from app.ui.widgets.pointing import PointerWidget
from app.ui.widgets.strokes import paint_drawing, paint_stroke

DEFAULT_BRUSH = 22
SMALLEST_BRUSH, LARGEST_BRUSH = 6, 48
_ERASER_FACTOR = 1.4
_STARTING_SIZE = 400.0


class Tool(StrEnum):
    """What the pointer does on the paper."""

    PEN = "pen"
    ERASER = "eraser"


class Canvas(PointerWidget):
    """Holds a `Paper` and its history. `changed` comes with every move, `stroke_finished` when the pointer is lifted.

    The drawing keeps the size of the paper it was made on, and is shown scaled as a whole when the paper grows or
    shrinks; the next stroke is made in the new size.
    """

    changed = Signal()
    stroke_finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = History(Paper(Drawing(_STARTING_SIZE, _STARTING_SIZE)))
        self.tool = Tool.PEN
        self._brush = DEFAULT_BRUSH
        self._hint = ""
        self._live: list[Point] = []
        self._erased: Drawing | None = None
        self._began_s = time.monotonic()
        self._last: QPointF | None = None
        self._pointer: QPointF | None = None
        self._cache: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(200, 200))
        self.setAccessibleName(self.tr("Paper to draw on"))
        theme.notifier().changed.connect(self.update)

    @property
    def paper(self) -> Paper:
        """What is on the paper now, with the stroke that is being made."""
        now = self.history.now
        if self._erased is not None:
            return Paper(self._erased)
        return Paper(with_stroke(self._base(), tuple(self._live))) if self._live else now

    @property
    def brush_size(self) -> int:
        """Width of the pen in pixels of the screen. What the network reads does not depend on it."""
        return self._brush

    def set_brush_size(self, size: int) -> None:
        """Draw and show strokes this wide."""
        self._brush = size
        self._repaint_all()

    def set_tool(self, tool: Tool) -> None:
        """Take the pen or the eraser."""
        self.tool = tool
        self.update()

    def set_hint(self, hint: str) -> None:
        """What an empty paper says."""
        self._hint = hint
        self.update()

    def put(self, paper: Paper) -> None:
        """Lay another paper down; undo takes it away again."""
        self._drop_stroke()
        self.history.put(paper)
        self._announce()

    def clear(self) -> None:
        """Take everything off the paper; undo brings it back."""
        was_drawing = self._last is not None
        self._drop_stroke()
        if not self.history.now.is_empty:
            self.put(Paper(Drawing(float(self.width()), float(self.height()))))
        elif was_drawing:  # whoever listens has read the stroke that is gone
            self._announce()

    def undo(self) -> None:
        """Go back one step."""
        self._drop_stroke()
        self.history.undo()
        self._announce()

    def redo(self) -> None:
        """Take one undo back."""
        self._drop_stroke()
        self.history.redo()
        self._announce()

    def preview(self) -> QImage:
        """The paper as a picture, as it is shown, without hint or pointer."""
        image = QImage(self.size(), QImage.Format.Format_RGB32)
        image.fill(QColor(theme.colours().paper))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_paper(painter, self.paper)
        painter.end()
        return image

    def leaveEvent(self, event: QEvent) -> None:
        """Take the eraser's circle away."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    def hover(self, at: QPointF) -> None:
        """Carry the eraser's circle along."""
        self._pointer = at
        if self.tool is Tool.ERASER:
            self.update()

    def touch_down(self, at: QPointF, pressure: float | None) -> None:
        """Begin a stroke, or to rub out."""
        self._began_s = self._began_s if self._strokes_before() else time.monotonic()
        self._last = at
        if self.tool is Tool.ERASER:
            self._erased = self._base()
            self._erase(at)
        else:
            if self.history.now.picture is not None or self._needs_fitting():
                self._cache = None
            self._live = [self._point(at, pressure)]
        self._tell()

    def move_to(self, at: QPointF, pressure: float | None) -> None:
        """Go on with it."""
        if self._last is None:
            return
        if self.tool is Tool.ERASER:
            self._erase(at)
        elif at != self._last:
            self._live.append(self._point(at, pressure))
        self._last = at
        self._tell()

    def lift(self) -> None:
        """End it: one step of the history."""
        if self._last is None:
            return
        finished = self.paper
        is_new = bool(self._live) or (self._erased is not None and self._erased is not self.history.now.drawing)
        self._drop_stroke()
        if is_new:
            if not finished.is_empty or not self.history.now.is_empty:
                self.history.put(finished)
            self._announce()
            self.stroke_finished.emit()

    def cancel(self) -> None:
        """Drop the stroke that is being made."""
        self._drop_stroke()
        self._announce()

    def _erase(self, at: QPointF) -> None:
        assert self._erased is not None
        assert self._last is not None
        radius = self._eraser_radius()
        self._erased = erase_path(self._erased, (self._last.x(), self._last.y()), (at.x(), at.y()), radius)
        self._cache = None

    def _drop_stroke(self) -> None:
        self._live, self._erased, self._last = [], None, None
        self._cache = None

    def _point(self, at: QPointF, pressure: float | None) -> Point:
        elapsed_ms = round((time.monotonic() - self._began_s) * 1000)
        place = (round(at.x(), 2), round(at.y(), 2), elapsed_ms)
        return place if pressure is None else (*place, round(pressure, 3))

    def _base(self) -> Drawing:
        """The drawing in the paper's present size; a picture gives way to an empty one."""
        width, height = float(self.width()), float(self.height())
        now = self.history.now
        if now.picture is not None or now.drawing.is_empty:
            return Drawing(width, height)
        return fitted(now.drawing, width, height) if self._needs_fitting() else now.drawing

    def _needs_fitting(self) -> bool:
        drawing = self.history.now.drawing
        return (drawing.width, drawing.height) != (self.width(), self.height())

    def _strokes_before(self) -> bool:
        return not self.history.now.drawing.is_empty

    def _announce(self) -> None:
        self._cache = None
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    def _repaint_all(self) -> None:
        self._cache = None
        self.update()

    # Painting: finished strokes come from a pixmap, so a move costs one stroke, however much is drawn.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the same drawing on the new paper."""
        self._repaint_all()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paper, strokes, and the stroke that is being made."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.colours().accent if self.hasFocus() else theme.colours().line), theme.LINE))
        painter.setBrush(QColor(theme.colours().paper))
        painter.drawRoundedRect(frame, theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)
        if self.paper.is_empty:
            self._paint_hint(painter)
        else:
            painter.drawPixmap(0, 0, self._finished())
            if self._live:
                paint_stroke(painter, tuple(self._live), self._brush, theme.colours().ink)
        if self.tool is Tool.ERASER and self._pointer is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colours().hint), theme.LINE))
            painter.drawEllipse(self._pointer, self._eraser_radius(), self._eraser_radius())
        painter.end()

    def _finished(self) -> QPixmap:
        if self._cache is None:
            ratio = self.devicePixelRatioF()
            self._cache = QPixmap(self.size() * ratio)
            self._cache.setDevicePixelRatio(ratio)
            self._cache.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._cache)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._erased is not None or self._live:
                self._paint_paper(painter, Paper(self._erased if self._erased is not None else self._base()))
            else:
                self._paint_paper(painter, self.history.now)
            painter.end()
        return self._cache

    def _paint_paper(self, painter: QPainter, paper: Paper) -> None:
        if paper.picture is not None:
            self._paint_picture(painter, paper.picture)
            return
        drawing = fitted(paper.drawing, float(self.width()), float(self.height()))
        paint_drawing(painter, drawing, self._brush, theme.colours().ink)

    def _paint_picture(self, painter: QPainter, picture: Picture) -> None:
        height, width, _ = picture.rgb.shape
        image = QImage(picture.rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        room = self.size() - QSize(2 * theme.PADDING, 2 * theme.PADDING)
        size = image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        # Pictures of 28 x 28 are shown as the pixels they are.
        is_tiny = max(width, height) <= 64
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_tiny)
        place = QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )
        painter.drawImage(place, image)

    def _paint_hint(self, painter: QPainter) -> None:
        painter.setPen(QColor(theme.colours().hint))
        painter.drawText(self.rect().adjusted(24, 24, -24, -24), _CENTRED, self._hint)

    def _eraser_radius(self) -> float:
        return self._brush * _ERASER_FACTOR / 2


_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
