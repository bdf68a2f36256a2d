"""Errors that a user is meant to read, and the sentence that any error becomes.

The message is one plain sentence that says what happened and what to do. The window shows it as it is; the command
line prints it and exits with `exit_code`. Everything else that is raised is a bug.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StudioError(Exception):
    """Something failed on our side: the disk is full, memory ran out, a run diverged."""

    exit_code = 1


class InputError(StudioError):
    """What the user gave cannot be used: a broken picture, an unknown name, a wrong value."""

    exit_code = 2


def error_sentence(error: BaseException) -> str:
    """What to tell the user of an error. Whoever catches one that is neither of these logs its traceback."""
    if isinstance(error, StudioError):
        return str(error)
    if isinstance(error, MemoryError):
        return "Memory ran out; close other programs and try again."
    return f"Something unexpected went wrong ({type(error).__name__}: {error}); try again."


@contextmanager
def translate_errors(
    kinds: type[Exception] | tuple[type[Exception], ...], translate: Callable[[Exception], Exception]
) -> Iterator[None]:
    """Raise, in place of an error of these kinds, what `translate` makes of it: the words of a library become ours."""
    try:
        yield
    except kinds as error:
        raise translate(error) from error
