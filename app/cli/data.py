"""`softmax-studio data`: the data sets on this computer."""

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, Output, aligned, counted, show_progress
from app.core.datasets.choices import ChoiceNeededError, ImportChoices, Orientation, Polarity, chosen_together
from app.core.datasets.content import MOST_LISTED
from app.core.datasets.download import download
from app.core.datasets.importing import ImportPreview, delete_own_set, preview_import, restore_own_set, store
from app.core.datasets.registry import DATASETS
from app.core.datasets.renaming import rename_class, rename_own_set
from app.core.datasets.sources import available, own_names
from app.core.datasets.storage import ensure_storable
from app.core.datasets.types import DataKind
from app.core.errors import InputError

_MOST_LEFT_OUT = 20

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


Sources = Annotated[
    list[Path],
    typer.Argument(
        help="A folder of pictures for each class, IDX files, arrays (npz, npy, HDF5), CSV tables, or an archive; or "
        "several files of one folder that belong together."
    ),
]
Subset = Annotated[str, typer.Option(help="Which set, where several lie together, such as EMNIST's letters.")]
LabelColumn = Annotated[str, typer.Option(help="The column with the labels: its title, or its number from 1.")]
Kind = Annotated[DataKind | None, typer.Option(help="What the pictures show; found out if left away.")]
Ink = Annotated[Polarity | None, typer.Option(help="What the ink is; as-is: the pixels stay as they are.")]
Turn = Annotated[Orientation | None, typer.Option(help="turned: rows and columns are exchanged in the file.")]
Classes = Annotated[
    str, typer.Option(metavar="A,B,C", help="Names of the classes in their order, or FOUND=NAME for some of them.")
]
TestShare = Annotated[float | None, typer.Option(help="Share kept for testing where no test part is there, 0 to 1.")]


@data_app.command("preview")
def data_preview(  # noqa: PLR0917 - the options are the interface
    paths: Sources,
    subset: Subset = "",
    label_column: LabelColumn = "",
    kind: Kind = None,
    polarity: Ink = None,
    orientation: Turn = None,
    classes: Classes = "",
    test_share: TestShare = None,
    json: Json = False,
) -> None:
    """Say what an import would bring, how it is read and why, and what is left out; nothing is stored."""
    path, files = chosen_together(paths)
    choices = ImportChoices(files, subset, label_column, kind, polarity, orientation, {}, test_share)
    preview = _preview(path, choices, classes, json)
    Output(json).facts(_preview_facts(preview), "\n".join(_preview_lines(preview)))


@data_app.command("import")
def data_import(  # noqa: PLR0917 - the options are the interface
    paths: Sources,
    name: Annotated[str | None, typer.Option(help="The name of a set of your own.")] = None,
    subset: Subset = "",
    label_column: LabelColumn = "",
    kind: Kind = None,
    polarity: Ink = None,
    orientation: Turn = None,
    classes: Classes = "",
    test_share: TestShare = None,
    json: Json = False,
) -> None:
    """Copy a data set into the program's own folder; `data preview` shows first what it would be."""
    path, files = chosen_together(paths)
    choices = ImportChoices(files, subset, label_column, kind, polarity, orientation, {}, test_share)
    preview = _preview(path, choices, classes, json)
    info = store(preview, name)
    facts: dict[str, object] = {
        "name": info.name,
        "path": str(info.path),
        "train": info.train_count,
        "test": info.test_count,
    }
    facts |= {"validation": info.validation_count} if info.validation_count else {}
    facts |= {"note": info.note} if info.note else {}
    facts |= {"left_out": info.left_out_count} if info.left_out_count else {}
    said = [f"Imported {info.name}: {info.train_count:,} + {info.test_count:,} pictures.", info.note]
    if preview.alternatives:
        said.append(_unclear(preview))
    if info.validation_count:
        said.append(f"The last {info.validation_count:,} training pictures are there to validate with.")
    if info.left_out_count:
        said.append(f"{counted(info.left_out_count, 'file or picture')} left out; `data preview` lists them.")
    Output(json).facts(facts, " ".join(filter(None, said)))


def _preview(path: Path, choices: ImportChoices, classes: str, json: bool) -> ImportPreview:
    """Read `path` with a bar on a terminal. A question that the data leaves open names the option that answers it."""
    pairs = [part.partition("=") for part in classes.split(",") if part]
    if all(equals for _, equals, _ in pairs):
        choices = replace(choices, class_names={found.strip(): name.strip() for found, _, name in pairs})
    try:
        with show_progress(f"Reading {path.name}", json) as advance:
            ensure_storable()
            preview = preview_import(path, choices, progress=advance)
    except ChoiceNeededError as error:
        raise InputError(f"{error} Say it with --{error.field.replace('_', '-')}.") from error
    return preview if choices.class_names or not pairs else preview.with_class_names(classes.split(","))


def _preview_facts(preview: ImportPreview) -> dict[str, object]:
    reading = preview.reading
    return {
        "published": preview.published.name if preview.published else None,
        "looks_like": reading.known.title if reading.known else None,
        "sure": reading.is_sure,
        "why": reading.why,
        "kind": reading.kind,
        "polarity": reading.polarity,
        "orientation": reading.orientation,
        "unclear": [f"{polarity}, {orientation}" for polarity, orientation in preview.alternatives],
        "preprocessing": preview.content.preprocessing,
        "train": preview.train_count,
        "validation": preview.content.validation_count,
        "test": len(preview.content.test),
        "has_test_part": preview.has_test_part,
        "classes": [dataclasses.asdict(parts) for parts in preview.class_parts],
        "notes": preview.notes,
        "left_out_count": preview.left_out_count,
        "left_out": [dataclasses.asdict(left) for left in preview.left_out],
        "suggested_name": preview.suggested_name,
    }


def _preview_lines(preview: ImportPreview) -> Iterator[str]:
    content = preview.content
    yield preview.title
    yield from preview.notes
    if preview.alternatives:
        yield _unclear(preview)
    facts = {
        "kind": preview.reading.kind.value,
        "polarity": preview.reading.polarity.value,
        "orientation": preview.reading.orientation.value,
        "training": f"{preview.train_count:,} pictures",
        "validation": f"{content.validation_count:,} pictures" if content.validation_count else "",
        "test": f"{len(content.test):,} pictures{'' if preview.has_test_part else ', set aside from the others'}",
        "name": preview.suggested_name,
    }
    yield from aligned(facts, 12)
    yield _row("class", "training", "validation" if content.validation_count else "", "test")
    for parts in preview.class_parts:
        validation = f"{parts.validation:,}" if content.validation_count else ""
        yield _row(parts.name, f"{parts.train:,}", validation, f"{parts.test:,}")
    if preview.left_out_count:
        yield f"{counted(preview.left_out_count, 'file or picture')} left out:"
    yield from (f"  {left.source}: {left.why}" for left in preview.left_out[:_MOST_LEFT_OUT])
    if preview.left_out_count > _MOST_LEFT_OUT:
        yield f"  and {preview.left_out_count - _MOST_LEFT_OUT:,} more (--json lists up to {MOST_LISTED:,})"


def _unclear(preview: ImportPreview) -> str:
    taken, *others = (f"{polarity} and {orientation}" for polarity, orientation in preview.alternatives)
    options = " and ".join(f"--{field}" for field in sorted(preview.reading.unclear, reverse=True))
    return (
        f"It is not clear how the pictures are meant; they are read as {taken}, and may be {' or '.join(others)}: "
        f"say it with {options}."
    )


def _row(name: str, train: str, validation: str, test: str) -> str:
    between = f" {validation:>11}" if validation else ""
    return f"{name:<24} {train:>9}{between} {test:>7}"


@data_app.command("rename")
def data_rename(
    name: Annotated[str, typer.Argument(help="The name of an imported set (see: softmax-studio data list).")],
    title: Annotated[str, typer.Argument(help="What the window calls it from now on.")],
    json: Json = False,
) -> None:
    """Give an imported set another title; its name stays."""
    card = rename_own_set(name, title)
    Output(json).facts({"name": name, "title": card.title}, f"{name} is called {card.title} now.")


@data_app.command("rename-class")
def data_rename_class(
    name: Annotated[str, typer.Argument(help="The name of an imported set (see: softmax-studio data list).")],
    old: Annotated[str, typer.Argument(help="What the class is called now.")],
    new: Annotated[str, typer.Argument(help="What it is called from now on.")],
    json: Json = False,
) -> None:
    """Give a class of an imported set another name. Models trained with the old one no longer fit the set."""
    card = rename_class(name, old, new)
    said = f"The classes of {card.title} are now: {', '.join(card.class_names)}."
    Output(json).facts({"name": name, "class_names": list(card.class_names)}, said)


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
