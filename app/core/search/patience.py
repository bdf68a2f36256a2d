"""Waiting for a database that restarts: hours of training are worth it."""

import time
from collections.abc import Callable
from typing import TypeVar

from app.core.errors import InputError, StudioError

TRIES, PAUSE_S = 60, 5.0

T = TypeVar("T")


def patiently(action: Callable[[], T], is_over: Callable[[], bool] = lambda: False) -> T:
    """Do something with a storage, again and again for five minutes while it does not answer and `is_over` is False.

    Raises what `action` raises: InputError at once, StudioError in the end.
    """
    for _ in range(TRIES):
        try:
            return action()
        except InputError:
            raise
        except StudioError:
            if is_over():
                raise
            time.sleep(PAUSE_S)
    return action()
