"""What a search is made of: spaces, plans, and the sentences for what cannot be."""

import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense, Dropout
from app.core.errors import InputError
from app.core.search.plan import PLANS, SearchPlan, check_plan, find_plan, slots
from app.core.search.space import Choices, Range, grid_values, parse_dimension

BASE = TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=128), Dropout(rate=0.2)))


def plan(*space: str, **values: object) -> SearchPlan:
    dimensions = tuple(parse_dimension(text, BASE) for text in space)
    return SearchPlan(name="mine", method="grid", bases=(BASE,), space=dimensions).changed(**values)


def test_values_are_read_as_their_field_takes_them() -> None:
    assert parse_dimension("batch_size=32, 64", BASE) == Choices(field="batch_size", values=(32, 64))
    assert parse_dimension("dropout=0,0.5", BASE) == Choices(field="dropout", values=(0.0, 0.5))
    assert parse_dimension("nesterov=true,false", BASE) == Choices(field="nesterov", values=(True, False))
    assert parse_dimension("optimizer=sgd,adam,sgd", BASE) == Choices(field="optimizer", values=("sgd", "adam"))


def test_networks_are_parted_by_semicolons() -> None:
    found = parse_dimension("layers=dense 8 relu, dropout 0.5; dense 16 tanh", BASE)
    assert found == Choices(field="layers", values=("dense 8 relu, dropout 0.5", "dense 16 tanh"))


def test_ranges_are_read() -> None:
    assert parse_dimension("learning_rate=1e-4..0.1:log", BASE) == Range(
        field="learning_rate", low=1e-4, high=0.1, log=True
    )
    assert parse_dimension("epochs=20..200:60", BASE) == Range(field="epochs", low=20, high=200, step=60)


def test_a_range_with_a_step_is_a_grid_of_values() -> None:
    assert grid_values(Range(field="epochs", low=20, high=200, step=60), BASE) == (20, 80, 140, 200)
    assert grid_values(Range(field="dropout", low=0, high=0.3, step=0.1), BASE) == (0.0, 0.1, 0.2, 0.3)


def test_a_grid_tries_all_combinations() -> None:
    made = slots(plan("dropout=0,0.5", "batch_size=32,64,128"))
    assert [tuple(slot.changes.values()) for slot in made] == [
        (0.0, 32), (0.0, 64), (0.0, 128), (0.5, 32), (0.5, 64), (0.5, 128)
    ]  # fmt: skip


def test_a_guided_search_has_places_whose_values_come_later() -> None:
    made = slots(plan("learning_rate=0.0001..0.1:log", method="tpe", trials=7))
    assert len(made) == 7
    assert all(slot.changes == {} for slot in made)


def test_a_trial_is_its_base_with_the_changes() -> None:
    config = plan("dropout=0,0.5").config(0, {"dropout": 0.5, "layers": "dense 8 tanh, dropout 0.1", "batch_size": 64})
    assert config.batch_size == 64
    assert config.layers == (Dense(units=8, activation="tanh"), Dropout(rate=0.1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dropout", "neither"),
        ("dropout=", "neither"),
        ("nothing=1,2", "not FIELD=VALUE"),
        ("recipe=a,b", "not FIELD=VALUE"),
        ("epochs=1,0", "Epochs must be at least 1"),
        ("filters=8,16", "No layer of this network"),
        ("learning_rate=low..high", "is not a range"),
        ("learning_rate=0.1..1:often", "is not a range"),
    ],
)
def test_what_cannot_be_varied_is_a_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_dimension(text, BASE)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (plan(), "nothing to vary"),
        (plan("dropout=0,0.5", name=" "), "needs a name"),
        (plan("dropout=0,0.5", name="x" * 81), "needs a name"),
        (plan("dropout=0,0.5", bases=()), "nothing to run"),
        (plan("dropout=0,0.5", bases=(BASE, BASE)), "one recipe at a time"),
        (plan("dropout=0,0.5", method="list"), "as they are"),
        (plan("dropout=0,0.5", "dropout=0.1,0.2"), "varied twice"),
        (plan("learning_rate=0.1..0.2"), "A grid needs single values"),
        (plan("epochs=1..1000:1", "batch_size=32,64"), "1 to 1,000 trials, not 2,000"),
        (plan("dropout=0,0.5", method="random", trials=0), "1 to 1,000 trials"),
        (plan("learning_rate=0.2..0.1", method="random"), "from a smaller number"),
        (plan("learning_rate=0.1..100", method="random"), "Learning rate must be at most 10"),
        (plan("dropout=0..0.5:log", method="random"), "begins above 0"),
        (plan("dropout=0..0.5:0.7", method="random"), "step of dropout"),
        (plan("optimizer=1..2", method="random"), "Optimizer cannot be"),
        (plan("nesterov=0..1", method="random"), "nesterov is not a number"),
        (plan("epochs=1.5..3", method="random"), "not a whole number"),
        (plan("epochs=2..8:1.5", method="random"), "whole numbers"),
        (plan(space=(Choices(field="dropout", values=()),)), "no value of dropout"),
        (plan("dropout=0,0.5", bases=(BASE.changed(validation_split=0),)), "no pictures are kept for it"),
        (plan("validation_split=0,0.1"), "no pictures are kept for it"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_a_sentence(made: SearchPlan, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check_plan(made)


def test_a_list_needs_no_validation_because_it_chooses_nothing() -> None:
    check_plan(SearchPlan(name="list", method="list", bases=(BASE.changed(validation_split=0),)))


def test_an_unknown_method_or_objective_is_a_sentence() -> None:
    for field in ("method", "objective"):
        with pytest.raises(InputError, match=f"{field.capitalize()} cannot be 'test_accuracy'"):
            plan("dropout=0,0.5", **{field: "test_accuracy"})


def test_plans_survive_json() -> None:
    made = plan("learning_rate=0.001..0.1:log", "batch_size=32,64", "layers=dense 8 relu", method="tpe")
    assert SearchPlan.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("ready", PLANS, ids=lambda ready: ready.id)
def test_ready_made_plans_can_be_carried_out(ready: object) -> None:
    made = find_plan(getattr(ready, "id", ""))
    check_plan(made)
    assert made.name == getattr(ready, "id", "")


def test_ready_made_plans_hold_the_runs_of_the_notes() -> None:
    assert len(slots(find_plan("tuning"))) == 28
    reproduced = find_plan("reproduction").bases
    assert len(reproduced) == len({config.recipe for config in reproduced}) == 28 + 8 + 2 + 4
    assert {config.epochs for config in reproduced if config.recipe.startswith("textbook-")} == {50}


def test_an_unknown_plan_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="sweep-epochs"):
        find_plan("nothing")
