"""Doing what is asked with samples, in the thread of the caller. Knows no Qt."""

import logging
from collections.abc import Callable

from app.core.datasets.samples.exporting import export_samples
from app.core.datasets.samples.importing import import_as_new_set, import_samples, make_filled_set
from app.core.datasets.samples.records import SampleSet, newest_set
from app.core.datasets.samples.sets import (
    create_sample_set,
    delete_sample_set,
    rename_sample_set,
    restore_sample_set,
    sample_set,
    sample_set_names,
    sample_sets,
    suggested_title,
)
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.errors import StudioError
from app.core.inference.before_after import before_after, fine_tuned_models
from app.ui.workers.sample_facts import (
    Changed,
    CompareModel,
    CreateSet,
    Deleted,
    DeleteSet,
    Exported,
    ExportSet,
    Failed,
    ImportSamples,
    KeepSample,
    Listed,
    ListSamples,
    LookForSets,
    ModelCompared,
    Opened,
    OpenSample,
    Outcome,
    Progress,
    Relabel,
    RemoveSamples,
    RenameSet,
    Request,
    RestoreSamples,
    RestoreSet,
    SetsFound,
    Stopped,
)

_log = logging.getLogger(__name__)


class _StopRequestedError(Exception):
    """The person does not want to wait any longer."""


def do(request: Request, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]) -> Outcome:
    """Do it; whatever goes wrong becomes an outcome."""
    try:
        return _done(request, on_progress, should_stop)
    except _StopRequestedError:
        return Stopped(request)
    except StudioError as error:
        return Failed(request, str(error))
    except MemoryError:
        return Failed(request, "Memory ran out; close other programs and try again.")
    except Exception as error:
        _log.exception("%r failed", type(request))
        return Failed(request, f"Something unexpected went wrong ({type(error).__name__}: {error}); try again.")


def _done(  # noqa: PLR0912 - a case for each request
    request: Request, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> Outcome:
    match request:
        case LookForSets():
            return _sets(request)
        case KeepSample():
            return _kept(request)
        case ListSamples(name, label):
            store = SampleStore(name)
            return Listed(request, store.samples(label), store.set)
        case OpenSample(name, number):
            store = SampleStore(name)
            return Opened(request, store.original(number), store.set.preprocessing)
        case Relabel(name, ids, labels):
            for label in set(labels):
                SampleStore(name).relabel([each for each, its in zip(ids, labels, strict=True) if its == label], label)
        case RemoveSamples(name, ids):
            SampleStore(name).remove(ids)
        case RestoreSamples(name, ids):
            SampleStore(name).restore(ids)
        case CreateSet(title, class_names):
            return Changed(request, create_sample_set(title, class_names))
        case RenameSet(name, title):
            return Changed(request, rename_sample_set(name, title))
        case DeleteSet(name):
            delete_sample_set(name)
            return Deleted(request)
        case RestoreSet(name):
            return Changed(request, restore_sample_set(name))
        case ExportSet(name, wanted, target):
            return Exported(request, export_samples(name, wanted, target))
        case ImportSamples(name, path, title):
            if not name:
                return _with_all(request, import_as_new_set(title, path))
            return _changed(request, name, tuple(import_samples(name, path)))
        case CompareModel(_, model):

            def progress(done: int, total: int) -> None:
                if should_stop():
                    raise _StopRequestedError
                on_progress(Progress(request, done / total))

            return ModelCompared(request, before_after(model, progress))
    return _changed(request, name)


def _kept(request: KeepSample) -> Changed:
    newest = None if request.set_name else newest_set(sample_sets(), request.class_names)
    name = newest.name if newest else request.set_name
    if name:
        return _changed(request, name, (SampleStore(name).add(request.original, request.label),))
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
    tuned = {each.name: tuple(model.card.name for model in fine_tuned_models(each.name)) for each in found}
    return SetsFound(request, tuple(sorted(found, key=lambda each: each.title.casefold())), tuple(problems), tuned)
