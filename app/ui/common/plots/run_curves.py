"""Loss, accuracy and learning rate of the selected runs. Imports pyqtgraph."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.core.runs.comparison import legend_texts
from app.core.runs.events import EpochDone
from app.core.runs.records import RunRecord
from app.ui.common.plots.card import CurveCards
from app.ui.common.plots.line import SIGNS, VALIDATION, EpochCurve, Ink, Line, epoch_curve, meaning, series


class RunsCurves(CurveCards):
    """Each run has its colour and its sign: solid for training, dashed for validation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: list[int] = []
        for card in self.cards:
            card.invite(self.tr("No epoch was finished"))

    def show_runs(self, runs: Sequence[RunRecord], epochs: Mapping[int, Sequence[EpochDone]]) -> None:
        """Draw the runs that have epochs; every run keeps its place among the signs."""
        numbers = [run.id for run in runs]
        is_other, self._numbers = numbers != self._numbers, numbers
        self.set_subject(runs[0].title if len(runs) == 1 else "")
        names = legend_texts(runs)
        for card, quantity in zip(self.cards, ("loss", "accuracy", "learning_rate"), strict=True):
            curves = [epoch_curve(epochs.get(run.id, ()), quantity) for run in runs]
            if len(curves) == 1:
                card.show_lines(self._alone(curves[0]))
            else:
                card.show_lines(self._several(curves, names, runs))
            if is_other:
                card.plot.fit()

    def _alone(self, curve: EpochCurve) -> list[Line]:
        sign = "" if curve.has_validation else SIGNS[0].symbol
        lines = [Line(curve.epochs, curve.training, series(0), self.tr("training"), sign=sign, is_mean=curve.is_mean)]
        return [*lines, *self._validation(curve, VALIDATION, self.tr("validation"), "", 0)]

    def _several(self, curves: Sequence[EpochCurve], names: Sequence[str], runs: Sequence[RunRecord]) -> list[Line]:
        lines = []
        for place, (curve, name, run) in enumerate(zip(curves, names, runs, strict=True)):
            if not len(curve.epochs):
                continue
            ink, is_named = series(place), not curve.has_validation
            sign = SIGNS[place].symbol if is_named else ""
            said = name if is_named else ""
            lines.append(Line(curve.epochs, curve.training, ink, said, run.title, sign=sign, is_mean=curve.is_mean))
            lines += self._validation(curve, ink, name, run.title, place)
        if any(curve.has_validation for curve in curves):
            lines.append(meaning(self.tr("training"), Qt.PenStyle.SolidLine))
            lines.append(meaning(self.tr("validation"), Qt.PenStyle.DashLine))
        return lines

    def _validation(self, curve: EpochCurve, ink: Ink, name: str, help_text: str, place: int) -> list[Line]:
        if not curve.has_validation:
            return []
        sign = SIGNS[place].symbol
        return [Line(curve.epochs, curve.validation, ink, name, help_text, Qt.PenStyle.DashLine, sign=sign)]
