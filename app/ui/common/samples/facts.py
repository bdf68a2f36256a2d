"""What is asked of the jobs with samples and what they tell: frozen facts for any thread. Knows no Qt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.datasets.originals import Original
from app.core.datasets.samples.sets import Sample, SampleSet
from app.ui.common.jobs import Failed, Stopped

if TYPE_CHECKING:
    from app.core.datasets.samples.exchange import ExportFormat
    from app.core.datasets.samples.sets import ClassChange
    from app.core.inference.before_after import BeforeAfter


@dataclass(frozen=True)
class LookForSets:
    """Tell which sets there are."""


@dataclass(frozen=True, eq=False)
class KeepSample:
    """Keep `original` as a sample of class `label` in the set `set_name`.

    An empty name means the set with `class_names` that was changed last; one is made if there is none.
    """

    set_name: str
    class_names: tuple[str, ...]
    original: Original
    label: int


@dataclass(frozen=True)
class ListSamples:
    """The samples of a set, of one class or all; the newest `most` of them, or all."""

    set_name: str
    label: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Relabel:
    """Each of these samples is of that class."""

    set_name: str
    ids: tuple[int, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class RemoveSamples:
    """Take these samples away."""

    set_name: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class RestoreSamples:
    """Bring these samples back."""

    set_name: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class OpenSample:
    """What was drawn or loaded for a sample."""

    set_name: str
    id: int


@dataclass(frozen=True)
class CreateSet:
    """Make an empty set."""

    title: str
    class_names: tuple[str, ...]


@dataclass(frozen=True)
class ChangeSet:
    """Give a set another title, and its classes other names, more of them or fewer (see `change_classes`)."""

    set_name: str
    title: str
    classes: tuple["ClassChange", ...]


@dataclass(frozen=True)
class DeleteSet:
    """Delete a set; `title` is for what is said of it."""

    set_name: str
    title: str


@dataclass(frozen=True)
class RestoreSet:
    """Bring a deleted set back."""

    set_name: str


@dataclass(frozen=True)
class ExportSet:
    """Write a set to where other programs read it."""

    set_name: str
    wanted: "ExportFormat"
    target: Path


@dataclass(frozen=True)
class ImportSamples:
    """Add what is in `path` to a set; an empty name makes a new set called like `title`."""

    set_name: str
    path: Path
    title: str = ""


@dataclass(frozen=True)
class CompareModel:
    """Tell how much better the model `model` is since it was fine-tuned with the set."""

    set_name: str
    model: str


Request = (
    LookForSets
    | KeepSample
    | ListSamples
    | Relabel
    | RemoveSamples
    | RestoreSamples
    | OpenSample
    | CreateSet
    | ChangeSet
    | DeleteSet
    | RestoreSet
    | ExportSet
    | ImportSamples
    | CompareModel
)


@dataclass(frozen=True)
class SetsFound:
    """The sets that can be read, in order of title, and what is wrong with others: sentences.

    `tuned` names the models that were fine-tuned with a set, by the name of the set, the newest first.
    """

    request: LookForSets
    sets: tuple[SampleSet, ...]
    problems: tuple[str, ...]
    tuned: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Changed:
    """A set was changed or made, and is so now; `ids` are the samples that were added, `note` a sentence about them."""

    request: Request
    now: SampleSet
    ids: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, eq=False)
class Listed:
    """Samples, the newest first, and their set."""

    request: ListSamples
    samples: tuple[Sample, ...]
    of: SampleSet


@dataclass(frozen=True, eq=False)
class Opened:
    """What a sample was made of, how it is prepared, and the classes of its set."""

    request: OpenSample
    original: Original
    preprocessing: str
    class_names: tuple[str, ...]


@dataclass(frozen=True)
class Deleted:
    """The set is away, and can be restored."""

    request: DeleteSet


@dataclass(frozen=True)
class Exported:
    """The set was written to `path`."""

    request: ExportSet
    path: Path


@dataclass(frozen=True)
class ModelCompared:
    """What fine-tuning did."""

    request: CompareModel
    found: "BeforeAfter"


Outcome = SetsFound | Changed | Listed | Opened | Deleted | Exported | ModelCompared | Stopped | Failed


def set_of(request: Request) -> str:
    """The name of the set that it is about, or an empty text."""
    return getattr(request, "set_name", "")
