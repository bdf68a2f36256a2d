"""What an experienced eye sees in the epochs so far. Pure; the window puts it into words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.models.config import TrainingConfig
from app.core.training.events import EpochDone
from app.core.training.progress import best_epoch

GUESSING_SHARE = 0.93
"""A loss above this share of ln(classes), with few right answers, is no better than guessing."""

JUMP = 1.25
"""A training loss this many times the one before is a jump, not noise."""

MEMORISING = 1.02
"""Validation loss this many times its best is a rise, not noise."""

IMPROVING = 0.97
"""Validation loss below this share of the one before still improves."""

SMALL_RATE = 1e-4

ENOUGH = 50
"""The loss of fewer validation pictures hangs on one or two of them."""


class Finding(StrEnum):
    """What the epochs so far show."""

    NOTHING_YET = "nothing_yet"
    GUESSING_RATE_HIGH = "guessing_rate_high"
    GUESSING_RATE_LOW = "guessing_rate_low"
    JUMPING = "jumping"
    MEMORISING = "memorising"
    UNCHECKED = "unchecked"
    IMPROVING = "improving"
    LEVELLED_OFF = "levelled_off"


@dataclass(frozen=True)
class Advice:
    """A finding with the figures its sentence needs.

    `epoch` is the one it was seen in, `best` the best so far; `patience` is 0 without early stopping; `at_end` is true
    when the last epoch of the config is done; `guess_loss` is the loss of pure guessing.
    """

    finding: Finding
    epoch: int
    best: int
    patience: int
    at_end: bool
    guess_loss: float


def advise(
    epochs: Sequence[EpochDone], config: TrainingConfig, classes: int = 10, checked_with: int = ENOUGH
) -> Advice:
    """What to tell the person after these epochs of a run of `config`, validated with so many pictures."""
    best = best_epoch(epochs)
    return Advice(
        finding=_finding(epochs, config, classes, checked_with),
        epoch=epochs[-1].epoch if epochs else 0,
        best=best.epoch if best else 0,
        patience=config.early_stopping_patience,
        at_end=bool(epochs) and epochs[-1].epoch >= config.epochs,
        guess_loss=math.log(classes),
    )


def _finding(epochs: Sequence[EpochDone], config: TrainingConfig, classes: int, checked_with: int) -> Finding:
    if not epochs:
        return Finding.NOTHING_YET
    if _is_guessing(epochs[-1], classes):
        return Finding.GUESSING_RATE_LOW if config.learning_rate < SMALL_RATE else Finding.GUESSING_RATE_HIGH
    if _jumps(epochs):
        return Finding.JUMPING
    if epochs[-1].val_loss is None:
        return Finding.UNCHECKED
    if checked_with >= ENOUGH and _memorises(epochs):
        return Finding.MEMORISING
    return Finding.IMPROVING if _improves(epochs) else Finding.LEVELLED_OFF


def _is_guessing(last: EpochDone, classes: int) -> bool:
    return last.loss >= GUESSING_SHARE * math.log(classes) and last.accuracy < 2.5 / classes


def _jumps(epochs: Sequence[EpochDone]) -> bool:
    return len(epochs) > 1 and epochs[-1].loss > JUMP * epochs[-2].loss


def _memorises(epochs: Sequence[EpochDone]) -> bool:
    """Training gets better since the best epoch while validation gets worse."""
    best, last = best_epoch(epochs), epochs[-1]
    if best is None or best.val_loss is None or last.val_loss is None or best is last:
        return False
    return last.val_loss > MEMORISING * best.val_loss and last.loss < best.loss


def _improves(epochs: Sequence[EpochDone]) -> bool:
    """The last epoch is the best, and by more than noise."""
    if len(epochs) == 1:
        return True
    before, last = epochs[-2].val_loss, epochs[-1].val_loss
    return epochs[-1].is_best and before is not None and last is not None and last < IMPROVING * before
