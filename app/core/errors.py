"""Errors that a person is meant to read.

The message is one plain sentence that says what happened and what to do. The window shows it as it is; the command
line prints it and exits with `exit_code`. Everything else that is raised is a bug.
"""


class StudioError(Exception):
    """Something failed on our side: the disk is full, memory ran out, a run diverged."""

    exit_code = 1


class InputError(StudioError):
    """What the person gave cannot be used: a broken picture, an unknown name, a wrong value."""

    exit_code = 2
