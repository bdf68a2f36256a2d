"""What every plot over epochs has: axes, a hair line, and nothing to get lost in. Imports pyqtgraph."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.training.curve_view import log_ticks, tick_step
from app.core.training.progress import short_power
from app.ui import theme

AXIS_WIDTH = 38


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """The axis of values. On a logarithmic scale, too, it has numbers whatever range it shows."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """One level of ticks; on a logarithmic scale their places are logarithms."""
        if not self.logMode:
            ticks: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
            return ticks
        return [(1.0, [math.log10(value) for value in log_ticks(min(low, high), max(low, high))])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Short ones: 0.25, 20, 1e30."""
        if self.logMode:
            return [short_power(f"{10**value:.4g}") for value in values]
        if max(map(abs, values), default=0.0) < 1e4:
            plain: list[str] = super().tickStrings(values, scale, spacing)
            return plain
        return [short_power(f"{value:.1e}") if value else "0" for value in values]


class PlotFrame(QWidget):
    """An empty plot of values over epochs, for subclasses to draw into `_plot`."""

    pointed_at = Signal(object)  # the epoch under the pointer as float, None when it left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_log, self._epochs = False, 0
        self._view: Any = pg.PlotWidget(axisItems={"left": ValueAxis("left")})
        self._plot: Any = self._view.getPlotItem()
        self._tidy_plot()
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._hair.hide()
        self._plot.addItem(self._hair, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self._view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        theme.notifier().changed.connect(self._on_colours_changed)

    def set_epochs(self, epochs: int) -> None:
        """Make the axis of epochs that long; 0 for none."""
        self._epochs = epochs
        self._plot.setXRange(0, max(1, epochs), padding=0.04)
        self._plot.getAxis("bottom").setTickSpacing(tick_step(epochs), tick_step(epochs))

    def set_log(self, log: bool) -> None:
        """Choose the scale of the values."""
        self._is_log = log
        self._plot.setLogMode(x=False, y=log)
        self.set_epochs(self._epochs)  # pyqtgraph has let go of the range
        self.redraw()

    def redraw(self) -> None:
        """Show what there is."""
        raise NotImplementedError

    def point_at(self, epoch: float | None) -> None:
        """Put the hair line on an epoch, or take it away."""
        self._hair.setVisible(epoch is not None)
        if epoch is not None:
            self._hair.setPos(epoch)

    def leaveEvent(self, event: Any) -> None:
        """Nothing is pointed at any more."""
        self.pointed_at.emit(None)
        super().leaveEvent(event)

    def _tidy_plot(self) -> None:
        """Take away what invites to get lost: pyqtgraph's menus, buttons, panning and zooming."""
        self._view.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setContentsMargins(0, 0, theme.PADDING, 0)
        self._plot.getAxis("left").setWidth(AXIS_WIDTH)
        self._plot.showGrid(x=False, y=True, alpha=0.5)
        font = QFont(self.font())
        font.setPixelSize(theme.SMALL_FONT_SIZE)
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setStyle(tickLength=0, maxTickLevel=0, autoExpandTextSpace=False, hideOverlappingLabels=False)
            axis.setTickFont(font)
            axis.enableAutoSIPrefix(False)

    def _fit_values(self, has_values: bool) -> None:
        """Fit the axis of values to the curves; an empty plot shows a scale all the same."""
        self._plot.enableAutoRange(axis="y", enable=has_values)
        if not has_values:
            self._plot.setYRange(*((-2, 0) if self._is_log else (0, 1)), padding=0.05)

    @Slot()
    def _on_colours_changed(self) -> None:
        # Not to be overridden: PySide would go on calling such a slot when the widget is long deleted.
        self._colour()

    def _colour(self) -> None:
        """Put on the colours of now."""
        colours = theme.colours()
        self._view.setBackground(colours.card)
        self._hair.setPen(pg.mkPen(colours.muted, width=1, style=Qt.PenStyle.DashLine))
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.muted))

    @Slot(object)
    def _on_mouse_moved(self, position: QPointF) -> None:
        inside = self._plot.sceneBoundingRect().contains(position)
        epoch = float(self._plot.vb.mapSceneToView(position).x())
        self.pointed_at.emit(epoch if inside and 0 <= epoch <= self._epochs else None)
