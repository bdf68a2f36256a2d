"""How long a search will still take, learned from its trials. Before there are any, `estimate` knows it roughly."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from app.core.config.config import TrainingConfig
from app.core.search.outlook import epoch_s
from app.core.search.plan import SearchPlan
from app.core.search.status import TrialState, TrialStatus

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
