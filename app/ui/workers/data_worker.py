"""Downloads, imports and picture loading, each job in a thread of its own that ends with the job."""

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject

from app.core.datasets.content import no_progress
from app.core.datasets.download import DownloadProgress, DownloadStoppedError, download
from app.core.datasets.importing import ImportedInfo, import_folder
from app.core.datasets.own_sets import delete_own_set, restore_own_set
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, DatasetSpec
from app.ui.workers.data_facts import (
    Deleted,
    DeleteRequest,
    Downloaded,
    DownloadRequest,
    Imported,
    ImportRequest,
    Outcome,
    PicturesLoaded,
    PicturesRequest,
    Request,
    Restored,
    RestoreRequest,
    TransferProgress,
)
from app.ui.workers.job_facts import PROGRESS_INTERVAL_S, Counter, Progress, Stopped, outcome_of
from app.ui.workers.jobs import Jobs

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
