"""What a user does that no file tells afterwards, as the pages of the window tell it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.core.inference.calibration import Verdict

if TYPE_CHECKING:
    from app.core.runs.records import RunRecord


class Action(StrEnum):
    """Something done on a page."""

    EXPLAINED = "explained"  # Why? was opened, with a drawing on the paper
    LOOKED_INSIDE = "looked-inside"  # Inside, likewise
    SHOWED_SOFTMAX = "showed-softmax"  # the table of logits, likewise
    SHOWED_MAP = "showed-map"  # Map on Evaluate, or beside the answer
    EVALUATED = "evaluated"
    LOOKED_AT_CELL = "looked-at-cell"  # a cell of the confusion matrix
    STEPPED = "stepped"  # one batch of a paused run
    COMPARED_RUNS = "compared-runs"
    BEGAN_RUN = "began-run"  # on Train
    TRAINED = "trained"  # a network, which is saved


@dataclass(frozen=True)
class Deed:
    """An action, and what it was done with: a model (its name), the true class and the answer of a cell, or runs."""

    action: Action
    model: str = ""
    cell: tuple[str, str] | None = None
    runs: "tuple[RunRecord, ...]" = ()


@dataclass(frozen=True)
class Reading:
    """An answer on the paper: the class, the second one, the confidence (0..1), and the model: its title and name."""

    answer: str
    rival: str
    confidence: float
    verdict: Verdict
    title: str
    model: str


Happening = Reading | Deed
