"""What an experienced eye sees in a run so far, and in how it ended. Pure; the window puts it into words."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.core.config.config import TrainingConfig
from app.core.config.layers import BatchNormalization
from app.core.config.settings import OPTIMIZERS
from app.core.inference.metrics import rare_classes
from app.core.percentages import wilson_interval
from app.core.runs.events import NO_FACTS, CheckedUp, DataFacts, EndReason, EpochDone, RunEnded, RunTested
from app.core.runs.history import RunHistory
from app.core.runs.progress import best_epoch
from app.core.runs.records import RunState
from app.core.runs.remedies import Remedy, changes_with, sensible_rate

MOST = 3
"""Nobody follows more advice than this at once."""

GUESSING_SHARE = 0.93
"""A loss above this share of ln(classes) may be no better than guessing (see `_is_guessing`)."""

FALLING = 0.985
"""Learning has begun where the loss has fallen below this share of guessing, and of the epoch before."""

JUMP, JUMP_LEAST, JUMP_SHARE = 1.25, 0.02, 0.1
"""A training loss so many times the one before, so much above it, and so large a share of the first, is no noise."""

STUCK, STUCK_SHARE = 0.9, 0.15
"""A training loss above this share of the first epoch's has hardly fallen, if it is such a share of ln(classes)."""

SLOW, SLOW_SHARE = 0.8, 0.4
"""A loss that falls to no less than this share in an epoch, and is still such a share of ln(classes), falls slowly."""

MEMORISING = 1.02
"""Validation loss this many times its best is a rise, if there are pictures enough to tell (see `_rise`)."""

IMPROVING = 0.97
"""Validation loss below this share of the one before (see `_improves`) still improves."""

ENOUGH = 50
"""The loss of fewer validation pictures hangs on one or two of them."""

GAP = 0.05
"""Share of right answers lost between training and test that is worth a word, if it cannot be chance."""

DEAD = 0.7
"""Deep networks learn well with half of the units of a layer silent."""

VANISHED, VANISHED_AT_START, EXPLODED, UNEVEN = 0.005, 1e-4, 100.0, 0.75
"""Of the gradients: the first layer's as a share of the last's, after an epoch that taught little (`UNEVEN` of the loss
of guessing) and before the first batch; and a norm that no network that learns well was seen to have.
"""

UNSETTLED, UNSETTLED_WORSE, SMALL_BATCH = 1.5, 2.0, 16
"""How many times a variance differs: with batches below 16 pictures, or with validation far below training."""

UNSURE = 0.07
"""Half of the interval around a validation accuracy that leaves the differences between epochs in the dark."""

COPIES = 0.02
"""Share of the test part that training has as well, beyond what collections of pictures have by chance."""

FEWEST_RARE = 10
"""Pictures of rare classes that must have been read before anything is said of them."""


class Finding(StrEnum):
    """What the epochs so far show, and how the run ended."""

    NOTHING_YET = "nothing_yet"
    STOPPED_EARLY = "stopped_early"
    FAILED = "failed"
    FAILED_RATE_HIGH = "failed_rate_high"
    EXPLODING = "exploding"
    GUESSING_RATE_HIGH = "guessing_rate_high"
    GUESSING_RATE_LOW = "guessing_rate_low"
    VANISHING = "vanishing"
    GUESSING = "guessing"
    JUMPING = "jumping"
    RATE_HIGH = "rate_high"
    RATE_LOW = "rate_low"
    TEST_COPIES = "test_copies"
    UNSETTLED = "unsettled"
    MEMORISING = "memorising"
    IMBALANCE = "imbalance"
    TEST_WORSE = "test_worse"
    DEAD_UNITS = "dead_units"
    UNSURE = "unsure"
    UNCHECKED = "unchecked"
    TEST_AS_GOOD = "test_as_good"
    IMPROVING = "improving"
    LEVELLED_OFF = "levelled_off"


_CAUSES = {Finding.EXPLODING, Finding.VANISHING, Finding.DEAD_UNITS}
_ORDER = {finding: place for place, finding in enumerate(Finding)}


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that is known of a run of `config`; `tested` and `ended` are None until it is.

    `classes` are how many the data has, `checked_with` how many pictures it is validated with.
    """

    config: TrainingConfig
    epochs: Sequence[EpochDone] = ()
    checkups: Sequence[CheckedUp] = ()
    data: DataFacts = NO_FACTS
    classes: int = 10
    checked_with: int = 400
    tested: RunTested | None = None
    ended: RunEnded | None = None

    @property
    def is_guessing(self) -> bool:
        """No better than guessing, and no sign of change: few are right, or those that are wrong are so surely."""
        if not self.epochs:
            return False
        last, guess = self.epochs[-1], self.guess_loss
        before = min([guess, *(done.loss for done in self.epochs[-2:-1])])
        is_high = last.loss >= GUESSING_SHARE * guess and last.accuracy < 2.5 / self.classes
        return last.loss > 2 * guess or (is_high and last.loss > FALLING * before)

    @property
    def guess_loss(self) -> float:
        """The loss of pure guessing."""
        return math.log(self.classes)

    @property
    def usual_rate(self) -> float:
        """That of the optimizer."""
        return OPTIMIZERS[self.config.optimizer].usual_rate

    @property
    def of_weights(self) -> EpochDone | None:
        """The epoch that the weights belong to: the last one, unless the run ended with another's."""
        wanted = self.ended.weights_epoch if self.ended is not None else None
        return next((done for done in reversed(self.epochs) if wanted in {None, done.epoch}), None)

    @property
    def has_failed(self) -> bool:
        """Whether it ended so."""
        return self.ended is not None and self.ended.reason is EndReason.FAILED


def evidence_of(history: RunHistory, run: int) -> Evidence:
    """What the history knows of a run. Raises StudioError if there is none, or if another version made it."""
    record, epochs, facts = history.run(run), history.epochs(run), history.data_facts(run)
    config, metrics, confusion = record.config, record.metrics, history.confusion(run)
    best = best_epoch(epochs)
    is_restored = bool(config.early_stopping_patience) and config.restore_best_weights and record.model is not None
    tested = ended = None
    if metrics.test_accuracy is not None and confusion is not None:
        tested = RunTested(
            metrics.test_loss or 0.0,
            metrics.test_accuracy,
            metrics.test_precision or 0.0,
            metrics.test_recall or 0.0,
            record.test_samples,
            record.test_s,
            confusion,
        )
    if record.state is not RunState.RUNNING:
        known = {reason.value: reason for reason in EndReason}
        reason = known.get(record.state.value, EndReason.STOPPED)
        weights = best.epoch if best is not None and is_restored else None
        ended = RunEnded(reason, record.message, len(epochs), None, record.time_s, weights_epoch=weights)
    return Evidence(
        config,
        epochs,
        history.checkups(run),
        facts,
        len(facts.class_counts) or (10 if confusion is None else len(confusion)),
        record.validation_samples,
        tested,
        ended,
    )


@dataclass(frozen=True)
class Advice:
    """A finding with the numbers that its sentence needs, and what to do about it.

    `epoch` is the one it was seen in, `best` the best so far; `patience` is 0 without early stopping, which `keeps` the
    best weights or the last; `at_end` is true when the last epoch of the config is done, `is_over` when nothing more
    will be trained, `stopped_early` if early stopping ended it. `guess_loss` is the loss of pure guessing, `rate` a
    learning rate worth a try. `train_accuracy` belongs to the weights at the end; `right` of `samples` are what the
    finding speaks of: test pictures, those of rare classes, copies. `share` (0..1) and `other_share` are its figures,
    `low` and `high` an interval, `layer` a position among the config's layers, `classes` the names of rare ones.
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
    right: int = 0
    samples: int = 0
    share: float = 0.0
    other_share: float = 0.0
    low: float = 0.0
    high: float = 0.0
    layer: int = 0
    classes: tuple[str, ...] = ()
    remedy: Remedy | None = None

    @property
    def is_fault(self) -> bool:
        """Whether something should be changed, rather than how it goes."""
        return _ORDER[Finding.FAILED] < _ORDER[self.finding] < _ORDER[Finding.UNCHECKED]


def advise(run: Evidence) -> tuple[Advice, ...]:
    """What to tell the user of a run: the faults that are sure, the gravest first, or else how it goes."""
    found = {advice.finding: advice for advice in (_course(run), *_hidden(run))}
    if _CAUSES & found.keys():
        found.pop(Finding.GUESSING, None)
        found.pop(Finding.FAILED, None)
    ordered = sorted(found.values(), key=lambda advice: _ORDER[advice.finding])
    faults = [advice for advice in ordered if advice.is_fault]
    advices: list[Advice] = []
    for advice in (faults or ordered)[:MOST]:
        remedied = _remedied(run, advice)
        is_twice = any(remedied.remedy is other.remedy for other in advices)  # one change mends both
        advices.append(advice if is_twice else remedied)
    return tuple(advices)


def _plain(run: Evidence, finding: Finding) -> Advice:
    best, weights = best_epoch(run.epochs), run.of_weights
    last = run.epochs[-1].epoch if run.epochs else 0
    return Advice(
        finding=finding,
        epoch=last,
        best=best.epoch if best else 0,
        patience=run.config.early_stopping_patience,
        at_end=bool(run.epochs) and last >= run.config.epochs,
        guess_loss=run.guess_loss,
        rate=sensible_rate(run.config),
        keeps=run.config.restore_best_weights,
        is_over=run.ended is not None,
        stopped_early=run.ended is not None and run.ended.reason is EndReason.EARLY_STOPPED,
        augments=run.config.augments,
        train_accuracy=weights.accuracy if weights else 0.0,
        right=round(run.tested.test_accuracy * run.tested.test_samples) if run.tested else 0,
        samples=run.tested.test_samples if run.tested else 0,
    )


def _remedied(run: Evidence, advice: Advice) -> Advice:
    """With the first of the remedies that would change something."""
    for remedy in _REMEDIES.get(advice.finding, ()):
        if _makes_sense(run, remedy, advice) and changes_with(remedy, run.config, run.checked_with):
            return replace(advice, remedy=remedy)
    return advice


def _makes_sense(run: Evidence, remedy: Remedy, advice: Advice) -> bool:
    if remedy is Remedy.USUAL_RATE and advice.finding in _CAUSES:
        return run.config.learning_rate > 2 * run.usual_rate
    if remedy is Remedy.CONSTANT_RATE:
        return run.config.learning_rate >= run.usual_rate / 5
    if advice.finding is Finding.IMPROVING:
        return advice.at_end
    if advice.finding is Finding.LEVELLED_OFF:
        return advice.epoch - advice.best >= 3
    return True


_REMEDIES: dict[Finding, tuple[Remedy, ...]] = {
    Finding.FAILED_RATE_HIGH: (Remedy.USUAL_RATE,),
    Finding.EXPLODING: (Remedy.USUAL_RATE, Remedy.CLIP, Remedy.LOWER_RATE),
    Finding.GUESSING_RATE_HIGH: (Remedy.USUAL_RATE,),
    Finding.GUESSING_RATE_LOW: (Remedy.USUAL_RATE,),
    Finding.VANISHING: (Remedy.RELU, Remedy.NORMALIZE, Remedy.HE_NORMAL),
    Finding.DEAD_UNITS: (Remedy.USUAL_RATE, Remedy.HE_NORMAL, Remedy.LEAKY_RELU),
    Finding.GUESSING: (Remedy.MORE_EPOCHS,),
    Finding.JUMPING: (Remedy.LOWER_RATE,),
    Finding.RATE_HIGH: (Remedy.USUAL_RATE,),
    Finding.RATE_LOW: (Remedy.CONSTANT_RATE, Remedy.USUAL_RATE),
    Finding.TEST_COPIES: (Remedy.LEAVE_OUT_COPIES,),
    Finding.UNSETTLED: (Remedy.LARGER_BATCHES, Remedy.LOWER_RATE),
    Finding.MEMORISING: (Remedy.EARLY_STOPPING, Remedy.DROPOUT, Remedy.AUGMENT),
    Finding.IMBALANCE: (Remedy.BALANCE,),
    Finding.TEST_WORSE: (Remedy.AUGMENT, Remedy.DROPOUT),
    Finding.UNSURE: (Remedy.MORE_VALIDATION,),
    Finding.UNCHECKED: (Remedy.MORE_VALIDATION,),
    Finding.IMPROVING: (Remedy.MORE_EPOCHS,),
    Finding.LEVELLED_OFF: (Remedy.EARLY_STOPPING,),
}
"""What helps against a finding; the first that changes something is offered."""


def _course(run: Evidence) -> Advice:
    """What the curves and the end of a run say: exactly one thing."""
    return _plain(run, _course_finding(run))


def _course_finding(run: Evidence) -> Finding:
    epochs, rate, usual = run.epochs, run.config.learning_rate, run.usual_rate
    if run.has_failed:
        return Finding.FAILED_RATE_HIGH if rate > 2 * usual else Finding.FAILED
    if not epochs:
        return Finding.NOTHING_YET if run.ended is None else Finding.STOPPED_EARLY
    if run.is_guessing:
        if rate > 2 * usual:
            return Finding.GUESSING_RATE_HIGH
        if len(epochs) > 1 or epochs[-1].epoch >= run.config.epochs:  # one epoch may be too short to begin with
            return Finding.GUESSING_RATE_LOW if rate < usual / 2 else Finding.GUESSING
    if _jumps(epochs) and (run.ended is None or run.ended.reason is not EndReason.EARLY_STOPPED):
        return Finding.JUMPING
    if _is_stuck(run):
        return Finding.RATE_HIGH
    if _is_slow(run):
        return Finding.RATE_LOW
    if run.tested is not None and _is_worse(run.tested, run.of_weights):
        return Finding.TEST_WORSE
    if epochs[-1].val_loss is None:
        return Finding.UNCHECKED if run.tested is None else Finding.TEST_AS_GOOD
    if run.checked_with >= ENOUGH and _memorises(epochs, run.checked_with):
        return Finding.MEMORISING
    return Finding.IMPROVING if _improves(epochs) else Finding.LEVELLED_OFF


def _jumps(epochs: Sequence[EpochDone]) -> bool:
    if len(epochs) < 2:
        return False
    before, last = epochs[-2].loss, epochs[-1].loss
    return last > JUMP * before and last - before > max(JUMP_LEAST, JUMP_SHARE * epochs[0].loss)


def _is_stuck(run: Evidence) -> bool:
    """With a high rate, the training loss has hardly fallen since the first epoch."""
    epochs = run.epochs
    if len(epochs) < 3 or min(run.config.learning_rate, epochs[-1].learning_rate) <= 2 * run.usual_rate:
        return False
    least = min(done.loss for done in epochs[1:])
    return least > STUCK * epochs[0].loss and epochs[-1].loss > STUCK_SHARE * run.guess_loss


def _is_slow(run: Evidence) -> bool:
    """With a rate that is low, or has become so, the training loss falls little in each epoch and is still large."""
    epochs = run.epochs
    if len(epochs) < 3 or epochs[-1].learning_rate >= run.usual_rate / 5:
        return False
    falls = [after.loss / before.loss for before, after in zip(epochs[-3:], epochs[-2:], strict=False) if before.loss]
    return min(falls, default=0.0) > SLOW and epochs[-1].loss > SLOW_SHARE * run.guess_loss


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
    """The last epoch is the best, and by more than noise: than the one before, or than a tenth of a long run before."""
    if len(epochs) == 1:
        return True
    before, last = epochs[-1 - max(1, len(epochs) // 10)].val_loss, epochs[-1].val_loss
    return epochs[-1].is_best and before is not None and last is not None and last < IMPROVING * before


def _is_worse(tested: RunTested, trained: EpochDone | None) -> bool:
    """Fewer are right in the test than in training, by more than so few pictures could miss by chance."""
    if trained is None:
        return False
    gap, spread = trained.accuracy - tested.test_accuracy, tested.test_accuracy * (1 - tested.test_accuracy)
    return gap > GAP and gap > 2 * math.sqrt(spread / max(1, tested.test_samples))


def _hidden(run: Evidence) -> Iterator[Advice]:
    """What the curves alone do not show."""
    looked = next((check for check in reversed(run.checkups) if check.first_gradient is not None), None)
    if looked is not None:
        yield from _of_gradients(run, looked)
        yield from _of_units(run, looked)
    if run.has_failed and run.config.learning_rate <= 2 * run.usual_rate and _diverged(run):
        yield _plain(run, Finding.EXPLODING)
    yield from _of_statistics(run)
    yield from _of_copies(run)
    yield from _of_rare_classes(run)
    yield from _of_validation(run)


def _diverged(run: Evidence) -> bool:
    return run.ended is not None and "NaN" in run.ended.message


def _of_gradients(run: Evidence, looked: CheckedUp) -> Iterator[Advice]:
    first, last = looked.first_gradient, looked.last_gradient
    if first is None or last is None:
        return
    limit = VANISHED if run.epochs else VANISHED_AT_START
    learns_little = not run.epochs or run.epochs[-1].loss > UNEVEN * run.guess_loss
    if max(first, last) > EXPLODED:
        finding = Finding.EXPLODING
    elif learns_little and 0 < first < limit * last:
        finding = Finding.VANISHING
    else:
        return
    yield replace(_plain(run, finding), share=first, other_share=last)


def _of_units(run: Evidence, looked: CheckedUp) -> Iterator[Advice]:
    share, layer = looked.dead_share, looked.dead_layer
    if share is None or layer is None or layer >= len(run.config.layers) or not looked.epoch:
        return  # before the first batch nothing is dead yet
    if share >= DEAD:
        yield replace(_plain(run, Finding.DEAD_UNITS), share=share, layer=layer)


def _of_statistics(run: Evidence) -> Iterator[Advice]:
    shift = next((check.statistics_shift for check in reversed(run.checkups) if check.statistics_shift), None)
    if shift is None or not any(isinstance(layer, BatchNormalization) for layer in run.config.layers):
        return
    last = run.epochs[-1] if run.epochs else None
    is_worse = last is not None and last.val_accuracy is not None and last.accuracy - last.val_accuracy > 2 * GAP
    if (run.config.batch_size < SMALL_BATCH and shift >= UNSETTLED) or (is_worse and shift >= UNSETTLED_WORSE):
        yield replace(_plain(run, Finding.UNSETTLED), share=shift, samples=run.config.batch_size)


def _of_copies(run: Evidence) -> Iterator[Advice]:
    copies, of = run.data.test_copies, run.data.test_samples
    if copies >= max(2, COPIES * of):
        yield replace(_plain(run, Finding.TEST_COPIES), right=copies, samples=of)


def _of_rare_classes(run: Evidence) -> Iterator[Advice]:
    """Classes that are rare in training and read worse than all, by more than so few pictures could miss by chance."""
    counts = np.array([count for _, count in run.data.class_counts], np.int64)
    most = counts.max(initial=0)
    rare = rare_classes(counts)
    if not rare.any() or not run.epochs:
        return
    names = tuple(name for (name, _), is_rare in zip(run.data.class_counts, rare, strict=True) if is_rare)
    found = _recall(run, rare, int(counts[rare].sum() / max(1, counts.sum()) * run.checked_with))
    if found is None:
        return
    recall, of, accuracy = found
    if of >= FEWEST_RARE and accuracy - recall > max(2 * GAP, 2 * math.sqrt(recall * (1 - recall) / of)):
        yield replace(
            _plain(run, Finding.IMBALANCE),
            classes=names,
            share=recall,
            other_share=accuracy,
            right=int(counts[rare].min()),
            samples=int(most),
        )


def _recall(run: Evidence, rare: NDArray[np.bool_], held: int) -> tuple[float, int, float] | None:
    """Share right of the rare classes, of how many pictures, and share right of all: in the test, else in validation.

    Nobody counted how many of the validation pictures are of rare classes: about `held`, as many as in training.
    """
    if run.tested is not None and run.tested.confusion.shape == (len(rare), len(rare)):
        rows = run.tested.confusion[rare]
        of = int(rows.sum())
        right = int(np.diag(run.tested.confusion)[rare].sum())
        return (right / of, of, run.tested.test_accuracy) if of else None
    recall = next((check.rare_recall for check in reversed(run.checkups) if check.rare_recall is not None), None)
    accuracy = run.epochs[-1].val_accuracy
    return None if recall is None or accuracy is None else (recall, held, accuracy)


def _of_validation(run: Evidence) -> Iterator[Advice]:
    """So few pictures that the epochs cannot be told apart."""
    shown = [done.val_accuracy for done in run.epochs if done.val_accuracy is not None]
    if len(shown) < 2 or not run.checked_with:
        return
    low, high = wilson_interval(round(shown[-1] * run.checked_with), run.checked_with)
    apart = max(shown[-4:]) - min(shown[-4:])
    if (high - low) / 2 > UNSURE and apart < high - low:
        right = round(shown[-1] * run.checked_with)
        plain = _plain(run, Finding.UNSURE)
        yield replace(plain, low=low, high=high, right=right, samples=run.checked_with, share=apart)
