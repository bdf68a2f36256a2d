"""Accuracy, loss, and how each class is read, as a file shows them."""

import math

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.reliability import ClassFigures
from app.core.percentages import percent
from app.core.training.progress import figure
from app.ui import theme
from app.ui.widgets.item_text import item_font

translate = QCoreApplication.translate

Texts = tuple[str, str, str, str, str]

_MARGIN, _GAP, _BETWEEN, _NARROWEST = 20.0, 28.0, 48.0, 360.0
_MOST_ROWS = 25
"""More classes than these make a picture that is hard to fit on a page or a slide."""
_TO_LEFT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TO_RIGHT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ClassFigure:
    """A table on white: a row for each class, with names in full. Above it is what was read by whom, and how well.

    Many classes stand in columns beside each other.
    """

    def __init__(self, evaluation: ModelEvaluation) -> None:
        read = translate("class_figure", "{model} on {data}").format(model=evaluation.title, data=evaluation.data)
        well = translate("class_figure", "Accuracy {accuracy}, loss {loss}").format(
            accuracy=percent(evaluation.accuracy, 2), loss=figure(evaluation.loss, 4)
        )
        self._lines = (read, well)
        self._titles = (
            translate("class_figure", "Class"),
            translate("class_figure", "Precision"),
            translate("class_figure", "Recall"),
            translate("class_figure", "F1"),
            translate("class_figure", "Count"),
        )
        rows = [class_texts(one) for one in evaluation.classes]
        tall = math.ceil(len(rows) / math.ceil(len(rows) / _MOST_ROWS))
        self._columns = [rows[first : first + tall] for first in range(0, len(rows), tall)]
        plain, bold = QFontMetricsF(item_font()), QFontMetricsF(item_font(bold=True))
        widths = [max(map(bold.horizontalAdvance, texts)) for texts in zip(self._titles, *rows, strict=True)]
        self._width = math.ceil(max(_NARROWEST, sum(widths) + _GAP * (len(widths) - 1)))
        self._rights = [self._width - sum(widths[at + 1 :]) - _GAP * (len(widths) - 1 - at) for at in range(5)]
        inside = (self._width + _BETWEEN) * len(self._columns) - _BETWEEN
        inside = max(inside, *(math.ceil(plain.horizontalAdvance(line)) for line in self._lines))
        height = math.ceil((len(self._lines) + 0.5 + 1 + tall) * theme.ROW_HEIGHT)
        self.size = QSizeF(inside + 2 * _MARGIN, height + 2 * _MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Everything, the ground too."""
        painter.fillRect(QRectF(QPointF(), self.size), QColor(theme.LIGHT.card))
        top = _MARGIN
        for line in self._lines:
            _write(painter, line, _MARGIN, top)
            top += theme.ROW_HEIGHT
        for number, rows in enumerate(self._columns):
            self._paint_column(painter, rows, QPointF(_MARGIN + number * (self._width + _BETWEEN), top))

    def _paint_column(self, painter: QPainter, rows: list[Texts], corner: QPointF) -> None:
        """Titles and rows, each with a line below."""
        left, top = corner.x(), corner.y() + theme.ROW_HEIGHT / 2
        for number, row in enumerate([self._titles, *rows]):
            is_title = number == 0
            _write(painter, row[0], left, top, is_title)
            for text, right in zip(row[1:], self._rights[1:], strict=True):
                _write(painter, text, left + right, top, is_title, _TO_LEFT)
            top += theme.ROW_HEIGHT
            painter.setPen(QPen(QColor(theme.LIGHT.line), theme.LINE))
            painter.drawLine(QPointF(left, top), QPointF(left + self._width, top))


def class_texts(figures: ClassFigures) -> Texts:
    """Name, precision, recall, F1 and count as people read them."""
    precision, recall, f1 = (share_text(share) for share in (figures.precision, figures.recall, figures.f1))
    return figures.name, precision, recall, f1, f"{figures.support:,}"


def share_text(share: float | None, digits: int = 1) -> str:
    """A share in percent; a dash for one of nothing."""
    return "–" if share is None else percent(share, digits)


def _write(  # noqa: PLR0917 - as Qt's own drawing functions have it
    painter: QPainter, text: str, x: float, top: float, is_title: bool = False, align: Qt.AlignmentFlag = _TO_RIGHT
) -> None:
    """A line of text that begins, or ends, at `x`."""
    painter.setFont(item_font(bold=is_title))
    painter.setPen(QColor(theme.LIGHT.muted if is_title else theme.LIGHT.text))
    painter.drawText(QRectF(x, top, 0, theme.ROW_HEIGHT), int(align | Qt.TextFlag.TextDontClip), text)
