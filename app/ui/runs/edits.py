"""What a user changes about runs: shown at once, written by the feed. Deleting can be undone."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from app.core.reports.writing import ReportFormat
from app.core.runs.comparison import retagged, shared_tags
from app.core.runs.history import RunHistory, clean_name, clean_note, clean_tags
from app.core.runs.records import RunRecord
from app.ui.common.dialogs import TextDialog
from app.ui.common.files import FileFormat, ask_for_folder, ask_to_save, may_replace
from app.ui.runs.feed import HistoryFeed
from app.ui.runs.model import RunEdit


class RunsChanges:
    """Every method raises InputError for what cannot be a name, a note or a tag."""

    def __init__(self, feed: HistoryFeed) -> None:
        self._feed = feed
        self._deleted: list[list[int]] = []

    @property
    def deleted_last(self) -> Sequence[int]:
        """What `undo` would bring back."""
        return self._deleted[-1] if self._deleted else ()

    def apply(self, edit: RunEdit) -> None:
        """What was written into a cell."""
        run = self._feed.runs.by_id.get(edit.run)
        if run is None:  # it was deleted meanwhile
            return
        match edit.column:
            case "name":
                self._rename(run, edit.text)
            case "note":
                self._set_note(run, edit.text)
            case "tags":
                self._set_tags([run], {run.id: clean_tags(edit.text.split(","))})

    def replace_shared_tags(self, runs: Sequence[RunRecord], text: str) -> None:
        """Put the tags in `text` in place of those that all the runs have."""
        now = [self._feed.runs.by_id[run.id] for run in runs if run.id in self._feed.runs.by_id]
        self._set_tags(now, retagged(now, clean_tags(text.split(","))))

    def delete(self, runs: Sequence[int]) -> None:
        """Hide runs until `undo`."""
        gone = list(runs)
        self._deleted.append(gone)
        self._feed.change(self._feed.runs.without(gone), lambda history: history.delete(gone))

    def undo(self) -> Sequence[int]:
        """Bring back what was deleted last; returns its numbers."""
        if not self._deleted:
            return ()
        back = self._deleted.pop()
        self._feed.change(self._feed.runs, lambda history: history.restore(back))
        return back

    def _rename(self, run: RunRecord, text: str) -> None:
        name = clean_name(text)
        self._change([replace(run, name=name or run.recipe)], lambda history: history.rename(run.id, name))

    def _set_note(self, run: RunRecord, text: str) -> None:
        note = clean_note(text)
        self._change([replace(run, note=note)], lambda history: history.set_note(run.id, note))

    def _set_tags(self, runs: Sequence[RunRecord], tags: dict[int, tuple[str, ...]]) -> None:
        def write(history: RunHistory) -> None:
            for run, words in tags.items():
                history.set_tags([run], words)

        self._change([replace(run, tags=tags[run.id]) for run in runs], write)

    def _change(self, runs: Sequence[RunRecord], write: Callable[[RunHistory], Any]) -> None:
        self._feed.change(self._feed.runs.with_runs(runs), write)


# The small dialogs of the Runs page. They do not stop the window: what is written is told once it is accepted.

translate = QCoreApplication.translate

OnText = Callable[[str], None]


def ask_note(parent: QWidget, run: RunRecord, on_text: OnText) -> None:
    """Let the user write a note of several lines."""
    label = translate("runs_dialogs", "A note on {run}").format(run=run.title)
    _open(TextDialog(translate("runs_dialogs", "Note"), label, run.note, parent, several_lines=True), on_text)


def ask_tags(parent: QWidget, runs: Sequence[RunRecord], on_text: OnText) -> None:
    """Let the user write tags separated by commas, beginning with those that all the runs have."""
    label = translate("runs_dialogs", "Tags, separated by commas")
    _open(TextDialog(translate("runs_dialogs", "Tags"), label, ", ".join(shared_tags(runs)), parent), on_text)


def _open(dialog: TextDialog, on_text: OnText) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(partial(_tell, dialog, on_text))
    dialog.open()


def _tell(dialog: TextDialog, on_text: OnText) -> None:
    on_text(dialog.text)


# Where the Runs page writes its exports: a file dialog, and the one call into `app.core.reports`.

ChooseTarget = Callable[[QWidget, ReportFormat, str], Path | None]


def choose_target(parent: QWidget, wanted: ReportFormat, suggested: str) -> Path | None:
    """Ask where to write; suggest a name, without a suffix."""
    if wanted is ReportFormat.TENSORBOARD:
        return ask_for_folder(parent, translate("runs_export", "Export into a folder"), to_save=True)
    kinds = (FileFormat(wanted.label, (wanted.suffix,)),)
    return ask_to_save(parent, translate("runs_export", "Export"), suggested.removesuffix(wanted.suffix), kinds)


def may_write(parent: QWidget, wanted: ReportFormat, runs: Sequence[RunRecord], path: Path) -> bool:
    """Ask whether other files than `path`, which the dialog has asked about, may be replaced, if there are any."""
    from app.core.reports.export import files_of

    taken = [file for file in files_of(wanted, runs, path) if file != path and os.path.lexists(file)]
    return not taken or may_replace(parent, taken)


def suggested_name(wanted: ReportFormat, runs: Sequence[RunRecord]) -> str:
    """A name for the file that would hold these runs."""
    from app.core.reports import export  # it needs LiteRT, which the page can do without

    return export.suggested_name(wanted, runs)


def export_runs(wanted: ReportFormat, runs: Sequence[RunRecord], history: RunHistory, path: Path) -> str:
    """Write these runs to `path`, and say so. A lab report takes some seconds a run."""
    from app.core.reports.export import export

    done = export(wanted, [run.id for run in runs], history, path, replace=True)
    written = translate("runs_export", "Written to {path}.").format(path=done.path)
    return f"{written} {done.remark}".strip()
