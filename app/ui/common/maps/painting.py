"""What a map is painted of: signs, pictures, the drawing's dot with its tail, and a card for one picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from app.ui import theme
from app.ui.common.maps.marks import class_colour, mark_pixmap, mark_side
from app.ui.common.picture_grid import on_paper
from app.ui.theme import Colours

TILE = 36
"""Of a picture on the map."""
_CARD = 64
_TILES_SHARE = 0.55
"""Pictures are shown once they would cover no more of the map than this."""
_MARK, _LARGER_MARK, _LARGEST_MARK = 7, 9, 11
_FEW, _ROOMY = 1500, 500
"""Marks that are no more than these are larger, the more so where there is so much room."""
_FEW_OF_SMALL, _SMALL = 150, 400
"""The same where there is no more room than this."""
_PALE = 0.18

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MapPoints:
    """What the points of a map are: labels and whether they were read wrong (n,), the `words` of each, and pictures.

    `images` (n, 28, 28) uint8, ink = 255, or None.
    """

    class_names: Sequence[str]
    labels: NDArray[np.uint8]
    is_wrong: NDArray[np.bool_]
    words: Callable[[int], str] | None = None
    images: NDArray[np.uint8] | None = None


def sign_side(count: int, width: float, as_pictures: bool) -> int:
    """How large the signs of so many points are, in so much room or beside pictures."""
    if as_pictures:
        return _LARGEST_MARK
    few = _FEW if width > _SMALL else _FEW_OF_SMALL
    return (_LARGEST_MARK if width > _ROOMY else _LARGER_MARK) if count <= few else _MARK


def fits_tiles(count: int, size: QSize) -> bool:
    """Whether so many pictures have room."""
    return count * TILE * TILE <= _TILES_SHARE * size.width() * size.height()


class PointsPainter:
    """Paints points as signs or as pictures; but for those of the class `only`, if it is one, they are pale.

    `side` is how large the signs were that were painted last.
    """

    def __init__(self, points: MapPoints, font: QFont, ratio: float, colours: Colours | None = None) -> None:
        self.points, self.colours = points, colours or theme.colours()
        self._font, self._ratio = font, ratio
        self.side = _MARK
        self._marks: dict[tuple[int, bool, int], QPixmap] = {}

    def paint(self, painter: QPainter, at: Points, place: QRectF, only: int, as_pictures: bool) -> None:
        """All that are in a place; `at` (n, 2) says where they are. Mistakes are not to be hidden by others."""
        points = self.points
        seen = np.flatnonzero(
            ((at >= (place.left(), place.top())) & (at <= (place.right(), place.bottom()))).all(axis=1)
        )
        foremost = points.is_wrong[seen] + 2 * (points.labels[seen] == only)
        seen = seen[np.argsort(foremost, kind="stable")]
        self.side = side = sign_side(len(seen), place.width(), as_pictures)
        if as_pictures:
            half = np.array([TILE, TILE]) / 2
            self._paint_tiles(painter, seen, at - half, only)
            at = at - half
        labels, is_wrong = points.labels[seen], points.is_wrong[seen]
        sides = np.where(is_wrong, mark_side(side, is_wrong=True), mark_side(side))[:, None]
        corners = np.rint(at[seen] - sides / 2).astype(np.int64)
        foremost = np.flatnonzero(labels == only)[0] if only in labels else len(seen)
        painter.setOpacity(_PALE if only >= 0 else 1.0)
        signs = zip(*corners.T.tolist(), labels.tolist(), is_wrong.tolist(), strict=True)
        for number, (x, y, label, wrong) in enumerate(signs):
            if number == foremost:
                painter.setOpacity(1.0)
            self.paint_sign(painter, x, y, label, wrong, side)
        painter.setOpacity(1.0)

    def _paint_tiles(self, painter: QPainter, seen: NDArray[np.int64], corners: Points, only: int) -> None:
        assert self.points.images is not None
        colours = self.colours
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number in seen.tolist():
            left, top = corners[number].tolist()
            tile, label = QRectF(left, top, TILE, TILE), int(self.points.labels[number])
            painter.setOpacity(1.0 if only < 0 or label == only else _PALE)
            painter.drawImage(tile, on_paper(self.points.images[number]))
            is_wrong = bool(self.points.is_wrong[number])
            painter.setPen(QPen(QColor(colours.wrong) if is_wrong else class_colour(label, colours), 2))
            painter.drawRect(tile)

    def paint_sign(  # noqa: PLR0917
        self, painter: QPainter, x: int, y: int, label: int, is_wrong: bool, side: int
    ) -> None:
        """A sign, drawn once and then copied: there may be 10,000 of them."""
        key = (label, is_wrong, side)
        mark = self._marks.get(key)
        if mark is None:
            name = self.points.class_names[label]
            mark = mark_pixmap(side, label, name, self.colours, self._font, self._ratio, is_wrong=is_wrong)
            self._marks[key] = mark
        painter.drawPixmap(x, y, mark)


def paint_dot(painter: QPainter, way: Sequence[QPointF], colours: Colours, size: float = 1.0) -> None:
    """The drawing: a dot with a ring at the end of the way that it came."""
    for number, (start, end) in enumerate(pairwise(way), 1):
        line, share = QColor(colours.text), number / len(way)
        line.setAlphaF(0.15 + 0.75 * share)
        painter.setPen(QPen(line, size * (1 + 2 * share)))
        painter.drawLine(start, end)
    painter.setPen(QPen(QColor(colours.card), 2.5))
    painter.setBrush(QColor(colours.text))
    painter.drawEllipse(way[-1], 7 * size, 7 * size)
    painter.setPen(QPen(QColor(colours.text), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(way[-1], 10.5 * size, 10.5 * size)


def paint_card(painter: QPainter, points: MapPoints, number: int, at: QRectF, size: QSize) -> None:
    """The picture of a point and its words, beside the place where it is."""
    if points.words is None:
        return
    colours, metrics, words = theme.colours(), painter.fontMetrics(), points.words(number)
    picture = _CARD if points.images is not None else 0
    width = min(max(picture, metrics.horizontalAdvance(words)) + 2 * theme.SPACING, size.width() - 2)
    height = picture + metrics.height() + theme.SPACING + (theme.SPACING // 2 if picture else 0)
    left = at.right() + 6 if at.right() + 6 + width < size.width() else at.left() - 6 - width
    top = min(max(1.0, at.center().y() - height / 2), size.height() - height - 1)
    card = QRectF(max(1.0, left), top, width, height)
    painter.setBrush(QColor(colours.card))
    painter.setPen(QPen(QColor(colours.line), theme.LINE))
    painter.drawRoundedRect(card, theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)
    line = card.adjusted(theme.SPACING, 0, -theme.SPACING, 0)
    if points.images is not None:
        tile = QRectF(card.center().x() - _CARD / 2, card.top() + theme.SPACING / 2, _CARD, _CARD)
        painter.drawImage(tile, on_paper(points.images[number]))
        line.setTop(tile.bottom())
    painter.setPen(QColor(colours.wrong_text if points.is_wrong[number] else colours.text))
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(line.width()) + 2)
    painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), shown)
