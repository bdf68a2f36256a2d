"""Doing what is asked with samples, in the thread of the caller. Knows no Qt."""

from collections.abc import Callable
from dataclasses import replace

from app.core.datasets.content import empty_note
from app.core.datasets.samples.exchange import export_samples, import_as_new_set, import_samples, make_filled_set
from app.core.datasets.samples.sets import (
    SampleSet,
    change_classes,
    create_sample_set,
    delete_sample_set,
    free_title,
    newest_set,
    rename_sample_set,
    restore_sample_set,
    sample_set,
    sample_set_names,
    sample_sets,
    suggested_title,
)
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.errors import InputError, StudioError
from app.core.inference.before_after import before_after, fine_tuned_models
from app.ui.common.jobs import Counter, Progress, outcome_of
from app.ui.common.samples.facts import (
    Changed,
    ChangeSet,
    CompareModel,
    CreateSet,
    Deleted,
    DeleteSet,
    Exported,
    ExportSet,
    ImportSamples,
    KeepSample,
    Listed,
    ListSamples,
    LookForSets,
    ModelCompared,
    Opened,
    OpenSample,
    Outcome,
    Relabel,
    RemoveSamples,
    Request,
    RestoreSamples,
    RestoreSet,
    SetsFound,
)


def do(request: Request, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]) -> Outcome:
    """Do it; whatever goes wrong becomes an outcome."""
    return outcome_of(request, lambda: _done(request, Counter(request, on_progress, should_stop)))


def _done(request: Request, progress: Counter) -> Outcome:  # noqa: PLR0912 - a case for each request
    match request:
        case LookForSets():
            return _sets(request)
        case KeepSample():
            return _kept(request)
        case ListSamples(name, label, most):
            store = SampleStore(name)
            return Listed(request, store.samples(label, most), store.set)
        case OpenSample(name, number):
            store = SampleStore(name)
            return Opened(request, store.original(number), store.set.preprocessing, store.set.class_names)
        case Relabel(name, ids, labels):
            SampleStore(name).relabel(dict(zip(ids, labels, strict=True)))
        case RemoveSamples(name, ids):
            SampleStore(name).remove(ids)
        case RestoreSamples(name, ids):
            SampleStore(name).restore(ids)
        case CreateSet(title, class_names):
            return Changed(request, create_sample_set(title, class_names))
        case ChangeSet(name, title, classes):
            rename_sample_set(name, title)
            return Changed(request, change_classes(name, classes))
        case DeleteSet(name):
            delete_sample_set(name)
            return Deleted(request)
        case RestoreSet(name):
            return Changed(request, restore_sample_set(name))
        case ExportSet(name, wanted, target):
            return Exported(request, export_samples(name, wanted, target, progress))
        case ImportSamples():
            return _imported(request, progress)
        case CompareModel(_, model):
            return ModelCompared(request, before_after(model, progress))
    return _changed(request, name)


def _imported(request: ImportSamples, progress: Counter) -> Changed:
    empty: list[str] = []
    if request.set_name:
        ids = tuple(import_samples(request.set_name, request.path, progress, on_empty=empty.append))
        changed = _changed(request, request.set_name, ids)
    else:
        changed = _with_all(
            request, import_as_new_set(free_title(request.title), request.path, progress, on_empty=empty.append)
        )
    return replace(changed, note=empty_note(empty))


def _kept(request: KeepSample) -> Changed:
    newest = None if request.set_name else newest_set(sample_sets(), request.class_names)
    name = newest.name if newest else request.set_name
    if name:
        store = SampleStore(name)
        if store.set.class_names != request.class_names:
            raise InputError(f"The classes of {store.set.title} were changed elsewhere; label it again.")
        return _changed(request, name, (store.add(request.original, request.label),))
    title, sample = suggested_title(request.class_names), NewSample(request.original, request.label)
    return _with_all(request, make_filled_set(title, request.class_names, [sample]))


def _with_all(request: Request, made: SampleSet) -> Changed:
    """A new set and all its samples."""
    return Changed(request, made, tuple(sample.id for sample in SampleStore(made.name).samples()))


def _changed(request: Request, name: str, ids: tuple[int, ...] = ()) -> Changed:
    return Changed(request, sample_set(name), ids)


def _sets(request: LookForSets) -> SetsFound:
    found, problems = [], []
    for name in sample_set_names():
        try:
            found.append(sample_set(name))
        except StudioError as error:
            problems.append(str(error))
    tuned = {each.name: tuple(model.card.name for model in fine_tuned_models(each)) for each in found}
    return SetsFound(request, tuple(sorted(found, key=lambda each: each.title.casefold())), tuple(problems), tuned)
