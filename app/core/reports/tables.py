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

# The notes' columns: the figures of a run, each beside what the notes report of it.

_NOTHING = Reported()


@dataclass(frozen=True)
class Compared:
    """A figure as we measured it and as the notes report it; None where there is none.

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


def compared(run: RunRecord) -> tuple[Compared, ...]:
    """The time that a run took, then loss and accuracy of the training, validation and test split."""
    notes, figures = run.reported or _NOTHING, run.metrics
    return (
        Compared("time_s", "Time (s)", run.time_s if run.epochs_done else None, _reported_time_s(run, notes)),
        Compared("train_loss", "Train loss", figures.train_loss, notes.train_loss),
        Compared("train_accuracy", "Train accuracy", figures.train_accuracy, notes.train_accuracy),
        Compared("val_loss", "Validation loss", figures.val_loss, notes.val_loss),
        Compared(
            "val_accuracy", "Validation accuracy", figures.val_accuracy, notes.val_accuracy, run.validation_samples
        ),
        Compared("test_loss", "Test loss", figures.test_loss, notes.test_loss),
        Compared("test_accuracy", "Test accuracy", figures.test_accuracy, notes.test_accuracy, run.test_samples),
    )


def _reported_time_s(run: RunRecord, notes: Reported) -> float | None:
    if notes.time_s is None and notes.time_per_epoch_s is not None:
        return notes.time_per_epoch_s * int(run.settings["epochs"])
    return notes.time_s


def csv_table(runs: Sequence[RunRecord]) -> str:
    """A header and a row for each run: what it is, the notes' columns, and every setting.

    Each figure is followed by `<figure>_reported` and `<figure>_difference`; what was not measured is empty. Figures
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
    for figure in compared(run):
        row |= {figure.name: figure.ours, f"{figure.name}_reported": figure.reported}
        row[f"{figure.name}_difference"] = figure.difference
    row |= {"test_precision": run.metrics.test_precision, "test_recall": run.metrics.test_recall}
    row |= {"train_s": run.train_s, "val_s": run.val_s, "test_s": run.test_s, "device": run.device}
    row |= {"model": run.model, "note": run.note, "tags": " ".join(run.tags), "study": run.study, "trial": run.trial}
    row |= {field: run.settings.get(field) for field in SETTABLE if field != "layers"}
    return row | {"layers": run_layers(run)}


def markdown_table(runs: Sequence[RunRecord]) -> str:
    """A table in Markdown: each figure is ours, then in brackets what the notes report and the difference.

    Runs of the same name are told apart by their numbers.
    """
    names = Counter(run.name for run in runs)
    figures = [compared(run) for run in runs]
    titles = [figure.title for figure in figures[0]] if figures else []
    lines = [_markdown_row(["Run", "Epochs", *titles]), "| :-- |" + " --: |" * (len(titles) + 1)]
    for run, row in zip(runs, figures, strict=True):
        lines.append(
            _markdown_row(
                [
                    _label(run.title if names[run.name] > 1 else run.name),
                    str(run.epochs_done),
                    *(_cell(figure) for figure in row),
                ]
            )
        )
    remark = "Each figure is that of the run; in brackets what the notes report, and the difference."
    if any(figure.reported is not None for row in figures for figure in row):
        lines += ["", remark]
    return "\n".join(lines) + "\n"


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _label(name: str) -> str:
    """A name in one line that no Markdown can be made of."""
    return "".join(f"\\{letter}" if letter in "\\|*_`[]<>" else letter for letter in " ".join(name.split()))


def _cell(figure: Compared) -> str:
    decimals = figure.decimals
    ours = "" if figure.ours is None else f"{figure.ours:.{decimals}f}"
    if figure.reported is None:
        return ours or "–"
    if figure.difference is None:
        return f"– ({figure.reported:.{decimals}f})"
    return f"{ours} ({figure.reported:.{decimals}f}, {figure.difference:+.{decimals}f})"
