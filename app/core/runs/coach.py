"""What an experienced eye sees in the epochs so far, and in how the run ended. Pure; the window puts it into words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.config.config import TrainingConfig
from app.core.config.settings import OPTIMIZERS
from app.core.runs.events import EndReason, EpochDone, RunEnded, RunTested
from app.core.runs.progress import best_epoch

GUESSING_SHARE = 0.93
"""A loss above this share of ln(classes) may be no better than guessing (see `_is_guessing`)."""

JUMP, JUMP_LEAST, JUMP_SHARE = 1.25, 0.02, 0.1
"""A training loss so many times the one before, so much above it, and so large a share of the first, is no noise."""

MEMORISING = 1.02
"""Validation loss this many times its best is a rise, if there are pictures enough to tell (see `_rise`)."""

IMPROVING = 0.97
"""Validation loss below this share of the one before still improves."""

ENOUGH = 50
"""The loss of fewer validation pictures hangs on one or two of them."""

GAP = 0.05
"""Share of right answers lost between training and test that is worth a word, if it cannot be chance."""


class Finding(StrEnum):
    """What the epochs so far show, and how the run ended."""

    NOTHING_YET = "nothing_yet"
    STOPPED_EARLY = "stopped_early"
    FAILED = "failed"
    FAILED_RATE_HIGH = "failed_rate_high"
    GUESSING = "guessing"
    GUESSING_RATE_HIGH = "guessing_rate_high"
    GUESSING_RATE_LOW = "guessing_rate_low"
    JUMPING = "jumping"
    MEMORISING = "memorising"
    TEST_WORSE = "test_worse"
    TEST_AS_GOOD = "test_as_good"
    UNCHECKED = "unchecked"
    IMPROVING = "improving"
    LEVELLED_OFF = "levelled_off"


@dataclass(frozen=True)
class Advice:
    """A finding with the numbers that its sentence needs.

    `epoch` is the one it was seen in, `best` the best so far; `patience` is 0 without early stopping, which `keeps` the
    best weights or the last; `at_end` is true when the last epoch of the config is done, `is_over` when nothing more
    will be trained, `stopped_early` if early stopping ended it. `guess_loss` is the loss of pure guessing, `rate` a
    learning rate worth a try. `train_accuracy` belongs to the weights at the end; `test_right` of `test_samples`.
    """

    finding: Finding
    epoch: int
    best: int
    patience: int
    at_end: bool
    guess_loss: float
    rate: float = 0.001
    keeps: bool = True
    is_over: bool = False
    stopped_early: bool = False
    augments: bool = False
    train_accuracy: float = 0.0
    test_right: int = 0
    test_samples: int = 0


def advise(
    epochs: Sequence[EpochDone],
    config: TrainingConfig,
    classes: int = 10,
    checked_with: int = ENOUGH,
    *,
    tested: RunTested | None = None,
    ended: RunEnded | None = None,
) -> Advice:
    """What to tell the user after these epochs of a run of `config`, validated with `checked_with` pictures.

    `tested` and `ended` are None until the run is.
    """
    best, weights = best_epoch(epochs), _weights_epoch(epochs, ended)
    return Advice(
        finding=_finding(epochs, config, classes, checked_with, tested=tested, ended=ended),
        epoch=epochs[-1].epoch if epochs else 0,
        best=best.epoch if best else 0,
        patience=config.early_stopping_patience,
        at_end=bool(epochs) and epochs[-1].epoch >= config.epochs,
        guess_loss=math.log(classes),
        rate=sensible_rate(config),
        keeps=config.restore_best_weights,
        is_over=ended is not None,
        stopped_early=ended is not None and ended.reason is EndReason.EARLY_STOPPED,
        augments=config.augments,
        train_accuracy=weights.accuracy if weights else 0.0,
        test_right=_right(tested) if tested else 0,
        test_samples=tested.test_samples if tested else 0,
    )


def sensible_rate(config: TrainingConfig) -> float:
    """A learning rate to try instead: the optimizer's usual one, or a third of one that is about as low already."""
    usual = OPTIMIZERS[config.optimizer].usual_rate
    return usual if not usual / 2 < config.learning_rate <= 2 * usual else float(f"{config.learning_rate / 3:.1g}")


def _finding(
    epochs: Sequence[EpochDone],
    config: TrainingConfig,
    classes: int,
    checked_with: int,
    *,
    tested: RunTested | None,
    ended: RunEnded | None,
) -> Finding:
    usual = OPTIMIZERS[config.optimizer].usual_rate
    if ended is not None and ended.reason is EndReason.FAILED:
        return Finding.FAILED_RATE_HIGH if config.learning_rate > 2 * usual else Finding.FAILED
    if not epochs:
        return Finding.NOTHING_YET if ended is None else Finding.STOPPED_EARLY
    if _is_guessing(epochs[-1], classes):
        if config.learning_rate > 2 * usual:
            return Finding.GUESSING_RATE_HIGH
        return Finding.GUESSING_RATE_LOW if config.learning_rate < usual / 2 else Finding.GUESSING
    if _jumps(epochs) and (ended is None or ended.reason is not EndReason.EARLY_STOPPED):
        return Finding.JUMPING
    if tested is not None and _is_worse(tested, _weights_epoch(epochs, ended)):
        return Finding.TEST_WORSE
    if epochs[-1].val_loss is None:
        return Finding.UNCHECKED if tested is None else Finding.TEST_AS_GOOD
    if checked_with >= ENOUGH and _memorises(epochs, checked_with):
        return Finding.MEMORISING
    return Finding.IMPROVING if _improves(epochs) else Finding.LEVELLED_OFF


def _is_guessing(last: EpochDone, classes: int) -> bool:
    """No better than guessing: few are right, or those that are wrong are so surely."""
    guess = math.log(classes)
    return last.loss >= GUESSING_SHARE * guess and (last.accuracy < 2.5 / classes or last.loss > 2 * guess)


def _jumps(epochs: Sequence[EpochDone]) -> bool:
    if len(epochs) < 2:
        return False
    before, last = epochs[-2].loss, epochs[-1].loss
    return last > JUMP * before and last - before > max(JUMP_LEAST, JUMP_SHARE * epochs[0].loss)


def _memorises(epochs: Sequence[EpochDone], checked_with: int) -> bool:
    """Since the best epoch, training gets better and validation stays worse: a single worse epoch may be noise."""
    best, last = best_epoch(epochs), epochs[-1]
    if best is None or best.val_loss is None or last.epoch - best.epoch < 2:
        return False
    since = [done.val_loss for done in epochs if done.epoch > best.epoch and done.val_loss is not None]
    is_worse = min(since) > _rise(checked_with) * best.val_loss
    return is_worse and last.loss < best.loss and last.loss < since[-1]


def _rise(checked_with: int) -> float:
    """How many times the best validation loss is more than chance, with so many pictures."""
    return MEMORISING + 0.5 / math.sqrt(checked_with)


def _improves(epochs: Sequence[EpochDone]) -> bool:
    """The last epoch is the best, and by more than noise."""
    if len(epochs) == 1:
        return True
    before, last = epochs[-2].val_loss, epochs[-1].val_loss
    return epochs[-1].is_best and before is not None and last is not None and last < IMPROVING * before


def _weights_epoch(epochs: Sequence[EpochDone], ended: RunEnded | None) -> EpochDone | None:
    """The epoch that the weights belong to: the last one, unless the run ended with another's."""
    wanted = ended.weights_epoch if ended is not None else None
    return next((done for done in reversed(epochs) if wanted in {None, done.epoch}), None)


def _right(tested: RunTested) -> int:
    return round(tested.test_accuracy * tested.test_samples)


def _is_worse(tested: RunTested, trained: EpochDone | None) -> bool:
    """Fewer are right in the test than in training, by more than so few pictures could miss by chance."""
    if trained is None:
        return False
    gap, spread = trained.accuracy - tested.test_accuracy, tested.test_accuracy * (1 - tested.test_accuracy)
    return gap > GAP and gap > 2 * math.sqrt(spread / max(1, tested.test_samples))
