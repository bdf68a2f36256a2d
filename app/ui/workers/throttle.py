"""Which events of a run go to the window at once, and which may be overtaken by a newer one. Knows no Qt."""

import time
from collections.abc import Callable

from app.core.training.events import BatchesDone, Event, ProbePredicted

INTERVAL_S = 0.05


class EventThrottle:
    """Passes every event on, except that of each frequent kind only the newest goes through every `INTERVAL_S`.

    What was held back is passed on before the next event of any other kind, so order and last values are kept.
    """

    def __init__(self, send: Callable[[Event], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._send, self._clock = send, clock
        self._held: dict[type, Event] = {}
        self._sent_at: dict[type, float] = {}

    def __call__(self, event: Event) -> None:
        """Take in an event of the run."""
        if isinstance(event, BatchesDone | ProbePredicted):
            self._pass_or_hold(event)
        else:
            self._flush()
            self._send(event)

    def _pass_or_hold(self, event: Event) -> None:
        kind, now = type(event), self._clock()
        if now - self._sent_at.get(kind, -INTERVAL_S) < INTERVAL_S:
            self._held[kind] = event
            return
        self._held.pop(kind, None)
        self._sent_at[kind] = now
        self._send(event)

    def _flush(self) -> None:
        held, self._held = self._held, {}
        for event in held.values():
            self._send(event)
