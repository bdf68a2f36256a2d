"""One quantity of a run of the history, epoch by epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.core.training.curves import Numbers
from app.core.training.events import EpochDone


@dataclass(frozen=True, eq=False)
class EpochCurve:
    """Values at the ends of `epochs`; nan where nothing was measured.

    With `is_mean` each training value is the mean over the epoch that ended.
    """

    epochs: Numbers
    training: Numbers
    validation: Numbers
    is_mean: bool

    @property
    def has_validation(self) -> bool:
        """True if any epoch was validated."""
        return bool(np.isfinite(self.validation).any())


def epoch_curve(epochs: Sequence[EpochDone], name: str) -> EpochCurve:
    """The curve of `name`, a field of EpochDone; its `val_` field is that of validation, if there is one."""

    def values(attribute: str) -> Numbers:
        told = [getattr(epoch, attribute, None) for epoch in epochs]
        numbers = np.array(told, dtype=np.float64)  # None becomes nan
        numbers[~np.isfinite(numbers)] = np.nan
        return numbers

    ends = np.array([epoch.epoch for epoch in epochs], dtype=np.float64)
    return EpochCurve(ends, values(name), values(f"val_{name}"), is_mean=name != "learning_rate")
