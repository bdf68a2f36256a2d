"""The reliability diagram: whether the network is right as often as it is sure. On the screen and in files."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.metrics import CalibrationBin
from app.core.percentages import percent
from app.ui import theme
from app.ui.common import build
from app.ui.common.painted import Painted
from app.ui.common.text import RIGHT
from app.ui.theme import Colours

# How a reliability diagram is painted, on the screen and into files: accuracy over confidence, counts below it.

translate = QCoreApplication.translate

FEW = 10
"""A dot that stands for fewer pictures than this is hollow: it may be chance."""
_LEFT, _TITLE, _NUMBERS, _GAP, _TOP = 44.0, 18.0, 16.0, 12.0, 8.0
_COUNTS_SHARE = 0.26
_WIDEST = 1.7
"""As a multiple of the height of the upper plot."""
_DOT = 3.5
_GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
_TEXT = Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True)
class CalibrationGeometry:
    """Two plots above each other: `curve` with accuracy from 0 to 1, `counts` with how many pictures there are."""

    curve: QRectF
    counts: QRectF

    def bin_at(self, point: QPointF, bins: Sequence[CalibrationBin]) -> CalibrationBin | None:
        """The bin above or below which the point is."""
        if not self.curve.united(self.counts).contains(point):
            return None
        share = (point.x() - self.curve.left()) / self.curve.width()
        return next((part for part in bins if part.lower <= share <= part.upper), None)

    def point(self, confidence: float, accuracy: float) -> QPointF:
        """Where a pair of shares, 0..1, is in the upper plot."""
        return QPointF(
            self.curve.left() + confidence * self.curve.width(), self.curve.bottom() - accuracy * self.curve.height()
        )


@dataclass(frozen=True)
class CountScale:
    """A logarithmic axis of counts, up to `most` in so many pixels; nothing is 0 pixels high."""

    most: int
    pixels: float

    def height(self, count: int) -> float:
        """How high a count is, in pixels."""
        return self.pixels * math.log10(1 + count) / math.log10(1 + max(1, self.most))

    def ticks(self, apart: float) -> tuple[int, ...]:
        """Powers of ten that leave their numbers room: so many pixels from one to the next."""
        powers = [10**power for power in range(len(str(self.most)))]
        stride = next(n for n in range(1, 100) if n == len(powers) or self._are_apart(powers[::n], apart))
        return tuple(powers[::stride])

    def _are_apart(self, counts: Sequence[int], apart: float) -> bool:
        heights = [self.height(count) for count in counts]
        return all(high - low >= apart for low, high in pairwise(heights))


def calibration_geometry(size: QSizeF) -> CalibrationGeometry:
    """Fit both plots and their numbers into `size`."""
    height = size.height() - _TOP - _GAP - _NUMBERS - _TITLE
    upper = max(1.0, height * (1 - _COUNTS_SHARE))
    room = max(1.0, size.width() - _LEFT - _TITLE - 12)
    width = min(room, upper * _WIDEST)
    left = _LEFT + _TITLE + (room - width) / 2
    curve = QRectF(left, _TOP, width, upper)
    return CalibrationGeometry(curve, QRectF(left, curve.bottom() + _GAP, width, max(1.0, height - upper)))


def paint_calibration(
    painter: QPainter, geometry: CalibrationGeometry, bins: Sequence[CalibrationBin], colours: Colours, font: QFont
) -> None:
    """Grid, the dashed line of honest confidence, bars, dots, counts."""
    painter.setFont(theme.small(font))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_axes(painter, geometry, colours)
    filled = [part for part in bins if part.count]
    for part in filled:
        bar = QRectF(geometry.point(part.lower, part.accuracy), geometry.point(part.upper, 0)).adjusted(1, 0, -1, 0)
        painter.fillRect(bar, QColor(colours.accent_soft))
    painter.setPen(QPen(QColor(colours.muted), 1.2, Qt.PenStyle.DashLine))
    painter.drawLine(geometry.point(0, 0), geometry.point(1, 1))
    _paint_dots(painter, geometry, filled, colours)
    _paint_counts(painter, geometry, filled, colours)


class CalibrationFigure:
    """The diagram as a file shows it: on white, whatever the window wears."""

    _MARGIN = 12.0
    size = QSizeF(640, 480)

    def __init__(self, bins: Sequence[CalibrationBin], font: QFont) -> None:
        self._bins, self._font = bins, font

    def paint(self, painter: QPainter) -> None:
        """Everything, the ground too."""
        painter.fillRect(QRectF(QPointF(), self.size), QColor(theme.LIGHT.card))
        room = QSizeF(self.size.width() - 2 * self._MARGIN, self.size.height() - 2 * self._MARGIN)
        painter.save()
        painter.translate(self._MARGIN, self._MARGIN)
        paint_calibration(painter, calibration_geometry(room), self._bins, theme.LIGHT, self._font)
        painter.restore()


def _paint_axes(painter: QPainter, geometry: CalibrationGeometry, colours: Colours) -> None:
    curve, counts = geometry.curve, geometry.counts
    for share in _GRID:
        level, across = geometry.point(0, share), geometry.point(share, 0)
        painter.setPen(QPen(QColor(colours.line), theme.LINE))
        painter.drawLine(level, QPointF(curve.right(), level.y()))
        painter.setPen(QColor(colours.muted))
        beside = QRectF(curve.left() - 6, level.y(), 0, 0)
        painter.drawText(beside, int(RIGHT | _TEXT), f"{share:.0%}")
        below = QRectF(across.x(), counts.bottom() + 2, 0, _NUMBERS)
        painter.drawText(below, int(_CENTRE | _TEXT), f"{share:.0%}")
    painter.setPen(QColor(colours.text))
    below = QRectF(curve.left(), counts.bottom() + _NUMBERS + 2, curve.width(), _TITLE)
    painter.drawText(below, int(_CENTRE | _TEXT), translate("calibration", "confidence"))
    _paint_upright(painter, curve, translate("calibration", "accuracy"))
    whole = translate("calibration", "pictures (log)")
    has_room = painter.fontMetrics().horizontalAdvance(whole) <= counts.height() + _GAP
    _paint_upright(painter, counts, whole if has_room else translate("calibration", "log"))


def _paint_upright(painter: QPainter, plot: QRectF, text: str) -> None:
    painter.save()
    painter.translate(plot.left() - _LEFT - _TITLE / 2, plot.center().y())
    painter.rotate(-90)
    painter.drawText(QRectF(-plot.height() / 2, -_TITLE / 2, plot.height(), _TITLE), int(_CENTRE | _TEXT), text)
    painter.restore()


def _paint_dots(
    painter: QPainter, geometry: CalibrationGeometry, bins: Sequence[CalibrationBin], colours: Colours
) -> None:
    points = [geometry.point(part.confidence, part.accuracy) for part in bins]
    painter.setPen(QPen(QColor(colours.accent), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    for part, point in zip(bins, points, strict=True):
        painter.setBrush(QColor(colours.card if part.count < FEW else colours.accent))
        painter.drawEllipse(point, _DOT, _DOT)


def _paint_counts(
    painter: QPainter, geometry: CalibrationGeometry, bins: Sequence[CalibrationBin], colours: Colours
) -> None:
    """Bars on a logarithmic scale: most answers are very sure, and the few that are not must be seen."""
    place = geometry.counts
    line = painter.fontMetrics().height()
    scale = CountScale(max((part.count for part in bins), default=1), place.height() - line)
    painter.setPen(QPen(QColor(colours.line), theme.LINE))
    painter.drawLine(place.bottomLeft(), place.bottomRight())
    for count in scale.ticks(line):
        y = place.bottom() - scale.height(count)
        painter.setPen(QPen(QColor(colours.line), theme.LINE))
        painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRectF(place.left() - 6, y, 0, 0), int(RIGHT | _TEXT), f"{count:,}")
    for part in bins:
        left, right = geometry.point(part.lower, 0).x() + 1, geometry.point(part.upper, 0).x() - 1
        height = max(2.0, scale.height(part.count))
        painter.fillRect(QRectF(left, place.bottom() - height, right - left, height), QColor(colours.bar))
        text = f"{part.count:,}"
        if painter.fontMetrics().horizontalAdvance(text) <= right - left + 8:
            painter.setPen(QColor(colours.muted))
            above = QRectF(left, place.bottom() - height - line, right - left, line)
            painter.drawText(above, int(_CENTRE | _TEXT), text)


# The reliability diagram: whether the network is right as often as it is sure.

_USUAL_SIZE = QSize(480, 420)
_LARGEST_SCALE = 1.8


class CalibrationPlot(Painted):
    """Paints the calibration of an evaluation, writing and all larger in a large window; a tooltip tells each bin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: tuple[CalibrationBin, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 180))
        self.setAccessibleName(self.tr("Calibration curve"))

    @property
    def scale(self) -> float:
        """How much larger than usual everything is."""
        across, down = self.width() / _USUAL_SIZE.width(), self.height() / _USUAL_SIZE.height()
        return max(1.0, min(across, down, _LARGEST_SCALE))

    @property
    def geometry_now(self) -> CalibrationGeometry:
        """Where everything is, at the usual size."""
        return calibration_geometry(QSizeF(self.size()) / self.scale)

    def show_evaluation(self, evaluation: ModelEvaluation | None) -> None:
        """Show its bins."""
        self._bins = evaluation.calibration if evaluation else ()
        self.setAccessibleDescription("\n".join(self.words(part) for part in self._bins if part.count))
        self.update()

    def words(self, part: CalibrationBin) -> str:
        """What a bin says."""
        words = self.tr("Confidence {lower:.0%} to {upper:.0%}: {count:,} pictures, accuracy {accuracy}")
        if not part.count:
            words = self.tr("Confidence {lower:.0%} to {upper:.0%}: no pictures")
        return words.format(**vars(part) | {"accuracy": percent(part.accuracy)})

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The diagram."""
        painter = QPainter(self)
        painter.scale(self.scale, self.scale)
        paint_calibration(painter, self.geometry_now, self._bins, theme.colours(), self.font())
        painter.end()

    def tip_at(self, at: QPointF) -> str:
        """The bin there."""
        part = self.geometry_now.bin_at(at / self.scale, self._bins)
        return "" if part is None else self.words(part)


# The reliability diagram with a sentence on how to read it.


class CalibrationView(QWidget):
    """Says the calibration error in plain words, and shows where it comes from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = CalibrationPlot()
        self._words = build.label(name="calibration_words", role="muted", wraps=True)
        build.column(self._words, (self.plot, 1), on=self)

    @property
    def words(self) -> str:
        """What is said above the diagram."""
        return self._words.text()

    def show_evaluation(self, evaluation: ModelEvaluation) -> None:
        """Show its calibration."""
        words = self.tr(
            "On average, confidence and accuracy differ by {error}. On the dashed line they are equal; "
            "below it the network is overconfident. Hollow dots stand for fewer than ten pictures. The "
            "bars below count the pictures, on a logarithmic scale."
        )
        self._words.setText(words.format(error=percent(evaluation.expected_calibration_error)))
        self.plot.show_evaluation(evaluation)
