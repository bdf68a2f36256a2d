"""What a user does with models, away from the window: one thing after the other, in the order it was asked for."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from app.core.models.exchange import export_model, import_model
from app.core.models.library import copy_model, delete_model, describe_model, rename_model, restore_model
from app.ui.common.jobs import Failed, Jobs, Progress, Stopped, outcome_of


@dataclass(frozen=True)
class RenameModel:
    """Call it something else."""

    name: str
    title: str


@dataclass(frozen=True)
class DescribeModel:
    """Write something about it."""

    name: str
    text: str


@dataclass(frozen=True)
class CopyModel:
    """Make one's own of it."""

    name: str


@dataclass(frozen=True)
class ExportModel:
    """Write it for another computer; the user agreed to replace a file that is there."""

    name: str
    target: Path


@dataclass(frozen=True)
class ImportModel:
    """Bring in what was exported."""

    source: Path


@dataclass(frozen=True)
class DeleteModels:
    """Delete them; `title` is that of a single one."""

    names: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class RestoreModels:
    """Bring deleted ones back."""

    names: tuple[str, ...]


Request = RenameModel | DescribeModel | CopyModel | ExportModel | ImportModel | DeleteModels | RestoreModels


@dataclass(frozen=True)
class Done:
    """It worked; `name` is the model to look at now, if there is one."""

    request: Request
    name: str = ""


Outcome = Done | Stopped | Failed


class ModelJobs(Jobs):
    """`ended` tells the outcome of each request."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_do, _lane, parent)


def _lane(_request: Request) -> Hashable:
    return None


def _do(request: Request, _progress: Callable[[Progress], None], _should_stop: Callable[[], bool]) -> Outcome:
    return outcome_of(request, lambda: Done(request, _done(request)))


def _done(request: Request) -> str:
    match request:
        case RenameModel(name, title):
            return rename_model(name, title).card.name
        case DescribeModel(name, text):
            return describe_model(name, text).card.name
        case CopyModel(name):
            return copy_model(name).card.name
        case ExportModel(name, target):
            export_model(name, target, replace=True)
            return name
        case ImportModel(source):
            return import_model(source).card.name
        case DeleteModels(names):
            for name in names:
                delete_model(name)
            return ""
        case RestoreModels(names):
            restored = [restore_model(name).card.name for name in names]
            return restored[0]
