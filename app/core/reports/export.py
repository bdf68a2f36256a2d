"""One door to all that can be written about runs: the window calls it in a worker thread, the command line as it is."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset
from app.core.errors import InputError, StudioError
from app.core.reports.keras_script import comes_with_keras, data_name, keras_script
from app.core.reports.lab_report import RunFacts, lab_report
from app.core.reports.run_predictions import predict_test_split
from app.core.reports.tables import csv_table, markdown_table
from app.core.reports.tensorboard import FILE_NAME, event_file
from app.core.reports.writing import ReportFormat, check_free, check_target, csv_bytes, write_files
from app.core.runs.history import RunHistory
from app.core.runs.records import RunRecord

MOST_IN_REPORT = 30
"""Each takes some seconds, for its network reads the whole test split again."""


@dataclass(frozen=True)
class Exported:
    """What was written: `path` is the file or the folder that was asked for, `remark` a sentence on what is missing."""

    path: Path
    files: tuple[Path, ...]
    remark: str = ""


def suggested_name(wanted: ReportFormat, runs: Sequence[RunRecord]) -> str:
    """A name for the file (or folder) that would hold these runs: "fast-cnn-12.html", "5-runs.csv"."""
    if wanted is ReportFormat.TENSORBOARD:
        return "tensorboard"
    return (_slug(runs[0]) if len(runs) == 1 else f"{len(runs)}-runs") + wanted.suffix


def files_of(wanted: ReportFormat, runs: Sequence[RunRecord], path: Path) -> tuple[Path, ...]:
    """The files that `export` may write for these runs."""
    if wanted is ReportFormat.TENSORBOARD:
        return tuple(path / _slug(run) / FILE_NAME for run in runs)
    if wanted is ReportFormat.KERAS and not comes_with_keras(runs[0].config):
        return path, path.with_name(data_name(path.name))
    return (path,)


def export(
    wanted: ReportFormat, runs: Sequence[int], history: RunHistory, path: Path, replace: bool = False
) -> Exported:
    """Write some runs of the history, in that order, to `path`. A lab report takes some seconds a run, the rest none.

    Raises:
        InputError: no run, a run that is not there, several for a Keras script, more than `MOST_IN_REPORT` for a lab
            report, or a path that is taken (unless `replace` says that it may be) or cannot be.
        StudioError: the disk refuses.

    """
    chosen = _chosen(runs, history)
    _check_count(wanted, len(chosen))
    check_target(path, is_folder=wanted is ReportFormat.TENSORBOARD, replace=replace)
    check_free(files_of(wanted, chosen, path), replace)
    remark, files = "", dict[Path, bytes]()
    match wanted:
        case ReportFormat.CSV:
            files = {path: csv_bytes(csv_table(chosen))}
        case ReportFormat.MARKDOWN:
            files = {path: markdown_table(chosen).encode()}
        case ReportFormat.HTML:
            files = {path: lab_report([_facts(run, history) for run in chosen]).encode()}
        case ReportFormat.KERAS:
            files, remark = _script(chosen[0], path)
        case ReportFormat.TENSORBOARD:
            events = [event_file(run, history.epochs(run.id)) for run in chosen]
            files = dict(zip(files_of(wanted, chosen, path), events, strict=True))
    write_files(files, replace)
    return Exported(path, tuple(files), remark)


def _chosen(runs: Sequence[int], history: RunHistory) -> list[RunRecord]:
    """The records of these runs, each once: thousands are read in one go."""
    wanted = dict.fromkeys(runs)
    known = {run.id: run for run in history.runs()} if len(wanted) > 1 else {}
    return [known.get(run) or history.run(run) for run in wanted]


def _check_count(wanted: ReportFormat, count: int) -> None:
    if not count:
        raise InputError("No run is selected; select at least one.")
    if wanted is ReportFormat.KERAS and count > 1:
        raise InputError("A Keras script repeats one run; choose a single one.")
    if wanted is ReportFormat.HTML and count > MOST_IN_REPORT:
        raise InputError(f"A lab report holds {MOST_IN_REPORT} runs at most; choose fewer, or export a table.")


def _facts(run: RunRecord, history: RunHistory) -> RunFacts:
    return RunFacts(run, history.epochs(run.id), predict_test_split(run, history.confusion(run.id)))


def _script(run: RunRecord, path: Path) -> tuple[dict[Path, bytes], str]:
    """The script, and beside it the data that Keras does not have; a sentence if that is not here any more."""
    files = {path: keras_script(run, path.name).encode(errors="backslashreplace")}
    if comes_with_keras(run.config):
        return files, ""
    try:
        dataset = load_dataset(run.dataset, run.config.data)
    except StudioError:
        dataset = None
    if dataset is None or dataset.sha256 != run.data_sha256:
        return files, "The data of this run is no longer on this computer; the script needs it as an .npz file."
    return files | {path.with_name(data_name(path.name)): _npz(dataset)}, ""


def _npz(dataset: Dataset) -> bytes:
    """The pictures and labels under the names that Keras' own files have."""
    content = io.BytesIO()
    train, test = dataset.train, dataset.test
    np.savez_compressed(content, x_train=train.images, y_train=train.labels, x_test=test.images, y_test=test.labels)
    return content.getvalue()


def _slug(run: RunRecord) -> str:
    """The name and number of a run as any system takes them in a file's name."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', run.name).strip('-')[:40] or 'run'}-{run.id}"
