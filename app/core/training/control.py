"""The one channel from a person to a running trainer: pause, resume, stop, and the picture to probe with."""

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Probe = Callable[[str], NDArray[np.float32] | None]
"""A picture to be re-read: given the name of a preprocessing, (28, 28) float32 in [0, 1], ink = 1, or None if empty.

What one draws looks different to a network for digits and to one for clothes; the run knows which it is training.
Called in the training thread, so it must not touch what others change.
"""


class RunControl:
    """Thread-safe. The trainer asks between groups of batches; whoever started the run tells."""

    def __init__(self) -> None:
        self._may_run = threading.Event()
        self._may_run.set()
        self._stop = threading.Event()
        self._probe: Probe | None = None
        self._lock = threading.Lock()

    def pause(self) -> None:
        """Let the run wait after the current group of batches."""
        with self._lock:
            if not self._stop.is_set():
                self._may_run.clear()

    def resume(self) -> None:
        """Let a paused run go on."""
        self._may_run.set()

    def stop(self) -> None:
        """End the run after the current group of batches, also when it is paused."""
        with self._lock:
            self._stop.set()
            self._may_run.set()

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
        return not self._may_run.is_set()

    @property
    def is_stopping(self) -> bool:
        """True once `stop` was called."""
        return self._stop.is_set()

    def wait_while_paused(self, timeout_s: float | None = None) -> bool:
        """Block until the run may go on, or for `timeout_s`; tells whether it may."""
        return self._may_run.wait(timeout_s)
