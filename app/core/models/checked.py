"""Which networks have been opened before: what came from elsewhere is first opened in a process of its own.

A file of LiteRT, or of HDF5, can crash whoever opens it. Those that were made here, and those that were tried, are
remembered by their hashes; the models that ship with the program need no such thing.
"""

import contextlib
import hashlib
from pathlib import Path

from app.core.child_process import Answer, Limits, run_in_child
from app.core.errors import InputError
from app.core.paths import read_regular, user_dir

LARGEST_NETWORK = 512 * 2**20
_REMEMBERED = "opened-models.txt"
_LONGEST = 2**20
_opened_now: set[str] = set()
_LIMITS = Limits(seconds=60, memory_mib=3072)


def ensure_checked(path: Path, sha256: str, title: str) -> None:
    """Try the network at a path, of LiteRT or of Keras, in a process of its own, unless that was done before.

    Raises InputError if it is damaged or harmful, or is not the one of that hash.
    """
    if not is_known(sha256):
        run_in_child(_TRIALS[path.suffix], path, sha256, what=f"'{title}'", limits=_LIMITS)
        remember(sha256)


def is_known(sha256: str) -> bool:
    """True for what was made here, or tried before."""
    return sha256 in _opened_now or sha256 in _remembered()


def remember(sha256: str) -> None:
    """Let this be opened from now on; where nothing can be written, until the program ends."""
    _opened_now.add(sha256)
    with contextlib.suppress(OSError):
        user_dir().mkdir(parents=True, exist_ok=True)
        with (user_dir() / _REMEMBERED).open("a", encoding="ascii") as file:
            file.write(f"{sha256}\n")


def _remembered() -> set[str]:
    try:
        return set(read_regular(user_dir() / _REMEMBERED, _LONGEST).decode("ascii", "replace").split())
    except OSError:
        return set()


def _content(path: Path, sha256: str) -> bytes:
    content = read_regular(path, LARGEST_NETWORK)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InputError(f"{path} is not the file that its card names.")
    return content


def _try_network(path: Path, sha256: str) -> Answer:
    """In the child: LiteRT opens it and reads some pictures."""
    import numpy as np

    from app.core.datasets.types import IMAGE_SIZE
    from app.core.models.foreign.litert_files import parse
    from app.core.models.interpreter import Interpreter

    content = _content(path, sha256)
    parse(content)
    interpreter = Interpreter(content)
    for count in (1, 3):
        interpreter.probabilities(np.zeros((count, IMAGE_SIZE, IMAGE_SIZE), np.float32))
    return {}, ()


def _try_weights(path: Path, sha256: str) -> Answer:
    """In the child: HDF5 opens the weights in a file of Keras, and reads them all."""
    from app.core.models.foreign.keras_models import stored_weights

    stored_weights(_content(path, sha256)).read_all()
    return {}, ()


_TRIALS = {".tflite": _try_network, ".keras": _try_weights}
"""What is done with a file in the child, by how it ends."""
