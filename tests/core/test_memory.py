"""What was freed goes back to the system."""

import subprocess
import sys

import pytest

_FREED_BELOW_WHAT_STAYS = """
import os
from pathlib import Path
from app.core.memory import give_back

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

blocks = [bytes(100_000) for _ in range(1_500)]
stays = blocks[-1]
del blocks
kept = resident_mb()
give_back()
print(kept - resident_mb() > 100)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps it")
def test_freed_memory_below_what_stays_is_given_back() -> None:
    # In a program of its own: where others left holes in the heap, the last block may lie in one, and its end is free.
    said = subprocess.run([sys.executable, "-c", _FREED_BELOW_WHAT_STAYS], capture_output=True, text=True, check=True)
    assert said.stdout == "True\n"
