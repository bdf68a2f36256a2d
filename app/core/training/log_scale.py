"""A logarithmic scale of whole powers of ten that grows with what it has to show. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class LogScale:
    """From 10**`low` to 10**`high`."""

    low: int
    high: int

    @classmethod
    def of(cls, values: Iterable[float], before: "LogScale | None" = None) -> "LogScale":
        """The smallest scale that holds all positive finite `values` and the scale `before`; one decade for none."""
        powers = [math.log10(value) for value in values if 0 < value < math.inf]
        low = min(map(math.floor, powers), default=-1)
        high = max(map(math.ceil, powers), default=0)
        if before is not None and not powers:
            return before
        if before is not None:
            low, high = min(low, before.low), max(high, before.high)
        return cls(low, max(high, low + 1))

    def share(self, value: float) -> float:
        """Where `value` lies, from 0 (the low end, and all that is smaller or no number) to 1 (the high end)."""
        if not value > 0:
            return 0.0
        if value == math.inf:
            return 1.0
        return min(1.0, max(0.0, (math.log10(value) - self.low) / (self.high - self.low)))

    @property
    def powers(self) -> range:
        """The powers of ten on the scale."""
        return range(self.low, self.high + 1)
