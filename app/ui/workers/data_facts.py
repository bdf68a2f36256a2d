"""What is asked of the data jobs and what they tell: frozen facts, safe to pass between threads. Knows no Qt."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.importing import ImportedInfo
from app.ui.workers.job_facts import Failed, Stopped


@dataclass(frozen=True)
class DownloadRequest:
    """Get the full set `name`, from `base_url` if it is not empty."""

    name: str
    base_url: str = ""


@dataclass(frozen=True)
class ImportRequest:
    """Bring the data in `path` in under `name`; `card` is where the person asked for it."""

    card: str
    path: Path
    name: str


@dataclass(frozen=True)
class PicturesRequest:
    """Pick `count` training pictures; `label` None means of any class, another `seed` means other pictures."""

    name: str
    data: str
    label: int | None = None
    seed: int = 0
    count: int = 25


@dataclass(frozen=True)
class DeleteRequest:
    """Delete the imported set `name`, which people know as `title`."""

    name: str
    title: str


@dataclass(frozen=True)
class RestoreRequest:
    """Bring the imported set back that was deleted last."""

    name: str


Request = DownloadRequest | ImportRequest | PicturesRequest | DeleteRequest | RestoreRequest


@dataclass(frozen=True)
class TransferProgress:
    """How far the download of a set is. `share` runs from 0 to 1, over all its files."""

    request: DownloadRequest
    share: float
    received_mb: float


@dataclass(frozen=True)
class Downloaded:
    """The full set is on this computer."""

    request: DownloadRequest


@dataclass(frozen=True)
class Imported:
    """The data was brought in, perhaps as another set than was thought: `info` tells."""

    request: ImportRequest
    info: ImportedInfo


@dataclass(frozen=True)
class Deleted:
    """The imported set is gone, as long as nobody brings it back."""

    request: DeleteRequest


@dataclass(frozen=True)
class Restored:
    """The imported set is here again."""

    request: RestoreRequest


@dataclass(frozen=True)
class PicturesLoaded:
    """Training pictures (n, 28, 28) uint8, ink = 255, and the name of each one's class; picked from `total`.

    `preprocessing` names how they were made to look as they do, `class_names` all classes of their set.
    """

    request: PicturesRequest
    images: NDArray[np.uint8]
    captions: tuple[str, ...]
    total: int
    preprocessing: str
    class_names: tuple[str, ...] = ()


Outcome = Downloaded | Imported | Deleted | Restored | PicturesLoaded | Stopped | Failed
