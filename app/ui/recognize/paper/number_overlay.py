"""What is shown over the paper without being on it: boxes around the digits of a number, to be chosen by a click."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointerEvent,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QWidget

from app.core.imaging.paper import Paper
from app.core.imaging.segmentation.pieces import Box
from app.core.inference.calibration import Verdict
from app.core.inference.multi_digit import Digit, MultiDigitPrediction
from app.ui import theme
from app.ui.common.text import item_font
from app.ui.recognize.paper.canvas import Canvas, Tool
from app.ui.recognize.paper.painting import picture_place

# Boxes around the digits of a number, painted over the paper it was read on.

MARGIN, MARGIN_SHARE = 5.0, 0.05
"""Between the ink and its box: pixels, but no more than this share of the box's height."""

APART = 4.0
"""Pixels between the lines of two boxes that would lie on each other."""

_HALO = 2.0
_DASHES, _DOTS = (5.0, 4.0), (1.0, 3.0)
_TAG_PADDING = 4.0
_INSIDE = 4
"""Of the places of a tag, the first that is inside the box."""


def paint_boxes(painter: QPainter, paper: QRectF, number: MultiDigitPrediction, selected: int | None = None) -> None:
    """Paint a box around each digit and its reading beside it.

    A sure digit has a whole line; one that is not sure a dashed line and "7?", what is no digit a dotted line and "?".
    The selected one is painted last, with a thicker line and a filled tag. `paper` is where the paper is shown.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rects = box_places(paper, number)
    tags = tag_places(paper, rects, [reading_of(digit) for digit in number.digits])
    for place in sorted(range(len(rects)), key=lambda place: place == selected):
        _paint_box(painter, rects[place], number.digits[place], place == selected)
    for place in sorted(range(len(rects)), key=lambda place: place == selected):
        _paint_tag(painter, tags[place], reading_of(number.digits[place]), place == selected)
    painter.restore()


def digit_at(paper: QRectF, number: MultiDigitPrediction, at: QPointF) -> int | None:
    """The digit whose box is under a point; None beside all of them.

    Of several it is the inner one, or else the nearest.
    """
    rects = box_places(paper, number)
    hit = [place for place, rect in enumerate(rects) if rect.contains(at)]
    inner = [place for place in hit if not any(rects[place].contains(rects[it]) for it in hit if it != place)]
    return min(inner, key=lambda place: abs(rects[place].center().x() - at.x()), default=None)


def box_places(paper: QRectF, number: MultiDigitPrediction) -> list[QRectF]:
    """Where the boxes are shown. A smaller one keeps its lines apart from those of a larger one that it lies on."""
    rects = [_rect(paper, digit) for digit in number.digits]
    order = sorted(range(len(rects)), key=lambda place: -rects[place].width() * rects[place].height())
    for rank, place in enumerate(order):
        for larger in order[:rank]:
            rects[place] = _apart(rects[place], rects[larger])
    return rects


def tag_places(paper: QRectF, boxes: list[QRectF], texts: list[str]) -> list[QRectF]:
    """Where the readings are shown: above their boxes, or else where they lie on no other box or reading."""
    metrics = QFontMetricsF(_tag_font())
    tags: list[QRectF] = []
    for box, text in zip(boxes, texts, strict=True):
        others = [*tags, *(it for it in boxes if it is not box and not it.contains(box))]
        places = _around(box, QSizeF(metrics.horizontalAdvance(text) + 2 * _TAG_PADDING, metrics.height() + 2))
        free = (tag for tag in places if paper.contains(tag) and not any(tag.intersects(it) for it in others))
        tags.append(next(free, places[_INSIDE]))
    return tags


def reading_of(digit: Digit) -> str:
    """What is said of a digit in few letters: "7", "7?" when it is not sure, "?" when it is none."""
    doubted = not digit.is_sure and digit.prediction.verdict is Verdict.UNSURE
    return f"{digit.text}?" if doubted else digit.text


def _paint_box(painter: QPainter, rect: QRectF, digit: Digit, is_selected: bool) -> None:
    # The paper is white in both schemes, so what lies on it keeps the light scheme's colours.
    colour = QColor(theme.LIGHT.accent)
    width = theme.FOCUS_LINE if is_selected else theme.LINE
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo = QColor(theme.LIGHT.paper)
    halo.setAlphaF(0.6)  # on a dark photograph
    painter.setPen(QPen(halo, width + _HALO))
    painter.drawRoundedRect(rect, theme.CONTROL_RADIUS / 2, theme.CONTROL_RADIUS / 2)
    painter.setPen(_line(colour, width, digit))
    painter.drawRoundedRect(rect, theme.CONTROL_RADIUS / 2, theme.CONTROL_RADIUS / 2)


def _line(colour: QColor, width: float, digit: Digit) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if not digit.is_sure:
        pen.setDashPattern(_DASHES if digit.prediction.verdict is Verdict.UNSURE else _DOTS)
    return pen


def _tag_font() -> QFont:
    return item_font(small=True, bold=True)


def _around(box: QRectF, size: QSizeF) -> list[QRectF]:
    """Where a tag of a box can be, the best place first: above it, below it, and inside it."""
    right = box.right() - size.width()
    return [
        QRectF(QPointF(x, y), size)
        for x, y in (
            (box.left(), box.top() - size.height()),
            (right, box.top() - size.height()),
            (box.left(), box.bottom()),
            (right, box.bottom()),
            (box.left(), box.top()),
            (right, box.top()),
        )
    ]


def _apart(rect: QRectF, larger: QRectF) -> QRectF:
    """The box with those lines moved inwards that lie on lines of a larger one."""
    shared = rect.intersected(larger)
    if min(shared.width(), shared.height()) <= 2 * APART:  # neighbours
        return rect

    def moved(at: float, line: float, inwards: float) -> float:
        return line + inwards if abs(at - line) < APART else at

    left, top = moved(rect.left(), larger.left(), APART), moved(rect.top(), larger.top(), APART)
    right, bottom = moved(rect.right(), larger.right(), -APART), moved(rect.bottom(), larger.bottom(), -APART)
    inside = QRectF(QPointF(left, top), QPointF(right, bottom))
    return inside if min(inside.width(), inside.height()) > 2 * APART else rect


def _paint_tag(painter: QPainter, tag: QRectF, text: str, is_selected: bool) -> None:
    font, colour = _tag_font(), theme.LIGHT
    painter.setPen(QPen(QColor(colour.accent), theme.LINE))
    painter.setBrush(QColor(colour.accent if is_selected else colour.paper))
    painter.drawRoundedRect(tag, theme.CONTROL_RADIUS / 2, theme.CONTROL_RADIUS / 2)
    painter.setFont(font)
    painter.setPen(QColor(colour.on_accent if is_selected else colour.accent))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)


def _rect(paper: QRectF, digit: Digit) -> QRectF:
    """Where a digit's box is shown: around its ink, within the paper."""
    left, top, right, bottom = digit.box
    corner = QPointF(paper.left() + left * paper.width(), paper.top() + top * paper.height())
    end = QPointF(paper.left() + right * paper.width(), paper.top() + bottom * paper.height())
    margin = min(MARGIN, 1 + MARGIN_SHARE * (end.y() - corner.y()))
    around = QRectF(corner, end).adjusted(-margin, -margin, margin, margin)
    inner = paper.adjusted(1, 1, -1, -1)
    left, right = max(around.left(), inner.left()), min(around.right(), inner.right())
    top, bottom = max(around.top(), inner.top()), min(around.bottom(), inner.bottom())
    return QRectF(QPointF(left, top), QPointF(right, bottom))


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
        self._number: MultiDigitPrediction | None = None
        self._selected: int | None = None
        self._held: list[QPointerEvent] = []
        self._first = QPointF()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.installEventFilter(self)
        self.hide()

    def show_number(self, paper: Paper, number: MultiDigitPrediction | None, selected: int | None) -> None:
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

    def _around_ink(self, paper: Paper, place: QRectF, number: MultiDigitPrediction) -> MultiDigitPrediction:
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
