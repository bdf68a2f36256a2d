"""Pictures in rows, each with the name of its class under it, as in the Fashion-MNIST tutorial."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.datasets.types import IMAGE_SIZE
from app.ui import theme
from app.ui.common.painted import Painted

# Examples that can be chosen: by a click, or with the arrow keys and Enter.

_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class ExampleChooser(Painted):
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


COLUMNS = 5
_SMALLEST_SCALE, _USUAL_SCALE = 1, 2


@dataclass(frozen=True)
class GridGeometry:
    """Where everything goes, in the widget's coordinates."""

    cell: tuple[float, float]
    tile: float

    def tile_rect(self, index: int) -> QRectF:
        """The picture `index`, centred in its cell."""
        width, height = self.cell
        left = (index % COLUMNS) * width + (width - self.tile) / 2
        return QRectF(round(left), round((index // COLUMNS) * height), self.tile, self.tile)

    def area(self, index: int) -> QRectF:
        """Picture and line together."""
        return self.tile_rect(index).united(self.caption_rect(index))

    def caption_rect(self, index: int) -> QRectF:
        """The line under the picture, as wide as the cell."""
        width, height = self.cell
        top = self.tile_rect(index).bottom()
        return QRectF((index % COLUMNS) * width, top, width, (index // COLUMNS + 1) * height - top)


def grid_geometry(size: QSize, caption_height: int, pixel_ratio: float) -> GridGeometry:
    """Make the pictures as large as fits, each of their pixels a whole number of the screen's: crisp everywhere."""
    width, height = size.width() / COLUMNS, size.height() / COLUMNS
    room = min(width - theme.SPACING / 2, height - caption_height)
    scale = max(_SMALLEST_SCALE, int(room * pixel_ratio / IMAGE_SIZE))
    return GridGeometry((width, height), scale * IMAGE_SIZE / pixel_ratio)


class PictureGrid(ExampleChooser):
    """Up to 5 x 5 pictures as dark ink on white paper, each to be clicked, or a sentence in their place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Training pictures"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._images: list[QImage] = []
        self._captions: tuple[str, ...] = ()
        self._tones: tuple[str, ...] = ()
        self._message = ""
        self.setFont(theme.small(self.font()))

    @property
    def captions(self) -> tuple[str, ...]:
        """The class names that are shown."""
        return self._captions

    @property
    def message(self) -> str:
        """The sentence that is shown, if there are no pictures."""
        return self._message

    def show_pictures(self, images: NDArray[np.uint8], captions: Sequence[str], tones: Sequence[str] = ()) -> None:
        """Show `images`, (n, 28, 28) uint8 with ink = 255; `tones` name the colour of each caption, if given."""
        self._images = [on_paper(image) for image in images]
        self._captions, self._message = tuple(captions), ""
        self._tones = tuple(tones) or ("muted",) * len(captions)
        self.forget_choice()

    def show_message(self, message: str) -> None:
        """Show a sentence and no pictures."""
        self._images, self._captions, self._message = [], (), message
        self.forget_choice()

    def example_places(self) -> Sequence[QRectF]:
        """Each picture with its line."""
        geometry = self._geometry()
        return [geometry.area(index) for index in range(len(self._captions))]

    def example_in_words(self, number: int) -> str:
        """Its class."""
        return self._captions[number]

    def whole_in_words(self) -> str:
        """All classes, or the sentence."""
        return self._message or ", ".join(self._captions)

    def sizeHint(self) -> QSize:
        """Twice the pictures' own size."""
        return self._size_at(_USUAL_SCALE)

    def minimumSizeHint(self) -> QSize:
        """The pictures' own size."""
        return self._size_at(_SMALLEST_SCALE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pictures without smoothing."""
        painter = QPainter(self)
        colours = theme.colours()
        painter.setPen(QColor(colours.muted))
        if self._message:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
        geometry, metrics = self._geometry(), self.fontMetrics()
        for index, (image, caption) in enumerate(zip(self._images, self._captions, strict=True)):
            tile, below = geometry.tile_rect(index), geometry.caption_rect(index)
            painter.drawImage(tile, image)
            painter.setPen(QColor(colours.line))
            painter.drawRect(tile.adjusted(0, 0, -1, -1))
            painter.setPen(QColor(getattr(colours, self._tones[index])))
            text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(below.width()) - 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        self.paint_choice(painter, colours.accent)
        painter.end()

    def tip_at(self, at: QPointF) -> str:
        """The whole name of a class that was cut short."""
        index = self.example_at(at)
        return "" if index is None else self._captions[index]

    def tip_area(self, at: QPointF) -> QRect:
        index = self.example_at(at)
        return QRect() if index is None else self._geometry().area(index).toRect()

    def _geometry(self) -> GridGeometry:
        return grid_geometry(self.size(), self._caption_height(), self.devicePixelRatioF())

    def _caption_height(self) -> int:
        return self.fontMetrics().height() + theme.SPACING // 2

    def _size_at(self, scale: int) -> QSize:
        tile = IMAGE_SIZE * scale
        return QSize(COLUMNS * (tile + theme.SPACING), COLUMNS * (tile + self._caption_height()))


def on_paper(image: NDArray[np.uint8]) -> QImage:
    """One picture as dark ink on white. The paper stays white in the dark theme, too."""
    side = IMAGE_SIZE
    paper = QImage(np.ascontiguousarray(image).tobytes(), side, side, side, QImage.Format.Format_Grayscale8).copy()
    paper.invertPixels()
    return paper


# What every place that shows examples sends when one of them is chosen.


@dataclass(frozen=True, eq=False)
class ExampleChosen:
    """An example to be opened on the Recognize page.

    `image` is (28, 28) uint8, ink = 255; `preprocessing` names how it was made to look like its set, `class_names` what
    is in that set, if a model that knows these should read it; `model` is the name of the model to read it with, empty
    for the one that is chosen there; `true` is the name of its class.
    """

    image: NDArray[np.uint8]
    preprocessing: str
    model: str = ""
    class_names: tuple[str, ...] = ()
    true: str = ""
