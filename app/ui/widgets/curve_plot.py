"""One quantity of a run over its epochs. Imports pyqtgraph, so import this only where a plot is made."""

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.training.progress import Numbers, Series, log_ticks, short_power, tick_step
from app.ui import theme

AXIS_WIDTH = 38
LOG_FLOOR = 1e-6
"""A loss of 0 has no logarithm; it is drawn here."""


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


class CurvePlot(QWidget):
    """Training per group of batches (thin), training and validation as lines, the best epoch as a green dot.

    Everything is added at once and drawn by `redraw`, so that the pace of a run never drives the painting.
    """

    pointed_at = Signal(object)  # the epoch under the pointer as float, None when it left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.batches, self.smoothed, self.training, self.validation = (Series() for _ in range(4))
        self._best: tuple[float, float] | None = None
        self._is_smooth, self._is_log, self._epochs = True, False, 0
        self._view: Any = pg.PlotWidget(axisItems={"left": ValueAxis("left")})
        self._plot: Any = self._view.getPlotItem()
        self._tidy_plot()
        self._batch_curve, self._training_curve, self._validation_curve, self._best_dot = (
            self._plot.plot() for _ in range(4)
        )
        # Drawing thousands of antialiased segments takes longer than a frame; the thin curve goes without.
        for curve in (self._training_curve, self._validation_curve, self._best_dot):
            curve.opts["antialias"] = True
        for curve in (self._batch_curve, self._training_curve):
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._hair.hide()
        self._plot.addItem(self._hair, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self._view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        theme.notifier().changed.connect(self._on_colours_changed)
        self._on_colours_changed()
        self.set_epochs(0)

    def set_epochs(self, epochs: int) -> None:
        """Make the axis of epochs as long as the run is planned; 0 for none."""
        self._epochs = epochs
        self._plot.setXRange(0, max(1, epochs), padding=0.04)
        self._plot.getAxis("bottom").setTickSpacing(tick_step(epochs), tick_step(epochs))

    def set_best(self, epoch: float, value: float) -> None:
        """Mark the best epoch."""
        self._best = epoch, value

    def set_smooth(self, smooth: bool) -> None:
        """Draw training as a running mean over its batches, or as the means of its epochs."""
        self._is_smooth = smooth
        self.redraw()

    def set_log(self, log: bool) -> None:
        """Choose the scale of the values."""
        self._is_log = log
        self._plot.setLogMode(x=False, y=log)
        self.set_epochs(self._epochs)  # pyqtgraph has let go of the range
        self.redraw()

    def clear(self) -> None:
        """Forget the run."""
        for series in (self.batches, self.smoothed, self.training, self.validation):
            series.clear()
        self._best = None
        self.redraw()

    def redraw(self) -> None:
        """Show what was added."""
        line = self.smoothed if self._is_smooth else self.training
        self._batch_curve.setData(self.batches.x, self._drawable(self.batches.y))
        self._training_curve.setData(line.x, self._drawable(line.y))
        self._validation_curve.setData(self.validation.x, self._drawable(self.validation.y))
        best = np.array([self._best] if self._best else []).reshape(-1, 2).T
        self._best_dot.setData(best[0], self._drawable(best[1]))
        self._show_values()

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

    def _show_values(self) -> None:
        """Fit the axis of values to the curves; an empty plot shows a scale all the same."""
        self._plot.enableAutoRange(axis="y", enable=bool(len(self.batches)))
        if not len(self.batches):
            self._plot.setYRange(*((-2, 0) if self._is_log else (0, 1)), padding=0.05)

    def _drawable(self, values: Numbers) -> Numbers:
        return np.maximum(values, LOG_FLOOR) if self._is_log else values

    @Slot()
    def _on_colours_changed(self) -> None:
        colours = theme.colours()
        thin = pg.mkColor(colours.accent)
        thin.setAlphaF(0.45)
        self._view.setBackground(colours.card)
        self._batch_curve.setPen(pg.mkPen(thin, width=1))
        self._training_curve.setPen(pg.mkPen(colours.accent, width=2))
        self._validation_curve.setPen(pg.mkPen(colours.validation, width=2))
        self._mark(self._validation_curve, colours.validation, 6)
        self._mark(self._best_dot, colours.best, 11)
        self._best_dot.setPen(None)
        self._hair.setPen(pg.mkPen(colours.muted, width=1, style=Qt.PenStyle.DashLine))
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.muted))

    def _mark(self, curve: Any, colour: str, size: int) -> None:
        curve.setSymbol("o")
        curve.setSymbolSize(size)
        curve.setSymbolBrush(pg.mkBrush(colour))
        curve.setSymbolPen(pg.mkPen(None))

    @Slot(object)
    def _on_mouse_moved(self, position: QPointF) -> None:
        inside = self._plot.sceneBoundingRect().contains(position)
        epoch = float(self._plot.vb.mapSceneToView(position).x())
        self.pointed_at.emit(epoch if inside and 0 <= epoch <= self._epochs else None)
