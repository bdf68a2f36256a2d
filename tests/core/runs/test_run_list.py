"""Finding, sorting and grouping runs."""

import math
from dataclasses import replace

import pytest

from app.core.config.config import TrainingConfig
from app.core.recipes import find_recipe
from app.core.runs.columns import COLUMNS, GROUPABLE, NOTES, Family
from app.core.runs.listing import Order, Query, RunList, find_column, group_runs, read_query, sort_runs
from app.core.runs.records import RunRecord, RunState
from tests.core.runs.made_runs import CONFIG, made_run


def ids(runs: object) -> list[int]:
    return [run.id for run in runs]  # type: ignore[attr-defined]


def test_every_setting_of_a_config_is_a_column() -> None:
    assert set(TrainingConfig.model_fields) - {"dataset", "data"} <= set(COLUMNS)
    run = made_run(1)
    assert COLUMNS["batch_size"].value(run) == 128
    assert COLUMNS["layers"].value(run) == "dense 512 relu, dropout 0.2, dense 512 relu, dropout 0.2"
    assert set(GROUPABLE) <= set(COLUMNS)


def test_the_notes_figures_stand_beside_ours() -> None:
    run = made_run(1, CONFIG, test_accuracy=0.9861)
    assert COLUMNS["test_accuracy_reported"].value(run) == 0.9843
    difference = COLUMNS["test_accuracy_difference"].value(run)
    assert isinstance(difference, float)
    assert math.isclose(difference, 0.0018)
    assert COLUMNS["time_s"].value(run) == 90
    assert COLUMNS["time_s_difference"].value(run) == pytest.approx(90 - 90.5766)


@pytest.mark.parametrize(
    ("run", "reasons"),
    [
        (made_run(1, find_recipe("fast-cnn").config, test_accuracy=0.99), ()),
        (made_run(1, CONFIG.changed(data="starter")), ("starter data",)),
        (made_run(1, CONFIG.changed(optimizer="sgd")), ("sgd",)),
        (made_run(1, CONFIG, state=RunState.STOPPED), ("stopped",)),
        (made_run(1, CONFIG, state=RunState.RUNNING), ("still running",)),
        (made_run(1, config_json='{"recipe": "x"}'), ("settings of another version",)),
    ],
)
def test_no_figure_of_the_notes_stands_beside_a_run_that_is_not_theirs(
    run: RunRecord, reasons: tuple[str, ...]
) -> None:
    assert run.notes.reasons == reasons
    for name in NOTES:
        assert COLUMNS[f"{name}_reported"].value(run) is None
        assert COLUMNS[f"{name}_difference"].value(run) is None


def test_more_is_better_for_accuracies_and_worse_for_losses() -> None:
    better = {name: COLUMNS[f"{name}_difference"].better for name in NOTES}
    assert {name for name, sign in better.items() if sign > 0} == {"train_accuracy", "val_accuracy", "test_accuracy"}
    assert {name for name, sign in better.items() if sign < 0} == {"train_loss", "val_loss", "test_loss"}
    assert [column.id for column in COLUMNS.values() if column.better and column.family is not Family.DIFFERENCE] == []


def test_runs_without_a_value_come_last_whichever_way() -> None:
    runs = [made_run(1, test_loss=0.2), made_run(2), made_run(3, test_loss=0.1)]
    assert ids(sort_runs(runs, Order("test_loss", descending=False))) == [3, 1, 2]
    assert ids(sort_runs(runs, Order("test_loss", descending=True))) == [1, 3, 2]


def test_equal_runs_stay_in_their_order() -> None:
    runs = [made_run(3, name="b"), made_run(2, name="A"), made_run(1, name="B")]
    assert ids(sort_runs(runs, Order("name", descending=False))) == [2, 3, 1]
    assert ids(sort_runs(runs, Order("name", descending=True))) == [3, 1, 2]


def test_every_column_can_be_sorted() -> None:
    runs = [made_run(1, test_loss=0.2, tags=("keep",)), made_run(2, CONFIG.changed(optimizer="sgd", flip=True))]
    for column in COLUMNS:
        assert sorted(ids(sort_runs(runs, Order(column)))) == [1, 2]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", [1, 2, 3]),
        ("sgd", [2]),
        ("SGD", [2]),
        ("dense dropout", [1, 2, 3]),
        ("report adam", [1]),
        ("#3", [3]),
        ("nobody", []),
        ("test_accuracy>0.95", [1, 3]),
        ("test_accuracy>=0.97 test_accuracy<=0.97", [1]),
        ("optimizer=adam", [1, 3]),
        ("learning_rate=0.001", [1, 3]),
        ("tags=rep", [1]),
        ("nesterov=true", []),
        ("created<2026-03-02", [1, 2, 3]),
        ("created>2027", []),
        ("Test acc > 0.95", [1, 3]),
        ("test_acc>95%  Learning rate = 0.001", [1, 3]),
        ("testacc<0.95 sgd", [2]),
    ],
)
def test_words_and_conditions(text: str, wanted: list[int]) -> None:
    runs = RunList(
        [
            made_run(1, test_accuracy=0.97, tags=("report",)),
            made_run(2, CONFIG.changed(optimizer="sgd", learning_rate=0.1), test_accuracy=0.9),
            made_run(3, test_accuracy=0.98, note="a plain one"),
        ]
    )
    assert ids(runs.found(Query(text))) == wanted


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ""),
        ("adam test_accuracy>0.9", ""),
        ("test_acuracy>0.9", "There is no column test_acuracy; did you mean test_accuracy"),
        ("foo>3", "There is no column foo; there are, for example, test_accuracy, "),
        ("test_acc>foo", "Test acc is a number; write, for example, test_accuracy>0.98."),
        ("epochs_done>many", "Epochs is a number; write, for example, epochs_done>10."),
        ("test_acc>", "Write a value after test_accuracy>."),
        (">3", "Write the name of a column before the sign"),
    ],
)
def test_what_is_wrong_with_a_condition_is_said_and_it_filters_nothing(text: str, problem: str) -> None:
    said = read_query(text).problem
    assert said.startswith(problem) if problem else said == ""
    if problem:
        assert ids(RunList([made_run(1)]).found(Query(text))) == [1]


def test_every_column_is_found_by_its_name_and_by_a_title() -> None:
    for name, column in COLUMNS.items():
        assert find_column(name) is column
        assert find_column(column.title) is not None


def test_state_and_data_are_filters_too() -> None:
    runs = RunList([made_run(1), made_run(2, state=RunState.FAILED), made_run(3, data_description="Own, imported, 9")])
    assert ids(runs.found(Query(state="failed"))) == [2]
    assert ids(runs.found(Query("tuning", data="Own, imported, 9"))) == [3]
    assert runs.values_of("state") == ("completed", "failed")


def test_groups_follow_their_first_runs_and_know_their_means() -> None:
    sgd = CONFIG.changed(optimizer="sgd")
    runs = [made_run(1, sgd, test_loss=0.2), made_run(2, test_loss=0.1), made_run(3, sgd, test_loss=0.4), made_run(4)]
    first, second = group_runs(runs, "optimizer")
    assert (first.value, ids(first.runs)) == ("sgd", [1, 3])
    assert (second.value, ids(second.runs)) == ("adam", [2, 4])
    assert first.mean("test_loss") == pytest.approx(0.3)
    assert second.mean("test_loss") == 0.1
    assert first.mean("name") is None
    assert first.mean("val_loss") is None


def test_a_list_keeps_what_has_not_changed() -> None:
    old = RunList([made_run(2), made_run(1)])
    new = RunList([made_run(3), made_run(2, note="now with a note"), made_run(1)], old)
    assert new.by_id[1] is old.by_id[1]
    assert ids(new.found(Query("note"))) == [2]
    renamed = new.with_runs([replace(new.by_id[1], name="mine")])
    assert ids(renamed.runs) == [3, 2, 1]
    assert ids(renamed.found(Query("mine"))) == [1]
    assert ids(renamed.without([2, 3]).runs) == [1]
