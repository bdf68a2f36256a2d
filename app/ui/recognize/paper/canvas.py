"""The paper: mouse, finger and pen in, a drawing out."""

from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.imaging.drawing import Drawing, Point
from app.core.imaging.paper import History, Paper
from app.ui import theme
from app.ui.recognize.paper.gestures import Brush, Gesture, PictureBrush, Retouching, Rubbing, Stroking
from app.ui.recognize.paper.marking import Framing, Marking
from app.ui.recognize.paper.painting import paint_hint, paint_paper, paint_sheet, painter_on, refitted
from app.ui.recognize.paper.pointer import Contact, PointerWidget

DEFAULT_BRUSH = 22
SMALLEST_BRUSH, LARGEST_BRUSH = 6, 48
_ERASER_FACTOR = 1.4
_STARTING_SIZE = 400.0
_ASIDE = 0.35


class Tool(StrEnum):
    """What the pointer does on the paper."""

    PEN = "pen"
    ERASER = "eraser"
    FRAME = "frame"
    BELONGS = "belongs"
    NOT_BELONGS = "not-belongs"


PIECE_TOOLS = (Tool.FRAME, Tool.BELONGS, Tool.NOT_BELONGS)
"""Those that say where a piece of clothing is in a picture."""


class Canvas(PointerWidget):
    """Holds a `Paper` and its history. `changed` comes with every move, `stroke_finished` when the pointer is lifted.

    `went_on` tells that the user does something else to the paper than a move: whatever was said of it is old.

    `busy_changed` tells when the pointer touches down, and when it is lifted or taken away.

    The drawing keeps the size of the paper it was made on, and is shown scaled as a whole when the paper grows or
    shrinks; the next stroke is made in the new size.
    """

    changed = Signal()
    stroke_finished = Signal()
    went_on = Signal()
    busy_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = History(Paper(Drawing(_STARTING_SIZE, _STARTING_SIZE)))
        self.tool = Tool.PEN
        self._brush = DEFAULT_BRUSH
        self._hint = ""
        self._gesture: Gesture | None = None
        self._on_picture: PictureBrush | None = None
        self._clock = _Clock()
        self._pointer: QPointF | None = None
        self._is_aside = False
        self._cache: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 200)
        self.setAccessibleName(self.tr("Paper to draw on"))
        theme.notifier().changed.connect(self.update)

    @property
    def paper(self) -> Paper:
        """What is on the paper now, with what the pointer is doing to it."""
        return self.history.now if self._gesture is None else self._gesture.paper

    @property
    def is_busy(self) -> bool:
        """True while the pointer is down: a stroke or a rubbing out is under way."""
        return self._gesture is not None

    @property
    def can_undo(self) -> bool:
        """True when there is something to take back, be it the stroke under way."""
        return self.is_busy or self.history.can_undo

    @property
    def brush_size(self) -> int:
        """Width of the pen in pixels of the screen. What the network reads does not depend on it."""
        return self._brush

    def set_brush_size(self, size: int) -> None:
        """Draw and show strokes this wide."""
        self._brush, self._cache = size, None
        self.history.now = self._penned(self.history.now)
        self._tell()

    def set_tool(self, tool: Tool) -> None:
        """Take the pen or the eraser; a stroke under way ends here."""
        self.lift()
        self.tool = tool
        self.update()

    def set_hint(self, hint: str) -> None:
        """What an empty paper says."""
        self._hint = hint
        self.update()

    def put(self, paper: Paper) -> None:
        """Lay another paper down; undo takes it away again."""
        self.lift()
        self._clock = _Clock()
        self.history.put(self._penned(paper))
        self._announce()

    def restore(self, history: History) -> None:
        """Go on with the papers of another time, and with their undo."""
        self.lift()
        self.history, self._clock = history, _Clock()
        self._announce()

    def clear(self) -> None:
        """Take everything off the paper; undo brings it back."""
        self.lift()
        if not self.history.now.is_empty:
            self.put(Paper(Drawing(float(self.width()), float(self.height()))))

    def set_aside(self) -> None:
        """Be done with what is on the paper: it turns pale, and the next stroke begins on an empty one."""
        self.lift()
        self._is_aside = not self.history.now.is_empty
        self.update()

    def undo(self) -> None:
        """Go back one step: the stroke under way, if there is one."""
        if self.is_busy:
            self.cancel()
            return
        self.history.undo()
        self.history.now = self._penned(self.history.now)
        self._announce()

    def redo(self) -> None:
        """Take one undo back."""
        self.lift()
        self.history.redo()
        self.history.now = self._penned(self.history.now)
        self._announce()

    def preview(self) -> QImage:
        """The paper as a picture, as it is shown, without hint or pointer."""
        ratio = self.devicePixelRatioF()
        image = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(theme.colours().paper))
        with painter_on(image) as painter:
            paint_paper(painter, self.paper, self.size(), self._brush)
        return image

    def thumbnail(self, side: int) -> QImage:
        """The paper as it is shown, its longest side `side` pixels: made of what is painted already."""
        scale = side / max(self.width(), self.height())
        image = QImage((self.size() * scale).expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
        image.fill(QColor(theme.colours().paper))
        with painter_on(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(image.rect(), self._finished())
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

    def touch_down(self, contact: Contact, rubs: bool = False) -> None:
        """Begin a stroke, or to rub out, be it of a drawing or of a picture."""
        self.lift()
        now, rubs = self.history.now, rubs or self.tool is Tool.ERASER
        if self._is_aside and not rubs and self.tool not in PIECE_TOOLS:
            now, self._cache = Paper(Drawing(float(self.width()), float(self.height()))), None
        self._is_aside = False
        if now.picture is None:
            self._gesture = self._on_drawing(now, contact, rubs)
        elif self.tool in PIECE_TOOLS:
            self._gesture = self._on_piece(now, contact, rubs)
        else:
            share = self._brush / DEFAULT_BRUSH * (_ERASER_FACTOR if rubs else 1)
            self._gesture = Retouching(now, self._picture_brush(now), self._point(contact), share, rubs)
        self.busy_changed.emit(True)
        self.went_on.emit()
        self._tell()

    def move_to(self, contact: Contact) -> None:
        """Go on with it."""
        if self._gesture is not None:
            self.update(self._gesture.move(self._point(contact)).toAlignedRect())
            self.changed.emit()

    def lift(self) -> None:
        """End it: one step of the history."""
        gesture = self._gesture
        if gesture is None:
            return
        finished = gesture.paper
        is_new = finished is not self.history.now  # nothing may have been rubbed out
        if self._cache is not None:  # the paper goes on from what is painted already
            gesture.finish(self._cache)
        self._gesture = None
        if is_new:
            self.history.put(self._penned(finished))
            self._keep_materials(finished)
        self.busy_changed.emit(False)
        self._tell()
        if is_new:
            self.stroke_finished.emit()

    def cancel(self) -> None:
        """Drop the stroke that is being made."""
        self._gesture = None
        self.busy_changed.emit(False)
        self._announce()

    def _on_drawing(self, now: Paper, contact: Contact, rubs: bool) -> Gesture:
        base = self._base(now.drawing)
        if base is not now.drawing:
            self._cache = None
        brush = Brush(self._brush, theme.colours().ink)
        if rubs:
            return Rubbing(now, base, self._point(contact), self._eraser_radius(), brush)
        self._clock.go_on(base, contact.time_ms)
        return Stroking(base, self._point(contact), brush)

    def _on_piece(self, now: Paper, contact: Contact, rubs: bool) -> Gesture:
        if self.tool is Tool.FRAME:
            return Framing(now, self.size(), self._point(contact))
        belongs = self.tool is Tool.BELONGS and not rubs
        return Marking(now, self.size(), self._point(contact), float(self._brush), belongs)

    def _picture_brush(self, now: Paper) -> PictureBrush:
        """What the picture is drawn on with: looked for once, and the same for all that is drawn on it."""
        known = self._on_picture
        if known is None or known.paper is not now or known.room != self.size():
            known = self._on_picture = PictureBrush(now, self.size())
        return known

    def _keep_materials(self, paper: Paper) -> None:
        if paper.picture is not None and self._on_picture is not None:
            self._on_picture = PictureBrush(paper, self.size(), self._on_picture.materials)

    def _point(self, contact: Contact) -> Point:
        place = (round(contact.at.x(), 2), round(contact.at.y(), 2), self._clock.elapsed_ms(contact.time_ms))
        return place if contact.pressure is None else (*place, round(contact.pressure, 3))

    def _base(self, drawing: Drawing) -> Drawing:
        """The drawing in the paper's present size."""
        if drawing.is_empty:
            return Drawing(float(self.width()), float(self.height()), pen=float(self._brush))
        return refitted(drawing, self.size())

    def _penned(self, paper: Paper) -> Paper:
        """The paper, with the word of its drawing how wide the strokes are shown."""
        drawing = paper.drawing
        if paper.picture is not None or drawing.is_empty:
            return paper
        scale = min(self.width() / drawing.width, self.height() / drawing.height)
        pen = round(self._brush / scale, 2)
        return paper if pen == drawing.pen else replace(paper, drawing=replace(drawing, pen=pen))

    def _announce(self) -> None:
        self._cache, self._is_aside = None, False
        self.went_on.emit()
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # Painting: finished strokes come from a pixmap, so a move costs one stroke, however much is drawn.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the same drawing on the new paper; a stroke under way ends here."""
        self.lift()
        self._cache = None
        self.update()
        super().resizeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what was drawn until here when the page is left."""
        self.lift()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paper, strokes, and the stroke that is being made."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_sheet(painter, self.rect(), self.hasFocus())
        if not self.is_busy and self.history.now.is_empty:
            paint_hint(painter, self.rect(), self._hint)
        else:
            painter.setOpacity(_ASIDE if self._is_aside and not self.is_busy else 1)
            painter.drawPixmap(0, 0, self._finished())
            painter.setOpacity(1)
            if self._gesture is not None:
                self._gesture.paint_end(painter)
        if self.tool is Tool.ERASER and self._pointer is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colours().hint), theme.LINE))
            painter.drawEllipse(self._pointer, self._eraser_radius(), self._eraser_radius())
        painter.end()

    def _finished(self) -> QPixmap:
        """Everything but the end of the stroke that is being made."""
        if self._cache is None:
            ratio = self.devicePixelRatioF()
            self._cache = QPixmap(self.size() * ratio)
            self._cache.setDevicePixelRatio(ratio)
            self._cache.fill(Qt.GlobalColor.transparent)
            still = self.history.now if self._gesture is None else self._gesture.still
            with painter_on(self._cache) as painter:
                paint_paper(painter, still, self.size(), self._brush)
            if self._gesture is not None:
                self._gesture.repaint()
        if self._gesture is not None:
            self._gesture.grow(self._cache)
        return self._cache

    def _eraser_radius(self) -> float:
        """On the screen."""
        radius = self._brush * _ERASER_FACTOR / 2
        if self.history.now.picture is None:
            return radius
        on_picture = self._picture_brush(self.history.now)
        return radius / DEFAULT_BRUSH * on_picture.materials.pen_width * on_picture.scale


class _Clock:
    """The times of points: ms since the drawing began, by the time stamps of the pointer's events."""

    def __init__(self) -> None:
        self._began_ms: int | None = None

    def go_on(self, drawing: Drawing, now_ms: int) -> None:
        """A stroke begins on `drawing`, which may be empty, or older than this clock knows."""
        latest_ms = max((round(stroke[-1][2]) for stroke in drawing.strokes if len(stroke[-1]) > 2), default=0)
        if drawing.is_empty or self._began_ms is None or now_ms - self._began_ms < latest_ms:
            self._began_ms = now_ms - latest_ms

    def elapsed_ms(self, now_ms: int) -> int:
        """The time of a point made now."""
        return now_ms - (now_ms if self._began_ms is None else self._began_ms)
