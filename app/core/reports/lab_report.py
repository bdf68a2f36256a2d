"""The lab report: one HTML file with all that a run was and did, to hand in or to print. Needs no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from app import __version__
from app.core.errors import InputError
from app.core.percentages import FEW, accuracy_text, accuracy_with_interval
from app.core.recipes import Recipe, find_recipe
from app.core.recipes.changes import config_explanation
from app.core.reports.curves import Curve, curve_chart, overlay
from app.core.reports.evidence import Evidence
from app.core.reports.page import STYLE, paragraph, section
from app.core.reports.sections import (
    confusion_section,
    data_section,
    examples_section,
    network_section,
    settings_section,
)
from app.core.reports.tables import Compared, compared
from app.core.runs.comparison import Difference, differences
from app.core.runs.events import EpochDone
from app.core.runs.progress import duration_text
from app.core.runs.records import RunRecord, RunState

_STATES = {
    RunState.RUNNING: "still running",
    RunState.COMPLETED: "completed",
    RunState.EARLY_STOPPED: "stopped early, as validation did not improve",
    RunState.STOPPED: "stopped by hand",
    RunState.FAILED: "failed",
    RunState.INTERRUPTED: "interrupted",
}


MOST_RUNS_BESIDE = 5
"""So many runs stand beside each other in a table that has to fit on a printed page."""


@dataclass(frozen=True)
class RunFacts:
    """All that a report tells of one run."""

    run: RunRecord
    epochs: Sequence[EpochDone]
    evidence: Evidence


def lab_report(reports: Sequence[RunFacts]) -> str:
    """An HTML document: for several runs a table of all, then each by itself.

    Raises StudioError for a run with settings that this version does not know.
    """
    title = reports[0].run.name if len(reports) == 1 else f"{len(reports)} runs"
    body = [_overview(title, reports)] if len(reports) > 1 else []
    body += [_article(report) for report in reports]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} · Lab report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + f"\n<footer>Made with Softmax Studio {__version__}</footer>\n</main>\n</body>\n</html>\n"
    )


def _overview(title: str, reports: Sequence[RunFacts]) -> str:
    runs = [report.run for report in reports]
    figures = [compared(run) for run in runs]
    titles = [figure.title for figure in figures[0]]
    cells = [[_overview_cell(figure) for figure in row] for row in figures]
    remark = paragraph("Below each figure: what the notes report, and the difference.", "muted")
    differing = differences(runs)
    return "\n".join(
        (
            f'<header><div class="kicker">Lab report</div><h1>{escape(title)}</h1></header>',
            section("All runs", _by_run(runs, titles, cells, "number") + remark),
            section("Curves, compared", overlay(runs, {report.run.id: report.epochs for report in reports})),
            section("What differs", _by_setting(runs, differing)) if differing else "",
        )
    )


def _by_run(runs: Sequence[RunRecord], titles: Sequence[str], cells: Sequence[Sequence[str]], kind: str = "") -> str:
    """A table with a row for each run, of cells that are HTML already."""
    head = "".join(f'<th class="{kind}">{escape(title)}</th>' for title in titles)
    lines = "\n".join(
        f"<tr><th>{escape(run.title)}</th>" + "".join(f'<td class="{kind}">{cell}</td>' for cell in row) + "</tr>"
        for run, row in zip(runs, cells, strict=True)
    )
    table = f"<thead><tr><th>Run</th>{head}</tr></thead><tbody>\n{lines}\n</tbody>"
    return f'<div class="wide"><table class="overview">{table}</table></div>'


def _by_setting(runs: Sequence[RunRecord], differing: Sequence[Difference]) -> str:
    """Tables with a row for each setting and a column for each run: as many runs in each as fit on a page."""
    tables = []
    for first in range(0, len(runs), MOST_RUNS_BESIDE):
        some = slice(first, first + MOST_RUNS_BESIDE)
        head = "".join(f"<th>{escape(run.title)}</th>" for run in runs[some])
        lines = "\n".join(
            f"<tr><th>{escape(difference.title)}</th>"
            + "".join(f"<td>{escape(value) or '–'}</td>" for value in difference.values[some])
            + "</tr>"
            for difference in differing
        )
        table = f"<thead><tr><th>Setting</th>{head}</tr></thead><tbody>\n{lines}\n</tbody>"
        tables.append(f'<table class="overview settings">{table}</table>')
    return "\n".join(tables)


def _overview_cell(figure: Compared) -> str:
    below = (_number(figure, figure.reported), _signed(figure)) if figure.reported is not None else ()
    lines = "".join(f'<br><small class="muted">{line}</small>' for line in below)
    return f"{_number(figure, figure.ours)}{lines}"


def _article(report: RunFacts) -> str:
    run, recipe = report.run, _recipe(report.run)
    parts = [
        _head(run),
        _tiles(run),
        section("Result", _result(run)),
        section("Learning curves", _curves(report.epochs, run.best_epoch)),
        network_section(run.config, len(report.evidence.classes) or 10),
        confusion_section(report.evidence),
        examples_section(report.evidence),
        settings_section(run.config),
        data_section(run, recipe),
    ]
    return '<article class="run">\n' + "\n".join(filter(None, parts)) + "\n</article>"


def _recipe(run: RunRecord) -> Recipe | None:
    try:
        return find_recipe(run.recipe)
    except InputError:
        return None


def _head(run: RunRecord) -> str:
    made = run.created.astimezone().strftime("%Y-%m-%d %H:%M")
    facts = " · ".join((run.data_description, made, _STATES[run.state]))
    tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in run.tags)
    return (
        f'<header>\n<div class="kicker">Lab report · run {run.id}</div>\n<h1>{escape(run.name)}</h1>\n'
        f"{paragraph(config_explanation(run.config))}\n"
        f'<div class="muted">{escape(facts)} {tags}</div>\n</header>\n'
        f"{section('Remarks', paragraph(run.note, 'note'))}"
    )


def _tiles(run: RunRecord) -> str:
    figures = run.metrics
    tiles = [
        (_said(figures.test_accuracy, run.test_samples), "test accuracy"),
        (_said(figures.val_accuracy, run.validation_samples), "validation accuracy"),
        (duration_text(run.time_s, 1), f"for {run.epochs_done} {'epoch' if run.epochs_done == 1 else 'epochs'}"),
        (f"{run.parameters:,}", "parameters"),
    ]
    cells = "\n".join(f'<div class="tile"><b>{value}</b><span>{name}</span></div>' for value, name in tiles)
    return f'<div class="tiles">\n{cells}\n</div>'


def _said(accuracy: float | None, samples: int) -> str:
    return "–" if accuracy is None else accuracy_text(accuracy, samples)


def _result(run: RunRecord) -> str:
    """Loss and accuracy of the three parts, beside what the notes report where they do."""
    time, *figures = compared(run)
    notes = run.notes.reported
    parts = zip(("Training", "Validation", "Test"), figures[::2], figures[1::2], strict=True)
    lines = [
        f"<tr><th>{name}</th>{_cells(loss, notes is not None)}{_cells(accuracy, notes is not None)}</tr>"
        for name, loss, accuracy in parts
    ]
    content = [f'<div class="wide"><table class="figures">{_result_head(notes is not None)}<tbody>', *lines]
    content.append("</tbody></table></div>")
    content.append(paragraph(_precision(run), "muted"))
    if time.ours is not None and time.reported is not None:
        content.append(
            paragraph(
                f"Time: {duration_text(time.ours, 1)}; the notes report {duration_text(time.reported, 1)} on their own "
                "machine."
            )
        )
    if notes is not None:
        content.append(paragraph(_stops(run, notes.stopped_epoch)))
        content.append(paragraph(notes.remark, "muted"))
    if run.notes.reasons:
        content.append(paragraph(f"Not comparable with the notes: {', '.join(run.notes.reasons)}.", "muted"))
    content.append(paragraph(run.message if run.state in {RunState.FAILED, RunState.INTERRUPTED} else ""))
    return "\n".join(filter(None, content))


def _result_head(with_notes: bool) -> str:
    if not with_notes:
        return (
            '<thead><tr><th></th><th class="number first">Loss</th><th class="number first">Accuracy</th></tr></thead>'
        )
    three = '<th class="number first">this run</th><th class="number">notes</th><th class="number">difference</th>'
    group = '<th class="group" colspan="3">'
    return f"<thead><tr><th></th>{group}Loss</th>{group}Accuracy</th></tr><tr><th></th>{three}{three}</tr></thead>"


def _cells(figure: Compared, with_notes: bool) -> str:
    cells = f'<td class="number first">{_number(figure, figure.ours)}</td>'
    if with_notes:
        cells += f'<td class="number">{_number(figure, figure.reported)}</td><td class="number">{_signed(figure)}</td>'
    return cells


def _number(figure: Compared, value: float | None) -> str:
    return "–" if value is None else f"{value:.{figure.decimals}f}"


def _signed(figure: Compared) -> str:
    difference = figure.difference
    return "–" if difference is None else f"{difference:+.{figure.decimals}f}".replace("-", "−")


def _precision(run: RunRecord) -> str:
    figures = run.metrics
    if figures.test_precision is None or figures.test_recall is None:
        return ""
    said = f"Test precision {figures.test_precision:.4f}, recall {figures.test_recall:.4f} (means over the classes)."
    if figures.test_accuracy is None or not 0 < run.test_samples < FEW:
        return said
    return f"Test: {accuracy_with_interval(figures.test_accuracy, run.test_samples)} right. {said}"


def _stops(run: RunRecord, stopped_epoch: int | None) -> str:
    if stopped_epoch is None:
        return ""
    ours = f"this run after epoch {run.epochs_done}" if run.state is RunState.EARLY_STOPPED else "this run did not"
    return f"Early stopping ended the notes' run after epoch {stopped_epoch}, {ours}."


def _curves(epochs: Sequence[EpochDone], best_epoch: int | None) -> str:
    numbers = [epoch.epoch for epoch in epochs]
    charts = [
        curve_chart(
            title,
            numbers,
            [
                Curve("training", "train", [getattr(epoch, name) for epoch in epochs]),
                Curve("validation", "val", [getattr(epoch, f"val_{name}") for epoch in epochs]),
            ],
            best_epoch,
        )
        for title, name in (("Loss", "loss"), ("Accuracy", "accuracy"))
    ]
    return f'<div class="curves">\n{chr(10).join(charts)}\n</div>'
