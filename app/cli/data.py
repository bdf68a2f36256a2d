"""`softmax-studio data`: the data sets on this computer."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, Output, show_progress
from app.core.datasets.download import download
from app.core.datasets.importing import delete_own_set, import_folder, restore_own_set
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import available, own_names

data_app = typer.Typer(help="The data sets on this computer.", no_args_is_help=True)


@data_app.command("list")
def data_list(json: Json = False) -> None:
    """List the data sets and where they were found."""
    output = Output(json)
    for name in (*DATASETS, *own_names()):
        with output.listing(name):
            found = available(name)
            counts = {variant.value: list(count) for variant, count in found.counts.items()}
            at = str(found.full_at) if found.full_at else None
            output.facts(
                {"name": name, "title": found.title, "starter": found.starter, "full_at": at, "counts": counts},
                f"{name:<16} {'starter' if found.starter else '-':<8} {at or 'full set not here'}",
            )
    output.end()


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
    delete_own_set(name)
    said = f"Deleted {name}. To restore it: softmax-studio data undelete {name}"
    Output(json).facts({"deleted": name}, said)


@data_app.command("undelete")
def data_undelete(
    name: Annotated[str, typer.Argument(help="The name of the set that was deleted last.")], json: Json = False
) -> None:
    """Restore the imported set that was deleted last."""
    restore_own_set(name)
    Output(json).facts({"restored": name}, f"Restored {name}.")


@data_app.command("download")
def data_download(
    name: Annotated[str, typer.Argument(help="mnist or fashion-mnist.")],
    mirror: Annotated[str | None, typer.Option(help="Base URL of a classroom mirror.")] = None,
    json: Json = False,
) -> None:
    """Download a full data set."""
    with show_progress(f"Downloading {name}", json) as advance:
        path = download(name, lambda at: advance(at.bytes_done, at.bytes_total), None, mirror)
    Output(json).facts({"name": name, "path": str(path)}, f"{name} is ready in {path}.")
