"""Accuracy, loss, and how each class is read, as a file shows them."""

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.core.inference.evaluation import ModelEvaluation
from app.core.inference.reliability import ClassFigures
from app.core.training.progress import figure
from app.ui import theme
from app.ui.widgets.item_text import item_font

translate = QCoreApplication.translate

_MARGIN, _GAP, _NARROWEST = 20.0, 28.0, 360.0
_TO_LEFT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TO_RIGHT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ClassFigure:
    """A table on white: a row for each class, with names in full. Above it is what was read by whom, and how well."""

    def __init__(self, evaluation: ModelEvaluation) -> None:
        read = translate("class_figure", "{model} on {data}").format(model=evaluation.model, data=evaluation.data)
        well = translate("class_figure", "Accuracy {accuracy:.2%}, loss {loss}").format(
            accuracy=evaluation.accuracy, loss=figure(evaluation.loss, 4)
        )
        self._lines = (read, well)
        titles = (
            translate("class_figure", "Class"),
            translate("class_figure", "Precision"),
            translate("class_figure", "Recall"),
            translate("class_figure", "F1"),
            translate("class_figure", "Count"),
        )
        self._rows = [titles] + [class_texts(one) for one in evaluation.classes]
        plain, bold = QFontMetricsF(item_font()), QFontMetricsF(item_font(bold=True))
        widths = [max(bold.horizontalAdvance(text) for text in column) for column in zip(*self._rows, strict=True)]
        inside = max(_NARROWEST, sum(widths) + _GAP * (len(widths) - 1), *map(plain.horizontalAdvance, self._lines))
        self._rights = [_MARGIN + inside - sum(widths[at + 1 :]) - _GAP * (len(widths) - 1 - at) for at in range(5)]
        lines = len(self._lines) + 0.5 + len(self._rows)
        self.size = QSizeF(inside + 2 * _MARGIN, lines * theme.ROW_HEIGHT + 2 * _MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Everything, the ground too."""
        painter.fillRect(QRectF(QPointF(), self.size), QColor(theme.LIGHT.card))
        top, right = _MARGIN, self.size.width() - _MARGIN
        for line in self._lines:
            _write(painter, line, _MARGIN, top)
            top += theme.ROW_HEIGHT
        top += theme.ROW_HEIGHT / 2
        for number, row in enumerate(self._rows):
            is_title = number == 0
            _write(painter, row[0], _MARGIN, top, is_title)
            for text, end in zip(row[1:], self._rights[1:], strict=True):
                _write(painter, text, end, top, is_title, _TO_LEFT)
            top += theme.ROW_HEIGHT
            painter.setPen(QPen(QColor(theme.LIGHT.line), theme.LINE))
            painter.drawLine(QPointF(_MARGIN, top), QPointF(right, top))


def class_texts(figures: ClassFigures) -> tuple[str, str, str, str, str]:
    """Name, precision, recall, F1 and count as people read them."""
    precision, recall, f1 = (share_text(share) for share in (figures.precision, figures.recall, figures.f1))
    return figures.name, precision, recall, f1, f"{figures.support:,}"


def share_text(share: float | None, digits: int = 1) -> str:
    """A share in percent; a dash for one of nothing."""
    return "–" if share is None else f"{share:.{digits}%}"


def _write(  # noqa: PLR0917 - as Qt's own drawing functions have it
    painter: QPainter, text: str, x: float, top: float, is_title: bool = False, align: Qt.AlignmentFlag = _TO_RIGHT
) -> None:
    """A line of text that begins, or ends, at `x`."""
    painter.setFont(item_font(bold=is_title))
    painter.setPen(QColor(theme.LIGHT.muted if is_title else theme.LIGHT.text))
    painter.drawText(QRectF(x, top, 0, theme.ROW_HEIGHT), int(align | Qt.TextFlag.TextDontClip), text)
