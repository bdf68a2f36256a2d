"""Downloads, imports and picture loading, each job in a thread of its own that ends with the job."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.core.datasets.download import DownloadProgress, DownloadStoppedError, download
from app.core.datasets.importing import ImportedInfo, import_folder
from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import load_dataset
from app.core.datasets.types import Dataset, DatasetSpec
from app.core.errors import StudioError
from app.ui.workers.data_facts import (
    Downloaded,
    DownloadRequest,
    Failed,
    Imported,
    ImportRequest,
    Outcome,
    PicturesLoaded,
    PicturesRequest,
    Request,
    Stopped,
    TransferProgress,
)

PROGRESS_INTERVAL_S = 0.05

_log = logging.getLogger(__name__)


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
        self, path: Path, name: str | None = None, specs: Mapping[str, DatasetSpec] = DATASETS
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
        return PicturesLoaded(request, train.images[order], captions, len(members), self._dataset.preprocessing)


def do(
    request: Request,
    services: DataServices,
    pictures: PictureSource,
    on_progress: Callable[[TransferProgress], None],
    should_stop: Callable[[], bool],
) -> Outcome:
    """Do what is asked, in the thread of the caller; whatever goes wrong becomes an outcome."""
    try:
        match request:
            case DownloadRequest(name, base_url):
                meter = TransferMeter(request, services.specs[name], on_progress)
                services.download(name, meter, should_stop, base_url or None, services.specs)
                return Downloaded(request)
            case ImportRequest(_, path, name):
                return Imported(request, services.import_folder(path, name, services.specs))
            case PicturesRequest():
                return pictures.pick(request)
    except DownloadStoppedError:
        return Stopped(request)
    except StudioError as error:
        return Failed(request, str(error))
    except MemoryError:
        return Failed(request, "Memory ran out; close other programs and try again.")
    except Exception as error:
        _log.exception("%r failed", request)
        return Failed(request, f"Something unexpected went wrong ({type(error).__name__}: {error}); try again.")


class DataJobs(QObject):
    """Lives in the window's thread and runs the jobs. When a job's outcome is told, its thread is already gone."""

    progressed = Signal(object)  # TransferProgress
    ended = Signal(object)  # Outcome
    shut_down_finished = Signal()

    def __init__(self, services: DataServices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._pictures = services, PictureSource(services)
        self._threads: list[_JobThread] = []
        self._is_closing = False

    def start(self, request: Request) -> None:
        """Begin a job. At most one PicturesRequest may be under way at a time; nothing begins after `shut_down`."""
        if self._is_closing:
            return
        thread = _JobThread(request, self._services, self._pictures, self)
        thread.progressed.connect(self._on_progressed)
        thread.finished.connect(self._on_thread_finished)
        self._threads.append(thread)
        thread.start()

    def stop(self, request: Request) -> None:
        """Ask a download to end."""
        for thread in self._threads:
            if thread.request == request:
                thread.stopping.set()

    def shut_down(self) -> None:
        """Ask everything to end; `shut_down_finished` tells when it did. Returns at once."""
        self._is_closing = True
        for thread in self._threads:
            thread.stopping.set()
        if not self._threads:
            self.shut_down_finished.emit()

    @Slot(object)
    def _on_progressed(self, progress: TransferProgress) -> None:
        if not self._is_closing:
            self.progressed.emit(progress)

    @Slot()
    def _on_thread_finished(self) -> None:
        # finished is emitted from the dying thread, just before it is gone: what is left to wait for is no work.
        ended = [thread for thread in self._threads if thread.isFinished()]
        for thread in ended:
            thread.wait()
            self._threads.remove(thread)
            thread.deleteLater()
            if thread.outcome is not None and not self._is_closing:
                self.ended.emit(thread.outcome)
        if ended and self._is_closing and not self._threads:
            self.shut_down_finished.emit()


class _JobThread(QThread):
    """One job. Only `progressed` crosses from the thread; the outcome is read once it has ended."""

    progressed = Signal(object)

    def __init__(self, request: Request, services: DataServices, pictures: PictureSource, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("data")
        self.request, self.stopping = request, threading.Event()
        self.outcome: Outcome | None = None
        self._services, self._pictures = services, pictures

    def run(self) -> None:
        """Called by Qt in the new thread."""
        self.outcome = do(self.request, self._services, self._pictures, self.progressed.emit, self.stopping.is_set)
