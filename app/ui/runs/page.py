"""The Runs page: every run there was, in a table; below it the selected ones, compared."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import StudioError
from app.core.lessons.happenings import Action, Deed
from app.core.models.store import StoredModel
from app.core.reports.writing import ReportFormat
from app.core.runs.history import RunHistory
from app.core.runs.listing import Query
from app.core.runs.records import RunState
from app.core.training.control import Probe
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card
from app.ui.common.layout import Divided
from app.ui.common.messages import Messages, Notice
from app.ui.common.navigator import Navigator
from app.ui.common.page import Page
from app.ui.common.tasks import Tasks
from app.ui.common.window_object import Happenings
from app.ui.runs.details import RunsInvitation, RunsSelection
from app.ui.runs.edits import (
    ChooseTarget,
    RunsChanges,
    ask_note,
    ask_tags,
    choose_target,
    export_runs,
    may_write,
    suggested_name,
)
from app.ui.runs.feed import HistoryFeed
from app.ui.runs.filter import RunsFilter
from app.ui.runs.model import RunEdit, RunsModel
from app.ui.runs.table import RunsTable
from app.ui.runs.text import runs_text
from app.ui.settings import Settings

SELECTED_MS = 40
"""Curves are asked for when the selection has rested so long."""

_READING, _EMPTY, _RUNS = 0, 1, 2


class RunsPage(Page):
    """Watches the run history while it is seen."""

    def __init__(
        self,
        settings: Settings | None = None,
        parent: QWidget | None = None,
        *,
        history: RunHistory | None = None,
        choose: ChooseTarget = choose_target,
    ) -> None:
        super().__init__(settings, parent)
        self._choose = choose
        self._history = history or RunHistory()
        self._feed, self._exports = HistoryFeed(self._history, self), Tasks(self)
        self.model, self._changes = RunsModel(self), RunsChanges(self._feed)
        self._select_next: Sequence[int] = ()
        self.table = RunsTable(self.model)
        self.filter = RunsFilter(self.table.columns_menu)
        self.selection, self.notice = RunsSelection(self.settings), Notice()
        self.stack = QStackedWidget()
        self._curves_soon = QTimer(self, singleShot=True, interval=SELECTED_MS)
        if self.settings.run_columns:
            self.table.show_columns(self.settings.run_columns)
        self._lay_out()
        self._connect()

    @Slot()
    def refresh(self) -> None:
        """Look again what is in the history."""
        self._feed.refresh()

    def show_run(self, run: int) -> None:
        """Select a run as soon as the history has been read."""
        self.show_runs((run,))

    def show_runs(self, runs: tuple[int, ...]) -> None:
        """Select some runs, to compare them."""
        self._select_next = runs
        self._feed.refresh()

    @Slot(object)
    def show_input(self, probe: Probe | None) -> None:
        """Let every moment of a run's film read this, or nothing."""
        self.selection.film.set_drawing(probe)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._feed.set_watching(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._feed.set_watching(False)

    def _lay_out(self) -> None:
        card = Card()
        card.body.addWidget(self.filter)
        card.body.addWidget(self.table, 1)
        halves = Divided(Qt.Orientation.Vertical)
        halves.addWidget(card)
        halves.addWidget(self.selection)
        halves.setStretchFactor(0, 2)
        halves.setStretchFactor(1, 3)
        halves.setSizes([theme.TABLE_HEIGHT, theme.SELECTION_HEIGHT])
        halves.remember(self.settings, "runs")
        card.setMinimumHeight(theme.SMALLEST_TABLE_HEIGHT)
        self.selection.setMinimumHeight(theme.SMALLEST_SELECTION_HEIGHT)
        words = self.tr("Reading the runs…")
        self.reading = build.label(words, role="muted", align=Qt.AlignmentFlag.AlignCenter, wraps=True)
        self.stack.insertWidget(_READING, self.reading)
        self.stack.insertWidget(_EMPTY, RunsInvitation())
        self.stack.insertWidget(_RUNS, halves)
        build.column(self.notice, (self.stack, 1), on=self, margins=theme.MARGIN)

    def _connect(self) -> None:
        self._feed.runs_changed.connect(self._on_runs_changed)
        self._feed.not_read.connect(self.reading.setText)
        self.model.edited.connect(self._on_edited)
        self.filter.query_changed.connect(self._on_query_changed)
        self.filter.grouping_changed.connect(self._on_grouping_changed)
        self.table.selection_changed.connect(self._on_selection_changed)
        self.table.columns_changed.connect(self._on_columns_changed)
        self.table.delete_requested.connect(self.delete_selected)
        self.table.menu_requested.connect(self._on_menu_requested)
        self.table.itemDelegate().closeEditor.connect(self._on_runs_changed)
        self._curves_soon.timeout.connect(self._on_curves_wanted)
        bar = self.selection.actions_bar
        for action, slot in (
            (bar.train_again, self._on_train_again),
            (bar.resume, self._on_resume),
            (bar.open_model, self._on_open_model),
            (bar.rename, self._on_rename),
            (bar.note, self._on_note),
            (bar.tag, self._on_tag),
            (bar.copy, self.table.copy),
            (bar.delete, self.delete_selected),
        ):
            action.triggered.connect(slot)
        bar.export_requested.connect(self._on_export_requested)
        for key, slot in ((QKeySequence.StandardKey.Undo, self.undo), (QKeySequence.StandardKey.Find, self._on_find)):
            QShortcut(QKeySequence(key), self).activated.connect(slot)

    @Slot()
    def _on_runs_changed(self) -> None:
        """Show what there is now, but never under the hands of somebody who writes into a cell."""
        if self.table.is_editing:
            return
        runs, is_first = self._feed.runs, not len(self.model.runs)
        self.model.set_runs(runs)
        self.filter.set_runs(runs)
        self._show_count()
        self.stack.setCurrentIndex(_RUNS if len(runs) else _EMPTY)
        wanted = [run for run in self._select_next if run in runs.by_id]
        if wanted or (is_first and self.model.lines and not self.table.selected):
            self._select_next = ()
            self.table.select(wanted or [runs.runs[0].id])
        self._on_selection_changed()

    @Slot()
    def _on_selection_changed(self) -> None:
        if self.selection.show_selected(self.table.selected):
            self._curves_soon.start()
            self._tell()

    def enter(self, model: StoredModel | None) -> None:
        """What is compared already is looked at once more."""
        self._tell()

    def _tell(self) -> None:
        """Lessons may have asked to compare runs."""
        if len(self.selection.compared) > 1:
            Happenings.of(self).happened.emit(Deed(Action.COMPARED_RUNS, runs=self.selection.compared))

    @Slot()
    def _on_curves_wanted(self) -> None:
        compared = self.selection.compared
        self._feed.read_curves([run.id for run in compared], self.selection.show_curves)
        if len(compared) == 1:
            self._feed.read_evidence(compared[0].id, self.selection.details.show_evidence)

    @Slot(object)
    def _on_query_changed(self, query: Query) -> None:
        self.model.arrange(query=query)
        self._show_count()

    @Slot(str)
    def _on_grouping_changed(self, column: str) -> None:
        self.model.arrange(group_by=column, folded=frozenset())

    def _show_count(self) -> None:
        self.filter.show_count(self.model.found, len(self.model.runs))

    @Slot()
    def _on_columns_changed(self) -> None:
        self.settings.run_columns = self.table.shown_columns

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        self.selection.actions_bar.menu.popup(place)

    @Slot()
    def _on_find(self) -> None:
        self.filter.field.setFocus()
        self.filter.field.selectAll()

    # What a user does with runs.

    @Slot(object)
    def _on_edited(self, edit: RunEdit) -> None:
        try:
            self._changes.apply(edit)
        except StudioError as error:
            Messages.of(self).error(str(error))

    @Slot()
    def delete_selected(self) -> None:
        """Hide the selected runs; `undo` brings them back."""
        runs = self.table.selected
        if not runs or any(run.state is RunState.RUNNING for run in runs):
            return
        self._select_next = self.table.neighbours(runs)
        self._changes.delete([run.id for run in runs])
        self._show_undo()

    @Slot()
    def undo(self) -> None:
        """Bring back what was deleted last."""
        self._select_next = self._changes.undo()
        self._show_undo()

    def _show_undo(self) -> None:
        if gone := self._changes.deleted_last:
            self.notice.say(self.tr("Deleted: {runs}.").format(runs=runs_text(len(gone))), undo=self.undo)
        else:
            self.notice.hide()

    @Slot()
    def _on_train_again(self) -> None:
        try:
            Navigator.of(self).fill_form(self.table.selected[0].config)
        except StudioError as error:
            Messages.of(self).error(str(error))

    @Slot()
    def _on_resume(self) -> None:
        Navigator.of(self).resume_run(self.table.selected[0].id)

    @Slot()
    def _on_open_model(self) -> None:
        Navigator.of(self).use_model(self.table.selected[0].model or "")

    @Slot()
    def _on_rename(self) -> None:
        self.table.setFocus()
        self.table.edit_cell("name")

    @Slot()
    def _on_note(self) -> None:
        run = self.table.selected[0]
        ask_note(self, run, lambda text: self._on_edited(RunEdit(run.id, "note", text)))

    @Slot()
    def _on_tag(self) -> None:
        runs = self.table.selected

        def set_tags(text: str) -> None:
            try:
                self._changes.replace_shared_tags(runs, text)
            except StudioError as error:
                Messages.of(self).error(str(error))

        ask_tags(self, runs, set_tags)

    @Slot(object)
    def _on_export_requested(self, wanted: ReportFormat) -> None:
        runs = self.table.selected
        path = self._choose(self, wanted, suggested_name(wanted, runs))
        if path is not None and may_write(self, wanted, runs, path):
            self.notice.say(self.tr("Writing {what}…").format(what=path.name))
            self._exports.start(
                lambda _task: export_runs(wanted, runs, self._history, path),
                self.notice.say,
                failed=self._on_not_exported,
            )

    def _on_not_exported(self, sentence: str) -> None:
        self._show_undo()
        Messages.of(self).error(sentence)
