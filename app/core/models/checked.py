"""Which networks have been opened before: what came from elsewhere is first opened in a process of its own.

A file of LiteRT can crash whoever opens it. Those that were made here, and those that were tried, are remembered by
their hashes; the models that ship with the program need no such thing.
"""

import contextlib
import hashlib
from pathlib import Path

from app.core.child_process import Answer, Limits, run_in_child
from app.core.paths import read_regular, user_dir

LARGEST_NETWORK = 512 * 2**20
_REMEMBERED = "opened-models.txt"
_LONGEST = 2**20
_LIMITS = Limits(seconds=60, memory_mib=3072)


def ensure_checked(path: Path, sha256: str, title: str) -> None:
    """Try the network at a path in a process of its own, unless that was done before.

    Raises InputError if it is damaged or harmful, or is not the one of that hash.
    """
    if sha256 not in _remembered():
        run_in_child(_try, path, sha256, what=f"'{title}'", limits=_LIMITS)
        remember(sha256)


def remember(sha256: str) -> None:
    """Let this network be opened from now on; nothing is kept where nothing can be written."""
    with contextlib.suppress(OSError):
        user_dir().mkdir(parents=True, exist_ok=True)
        with (user_dir() / _REMEMBERED).open("a", encoding="ascii") as file:
            file.write(f"{sha256}\n")


def _remembered() -> set[str]:
    try:
        return set(read_regular(user_dir() / _REMEMBERED, _LONGEST).decode("ascii", "replace").split())
    except OSError:
        return set()


def _try(path: Path, sha256: str) -> Answer:
    """In the child."""
    import numpy as np

    from app.core.datasets.types import IMAGE_SIZE
    from app.core.errors import InputError
    from app.core.models.foreign.litert_files import parse
    from app.core.models.interpreter import Interpreter

    content = read_regular(path, LARGEST_NETWORK)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError(f"{path} is not the network that its card names.")
    parse(content)
    interpreter = Interpreter(content)
    for count in (1, 3):
        interpreter.probabilities(np.zeros((count, IMAGE_SIZE, IMAGE_SIZE), np.float32))
    return {}, ()
