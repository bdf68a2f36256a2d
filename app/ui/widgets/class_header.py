"""The header of the classes: beside the title of the column that they are sorted by stands a triangle."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPolygonF
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QWidget

from app.ui import theme

_WIDTH, _HEIGHT = 7, 5
"""Of the triangle."""
_PADDING, _GAP = 4, 2


class ClassHeader(QHeaderView):
    """It points up where the least is on top; it follows a title on the left and precedes one on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logical: int) -> None:
        """Without the style's arrow, which stands far from titles that are not centred."""
        super().initStyleOptionForIndex(option, logical)
        option.sortIndicator = QStyleOptionHeader.SortIndicator.None_

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """The title, and beside it the triangle if the classes are sorted by it."""
        painter.save()
        super().paintSection(painter, rect, logical)
        painter.restore()
        if logical == self.sortIndicatorSection():
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colours().text))
            painter.drawPolygon(self._triangle(self.triangle_place(rect, logical)))
            painter.restore()

    def needed_width(self, logical: int) -> int:
        """What a title and its triangle take."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)  # as the style sheet has it
        title = self.model().headerData(logical, self.orientation())
        return _PADDING + QFontMetrics(font).horizontalAdvance(title) + _GAP + _WIDTH

    def triangle_place(self, section: QRect, logical: int) -> QRect:
        """Where the triangle of a column goes, which takes up `section`."""
        align = self.model().headerData(logical, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        is_left, needed = bool(align & Qt.AlignmentFlag.AlignLeft), self.needed_width(logical)
        left = section.left() + needed - _WIDTH if is_left else section.right() + 1 - needed
        return QRect(left, section.center().y() - _HEIGHT // 2 + 1, _WIDTH, _HEIGHT)

    def _triangle(self, place: QRect) -> QPolygonF:
        left, right = float(place.left()), float(place.right() + 1)
        top, bottom = float(place.top()), float(place.bottom() + 1)
        is_up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        tip, base = (top, bottom) if is_up else (bottom, top)
        return QPolygonF([QPointF((left + right) / 2, tip), QPointF(right, base), QPointF(left, base)])
