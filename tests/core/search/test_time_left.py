"""The time left of searches whose future is known: simulated trials that differ in epochs, cost and how they end."""

import heapq
from dataclasses import dataclass

import numpy as np
import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense
from app.core.search.outlook import TimeLeft
from app.core.search.plan import SearchPlan, slots
from app.core.search.space import Changes, Choices, Range
from app.core.search.status import TrialReport, TrialState, TrialStatus

BASE = TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=128),), epochs=5)


@dataclass(frozen=True)
class Future:
    """What one trial will do: `begin_s` to `end_s`, of which `overhead_s` at its beginning trains nothing."""

    number: int
    changes: Changes
    planned: int
    epochs: int
    epoch_s: float
    overhead_s: float
    begin_s: float

    @property
    def end_s(self) -> float:
        return self.begin_s + self.overhead_s + self.epochs * self.epoch_s

    def at(self, now: float, is_sampled: bool) -> TrialStatus:
        done = int(np.clip((now - self.begin_s - self.overhead_s) / self.epoch_s, 0, self.epochs) + 1e-9)
        state = TrialState.RUNNING if now < self.end_s else TrialState.DONE
        if now < self.begin_s:
            changes, epochs = ({}, BASE.epochs) if is_sampled else (self.changes, self.planned)
            return TrialStatus(
                self.number, BASE.recipe, changes, TrialState.WAITING, epochs, None, curve=(), value=None
            )
        report = TrialReport(worker="w", host="h", epochs_done=done, elapsed_s=done * self.epoch_s)
        return TrialStatus(self.number, BASE.recipe, self.changes, state, self.planned, report, curve=(), value=None)


def futures(plan: SearchPlan, workers: int, *, seed: int = 0, ends_early: bool = False) -> list[Future]:
    """One after another on the workers; some twice as slow as they should be, as on a machine that does other work."""
    random, ends, found = np.random.default_rng(seed), [0.0] * workers, []
    for number, slot in enumerate(slots(plan)):
        sampled: Changes = {"learning_rate": float(random.uniform(0.1, 1)), "epochs": int(random.integers(20, 80))}
        changes = slot.changes or sampled
        config = plan.config(0, changes)
        units = config.layers[0].units  # type: ignore[union-attr]
        epoch_s = (0.3 + units / 400 + 20 / config.batch_size) * random.uniform(0.8, 1.6)
        epochs = int(random.integers(4, config.epochs + 1)) if ends_early else config.epochs
        made = Future(number, changes, config.epochs, epochs, epoch_s, float(random.uniform(1, 4)), heapq.heappop(ends))
        heapq.heappush(ends, made.end_s)
        found.append(made)
    return found


def grid(**space: tuple[int | float, ...]) -> SearchPlan:
    dimensions = tuple(Choices(field=field, values=values) for field, values in space.items())
    return SearchPlan(name="s", method="grid", bases=(BASE,), space=dimensions)


PLANS = {
    "seeds": grid(seed=tuple(range(12)), epochs=(20,)),
    "epochs": grid(epochs=(5, 10, 20, 40, 80, 160)),
    "long ones first": grid(epochs=(160, 80, 40, 20, 10, 5)),
    "widths": grid(hidden_units=(32, 64, 128, 256, 512, 1024), seed=(1, 2)),
    "batches": grid(batch_size=(16, 32, 64, 128, 256), seed=(1, 2, 3)),
    "sampled": SearchPlan(
        name="s",
        method="random",
        bases=(BASE,),
        trials=20,
        space=(Range(field="learning_rate", low=0.1, high=1), Range(field="epochs", low=20, high=80)),
    ),
}
EARLY = SearchPlan(
    name="s",
    method="list",
    bases=tuple(BASE.changed(early_stopping_patience=3, epochs=50, seed=seed) for seed in range(16)),
)


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("name", [*PLANS, "early"])
def test_the_time_left_is_right_within_a_factor_of_two_after_the_first_trial(name: str, workers: int) -> None:
    plan = PLANS.get(name, EARLY)
    future = futures(plan, workers, ends_early=name == "early")
    end, watch = max(trial.end_s for trial in future), TimeLeft(plan)
    first = min(trial.end_s for trial in future)
    for now in np.arange(0, end, max(0.5, end / 60)):
        told = watch.look([trial.at(now, name == "sampled") for trial in future], workers, float(now))
        true = end - now
        if now > first and true > 0.2 * end:
            assert told is not None
            assert true / 2 <= told <= true * 2, (now, true, told)


def test_nobody_knows_before_the_first_epoch_and_nothing_is_left_at_the_end() -> None:
    plan = grid(seed=(1, 2))
    future, watch = futures(plan, 1), TimeLeft(plan)
    assert watch.look([trial.at(0.0, is_sampled=False) for trial in future], 1, 0.0) is None
    assert watch.look([trial.at(1e6, is_sampled=False) for trial in future], 1, 1e6) == 0
