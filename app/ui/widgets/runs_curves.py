"""Loss and accuracy of the selected runs, side by side. Imports pyqtgraph."""

from collections.abc import Mapping, Sequence
from html import escape
from operator import attrgetter

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.core.training.events import EpochDone
from app.core.training.history.records import RunRecord
from app.core.training.progress import figure
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.runs_overlay import RunCurve, RunsOverlay
from app.ui.widgets.runs_signs import SIGNS


class RunsCurves(QWidget):
    """Two cards. The line above each plot says what its lines are, or the values under the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss, self.accuracy = RunsOverlay(), RunsOverlay()
        self._legends = self._legend(), self._legend()
        self._pointed: float | None = None
        log = QCheckBox(self.tr("log"))
        log.setToolTip(self.tr("Logarithmic scale: shows small losses as clearly as large"))
        log.toggled.connect(self.loss.set_log)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.MARGIN)
        for title, plot, legend in zip((self.tr("Loss"), self.tr("Accuracy")), self._plots, self._legends, strict=True):
            card = Card(title)
            if plot is self.loss:
                card.header.addWidget(log)
            card.body.addWidget(legend)
            card.body.addWidget(plot, 1)
            row.addWidget(card, 1)
            plot.pointed_at.connect(self._on_pointed_at)
        theme.notifier().changed.connect(self._show_legends)
        self._show_legends()

    def show_runs(self, runs: Sequence[RunRecord], epochs: Mapping[int, Sequence[EpochDone]]) -> None:
        """Draw the runs that have epochs; every run keeps its place among the signs."""
        for plot, name in zip(self._plots, ("loss", "accuracy"), strict=True):
            plot.show_curves([_curve(epochs.get(run.id, ()), name) for run in runs])
        self._show_legends()

    @property
    def _plots(self) -> tuple[RunsOverlay, RunsOverlay]:
        return self.loss, self.accuracy

    def _legend(self) -> QLabel:
        label = QLabel()
        label.setProperty("role", "caption")
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        return label

    @Slot(object)
    def _on_pointed_at(self, epoch: float | None) -> None:
        self._pointed = epoch
        for plot in self._plots:
            plot.point_at(epoch)
        self._show_legends()

    @Slot()
    def _show_legends(self) -> None:
        for plot, legend in zip(self._plots, self._legends, strict=True):
            epoch = self._pointed
            words = self._meanings(plot) if epoch is None else self._values(plot, epoch)
            legend.setText(words or "&nbsp;")  # a space keeps the line's height

    def _meanings(self, plot: RunsOverlay) -> str:
        colours = theme.colours()
        if len(plot.curves) == 1:
            names = [_coloured(colours.series[0], "—", self.tr("training"))]
            if plot.curves[0].has_validation:
                names.append(_coloured(colours.validation, "–●–", self.tr("validation")))
            return "&nbsp;&nbsp; ".join(names)
        return escape(self.tr("solid: training, dashed: validation")) if plot.curves else ""

    def _values(self, plot: RunsOverlay, epoch: float) -> str:
        colours = theme.colours()
        alone = len(plot.curves) == 1
        said = [
            _coloured(colours.validation if alone else colours.series[place], SIGNS[place].letter, figure(value, 4))
            for place, curve in enumerate(plot.curves)
            if (value := curve.at(epoch)) is not None
        ]
        return "&nbsp; ".join([escape(self.tr("epoch {epoch}").format(epoch=round(epoch))), *said])


def _coloured(colour: str, sign: str, text: str) -> str:
    return f'<span style="color:{colour}">{sign}</span>&nbsp;{escape(text)}'


def _curve(epochs: Sequence[EpochDone], name: str) -> RunCurve:
    def values(attribute: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        numbers = np.array([getattr(epoch, attribute) for epoch in epochs], dtype=np.float64)  # None becomes nan
        numbers[~np.isfinite(numbers)] = np.nan
        return numbers

    ends = np.array(list(map(attrgetter("epoch"), epochs)), dtype=np.float64)
    return RunCurve(ends, values(name), values(f"val_{name}"))
