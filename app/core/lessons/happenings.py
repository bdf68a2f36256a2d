"""What a user does that no file tells afterwards, as the pages of the window tell it."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.inference.calibration import Verdict


class Action(StrEnum):
    """Something done on a page."""

    EXPLAINED = "explained"  # Why? was opened
    SHOWED_SOFTMAX = "showed-softmax"  # the table of logits was opened
    EVALUATED = "evaluated"
    LOOKED_AT_CELL = "looked-at-cell"  # a cell of the confusion matrix
    STEPPED = "stepped"  # one batch of a paused run
    COMPARED_RUNS = "compared-runs"
    TRAINED = "trained"  # a network, which is saved


@dataclass(frozen=True)
class Reading:
    """An answer on the paper: the class, the second one, the confidence (0..1), and the title of the model."""

    answer: str
    rival: str
    confidence: float
    verdict: Verdict
    model: str


Happening = Reading | Action
