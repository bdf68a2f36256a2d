"""What the shipped models read: test sets, drawings, photographs, corruptions, numbers; their doubt, their speed.

Everything is measured on data that no shipped model was trained on; what is not on this machine is skipped.
"""

from collections.abc import Iterator

from tests.bench.accuracy import corrupted, drawn, full_sets, numbers, photographed, speed, uncertainty
from tests.bench.report import Figure, Skipped


def measure() -> Iterator[Figure | Skipped]:
    """All figures, one part after the other."""
    for part in (full_sets, drawn, photographed, numbers, uncertainty, corrupted, speed):
        yield from part.measure()
