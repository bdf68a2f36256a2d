"""The curves of all trials of a search in one plot. Imports pyqtgraph."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.core.search.status import SearchStatus, TrialStatus
from app.core.training.curves import Numbers
from app.core.training.progress import figure
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.plot_frame import PlotFrame
from app.ui.widgets.runs_signs import SIGNS
from app.ui.widgets.search_model import Row
from app.ui.widgets.search_text import BEST, share_text

MOST_LETTERS = 44
"""Of a name in the legend."""

MARKS = 8
"""About so many signs stand on a curve, however long it is."""


class TrialsPlot(PlotFrame):
    """A few trials have a colour and a sign each; of many, all are thin and grey but the best and the selected one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self._selected: int | None = None
        self._others, self._lines = self._plot.plot(), [self._plot.plot() for _ in SIGNS]
        self._marks = [self._plot.plot() for _ in SIGNS]
        self._best, self._chosen = self._plot.plot(), self._plot.plot()
        for curve in (*self._lines, self._best, self._chosen):
            curve.opts["antialias"] = True
        self._colour()
        self.set_epochs(0)

    def show_rows(self, rows: Sequence[Row], selected: int | None) -> None:
        """Draw the curves of these trials; `selected` is the number of one of them."""
        self._rows, self._selected = rows, selected
        epochs = max((len(row.trial.curve) for row in rows), default=0)
        if epochs != self._epochs:
            self.set_epochs(epochs)
        self.redraw()

    def redraw(self) -> None:
        """Draw everything anew."""
        colours = theme.colours()
        signed = {row.sign: row for row in self._rows if row.sign is not None}
        for place, (line, mark) in enumerate(zip(self._lines, self._marks, strict=True)):
            row = signed.get(place)
            self._draw(line, row, colours.series[place], 2)
            self._mark(mark, row, colours.series[place])
        grey = [] if signed else [row for row in self._rows if row.trial.curve]
        self._others.setData(*_joined([row.trial for row in grey]), connect="finite")
        self._others.setPen(pg.mkPen(colours.bar, width=1))
        best = next((row for row in self._rows if row.is_best and not signed), None)
        chosen = next((row for row in self._rows if row.trial.number == self._selected), None)
        self._draw(self._best, best, colours.best, 2)
        is_signed = chosen is not None and chosen.sign is not None
        self._draw(
            self._chosen, chosen, colours.series[chosen.sign or 0] if chosen and is_signed else colours.accent, 3
        )
        self._fit_values(any(row.trial.curve for row in self._rows))

    def _draw(self, item: Any, row: Row | None, colour: str, width: int) -> None:
        curve = row.trial.curve if row is not None else ()
        item.setData(*_points(curve), connect="finite")
        item.setPen(pg.mkPen(colour, width=width))

    def _mark(self, item: Any, row: Row | None, colour: str) -> None:
        epochs, values = _points(row.trial.curve if row is not None else ())
        some = (
            np.unique(np.linspace(0, len(epochs) - 1, MARKS).round().astype(int)) if len(epochs) else np.array([], int)
        )
        sign = SIGNS[row.sign or 0].symbol if row is not None else "o"
        item.setData(
            epochs[some], values[some], pen=None, symbol=sign, symbolSize=8, symbolBrush=colour, symbolPen=None
        )

    def _colour(self) -> None:
        super()._colour()
        self.redraw()


class SearchCurves(Card):
    """The plot, and above it what its lines are, or the values under the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Validation after each epoch"), parent)
        self.plot, self.legend = TrialsPlot(), QLabel()
        self._rows: Sequence[Row] = ()
        self._selected: int | None = None
        self._pointed: float | None = None
        self._by_loss = False
        self.legend.setProperty("role", "caption")
        self.legend.setWordWrap(True)
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.body.addWidget(self.legend)
        self.body.addWidget(self.plot, 1)
        self.plot.pointed_at.connect(self._on_pointed_at)
        theme.notifier().changed.connect(self._show_legend)

    def show_trials(self, status: SearchStatus, rows: Sequence[Row], selected: int | None) -> None:
        """Draw these trials, in the order of their numbers, and bring one out."""
        self._rows = sorted(rows, key=lambda row: row.trial.number)
        self._selected, self._by_loss = selected, status.objective == "val_loss"
        self.plot.show_rows(self._rows, selected)
        self._show_legend()

    @Slot(object)
    def _on_pointed_at(self, epoch: float | None) -> None:
        self._pointed = epoch
        self.plot.point_at(epoch)
        self._show_legend()

    @Slot()
    def _show_legend(self) -> None:
        drawn = [row for row in self._rows if row.trial.curve]
        if not drawn:
            self.legend.setText(escape(self.tr("Curves appear after the first epoch of a trial.")))
            return
        pointed = self._pointed
        named = [row for row in drawn if row.sign is not None or row.is_best or row.trial.number == self._selected]
        entries = [self._entry(row, pointed) for row in named]
        if pointed is not None:
            entries.insert(0, escape(self.tr("epoch {epoch}").format(epoch=round(pointed))))
        elif not any(row.sign is not None for row in drawn):
            entries.append(escape(self.tr("grey: the other trials; select one in the table to bring it out")))
        self.legend.setText("&nbsp;&nbsp; ".join(entries))

    def _entry(self, row: Row, epoch: float | None) -> str:
        colours = theme.colours()
        is_selected = row.trial.number == self._selected
        if row.sign is not None:
            colour, sign = colours.series[row.sign], SIGNS[row.sign].letter
        else:
            colour, sign = (colours.accent, "—") if is_selected else (colours.best, "—")
        words = _short(row.what) if epoch is None else self._value(row.trial, epoch)
        words = f"{BEST} {words}" if row.is_best else words
        text = escape(words).replace(" ", "&nbsp;")
        return f'<span style="color:{colour}">{sign}</span>&nbsp;' + (f"<b>{text}</b>" if is_selected else text)

    def _value(self, trial: TrialStatus, epoch: float) -> str:
        place = round(epoch) - 1
        if not 0 <= place < len(trial.curve):
            return "–"
        return figure(trial.curve[place], 4) if self._by_loss else share_text(trial.curve[place])


def _short(words: str) -> str:
    """Without its middle, if it is long: what differs may stand at the end."""
    return words if len(words) <= MOST_LETTERS else f"{words[: MOST_LETTERS // 2]}…{words[-MOST_LETTERS // 2 :]}"


def _points(curve: Sequence[float]) -> tuple[Numbers, Numbers]:
    """Epochs and values; what is not finite becomes nan, which is not drawn."""
    values = np.array(curve, dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return np.arange(1, len(values) + 1, dtype=np.float64), values


def _joined(trials: Sequence[TrialStatus]) -> tuple[Numbers, Numbers]:
    """All curves as one line with gaps, which is drawn at once however many there are."""
    parts = [_points((*trial.curve, float("nan"))) for trial in trials]
    empty = np.array([], dtype=np.float64)
    return (
        np.concatenate([epochs for epochs, _ in parts] or [empty]),
        np.concatenate([values for _, values in parts] or [empty]),
    )
