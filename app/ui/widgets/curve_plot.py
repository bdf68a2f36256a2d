"""One quantity of a run over its epochs. Imports pyqtgraph, so import this only where a plot is made."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.core.training.curves import Numbers, Series
from app.ui import theme
from app.ui.widgets.plot_frame import PlotFrame

MANY = 1000
"""So many points of a curve are thinned out before they are drawn."""
LOG_FLOOR = 1e-6
"""A loss of 0 has no logarithm; it is drawn here."""


class CurvePlot(PlotFrame):
    """Training per group of batches (thin), training and validation as lines, the best epoch as a green dot.

    Everything is added at once and drawn by `redraw`, so that the pace of a run never drives the painting.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.batches, self.smoothed, self.training, self.validation = (Series() for _ in range(4))
        self._best: tuple[float, float] | None = None
        self._is_smooth = True
        self._batch_curve, self._training_curve, self._validation_curve, self._best_dot = (
            self._plot.plot() for _ in range(4)
        )
        # Drawing thousands of antialiased segments takes longer than a frame; the thin curve goes without.
        for curve in (self._training_curve, self._validation_curve, self._best_dot):
            curve.opts["antialias"] = True
        for curve in (self._batch_curve, self._training_curve):
            curve.setClipToView(True)
        self._reference = pg.InfiniteLine(angle=0, movable=False)
        self._reference.hide()
        self._plot.addItem(self._reference)
        self._colour()
        self.set_epochs(0)

    def set_best(self, epoch: float, value: float) -> None:
        """Mark the best epoch."""
        self._best = epoch, value

    @property
    def reference(self) -> float | None:
        """The value of the dotted line, None for none."""
        return float(self._reference.value()) if self._reference.isVisible() else None

    def set_reference(self, value: float | None) -> None:
        """Draw a dotted line at a value to compare with, or none."""
        self._reference.setVisible(value is not None)
        if value is not None:
            self._reference.setPos(value)

    def set_smooth(self, smooth: bool) -> None:
        """Draw training as a running mean over its batches, or as the means of its epochs."""
        self._is_smooth = smooth
        self.redraw()

    def clear(self) -> None:
        """Forget the run."""
        self.batches, self.smoothed, self.training, self.validation = (Series() for _ in range(4))
        self._best = None
        self.redraw()

    def redraw(self) -> None:
        """Show what was added."""
        line = self.smoothed if self._is_smooth else self.training
        for curve, series in ((self._batch_curve, self.batches), (self._training_curve, line)):
            # Thinning out drops what is left over: too much where there are only a few points.
            curve.setDownsampling(auto=len(series) > MANY, method="peak")
        self._batch_curve.setData(self.batches.x, self._drawable(self.batches.y))
        self._training_curve.setData(line.x, self._drawable(line.y))
        self._validation_curve.setData(self.validation.x, self._drawable(self.validation.y))
        best = np.array([self._best] if self._best else []).reshape(-1, 2).T
        self._best_dot.setData(best[0], self._drawable(best[1]))
        self._fit_values(bool(len(self.batches)))

    def _drawable(self, values: Numbers) -> Numbers:
        return np.maximum(values, LOG_FLOOR) if self._is_log else values

    def _colour(self) -> None:
        super()._colour()
        colours = theme.colours()
        thin = pg.mkColor(colours.accent)
        thin.setAlphaF(0.45)
        self._batch_curve.setPen(pg.mkPen(thin, width=1))
        self._training_curve.setPen(pg.mkPen(colours.accent, width=2))
        self._validation_curve.setPen(pg.mkPen(colours.validation, width=2))
        self._mark(self._validation_curve, colours.validation, 6)
        self._mark(self._best_dot, colours.best, 11)
        self._best_dot.setPen(None)
        self._reference.setPen(pg.mkPen(colours.muted, width=1, style=Qt.PenStyle.DotLine))

    def _mark(self, curve: Any, colour: str, size: int) -> None:
        curve.setSymbol("o")
        curve.setSymbolSize(size)
        curve.setSymbolBrush(pg.mkBrush(colour))
        curve.setSymbolPen(pg.mkPen(None))
