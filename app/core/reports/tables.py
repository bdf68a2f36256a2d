"""Runs as a table, one row each: CSV for programs and spreadsheets, Markdown for people."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

from app.core.models.config import SETTABLE
from app.core.reports.figures import Compared, compared
from app.core.training.history.records import RunRecord
from app.core.training.run_columns import run_layers


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
    row |= {"test_precision": run.figures.test_precision, "test_recall": run.figures.test_recall}
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
