"""Between two groups of batches: what the user wants of a run, and what the run tells of itself.

`RunControl` is the one channel from a user to a running trainer: pause, step, resume, stop, give way, and the picture
to probe. The `Supervisor` obeys it, lets the network re-read that picture, and tells what was done.
"""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.core.errors import StudioError
from app.core.film.filming import UNWATCHED, Filming
from app.core.inference.metrics import Totals
from app.core.runs.events import BatchesDone, BatchStepped, Event, ProbePredicted, RunPaused, RunResumed

if TYPE_CHECKING:
    from app.core.training.engines import Engine, Work

EventSink = Callable[[Event], None]

Probe = Callable[[str], NDArray[np.float32] | None]
"""A picture to be re-read: given the name of a preprocessing, (28, 28) float32 in [0, 1], ink = 1, or None if empty.

What one draws looks different to a network for digits and to one for clothes; the run knows which it is training.
Called in the training thread, so it must not touch what others change.
"""

PROBE_INTERVAL_S = 0.1

LONGEST_WAY_S = 2.0
"""Whoever holds the pen down for longer than a stroke does not hold up the training."""


class RunControl:
    """Thread-safe. The trainer asks between groups of batches; whoever started the run tells."""

    def __init__(self, paused: bool = False) -> None:
        """A run that begins `paused` waits before its first batch."""
        self._changed = threading.Condition()
        self._paused, self._stopping, self._steps = paused, False, 0
        self._probe: Probe | None = None
        self._gives_way_until = 0.0

    def pause(self) -> None:
        """Let the run wait after the current group of batches."""
        with self._changed:
            self._paused = not self._stopping

    def resume(self) -> None:
        """Let a paused run go on."""
        with self._changed:
            self._paused, self._steps = False, 0
            self._changed.notify_all()

    def step(self) -> None:
        """Let a paused run train one batch and wait again; nothing happens while it runs."""
        with self._changed:
            if self._paused:
                self._steps += 1
                self._changed.notify_all()

    def stop(self) -> None:
        """End the run after the current group of batches, also when it is paused."""
        with self._changed:
            self._stopping, self._paused = True, False
            self._gives_way_until = 0.0
            self._changed.notify_all()

    def give_way(self, gives_way: bool) -> None:
        """Leave the processor to a user who draws: wait after the current group of batches, for a stroke at most."""
        with self._changed:
            self._gives_way_until = time.monotonic() + LONGEST_WAY_S if gives_way else 0.0
            self._changed.notify_all()

    def show(self, probe: Probe | None) -> None:
        """Set the picture that the run re-reads while it learns; None for none."""
        self._probe = probe

    @property
    def probe(self) -> Probe | None:
        """The picture to re-read, or None."""
        return self._probe

    @property
    def is_paused(self) -> bool:
        """True between `pause` and `resume` or `stop`."""
        return self._paused

    @property
    def is_stopping(self) -> bool:
        """True once `stop` was called."""
        return self._stopping

    def wait_while_paused(self, timeout_s: float | None = None) -> bool:
        """Block until the run may go on or take a step, or for `timeout_s`; tells whether it may."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._paused or self._steps > 0, timeout_s)

    def wait_while_giving_way(self) -> float:
        """Block until nobody draws any more; returns how long that took, in seconds."""
        with self._changed:
            began = now = time.monotonic()
            while now < self._gives_way_until:
                self._changed.wait(self._gives_way_until - now)
                now = time.monotonic()
            return now - began

    def take_step(self) -> bool:
        """Use up a step that was asked for, if there is one."""
        with self._changed:
            taken = self._paused and self._steps > 0
            self._steps -= taken
            return taken


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

    def __init__(  # noqa: PLR0917
        self,
        emit: EventSink,
        control: RunControl,
        engine: "Engine",
        preprocessing: str,
        clock: Clock,
        film: Filming | None = None,
    ) -> None:
        self._film = film
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

    @property
    def most_batches(self) -> int:
        """How many batches may be trained before the next snapshot."""
        return UNWATCHED if self._film is None else self._film.batches_to_next(self._epoch, self._batch)

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

    def after(self, work: "Work") -> None:
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
        if self._film is not None:
            self._film.after_batches(self._epoch, self._batch, self._batches_per_epoch)

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
            if self._film is not None:
                self._film.tell()
            if self._control.probe is not self._probe:
                self.read_probe()
        self._is_stepping = self._control.take_step()
        self._clock.leave_out(time.perf_counter() - began)
