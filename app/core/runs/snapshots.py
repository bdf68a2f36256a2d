"""The weights of a run at moments of its training, on disk: what time travel needs. Knows no TensorFlow.

A run has a folder with one file for each moment: its weights one after the other, as Keras lists them, in float16. A
file has its name only once it is whole, so whatever ends the program leaves a film that can be shown.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from app.core.config.config import TrainingConfig
from app.core.datasets.types import IMAGE_SIZE
from app.core.errors import InputError, StudioError
from app.core.file_writing import unfinished, write_whole
from app.core.networks.summary import MOST_PARAMETERS
from app.core.paths import read_regular, user_dir

if TYPE_CHECKING:
    from app.core.runs.records import RunRecord

SAMPLE = 1000
"""Pictures that are read again at every moment."""

_FACTS, _SAMPLE = "film.json", "sample.u8"
_MOST_FACTS = 2**20
_NAME = re.compile(r"(\d{6})-(\d{9})\.f16")
_BYTES = 2
"""Of a float16."""
_FEWEST = 3
_LARGEST = np.float32(np.finfo(np.float16).max)


@dataclass(frozen=True)
class FilmRoom:
    """How many bytes of the disk the snapshots of one run may take, 0 for none, and those of all runs together."""

    of_run: int = 50 * 10**6
    of_all: int = 2 * 10**9


USUAL_ROOM = FilmRoom()


@dataclass(frozen=True, order=True)
class Moment:
    """After so many whole epochs, and so many batches of the next one; (0, 0) is before the first batch."""

    epochs: int
    batch: int = 0

    def position(self, batches_per_epoch: int) -> float:
        """The place on an axis of epochs."""
        return self.epochs + self.batch / max(1, batches_per_epoch)


class FilmFacts(BaseModel):
    """What the weights belong to. `sample_part` is the part of the data that the sample was taken from.

    `begun` is when the run began, as the history has it: with its number, that tells it from the runs of a history that
    is gone, or that comes back from a backup. Films of older versions do not know it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    config: TrainingConfig
    class_names: tuple[str, ...] = Field(min_length=2, max_length=256)
    preprocessing: str
    batches_per_epoch: int = Field(ge=1)
    sample_part: str = "validation"
    begun: datetime | None = None

    def are_of(self, run: "RunRecord") -> bool:
        """Whether the weights are those of this run, and not of another one that has had its number."""
        if self.begun is not None:
            return self.begun == run.created
        try:
            return self.config == run.config
        except StudioError:  # another version made it, and no film that this one can show
            return False


@dataclass(frozen=True, eq=False)
class Sample:
    """Some pictures (n, 28, 28) uint8 with their labels (n,) uint8, the same ones at every moment."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def snapshots_dir(run: int, home: Path | None = None) -> Path:
    """Where the snapshots of a run lie, if it has some."""
    return (home or user_dir()) / "snapshots" / str(run)


def has_snapshots(run: int, record: "RunRecord | None" = None) -> bool:
    """Whether there is something to be shown of a run, which the history knows as `record`."""
    return bool(moments_of(run)) and _has_facts(run, record)


def begin_snapshots(run: int, facts: FilmFacts, sample: Sample) -> None:
    """Make the folder of a run that begins. Raises OSError when the disk refuses."""
    folder = snapshots_dir(run)
    remove_snapshots(run)  # of a run of the same number, in a history that is gone
    folder.mkdir(parents=True)
    write_whole(folder / _SAMPLE, sample.images.tobytes() + sample.labels.tobytes())
    write_whole(folder / _FACTS, facts.model_dump_json().encode())


def read_facts(run: int) -> FilmFacts:
    """What the snapshots of a run belong to. Raises InputError if there are none that can be read."""
    try:
        return FilmFacts.model_validate(json.loads(read_regular(snapshots_dir(run) / _FACTS, _MOST_FACTS)))
    except (OSError, ValueError, RecursionError):
        raise InputError(f"There are no snapshots of run {run} that can be read.") from None


def when_written(run: int) -> tuple[int, int] | None:
    """What tells a film from one that took its place: its file of facts, and when that was written (ns); or None."""
    try:
        found = (snapshots_dir(run) / _FACTS).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def read_sample(run: int) -> Sample:
    """The pictures that are read at every moment. Raises InputError if they cannot be read."""
    try:
        values = np.frombuffer(read_regular(snapshots_dir(run) / _SAMPLE, SAMPLE * (IMAGE_SIZE**2 + 1)), np.uint8)
        count = len(values) // (IMAGE_SIZE**2 + 1)
        images, labels = np.split(values, [count * IMAGE_SIZE**2])
        return Sample(images.reshape(count, IMAGE_SIZE, IMAGE_SIZE), labels.reshape(count))
    except (OSError, ValueError):
        raise InputError(f"The pictures that go with the snapshots of run {run} cannot be read.") from None


def write_snapshot(run: int, moment: Moment, weights: Sequence[NDArray[np.float32]]) -> bool:
    """Keep the weights at a moment; tells whether they were all numbers, else they are not kept.

    What float16 cannot hold becomes the largest number it can. Raises OSError when the disk refuses.
    """
    flat = np.concatenate([part.ravel() for part in weights])
    with np.errstate(over="ignore"):
        halves = flat.astype("<f2")
    if not np.isfinite(halves).all():
        if not np.isfinite(flat).all():
            return False
        halves = flat.clip(-_LARGEST, _LARGEST).astype("<f2")
    path = _path(run, moment)
    # Not forced onto the disk, which would take longer than the batches between two moments: a file that a power
    # failure cuts short has another size than its network's, and is not read.
    with unfinished(path.parent) as new:
        new.write_bytes(halves.data)
        new.replace(path)
    return True


def read_snapshot(run: int, moment: Moment, parameters: int) -> NDArray[np.float32]:
    """The weights at a moment, one after the other. Raises InputError if they cannot be read."""
    if parameters > MOST_PARAMETERS:
        raise InputError(f"The snapshots of run {run} belong to a network that is too large.")
    try:
        weights = np.frombuffer(read_regular(_path(run, moment), _BYTES * parameters), "<f2").astype(np.float32)
        if len(weights) != parameters or not np.isfinite(weights).all():
            raise ValueError
    except (OSError, ValueError):
        raise InputError(f"A snapshot of run {run} cannot be read; the others still can.") from None
    return weights


def moments_of(run: int) -> tuple[Moment, ...]:
    """The moments that are kept of a run, in their order."""
    found = filter(None, (_NAME.fullmatch(entry.name) for entry in _entries(snapshots_dir(run))))
    return tuple(sorted(Moment(int(match[1]), int(match[2])) for match in found))


def remove_moments(run: int, moments: Iterable[Moment]) -> None:
    """Forget some moments. Raises OSError when the disk refuses."""
    for moment in moments:
        _path(run, moment).unlink(missing_ok=True)


def remove_snapshots(run: int, home: Path | None = None) -> None:
    """Forget all snapshots of a run, of the history in the folder `home`."""
    shutil.rmtree(snapshots_dir(run, home), ignore_errors=True)


def make_room(
    run: int, room: FilmRoom, best_of: Callable[[int], int | None] = lambda _run: None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Let another run begin within the room of all others: returns whose snapshots were thinned, and whose are gone.

    The oldest are thinned first, by about half at a time, down to the first, the last and the best one, which `best_of`
    tells. Where that is not enough, the oldest are forgotten; what they belonged to is kept, so that this can be told.
    """
    folders = sorted(int(each.name) for each in _entries(snapshots_dir(run).parent) if each.name.isdecimal())
    sizes = {other: snapshots_bytes(other) for other in folders if other != run}
    films, changed, gone = [other for other in sizes if moments_of(other)], set[int](), []
    too_much = sum(sizes.values()) + room.of_run - room.of_all
    before = too_much + 1
    while 0 < too_much < before:
        before = too_much
        for other in films:
            if too_much <= 0:
                break
            moments = moments_of(other)
            kept = thinned(moments, max(_FEWEST, len(moments) - 1), best_of(other))
            if len(kept) < len(moments):
                with suppress(OSError):
                    remove_moments(other, set(moments) - set(kept))
                too_much -= sizes[other] - snapshots_bytes(other)
                sizes[other] = snapshots_bytes(other)
                changed.add(other)
    for other in films:
        if too_much <= 0:
            break
        with suppress(OSError):
            remove_moments(other, moments_of(other))
            (snapshots_dir(other) / _SAMPLE).unlink(missing_ok=True)
            gone.append(other)
            too_much -= sizes[other]
    return tuple(sorted(changed - set(gone))), tuple(gone)


def made_room(run: int, record: "RunRecord | None" = None) -> bool:
    """Whether the snapshots of a run, which the history knows as `record`, had to make room for those of others."""
    return not (snapshots_dir(run) / _SAMPLE).is_file() and _has_facts(run, record)


def _has_facts(run: int, record: "RunRecord | None") -> bool:
    with suppress(InputError):
        facts = read_facts(run)
        return record is None or facts.are_of(record)
    return False


def snapshots_bytes(run: int) -> int:
    """How much of the disk they take."""
    try:
        return sum(entry.stat().st_size for entry in _entries(snapshots_dir(run)))
    except OSError:
        return 0


def most_moments(parameters: int, most_bytes: int) -> int:
    """How many moments of a network of so many weights fit into so many bytes; 0 for too few to be of use."""
    most = most_bytes // (_BYTES * max(1, parameters))
    return most if most >= _FEWEST else 0


def thinned(moments: Iterable[Moment], most: int, best: int | None = None) -> tuple[Moment, ...]:
    """Which of these moments to keep, so that there are `most` at most: at least three.

    They stay evenly spaced: of the epochs every second, fourth, ... is kept, beside the `best` and the newest one; of
    the first batches, whose numbers double, likewise, in a third of the room at most.
    """
    ordered = sorted(moments)
    early = [moment for moment in ordered if not moment.epochs]
    late = [moment for moment in ordered if moment.epochs and not moment.batch]
    if early:
        stride = _stride(_rank(early[-1]), most // 3, beside=1)
        early = [moment for moment in early if _rank(moment) % stride == 0]
    if late:
        newest = late[-1].epochs
        room = most - len(early)
        stride = 1 if newest <= room else _stride(newest, room, beside=2)
        late = [moment for moment in late if moment.epochs % stride == 0 or moment.epochs in {best, newest}]
    return (*early, *late)


def _rank(moment: Moment) -> int:
    """0, 1, 2, 3 for the batches 0, 1, 2, 4."""
    return moment.batch.bit_length()


def _stride(last: int, room: int, beside: int) -> int:
    """1 if the numbers 1 to `last` have room, or the power of two whose multiples have it, with so many `beside` them.

    It depends on nothing that was left out before, and so never goes back.
    """
    stride = 1
    while last // stride + beside > max(room, beside):
        stride *= 2
    return stride


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder that may not be there."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _path(run: int, moment: Moment) -> Path:
    return snapshots_dir(run) / f"{moment.epochs:06}-{moment.batch:09}.f16"
