"""`softmax-studio models`: the models on this computer."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, Output, Replace, aligned
from app.core.datasets.choices import Orientation, Polarity
from app.core.models.adaptation import Output as Answers
from app.core.models.adaptation import Scale
from app.core.models.export.forms import ExportForm
from app.core.models.export.handing_out import hand_out
from app.core.models.library import copy_model, delete_model, describe_model, rename_model, restore_model
from app.core.models.store import StoredModel, check_new_name, damaged_models, find_model, list_models
from app.core.paths import given_path
from app.core.percentages import accuracy_with_interval

models_app = typer.Typer(help="The models on this computer.", no_args_is_help=True)


class Kind(StrEnum):
    """How pictures are prepared."""

    DIGITS = "digits"
    CLOTHES = "clothes"
    WHOLE = "whole"


class Ink(StrEnum):
    """What the ink of pictures is."""

    LIGHT = Polarity.LIGHT_INK.value
    DARK = Polarity.DARK_INK.value


Name = Annotated[str, typer.Argument(help="The name or title of a model (see: softmax-studio models list).")]
OwnName = Annotated[str, typer.Argument(help="The name or title of one of your own models.")]


@models_app.command("list")
def models_list(json: Json = False) -> None:
    """List the bundled models and your own."""
    output = Output(json)
    for model in list_models():
        output.facts(_facts(model), f"{model.card.name:<20} {model.card.summary}")
    for name, problem in damaged_models().items():
        output.problem(name, problem)
    output.end()


@models_app.command("show")
def models_show(name: Name, json: Json = False) -> None:
    """Show the details of a model."""
    model = find_model(name)
    Output(json).facts(_facts(model), "\n".join(_lines(model)))


@models_app.command("rename")
def models_rename(
    name: OwnName, title: Annotated[str, typer.Argument(help="The new title.")], json: Json = False
) -> None:
    """Rename one of your own models; its short name, which runs refer to, stays."""
    model = rename_model(name, title)
    Output(json).facts(_facts(model), f"'{model.card.name}' is called '{model.card.title}' now.")


@models_app.command("describe")
def models_describe(
    name: OwnName,
    text: Annotated[str, typer.Argument(help="The description; an empty text removes it.")],
    json: Json = False,
) -> None:
    """Describe one of your own models; this replaces an earlier description."""
    model = describe_model(name, text)
    said = "has a description" if model.card.description else "has no description"
    Output(json).facts(_facts(model), f"'{model.card.title}' {said} now.")


@models_app.command("copy")
def models_copy(
    name: Name,
    title: Annotated[str, typer.Option(help='The title of the copy; by default the title with "(copy)".')] = "",
    json: Json = False,
) -> None:
    """Create a model of your own with the same weights."""
    model = copy_model(name, title)
    Output(json).facts(_facts(model), f"Copied as '{model.card.name}', called '{model.card.title}'.")


@models_app.command("export")
def models_export(
    name: Name,
    path: Annotated[Path, typer.Argument(help="A zip file (NAME.zip), or else a new folder.")],
    form: Annotated[
        ExportForm,
        typer.Option("--format", help="For other programs; studio is for this program on another computer."),
    ] = ExportForm.STUDIO,
    replace: Replace = False,
    json: Json = False,
) -> None:
    """Write a model as one zip file or folder, with its card and, for other programs, a README and an example."""
    done = hand_out(name, form, given_path(path), replace)
    facts: dict[str, object] = {"name": name, "format": form.value, "path": str(done.path)}
    if done.pictures:
        facts |= {"pictures": done.pictures, "same": done.same, "difference": done.difference}
    Output(json).facts(facts, f"Exported as {done.path}. {done.sentence}".strip())


@models_app.command("import")
def models_import(  # noqa: PLR0917 - the options are the interface
    path: Annotated[Path, typer.Argument(help="A file or folder: see above.")],
    classes: Annotated[str, typer.Option(metavar="A,B,C", help="Names of the classes in their order.")] = "",
    classes_from: Annotated[str, typer.Option(metavar="SET", help="The data set whose classes it knows.")] = "",
    prepared_as: Annotated[
        Kind | None,
        typer.Option(help="How pictures are prepared: ink cut out and centred, the piece trimmed, or whole."),
    ] = None,
    scale: Annotated[Scale | None, typer.Option(help="What the numbers of a pixel are.")] = None,
    output: Annotated[Answers | None, typer.Option(help="What it gives for each class.")] = None,
    polarity: Annotated[Ink | None, typer.Option(help="Whether ink is light on dark, as in MNIST.")] = None,
    orientation: Annotated[Orientation | None, typer.Option(help="turned: rows and columns exchanged.")] = None,
    name: Annotated[str, typer.Option(help="What the model is called; by default as its file.")] = "",
    json: Json = False,
) -> None:
    """Import a model: one that Softmax Studio exported, or one that was made elsewhere.

    Keras (.keras, .h5), TensorFlow Lite (.tflite), SavedModel and the downloads of Teachable Machine are read. What the
    file does not say is found by reading 25 labelled pictures; the options decide it instead.
    """
    from app.cli.foreign_models import ImportOptions, import_any, imported_words

    options = ImportOptions(classes, classes_from, prepared_as, scale, output, polarity, orientation, name)
    model = import_any(given_path(path), options, Output(json))
    Output(json).facts(_facts(model), imported_words(model.card))


@models_app.command("average")
def models_average(
    names: Annotated[list[str], typer.Argument(help="Models that started with the same weights.")],
    name: Annotated[str, typer.Option(help="The name of the new model.")],
    json: Json = False,
) -> None:
    """Create one model from the average of the weights of others."""
    from app.core.quiet import load_tensorflow

    check_new_name(name)
    load_tensorflow()
    from app.core.training.averaging import average_models

    card = average_models(names, name).card
    facts = {"name": card.name, "test_accuracy": card.metrics.test_accuracy, "test_loss": card.metrics.test_loss}
    Output(json).facts(facts, f"Saved as '{card.name}': test accuracy {card.metrics.test_accuracy:.4f}.")


@models_app.command("remove")
def models_remove(name: OwnName, json: Json = False) -> None:
    """Delete one of your own models; `restore` restores it within a day."""
    removed = delete_model(name)
    said = f"Deleted '{removed}'. To restore it within a day: softmax-studio models restore \"{removed}\""
    Output(json).facts({"removed": removed}, said)


@models_app.command("restore")
def models_restore(
    name: Annotated[str, typer.Argument(help="The name of a model that was deleted.")], json: Json = False
) -> None:
    """Restore a deleted model."""
    model = restore_model(name)
    Output(json).facts(_facts(model), f"Restored '{model.card.title}'.")


def _facts(model: StoredModel) -> dict[str, object]:
    return {**model.card.model_dump(mode="json"), "bundled": model.bundled, "folder": str(model.folder)}


def _lines(model: StoredModel) -> list[str]:
    card, metrics = model.card, model.card.metrics
    tested = accuracy_with_interval(metrics.test_accuracy, metrics.test_samples)
    tested = f"{tested} on {metrics.test_samples:,} test pictures" if metrics.test_samples else "not tested"
    facts = {
        "name": card.name,
        "title": card.title,
        "description": card.description,
        "trained on": card.data_description,
        "classes": f"{len(card.class_names)}: {', '.join(card.class_names)}",
        "test accuracy": tested,
        "shown as": card.origin.adaptation.words if card.origin else "",
        "weights": f"{card.parameters:,}",
        "epochs": f"{card.epochs_done}",
        "created": f"{card.created.astimezone():%Y-%m-%d %H:%M}",
        "command": card.command,
        "folder": model.folder,
    }
    return aligned(facts, 16)
