"""Whether a search can begin on this computer, and what to call it. Loads no Optuna."""

from collections.abc import Container
from dataclasses import dataclass
from math import ceil, prod

from app.core.config.config import TrainingConfig
from app.core.datasets.sources import available
from app.core.datasets.types import Variant
from app.core.errors import InputError
from app.core.networks.shapes import network_summary
from app.core.search.plan import MOST_NAME_LETTERS, SearchPlan, Slot, check_plan, slots
from app.core.search.status import SearchStatus, TrialState, TrialStatus

# How long a search will take, roughly, before anything of it has run. Once something has, `remaining` knows.
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
    some = wanted[:: ceil(len(wanted) / _MOST_LOOKED_AT)]
    configs = [plan.config(slot.base, slot.changes) for slot in some]
    usual_s = sum(TRIAL_S + config.epochs * epoch_s(config) for config in configs) / len(configs)
    return WORKER_S + ceil(len(wanted) / workers) * usual_s


def epoch_s(config: TrainingConfig) -> float:
    """Seconds that one epoch of `config` takes."""
    rows = network_summary(config, _CLASSES).rows
    weights = sum(row.trainable * prod(row.shape[:-1]) for row in rows)  # those of a convolution at every place
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
    trials = tuple(_waiting(plan, number, slot) for number, slot in enumerate(slots(plan)))
    return SearchStatus(study=plan.name, objective=plan.objective, maximizes=plan.maximizes, trials=trials)


def _waiting(plan: SearchPlan, number: int, slot: Slot) -> TrialStatus:
    base = plan.bases[slot.base]
    return TrialStatus(
        number=number,
        recipe=base.recipe,
        changes=slot.changes,
        state=TrialState.WAITING,
        epochs=int(slot.changes.get("epochs", base.epochs)),
        report=None,
        curve=(),
        value=None,
        base=slot.base,
    )


def new_name(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or with a number behind it if a search of that name was begun already."""
    name, number = wanted[:MOST_NAME_LETTERS], 1
    while name in taken:
        number += 1
        end = f"-{number}"
        name = wanted[: MOST_NAME_LETTERS - len(end)] + end
    return name


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
