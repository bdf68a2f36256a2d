"""What is told of any job, and how work becomes that: frozen facts for any thread. Knows no Qt."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.core.errors import StudioError

PROGRESS_INTERVAL_S = 0.05

Outcome = TypeVar("Outcome")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far a request is: `share` from 0 to 1."""

    request: Any
    share: float


@dataclass(frozen=True)
class Stopped:
    """The person stopped it; nothing of it was kept."""

    request: Any


@dataclass(frozen=True)
class Failed:
    """It did not work; `message` is one sentence for the person."""

    request: Any
    message: str


class StopRequestedError(Exception):
    """The person does not want to wait any longer."""


class Counter:
    """Is told by core how many pictures are done: stops the work if that is wanted, passes on 20 facts a second."""

    def __init__(
        self,
        request: object,
        on_progress: Callable[[Progress], None],
        should_stop: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._request, self._on_progress, self._should_stop = request, on_progress, should_stop
        self._clock, self._sent_at = clock, -PROGRESS_INTERVAL_S

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` of `total` are done. Raises StopRequestedError."""
        if self._should_stop():
            raise StopRequestedError
        if self._clock() - self._sent_at >= PROGRESS_INTERVAL_S:
            self._sent_at = self._clock()
            self._on_progress(Progress(self._request, done / max(1, total)))


def outcome_of(request: object, work: Callable[[], Outcome]) -> Outcome | Stopped | Failed:
    """Do the work; whatever goes wrong becomes an outcome."""
    try:
        return work()
    except StopRequestedError:
        return Stopped(request)
    except StudioError as error:
        return Failed(request, str(error))
    except MemoryError:
        return Failed(request, "Memory ran out; close other programs and try again.")
    except Exception as error:
        _log.exception("%r failed", type(request))
        return Failed(request, f"Something unexpected went wrong ({type(error).__name__}: {error}); try again.")
