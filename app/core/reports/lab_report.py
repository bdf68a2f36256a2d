"""The lab report: one HTML file with all that a run was and did, to hand in or to print. Needs no network."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from app import __version__
from app.core.config.config import TrainingConfig, form_fields
from app.core.config.form import FieldKind, FormField, Section
from app.core.config.notation import layer_text
from app.core.errors import InputError
from app.core.networks.diagram import diagram_svg
from app.core.networks.diagram_shapes import DiagramColours
from app.core.networks.summary import SummaryRow, network_summary
from app.core.percentages import FEW, accuracy_text, accuracy_with_interval, percent
from app.core.recipes import Recipe, find_recipe
from app.core.recipes.changes import config_explanation
from app.core.reports.curves import Curve, curve_chart, overlay
from app.core.reports.page import STYLE, paragraph, picture, rows, section
from app.core.reports.run_predictions import Example, RunPredictions
from app.core.reports.tables import ComparedMetric, compared
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
    RunState.DAMAGED: "damaged",
}


_MOST_CLASSES = 16
_MOST_PAIRS = 12


_PAGE_COLOURS = DiagramColours(
    background="var(--card)",
    text="var(--text)",
    muted="var(--muted)",
    line="var(--muted)",
    trainable="var(--soft)",
    trainable_outline="var(--accent)",
    plain="var(--page)",
    plain_outline="var(--muted)",
    skip="var(--validation)",
    wrong="var(--wrong)",
)
"""Those of the style sheet, so that the diagram is dark on a dark page."""

MOST_RUNS_BESIDE = 5
"""So many runs stand beside each other in a table that has to fit on a printed page."""


@dataclass(frozen=True)
class RunFacts:
    """All that a report tells of one run."""

    run: RunRecord
    epochs: Sequence[EpochDone]
    predictions: RunPredictions


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
    metrics = [compared(run) for run in runs]
    titles = [metric.title for metric in metrics[0]]
    cells = [[_overview_cell(metric) for metric in row] for row in metrics]
    remark = paragraph("Below each metric: what the notes report, and the difference.", "muted")
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


def _overview_cell(metric: ComparedMetric) -> str:
    below = (_number(metric, metric.reported), _signed(metric)) if metric.reported is not None else ()
    lines = "".join(f'<br><small class="muted">{line}</small>' for line in below)
    return f"{_number(metric, metric.ours)}{lines}"


def _article(report: RunFacts) -> str:
    run, recipe = report.run, _recipe(report.run)
    parts = [
        _head(run),
        _tiles(run),
        section("Result", _result(run)),
        section("Learning curves", _curves(report.epochs, run.best_epoch)),
        _network_section(run.config, len(report.predictions.classes) or 10),
        _confusion_section(report.predictions),
        _examples_section(report.predictions),
        _settings_section(run.config),
        _data_section(run, recipe),
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
    metrics = run.metrics
    tiles = [
        (_said(metrics.test_accuracy, run.test_samples), "test accuracy"),
        (_said(metrics.val_accuracy, run.validation_samples), "validation accuracy"),
        (duration_text(run.time_s, 1), f"for {run.epochs_done} {'epoch' if run.epochs_done == 1 else 'epochs'}"),
        (f"{run.parameters:,}", "parameters"),
    ]
    cells = "\n".join(f'<div class="tile"><b>{value}</b><span>{name}</span></div>' for value, name in tiles)
    return f'<div class="tiles">\n{cells}\n</div>'


def _said(accuracy: float | None, samples: int) -> str:
    return "–" if accuracy is None else accuracy_text(accuracy, samples)


def _result(run: RunRecord) -> str:
    """Loss and accuracy of the three parts, beside what the notes report where they do."""
    time, *metrics = compared(run)
    notes = run.notes.reported
    parts = zip(("Training", "Validation", "Test"), metrics[::2], metrics[1::2], strict=True)
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
    content.append(
        paragraph(run.message if run.state in {RunState.FAILED, RunState.INTERRUPTED, RunState.DAMAGED} else "")
    )
    return "\n".join(filter(None, content))


def _result_head(with_notes: bool) -> str:
    if not with_notes:
        return (
            '<thead><tr><th></th><th class="number first">Loss</th><th class="number first">Accuracy</th></tr></thead>'
        )
    three = '<th class="number first">this run</th><th class="number">notes</th><th class="number">difference</th>'
    group = '<th class="group" colspan="3">'
    return f"<thead><tr><th></th>{group}Loss</th>{group}Accuracy</th></tr><tr><th></th>{three}{three}</tr></thead>"


def _cells(metric: ComparedMetric, with_notes: bool) -> str:
    cells = f'<td class="number first">{_number(metric, metric.ours)}</td>'
    if with_notes:
        cells += f'<td class="number">{_number(metric, metric.reported)}</td><td class="number">{_signed(metric)}</td>'
    return cells


def _number(metric: ComparedMetric, value: float | None) -> str:
    return "–" if value is None else f"{value:.{metric.decimals}f}"


def _signed(metric: ComparedMetric) -> str:
    difference = metric.difference
    return "–" if difference is None else f"{difference:+.{metric.decimals}f}".replace("-", "−")


def _precision(run: RunRecord) -> str:
    metrics = run.metrics
    if metrics.test_precision is None or metrics.test_recall is None:
        return ""
    said = f"Test precision {metrics.test_precision:.4f}, recall {metrics.test_recall:.4f} (means over the classes)."
    if metrics.test_accuracy is None or not 0 < run.test_samples < FEW:
        return said
    return f"Test: {accuracy_with_interval(metrics.test_accuracy, run.test_samples)} right. {said}"


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


# The sections on network, settings, predictions and data.


def _network_section(config: TrainingConfig, classes: int) -> str:
    """A diagram, and the layers in their order: what each gives to the next, and its parameters."""
    summary = network_summary(config, classes)
    cells = [
        (_layer_words(row, config), " × ".join(map(str, row.shape)), f"{row.parameters:,}" if row.parameters else "")
        for row in summary.rows
    ]
    lines = "\n".join(
        f'<tr><td><code>{escape(layer)}</code></td><td class="number">{shape}</td><td class="number">{count}</td></tr>'
        for layer, shape, count in cells
    )
    head = '<thead><tr><th>Layer</th><th class="number">Output</th><th class="number">Parameters</th></tr></thead>'
    table = f'<table class="layers">{head}<tbody>\n{lines}\n</tbody></table>'
    diagram = diagram_svg(config, classes, _PAGE_COLOURS)
    return section("Network", f'<div class="diagram">{diagram}</div>\n{table}', "long")


def _layer_words(row: SummaryRow, config: TrainingConfig) -> str:
    """A layer in words; those that are not declared are the picture, the output, and what flattens in between."""
    if row.position is not None:
        return layer_text(config.layers[row.position])
    return {"InputLayer": "picture", "Dense": f"dense {row.shape[0]} {config.output}"}.get(row.type, row.type.lower())


def _settings_section(config: TrainingConfig) -> str:
    """Every setting that means something in this run, as the form words it."""
    groups = []
    fields = [field for field in form_fields() if _applies(field, config)]
    for group in Section:
        cells = [
            (field.title, _value(field, getattr(config, field.name))) for field in fields if field.section is group
        ]
        if cells:
            groups.append(f"<div><h3>{group.value}</h3>{rows(cells)}</div>")
    return section("Settings", f'<div class="settings">\n{chr(10).join(groups)}\n</div>', "long")


def _applies(field: FormField, config: TrainingConfig) -> bool:
    """False for what has no meaning with the other settings, and for what is off and not among the basics."""
    if field.name == "restore_best_weights":
        return config.early_stopping_patience > 0
    is_off = not getattr(config, field.name) and (bool(field.zero) or field.kind is FieldKind.SWITCH)
    has_meaning = field.when is None or getattr(config, field.when[0]) in field.when[1]
    return has_meaning and (field.section is Section.BASIC or not is_off)


def _value(field: FormField, value: object) -> str:
    if field.kind is FieldKind.SWITCH:
        return "yes" if value else "no"
    if field.zero and not value:
        return field.zero
    number = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{number}{'' if field.unit == '°' else ' '}{field.unit}".strip()


def _confusion_section(predictions: RunPredictions) -> str:
    """The confusion matrix as a shaded table, and what was confused most. Big ones are left at the latter."""
    counts = predictions.confusion
    if counts is None:
        return ""
    parts = []
    if len(counts) <= _MOST_CLASSES:
        parts.append(paragraph("Rows are true classes, columns are predicted classes.", "muted"))
        parts.append(_matrix(counts, predictions.classes))
    if pairs := _confused(counts, predictions.classes):
        parts.append(paragraph(f"Most often confused: {'; '.join(pairs)}."))
    return section("Confusion matrix", "\n".join(parts))


def _matrix(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    tall = "tall" if max(map(len, classes)) > 3 else ""
    heads = "".join(f'<th class="name"><span class="{tall}">{escape(name)}</span></th>' for name in classes)
    lines = []
    for label, (name, row) in enumerate(zip(classes, counts, strict=True)):
        cells = "".join(_count_cell(int(count), int(row.sum()), said == label) for said, count in enumerate(row))
        recall = percent(row[label] / row.sum()) if row.sum() else "–"
        lines.append(f'<tr><th>{escape(name)}</th>{cells}<td class="number muted">{recall}</td></tr>')
    head = f'<thead><tr><th></th>{heads}<th class="name">found</th></tr></thead>'
    return f'<div class="wide"><table class="confusion">{head}<tbody>\n{chr(10).join(lines)}\n</tbody></table></div>'


def _count_cell(count: int, total: int, is_right: bool) -> str:
    """A count, shaded by its share of the row; the root makes the few mistakes visible."""
    share = (count / total) ** 0.5 if total else 0.0
    colour = "right" if is_right else "wrong"
    shade = f"background: rgb(var(--{colour}-cell) / {0.42 * share if is_right else 0.85 * share:.2f})"
    kind = "diagonal" if is_right else "" if count else "zero"
    return f'<td class="{kind}"{f" style={chr(34)}{shade}{chr(34)}" if count else ""}>{count}</td>'


def _confused(counts: NDArray[np.int64], classes: Sequence[str]) -> list[str]:
    """The commonest mistakes in words."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    most = _MOST_PAIRS if len(counts) > _MOST_CLASSES else 3
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(counts)) for place in order]
    return [
        f"{classes[true]} predicted as {classes[said]} ({wrong[true, said]})"
        for true, said in pairs
        if wrong[true, said]
    ]


def _examples_section(predictions: RunPredictions) -> str:
    """Test pictures with what the network said of them, or why there are none."""
    if predictions.missing:
        return section("Examples", paragraph(predictions.missing, "muted"))
    parts = ["<h3>Read right</h3>", _pictures(predictions.right)] if predictions.right else []
    if predictions.mistakes:
        parts += ["<h3>The most confident mistakes</h3>", _pictures(predictions.mistakes)]
    parts.append(paragraph("The predicted class, its probability, and the true class in brackets.", "muted"))
    return section("Examples", "\n".join(parts), "long")


def _pictures(examples: Sequence[Example]) -> str:
    figures = "\n".join(
        f'<figure class="{"is-right" if example.is_right else "is-wrong"}">{picture(example.image, example.true)}'
        f"<figcaption>{'✓' if example.is_right else '✗'} {escape(example.caption)}</figcaption></figure>"
        for example in examples
    )
    return f'<div class="examples">\n{figures}\n</div>'


def _data_section(run: RunRecord, recipe: Recipe | None) -> str:
    """What the run was made from and with, and how to repeat it."""
    parts = [("training", run.train_samples), ("validation", run.validation_samples), ("test", run.test_samples)]
    counts = ", ".join(f"{count:,} {name}" for name, count in parts if count)
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    facts = [
        ("Data", run.data_description),
        ("Pictures", counts),
        ("Data SHA-256", run.data_sha256),
        ("Device", run.device),
        ("Engine", run.engine),
        ("Versions", versions),
    ]
    command = run.config.command(recipe.config) if recipe else shlex.join(["softmax-studio", "train", run.recipe])
    return section(
        "Data and versions",
        rows((name, value) for name, value in facts if value)
        + f"<h3>To repeat this run</h3>\n<pre><code>{escape(command)}</code></pre>",
    )
