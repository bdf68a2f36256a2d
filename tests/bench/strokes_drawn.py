"""What is measured of a stroke that a hand drew on a real display."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StrokeDrawn:
    """The stroke number `place` of a paper: `sent` points at `hz`, of which `kept` are in the drawing.

    `first_gap_ms` is from the time stamp of touching down to the moment the first move was handled; `ink_ms` and
    `bars_ms` from the time stamp of each move to the moment it was painted.
    """

    situation: str
    hz: int
    place: int
    sent: int
    kept: int
    first_gap_ms: float
    ink_ms: list[float]
    bars_ms: list[float]
