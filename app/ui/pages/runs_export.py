"""Where the Runs page writes its exports: a file dialog, and the one call into `app.core.reports`."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.reports.formats import ReportFormat
from app.core.training.history.records import RunRecord
from app.core.training.history.store import RunHistory
from app.ui.workers.history_jobs import Job, Outcome, Written

translate = QCoreApplication.translate

ChooseTarget = Callable[[QWidget, ReportFormat, str], Path | None]


def choose_target(parent: QWidget, wanted: ReportFormat, suggested: str) -> Path | None:
    """Ask with the system's dialog where to write; it also asks before anything is replaced."""
    if wanted is ReportFormat.TENSORBOARD:
        chosen = QFileDialog.getExistingDirectory(parent, translate("runs_export", "Export into a folder"))
    else:
        pattern = f"{wanted.label} (*{wanted.suffix})"
        chosen, _ = QFileDialog.getSaveFileName(parent, translate("runs_export", "Export"), suggested, pattern)
    return Path(chosen) if chosen else None


def suggested_name(wanted: ReportFormat, runs: Sequence[RunRecord]) -> str:
    """A name for the file that would hold these runs."""
    from app.core.reports import export  # it needs LiteRT, which the page can do without

    return export.suggested_name(wanted, runs)


def export_job(wanted: ReportFormat, runs: Sequence[RunRecord], path: Path) -> Job:
    """A job that writes these runs to `path`. A lab report takes some seconds a run."""
    numbers = [run.id for run in runs]

    def write(history: RunHistory) -> Outcome:
        from app.core.reports.export import export

        done = export(wanted, numbers, history, path, replace=True)
        written = translate("runs_export", "Written to {path}.").format(path=done.path)
        return Written(f"{written} {done.remark}".strip())

    return write
