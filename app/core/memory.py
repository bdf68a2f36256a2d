"""Giving memory back to the system."""

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Give the system what the C library keeps of freed memory; a few milliseconds. Nothing where that is not glibc.

    glibc has a heap for each of several threads, and lets go of free pages at the end of one only. Readings and
    trainings free most of what they took, between things that stay: 150 MB were kept so after an hour.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
