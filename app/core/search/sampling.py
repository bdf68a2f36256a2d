"""How values are chosen: a plan's space and method in Optuna's words."""

from typing import cast

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.pruners import BasePruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import Trial

from app.core.search.plan import SearchPlan
from app.core.search.space import Changes, Choices, Range, Value, is_whole

TRIALS_BEFORE_PRUNING = 5
EPOCHS_BEFORE_PRUNING = 2


def distribution(plan: SearchPlan, dimension: Choices | Range) -> BaseDistribution:
    """The values of one dimension."""
    if isinstance(dimension, Choices):
        return CategoricalDistribution(dimension.values)
    if is_whole(dimension, plan.bases[0]):
        low, high = int(dimension.low), int(dimension.high)
        return IntDistribution(low, high, log=dimension.log, step=int(dimension.step or 1))
    return FloatDistribution(dimension.low, dimension.high, log=dimension.log, step=dimension.step)


def distributions(plan: SearchPlan) -> dict[str, BaseDistribution]:
    """The values of all dimensions, by field."""
    return {dimension.field: distribution(plan, dimension) for dimension in plan.space}


def choose(plan: SearchPlan, trial: Trial) -> Changes:
    """The values of a trial: those it was given, else what the sampler chooses now."""
    return {field: _choose(trial, field, values) for field, values in distributions(plan).items()}


def _choose(trial: Trial, field: str, values: BaseDistribution) -> Value:
    match values:
        case IntDistribution():
            return trial.suggest_int(field, values.low, values.high, log=values.log, step=values.step)
        case FloatDistribution():
            return trial.suggest_float(field, values.low, values.high, log=values.log, step=values.step)
        case CategoricalDistribution():
            return cast(Value, trial.suggest_categorical(field, values.choices))
    raise AssertionError(values)


def sampler(plan: SearchPlan, number: int) -> BaseSampler:
    """Chooses the values of trial `number`: the same ones again for the same seed and the same past."""
    seed = (plan.seed + number) % 2**32
    return TPESampler(seed=seed) if plan.method == "tpe" else RandomSampler(seed=seed)


def pruner(plan: SearchPlan) -> BasePruner:
    """Tells when a trial is not worth going on with."""
    if not plan.pruning:
        return NopPruner()
    return MedianPruner(n_startup_trials=TRIALS_BEFORE_PRUNING, n_warmup_steps=EPOCHS_BEFORE_PRUNING)
