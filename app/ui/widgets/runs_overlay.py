"""The curves of several runs in one plot: solid for training, dashed for validation. Imports pyqtgraph."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.core.training.curves import Numbers
from app.ui import theme
from app.ui.widgets.plot_frame import PlotFrame
from app.ui.widgets.runs_signs import SIGNS

LOG_FLOOR = 1e-6
MARKS = 8
"""About so many signs stand on a curve, however long it is."""


@dataclass(frozen=True, eq=False)
class RunCurve:
    """One quantity of a run: values at the ends of `epochs`; nan where nothing was measured."""

    epochs: Numbers
    training: Numbers
    validation: Numbers

    @property
    def has_validation(self) -> bool:
        """True if any epoch was validated."""
        return bool(np.isfinite(self.validation).any())

    def at(self, epoch: float) -> float | None:
        """The value at the nearest epoch, of validation where there is any; None where there is none near."""
        values = self.validation if self.has_validation else self.training
        place = int(np.abs(self.epochs - epoch).argmin()) if len(self.epochs) else 0
        is_near = len(self.epochs) > 0 and abs(self.epochs[place] - epoch) <= 0.5
        return float(values[place]) if is_near and np.isfinite(values[place]) else None


class RunsOverlay(PlotFrame):
    """Draws up to as many runs as there are signs, each in its colour and with its sign."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: Sequence[RunCurve] = ()
        self._items: list[Any] = []
        self._colour()
        self.set_epochs(0)

    @property
    def curves(self) -> Sequence[RunCurve]:
        """What is drawn."""
        return self._curves

    def show_curves(self, curves: Sequence[RunCurve]) -> None:
        """Draw these and nothing else."""
        self._curves = curves
        self.set_epochs(int(max((curve.epochs.max(initial=0) for curve in curves), default=0)))
        self.redraw()

    def redraw(self) -> None:
        """Draw everything anew."""
        for item in self._items:
            self._plot.removeItem(item)
        self._items = []
        colours = theme.colours()
        alone = len(self._curves) == 1
        for place, curve in enumerate(self._curves):
            colour = colours.series[place]
            other = colours.validation if alone else colour
            self._draw(curve.epochs, curve.training, pg.mkPen(colour, width=2))
            if curve.has_validation:
                self._draw(curve.epochs, curve.validation, pg.mkPen(other, width=2, style=Qt.PenStyle.DashLine))
            marked = curve.validation if curve.has_validation else curve.training
            self._mark(curve.epochs, marked, other, SIGNS[place].symbol)
            if len(curve.epochs) == 1:  # a line of one point would not be seen
                self._mark(curve.epochs, curve.training, colour, SIGNS[place].symbol)
        self._fit_values(any(np.isfinite(curve.training).any() for curve in self._curves))

    def _draw(self, epochs: Numbers, values: Numbers, pen: Any) -> None:
        item = self._plot.plot(epochs, self._drawable(values), pen=pen, connect="finite")
        item.opts["antialias"] = True
        self._items.append(item)

    def _mark(self, epochs: Numbers, values: Numbers, colour: str, symbol: str) -> None:
        finite = np.flatnonzero(np.isfinite(values))
        if not len(finite):
            return
        some = finite[np.unique(np.linspace(0, len(finite) - 1, MARKS).round().astype(int))]
        item = self._plot.plot(
            epochs[some],
            self._drawable(values[some]),
            pen=None,
            symbol=symbol,
            symbolSize=8,
            symbolBrush=colour,
            symbolPen=None,
        )
        self._items.append(item)

    def _drawable(self, values: Numbers) -> Numbers:
        return np.maximum(values, LOG_FLOOR) if self._is_log else values

    def _colour(self) -> None:
        super()._colour()
        self.redraw()
