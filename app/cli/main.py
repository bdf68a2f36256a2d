"""The command line: the same core as the window, without Qt."""

import io
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from app import __version__
from app.cli.evaluate import evaluate
from app.cli.models import models_app
from app.cli.output import Json, Output, show_progress
from app.cli.runs import runs_app
from app.cli.samples import samples_app
from app.cli.search import search, search_worker
from app.core.errors import InputError, StudioError, error_sentence
from app.core.models.store import check_new_name, find_model

app = typer.Typer(
    name="softmax-studio",
    help="Draw, recognize and train small image classifiers. Without a command, the window opens.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_MULTI = (
    "Read each as a number of several digits. With --json, prints the text and each digit with its box: "
    "left, top, right and bottom in pixels of the picture, or in units of the drawing's canvas."
)
data_app = typer.Typer(help="The data sets on this computer.", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.add_typer(models_app, name="models")
app.add_typer(runs_app, name="runs")
app.add_typer(samples_app, name="samples")
app.command("evaluate")(evaluate)
app.command("search")(search)
app.command("search-worker")(search_worker)


def run_command(arguments: list[str]) -> int:
    """Run one command; returns its exit code: 0, 1 for our failure, 2 for bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name the terminal cannot show is no reason to fail
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())  # else Python prints what is logged, tracebacks and all
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = io.StringIO()  # what could not be written would be tried again at the end
        if not isinstance(error, BrokenPipeError):
            what = "The output could not be written" if error.filename is None else f"{error.filename} cannot be used"
            print(f"softmax-studio: {what} ({error.strerror or error}).", file=sys.stderr)
        return StudioError.exit_code
    return code


def _run(arguments: list[str]) -> int:
    try:
        app(args=arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except (StudioError, MemoryError) as error:
        print(f"softmax-studio: {error_sentence(error)}", file=sys.stderr)
        return getattr(error, "exit_code", StudioError.exit_code)
    return 0


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(f"softmax-studio {__version__}")
        raise typer.Exit


@app.command()
def predict(
    paths: Annotated[list[Path], typer.Argument(help="Pictures, *.drawing.json files, or folders of them.")],
    model: Annotated[str, typer.Option(help="The model to use.")] = "digits-cnn",
    multi: Annotated[bool, typer.Option("--multi", help=_MULTI)] = False,
    json: Json = False,
) -> None:
    """Read drawings and pictures."""
    from app.core.inference.predict_files import predict_files

    output, failed = Output(json), 0
    for prediction in predict_files(find_model(model), paths, multi):
        output.prediction(prediction)
        failed += prediction.error is not None
    if failed:
        raise typer.Exit(InputError.exit_code)


@app.command()
def train(  # noqa: PLR0917 - the options are the interface
    recipe: Annotated[
        str | None, typer.Argument(help="The recipe to start from (see: softmax-studio recipes).")
    ] = None,
    data: Annotated[str | None, typer.Option(help="starter (the default), full, or a folder.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Short for --set epochs=N.")] = None,
    seed: Annotated[int | None, typer.Option(help="Short for --set seed=N.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Change a field.")] = None,
    name: Annotated[str | None, typer.Option(help="The name of the new model.")] = None,
    resume: Annotated[
        int | None,
        typer.Option(metavar="RUN", help="Continue a stopped or interrupted run (see: runs list)."),
    ] = None,
    json: Json = False,
) -> None:
    """Train a network and save it among your models."""
    from app.cli.train import config_to_resume, config_to_train, train_from_terminal

    changes = {"data": data, "epochs": epochs, "seed": seed}
    if resume is None:
        config = config_to_train(recipe, changes, settings or [])
    elif recipe or settings or any(value is not None for value in changes.values()):
        raise InputError("A resumed run keeps its own settings; leave out the recipe and the other options.")
    else:
        config = config_to_resume(resume)
    if name is not None:
        check_new_name(name)
    if not train_from_terminal(config, name, Output(json), resume):
        raise typer.Exit(StudioError.exit_code)


@app.command()
def recipes(json: Json = False) -> None:
    """List the recipes, with the figures that the notes report."""
    from app.core.recipes import RECIPES
    from app.core.recipes.reference import reported_for

    output = Output(json)
    for recipe in RECIPES:
        reported = reported_for(recipe.id)
        output.facts(
            {
                "id": recipe.id,
                "title": recipe.title,
                "group": recipe.group,
                "explanation": recipe.explanation,
                "assumptions": recipe.assumptions,
                "reported": reported.figures if reported else None,
                "config": recipe.config.model_dump(mode="json"),
            },
            f"{recipe.id:<22} {reported.short if reported else '':<12} {recipe.title}. {recipe.explanation}",
        )


@app.command("self-check")
def self_check(json: Json = False) -> None:
    """Check that this installation works: read bundled drawings, train briefly, save, load, read again."""
    from app.cli.self_check import run_checks

    output, failures = Output(json), 0
    for check in run_checks():
        mark = "ok  " if check.passed else "FAIL"
        facts = {"check": check.name, "passed": check.passed, "detail": check.detail, "elapsed_s": check.elapsed_s}
        output.facts(facts, f"{mark} {check.name}: {check.detail} ({check.elapsed_s:.1f} s)")
        failures += not check.passed
    if failures:
        raise typer.Exit(StudioError.exit_code)


@data_app.command("list")
def data_list(json: Json = False) -> None:
    """List the data sets and where they were found."""
    from app.core.datasets.registry import DATASETS
    from app.core.datasets.sources import available, own_names

    output, failed = Output(json), False
    for name in (*DATASETS, *own_names()):
        try:
            found = available(name)
        except StudioError as error:
            output.problem(name, str(error))
            failed = True
            continue
        counts = {variant.value: list(count) for variant, count in found.counts.items()}
        at = str(found.full_at) if found.full_at else None
        output.facts(
            {"name": name, "title": found.title, "starter": found.starter, "full_at": at, "counts": counts},
            f"{name:<16} {'starter' if found.starter else '-':<8} {at or 'full set not here'}",
        )
    if failed:
        raise typer.Exit(InputError.exit_code)


@data_app.command("import")
def data_import(
    folder: Annotated[
        Path,
        typer.Argument(help="IDX files, mnist.npz, KMNIST's or EMNIST's files, Kaggle CSV, or one folder per class."),
    ],
    name: Annotated[str | None, typer.Option(help="The name of a set of your own.")] = None,
    json: Json = False,
) -> None:
    """Copy a data set into the program's own folder."""
    from app.core.datasets.importing import import_folder

    info = import_folder(folder, name)
    facts = {"name": info.name, "path": str(info.path), "train": info.train_count, "test": info.test_count}
    facts |= {"note": info.note} if info.note else {}
    said = f"Imported {info.name}: {info.train_count:,} + {info.test_count:,} pictures. {info.note}"
    Output(json).facts(facts, said.rstrip())


@data_app.command("delete")
def data_delete(
    name: Annotated[str, typer.Argument(help="The name of an imported set (see: softmax-studio data list).")],
    json: Json = False,
) -> None:
    """Delete an imported set; `undelete` restores it until another one is deleted."""
    from app.core.datasets.importing import delete_own_set

    delete_own_set(name)
    said = f"Deleted {name}. To restore it: softmax-studio data undelete {name}"
    Output(json).facts({"deleted": name}, said)


@data_app.command("undelete")
def data_undelete(
    name: Annotated[str, typer.Argument(help="The name of the set that was deleted last.")], json: Json = False
) -> None:
    """Restore the imported set that was deleted last."""
    from app.core.datasets.importing import restore_own_set

    restore_own_set(name)
    Output(json).facts({"restored": name}, f"Restored {name}.")


@data_app.command("download")
def data_download(
    name: Annotated[str, typer.Argument(help="mnist or fashion-mnist.")],
    mirror: Annotated[str | None, typer.Option(help="Base URL of a classroom mirror.")] = None,
    json: Json = False,
) -> None:
    """Download a full data set."""
    from app.core.datasets.download import download

    with show_progress(f"Downloading {name}", json) as advance:
        path = download(name, lambda at: advance(at.bytes_done, at.bytes_total), None, mirror)
    Output(json).facts({"name": name, "path": str(path)}, f"{name} is ready in {path}.")
