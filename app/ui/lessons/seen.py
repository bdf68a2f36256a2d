"""What the user saw: the runs that did the tasks of a lesson, their figures, and their curves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QWidget

from app.core.runs.columns import COLUMNS, run_layers
from app.core.runs.events import EpochDone
from app.core.runs.records import RunRecord
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.lists import style_table
from app.ui.common.navigator import Navigator
from app.ui.common.plots.line import SIGNS
from app.ui.common.text import LEFT, RIGHT, duration_text

if TYPE_CHECKING:
    from app.ui.common.plots.run_curves import RunsCurves

_METRICS = ("train_accuracy", "val_accuracy", "test_accuracy")
_PARAMETERS = 2
_NOTES = 3 + len(_METRICS)
_CURVES_HEIGHT = 240


class SeenRuns(Card):
    """A table with a row for each run, and below it their curves; hidden while there are none.

    `epochs_wanted` asks for the epochs of runs, by their numbers, for `show_curves`.
    """

    epochs_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("What you saw"), parent)
        self._runs: tuple[RunRecord, ...] = ()
        self._curves: RunsCurves | None = None
        self.table = QTableWidget()
        style_table(self.table, "seen_runs", self.tr("Runs of this lesson"), row_height=theme.DENSE_ROW_HEIGHT)
        self.compare = build.button(self.tr("Compare them on Runs"), name="compare_seen", clicked=self._on_compare)
        self.body.addWidget(self.table)
        self.body.addLayout(build.row(self.compare, build.STRETCH))
        self.hide()

    def show_runs(self, runs: Sequence[RunRecord]) -> None:
        """Show these, the first ones first; as many as there are signs for."""
        shown = tuple(sorted(runs, key=lambda run: run.id))[-len(SIGNS) :]
        if shown == self._runs:
            return
        self._runs = shown
        self.setVisible(bool(shown))
        self._fill_table()
        if shown:
            self.epochs_wanted.emit([run.id for run in shown])

    def _fill_table(self) -> None:
        titles = (self.tr("Run"), self.tr("Epochs"), self.tr("Parameters"), *(COLUMNS[name].title for name in _METRICS))
        titles = (*titles, self.tr("Notes"), self.tr("Time"))
        self.table.setColumnCount(len(titles))
        for column, title in enumerate(titles):
            heading = QTableWidgetItem(title)
            heading.setTextAlignment(RIGHT if column else LEFT)
            self.table.setHorizontalHeaderItem(column, heading)
        self.table.setRowCount(len(self._runs))
        for row, run in enumerate(self._runs):
            for column, text in enumerate(_cells(run)):
                item = QTableWidgetItem(text)
                item.setToolTip(run_layers(run))
                item.setTextAlignment(RIGHT if column else LEFT)
                self.table.setItem(row, column, item)
        self.table.setColumnHidden(_NOTES, not any(run.reported for run in self._runs))
        self.table.setColumnHidden(_PARAMETERS, len({run.parameters for run in self._runs}) < 2)
        header = self.table.horizontalHeader()
        self.table.resizeColumnsToContents()
        self.table.setFixedHeight(
            header.sizeHint().height() + theme.DENSE_ROW_HEIGHT * len(self._runs) + theme.SCROLL_BAR
        )

    @Slot(object)
    def show_curves(self, epochs: Mapping[int, Sequence[EpochDone]]) -> None:
        """Draw the curves of the runs that are shown."""
        if self._curves is None:
            from app.ui.common.plots.run_curves import RunsCurves

            self._curves = RunsCurves()
            self._curves.setFixedHeight(_CURVES_HEIGHT)
            self.body.insertWidget(1, self._curves)
        self._curves.show_runs(self._runs, epochs)

    @Slot()
    def _on_compare(self) -> None:
        Navigator.of(self).show_runs(tuple(run.id for run in self._runs))


def _cells(run: RunRecord) -> tuple[str, ...]:
    metrics = (COLUMNS[name].value(run) for name in _METRICS)
    figures = (f"{value:.2%}" if isinstance(value, float) else "" for value in metrics)
    notes = run.reported.short if run.reported is not None else ""
    return (run.title, str(run.epochs_done), f"{run.parameters or 0:,}", *figures, notes, duration_text(run.time_s))
