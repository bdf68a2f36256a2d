"""A map as a file shows it: what is in sight on the screen, on white in every theme, with the signs of the classes."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from app.ui import theme
from app.ui.common.maps.marks import is_letter, mark_side, paint_mark, paint_point
from app.ui.common.maps.painting import MapPoints, Points, PointsPainter, paint_dot

_MARK, _LINE, _GAP, _WIDEST = 11, 20.0, 12.0, 160.0


class MapFigure:
    """Points at places `at` (n, 2) of a view of a size, the `way` of a drawing, and below them a line of words."""

    def __init__(
        self,
        points: MapPoints,
        at: Points,
        view: QSize,
        *,
        words: str,
        font: QFont,
        only: int = -1,
        as_pictures: bool = False,
        has_legend: bool = True,
        way: Sequence[QPointF] = (),
    ) -> None:
        self._points, self._at, self._only, self._as_pictures = points, at, only, as_pictures
        self._words, self._font, self._way = words, QFont(font), way
        self._classes = points.class_names if has_legend else ()
        self._font.setPixelSize(theme.SMALL_FONT_SIZE)
        self._map = QRectF(QPointF(_GAP, _GAP), QSizeF(view))
        metrics = QFontMetricsF(self._font)
        longest = max((metrics.horizontalAdvance(name) for name in self._classes), default=0.0)
        self._names = min(longest, _WIDEST) + 2
        beside = 2 * _GAP + 2 * _MARK + self._names if has_legend else _GAP
        height = max(self._map.height(), _LINE * len(self._classes)) + 3 * _GAP + _LINE
        self.size = QSizeF(self._map.right() + beside, height)

    def paint(self, painter: QPainter) -> None:
        """Everything, the ground too."""
        painter.fillRect(QRectF(QPointF(), self.size), QColor(theme.LIGHT.card))
        painter.save()
        painter.setFont(self._font)
        painter.setClipRect(self._map)
        painter.translate(self._map.topLeft())
        room = QRectF(QPointF(), self._map.size())
        points = _FilePainter(self._points, self._font, 1.0, theme.LIGHT)
        points.paint(painter, self._at, room, self._only, self._as_pictures)
        if self._way:
            paint_dot(painter, self._way, theme.LIGHT)
        painter.restore()
        painter.setFont(self._font)
        self._paint_legend(painter, points.side)
        line = QRectF(_GAP, self.size.height() - _GAP - _LINE, self.size.width() - 2 * _GAP, _LINE)
        self._write(painter, line, self._words, theme.LIGHT.muted)

    def _paint_legend(self, painter: QPainter, side: int) -> None:
        for label, name in enumerate(self._classes):
            left, middle = self._map.right() + _GAP, _GAP + (label + 0.5) * _LINE
            sign = name if is_letter(name, side) else ""
            paint_mark(painter, QPointF(left + _MARK / 2, middle), _MARK, label, sign, theme.LIGHT)
            place = QRectF(left + 2 * _MARK, middle - _LINE / 2, self._names, _LINE)
            self._write(painter, place, name, theme.LIGHT.text)

    def _write(self, painter: QPainter, place: QRectF, words: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        shown = QFontMetricsF(self._font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)


class _FilePainter(PointsPainter):
    """Paints signs as lines and areas: sharp at every scale, and in any thread."""

    def paint_sign(  # noqa: PLR0917
        self, painter: QPainter, x: int, y: int, label: int, is_wrong: bool, side: int
    ) -> None:
        middle = QPointF(x, y) + QPointF(1, 1) * mark_side(side, is_wrong=is_wrong) / 2
        name = self.points.class_names[label]
        paint_point(painter, middle, side, label, name, self.colours, is_wrong=is_wrong)
