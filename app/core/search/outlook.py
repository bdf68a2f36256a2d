"""What a search will take: whether it can begin on this computer, what to call it, and how long it lasts.

Loads no Optuna.
"""

import heapq
import math
from collections.abc import Container, Sequence
from dataclasses import dataclass
from statistics import mean, median

from app.core.config.config import TrainingConfig
from app.core.datasets.sources import available
from app.core.datasets.types import Variant
from app.core.errors import InputError
from app.core.networks.summary import network_summary
from app.core.search.plan import MOST_NAME_LETTERS, SearchPlan, check_plan, slots
from app.core.search.status import SearchStatus, TrialState, TrialStatus
from app.core.texts import numbered


class MissingDataError(InputError):
    """The data of a search is not on this computer."""


@dataclass(frozen=True)
class Outlook:
    """What a search that can begin will take: trials, and very roughly seconds."""

    trials: int
    seconds: float


def outlook(plan: SearchPlan, workers: int) -> Outlook:
    """What the search will take. Raises InputError if it cannot begin, MissingDataError if only data is missing."""
    check_plan(plan)
    for dataset, data in dict.fromkeys((base.dataset, base.data) for base in plan.bases):
        _check_data(dataset, data)
    return Outlook(len(slots(plan)), estimate_s(plan, workers))


def as_begun(plan: SearchPlan) -> SearchStatus:
    """How a search looks at its very beginning: all trials wait."""
    trials = []
    for number, slot in enumerate(slots(plan)):
        base = plan.bases[slot.base]
        epochs = int(slot.changes.get("epochs", base.epochs))
        trials.append(TrialStatus(number, base.recipe, slot.changes, TrialState.WAITING, epochs, base=slot.base))
    return plan.status(tuple(trials))


def new_name(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or with a number behind it if a search of that name was begun already."""
    return next(name for name in numbered(wanted, "-", MOST_NAME_LETTERS) if name not in taken)


def usual_name(plan: SearchPlan, base: TrainingConfig | None = None) -> str:
    """A name that tells what is varied: of one's own recipe (`base`), or of a ready-made plan, which has one."""
    words = [plan.name] if base is None else [base.recipe, *(dimension.field for dimension in plan.space)]
    data = plan.bases[0].data if plan.bases else Variant.STARTER
    return "-".join([*words, *([] if data == Variant.STARTER else [str(data).rpartition("/")[2]])])


def _check_data(dataset: str, data: str) -> None:
    found = available(dataset)
    is_here = found.starter if data == Variant.STARTER else found.full_at is not None or data not in set(Variant)
    if not is_here:
        raise MissingDataError(f"The data {found.title}, {data}, is not on this computer; get it on the Data page.")


# How long a search will take, roughly, before anything of it has run. Once something has, `TimeLeft` knows.
#
# Counts multiplications and steps, and takes an ordinary processor for granted: right within a factor of about three.

WEIGHTS_PER_S = 1.2e10
"""How many weights one core uses in a second, forward and backward."""
STEP_S = 0.0004
"""What a step takes besides."""
TRIAL_S = 4.0
"""Building, compiling and testing a network."""
WORKER_S = 8.0
"""Until a worker has loaded TensorFlow."""

_USUAL_SAMPLES, _CLASSES = 60_000, 10
_MOST_LOOKED_AT = 40
"""Of a large plan, so many trials stand for all."""


def estimate_s(plan: SearchPlan, workers: int) -> float:
    """Seconds until so many workers have carried out a checked plan."""
    wanted = slots(plan)
    some = wanted[:: math.ceil(len(wanted) / _MOST_LOOKED_AT)]
    configs = [plan.config(slot.base, slot.changes) for slot in some]
    usual_s = sum(TRIAL_S + config.epochs * epoch_s(config) for config in configs) / len(configs)
    return WORKER_S + math.ceil(len(wanted) / workers) * usual_s


def epoch_s(config: TrainingConfig) -> float:
    """Seconds that one epoch of `config` takes."""
    rows = network_summary(config, _CLASSES).rows
    weights = sum(row.trainable * math.prod(row.shape[:-1]) for row in rows)  # those of a convolution at every place
    samples = _samples(config.dataset, config.data)
    return samples * weights / WEIGHTS_PER_S + samples / config.batch_size * STEP_S


def _samples(dataset: str, data: str) -> int:
    """Training pictures; of data that cannot be counted without loading it, as many as usual."""
    try:
        counts = available(dataset).counts
    except InputError:
        return _USUAL_SAMPLES
    wanted = [train for variant, (train, _) in counts.items() if (variant is Variant.STARTER) == (data == "starter")]
    return wanted[0] if wanted else _USUAL_SAMPLES


# How long it will still take, learned from its trials.

MOST_COMPARABLE = 3
"""So many measured trials, those of the most similar cost, tell the pace of one that was not measured."""

UNMEASURED_OVERHEAD_S = 2.0
"""Building, compiling and testing a network, until a trial has shown it."""

USUAL_SHARE = 0.6
"""Of the epochs of a trial that may end early, until it has ended."""


@dataclass(frozen=True)
class _Begun:
    """A trial that was seen to begin: when (monotonic seconds), and with how many epochs behind it."""

    at: float
    epochs: int


class TimeLeft:
    """Remembers what it saw of one search. Not for several threads."""

    def __init__(self, plan: SearchPlan) -> None:
        self._plan = plan
        self._costs: dict[TrainingConfig, float] = {}
        self._begun: dict[int, _Begun] = {}
        self._overheads: dict[int, float] = {}

    def look(self, trials: Sequence[TrialStatus], workers: int, now: float) -> float | None:
        """Seconds from `now` (monotonic) until so many workers are through; None before the first epoch."""
        self._watch(trials, now)
        measured = [trial for trial in trials if trial.epoch_s]
        left = [trial for trial in trials if not trial.state.is_over]
        if not left:
            return 0.0
        if not measured:
            return None
        overhead = median(self._overheads.values()) if self._overheads else UNMEASURED_OVERHEAD_S
        ends = [
            max(0.0, self._epochs(trial, trials) - trial.epochs_done) * self._pace(trial, measured)
            for trial in left
            if trial.state is TrialState.RUNNING
        ]
        ends += [0.0] * (workers - len(ends))
        heapq.heapify(ends)
        for trial in left:
            if trial.state is TrialState.WAITING:
                rest = max(0.0, self._epochs(trial, trials) - trial.epochs_done) * self._pace(trial, measured)
                heapq.heappush(ends, heapq.heappop(ends) + overhead + rest)
        return max(ends)

    def _watch(self, trials: Sequence[TrialStatus], now: float) -> None:
        """See what a trial takes besides its epochs."""
        for trial in trials:
            if trial.state is TrialState.RUNNING:
                self._begun.setdefault(trial.number, _Begun(now, trial.epochs_done))
            elif (begun := self._begun.pop(trial.number, None)) and trial.state.is_over and trial.epoch_s:
                trained = (trial.epochs_done - begun.epochs) * trial.epoch_s
                self._overheads[trial.number] = max(0.0, now - begun.at - trained)

    def _pace(self, trial: TrialStatus, measured: Sequence[TrialStatus]) -> float:
        """Seconds an epoch: its own, or that of trials of about the same cost, in proportion."""
        if trial.epoch_s:
            return trial.epoch_s
        if self._plan.space and not trial.changes:  # its values are not chosen yet
            return mean(known.epoch_s or 0.0 for known in measured)
        cost = self._cost(trial)
        alike = sorted(measured, key=lambda known: abs(math.log(self._cost(known) / cost)))[:MOST_COMPARABLE]
        return cost * median((known.epoch_s or 0.0) / self._cost(known) for known in alike)

    def _cost(self, trial: TrialStatus) -> float:
        config = self._plan.config(trial.base, trial.changes)
        if config not in self._costs:
            self._costs[config] = epoch_s(config)
        return self._costs[config]

    def _epochs(self, trial: TrialStatus, trials: Sequence[TrialStatus]) -> float:
        """How many epochs it will have: as many as it may, or fewer where trials end early."""
        planned = self._planned(trial)
        if not (self._plan.pruning or self._plan.config(trial.base, trial.changes).early_stopping_patience):
            return planned
        ended = [known for known in trials if known.state in {TrialState.DONE, TrialState.PRUNED}]
        seen: list[float] = [min(planned, known.epochs_done) for known in ended if known.epochs_done < known.epochs]
        seen += [planned] * (len(ended) - len(seen))
        # Of those that began together the short ones end first: those under way count, too.
        going = [known.epochs_done for known in trials if known.state is TrialState.RUNNING]
        likely = seen + [max(USUAL_SHARE * planned, min(planned, done)) for done in going or [0]]
        return mean([epochs for epochs in likely if epochs > trial.epochs_done] or [planned])

    def _planned(self, trial: TrialStatus) -> float:
        """The epochs that it may have; of one whose values are not chosen yet, as many as one in the middle."""
        varied = next((dimension for dimension in self._plan.space if dimension.field == "epochs"), None)
        if varied is None or trial.changes:
            return trial.epochs
        if varied.type == "choices":
            return mean(float(value) for value in varied.values)
        low, high = varied.low, varied.high
        return (high - low) / math.log(high / low) if varied.log else (low + high) / 2
