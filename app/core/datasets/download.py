"""Downloads a published set: each file from the first server that gives the right bytes, all four or nothing.

What has come of one that was stopped, broke off or was killed lies beside the sets until the next one goes on with it.
"""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.idx import idx_sha256, read_idx, write_idx
from app.core.datasets.receiving import Server, ServerError, receive
from app.core.datasets.registry import DATASETS, get_spec
from app.core.datasets.storage import ensure_storable, kept_for_next_time, staged
from app.core.datasets.types import DatasetFile, DatasetSpec
from app.core.errors import InputError, StudioError
from app.core.file_descriptions import HEAD_BYTES, WEB_PAGE, describe_file
from app.core.paths import user_data_dir

MIRROR_VARIABLE = "SOFTMAX_STUDIO_MIRROR"
ROUNDS = 2
PAUSE_S = 1.0
_HEADER_ALLOWANCE = 64 * 1024
_WORTH_IT = 64 * 1024  # bytes that came before it broke off: it is asked to go on at once


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
    """The user stopped the download; the next one goes on where it was."""


def download(
    name: str,
    on_progress: Callable[[DownloadProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    base_url: str | None = None,
    specs: Mapping[str, DatasetSpec] = DATASETS,
) -> Path:
    """Download the full data of `name` into the user's folder and return where it lies.

    Blocks; both callables are called in the caller's thread, once for every 64 KB or sooner. Every file is tried on
    each server in turn, two times around, and must have the published content. A server that hangs or sends next to
    nothing is given up; what it sent already is not asked of it again.

    Args:
        name: a published set.
        on_progress: told about every piece that arrives.
        should_stop: asked many times a second; true ends the download at once, even if the network hangs.
        base_url: a nearer server instead of the public ones, with the files as `<base_url>/<name>/<file>` (plain or
            .gz: a web server on a copy of the user's data folder will do); without it the environment variable
            SOFTMAX_STUDIO_MIRROR.
        specs: the published sets.

    Raises:
        InputError: an unknown name, or a base URL that is not http(s).
        DownloadStoppedError: `should_stop` said so.
        StudioError: no server gave a file, or it could not be stored. Older data is untouched; what has come of the
            files is kept for the next download, unless the disk refused.

    """
    spec = get_spec(name, specs)
    servers = _servers(spec, base_url or os.environ.get(MIRROR_VARIABLE))
    ensure_storable(2 * sum(prod(file.shape) for file in spec.files))
    with staged(spec.name) as folder, kept_for_next_time(spec.name) as parts:
        meter = _Meter(spec, parts, on_progress, should_stop)
        for done, file in enumerate(spec.files):
            meter.begin(done)
            write_idx(folder / file.name, _fetch(file, servers, meter, spec.title))
    return user_data_dir() / spec.name


def _servers(spec: DatasetSpec, base_url: str | None) -> tuple[tuple[Server, str], ...]:
    """Return each server with the suffix of its files' names, in the order to try. The public ones have .gz only."""
    if not base_url:
        return tuple((Server.at(mirror), ".gz") for mirror in spec.mirrors)
    server = Server.at(base_url)
    server = replace(server, base=f"{server.base.rstrip('/')}/{spec.name}")
    return (server, ".gz"), (server, "")


def _fetch(
    file: DatasetFile, servers: tuple[tuple[Server, str], ...], meter: "_Meter", title: str
) -> NDArray[np.uint8]:
    """Return the content of `file` from the first server that has it as published."""
    reasons: list[str] = []
    for attempt in range(ROUNDS):
        if attempt:
            meter.wait(PAUSE_S)
        for server, suffix in servers:
            path = f"{file.name}{suffix}"
            place = sha256(f"{server.base}/{path}".encode()).hexdigest()  # an address may hold a secret
            try:
                return _received(server, file, path, meter.folder / f"{file.name}-{place[:16]}.part", meter)
            except ServerError as error:
                reasons.append(str(error))
    raise StudioError(
        f"{title} could not be downloaded ({', '.join(dict.fromkeys(reasons))}); check the network, "
        f"set {MIRROR_VARIABLE} to the address of a mirror, or import a folder that holds the files."
    )


def _received(server: Server, file: DatasetFile, path: str, part: Path, meter: "_Meter") -> NDArray[np.uint8]:
    """Get a file, and on where it breaks off as long as more comes. One that was put together wrongly is got anew."""
    if (array := _all_there(part, file)) is not None:
        meter.update(part.stat().st_size, part.stat().st_size)
        return array
    went_on = False
    while True:
        had = part.stat().st_size if part.exists() else 0
        meter.check()
        try:
            went_on = receive(server, path, part, meter.update, meter.check) or went_on
            array = read_idx(part)
            if idx_sha256(array) == file.sha256:
                return array
            why = f"what {server.name} sent is not the published file"
        except ServerError as error:
            if error.broke_off and part.stat().st_size >= had + _WORTH_IT:
                meter.wait(PAUSE_S)
                continue
            raise
        except InputError:
            why = _what_came(server, part)
        part.unlink()
        if not went_on:
            raise ServerError(why)
        went_on = False


def _all_there(part: Path, file: DatasetFile) -> NDArray[np.uint8] | None:
    """The file, if all of it had come before."""
    with suppress(InputError, OSError):
        array = read_idx(part)
        if idx_sha256(array) == file.sha256:
            return array
    return None


def _what_came(server: Server, part: Path) -> str:
    with part.open("rb") as file:
        what = describe_file(file.read(HEAD_BYTES))
    return f"{server.name} sent {what.words}" if what is WEB_PAGE else f"what {server.name} sent is damaged"


class _Meter:
    """Turns what comes into `DownloadProgress`, and is where a download can be stopped."""

    def __init__(
        self,
        spec: DatasetSpec,
        folder: Path,
        on_progress: Callable[[DownloadProgress], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.folder = folder
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

    def update(self, done: int, total: int | None) -> None:
        """Take note of how much is there, and how much there will be, if that is known."""
        number, size = self._file, self._sizes[self._file]
        name = self._files[number].name
        if done > size + _HEADER_ALLOWANCE:
            raise InputError(f"{name} is longer than it should be.")
        if self._on_progress is not None:
            # A server that lies, or packs the file once more, announces fewer bytes than arrive.
            self._done[number] = shown = done if total is None else min(done, total)
            # Files weigh what they hold: packed or not, the labels are a small part of the pictures.
            held = sum(self._sizes[:number]) + min(1.0, shown / (total or size)) * size
            share, received = held / sum(self._sizes), sum(self._done)
            self._on_progress(DownloadProgress(name, number, len(self._files), shown, total, share, received))

    def check(self) -> None:
        """Raise DownloadStoppedError if the user wants it to end."""
        if self._should_stop is not None and self._should_stop():
            raise DownloadStoppedError("The download was stopped; the next one goes on where it was.")
