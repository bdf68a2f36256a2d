"""How many batches go into one TensorFlow call, and which of the two loops runs them. Pure; knows no TensorFlow."""

from app.core.models.config import TrainingConfig
from app.core.models.layers import SPATIAL_LAYERS

TARGET_S = 0.07
"""Time one call should take: short enough for Stop, pause and lively curves, long enough to leave Python out."""

XLA_WORTH_S = 3.0
"""Compiling costs about a second: shorter runs are over sooner without it."""

TRIAL_CALLS = 4
"""Calls measured for each loop before one of them is chosen."""


class Pacer:
    """Measures the run as it goes. `batches` says how many to run next, `compiled` on which loop."""

    def __init__(self, config: TrainingConfig, total_batches: int, capacity: int) -> None:
        self._left, self._capacity = total_batches, capacity
        spatial = any(isinstance(layer, SPATIAL_LAYERS) for layer in config.layers)
        # XLA's convolutions on a processor are slower than TensorFlow's in every network we measured, and some take
        # most of a minute to compile: trying them would cost more than it could ever win.
        self._may_compile = not spatial and not config.augments and config.engine != "graph"
        self._decided = not self._may_compile or config.engine == "xla"
        self.compiled = config.engine == "xla" and self._may_compile
        self._rate = {False: 0.0, True: 0.0}
        self._calls = 0
        self.batches = 1

    @property
    def engine(self) -> str:
        """The loop in use, by name."""
        return "xla" if self.compiled else "graph"

    def record(self, batches: int, elapsed_s: float) -> None:
        """Note that `batches` took `elapsed_s`, and settle what comes next."""
        self._left -= batches
        self._calls += 1
        if self._calls > 1:  # the first call of a loop traces or compiles it
            rate = batches / max(elapsed_s, 1e-6)
            self._rate[self.compiled] = max(self._rate[self.compiled], rate)
            ideal = round(rate * TARGET_S)
            self.batches = max(1, min(self._capacity, ideal, self.batches * 8))
        if not self._decided and self._calls > TRIAL_CALLS:
            self._decide()

    def _decide(self) -> None:
        if self.compiled:
            self.compiled = self._rate[True] >= self._rate[False]
            self._decided = True
        elif self._left / max(self._rate[False], 1e-6) < XLA_WORTH_S:
            self._decided = True
        else:
            self.compiled, self._calls = True, 0
