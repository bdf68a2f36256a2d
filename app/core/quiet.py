"""Keeping native libraries from talking to the person at the terminal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def native_silence() -> Iterator[None]:
    """Point file descriptor 2 at nothing meanwhile, where there is one.

    TensorFlow and LiteRT print notices from C++ before any log level can be set; Python exceptions are not affected.
    """
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
