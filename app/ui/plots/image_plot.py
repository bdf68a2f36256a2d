"""The tutorial's image plot: a picture in a frame, and what the network says of it below."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.ui import theme
from app.ui.plots.drawing import LINE_HEIGHT, SIGN, cut, paint_frame, paint_sign, paint_text, width_of
from app.ui.plots.figure import Example

_SIGN_ROOM = SIGN + 4


def paint_picture(painter: QPainter, place: QRectF, picture: QImage) -> None:
    """A picture in a black frame, no ticks."""
    painter.drawImage(place, picture)
    paint_frame(painter, place)


def caption_width(example: Example) -> float:
    """How much room the caption takes in one line, with its sign."""
    return width_of(example.caption) + (0 if example.is_right is None else _SIGN_ROOM)


def caption_lines(example: Example, room: float) -> tuple[str, ...]:
    """The caption as one line if it fits into `room`, else as two; a name that is longer even so is cut."""
    if caption_width(example) <= room:
        return (example.caption,)
    room -= 0 if example.is_right is None else _SIGN_ROOM
    name, _, confidence = example.answer.rpartition(" ")
    lines = (f"{cut(name, room - width_of(f' {confidence}'))} {confidence}", example.truth)
    return tuple(cut(line, room) for line in lines if line)


def paint_caption(painter: QPainter, top: QPointF, lines: tuple[str, ...], is_right: bool | None) -> None:
    """The lines, centred below `top`: blue with a check if right, red with a cross if wrong, black if nobody knows."""
    colours = theme.colours()
    colour = {True: colours.plot_right, False: colours.plot_wrong, None: colours.plot_ink}[is_right]
    for number, line in enumerate(lines):
        width = width_of(line) + (_SIGN_ROOM if number == 0 and is_right is not None else 0)
        place = QRectF(top.x() - width / 2, top.y() + number * LINE_HEIGHT, width, LINE_HEIGHT)
        paint_text(painter, place, line, colour, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if number == 0 and is_right is not None:
            sign = QRectF(place.left(), place.center().y() - SIGN / 2, SIGN, SIGN)
            paint_sign(painter, sign, is_right, colour)
