"""`softmax-studio search` and `search-worker`: many runs on the terminal. Ctrl+C stops; the same command goes on."""

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import Json, Output, Replace, Settings
from app.cli.signals import ENDING, on_signals
from app.core.datasets.types import Variant
from app.core.errors import InputError, StudioError
from app.core.paths import given_path
from app.core.reports.writing import check_target, write_file

if TYPE_CHECKING:
    from app.core.search.plan import SearchPlan
    from app.core.search.runner import SearchRunner
    from app.core.search.status import SearchStatus

POLL_S = 0.5

Storage = Annotated[
    str | None,
    typer.Option(metavar="URL", help="A shared database, postgresql:// or mysql://; by default a local file."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Worker processes here; by default as many as the cores allow.")
]


def search(  # noqa: PLR0917 - the options are the interface
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="PLAN|RECIPE", help="A ready-made plan, or a recipe to vary; none to continue by --study."
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=V1,V2,...", help="A field and its values, or FIELD=LOW..HIGH[:log or :STEP]."),
    ] = None,
    method: Annotated[str | None, typer.Option(help="grid, random, or tpe (guided).")] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="How many, for random and tpe.")] = None,
    workers: Workers = None,
    data: Annotated[str, typer.Option(help="starter, full, or a folder.")] = "starter",
    settings: Settings = None,
    objective: Annotated[str | None, typer.Option(help="val_accuracy or val_loss.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The seed of random values.")] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Stop trials early that are worse than half of the others.")
    ] = False,
    study: Annotated[str | None, typer.Option(help="The name of the search; an existing one is continued.")] = None,
    storage: Storage = None,
    table: Annotated[
        Path | None, typer.Option(metavar="FILE.md", help="Write a table of the reported and the measured metrics.")
    ] = None,
    replace: Replace = False,
    list_plans: Annotated[bool, typer.Option("--list", help="List the ready-made plans.")] = False,
    json: Json = False,
) -> None:
    """Run many trainings: a ready-made plan, or a recipe with fields to vary."""
    output = Output(json)
    if list_plans:
        _list_plans(output)
        return
    if table is not None:
        check_target(given_path(table), is_folder=False, replace=replace)
    from app.core.search.reported import markdown_table
    from app.core.search.runner import SearchRunner

    runner = SearchRunner(storage)
    if target is not None:
        plan = _plan(target, vary or [], data, settings or [])
        chosen = {"name": study, "method": method, "trials": trials, "objective": objective, "seed": seed}
        given = {name: value for name, value in chosen.items() if value is not None}
        plan = runner.start(plan.changed(pruning=prune, **given), workers)
    elif study is not None:
        plan = runner.join(study, workers)
    else:
        raise InputError("Name a ready-made plan (see: softmax-studio search --list) or a recipe.")
    status = _follow(runner, output)
    if status.done == status.total and (model := runner.publish_best()) is not None:
        facts = {"event": "best_model_kept", "model": model.card.name}
        output.facts(facts, f"The model of the best trial is kept as '{model.card.name}', ready on the Recognize page.")
    if table is not None and status.done == status.total:
        write_file(given_path(table), markdown_table(plan, status).encode(), replace)
        output.facts({"event": "table_written", "path": str(table)}, f"The table is in {table}.")


def search_worker(
    study: Annotated[str, typer.Option(help="The name of the search to help with.")],
    storage: Storage = None,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes here.")] = 1,
    json: Json = False,
) -> None:
    """Help with a search that was started elsewhere: run trials until none is left."""
    from app.core.search.runner import SearchRunner

    runner = SearchRunner(storage)
    runner.join(study, workers)
    _follow(runner, Output(json))


def _plan(target: str, vary: list[str], data: str, settings: list[str]) -> "SearchPlan":
    from app.core.recipes import find_recipe
    from app.core.search.plan import PLANS, SearchPlan, find_plan
    from app.core.search.space import parse_dimension

    if data not in set(Variant):
        data = os.path.abspath(given_path(data))  # noqa: PTH100 - as `train` does
    if target in {ready.id for ready in PLANS}:
        plan = find_plan(target)
    else:
        plan = SearchPlan(name=target, method="grid", bases=(find_recipe(target).config,))
    bases = tuple(base.changed(data=data).with_settings(settings) for base in plan.bases)
    varied = tuple(parse_dimension(text, bases[0]) for text in vary)
    name = "-".join(
        (plan.name, *(dimension.field for dimension in varied), *([] if data == "starter" else [_word(data)]))
    )
    return plan.changed(name=name, bases=bases, space=plan.space + varied)


def _word(data: str) -> str:
    return data if data in set(Variant) else Path(data).name


def _list_plans(output: Output) -> None:
    from app.core.search.plan import PLANS, slots

    for ready in PLANS:
        count = len(slots(ready.make()))
        facts = {"id": ready.id, "title": ready.title, "explanation": ready.explanation, "trials": count}
        output.facts(facts, f"{ready.id:<20} {count:>3} trials. {ready.title}. {ready.explanation}")


def _follow(runner: "SearchRunner", output: Output) -> "SearchStatus":
    """Show a search until it is over or stopped."""
    from app.cli.search_display import display
    from app.core.search.storage import retry

    asked = 0

    def stop(_signal: int) -> None:
        nonlocal asked
        asked += 1
        runner.stop(at_once=asked > 1)

    with on_signals(stop, signal.SIGINT, *ENDING):
        try:
            with display(output) as show:
                while True:
                    status = retry(runner.poll, lambda: asked > 0)
                    show(status)
                    if not status.is_running:
                        break
                    time.sleep(POLL_S)
        finally:
            runner.close()
    if status.problem:
        raise StudioError(status.problem)
    return status
