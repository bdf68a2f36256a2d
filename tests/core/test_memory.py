"""What was freed goes back to the system."""

import os
import sys
from pathlib import Path

import pytest

from app.core.memory import give_back


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps it")
def test_freed_memory_below_what_stays_is_given_back() -> None:
    blocks = [bytes(100_000) for _ in range(1_500)]
    stays = blocks[-1]
    del blocks
    kept = resident_mb()
    give_back()
    assert resident_mb() < kept - 100
    assert stays
