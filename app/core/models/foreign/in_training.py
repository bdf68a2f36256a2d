"""What the layers of a file do in training alone: LiteRT does not hold it, and training on needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field, FiniteFloat

from app.core.config.form import Declaration
from app.core.models.foreign.layer_settings import Settings

_MOST_NAMED = 20
_MOST_NUMBERS = 2**17
"""Of means and of variances, in all: more than networks for small pictures have."""
_PENALTIES = {"L1", "L2", "L1L2"}
_ALSO = ("bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint")
"""Settings of layers with weights that matter in training, and that layers here do not have."""
_SAME = ("Identity",)
"""What does nothing in training, either."""


class InTraining(Declaration):
    """What one layer does in training, and behind how many operations of the graph it stands.

    A `rate` is that of dropout, `l1` and `l2` are penalties on the kernel of the layer before, `mean` and `variance`
    (one number a channel, with what Keras adds to a variance) belong to the batch normalization before.
    """

    kind: str
    operations: int
    rate: Annotated[float, Field(ge=0, lt=1)] = 0.0
    l1: Annotated[float, Field(ge=0, le=1)] = 0.0
    l2: Annotated[float, Field(ge=0, le=1)] = 0.0
    mean: tuple[FiniteFloat, ...] = ()
    variance: tuple[FiniteFloat, ...] = ()


@dataclass
class Gathered:
    """What is kept on the way through the layers, and the kinds of what networks here do not have, each once."""

    kept: list[InTraining] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    _numbers: int = 0

    def take(self, settings: Settings, operations: int) -> None:
        """Remember what a layer without operations does in training."""
        rate = settings.values.get("rate")
        if settings.kind in _SAME or (settings.kind == "Dropout" and rate == 0):
            return
        is_usual = settings.kind == "Dropout" and settings.values.get("noise_shape") is None
        if is_usual and isinstance(rate, float) and 0 < rate < 1:
            self.kept.append(InTraining(kind="Dropout", operations=operations, rate=rate))
        else:
            self._leave_out(settings.kind)

    def take_penalties(self, settings: Settings, operations: int) -> None:
        """Remember what is set on the weights of a layer."""
        given = settings.values.get("kernel_regularizer")
        penalties = _penalties(given)
        if penalties is None:
            self._leave_out(f"{settings.kind} kernel_regularizer")
        elif any(penalties):
            l1, l2 = penalties
            self.kept.append(InTraining(kind=f"{settings.kind} penalties", operations=operations, l1=l1, l2=l2))
        for name in _ALSO:
            if settings.values.get(name) is not None:
                self._leave_out(f"{settings.kind} {name}")

    def take_statistics(self, mean: Any, variance: Any, operations: int) -> None:
        """Remember a batch normalization's moving statistics (channels,)."""
        self._numbers += len(mean)
        if self._numbers > _MOST_NUMBERS:
            self._leave_out("BatchNormalization")
            return
        self.kept.append(
            InTraining(
                kind="BatchNormalization",
                operations=operations,
                mean=tuple(mean.tolist()),
                variance=tuple(variance.tolist()),
            )
        )

    def _leave_out(self, what: str) -> None:
        if what not in self.left_out and len(self.left_out) < _MOST_NAMED:
            self.left_out.append(what)


def _penalties(given: Any) -> tuple[float, float] | None:
    """L1 and L2 of a kernel; None if it is something else."""
    if given is None:
        return 0.0, 0.0
    kind, inner = (given.get("class_name"), given.get("config")) if isinstance(given, Mapping) else (None, None)
    if kind not in _PENALTIES or not isinstance(inner, Mapping):
        return None
    found = tuple(inner.get(name, 0.0) for name in ("l1", "l2"))
    is_known = all(isinstance(each, int | float) and 0 <= each <= 1 for each in found)
    return (float(found[0]), float(found[1])) if is_known else None
