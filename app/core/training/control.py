"""The one channel from a user to a running trainer: pause, step, resume, stop, give way, and the picture to probe."""

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Probe = Callable[[str], NDArray[np.float32] | None]
"""A picture to be re-read: given the name of a preprocessing, (28, 28) float32 in [0, 1], ink = 1, or None if empty.

What one draws looks different to a network for digits and to one for clothes; the run knows which it is training.
Called in the training thread, so it must not touch what others change.
"""


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
