"""The small dialogs of the Runs page. They do not stop the window: what is written is told once it is accepted."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from app.core.training.comparison import shared_tags
from app.core.training.history.records import RunRecord
from app.ui.widgets.text_dialog import TextDialog

translate = QCoreApplication.translate

OnText = Callable[[str], None]


def ask_note(parent: QWidget, run: RunRecord, on_text: OnText) -> None:
    """Let the person write a note of several lines."""
    label = translate("runs_dialogs", "A note on {run}").format(run=run.title)
    _open(TextDialog(translate("runs_dialogs", "Note"), label, run.note, parent, several_lines=True), on_text)


def ask_tags(parent: QWidget, runs: Sequence[RunRecord], on_text: OnText) -> None:
    """Let the person write tags separated by commas, beginning with those that all the runs have."""
    label = translate("runs_dialogs", "Tags, separated by commas")
    _open(TextDialog(translate("runs_dialogs", "Tags"), label, ", ".join(shared_tags(runs)), parent), on_text)


def _open(dialog: TextDialog, on_text: OnText) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(partial(_tell, dialog, on_text))
    dialog.open()


def _tell(dialog: TextDialog, on_text: OnText) -> None:
    on_text(dialog.text)
