"""Keeping native libraries from talking to the user at the terminal."""

import gc
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.core.graphics import note_cards

_lock = threading.Lock()
_depth = 0
_kept = -1


@contextmanager
def native_silence() -> Iterator[None]:
    """Point file descriptor 2 at nothing meanwhile, where there is one; several threads may ask for it at once.

    TensorFlow and LiteRT print notices from C++ before any log level can be set. Whatever else is written to standard
    error meanwhile is lost too, so keep the time short; exceptions travel as ever.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _depth, _kept  # noqa: PLW0603 - there is one standard error in a process
    with _lock:
        _depth += 1
        if _depth > 1:
            return
        try:
            _kept = os.dup(2)
        except OSError:
            _kept = -1
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def _leave() -> None:
    global _depth, _kept  # noqa: PLW0603 - there is one standard error in a process
    with _lock:
        _depth -= 1
        if _depth == 0 and _kept >= 0:
            os.dup2(_kept, 2)
            os.close(_kept)
            _kept = -1


# Loading TensorFlow, once, without its chatter.


def load_tensorflow() -> None:
    """Import TensorFlow: 3 to 6 seconds the first time, nothing after."""
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with native_silence(), _no_collection():
        import tensorflow as tf

        tf.zeros(()).numpy()  # makes the devices known, which is when the last notices are printed
        note_cards(tf)
    # Half a million objects that live as long as the program: the collector need not look at them every time.
    gc.freeze()
    logging.getLogger("absl").setLevel(logging.ERROR)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Looking for garbage again and again among what is being loaded takes a tenth of the time, and finds none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
