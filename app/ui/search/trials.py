"""The trials of a search: their table, what can be done with the selected one, and the curves of all."""

from collections.abc import Mapping
from socket import gethostname
from types import MappingProxyType

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStackedWidget,
    QTableView,
    QWidget,
)

from app.core.config.config import TrainingConfig
from app.core.errors import StudioError
from app.core.runs.history import RunHistory
from app.core.search.plan import SearchPlan
from app.core.search.status import SearchStatus
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card, Segments
from app.ui.common.layout import Divided
from app.ui.common.lists import style_table
from app.ui.common.messages import Messages
from app.ui.common.navigator import Navigator
from app.ui.search.curves import SearchCurves
from app.ui.search.model import (
    DIFFERENCE,
    EPOCHS,
    NUMBER,
    REPORTED,
    STATE,
    TEST,
    TIME,
    TRIAL,
    VALIDATION,
    Row,
    TrialsModel,
)
from app.ui.search.pictures import IMPORTANCE, ONE, TWO, SearchPictures
from app.ui.search.text import state_help

# The table of trials, and what can be done with the selected one.

SMALLEST_TRIAL = 140
PADDING = 14
_WIDEST = {
    NUMBER: "● 999",
    STATE: "▽ Stopped early",
    EPOCHS: "1000 of 1000",
    VALIDATION: "100.00%",
    TEST: "100.00%",
    REPORTED: "97.92% train",
    DIFFERENCE: "▲ +10.00",
    TIME: "59 min 59 s",
}


class TrialsTable(QTableView):
    """Shows a `TrialsModel`. The selected trial stays selected when the rows move."""

    selection_changed = Signal()

    def __init__(self, model: TrialsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trials = model
        self._selected: int | None = None
        self.setModel(model)
        self._apply_style()
        model.modelReset.connect(self._on_reset)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        theme.notifier().changed.connect(model.redraw)

    @property
    def selected(self) -> Row | None:
        """The selected trial."""
        place = self._trials.row_of(self._selected)
        return None if place is None else self._trials.rows[place]

    def clear_selected(self) -> None:
        """Select nothing."""
        self._selected = None
        with QSignalBlocker(self.selectionModel()):
            self.selectionModel().clear()
        self.viewport().update()

    def show_columns(self) -> None:
        """Show what the notes report only where they do."""
        for column in (REPORTED, DIFFERENCE):
            self.setColumnHidden(column, not self._trials.has_reported)
        self._stretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What differs takes what the other columns leave."""
        super().resizeEvent(event)
        self._stretch()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes with the keyboard begins at the first trial."""
        super().focusInEvent(event)
        by_keyboard = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        if by_keyboard and self.selected is None and self._trials.rows:
            self.selectRow(0)

    def _apply_style(self) -> None:
        style_table(self, "trials", self.tr("Trials"), selects=QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # what differs may stand at the end
        self.horizontalHeader().setSortIndicator(NUMBER, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        bold = self.font()
        bold.setBold(True)
        metrics = QFontMetrics(bold)
        for column, widest in _WIDEST.items():
            texts = widest, self._trials.columns[column].title
            width = max(metrics.horizontalAdvance(text) for text in texts)
            self.setColumnWidth(column, width + PADDING)

    def _stretch(self) -> None:
        others = sum(self.columnWidth(column) for column in _WIDEST if not self.isColumnHidden(column))
        self.setColumnWidth(TRIAL, max(SMALLEST_TRIAL, self.viewport().width() - others))

    @Slot()
    def _on_reset(self) -> None:
        place = self._trials.row_of(self._selected)
        if place is not None:
            self.selectRow(place)

    @Slot()
    def _on_selection_changed(self) -> None:
        rows = self.selectionModel().selectedRows()
        if rows:
            self._selected = self._trials.rows[rows[0].row()].trial.number
            self.selection_changed.emit()


class SearchTrials(QWidget):
    """Table above, curves below. Keeps the selected trial while they change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: SearchPlan | None = None
        self._status: SearchStatus | None = None
        self.model = TrialsModel(self)
        self.table, self._said = TrialsTable(self.model), build.elided(role="muted")
        self.curves, self.pictures, self._shown = SearchCurves(), SearchPictures(), QStackedWidget()
        self._kinds = Segments(self._names_of_kinds())
        self.show_run = build.button(self.tr("Show in Runs"), name="show_run", clicked=self._on_show_run)
        self.use = build.button(self.tr("Use in Train"), name="use_in_train", clicked=self._on_use)
        self._lay_out()
        self.table.selection_changed.connect(self._on_selection_changed)
        self.model.modelReset.connect(self._show_curves)
        self._turn_to(0)
        self._kinds.chosen.connect(self._on_kind_chosen)
        self.pictures.trial_clicked.connect(self._on_trial_clicked)

    def show_status(
        self, plan: SearchPlan, status: SearchStatus, importances: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        """Show these trials; `importances` is how much each setting mattered."""
        if plan != self._plan:
            self.table.clear_selected()
        self._plan, self._status = plan, status
        self.model.show_status(plan, status)
        self.table.show_columns()
        self._kinds.setVisible(bool(plan.space))
        if not plan.space:
            self._kinds.turn_to(0)
            self._turn_to(0)
        self.pictures.show_results(plan, status, importances)
        self._on_selection_changed()

    @property
    def best_config(self) -> TrainingConfig | None:
        """The settings of the best trial, None before there is one."""
        best = self._status.best if self._status is not None else None
        return None if best is None or self._plan is None else self._plan.config(best.base, best.changes)

    def _why_no_run(self, row: Row | None) -> str:
        if row is None:
            return self.tr("Select a trial in the table first")
        if row.trial.report is None or row.trial.report.run is None:
            return self.tr("It has no run yet")
        if row.trial.report.host != gethostname():
            return self.tr("It was trained on another computer ({host})").format(host=row.trial.report.host)
        return ""

    def _why_no_use(self, row: Row | None) -> str:
        if row is None:
            return self.tr("Select a trial in the table first")
        if self._plan is not None and self._plan.space and not row.trial.changes:
            return self.tr("Its values are chosen when it starts")
        return ""

    def _lay_out(self) -> None:
        card = Card(self.tr("Trials"))
        card.header.addWidget(self._said, 1)
        card.header.addWidget(self.show_run)
        card.header.addWidget(self.use)
        card.body.addWidget(self.table, 1)
        card.setMinimumHeight(theme.SMALLEST_TABLE_HEIGHT)
        self._shown.addWidget(self.curves)
        self._shown.addWidget(self.pictures)
        self._shown.setMinimumHeight(theme.SMALLEST_TABLE_HEIGHT)
        above = build.row(self._kinds, build.STRETCH, self.pictures.choices)
        halves = Divided(Qt.Orientation.Vertical)
        halves.addWidget(card)
        halves.addWidget(build.panel(build.column(above, (self._shown, 1))))
        halves.setSizes([2, 3])
        build.column(halves, on=self)

    @Slot()
    def _on_selection_changed(self) -> None:
        row = self.table.selected
        self._said.set_whole("" if row is None else self._words(row))
        why_no_run, why_no_use = self._why_no_run(row), self._why_no_use(row)
        self.show_run.setEnabled(not why_no_run)
        self.show_run.setToolTip(why_no_run or self.tr("Show its settings and curves on the Runs page"))
        self.use.setEnabled(not why_no_use)
        self.use.setToolTip(why_no_use or self.tr("Use its settings on the Train page"))
        self._show_curves()

    def _words(self, row: Row) -> str:
        words = self.tr("Trial {number}, {what}. {state}")
        return words.format(number=row.trial.number, what=row.what, state=state_help(row.trial, row.is_best))

    @Slot()
    def _show_curves(self) -> None:
        if self._status is not None:
            row = self.table.selected
            self.curves.show_trials(self._status, self.model.rows, row.trial.number if row else None)

    def _names_of_kinds(self) -> tuple[tuple[str, str], ...]:
        return (
            ("show_curves", self.tr("Curves")),
            (ONE, self.tr("One setting")),
            (TWO, self.tr("Two settings")),
            (IMPORTANCE, self.tr("What mattered")),
        )

    @Slot(int)
    def _on_kind_chosen(self, number: int) -> None:
        self._turn_to(number)

    def _turn_to(self, number: int) -> None:
        """The curves, or one of the pictures."""
        self._shown.setCurrentIndex(min(number, 1))
        self.pictures.choices.setVisible(number > 0)
        if number:
            self.pictures.turn_to((ONE, TWO, IMPORTANCE)[number - 1])

    @Slot(int)
    def _on_trial_clicked(self, number: int) -> None:
        """Select the trial, and go to its run if it is here."""
        place = self.model.row_of(number)
        if place is not None:
            self.table.selectRow(place)
            if not self._why_no_run(self.table.selected):
                self._on_show_run()

    @Slot()
    def _on_show_run(self) -> None:
        row = self.table.selected
        if row is None or self._plan is None or row.trial.report is None or row.trial.report.run is None:
            return
        try:
            run = RunHistory().run_of_trial(row.trial.report.run, self._plan.name, row.trial.number)
        except StudioError as error:
            Messages.of(self).error(str(error))
        else:
            Navigator.of(self).show_runs((run.id,))

    @Slot()
    def _on_use(self) -> None:
        row = self.table.selected
        if row is not None and self._plan is not None:
            Navigator.of(self).fill_form(self._plan.config(row.trial.base, row.trial.changes))
