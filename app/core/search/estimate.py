"""How long a search will take, roughly, before anything of it has run. Once something has, `remaining` knows.

Counts multiplications and steps, and takes an ordinary processor for granted: right within a factor of about three.
"""

from math import ceil, prod

from app.core.datasets.sources import available
from app.core.datasets.types import Variant
from app.core.errors import InputError
from app.core.models.config import TrainingConfig
from app.core.models.shapes import network_summary
from app.core.search.plan import SearchPlan, slots

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
