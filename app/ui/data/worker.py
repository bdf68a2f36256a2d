"""Downloads, imports and picture loading, each job in a thread of its own that ends with the job."""

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from app.core.datasets.content import no_progress
from app.core.datasets.download import DownloadProgress, DownloadStoppedError, download
from app.core.datasets.importing import ImportedInfo, delete_own_set, import_folder, restore_own_set
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, DatasetSpec
from app.ui.common.jobs import PROGRESS_INTERVAL_S, Counter, Failed, Jobs, Progress, Stopped, outcome_of

# What is asked of the data jobs and what they tell: frozen facts, safe to pass between threads. Knows no Qt.


@dataclass(frozen=True)
class DownloadRequest:
    """Get the full set `name`, from `base_url` if it is not empty."""

    name: str
    base_url: str = ""


@dataclass(frozen=True)
class ImportRequest:
    """Bring the data in `path` in under `name`; `card` is where the user asked for it."""

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


Tell = Callable[[TransferProgress | Progress], None]


class Download(Protocol):
    """How `app.core.datasets.download.download` is called."""

    def __call__(
        self,
        name: str,
        on_progress: Callable[[DownloadProgress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        base_url: str | None = None,
        specs: Mapping[str, DatasetSpec] = DATASETS,
    ) -> Path:
        """Download the full set `name`."""


class ImportFolder(Protocol):
    """How `app.core.datasets.importing.import_folder` is called."""

    def __call__(
        self,
        path: Path,
        name: str | None = None,
        specs: Mapping[str, DatasetSpec] = DATASETS,
        progress: Callable[[int, int], None] = no_progress,
    ) -> ImportedInfo:
        """Import the data in `path`."""


class LoadDataset(Protocol):
    """How `app.core.datasets.sources.load_dataset` is called."""

    def __call__(self, name: str, data: str = "starter", specs: Mapping[str, DatasetSpec] = DATASETS) -> Dataset:
        """Load an edition of a set."""


@dataclass(frozen=True)
class DataServices:
    """What core does for the Data page, and the published sets it does it for."""

    download: Download = download
    import_folder: ImportFolder = import_folder
    load_dataset: LoadDataset = load_dataset
    specs: Mapping[str, DatasetSpec] = field(default_factory=lambda: DATASETS)


class TransferMeter:
    """Turns the bytes of single files into the progress of the whole, passed on at most every 50 ms."""

    def __init__(
        self,
        request: DownloadRequest,
        spec: DatasetSpec,
        send: Callable[[TransferProgress], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request, self._send, self._clock = request, send, clock
        self._sizes = [prod(file.shape) for file in spec.files]
        self._bytes_of_file: dict[int, int] = {}
        self._sent_at = -PROGRESS_INTERVAL_S

    def __call__(self, progress: DownloadProgress) -> None:
        """Take note of a piece."""
        self._bytes_of_file[progress.files_done] = progress.bytes_done
        now = self._clock()
        if now - self._sent_at < PROGRESS_INTERVAL_S:
            return
        self._sent_at = now
        # Files weigh what they hold: packed or not, the labels are a small part of the pictures.
        size = self._sizes[progress.files_done]
        part = min(1.0, progress.bytes_done / (progress.bytes_total or size))
        share = (sum(self._sizes[: progress.files_done]) + part * size) / sum(self._sizes)
        self._send(TransferProgress(self._request, share, sum(self._bytes_of_file.values()) / 1e6))


class PictureSource:
    """Picks pictures, and keeps the last set it loaded: "Show others" must not read a file again."""

    def __init__(self, services: DataServices) -> None:
        self._services = services
        self._key: tuple[str, str] | None = None
        self._dataset: Dataset | None = None

    def pick(self, request: PicturesRequest) -> PicturesLoaded:
        """Return the pictures asked for: all different, the same ones for the same request."""
        key = request.name, request.data
        if self._dataset is None or self._key != key:
            self._dataset = self._key = None
            self._dataset = self._services.load_dataset(request.name, request.data, self._services.specs)
            self._key = key
        train, names = self._dataset.train, self._dataset.class_names
        members = np.arange(len(train)) if request.label is None else np.flatnonzero(train.labels == request.label)
        order = np.random.default_rng(request.seed).permutation(members)[: request.count]
        captions = tuple(names[label] for label in train.labels[order])
        images, preprocessing = train.images[order], self._dataset.preprocessing
        return PicturesLoaded(request, images, captions, len(members), preprocessing, names)


def do(
    request: Request,
    services: DataServices,
    pictures: PictureSource,
    on_progress: Tell,
    should_stop: Callable[[], bool],
) -> Outcome:
    """Do what is asked, in the thread of the caller; whatever goes wrong becomes an outcome."""

    def work() -> Outcome:
        match request:
            case DownloadRequest(name, base_url):
                meter = TransferMeter(request, services.specs[name], on_progress)
                try:
                    services.download(name, meter, should_stop, base_url or None, services.specs)
                except DownloadStoppedError:
                    return Stopped(request)
                return Downloaded(request)
            case ImportRequest(_, path, name):
                progress = Counter(request, on_progress, should_stop)
                return Imported(request, services.import_folder(path, name, services.specs, progress))
            case DeleteRequest(name):
                delete_own_set(name)
                return Deleted(request)
            case RestoreRequest(name):
                restore_own_set(name)
                return Restored(request)
            case PicturesRequest():
                return pictures.pick(request)

    return outcome_of(request, work)


class DataJobs(Jobs):
    """Downloads, imports and pictures, all at the same time; pictures one after the other."""

    def __init__(self, services: DataServices, parent: QObject | None = None) -> None:
        pictures = PictureSource(services)

        def work(request: Request, on_progress: Tell, should_stop: Callable[[], bool]) -> Outcome:
            return do(request, services, pictures, on_progress, should_stop)

        super().__init__(work, _lane, parent)


def _lane(request: Request) -> Hashable:
    return PicturesRequest if isinstance(request, PicturesRequest) else request
