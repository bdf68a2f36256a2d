"""The small dialogs of the Runs page. They do not stop the window: what is written comes as a signal."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QInputDialog, QWidget

from app.core.training.comparison import shared_tags
from app.core.training.history.records import RunRecord

translate = QCoreApplication.translate

OnText = Callable[[str], None]


def ask_note(parent: QWidget, run: RunRecord, on_text: OnText) -> QInputDialog:
    """Let the person write a note of several lines."""
    dialog = _dialog(
        parent,
        translate("runs_dialogs", "Note"),
        translate("runs_dialogs", "A note on {run}").format(run=run.title),
        run.note,
        on_text,
    )
    dialog.setOption(QInputDialog.InputDialogOption.UsePlainTextEditForTextInput)
    dialog.open()
    return dialog


def ask_tags(parent: QWidget, runs: Sequence[RunRecord], on_text: OnText) -> QInputDialog:
    """Let the person write tags with commas between them, beginning with those that all the runs have."""
    tags = ", ".join(shared_tags(runs))
    dialog = _dialog(
        parent,
        translate("runs_dialogs", "Tags"),
        translate("runs_dialogs", "Tags, with commas between them"),
        tags,
        on_text,
    )
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str, label: str, text: str, on_text: OnText) -> QInputDialog:
    dialog = QInputDialog(parent)
    dialog.setInputMode(QInputDialog.InputMode.TextInput)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(text)
    dialog.textValueSelected.connect(on_text)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
