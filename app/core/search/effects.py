"""What the settings of a search did to its objective: points for pictures, and how much each setting mattered."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.core.config.config import field_title
from app.core.runs.curves import even_ticks, log_ticks
from app.core.search.plan import SearchPlan
from app.core.search.space import Value
from app.core.search.status import SearchStatus, TrialState, TrialStatus

FEWEST_TRIALS = 8
"""With fewer finished trials nobody can tell which setting mattered."""

MOST_PLACES = 12
"""A setting with more values than this is an axis of numbers."""


@dataclass(frozen=True)
class Outcome:
    """A trial with its objective. `is_partial`: it was stopped early, so that more epochs might have changed it."""

    trial: TrialStatus
    value: float
    is_partial: bool


@dataclass(frozen=True)
class Axis:
    """A setting as an axis from 0 to 1. `ticks` are places and words; `places` those of single values, in order."""

    field: str
    title: str
    ticks: tuple[tuple[float, str], ...]
    places: tuple[Value, ...]
    low: float
    high: float
    log: bool

    @property
    def is_of_places(self) -> bool:
        """True if each value has a place of its own, whatever number it is."""
        return bool(self.places)

    def at(self, trial: TrialStatus) -> float:
        """Where a trial stands, from 0 to 1."""
        value = trial.changes[self.field]
        if self.places:
            return (self.places.index(value) + 0.5) / len(self.places)
        return _share(float(value), self.low, self.high, self.log)


def outcomes(status: SearchStatus) -> tuple[Outcome, ...]:
    """The trials that have an objective, finite, in their order: final for those that are done, else the last one."""
    found = []
    for trial in status.trials:
        is_partial = trial.state is TrialState.PRUNED
        value = trial.value if not is_partial else trial.curve[-1] if trial.curve else None
        if trial.changes and trial.state in {TrialState.DONE, TrialState.PRUNED} and value is not None:
            found += [Outcome(trial, value, is_partial)] if math.isfinite(value) else []
    return tuple(found)


def axis(plan: SearchPlan, field: str, told: Sequence[Outcome]) -> Axis:
    """The axis of a setting: the values of a list each with its place, a range as the plan has it, log or not."""
    dimension = next(dimension for dimension in plan.space if dimension.field == field)
    seen = {outcome.trial.changes[field] for outcome in told}
    if dimension.type == "choices" or (len(seen) <= MOST_PLACES and plan.method == "grid"):
        listed = dimension.values if dimension.type == "choices" else ()
        places = tuple(value for value in listed if value in seen) + tuple(sorted(seen - set(listed), key=_order))
        numbers = [place for place in places if _is_number(place)]
        if len(numbers) == len(places):
            places = tuple(sorted(places, key=_order))
        words = tuple(((number + 0.5) / len(places), _text(place)) for number, place in enumerate(places))
        return Axis(field, field_title(field), words, places, 0.0, 1.0, log=False)
    low, high, log = dimension.low, dimension.high, dimension.log
    ticks = log_ticks(math.log10(low), math.log10(high)) if log else even_ticks(low, high)
    inside = (tick for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9))
    words = tuple((_share(tick, low, high, log), f"{tick:g}") for tick in inside)
    return Axis(field, field_title(field), words, (), low, high, log)


def importances(plan: SearchPlan, status: SearchStatus) -> Mapping[str, float]:
    """How much each varied setting mattered among the finished trials, 0..1, all together 1, the largest first.

    Found by PED-ANOVA (Watanabe et al. 2023), with Optuna: how differently the better trials choose a setting's
    values. Empty for fewer than two settings or `FEWEST_TRIALS`. Loads Optuna.
    """
    finished = [outcome for outcome in outcomes(status) if not outcome.is_partial]
    if len(plan.space) < 2 or len(finished) < FEWEST_TRIALS:
        return {}
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)

    from app.core.search.study import distributions

    values = distributions(plan)
    study = optuna.create_study(direction="maximize" if status.maximizes else "minimize")
    for outcome in finished:
        study.add_trial(
            optuna.trial.create_trial(value=outcome.value, params=outcome.trial.changes, distributions=values)
        )
    found = optuna.importance.get_param_importances(study, evaluator=optuna.importance.PedAnovaImportanceEvaluator())
    return {field: float(share) for field, share in found.items() if np.isfinite(share)}


def _share(value: float, low: float, high: float, log: bool) -> float:
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return (value - low) / (high - low)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _order(value: Value) -> tuple[bool, float, str]:
    return not _is_number(value), float(value) if _is_number(value) else 0.0, str(value)


def _text(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
