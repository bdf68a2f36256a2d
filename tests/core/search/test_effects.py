"""What the pictures of a search show: points, axes, and which settings mattered."""

import math

import numpy as np
import pytest

from app.core.runs.curves import even_ticks
from app.core.search.effects import axis, importances, outcomes
from app.core.search.plan import SearchPlan
from app.core.search.space import Changes, Choices, Range
from app.core.search.status import SearchStatus, TrialReport, TrialState, TrialStatus
from tests.core.search.pretend import BASE

RATE = Range(field="learning_rate", low=1e-4, high=1e-1, log=True)
DROPOUT = Range(field="dropout", low=0.0, high=0.5)
UNITS = Choices(field="hidden_units", values=(32, 128, 512))
PLAN = SearchPlan(name="s", method="random", bases=(BASE,), trials=40, space=(RATE, DROPOUT, UNITS))


def trial(number: int, changes: Changes, value: float | None, **values: object) -> TrialStatus:
    known = {"state": TrialState.DONE, "curve": (), "report": TrialReport(worker="w", host="h")}
    told = {**known, **values}
    return TrialStatus(number, "quickstart-mnist", changes, epochs=5, value=value, **told)  # type: ignore[arg-type]


def status(*trials: TrialStatus) -> SearchStatus:
    return SearchStatus("s", maximizes=True, objective="val_accuracy", trials=trials)


def changes(rate: float = 0.001, dropout: float = 0.2, units: int = 32) -> Changes:
    return {"learning_rate": rate, "dropout": dropout, "hidden_units": units}


def test_trials_stopped_early_count_with_their_last_value_and_are_told_apart() -> None:
    done = trial(0, changes(), 0.9)
    stopped = trial(1, changes(), None, state=TrialState.PRUNED, curve=(0.1, 0.4))
    failed = trial(2, changes(), None, state=TrialState.FAILED, curve=(0.1,))
    endless = trial(3, changes(), math.inf)
    waiting = trial(4, {}, None, state=TrialState.WAITING)
    found = outcomes(status(done, stopped, failed, endless, waiting))
    assert [(each.trial.number, each.value, each.is_partial) for each in found] == [(0, 0.9, False), (1, 0.4, True)]


def test_a_logarithmic_range_is_a_logarithmic_axis() -> None:
    told = outcomes(status(trial(0, changes(rate=0.001), 0.9), trial(1, changes(rate=0.1), 0.8)))
    rates = axis(PLAN, "learning_rate", told)
    assert rates.log
    assert [rates.at(each.trial) for each in told] == pytest.approx([1 / 3, 1])
    assert [words for _, words in rates.ticks] == ["0.0001", "0.001", "0.01", "0.1"]
    assert [place for place, _ in rates.ticks] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    dropout = axis(PLAN, "dropout", told)
    assert [dropout.at(each.trial) for each in told] == pytest.approx([0.4, 0.4])


def test_listed_values_have_their_places_in_order() -> None:
    told = outcomes(status(*(trial(place, changes(units=units), 0.9) for place, units in enumerate((512, 32)))))
    units = axis(PLAN, "hidden_units", told)
    assert [words for _, words in units.ticks] == ["32", "512"]
    assert [units.at(each.trial) for each in told] == [0.75, 0.25]


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.5), (0.901, 0.978), (5, 60), (-3, 1e6)])
def test_ticks_are_few_and_round(low: float, high: float) -> None:
    ticks = even_ticks(low, high)
    assert 2 <= len(ticks) <= 6
    assert low - 1e-9 <= ticks[0] < ticks[-1] <= high + 1e-9


def test_the_setting_that_decides_is_the_most_important_one() -> None:
    random = np.random.default_rng(3)
    trials = []
    for number in range(40):
        given = changes(
            float(10 ** random.uniform(-4, -1)), float(random.uniform(0, 0.5)), int(random.choice([32, 512]))
        )
        far = abs(math.log10(float(given["learning_rate"])) + 2.5)
        trials.append(trial(number, given, 0.95 - 0.1 * far + float(random.normal(0, 0.002))))
    found = importances(PLAN, status(*trials))
    assert next(iter(found)) == "learning_rate"
    assert found["learning_rate"] > 0.7
    assert sum(found.values()) == pytest.approx(1)
    assert importances(PLAN, status(*trials[:5])) == {}
