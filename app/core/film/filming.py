"""Takes snapshots of a network while it trains. Knows no TensorFlow."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import LabelledImages
from app.core.errors import StudioError
from app.core.runs.events import SnapshotTaken
from app.core.runs.history import RunHistory
from app.core.runs.progress import best_epoch
from app.core.runs.snapshots import (
    SAMPLE,
    USUAL_ROOM,
    FilmFacts,
    FilmRoom,
    Moment,
    Sample,
    begin_snapshots,
    make_room,
    moments_of,
    most_moments,
    read_facts,
    read_sample,
    remove_moments,
    thinned,
    write_snapshot,
)

_log = logging.getLogger(__name__)

UNWATCHED = 2**31 - 1
"""Batches that may run before anybody wants to look: all of them."""

_MOST_WAITING = 2
"""Snapshots that the training may be ahead of the disk: each is a copy of all weights."""

Parts = Sequence[NDArray[np.float32]]
Weights = Callable[[], Parts]


class Filming:
    """Keeps the weights after the batches 0, 1, 2, 4, 8, ... of the first epoch, and after every epoch.

    Thinned evenly where they would take more than the room of a run; the films of older runs make room for it. A disk
    that refuses ends the film, never the run. All that is written is written by one thread, in order: the training only
    reads its weights. It hears of what has been written at its next word to the film, which is `end` at the latest.
    """

    def __init__(
        self,
        run: int,
        emit: Callable[[SnapshotTaken], None],
        room: FilmRoom = USUAL_ROOM,
        begun: datetime | None = None,
    ) -> None:
        self._run, self._emit, self._room, self._begun = run, emit, room, begun
        self._weights: Weights = tuple
        self._most = 0
        self._best: int | None = None
        self._writer = ThreadPoolExecutor(1, "film")
        self._writing: deque[Future[Moment | None]] = deque()
        self.spent_s = self.written_s = 0.0
        """Seconds that the training has waited for snapshots, and processor time of the thread that wrote them."""

    def begin(
        self, facts: FilmFacts, checked: LabelledImages, weights: Weights, done: int = 0, best: int | None = None
    ) -> None:
        """Film a run whose weights are got with `weights`; one that is resumed has `done` so many epochs.

        `checked` are the pictures of which some are read again at every moment of the film.
        """
        began, self._weights, self._best = time.perf_counter(), weights, best
        now = weights()
        self._most = most_moments(sum(part.size for part in now), self._room.of_run)
        if self._most:
            self._write(partial(self._open, facts, checked, Moment(done), now, self._most, best))
        self.spent_s += time.perf_counter() - began

    def batches_to_next(self, epoch: int, batch: int) -> int:
        """How many batches may be trained before the next snapshot, after `batch` of an `epoch` that counts from 1."""
        if epoch > 1 or not self._most:
            return UNWATCHED
        return (1 << batch.bit_length()) - batch

    def after_batches(self, epoch: int, batch: int, batches_per_epoch: int) -> None:
        """Take a snapshot after `batch` of an `epoch`, if one is due; that of a whole epoch comes after its check."""
        self.tell()
        if epoch == 1 and batch & (batch - 1) == 0 and batch < batches_per_epoch:
            self._take(Moment(0, batch))

    def after_epoch(self, epoch: int, is_best: bool) -> None:
        """Take the snapshot of a whole epoch."""
        self._best = epoch if is_best else self._best
        self._take(Moment(epoch))

    def tell(self, most_waiting: int = _MOST_WAITING) -> None:
        """Tell of the snapshots that have been written; wait until no more than so many have not."""
        while self._writing and (len(self._writing) > most_waiting or self._writing[0].done()):
            began = time.perf_counter()
            try:
                moment = self._writing.popleft().result()
            except (OSError, StudioError) as error:
                if self._most:
                    _log.warning("no more snapshots of run %d: %s", self._run, error)
                self._most, moment = 0, None
            self.spent_s += time.perf_counter() - began
            if moment is not None:
                self._emit(SnapshotTaken(self._run, moment.epochs, moment.batch))

    def end(self) -> None:
        """The training is over: everything is written, and told."""
        try:
            self.tell(0)
        finally:
            self._writer.shutdown()

    def _take(self, moment: Moment) -> None:
        """Keep the weights of now as those of `moment`."""
        if not self._most:
            return
        began = time.perf_counter()
        self._write(partial(self._keep, moment, self._weights(), self._most, self._best))
        self.spent_s += time.perf_counter() - began
        self.tell()

    def _write(self, work: Callable[[], Moment | None]) -> None:
        """In the other thread, in turn."""

        def timed() -> Moment | None:
            began = time.thread_time()
            try:
                return work()
            finally:
                self.written_s += time.thread_time() - began

        self._writing.append(self._writer.submit(timed))

    def _open(  # noqa: PLR0917
        self,
        facts: FilmFacts,
        checked: LabelledImages,
        start: Moment,
        weights: Parts,
        most: int,
        best: int | None,
    ) -> Moment | None:
        """Begin a film, or go on with that of a run that is resumed, as it was at its `start`."""
        changed, gone = make_room(self._run, self._room, _best_of)
        if changed or gone:
            _log.info("films would take more room than they may: those of %s were thinned, %s deleted", changed, gone)
        moments: tuple[Moment, ...] = ()
        facts = facts.model_copy(update={"begun": self._begun})
        if start.epochs:
            with suppress(StudioError):  # without a film before, or a whole one, it begins here
                before = read_facts(self._run)
                read_sample(self._run)
                if before.begun in {None, self._begun} and before.config == facts.config:
                    moments = moments_of(self._run)
        if moments:
            remove_moments(self._run, [moment for moment in moments if moment > start])
        else:
            begin_snapshots(self._run, facts, _sample(checked))
        return start if start in moments else self._keep(start, weights, most, best)

    def _keep(self, moment: Moment, weights: Parts, most: int, best: int | None) -> Moment | None:
        """Write a snapshot, unless its weights are no numbers any more: such a run ends at once."""
        if not write_snapshot(self._run, moment, weights):
            return None
        moments = moments_of(self._run)
        remove_moments(self._run, set(moments) - set(thinned(moments, most, best)))
        return moment


def _best_of(run: int) -> int | None:
    """The best epoch of a run of the history."""
    with suppress(StudioError):
        if (best := best_epoch(RunHistory().epochs(run))) is not None:
            return best.epoch
    return None


def _sample(checked: LabelledImages) -> Sample:
    """Some of the pictures, evenly spread over all of them."""
    some = np.linspace(0, len(checked) - 1, min(SAMPLE, len(checked))).round().astype(int)
    return Sample(checked.images[some], checked.labels[some].astype(np.uint8))
