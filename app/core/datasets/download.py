"""Downloads a published set: each file from the first server that gives the right bytes, all four or nothing."""

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.idx import idx_sha256, read_idx, write_idx
from app.core.datasets.registry import DATASETS, get_spec
from app.core.datasets.storage import ensure_storable, staged
from app.core.datasets.types import DatasetFile, DatasetSpec
from app.core.errors import InputError, StudioError
from app.core.paths import user_data_dir

MIRROR_VARIABLE = "SOFTMAX_STUDIO_MIRROR"
ROUNDS = 2
PAUSE_S = 1.0
TIMEOUT_S = (5.0, 15.0)
"""To connect, and between two packets."""

_HOST = r"[\w.%:-]+"
_CHUNK_BYTES = 64 * 1024
_HEADER_ALLOWANCE = 64 * 1024


@dataclass(frozen=True)
class DownloadProgress:
    """How far it is: `bytes_done` of the current `file`, `bytes_total` if the server says how long it is.

    Of all files `share` is done, 0 to 1, and `bytes_received` have come.
    """

    file: str
    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int | None
    share: float
    bytes_received: int


class DownloadStoppedError(StudioError):
    """The user stopped the download; nothing of it was kept."""


def download(
    name: str,
    on_progress: Callable[[DownloadProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    base_url: str | None = None,
    specs: Mapping[str, DatasetSpec] = DATASETS,
) -> Path:
    """Download the full data of `name` into the user's folder and return where it lies.

    Blocks; both callables are called in the caller's thread, once for every 64 KB. Every file is tried on
    each server in turn, two times around, and must have the published content.

    Args:
        name: a published set.
        on_progress: told about every piece that arrives.
        should_stop: asked at every piece; true ends the download within seconds even if the network hangs.
        base_url: a nearer server instead of the public ones, with the files as `<base_url>/<name>/<file>` (plain or
            .gz: a web server on a copy of the user's data folder will do); without it the environment variable
            SOFTMAX_STUDIO_MIRROR.
        specs: the published sets.

    Raises:
        InputError: an unknown name, or a base URL that is not http(s).
        DownloadStoppedError: `should_stop` said so.
        StudioError: no server gave a file, or it could not be stored. Nothing remains of it, older data is untouched.

    """
    spec = get_spec(name, specs)
    servers = _servers(spec, base_url or os.environ.get(MIRROR_VARIABLE))
    ensure_storable(2 * sum(prod(file.shape) for file in spec.files))
    with staged(spec.name) as folder:
        meter = _Meter(spec, folder / "download.part", on_progress, should_stop)
        for done, file in enumerate(spec.files):
            meter.begin(done)
            write_idx(folder / file.name, _fetch(file, servers, meter, spec.title))
    return user_data_dir() / spec.name


def _servers(spec: DatasetSpec, base_url: str | None) -> tuple[tuple[str, str], ...]:
    """Return (base, suffix of the file name) in the order to try. The public ones have the .gz files only."""
    if not base_url:
        return tuple((mirror, ".gz") for mirror in spec.mirrors)
    if not _is_web_address(base_url):
        raise InputError(
            f"The mirror {base_url!r} is not a web address; it must begin with http:// or https:// and name a server."
        )
    base = f"{base_url.rstrip('/')}/{spec.name}"
    return (base, ".gz"), (base, "")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        return parts.scheme in ("http", "https") and parts.port != 0 and re.fullmatch(_HOST, host) is not None
    except ValueError:  # brackets without an address in them, a port that is no number, a label over 63 letters
        return False


def _fetch(file: DatasetFile, servers: tuple[tuple[str, str], ...], meter: "_Meter", title: str) -> NDArray[np.uint8]:
    """Return the content of `file` from the first server that has it as published."""
    from pooch import HTTPDownloader  # with requests it takes a tenth of a second, which only a download should cost

    reasons: list[str] = []
    for attempt in range(ROUNDS):
        if attempt:
            meter.wait(PAUSE_S)
        for base, suffix in servers:
            host = urlsplit(base).netloc
            try:
                meter.check()
                meter.total = 0
                get = HTTPDownloader(meter, _CHUNK_BYTES, timeout=TIMEOUT_S)
                get(f"{base}/{file.name}{suffix}", str(meter.part), None)
                array = read_idx(meter.part)
                if idx_sha256(array) == file.sha256:
                    return array
                reasons.append(f"what {host} sent is not the published file")
            except InputError:
                reasons.append(f"what {host} sent is damaged")
            except OSError as error:
                # What requests raises has no errno; with one it is our own disk.
                if error.errno is not None:
                    raise
                reasons.append(_network_reason(error, host))
            finally:
                meter.part.unlink(missing_ok=True)
    raise StudioError(
        f"{title} could not be downloaded ({', '.join(dict.fromkeys(reasons))}); check the network, "
        f"set {MIRROR_VARIABLE} to the address of a mirror, or import a folder that holds the files."
    )


def _network_reason(error: OSError, host: str) -> str:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    return f"{host} cannot be reached" if status is None else f"{host} answered {status}"


class _Meter:
    """Turns what pooch tells a progress bar into `DownloadProgress`, and is where a download can be stopped."""

    def __init__(
        self,
        spec: DatasetSpec,
        part: Path,
        on_progress: Callable[[DownloadProgress], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.total = 0  # set by pooch: the announced length, 0 if unknown
        self.part = part
        self._files, self._file = spec.files, 0
        self._sizes = [prod(file.shape) for file in spec.files]
        self._done = [0] * len(spec.files)
        self._on_progress, self._should_stop = on_progress, should_stop

    def begin(self, file: int) -> None:
        """Go on with this file."""
        self._file = file

    def wait(self, seconds: float) -> None:
        """Pause, unless the user stops the download."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check()
            time.sleep(min(0.05, seconds))

    def update(self, _count: int) -> None:
        """Take note that a piece was written. Pooch counts all pieces as equally long; the file knows better."""
        done, number, size = self.part.stat().st_size, self._file, self._sizes[self._file]
        name = self._files[number].name
        if done > size + _HEADER_ALLOWANCE:
            raise InputError(f"{name} is longer than it should be.")
        self.check()
        if self._on_progress is not None:
            # A server that packs the file once more announces fewer bytes than arrive.
            total = self.total or None
            self._done[number] = shown = done if total is None else min(done, total)
            # Files weigh what they hold: packed or not, the labels are a small part of the pictures.
            held = sum(self._sizes[:number]) + min(1.0, shown / (total or size)) * size
            share, received = held / sum(self._sizes), sum(self._done)
            self._on_progress(DownloadProgress(name, number, len(self._files), shown, total, share, received))

    def reset(self) -> None:
        """Do nothing; pooch calls it before it reports the end."""

    def close(self) -> None:
        """Do nothing; pooch calls it at the end."""

    def check(self) -> None:
        """Raise DownloadStoppedError if the user wants it to end."""
        if self._should_stop is not None and self._should_stop():
            raise DownloadStoppedError("The download was stopped; nothing was kept.")
