"""Curves as a picture to copy and to save: white in every theme, with a title and a legend. Imports pyqtgraph."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from app.ui import theme
from app.ui.common.plots.epoch_plot import CurvePlot
from app.ui.common.plots.figure import plot_font
from app.ui.common.plots.legend import entries_of, height_of, lay_out, paint_legend
from app.ui.common.plots.line import Line

_SIZE = QSizeF(720, 440)
_MARGIN, _GAP, _TITLE, _FOOT = 16.0, 8.0, 22.0, 16.0


class CurveFigure:
    """What `plot` shows now, under `title`; `across` is what its lower axis counts."""

    size = _SIZE

    def __init__(self, plot: CurvePlot, title: str, across: str) -> None:
        self._lines: Sequence[Line] = plot.lines
        self._title, self._across = title, across
        self._plot = CurvePlot(colours=theme.LIGHT)
        self._plot.show_lines(plot.lines)
        self._plot.set_log(plot.is_log)
        self._plot.set_view(plot.view)

    def paint(self, painter: QPainter) -> None:
        """Title, legend, plot and the name of the lower axis, from above."""
        painter.fillRect(QRectF(QPointF(), _SIZE), QColor(theme.LIGHT.card))
        left, width = _MARGIN, _SIZE.width() - 2 * _MARGIN
        painter.setFont(_title_font())
        painter.setPen(QColor(theme.LIGHT.text))
        painter.drawText(QRectF(left, _MARGIN, width, _TITLE), int(Qt.AlignmentFlag.AlignTop), self._title)
        legend = lay_out(entries_of(self._lines), width, plot_font())
        top = _MARGIN + _TITLE
        painter.save()
        painter.translate(left, top)
        paint_legend(painter, legend, theme.LIGHT, plot_font())
        painter.restore()
        top += height_of(legend) + _GAP
        room = QRectF(left, top, width, _SIZE.height() - top - _MARGIN - _FOOT)
        self._plot.paint(painter, room)
        painter.setFont(plot_font())
        painter.setPen(QColor(theme.LIGHT.muted))
        below = QRectF(left, room.bottom(), width, _FOOT)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), self._across)


def _title_font() -> QFont:
    font = plot_font(theme.FONT_SIZE)
    font.setBold(True)
    return font
