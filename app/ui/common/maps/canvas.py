"""A map of pictures, painted: moved and zoomed by mouse and keys, with a way to choose many of them at once."""

from dataclasses import replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.inference.mapping.knowledge import inside, nearest_place
from app.core.inference.mapping.tsne import Array
from app.ui import theme
from app.ui.common.maps.figure import MapFigure
from app.ui.common.maps.painting import TILE, MapPoints, PointsPainter, fits_tiles, paint_card, paint_dot
from app.ui.common.maps.viewport import Viewport
from app.ui.common.painted import Painted

_BESIDE = 0.3
"""So much of the width and the height is painted beyond each edge: moving the map paints nothing anew."""
_REACH = 9.0
"""A point is pointed at from so many pixels away."""
_STILL = 4
"""A press that is dragged no further than this is a click."""
_ZOOM = 1.25
_STEP = 60.0
_TAIL = 40
_SMALL_DOT = 0.6


class Tool(IntEnum):
    """What dragging does."""

    MOVE = 0
    RECTANGLE = 1
    LASSO = 2


_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_NO_PLACES: Array = np.zeros((0, 2), np.float32)


class MapCanvas(Painted):
    """Dragging moves the map or chooses, the wheel zooms, a double click shows all of it, a click opens a picture.

    Arrows go from point to point, with Shift they move the map; + and - zoom, Home shows all, Enter opens.
    """

    picture_clicked = Signal(int)
    pictures_chosen = Signal(object)  # NDArray[np.int64], numbers of points
    signs_changed = Signal(int)  # their size, which says whether letters can be read; told after painting

    def __init__(self, parent: QWidget | None = None, *, is_small: bool = False) -> None:
        super().__init__(parent, is_small=is_small)
        self._dot_size = _SMALL_DOT if is_small else 1.0
        self._points: MapPoints | None = None
        self._places = _NO_PLACES
        self._frame: Array | None = None
        self._message = ""
        self.view = Viewport()
        self._painter: PointsPainter | None = None
        self._tool, self._only = Tool.MOVE, -1
        self._chosen: list[QPointF] = []
        self._tail: list[QPointF] = []
        self._pointed: int | None = None
        self._pressed: QPointF | None = None
        self._dragged: list[QPointF] = []
        self._base: QPixmap | None = None
        self._base_middle = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Map of pictures"))
        theme.notifier().changed.connect(self._on_colours_changed)

    @property
    def pointed(self) -> int | None:
        """The point that is pointed at, or that the keyboard went to."""
        return self._pointed

    @property
    def message(self) -> str:
        """What is said while there is no map."""
        return self._message

    @property
    def dot(self) -> QPointF | None:
        """Where the drawing is, on the map."""
        return self._tail[-1] if self._tail else None

    @property
    def shows_pictures(self) -> bool:
        """Whether the points in sight are shown as pictures."""
        if self._points is None or self._points.images is None:
            return False
        at = self.view.points(self._places)
        in_sight = ((at >= 0) & (at <= (self.width(), self.height()))).all(axis=1).sum()
        return fits_tiles(int(in_sight), self.size())

    def show_points(self, points: MapPoints | None, places: Array = _NO_PLACES, message: str = "") -> None:
        """Show these at their places (n, 2), all of them in sight; or a sentence for none."""
        self._points, self._places, self._message = points, places if points is not None else _NO_PLACES, message
        self._painter, self._pointed, self._only = None, None, -1
        self._chosen, self._tail, self._frame = [], [], None
        self._dragged, self._pressed = [], None
        self.show_all()

    def move_points(self, places: Array, frame: Array | None = None) -> None:
        """The same points at other places; where a `frame` (n, 2) is given, all of it is in sight instead."""
        self._places, self._frame, self._chosen = places, frame, []
        self._fit()

    def mark_mistakes(self, is_wrong: NDArray[np.bool_]) -> None:
        """Other points were read wrong."""
        if self._points is not None:
            self._points = replace(self._points, is_wrong=is_wrong)
            if self._painter is not None:
                self._painter.points = self._points
            self._forget()

    def show_dot(self, place: Array | None, *, keeps_tail: bool = True) -> None:
        """The drawing is here now; what it comes from stays behind it as a tail. None for no drawing."""
        if place is None or not keeps_tail:
            self._tail.clear()
        if place is not None:
            self._tail = [*self._tail, QPointF(float(place[0]), float(place[1]))][-_TAIL:]
            if self.view.is_whole:
                self._fit()
        self.update()

    def show_only(self, label: int) -> None:
        """All but the points of a class are pale; -1 for none."""
        self._only = label
        self._forget()

    @Slot(int)
    def use_tool(self, tool: int) -> None:
        """What dragging does from now on."""
        self._tool = Tool(tool)
        self._show_cursor()

    @Slot()
    def show_all(self) -> None:
        """Everything in sight."""
        self.view.is_whole = True
        self._fit()

    def point_of(self, number: int) -> QPointF:
        """Where a point of the map is in the widget."""
        return QPointF(*self.view.points(self._places[number : number + 1])[0].tolist())

    def figure(self, words: str) -> MapFigure | None:
        """What is in sight, to be saved with these words below it; None while there is no map."""
        if self._points is None:
            return None
        at = self.view.points(self._places)
        return MapFigure(
            self._points,
            at,
            self.size(),
            words=words,
            font=self.font(),
            only=self._only,
            as_pictures=self.shows_pictures,
        )

    def sizeHint(self) -> QSize:
        """Room for a map."""
        return QSize(420, 320)

    def minimumSizeHint(self) -> QSize:
        """Enough to see something."""
        return QSize(120, 110)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The same part of the map in another room."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the pointer is."""
        if self._points is not None and event.angleDelta().y():
            self.zoom(_ZOOM ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller; what is at a point of the widget, or in the middle, stays there."""
        self.view.zoom(factor, at if at is not None else QPointF(self.rect().center()))
        self._forget()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all of it, unless a picture is there."""
        if event.button() is Qt.MouseButton.LeftButton and self._point_at(event.position()) is None:
            self.show_all()
        self._pressed = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click or a drag begins."""
        if self._points is not None and event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the map, draw the outline, or show what is pointed at."""
        if self._pressed is None:
            self._point_to(self._point_at(event.position()))
            return
        if len(self._dragged) == 1 and (event.position() - self._pressed).manhattanLength() <= _STILL:
            return
        last = self._dragged[-1]
        self._dragged.append(event.position())
        if self._tool is Tool.MOVE:
            self.drag(event.position() - last)
        self._show_cursor()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open what was clicked, or choose what was drawn around."""
        if event.button() is not Qt.MouseButton.LeftButton or self._pressed is None:
            return
        dragged, self._pressed, self._dragged = self._dragged, None, []
        if len(dragged) < 2:
            clicked = self._point_at(event.position())
            if clicked is not None:
                self.picture_clicked.emit(clicked)
        elif self._tool is not Tool.MOVE:
            self._choose(dragged)
        self._show_cursor()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._point_to(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the mouse does, by keys."""
        key = event.key()
        if self._points is None:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            across, down = _ARROWS[Qt.Key(key)]
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.drag(QPointF(-across * _STEP, -down * _STEP))
            else:
                self._go(across, down)
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM)
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_0}:
            self.show_all()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._pointed is not None:
            self.picture_clicked.emit(self._pointed)
        elif key == Qt.Key.Key_Escape and self._dragged:
            self._pressed, self._dragged = None, []
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The points as they were painted last, moved along; over them what changes with the pointer."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._points is None:
            painter.setPen(QColor(theme.colours().muted))
            wraps = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(8, 8, -8, -8), int(wraps), self._message)
        else:
            painted = self._painted(self._points)
            painter.drawPixmap(self._base_corner(), painted)
            if self._tail:
                paint_dot(painter, [self.view.point(place) for place in self._tail], theme.colours(), self._dot_size)
            self._paint_outline(painter)
            if self._pointed is not None and not self._dragged:
                self._paint_pointed(painter, self._points, self._pointed)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colours().accent), theme.FOCUS_LINE))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _fit(self) -> None:
        """To the room, and to where the points and the drawing are."""
        here = [[place.x(), place.y()] for place in self._tail[-1:]]
        self.view.size = self.size()
        places = self._places if self._frame is None else self._frame
        self.view.fit(np.concatenate([places, np.array(here, np.float32).reshape(-1, 2)]))
        self._forget()

    def drag(self, by: QPointF) -> None:
        """Move the map by so many pixels."""
        self.view.move(by)
        corner, beside = self._base_corner(), self._beside
        if not QRect(beside * -2, QSize(2 * beside.x() + 1, 2 * beside.y() + 1)).contains(corner):
            self._base = None
        self.update()

    @property
    def _beside(self) -> QPoint:
        return QPoint(int(self.width() * _BESIDE), int(self.height() * _BESIDE))

    def _base_corner(self) -> QPoint:
        """Where what is painted begins: beyond the corner of the widget, and moved along with the map."""
        moved = (self._base_middle - self.view.middle) * self.view.scale
        return QPointF(moved.x(), -moved.y()).toPoint() - self._beside

    # Pointing and choosing.

    def _point_at(self, point: QPointF) -> int | None:
        if self._points is None:
            return None
        place = self.view.on_map(point)
        reach = TILE / 2 if self.shows_pictures else _REACH
        return nearest_place(self._places, (place.x(), place.y()), reach / self.view.scale)

    def _point_to(self, number: int | None) -> None:
        if number != self._pointed:
            self._pointed = number
            words = self._points.words if self._points is not None else None
            self.setAccessibleDescription(words(number) if number is not None and words is not None else "")
            self._show_cursor()
            self.update()

    def _go(self, across: int, down: int) -> None:
        """To the nearest point in a direction, at most as far to the side as ahead; the map comes along."""
        places = self.view.points(self._places)
        if self._pointed is None:
            here = np.array([self.width() / 2, self.height() / 2])
            found = int(((places - here) ** 2).sum(axis=1).argmin()) if len(places) else None
        else:
            ahead = (places - places[self._pointed]) @ np.array([across, down])
            aside = np.abs((places - places[self._pointed]) @ np.array([down, across]))
            far = np.where((ahead > 0) & (aside <= ahead), ahead + aside, np.inf)
            found = int(far.argmin()) if np.isfinite(far).any() else self._pointed
        self._point_to(found)
        if found is not None and not self.rect().contains(self.point_of(found).toPoint()):
            self.drag(QPointF(self.rect().center()) - self.point_of(found))

    def _choose(self, dragged: list[QPointF]) -> None:
        self._chosen = [self.view.on_map(point) for point in self._outline(dragged)]
        outline = np.array([(corner.x(), corner.y()) for corner in self._chosen], np.float32)
        self.pictures_chosen.emit(np.flatnonzero(inside(self._places, outline)))

    def _outline(self, dragged: list[QPointF]) -> list[QPointF]:
        if self._tool is Tool.LASSO:
            return dragged
        first, last = dragged[0], dragged[-1]
        return [first, QPointF(last.x(), first.y()), last, QPointF(first.x(), last.y())]

    def _show_cursor(self) -> None:
        if self._tool is not Tool.MOVE:
            self.setCursor(Qt.CursorShape.CrossCursor)
        elif self._dragged:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._pointed is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.setCursor(Qt.CursorShape.ArrowCursor)

    def _painted(self, points: MapPoints) -> QPixmap:
        """All points of the map, in sight and beyond."""
        if self._base is None:
            if self._painter is None:
                self._painter = PointsPainter(points, self.font(), self.devicePixelRatioF())
            ratio = self.devicePixelRatioF()
            beside = self._beside
            size = QSize(self.width() + 2 * beside.x(), self.height() + 2 * beside.y())
            self._base = QPixmap(size * ratio)
            self._base.setDevicePixelRatio(ratio)
            self._base.fill(Qt.GlobalColor.transparent)
            self._base_middle = QPointF(self.view.middle)
            painter = QPainter(self._base)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(beside)
            place = QRectF(QPointF(-beside), QSizeF(size))
            self._painter.paint(painter, self.view.points(self._places), place, self._only, self.shows_pictures)
            painter.end()
            self.signs_changed.emit(self._painter.side)
        return self._base

    def _paint_outline(self, painter: QPainter) -> None:
        """What is being drawn, or was drawn last, around the pictures that are chosen."""
        outline = [self.view.point(place) for place in self._chosen]
        if self._tool is not Tool.MOVE and len(self._dragged) > 1:
            outline = self._outline(self._dragged)
        fill = QColor(theme.colours().accent)
        painter.setPen(QPen(fill, 1.5))
        fill.setAlphaF(0.1)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF(outline))

    def _paint_pointed(self, painter: QPainter, points: MapPoints, number: int) -> None:
        """A frame around it, and a card with its picture and its words."""
        half = TILE / 2 + 2 if self.shows_pictures else _REACH
        frame = QRectF(0, 0, 2 * half, 2 * half)
        frame.moveCenter(self.point_of(number))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.colours().accent), theme.FOCUS_LINE))
        painter.drawRoundedRect(frame, 4, 4)
        paint_card(painter, points, number, frame, self.size())

    def _forget(self) -> None:
        self._base = None
        self.update()

    @Slot()
    def _on_colours_changed(self) -> None:
        self._painter = None
        self._forget()
