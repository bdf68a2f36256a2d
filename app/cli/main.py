"""The command line: the same core as the window, without Qt."""

import io
import logging
import os
import sys
import traceback
from contextlib import suppress
from typing import Annotated

import typer

from app import __version__
from app.cli.data import data_app
from app.cli.evaluate import evaluate
from app.cli.models import models_app
from app.cli.output import Json, Output, Settings
from app.cli.predict import predict
from app.cli.runs import runs_app
from app.cli.samples import samples_app
from app.cli.search import search, search_worker
from app.cli.signals import ENDING, end, on_signals
from app.core.errors import InputError, StudioError, error_sentence
from app.core.log import log_file, start_log
from app.core.models.store import check_new_name
from app.core.paths import HOME_VARIABLE
from app.core.recipes import RECIPES
from app.core.recipes.reference import reported_for
from app.core.runs.snapshots import MOST_BYTES

_DEBUG_VARIABLE = "SOFTMAX_STUDIO_DEBUG"
_log = logging.getLogger(__name__)

app = typer.Typer(
    name="softmax-studio",
    help="Draw, recognize and train small image classifiers. Without a command, or with files in place of one (their "
    "names have a dot or a slash), the window opens; the one that is open already, if there is one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def run_command(arguments: list[str]) -> int:
    """Run one command; returns its exit code: 0, 1 for our failure, 2 for bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name the terminal cannot show is no reason to fail
    start_log()  # also, because Python prints what nobody keeps, tracebacks and all
    try:
        with on_signals(end, *ENDING):
            code = _run(arguments)
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = io.StringIO()  # what could not be written would be tried again at the end
        if not isinstance(error, BrokenPipeError):
            _log.error("a command failed", exc_info=error)
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
    except OSError:
        raise
    except Exception as error:
        _log.critical("a command failed", exc_info=error)
        sentence = error_sentence(error).removesuffix("; try again.")
        if os.environ.get(_DEBUG_VARIABLE):
            traceback.print_exc()
        else:
            sentence = f"{sentence}{_details()}; start it with --debug to see more here"
        print(f"softmax-studio: {sentence}.", file=sys.stderr)
        return StudioError.exit_code
    return 0


def _details() -> str:
    """Where details of an error are, if they could be kept."""
    with suppress(OSError, StudioError):
        if log_file().is_file():
            return f"; details are in {log_file()}"
    return ""


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    home: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Keep models, runs and settings there; the window is one of its own."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error happened.")] = False,
) -> None:
    if home is not None:
        os.environ[HOME_VARIABLE] = home
    if debug:
        os.environ[_DEBUG_VARIABLE] = "1"
    if version:
        print(f"softmax-studio {__version__}")
        raise typer.Exit


def train(  # noqa: PLR0917 - the options are the interface
    recipe: Annotated[
        str | None, typer.Argument(help="The recipe to start from (see: softmax-studio recipes).")
    ] = None,
    data: Annotated[str | None, typer.Option(help="starter (the default), full, or a folder.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Short for --set epochs=N.")] = None,
    seed: Annotated[int | None, typer.Option(help="Short for --set seed=N.")] = None,
    settings: Settings = None,
    name: Annotated[str | None, typer.Option(help="The name of the new model.")] = None,
    resume: Annotated[
        int | None,
        typer.Option(
            metavar="RUN",
            help="Continue a stopped or interrupted run, or begin it again if no epoch was done (see: runs list).",
        ),
    ] = None,
    snapshots: Annotated[
        bool, typer.Option(help="Keep the weights of many moments, to travel through the run in the window.")
    ] = True,
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
    if not train_from_terminal(config, name, Output(json), resume, film_bytes=MOST_BYTES if snapshots else 0):
        raise typer.Exit(StudioError.exit_code)


def recipes(json: Json = False) -> None:
    """List the recipes, with the metrics that the notes report."""
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


app.command("predict")(predict)
app.command("train")(train)
app.command("evaluate")(evaluate)
app.command("recipes")(recipes)
app.command("search")(search)
app.command("search-worker")(search_worker)
app.command("self-check")(self_check)
app.add_typer(data_app, name="data")
app.add_typer(models_app, name="models")
app.add_typer(runs_app, name="runs")
app.add_typer(samples_app, name="samples")
