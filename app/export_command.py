"""`softmax-studio runs export`: runs as tables, lab reports, Keras scripts or TensorBoard events."""

from pathlib import Path
from typing import Annotated

import typer

from app.console import Output
from app.core.paths import given_path
from app.core.reports.formats import ReportFormat
from app.core.training.history.store import RunHistory
from app.options import Json


def runs_export(
    runs: Annotated[list[int], typer.Argument(help="The numbers of the runs (see: softmax-studio runs list).")],
    wanted: Annotated[ReportFormat, typer.Option("--format", help="What to write.")],
    to: Annotated[
        Path | None,
        typer.Option(help="The file, for TensorBoard the folder; by default named after the run."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace existing files.")] = False,
    json: Json = False,
) -> None:
    """Write runs as a table, a lab report, a Keras script or TensorBoard events."""
    from app.core.reports.export import export, suggested_name

    history = RunHistory()
    path = given_path(to) if to else Path(suggested_name(wanted, [history.run(run) for run in dict.fromkeys(runs)]))
    done = export(wanted, runs, history, path, replace)
    count = "1 run" if len(set(runs)) == 1 else f"{len(set(runs))} runs"
    Output(json).facts(
        {"path": str(done.path), "files": [str(file) for file in done.files], "remark": done.remark},
        f"Wrote {count} to {done.path}.{f' {done.remark}' if done.remark else ''}",
    )
