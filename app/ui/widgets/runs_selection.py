"""The lower half of the Runs page: what is selected, what can be done with it, its curves and its settings."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.training.events import EpochDone
from app.core.training.history.records import RunRecord
from app.ui import theme
from app.ui.settings import Settings
from app.ui.widgets.divided import Divided
from app.ui.widgets.runs_actions import RunsActions
from app.ui.widgets.runs_details import RunsDetails
from app.ui.widgets.runs_signs import SIGNS

if TYPE_CHECKING:
    from app.ui.widgets.runs_curves import RunsCurves

_SHARES = 17, 10
"""Of the width: curves and details."""


class RunsSelection(QWidget):
    """Only the first of many selected runs are drawn and compared: as many as there are signs."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.actions_bar, self.details = RunsActions(), RunsDetails()
        self._curves: RunsCurves | None = None
        self._compared: tuple[RunRecord, ...] = ()
        self._row = Divided(Qt.Orientation.Horizontal)
        self._row.addWidget(self.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addWidget(self.actions_bar)
        column.addWidget(self._row, 1)

    @property
    def compared(self) -> tuple[RunRecord, ...]:
        """The runs whose curves are wanted."""
        return self._compared

    @property
    def has_curves(self) -> bool:
        """True once plots have been made."""
        return self._curves is not None

    @property
    def curves(self) -> "RunsCurves":
        """The plots, made when first asked for: pyqtgraph takes a third of a second to import."""
        if self._curves is None:
            from app.ui.widgets.runs_curves import RunsCurves

            self._curves = RunsCurves()
            self._row.insertWidget(0, self._curves)
            for place, share in enumerate(_SHARES):
                self._row.setStretchFactor(place, share)
            self._row.setSizes([self.width() * share for share in _SHARES])
            self._row.remember(self._settings, "runs_curves")
        return self._curves

    def show_selected(self, runs: Sequence[RunRecord]) -> bool:
        """Show these; True if other curves are wanted now, to be given to `show_curves`."""
        before, self._compared = self._compared, tuple(runs[: len(SIGNS)])
        self.actions_bar.show_selected(runs)
        self.details.show_runs(self._compared, len(runs))
        return self._compared != before

    def show_curves(self, epochs: Mapping[int, Sequence[EpochDone]]) -> None:
        """Draw the runs that are compared, if these are their epochs."""
        if set(epochs) == {run.id for run in self._compared}:
            self.curves.show_runs(self._compared, epochs)
