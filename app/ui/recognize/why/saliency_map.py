"""Which places spoke for the answer: the map of attributions, with the drawing over it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.datasets.types import IMAGE_SIZE
from app.core.inference.explaining.saliency import Saliency
from app.ui import theme
from app.ui.common.painted import Painted

MOST_SIDE = 7 * IMAGE_SIZE
_LEGEND_HEIGHT = 22
_SWATCH = 12
_STRONG = 0.5
"""Places with more than this share of the strongest get a sign, so that nobody needs the colours."""
_FAINTER = 0.8
"""Faint places are shown a little stronger than they are."""
_INK = 0.4
_PALE = 0.35


class WhyMap(Painted):
    """Blue with a plus for what spoke for the class, orange with a minus for what spoke against it.

    The paper is white in both schemes, and so are the colours on it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._signs: list[tuple[int, int, bool]] = []
        self._legend = ("", "")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Map of the evidence for and against the answer"))

    def hasHeightForWidth(self) -> bool:
        """A square and a legend."""
        return True

    def heightForWidth(self, width: int) -> int:
        """A square and a legend."""
        return min(width, MOST_SIDE) + _LEGEND_HEIGHT

    def sizeHint(self) -> QSize:
        """The largest it gets."""
        return QSize(MOST_SIDE, MOST_SIDE + _LEGEND_HEIGHT)

    @property
    def signs(self) -> tuple[tuple[int, int, bool], ...]:
        """Row, column and whether it is a plus, of the places that have a sign."""
        return tuple(self._signs)

    def show_saliency(self, found: Saliency, image: NDArray[np.float32], legend: tuple[str, str]) -> None:
        """Show attributions over the picture (28, 28) float32, ink = 1; `legend`: what blue says, and orange."""
        strength = found.shown
        self._image = _coloured(strength, image)
        strong = np.argwhere(np.abs(strength) > _STRONG)
        self._signs = [(int(row), int(column), bool(strength[row, column] > 0)) for row, column in strong]
        self._legend = legend
        self.setAccessibleDescription("; ".join(legend))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paper, map, signs, legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1 if self.isEnabled() else _PALE)
        side = min(self.width(), self.height() - _LEGEND_HEIGHT)
        place = QRectF((self.width() - side) / 2, 0, side, side)
        if self._image is not None:
            painter.drawImage(place, self._image)
            self._paint_signs(painter, place)
            self._paint_legend(painter, QRectF(0, place.bottom(), self.width(), _LEGEND_HEIGHT))
        painter.setPen(QColor(theme.colours().line))
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _paint_signs(self, painter: QPainter, place: QRectF) -> None:
        pixel = place.width() / IMAGE_SIZE
        painter.setPen(QPen(QColor(theme.LIGHT.paper), 1.2))
        for row, column, is_plus in self._signs:
            centre = place.topLeft() + QPointF((column + 0.5) * pixel, (row + 0.5) * pixel)
            _paint_sign(painter, centre, pixel * 0.28, is_plus)

    def _paint_legend(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(theme.small(painter.font()))
        metrics, most = painter.fontMetrics(), int((room.width() - theme.PADDING) / 2 - _SWATCH - 6)
        legend = [metrics.elidedText(words, Qt.TextElideMode.ElideRight, most) for words in self._legend]
        widths = [_SWATCH + 6 + metrics.horizontalAdvance(words) for words in legend]
        left = room.left() + max(0.0, (room.width() - sum(widths) - theme.PADDING) / 2)
        for words, width, is_plus in zip(legend, widths, (True, False), strict=True):
            swatch = QRectF(left, room.center().y() - _SWATCH / 2 + 2, _SWATCH, _SWATCH)
            painter.fillRect(swatch, QColor(theme.LIGHT.accent if is_plus else theme.LIGHT.validation))
            painter.setPen(QPen(QColor(theme.LIGHT.paper), 1.5))
            _paint_sign(painter, swatch.center(), _SWATCH * 0.3, is_plus)
            painter.setPen(QColor(theme.colours().muted))
            text = QRectF(swatch.right() + 6, swatch.top() - 2, width, _SWATCH + 4)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            left += width + theme.PADDING


def _paint_sign(painter: QPainter, centre: QPointF, reach: float, is_plus: bool) -> None:
    across, down = QPointF(reach, 0), QPointF(0, reach)
    painter.drawLine(QLineF(centre - across, centre + across))
    if is_plus:
        painter.drawLine(QLineF(centre - down, centre + down))


def _coloured(strength: NDArray[np.float32], image: NDArray[np.float32]) -> QImage:
    """Paper in the colours of the map (28, 28) in [-1, 1], under the ink (28, 28) in [0, 1]."""
    paper, ink = _rgb(theme.LIGHT.paper), _rgb(theme.LIGHT.ink)
    colour = np.where(strength[:, :, None] > 0, _rgb(theme.LIGHT.accent), _rgb(theme.LIGHT.validation))
    share = (np.abs(strength) ** _FAINTER)[:, :, None]
    ground = paper * (1 - share) + colour * share
    cover = _INK * image[:, :, None]
    levels = np.ascontiguousarray(np.rint(ground * (1 - cover) + ink * cover), np.uint8)
    side = IMAGE_SIZE
    return QImage(levels.tobytes(), side, side, 3 * side, QImage.Format.Format_RGB888).copy()


def _rgb(name: str) -> NDArray[np.float64]:
    colour = QColor(name)
    return np.array([colour.red(), colour.green(), colour.blue()], np.float64)
