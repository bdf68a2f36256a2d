"""`softmax-studio train`: one run on the terminal.

Ctrl+C stops it and keeps the network so far. Where the session or the terminal ends there is no time for that: the run
is stopped, and can be resumed.
"""

import os
import signal
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer

from app.cli.output import Json, Output, Settings, comparison_words, show_progress
from app.cli.signals import ENDING, on_signals
from app.core.config.config import TrainingConfig
from app.core.datasets.sources import load_dataset, named_set
from app.core.datasets.types import Variant
from app.core.errors import InputError, StudioError
from app.core.models.store import check_new_name, ensure_writable
from app.core.networks.summary import saving_bytes
from app.core.paths import given_path
from app.core.percentages import accuracy_with_interval
from app.core.quiet import load_tensorflow
from app.core.recipes import find_recipe
from app.core.runs.checkpoint import has_checkpoint, load_checkpoint
from app.core.runs.events import (
    BatchesDone,
    EndReason,
    EpochDone,
    Event,
    FineTuned,
    ModelSaved,
    RunEnded,
    RunPreparing,
    RunStarted,
)
from app.core.runs.history import RunHistory
from app.core.runs.snapshots import USUAL_ROOM, FilmRoom
from app.core.training.control import RunControl
from app.core.training.images import check_run


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
    changes = {"data": data, "epochs": epochs, "seed": seed}
    if resume is None:
        config = config_to_train(recipe, changes, settings or [])
    elif recipe or settings or any(value is not None for value in changes.values()):
        raise InputError("A resumed run keeps its own settings; leave out the recipe and the other options.")
    else:
        config = config_to_resume(resume)
    if name is not None:
        check_new_name(name)
    if not train_from_terminal(config, name, Output(json), resume, film_room=USUAL_ROOM if snapshots else FilmRoom(0)):
        raise typer.Exit(StudioError.exit_code)


def config_to_train(recipe: str | None, changes: Mapping[str, object], settings: list[str]) -> TrainingConfig:
    """A recipe's config with what the command line changes of it. Raises InputError for what cannot be."""
    if recipe is None:
        raise InputError("Name a recipe; see: softmax-studio recipes.")
    config = find_recipe(recipe).config.with_settings(settings)
    data = changes.get("data")
    if isinstance(data, str) and (named := named_set(data)):
        changes = {**changes, "dataset": named, "data": Variant.FULL.value}
    elif isinstance(data, str) and data not in set(Variant):
        # The card names it, wherever that is read.
        changes = {**changes, "data": os.path.abspath(given_path(data))}  # noqa: PTH100
    return config.changed(**{field: value for field, value in changes.items() if value is not None})


def config_to_resume(run: int) -> TrainingConfig:
    """The config of a run that goes on. Raises InputError if it cannot, before anything is loaded."""
    record = RunHistory().run(run)
    if not record.state.can_resume:
        raise InputError(f"Run {run} is {record.state.value.replace('_', ' ')} and cannot be resumed; train it again.")
    if has_checkpoint(run):
        load_checkpoint(run)
    return record.config


def train_from_terminal(
    config: TrainingConfig,
    name: str | None,
    output: Output,
    resume: int | None = None,
    *,
    film_room: FilmRoom = USUAL_ROOM,
) -> bool:
    """Train as `config` says; False if the run failed. Prints events as JSON, or a line per epoch."""
    dataset = load_dataset(config.dataset, config.data)
    check_run(config, dataset)
    ensure_writable(saving_bytes(config, len(dataset.class_names)))
    if output.as_json:
        output.event(RunPreparing("Loading TensorFlow"))
    load_tensorflow()
    from app.core.training.runs import keep, run

    control, ends, saved, heard = RunControl(), list[RunEnded](), list[ModelSaved](), list[int]()

    def stop(number: int) -> None:
        heard.append(number)
        control.stop()

    with show_progress("Training", output.as_json) as advance:

        def emit(event: Event) -> None:
            if isinstance(event, ModelSaved):
                saved.append(event)
            if isinstance(event, RunEnded):
                ends.append(event)
            elif output.as_json:
                output.event(event)
            else:
                _print_event(event)
            if isinstance(event, BatchesDone):
                done = (event.epoch - 1) * event.batches_per_epoch + event.batch
                advance(done, config.epochs * event.batches_per_epoch)

        with on_signals(stop, signal.SIGINT, *ENDING):
            try:
                trained = run(config, dataset, emit, control, name, resume=resume, film_room=film_room)
                ended = ends[-1]
                is_hurried = bool(set(heard) & set(ENDING))
                if trained is not None and ended.reason is EndReason.STOPPED and trained.batches and not is_hurried:
                    ended = _kept(ended, keep(trained, emit, name))
            except StudioError as error:
                ended = replace(ends[-1], reason=EndReason.FAILED, message=str(error))
    _print_end(ended, saved[-1].test_samples if saved else 0, output)
    return ended.reason is not EndReason.FAILED


def _kept(stopped: RunEnded, saved: ModelSaved) -> RunEnded:
    return replace(
        stopped,
        message=f"Stopped; the network so far is saved as '{saved.model}'.",
        test_loss=saved.test_loss,
        test_accuracy=saved.test_accuracy,
        model=saved.model,
    )


def _print_event(event: Event) -> None:
    if isinstance(event, RunStarted):
        going_on = f", continuing with epoch {event.first_epoch}" if event.first_epoch > 1 else ""
        sizes = f"{event.parameters:,} parameters, {event.train_samples:,} pictures"
        print(f"{event.recipe} on {event.data}: {sizes}{going_on}")
    elif isinstance(event, FineTuned):
        print(comparison_words(event.found))
    elif isinstance(event, EpochDone):
        validation = ""
        if event.val_loss is not None and event.val_accuracy is not None:
            validation = f"  val_loss {event.val_loss:.4f}  val_accuracy {event.val_accuracy:.4f}"
        print(
            f"epoch {event.epoch:>3}  loss {event.loss:.4f}  accuracy {event.accuracy:.4f}{validation}  "
            f"{event.epoch_s:.1f} s",
            flush=True,
        )


def _print_end(ended: RunEnded, tested: int, output: Output) -> None:
    if output.as_json:
        output.event(ended)
        return
    if ended.test_accuracy is not None:
        accuracy = accuracy_with_interval(ended.test_accuracy, tested)
        print(f"test accuracy {accuracy}, test loss {ended.test_loss:.4f}, {ended.elapsed_s:.1f} s")
    print(ended.message)
