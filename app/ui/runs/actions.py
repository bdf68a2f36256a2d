"""What can be done with the selected runs: buttons beside their name, and the same in a menu."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.core.reports.writing import ReportFormat
from app.core.runs.checkpoint import has_checkpoint
from app.core.runs.records import RunRecord, RunState
from app.ui import theme
from app.ui.common import build
from app.ui.common.dialogs import give_menu
from app.ui.runs.text import runs_text


class RunsActions(QWidget):
    """The name of what is selected, and its actions. Those that make no sense say why in their tooltips."""

    export_requested = Signal(object)  # ReportFormat

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = build.elided(role="title")
        self.train_again = self._action(self.tr("Train again"))
        self.resume = self._action(self.tr("Resume"))
        self.open_model = self._action(self.tr("Open model"))
        self.rename = self._action(self.tr("Rename"), QKeySequence(Qt.Key.Key_F2))
        self.note = self._action(self.tr("Note…"))
        self.tag = self._action(self.tr("Tags…"))
        self.copy = self._action(self.tr("Copy"), QKeySequence(QKeySequence.StandardKey.Copy))
        self.delete = self._action(self.tr("Delete"), QKeySequence(QKeySequence.StandardKey.Delete))
        self.export_menu = QMenu(self.tr("Export"), self)
        self._formats = {wanted: self._format(wanted) for wanted in ReportFormat}
        self.menu = self._menu()
        self._lay_out()
        self.show_selected([])

    @property
    def title(self) -> str:
        """What is selected, in words."""
        return self._title.whole

    def show_selected(self, runs: Sequence[RunRecord]) -> None:
        """Offer what can be done with these."""
        self._title.set_whole(_title(runs) or self.tr("No run is selected"))
        none = "" if runs else self.tr("Select a run first")
        one = none or ("" if len(runs) == 1 else self.tr("This is for one run: select a single one"))
        running = self.tr("A run in progress cannot be deleted: stop it first")
        self._offer(self.train_again, one, self.tr("Use the settings of this run on the Train page"))
        again = len(runs) == 1 and runs[0].state.can_resume and not has_checkpoint(runs[0].id)
        self.resume.setText(self.tr("Start again") if again else self.tr("Resume"))
        way = self.tr("Train it from the beginning") if again else self.tr("Continue where the run ended")
        self._offer(self.resume, one or self._why_not_resumed(runs), way)
        no_model = self.tr("This run has no model")
        self._offer(
            self.open_model, one or ("" if runs[0].model else no_model), self.tr("Use its model on the Recognize page")
        )
        self._offer(self.rename, one, self.tr("Rename the run (F2)"))
        self._offer(self.note, one, self.tr("Write a note about the run"))
        self._offer(self.tag, none, self.tr("Words to find these runs by"))
        self._offer(self.copy, none, self.tr("Copy the rows as a table (Ctrl+C)"))
        going = any(run.state is RunState.RUNNING for run in runs)
        self._offer(self.delete, none or (running if going else ""), self.tr("Delete; it can be undone (Ctrl+Z)"))
        for wanted, action in self._formats.items():
            self._offer(action, one if wanted is ReportFormat.KERAS else none, "")
        self._export.setEnabled(not none)
        self._export.setToolTip(none or self.tr("Write the selected runs to a file"))

    def _action(self, text: str, key: QKeySequence | None = None) -> QAction:
        action = QAction(text, self)
        if key is not None:  # shown here; the table listens to it
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        return action

    def _format(self, wanted: ReportFormat) -> QAction:
        action = self.export_menu.addAction(self.tr(wanted.label) + "…")
        action.setData(wanted.value)
        action.triggered.connect(self._on_format)
        return action

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([self.train_again, self.resume, self.open_model])
        menu.addMenu(self.export_menu)
        menu.addSeparator()
        menu.addActions([self.rename, self.note, self.tag, self.copy])
        menu.addSeparator()
        menu.addAction(self.delete)
        return menu

    def _lay_out(self) -> None:
        row = build.row((self._title, 1), on=self)
        for action, name in (
            (self.train_again, "train_again"),
            (self.resume, "resume"),
            (self.open_model, "open_model"),
        ):
            button = build.tool_button(name=name, height=theme.CONTROL_HEIGHT)
            button.setDefaultAction(action)
            row.addWidget(button)
        self._export = build.tool_button(self.tr("Export"), name="export", height=theme.CONTROL_HEIGHT)
        tip = self.tr("Rename, note, tags, copy, delete")
        more = build.tool_button(self.tr("More"), name="more", tip=tip, height=theme.CONTROL_HEIGHT)
        give_menu(self._export, self.export_menu)
        give_menu(more, self._more_menu())
        row.addWidget(self._export)
        row.addWidget(more)

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([self.rename, self.note, self.tag, self.copy, self.delete])
        return menu

    def _offer(self, action: QAction, why_not: str, help_text: str) -> None:
        action.setEnabled(not why_not)
        action.setToolTip(why_not or help_text)

    def _why_not_resumed(self, runs: Sequence[RunRecord]) -> str:
        if runs[0].state.can_resume:
            return ""
        if runs[0].state is RunState.RUNNING:
            return self.tr("The run is in progress")
        return self.tr("Only stopped and interrupted runs can go on")

    @Slot()
    def _on_format(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.export_requested.emit(ReportFormat(action.data()))


def _title(runs: Sequence[RunRecord]) -> str:
    return runs_text(len(runs)) if len(runs) > 1 else runs[0].title if runs else ""
