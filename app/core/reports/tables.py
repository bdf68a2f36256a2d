"""Runs as a table, one row each: CSV for programs and spreadsheets, Markdown for people."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.config.config import SETTABLE
from app.core.recipes.reference import Reported
from app.core.runs.columns import run_layers
from app.core.runs.records import RunRecord

# The notes' columns: the metrics of a run, each beside what the notes report of it.

_NOTHING = Reported()


@dataclass(frozen=True)
class ComparedMetric:
    """A metric as we measured it and as the notes report it; None where there is none.

    `samples` is on how many pictures an accuracy was measured, 0 where nobody counted.
    """

    name: str
    title: str
    ours: float | None
    reported: float | None
    samples: int = 0

    @property
    def is_accuracy(self) -> bool:
        """True for a share of right answers."""
        return self.name.endswith("accuracy")

    @property
    def decimals(self) -> int:
        """With how many decimals people read it."""
        return 1 if self.name == "time_s" else 4

    @property
    def difference(self) -> float | None:
        """How much larger ours is."""
        return None if self.ours is None or self.reported is None else self.ours - self.reported


def compared(run: RunRecord) -> tuple[ComparedMetric, ...]:
    """The time that a run took, then loss and accuracy of the training, validation and test split."""
    notes, metrics = run.reported or _NOTHING, run.metrics
    return (
        ComparedMetric("time_s", "Time (s)", run.time_s if run.epochs_done else None, _reported_time_s(run, notes)),
        ComparedMetric("train_loss", "Train loss", metrics.train_loss, notes.train_loss),
        ComparedMetric("train_accuracy", "Train accuracy", metrics.train_accuracy, notes.train_accuracy),
        ComparedMetric("val_loss", "Validation loss", metrics.val_loss, notes.val_loss),
        ComparedMetric(
            "val_accuracy", "Validation accuracy", metrics.val_accuracy, notes.val_accuracy, run.validation_samples
        ),
        ComparedMetric("test_loss", "Test loss", metrics.test_loss, notes.test_loss),
        ComparedMetric("test_accuracy", "Test accuracy", metrics.test_accuracy, notes.test_accuracy, run.test_samples),
    )


def _reported_time_s(run: RunRecord, notes: Reported) -> float | None:
    if notes.time_s is None and notes.time_per_epoch_s is not None:
        return notes.time_per_epoch_s * int(run.settings["epochs"])
    return notes.time_s


def csv_table(runs: Sequence[RunRecord]) -> str:
    """A header and a row for each run: what it is, the notes' columns, and every setting.

    Each metric is followed by `<metric>_reported` and `<metric>_difference`; what was not measured is empty. Metrics
    have all their digits.
    """
    text = io.StringIO(newline="")
    rows = [_csv_row(run) for run in runs]
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _csv_row(run: RunRecord) -> dict[str, object]:
    row: dict[str, object] = {
        "run": run.id,
        "name": run.name,
        "recipe": run.recipe,
        "created": run.created.isoformat(),
        "state": run.state.value,
        "data": run.data_description,
        "parameters": run.parameters,
        "epochs_done": run.epochs_done,
        "best_epoch": run.best_epoch,
    }
    for metric in compared(run):
        row |= {metric.name: metric.ours, f"{metric.name}_reported": metric.reported}
        row[f"{metric.name}_difference"] = metric.difference
    row |= {"test_precision": run.metrics.test_precision, "test_recall": run.metrics.test_recall}
    row |= {"train_s": run.train_s, "val_s": run.val_s, "test_s": run.test_s, "device": run.device}
    row |= {"model": run.model, "note": run.note, "tags": " ".join(run.tags), "study": run.study, "trial": run.trial}
    row |= {field: run.settings.get(field) for field in SETTABLE if field != "layers"}
    return row | {"layers": run_layers(run)}


def markdown_table(runs: Sequence[RunRecord]) -> str:
    """A table in Markdown: each metric is ours, then in brackets what the notes report and the difference.

    Runs of the same name are told apart by their numbers.
    """
    names = Counter(run.name for run in runs)
    metrics = [compared(run) for run in runs]
    titles = [metric.title for metric in metrics[0]] if metrics else []
    lines = [_markdown_row(["Run", "Epochs", *titles]), "| :-- |" + " --: |" * (len(titles) + 1)]
    for run, row in zip(runs, metrics, strict=True):
        lines.append(
            _markdown_row(
                [
                    _label(run.title if names[run.name] > 1 else run.name),
                    str(run.epochs_done),
                    *(_cell(metric) for metric in row),
                ]
            )
        )
    remark = "Each metric is that of the run; in brackets what the notes report, and the difference."
    if any(metric.reported is not None for row in metrics for metric in row):
        lines += ["", remark]
    return "\n".join(lines) + "\n"


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _label(name: str) -> str:
    """A name in one line that no Markdown can be made of."""
    return "".join(f"\\{letter}" if letter in "\\|*_`[]<>" else letter for letter in " ".join(name.split()))


def _cell(metric: ComparedMetric) -> str:
    decimals = metric.decimals
    ours = "" if metric.ours is None else f"{metric.ours:.{decimals}f}"
    if metric.reported is None:
        return ours or "–"
    if metric.difference is None:
        return f"– ({metric.reported:.{decimals}f})"
    return f"{ours} ({metric.reported:.{decimals}f}, {metric.difference:+.{decimals}f})"
