"""The network input: its 28 x 28 pixels, white on black as it has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.core.imaging.preprocess import Step
from app.ui import theme
from app.ui.common import build
from app.ui.common.painted import Painted


def grey_image(pixels: NDArray[np.float32]) -> QImage:
    """Pixels (h, w) in [0, 1] as a picture: 0 black, 1 white."""
    height, width = pixels.shape
    data = np.ascontiguousarray(np.rint(pixels * 255), np.uint8)
    return QImage(data.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


class NetworkView(QWidget):
    """The pixels, enlarged without smoothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Network input, 28 by 28 pixels"))

    def hasHeightForWidth(self) -> bool:
        """Square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Square."""
        return width

    def sizeHint(self) -> QSize:
        """Eight screen pixels for each of the network's."""
        return QSize(232, 232)

    def set_image(self, pixels: NDArray[np.float32] | None) -> None:
        """Show (28, 28) in [0, 1], or nothing."""
        self._image = None if pixels is None else grey_image(pixels)
        self.update()

    @property
    def is_empty(self) -> bool:
        """True when nothing is shown."""
        return self._image is None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Black ground, pixels."""
        painter = QPainter(self)
        side = min(self.width(), self.height())
        place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        paint_pixels(painter, place, self._image, smooth=False)
        if self._image is None:
            painter.setPen(QColor(theme.colours().pixels_hint))
            painter.drawText(
                place.adjusted(16, 16, -16, -16), _CENTRED, self.tr("28 × 28 pixels, as the network gets them")
            )
        painter.end()


def paint_pixels(painter: QPainter, place: QRectF, image: QImage | None, smooth: bool) -> None:
    """Paint a picture whole into a black box with round corners."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(place, 4, 4)
    painter.fillPath(outline, QColor(theme.colours().pixels))
    if image is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        inner = place.adjusted(2, 2, -2, -2)
        size = image.size().scaled(inner.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = inner.center().x() - size.width() / 2, inner.center().y() - size.height() / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), image)
    painter.restore()


_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


# The steps of the preparation in words: short below their pictures, longer in a sentence.

translate = QCoreApplication.translate


def step_name(name: str) -> str:
    """The caption of a step, by the name it has in `imaging.preprocess`."""
    return {
        "paper": translate("steps", "paper"),
        "redrawn": translate("steps", "redrawn"),
        "ink": translate("steps", "ink"),
        "crop": translate("steps", "crop"),
        "20 × 20": translate("steps", "20 × 20"),
        "centred": translate("steps", "centred"),
        "picture": translate("steps", "picture"),
        "trimmed": translate("steps", "trimmed"),
        "fitted": translate("steps", "fitted"),
        "example": translate("steps", "example"),
        "drawn": translate("steps", "drawn"),
        "28 × 28": translate("steps", "28 × 28"),
    }.get(name, name)


def step_sentence(name: str) -> str:
    """What a step did, as a part of a sentence."""
    return {
        "redrawn": translate("steps", "cropped and redrawn, with strokes as thick as in the training pictures"),
        "ink": translate("steps", "ink found"),
        "crop": translate("steps", "cropped to it"),
        "20 × 20": translate("steps", "scaled to 20 × 20"),
        "centred": translate("steps", "moved so that its centre of mass is in the middle"),
        "picture": translate("steps", "as a grey picture"),
        "trimmed": translate("steps", "background removed"),
        "fitted": translate("steps", "fitted into 28 × 28"),
        "example": translate("steps", "an example, as it is"),
        "drawn": translate("steps", "drawn on"),
        "28 × 28": translate("steps", "averaged to 28 × 28"),
    }.get(name, name)


def step_tip(name: str) -> str:
    """What a step is, as a sentence of its own."""
    if name == "paper":
        return translate("steps", "The whole paper, as it is.")
    words = step_sentence(name)
    return f"{words[:1].upper()}{words[1:]}."


# The steps from the paper to the network input, side by side; each can be looked at in large.

SHEET = "paper"
_USUAL_STEPS = 4
_GAP = 6
_STRIP_HEIGHT = 74
_CAPTION_HEIGHT = 18
_LARGE_SIDE = 448
"""Sixteen screen pixels for each of the network's."""
_FINE = 64
"""Pictures with longer sides are smoothed; of others the pixels are shown."""


@dataclass(frozen=True, eq=False)
class _Shown:
    name: str
    image: QImage


class StepStrip(Painted):
    """The stages from paper to input, each with its name, a tool tip, and a larger view at a click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: list[_Shown] = []
        self._sheet: Callable[[int], QImage] | None = None
        self._current = 0
        self._view: StepView | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMaximumHeight(_STRIP_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the paper
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Steps of the preparation"))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the steps that are shown."""
        return tuple(step.name for step in self._steps)

    def set_steps(self, steps: Sequence[Step], sheet: Callable[[int], QImage] | None = None) -> None:
        """Show the steps, before them the whole sheet, of which `sheet` makes a picture of any size; none for none."""
        self._steps = [_Shown(step.name, grey_image(step.image)) for step in steps if step.image.size]
        self._sheet = sheet
        if self._steps and sheet is not None:
            self._steps.insert(0, _Shown(SHEET, sheet(2 * _STRIP_HEIGHT)))
        self._current = min(self._current, max(0, len(self._steps) - 1))
        self.setAccessibleDescription(", ".join(step_name(step.name) for step in self._steps))
        self.update()

    def open(self, number: int) -> None:
        """Show a step in large, above the strip."""
        if self._view is None:
            self._view = StepView(self)
        step = self._steps[number]
        self._current = number
        image = self._sheet(_LARGE_SIDE) if self._sheet is not None and step.name == SHEET else step.image
        self._view.show_step(image, step_tip(step.name), self.mapToGlobal(QPoint(0, 0)))

    @property
    def view(self) -> "StepView | None":
        """What shows a step in large, once one was opened."""
        return self._view

    def box(self, number: int) -> QRectF:
        """Where a step is."""
        return QRectF(number * self._pitch, 0, self._side, self._side)

    def heightForWidth(self, width: int) -> int:
        """As high as the boxes need."""
        side = (width - (_USUAL_STEPS - 1) * _GAP) // _USUAL_STEPS
        return max(_CAPTION_HEIGHT, min(_STRIP_HEIGHT, side + _CAPTION_HEIGHT))

    def tip_at(self, at: QPointF) -> str:
        """What a step did."""
        number = self._at(at.toPoint())
        return "" if number is None else step_tip(self._steps[number].name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at the step under the mouse."""
        number = self._at(event.position().toPoint())
        if number is not None and event.button() is Qt.MouseButton.LeftButton:
            self.open(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the steps, and open one."""
        keys = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in keys and self._steps:
            self._current = (self._current + keys[Qt.Key(event.key())]) % len(self._steps)
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self._steps:
            self.open(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """It is elsewhere."""
        self.update()
        super().focusOutEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Boxes with captions, or without, where these would run into each other."""
        painter = QPainter(self)
        painter.setFont(theme.small(painter.font()))
        captions = self._captions(painter.fontMetrics())
        for number, step in enumerate(self._steps):
            box = self.box(number)
            if step.name == SHEET:
                paint_sheet(painter, box, step.image)
            else:
                paint_pixels(painter, box, step.image, smooth=max(step.image.width(), step.image.height()) > _FINE)
            if number == self._current and self.hasFocus():
                painter.setPen(QPen(QColor(theme.colours().accent), theme.FOCUS_LINE))
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
            if captions:
                painter.setPen(QColor(theme.colours().muted))
                place = caption_rect(box, painter.fontMetrics().horizontalAdvance(captions[number]), self.width())
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, captions[number])
        painter.end()

    def _captions(self, metrics: QFontMetrics) -> list[str]:
        """One for each step; none at all if one is wider than its step and the gap after it."""
        needed = metrics.horizontalAdvance
        names = [step_name(step.name) for step in self._steps]
        names = [name if needed(name) <= self._pitch - _GAP else name.replace(" × ", "×") for name in names]
        return names if all(needed(name) <= self._pitch for name in names) else []

    def sizeHint(self) -> QSize:
        """Wide enough for four."""
        return QSize(_USUAL_STEPS * 56, _STRIP_HEIGHT)

    @property
    def _places(self) -> int:
        return max(_USUAL_STEPS, len(self._steps))

    @property
    def _side(self) -> float:
        return min((self.width() - (self._places - 1) * _GAP) / self._places, self.height() - _CAPTION_HEIGHT)

    @property
    def _pitch(self) -> float:
        return (self.width() - self._side) / (self._places - 1)

    def _at(self, place: QPoint) -> int | None:
        return next((number for number in range(len(self._steps)) if self.box(number).contains(place)), None)


class StepView(QFrame):
    """A step in large, with what it did; a click anywhere or Escape puts it away."""

    def __init__(self, strip: QWidget) -> None:
        super().__init__(strip, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.picture, self.words = build.label(align=Qt.AlignmentFlag.AlignCenter), build.label(wraps=True)
        self.words.setFixedWidth(_LARGE_SIDE)
        build.column(self.picture, self.words, on=self, margins=theme.PADDING)

    def show_step(self, image: QImage, words: str, near: QPoint) -> None:
        """Show an image with words, below `near` or as far above as the screen wants."""
        fine = max(image.width(), image.height()) > _FINE
        mode = Qt.TransformationMode.SmoothTransformation if fine else Qt.TransformationMode.FastTransformation
        large = image.scaled(_LARGE_SIDE, _LARGE_SIDE, Qt.AspectRatioMode.KeepAspectRatio, mode)
        framed = QPixmap.fromImage(large)
        painter = QPainter(framed)
        painter.setPen(QPen(QColor(theme.colours().line), theme.LINE))
        painter.drawRect(framed.rect().adjusted(0, 0, -1, -1))
        painter.end()
        self.picture.setPixmap(framed)
        self.picture.setAccessibleName(words)
        self.words.setText(words)
        self.adjustSize()
        room = self.screen().availableGeometry()
        self.move(
            max(room.left(), min(near.x(), room.right() - self.width())),
            max(room.top(), min(near.y(), room.bottom() - self.height())),
        )
        self.show()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Put it away."""
        self.close()


def paint_sheet(painter: QPainter, box: QRectF, image: QImage) -> None:
    """The paper, white as it is, in a thin frame."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillRect(box, QColor(theme.colours().paper))
    place = QRectF(QPointF(), QSizeF(image.size()).scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio))
    place.moveCenter(box.center())
    painter.drawImage(place, image)
    painter.setPen(QPen(QColor(theme.colours().line), theme.LINE))
    painter.drawRect(box.adjusted(0, 0, -1, -1))


def caption_rect(box: QRectF, width: float, room: float) -> QRectF:
    """Where a caption goes: below the middle of `box`, but not beyond the edges of a strip that is `room` wide."""
    left = min(max(0.0, box.center().x() - width / 2), max(0.0, room - width))
    return QRectF(left, box.bottom() + 2, width, 16)
