"""The curves of all trials of a search in one plot. Imports pyqtgraph."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.core.runs.curves import Numbers
from app.core.runs.progress import metric_text
from app.core.search.status import SearchStatus
from app.ui.common.plots.card import CurveCard
from app.ui.common.plots.line import ACCENT, BAR, BEST, NOTHING, SIGNS, Line, series
from app.ui.search.model import Row
from app.ui.search.text import BEST as STAR
from app.ui.search.text import share_text

translate = QCoreApplication.translate


class SearchCurves(CurveCard):
    """A few trials have a colour and a sign each; of many, all are thin and grey but the best and the selected one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        title = translate("SearchCurves", "Validation after each epoch")
        invitation = translate("SearchCurves", "Curves appear after the first epoch of a trial.")
        super().__init__(title, invitation, self._say, parent)
        self._by_loss = False

    def show_trials(self, status: SearchStatus, rows: Sequence[Row], selected: int | None) -> None:
        """Draw these trials, in the order of their numbers, and bring one out: `selected` is its number."""
        self._by_loss = status.objective == "val_loss"
        drawn = sorted((row for row in rows if row.trial.curve), key=lambda row: row.trial.number)
        signed = [row for row in drawn if row.sign is not None]
        named = [row for row in drawn if row.sign is not None or row.trial.number == selected or row.is_best]
        named.sort(key=lambda row: row.trial.number == selected)  # the selected one lies above all others
        grey = [] if signed else [row for row in drawn if row not in named]
        lines = [self._line(row, row.trial.number == selected) for row in named]
        self.show_lines((*([self._others(grey)] if grey else []), *lines))

    def _line(self, row: Row, is_selected: bool) -> Line:
        epochs, values = _points(row.trial.curve)
        if row.sign is not None:
            ink, sign = series(row.sign), SIGNS[row.sign].symbol
        else:
            ink, sign = (ACCENT, "o") if is_selected else (BEST, "star")
        name = f"{STAR} {row.what}" if row.is_best else row.what
        return Line(epochs, values, ink, name, width=3 if is_selected else 2, sign=sign)

    def _others(self, rows: Sequence[Row]) -> Line:
        """All as one line with gaps, which is drawn at once however many there are."""
        parts = [_points((*row.trial.curve, float("nan"))) for row in rows]
        x, y = (np.concatenate([part[axis] for part in parts] or [NOTHING]) for axis in (0, 1))
        words = self.tr("the other trials")
        return Line(x, y, BAR, words, self.tr("Select one in the table to highlight it"), width=1, is_many=True)

    def _say(self, value: float) -> str:
        return metric_text(value, 4) if self._by_loss else share_text(value)


def _points(curve: Sequence[float]) -> tuple[Numbers, Numbers]:
    """Epochs and values; what is not finite becomes nan, which is not drawn."""
    values = np.array(curve, dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return np.arange(1, len(values) + 1, dtype=np.float64), values
