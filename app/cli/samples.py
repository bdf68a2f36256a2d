"""`softmax-studio samples`: one's own labelled samples on the terminal."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, Output, Replace, comparison_words, counted, show_progress
from app.core.datasets.originals import load_original
from app.core.datasets.registry import DIGIT_CLASSES
from app.core.datasets.samples.exchange import ExportFormat, export_samples, import_as_new_set, import_samples
from app.core.datasets.samples.sets import (
    ClassChange,
    SampleSet,
    change_classes,
    create_sample_set,
    delete_sample_set,
    rename_sample_set,
    restore_sample_set,
    sample_set,
    sample_set_names,
)
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.errors import InputError
from app.core.inference.before_after import before_after
from app.core.paths import given_path

samples_app = typer.Typer(
    help="Your own samples: labelled drawings and pictures, to train with like any other data: "
    "softmax-studio train fast-cnn --data NAME, or start from a model with --set initial_model=MODEL.",
    no_args_is_help=True,
)

Set = Annotated[str, typer.Argument(help="The name of a set (see: softmax-studio samples list).")]
Ids = Annotated[list[int], typer.Argument(help="The numbers of samples (see: softmax-studio samples show).")]
Label = Annotated[str, typer.Option(help="The name of their class.")]


@samples_app.command("list")
def samples_list(json: Json = False) -> None:
    """List the sets and how many samples each class has."""
    output, names = Output(json), sample_set_names()
    if not names and not json:
        print('There are no sets of samples yet; create one with "softmax-studio samples new TITLE".')
    for name in names:
        with output.listing(name):
            found = sample_set(name)
            counts = "  ".join(f"{count.name}: {count.total:,}" for count in found.counts if count.total)
            words = f"{counted(found.total, 'sample')}, {found.held_back_count:,} for testing"
            output.facts(_facts(found), f"{name:<16} {found.title}: {words}  {counts}".rstrip())
    output.end()


@samples_app.command("new")
def samples_new(
    title: Annotated[str, typer.Argument(help="The title of the set.")],
    classes: Annotated[
        str | None, typer.Option(help="2 to 50 names, separated by commas; the digits by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Create an empty set."""
    made = create_sample_set(title, DIGIT_CLASSES if classes is None else classes.split(","))
    Output(json).facts(_facts(made), f"Created {made.name}.")


@samples_app.command("rename")
def samples_rename(
    set_name: Set, title: Annotated[str, typer.Argument(help="The new title.")], json: Json = False
) -> None:
    """Rename a set; its short name, which models and runs refer to, stays."""
    renamed = rename_sample_set(set_name, title)
    Output(json).facts(_facts(renamed), f"{renamed.name} is called {renamed.title} now.")


@samples_app.command("classes")
def samples_classes(
    set_name: Set,
    add: Annotated[list[str] | None, typer.Option(help="A class to add; may be repeated.")] = None,
    rename: Annotated[list[str] | None, typer.Option(help="OLD=NEW; may be repeated.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A class without samples; may be repeated.")] = None,
    json: Json = False,
) -> None:
    """Change the classes of a set; they keep their samples. Models with the old classes no longer fit the set."""
    known = SampleStore(set_name).set
    names = dict(enumerate(known.class_names))
    for old, equals, new in (given.partition("=") for given in rename or ()):
        if not equals:
            raise InputError(f"--rename needs OLD=NEW, not {old!r}.")
        names[_label(known, old)] = new
    for gone in remove or ():
        names.pop(_label(known, gone), None)
    wanted: list[ClassChange] = [*names.items(), *((None, name) for name in add or ())]
    changed = change_classes(set_name, wanted)
    Output(json).facts(_facts(changed), f"{changed.title} has {len(wanted)} classes: {', '.join(changed.class_names)}.")


@samples_app.command("delete")
def samples_delete(set_name: Set, json: Json = False) -> None:
    """Delete a whole set; `undelete` restores it until another one is deleted."""
    delete_sample_set(set_name)
    said = f"Deleted {set_name}. To restore it: softmax-studio samples undelete {set_name}"
    Output(json).facts({"deleted": set_name}, said)


@samples_app.command("undelete")
def samples_undelete(set_name: Set, json: Json = False) -> None:
    """Restore the set that was deleted last."""
    _tell(restore_sample_set(set_name), [], "Restored", json)


@samples_app.command("add")
def samples_add(
    set_name: Set,
    files: Annotated[list[Path], typer.Argument(help="Drawings (*.drawing.json) and pictures.")],
    label: Label,
    json: Json = False,
) -> None:
    """Add drawings and pictures as samples of one class."""
    store = SampleStore(set_name)
    number = _label(store.set, label)
    ids = store.add_all(NewSample(load_original(given_path(file)), number, source=file.name) for file in files)
    _tell(store.set, ids, f"Added {counted(len(ids), 'sample')} of {label} to", json)


@samples_app.command("show")
def samples_show(
    set_name: Set,
    label: Annotated[str | None, typer.Option(help="Only this class.")] = None,
    json: Json = False,
) -> None:
    """List the samples of a set, the newest first."""
    store, output = SampleStore(set_name), Output(json)
    known = store.set
    for sample in store.samples(None if label is None else _label(known, label)):
        name, held = known.class_names[sample.label], "for testing" if sample.is_held_back else ""
        facts = {
            "id": sample.id,
            "label": name,
            "held_back": sample.is_held_back,
            "kind": sample.kind,
            "created": sample.created.isoformat(),
        }
        when = f"{sample.created.astimezone():%Y-%m-%d %H:%M}"
        output.facts(facts, f"{sample.id:>6}  {name:<16} {sample.kind:<8} {when}  {held}".rstrip())


@samples_app.command("relabel")
def samples_relabel(set_name: Set, ids: Ids, label: Label, json: Json = False) -> None:
    """Change the class of samples."""
    store = SampleStore(set_name)
    changed = store.relabel(dict.fromkeys(ids, _label(store.set, label)))
    _tell(changed, ids, f"{counted(len(ids), 'sample')} labelled {label} in", json)


@samples_app.command("remove")
def samples_remove(set_name: Set, ids: Ids, json: Json = False) -> None:
    """Remove samples; `restore` restores them within a day."""
    _tell(SampleStore(set_name).remove(ids), ids, f"Removed {counted(len(ids), 'sample')} from", json)


@samples_app.command("restore")
def samples_restore(set_name: Set, ids: Ids, json: Json = False) -> None:
    """Restore removed samples."""
    _tell(SampleStore(set_name).restore(ids), ids, f"Restored {counted(len(ids), 'sample')} to", json)


@samples_app.command("export")
def samples_export(
    set_name: Set,
    target: Annotated[Path, typer.Argument(help="A new folder, or a new file for npz.")],
    form: Annotated[str, typer.Option("--format", help="png, idx, npz, or originals (drawings as drawn).")] = "png",
    replace: Replace = False,
    json: Json = False,
) -> None:
    """Export a set for other programs, or for `data import`."""
    if form not in set(ExportFormat):
        raise InputError(f"{form!r} is not a format; choose one of: {', '.join(ExportFormat)}.")
    path = export_samples(set_name, ExportFormat(form), given_path(target), replace=replace)
    Output(json).facts({"name": set_name, "format": form, "path": str(path)}, f"Written to {path}.")


@samples_app.command("import")
def samples_import(
    folder: Annotated[Path, typer.Argument(help="Drawings and pictures in a folder for each class, or other data.")],
    into: Annotated[str | None, typer.Option(help="The set to add them to.")] = None,
    title: Annotated[str | None, typer.Option(help="The title of a new set for them.")] = None,
    json: Json = False,
) -> None:
    """Import drawings and pictures as samples: into a set, or as a new one."""
    if (into is None) == (title is None):
        raise InputError("Give either --into with the name of a set, or --title for a new one.")
    if into is not None:
        found = import_samples(into, folder)
        added = f"Added {counted(len(found.ids), 'sample')} to"
        did = added if found.ids else "All of these are there already; nothing was added to"
        _tell(found.set, list(found.ids), did, json, found.note)
        return
    found = import_as_new_set(title or "", folder)
    said = f"Created {found.set.name} with {counted(found.set.total, 'sample')}. {found.note}".strip()
    Output(json).facts(_facts(found.set) | _noted(found.note), said)


@samples_app.command("compare")
def samples_compare(
    model: Annotated[str, typer.Argument(help="A model that was fine-tuned with samples.")], json: Json = False
) -> None:
    """Compare before and after fine-tuning: on the test samples, and on what the model knew before."""
    with show_progress(f"Testing {model}", json) as advance:
        found = before_after(model, advance)
    facts = {
        "before": found.before,
        "after": found.after,
        "own": vars(found.own),
        "old": vars(found.old) if found.old else None,
        "lacking": found.lacking,
    }
    Output(json).facts(facts, comparison_words(found))


def _label(known: SampleSet, name: str) -> int:
    if name not in known.class_names:
        raise InputError(f"{known.title} has no class {name!r}; its classes are: {', '.join(known.class_names)}.")
    return known.class_names.index(name)


def _tell(known: SampleSet, ids: list[int], did: str, json: bool, note: str = "") -> None:
    facts = _facts(known) | {"ids": ids} | _noted(note)
    Output(json).facts(facts, f"{did} {known.title}: {counted(known.total, 'sample')}. {note}".strip())


def _noted(note: str) -> dict[str, object]:
    return {"note": note} if note else {}


def _facts(known: SampleSet) -> dict[str, object]:
    return {
        "name": known.name,
        "title": known.title,
        "class_names": known.class_names,
        "preprocessing": known.preprocessing.value,
        "train": known.train_count,
        "held_back": known.held_back_count,
        "counts": {count.name: count.total for count in known.counts},
        "problem": known.why_not_usable or None,
    }
