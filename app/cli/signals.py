"""What signals mean to a command: Ctrl+C stops, and so do the end of the session and of the terminal."""

import io
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Somebody wants the program to end soon: kill, a shutdown, a terminal that was closed."""

SIGNALLED = 128
"""Exit codes above it are a shell's for what a signal has ended; Ctrl+C makes 130."""


@contextmanager
def on_signals(do: Callable[[int], None], *numbers: int) -> Iterator[None]:
    """Call `do` with the number of such a signal, but for those that whoever started us wants ignored (nohup)."""

    def handle(number: int, _frame: FrameType | None) -> None:
        if number == getattr(signal, "SIGHUP", None):
            sys.stdout = io.StringIO()  # the terminal has gone, and writing to it would fail
        do(number)

    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end(number: int) -> None:
    """End the command as it ends by itself: what it has begun to write is removed. The exit code is a shell's."""
    raise SystemExit(SIGNALLED + number)
