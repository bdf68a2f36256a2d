"""How the points of a map look: a colour and a sign for every class, and a ring around what was read wrong."""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from app.ui.theme import Colours

_RING = 1.6
_AGAIN = 155
"""Per cent of the lightness."""
_LEAST_LETTER = 9


def class_colour(label: int, colours: Colours) -> QColor:
    """The colour of a class. Nine of them come again, paler; the signs are eight, so no two of 72 classes are alike."""
    known = (*colours.series, colours.text)
    colour = QColor(known[label % len(known)])
    is_again = label // len(known) % 2 == 1
    if not is_again:
        return colour
    return colour.darker(_AGAIN) if QColor(colours.card).lightnessF() < 0.5 else colour.lighter(_AGAIN)


def _corners(*corners: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    path.closeSubpath()
    return path


def _circle() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(), 0.9, 0.9)
    return path


def _star() -> QPainterPath:
    turns = [math.pi * number / 5 for number in range(10)]
    return _corners(
        *((math.sin(turn) * size, -math.cos(turn) * size) for turn, size in zip(turns, (1.15, 0.5) * 5, strict=True))
    )


def _plus() -> QPainterPath:
    inner, outer = 0.32, 1.05
    quarter = [(inner, -outer), (inner, -inner), (outer, -inner)]
    corners, turned = list[tuple[float, float]](), quarter
    for _ in range(4):
        corners += turned
        turned = [(-y, x) for x, y in turned]
    return _corners(*corners)


def _cross() -> QPainterPath:
    return QTransform().rotate(45).map(_plus())


_SIGNS: tuple[Callable[[], QPainterPath], ...] = (
    _circle,
    lambda: _corners((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    lambda: _corners((0, -1), (1, 0.8), (-1, 0.8)),
    lambda: _corners((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    lambda: _corners((0, 1), (1, -0.8), (-1, -0.8)),
    _star,
    _plus,
    _cross,
)  # fmt: skip


def is_letter(name: str, side: float) -> bool:
    """Whether a name of one character stands for itself, as it does where it can be read."""
    return len(name) == 1 and side >= _LEAST_LETTER


def paint_mark(  # noqa: PLR0917
    painter: QPainter, at: QPointF, side: float, label: int, name: str, colours: Colours
) -> None:
    """The sign of a class, or its name if that is a letter."""
    colour = class_colour(label, colours)
    if is_letter(name, side):
        font = QFont(painter.font())
        font.setPixelSize(round(side * 1.25))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(colour)
        place = QRectF(at - QPointF(side, side), QSizeF(2 * side, 2 * side))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), name)
        return
    path = _SIGNS[label % len(_SIGNS)]()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.save()
    painter.translate(at)
    painter.scale(side / 2, side / 2)
    painter.drawPath(path)
    painter.restore()


def mark_side(side: int, *, is_wrong: bool = False) -> int:
    """How large the picture of a sign is: a ring needs room."""
    return side + (8 if is_wrong else 2)


def mark_pixmap(  # noqa: PLR0917
    side: int, label: int, name: str, colours: Colours, font: QFont, ratio: float, *, is_wrong: bool = False
) -> QPixmap:
    """That sign as a picture, with a ring around it if it was read wrong."""
    whole = mark_side(side, is_wrong=is_wrong)
    made = QPixmap(math.ceil(whole * ratio), math.ceil(whole * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter, middle = QPainter(made), QPointF(whole / 2, whole / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    paint_point(painter, middle, side, label, name, colours, is_wrong=is_wrong)
    painter.end()
    return made


def paint_point(  # noqa: PLR0917
    painter: QPainter, at: QPointF, side: float, label: int, name: str, colours: Colours, *, is_wrong: bool = False
) -> None:
    """A sign, with a ring around it if it was read wrong."""
    if is_wrong:
        painter.setBrush(QColor(colours.card))
        painter.setPen(QPen(QColor(colours.wrong), _RING))
        painter.drawEllipse(at, side / 2 + 2.5, side / 2 + 2.5)
    paint_mark(painter, at, side, label, name, colours)
