"""What a stranger gets in the first hour, on the starter data and with their own hand.

Each part is a module with `measure()` and is measured by itself.
"""

from collections.abc import Iterator

from tests.bench import bench_ink, learning
from tests.bench.report import Figure, Skipped

PARTS = (bench_ink, learning)


def measure() -> Iterator[Figure | Skipped]:
    """All figures, one part after the other."""
    for part in PARTS:
        yield from part.measure()
