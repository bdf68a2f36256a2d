"""Where the Runs page writes its exports: a file dialog, and the one call into `app.core.reports`."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.reports.formats import ReportFormat
from app.core.training.history.records import RunRecord
from app.core.training.history.store import RunHistory
from app.ui.workers.history_jobs import Job, Outcome, Written

ChooseTarget = Callable[[QWidget, ReportFormat, str], Path | None]


def choose_target(parent: QWidget, wanted: ReportFormat, suggested: str) -> Path | None:
    """Ask with the system's dialog where to write; it also asks before anything is replaced."""
    if wanted is ReportFormat.TENSORBOARD:
        chosen = QFileDialog.getExistingDirectory(parent, _tr("Export into a folder"))
    else:
        pattern = f"{wanted.label} (*{wanted.suffix})"
        chosen, _ = QFileDialog.getSaveFileName(parent, _tr("Export"), suggested, pattern)
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
        return Written(f"{_tr('Written to {path}.').format(path=done.path)} {done.remark}".strip())

    return write


def _tr(text: str) -> str:
    return QCoreApplication.translate("runs_export", text)
