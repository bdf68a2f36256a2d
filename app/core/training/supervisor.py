"""Between two groups of batches: obey the user, let the network re-read their picture, tell what was done.

Imports TensorFlow.
"""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.core.errors import StudioError
from app.core.inference.metrics import Totals
from app.core.runs.events import BatchesDone, BatchStepped, Event, ProbePredicted, RunPaused, RunResumed
from app.core.training.control import Probe, RunControl
from app.core.training.engine import Engine, Work

PROBE_INTERVAL_S = 0.1

EventSink = Callable[[Event], None]


class StopRequested(Exception):  # noqa: N818 - not an error
    """The user asked for the end of the run."""


class Clock:
    """Seconds of a run, without its pauses, on top of those it took `before`."""

    def __init__(self, before: float = 0.0) -> None:
        self._began = time.perf_counter() - before

    @property
    def elapsed_s(self) -> float:
        """Seconds of training so far."""
        return time.perf_counter() - self._began

    def leave_out(self, seconds: float) -> None:
        """Do not count the last `seconds`."""
        self._began += seconds


class Supervisor:
    """The `Watcher` of a run's engine."""

    def __init__(self, emit: EventSink, control: RunControl, engine: Engine, preprocessing: str, clock: Clock) -> None:
        self._emit, self._control, self._engine, self._clock = emit, control, engine, clock
        self._preprocessing = preprocessing
        self._epoch, self._batch, self._batches_per_epoch = 1, 0, 0
        self._learning_rate = 0.0
        self._is_waiting = self._is_stepping = False
        self._next_probe = 0.0
        self._probe: Probe | None = None
        self._probe_image: NDArray[np.float32] | None = None
        self.totals = Totals()
        self.batches_done = 0

    @property
    def is_stepping(self) -> bool:
        """True while the user wants one batch at a time."""
        return self._is_stepping

    def begin_epoch(self, epoch: int, batches: int) -> None:
        """Count from here; `totals` begin anew."""
        self._epoch, self._batch, self._batches_per_epoch = epoch, 0, batches
        self._learning_rate = self._engine.learning_rate()
        self.totals = Totals()

    def before(self) -> None:
        """Wait while paused, and while somebody draws. Raises StopRequested."""
        self._clock.leave_out(self._control.wait_while_giving_way())
        self._is_stepping = False
        if self._control.is_paused:
            self._wait()
        if self._control.is_stopping:
            raise StopRequested
        if self._is_waiting and not self._is_stepping:
            self._is_waiting = False
            self._emit(RunResumed(self._clock.elapsed_s))
        if time.perf_counter() >= self._next_probe:
            self.read_probe()

    def after(self, work: Work) -> None:
        """Tell what was trained. Raises StudioError once the loss is no number any more."""
        self._batch += work.batches
        self.batches_done += work.batches
        self.totals = self.totals + work.totals
        self.check_finite(work.totals.loss)
        if self._is_stepping:
            loss, accuracy = work.totals.mean_loss, work.totals.accuracy
            self._emit(BatchStepped(self._epoch, self._batch, loss, accuracy, work.gradient_norms))
        self._emit(
            BatchesDone(
                self._epoch,
                self._batch,
                self._batches_per_epoch,
                work.totals.mean_loss,
                work.totals.accuracy,
                work.totals.samples / max(work.spent_s, 1e-9),
                self._clock.elapsed_s,
                work.totals.samples,
                self._engine.learning_rate(),
            )
        )

    def check_finite(self, loss: float) -> None:
        """Raise StudioError if the loss is no number any more."""
        if not np.isfinite(loss):
            raise StudioError(
                f"The loss became NaN in epoch {self._epoch}; try a smaller learning rate than {self._learning_rate:g}."
            )

    def read_probe(self) -> None:
        """Let the network as it is now read the user's picture, if there is one."""
        probe = self._control.probe
        if probe is not self._probe:
            self._probe, self._probe_image = probe, probe(self._preprocessing) if probe is not None else None
        if self._probe_image is not None:
            self._next_probe = time.perf_counter() + PROBE_INTERVAL_S
            self._emit(ProbePredicted(self._epoch, self._batch, self._engine.probabilities(self._probe_image)))

    def _wait(self) -> None:
        """Wait for the user, and meanwhile read whatever else they draw."""
        if not self._is_waiting:
            self._is_waiting = True
            self._emit(RunPaused(self._clock.elapsed_s))
        began = time.perf_counter()
        while not self._control.wait_while_paused(PROBE_INTERVAL_S):
            if self._control.probe is not self._probe:
                self.read_probe()
        self._is_stepping = self._control.take_step()
        self._clock.leave_out(time.perf_counter() - began)
