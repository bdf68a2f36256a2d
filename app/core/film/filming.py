"""Takes snapshots of a network while it trains. Knows no TensorFlow."""

import logging
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import LabelledImages
from app.core.errors import StudioError
from app.core.runs.events import SnapshotTaken
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

Weights = Callable[[], Sequence[NDArray[np.float32]]]


class Filming:
    """Keeps the weights after the batches 0, 1, 2, 4, 8, ... of the first epoch, and after every epoch.

    Thinned evenly where they would take more than the room of a run; the oldest films make room for it. A disk that
    refuses ends the film, never the run.
    """

    def __init__(self, run: int, emit: Callable[[SnapshotTaken], None], room: FilmRoom = USUAL_ROOM) -> None:
        self._run, self._emit, self._room = run, emit, room
        self._weights: Weights = tuple
        self._most = 0
        self._best: int | None = None
        self.spent_s = 0.0
        """Seconds that the training has waited for snapshots."""

    def begin(
        self, facts: FilmFacts, checked: LabelledImages, weights: Weights, done: int = 0, best: int | None = None
    ) -> None:
        """Film a run whose weights are got with `weights`; one that is resumed has `done` so many epochs.

        `checked` are the pictures of which some are read again at every moment of the film.
        """
        began, self._weights, self._best = time.perf_counter(), weights, best
        parameters = sum(part.size for part in weights())
        self._most = most_moments(parameters, self._room.of_run)
        if not self._most:
            return
        if gone := make_room(self._run, self._room):
            _log.info("the snapshots of the runs %s were deleted: films would take more room than they may", gone)
        try:
            if done:
                read_facts(self._run)  # a run that was begun without a film has none later either
                read_sample(self._run)
                remove_moments(self._run, [moment for moment in moments_of(self._run) if moment > Moment(done)])
            else:
                begin_snapshots(self._run, facts, _sample(checked))
        except (OSError, StudioError) as error:
            self._give_up(error)
        self.spent_s += time.perf_counter() - began
        if not done:
            self.take(Moment(0))

    def batches_to_next(self, epoch: int, batch: int) -> int:
        """How many batches may be trained before the next snapshot, after `batch` of an `epoch` that counts from 1."""
        if epoch > 1 or not self._most:
            return UNWATCHED
        return (1 << batch.bit_length()) - batch

    def after_batches(self, epoch: int, batch: int, batches_per_epoch: int) -> None:
        """Take a snapshot after `batch` of an `epoch`, if one is due; that of a whole epoch comes after its check."""
        if epoch == 1 and batch & (batch - 1) == 0 and batch < batches_per_epoch:
            self.take(Moment(0, batch))

    def after_epoch(self, epoch: int, is_best: bool) -> None:
        """Take the snapshot of a whole epoch."""
        self._best = epoch if is_best else self._best
        self.take(Moment(epoch))

    def take(self, moment: Moment) -> None:
        """Keep the weights of now as those of `moment`."""
        if not self._most:
            return
        began = time.perf_counter()
        try:
            weights = self._weights()
            if not all(np.isfinite(part).all() for part in weights):
                return  # a run that diverged ends at once
            write_snapshot(self._run, moment, weights)
            moments = moments_of(self._run)
            remove_moments(self._run, set(moments) - set(thinned(moments, self._most, self._best)))
        except OSError as error:
            self._give_up(error)
            return
        finally:
            self.spent_s += time.perf_counter() - began
        self._emit(SnapshotTaken(self._run, moment.epochs, moment.batch))

    def _give_up(self, error: Exception) -> None:
        self._most = 0
        _log.warning("no more snapshots of run %d: %s", self._run, error)


def _sample(checked: LabelledImages) -> Sample:
    """Some of the pictures, evenly spread over all of them."""
    some = np.linspace(0, len(checked) - 1, min(SAMPLE, len(checked))).round().astype(int)
    return Sample(checked.images[some], checked.labels[some].astype(np.uint8))
