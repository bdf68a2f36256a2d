"""The norm of the gradient of each weight, as bars on a logarithmic scale."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.training.events import GradientNorm
from app.core.training.log_scale import LogScale
from app.core.training.progress import short_power
from app.ui import theme

ROW = 20
_AXIS = 18
_NAME_SHARE = 0.36
_VALUE_WIDTH = 62
_BAR = 8
_LEAST_TICK = 44
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class GradientBars(QWidget):
    """One row per weight: its name, its bar, its norm. A thin mark tells where the bar ended one step before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.norms: tuple[GradientNorm, ...] = ()
        self._before: dict[str, float] = {}
        self.scale = LogScale.of(())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Gradient norms"))
        theme.notifier().changed.connect(self.update)

    def show_norms(self, norms: Sequence[GradientNorm]) -> None:
        """Show the norms of another step; the scale only grows, so that bars can be compared from step to step."""
        self._before = {norm.name: norm.norm for norm in self.norms}
        self.norms = tuple(norms)
        self.scale = LogScale.of((norm.norm for norm in norms), self.scale if self._before else None)
        self.setAccessibleDescription(", ".join(f"{norm.name} {norm.norm:.2g}" for norm in norms))
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Forget the run."""
        self.norms, self._before = (), {}
        self.update()

    def sizeHint(self) -> QSize:
        """A row per weight, and the numbers of the scale."""
        return QSize(300, _AXIS + ROW * len(self.norms))

    def minimumSizeHint(self) -> QSize:
        """All of it: what does not fit scrolls."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Scale, then rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(theme.SMALL_FONT_SIZE)
        painter.setFont(font)
        area = QRectF(_NAME_SHARE * self.width(), _AXIS, 0, ROW * len(self.norms))
        area.setRight(self.width() - _VALUE_WIDTH)
        if self.norms:
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(QRectF(0, 0, area.left(), _AXIS - 4), _LEFT, self.tr("norm, | one step before"))
            self._paint_scale(painter, area)
        for row, norm in enumerate(self.norms):
            self._paint_row(painter, area, _AXIS + row * ROW, norm)
        painter.end()

    def _paint_scale(self, painter: QPainter, area: QRectF) -> None:
        powers = self.scale.powers
        every = max(1, round(_LEAST_TICK * len(powers) / max(1.0, area.width()) + 0.5))
        for power in powers[::every]:
            x = round(area.left() + self.scale.share(10.0**power) * area.width()) + 0.5
            painter.setPen(QPen(QColor(theme.colours().line), theme.LINE))
            painter.drawLine(round(x), round(area.top()), round(x), round(area.bottom()))
            painter.setPen(QColor(theme.colours().muted))
            place = QRectF(x - _LEAST_TICK, 0, 2 * _LEAST_TICK, _AXIS - 4)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, short_power(f"{10.0**power:.4g}"))

    def _paint_row(self, painter: QPainter, area: QRectF, top: float, norm: GradientNorm) -> None:
        colours, middle = theme.colours(), top + ROW / 2
        painter.setPen(QColor(colours.text))
        name = QRectF(0, top, area.left() - theme.SPACING, ROW)
        fitting = painter.fontMetrics().elidedText(norm.name, Qt.TextElideMode.ElideLeft, int(name.width()))
        painter.drawText(name, _LEFT, fitting)
        value = QRectF(area.right() + theme.SPACING, top, _VALUE_WIDTH - theme.SPACING, ROW)
        painter.drawText(value, _LEFT, f"{norm.norm:.2g}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        width = self.scale.share(norm.norm) * area.width()
        painter.drawRoundedRect(QRectF(area.left(), middle - _BAR / 2, width, _BAR), 2, 2)
        if norm.name in self._before:
            x = area.left() + self.scale.share(self._before[norm.name]) * area.width()
            painter.setBrush(QColor(colours.muted))
            painter.drawRect(QRectF(x - 1, middle - _BAR / 2 - 2, 2, _BAR + 4))
