"""`softmax-studio runs`: the history of runs on the terminal."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, Output, Replace, aligned, counted
from app.core.paths import given_path
from app.core.percentages import accuracy_text
from app.core.reports.tables import ComparedMetric, compared
from app.core.reports.writing import ReportFormat
from app.core.runs.history import RunHistory
from app.core.runs.records import RunRecord

runs_app = typer.Typer(help="The history of all runs, with the metrics that the notes report.", no_args_is_help=True)

Run = Annotated[int, typer.Argument(help="The number of the run (see: softmax-studio runs list).")]
Runs = Annotated[list[int], typer.Argument(help="The numbers of the runs (see: softmax-studio runs list).")]

_COLUMNS = "  {:>8} {:>8} {:>10} {:>8} {:>10} {:>8} {:>10}"
_LINE = "{:>5} {:<24} {:<13}" + _COLUMNS


@runs_app.command("list")
def runs_list(
    recipe: Annotated[str | None, typer.Option(help="Only runs of this recipe.")] = None,
    study: Annotated[str | None, typer.Option(help="Only runs of this search.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only runs with this tag.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only this many, the newest ones.")] = None,
    json: Json = False,
) -> None:
    """List the runs, newest first, with the metrics that the notes report."""
    output = Output(json)
    chosen = [
        run
        for run in RunHistory().runs()
        if recipe in {None, run.recipe} and study in {None, run.study} and (tag is None or tag in run.tags)
    ]
    if not json:
        print(_heading() if chosen else "No such run is in the history; train one: softmax-studio train RECIPE")
    for run in chosen[:limit]:
        output.facts(_facts(run), "\n".join(_lines(run)))


@runs_app.command("show")
def runs_show(run: Run, json: Json = False) -> None:
    """Show the settings, epochs and results of a run."""
    history = RunHistory()
    record, epochs, confusion = history.run(run), history.epochs(run), history.confusion(run)
    facts = _facts(record) | {
        "config": record.settings,
        "versions": record.versions,
        "epochs": [vars(epoch) for epoch in epochs],
        "confusion": confusion,
    }
    lines = [_heading(), *_lines(record), "", *_about(record)]
    lines += [f"{name:<24} {value}" for name, value in record.settings.items() if name != "layers"]
    lines += [f"{'layer':<24} {_layer(layer)}" for layer in record.settings.get("layers", [])]
    lines += ["", "epoch      loss  accuracy  val_loss  val_accuracy  seconds"] if epochs else []
    lines += [
        f"{epoch.epoch:>5} {epoch.loss:>9.4f} {epoch.accuracy:>9.4f} {_number(epoch.val_loss, '.4f'):>9} "
        f"{_number(epoch.val_accuracy, '.4f'):>13} {epoch.epoch_s:>8.1f}{'  best so far' if epoch.is_best else ''}"
        for epoch in epochs
    ]
    Output(json).facts(facts, "\n".join(lines))


@runs_app.command("rename")
def runs_rename(
    run: Run,
    name: Annotated[str, typer.Argument(help="The new name; an empty one restores that of the recipe.")],
    json: Json = False,
) -> None:
    """Rename a run."""
    history = RunHistory()
    history.rename(run, name)
    _tell(history.run(run), "is its name now", json)


@runs_app.command("note")
def runs_note(
    run: Run,
    text: Annotated[str, typer.Argument(help="The note; an empty text removes it.")],
    json: Json = False,
) -> None:
    """Write a note about a run; this replaces an earlier one."""
    history = RunHistory()
    history.set_note(run, text)
    record = history.run(run)
    _tell(record, "has a note" if record.note else "has no note", json)


@runs_app.command("tag")
def runs_tag(
    run: Run,
    tags: Annotated[
        list[str] | None, typer.Argument(help="All tags of the run; without any, its tags are removed.")
    ] = None,
    json: Json = False,
) -> None:
    """Set the tags of a run; this replaces those it has."""
    history = RunHistory()
    history.set_tags([run], tags or [])
    record = history.run(run)
    _tell(record, f"is tagged {', '.join(record.tags)}" if record.tags else "has no tags", json)


@runs_app.command("delete")
def runs_delete(runs: Runs, json: Json = False) -> None:
    """Delete runs from the history; `restore` restores them within a day."""
    RunHistory().delete(runs)
    numbers = " ".join(map(str, runs))
    said = f"Deleted {counted(len(runs), 'run')}. To restore within a day: softmax-studio runs restore {numbers}"
    Output(json).facts({"deleted": runs}, said)


@runs_app.command("restore")
def runs_restore(runs: Runs, json: Json = False) -> None:
    """Restore deleted runs."""
    RunHistory().restore(runs)
    Output(json).facts({"restored": runs}, f"Restored {counted(len(runs), 'run')}.")


@runs_app.command("export")
def runs_export(
    runs: Runs,
    wanted: Annotated[ReportFormat, typer.Option("--format", help="What to write.")],
    to: Annotated[
        Path | None,
        typer.Option(help="The file, for TensorBoard the folder; by default named after the run."),
    ] = None,
    replace: Replace = False,
    json: Json = False,
) -> None:
    """Write runs as a table, a lab report, a Keras script or TensorBoard events."""
    from app.core.reports.export import export, suggested_name

    history = RunHistory()
    path = given_path(to) if to else Path(suggested_name(wanted, [history.run(run) for run in dict.fromkeys(runs)]))
    done = export(wanted, runs, history, path, replace)
    Output(json).facts(
        {"path": str(done.path), "files": [str(file) for file in done.files], "remark": done.remark},
        f"Wrote {counted(len(set(runs)), 'run')} to {done.path}.{f' {done.remark}' if done.remark else ''}",
    )


def _tell(run: RunRecord, sentence: str, json: bool) -> None:
    Output(json).facts(_facts(run), f"{run.title} {sentence}.")


def _facts(run: RunRecord) -> dict[str, object]:
    """What the list tells of a run: with the notes' columns as measured here, as reported, and the difference."""
    metrics = compared(run)
    return {
        "run": run.id,
        "name": run.name,
        "recipe": run.recipe,
        "created": run.created.isoformat(),
        "state": run.state.value,
        "message": run.message,
        "dataset": run.dataset,
        "data": run.data_description,
        "data_sha256": run.data_sha256,
        "device": run.device,
        "engine": run.engine,
        "parameters": run.parameters,
        "epochs_done": run.epochs_done,
        "best_epoch": run.best_epoch,
        "train_s": run.train_s,
        "val_s": run.val_s,
        "test_s": run.test_s,
        "figures": {metric.name: metric.ours for metric in metrics},
        "reported": {metric.name: metric.reported for metric in metrics},
        "difference": {metric.name: metric.difference for metric in metrics},
        "test_precision": run.metrics.test_precision,
        "test_recall": run.metrics.test_recall,
        "model": run.model,
        "note": run.note,
        "tags": run.tags,
        "study": run.study,
        "trial": run.trial,
    }


def _heading() -> str:
    parts = _LINE.format("", "", "", "", "train", "", "val", "", "test", "")
    return f"{parts.rstrip()}\n" + _LINE.format("run", "name", "state", "time s", *("loss", "accuracy") * 3)


def _lines(run: RunRecord) -> Iterable[str]:
    """A run's line of the list; the reported metrics and the differences below it, where there are any."""
    metrics = compared(run)
    ours = [_metric(metric, metric.ours, metric.samples) for metric in metrics]
    yield _LINE.format(run.id, run.name[:24], run.state.value, *ours)
    if any(metric.reported is not None for metric in metrics):
        yield _LINE.format("", "  reported", "", *(_metric(metric, metric.reported) for metric in metrics))
        yield _LINE.format("", "  difference", "", *(_difference(metric) for metric in metrics))


def _metric(metric: ComparedMetric, value: float | None, samples: int = 0) -> str:
    if metric.is_accuracy and value is not None:
        return accuracy_text(value, samples)
    return _number(value, f".{metric.decimals}f")


def _difference(metric: ComparedMetric) -> str:
    """How much more ours is than what the notes report; of an accuracy in percentage points."""
    if metric.is_accuracy and metric.difference is not None:
        return f"{100 * metric.difference:+.2f}"
    return _number(metric.difference, f"+.{metric.decimals}f")


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _about(run: RunRecord) -> list[str]:
    """What is known of a run beside its settings and metrics; nothing that is empty."""
    facts = {
        "created": f"{run.created.astimezone():%Y-%m-%d %H:%M}",
        "message": run.message,
        "data": run.data_description,
        "device": run.device,
        "engine": run.engine,
        "parameters": f"{run.parameters:,}" if run.parameters else "",
        "model": run.model,
        "note": run.note,
        "tags": ", ".join(run.tags),
        "search": f"{run.study}, trial {run.trial}" if run.study else "",
    }
    return aligned(facts, 24)


def _layer(layer: dict[str, object]) -> str:
    return " ".join([str(layer.get("type")), *(f"{name}={value}" for name, value in layer.items() if name != "type")])
