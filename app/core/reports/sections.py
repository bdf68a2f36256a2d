"""Sections of the lab report: network, settings, what was taken for what, examples, data and versions."""

import shlex
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig, form_fields
from app.core.config.form import FieldKind, FormField, Section
from app.core.config.notation import layer_text
from app.core.networks.diagram import diagram_svg
from app.core.networks.diagram_shapes import DiagramColours
from app.core.networks.summary import SummaryRow, network_summary
from app.core.percentages import percent
from app.core.recipes import Recipe
from app.core.reports.evidence import Evidence, Example
from app.core.reports.page import paragraph, picture, rows, section
from app.core.runs.records import RunRecord

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


def network_section(config: TrainingConfig, classes: int) -> str:
    """A diagram, and the layers in their order: what each gives to the next, and its parameters."""
    summary = network_summary(config, classes)
    cells = [
        (_layer(row, config), " × ".join(map(str, row.shape)), f"{row.parameters:,}" if row.parameters else "")
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


def _layer(row: SummaryRow, config: TrainingConfig) -> str:
    """A layer in words; those that are not declared are the picture, the answer, and what flattens in between."""
    if row.position is not None:
        return layer_text(config.layers[row.position])
    return {"InputLayer": "picture", "Dense": f"dense {row.shape[0]} {config.output}"}.get(row.type, row.type.lower())


def settings_section(config: TrainingConfig) -> str:
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


def confusion_section(evidence: Evidence) -> str:
    """The confusion matrix as a shaded table, and what was confused most. Big ones are left at the latter."""
    counts = evidence.confusion
    if counts is None:
        return ""
    parts = []
    if len(counts) <= _MOST_CLASSES:
        parts.append(paragraph("Rows are true classes, columns are predicted classes.", "muted"))
        parts.append(_matrix(counts, evidence.classes))
    if pairs := _confused(counts, evidence.classes):
        parts.append(paragraph(f"Most often confused: {'; '.join(pairs)}."))
    return section("Confusion matrix", "\n".join(parts))


def _matrix(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    tall = "tall" if max(map(len, classes)) > 3 else ""
    heads = "".join(f'<th class="name"><span class="{tall}">{escape(name)}</span></th>' for name in classes)
    lines = []
    for label, (name, row) in enumerate(zip(classes, counts, strict=True)):
        cells = "".join(_cell(int(count), int(row.sum()), said == label) for said, count in enumerate(row))
        recall = percent(row[label] / row.sum()) if row.sum() else "–"
        lines.append(f'<tr><th>{escape(name)}</th>{cells}<td class="number muted">{recall}</td></tr>')
    head = f'<thead><tr><th></th>{heads}<th class="name">found</th></tr></thead>'
    return f'<div class="wide"><table class="confusion">{head}<tbody>\n{chr(10).join(lines)}\n</tbody></table></div>'


def _cell(count: int, total: int, is_right: bool) -> str:
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


def examples_section(evidence: Evidence) -> str:
    """Test pictures with what the network said of them, or why there are none."""
    if evidence.missing:
        return section("Examples", paragraph(evidence.missing, "muted"))
    parts = ["<h3>Read right</h3>", _pictures(evidence.right)] if evidence.right else []
    if evidence.mistakes:
        parts += ["<h3>The most confident mistakes</h3>", _pictures(evidence.mistakes)]
    parts.append(paragraph("The predicted class, its probability, and the true class in brackets.", "muted"))
    return section("Examples", "\n".join(parts), "long")


def _pictures(examples: Sequence[Example]) -> str:
    figures = "\n".join(
        f'<figure class="{"is-right" if example.is_right else "is-wrong"}">{picture(example.image, example.true)}'
        f"<figcaption>{'✓' if example.is_right else '✗'} {escape(example.caption)}</figcaption></figure>"
        for example in examples
    )
    return f'<div class="examples">\n{figures}\n</div>'


def data_section(run: RunRecord, recipe: Recipe | None) -> str:
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
