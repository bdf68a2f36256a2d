"""What is said of a search before it begins: what it may vary, what it is called, what it will take, what is known."""

from pathlib import Path

import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import Conv2D, Dense, Dropout
from app.core.errors import InputError
from app.core.recipes import RECIPES, find_recipe
from app.core.recipes.reference import reported_for
from app.core.search.outlook import MissingDataError, as_begun, estimate_s, new_name, outlook, usual_name
from app.core.search.plan import PLANS, SearchPlan, check_plan, find_plan
from app.core.search.reported import beside
from app.core.search.space import Choices, Range, dimension_text, read_dimension, variable_fields
from app.core.search.status import SearchStatus, TrialReport, TrialState, TrialStatus
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy, known_studies, look_at

BASE = TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=128), Dropout(rate=0.2)))


def plan(**values: object) -> SearchPlan:
    space = (Choices(field="dropout", values=(0.1, 0.2, 0.3)),)
    return SearchPlan(name="mine", method="grid", bases=(BASE,), space=space).changed(**values)


def trial(number: int = 0, **values: object) -> TrialStatus:
    known = {"recipe": "quickstart-mnist", "changes": {}, "state": TrialState.DONE, "epochs": 5, "report": None}
    return TrialStatus(number=number, **{**known, "curve": (), "value": None, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.id)
def test_every_offered_example_works_with_its_method(recipe: object) -> None:
    config = recipe.config.changed(validation_split=0.1)  # type: ignore[attr-defined]
    for field in variable_fields(config):
        for method in ("grid", "random", "tpe"):
            space = (read_dimension(field.name, field.example_for(method), config),)
            check_plan(SearchPlan(name="s", method=method, bases=(config,), space=space))


def test_only_what_means_something_is_offered() -> None:
    names = [field.name for field in variable_fields(BASE)]
    assert {"hidden_units", "dropout", "learning_rate", "layers", "beta_1"} <= set(names)
    assert not {"filters", "momentum", "decay"} & set(names)
    convolution = BASE.changed(layers=(Conv2D(filters=8), Dense(units=4)), optimizer="sgd")
    assert {"filters", "momentum"} <= {field.name for field in variable_fields(convolution)}


def test_limits_are_said() -> None:
    limits = {field.name: field.limits for field in variable_fields(BASE)}
    assert limits["epochs"] == "1 to 1,000"
    assert limits["learning_rate"] == "0.000001 to 10"
    assert limits["hidden_units"] == "1 to 4,096"
    assert limits["optimizer"].startswith("sgd, ")


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("dropout", "0.1, 0.2", Choices(field="dropout", values=(0.1, 0.2))),
        ("learning_rate", " 0.0001 .. 0.1 log", Range(field="learning_rate", low=0.0001, high=0.1, log=True)),
        ("epochs", "20..200 step 60", Range(field="epochs", low=20, high=200, step=60)),
        ("layers", "dense 8 relu; dense 16 relu", Choices(field="layers", values=("dense 8 relu", "dense 16 relu"))),
    ],
)
def test_values_are_read_and_written(field: str, text: str, found: Choices | Range) -> None:
    assert read_dimension(field, text, BASE) == found
    assert read_dimension(field, dimension_text(found), BASE) == found


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("dropout", " ", "Write which values of Dropout to try"),
        ("dropout", "high", "Dropout: 'high' is not a number"),
        ("dropout", "0.1..", "is not a range of Dropout"),
        ("epochs", "1..20 log 5", "is not a range of Epochs"),
        ("epochs", "0, 5", "Epochs must be at least 1"),
    ],
)
def test_what_cannot_be_read_is_said(field: str, text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_dimension(field, text, BASE)


def test_a_range_of_countless_values_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="larger step"):
        outlook(plan(space=(Range(field="dropout", low=0, high=0.5, step=1e-12),)), 1)


def test_an_outlook_counts_trials_and_more_work_takes_longer() -> None:
    small, large = outlook(plan(), 1), outlook(plan(bases=(BASE.changed(epochs=50),)), 1)
    assert small.trials == 3
    assert 0 < small.seconds < large.seconds
    assert estimate_s(plan(), 3) < small.seconds


@pytest.mark.parametrize("ready", PLANS, ids=lambda ready: ready.id)
def test_every_ready_made_plan_has_an_outlook(ready: object) -> None:
    made = ready.make()  # type: ignore[attr-defined]
    assert outlook(made, 2).trials == len(as_begun(made).trials) >= 5


def test_missing_data_is_told_from_other_problems() -> None:
    with pytest.raises(MissingDataError, match="get it on the Data page"):
        outlook(plan(bases=(BASE.changed(data="full"),)), 1)


def test_names_are_made_from_what_is_varied_and_are_free() -> None:
    assert usual_name(plan(), BASE) == "quickstart-mnist-dropout"
    assert usual_name(plan(bases=(BASE.changed(data="full"),))) == "mine-full"
    assert new_name("mine", {"other"}) == "mine"
    assert new_name("mine", {"mine", "mine-2"}) == "mine-3"
    assert len(new_name("m" * 80, {"m" * 80})) == 80


def test_at_its_beginning_all_trials_wait() -> None:
    status = as_begun(plan(space=(Choices(field="epochs", values=(3, 7)),)))
    assert [(trial.number, trial.epochs, trial.state) for trial in status.trials] == [
        (0, 3, TrialState.WAITING),
        (1, 7, TrialState.WAITING),
    ]
    assert status.share == 0


def test_progress_counts_trials_under_way_in_part() -> None:
    half = TrialReport(worker="w", host="h", epochs_done=2)
    trials = (trial(0), trial(1, state=TrialState.RUNNING, epochs=4, report=half))
    assert SearchStatus("s", maximizes=True, objective="val_accuracy", trials=trials).share == 0.75


@pytest.mark.parametrize(("maximizes", "peak"), [(True, (2, 0.9)), (False, (3, 0.1))])
def test_the_best_epoch_of_a_trial(maximizes: bool, peak: tuple[int, float]) -> None:
    status = SearchStatus("s", maximizes=maximizes, objective="val_loss", trials=())
    assert status.peak(trial(curve=(0.5, 0.9, 0.1, float("nan")))) == peak
    assert status.peak(trial()) is None


def test_reported_figures_stand_beside_trials_that_repeat_a_run_of_the_notes() -> None:
    recipe = find_recipe("textbook-adam").config.changed(data="full")
    sweep = find_plan("sweep-dropout").changed(bases=(recipe,))
    usual = next(layer.rate for layer in recipe.layers if isinstance(layer, Dropout))
    report = TrialReport(worker="w", host="h", test_accuracy=0.98, val_accuracy=0.97, train_accuracy=0.99)
    same = beside(sweep, trial(recipe="textbook-adam", changes={"dropout": usual}, report=report))
    reported = reported_for("textbook-adam")
    assert same is not None
    assert reported is not None
    assert same.reported in {reported.test_accuracy, reported.val_accuracy}
    assert same.difference == pytest.approx((same.ours or 0) - same.reported)
    assert beside(sweep, trial(recipe="textbook-adam", changes={"dropout": 0.5}, report=report)) is None
    for other in (recipe.changed(batch_size=7), recipe.changed(data="starter"), recipe.changed(epochs=2)):
        assert beside(sweep.changed(bases=(other,)), trial(recipe="textbook-adam", report=report)) is None


def test_a_trial_under_way_has_no_difference_yet() -> None:
    found = beside(find_plan("tuning"), trial(recipe="tuning-512-01", base=14, state=TrialState.RUNNING))
    assert found is None or found.difference is None


def test_without_a_file_no_study_is_known_and_none_is_made(home: Path) -> None:
    assert known_studies() == ()
    assert not home.exists()


def test_studies_are_listed_newest_first_with_what_is_done() -> None:
    first = SearchStudy.create(plan(), own_storage())
    SearchStudy.create(plan(name="later"), own_storage())
    taken = first.take("me")
    assert taken is not None
    first.finish(taken, TrialReport(worker="me", host="h"), TrialState.DONE, 0.5)
    later, earlier = known_studies()
    assert (later.plan.name, later.done, later.total) == ("later", 0, 3)
    assert (earlier.plan, earlier.done, earlier.is_over) == (plan(), 1, False)


def test_a_study_is_looked_at_without_going_on() -> None:
    SearchStudy.create(plan(), own_storage())
    found, status = look_at("mine")
    assert found == plan()
    assert not status.is_running
    assert [trial.state for trial in status.trials] == [TrialState.WAITING] * 3
    with pytest.raises(InputError, match="no search"):
        look_at("yours")
