"""A trial is a normal run: in the history, tested, reported; given back when stopped, and taken up where it ended."""

from collections.abc import Callable, Sequence

import pytest

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense
from app.core.errors import InputError
from app.core.models.store import find_model
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.search.plan import SearchPlan
from app.core.search.space import Choices
from app.core.search.status import TrialReport, TrialState, TrialStatus, best_of
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy, TakenTrial
from app.core.training.control import RunControl

pytestmark = pytest.mark.usefixtures("tensorflow")

Report = Callable[[TakenTrial, TrialReport, Sequence[tuple[int, float]]], bool]

BASE = TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=16),), epochs=3, batch_size=128, engine="graph")


def create(*bases: TrainingConfig, **values: object) -> SearchStudy:
    plan = SearchPlan(name="mine", method="list", bases=bases).changed(**values)
    return SearchStudy.create(plan, own_storage())


def train_next(study: SearchStudy, control: RunControl | None = None) -> TrialStatus:
    from app.core.search.trial import run_trial

    taken = study.take("me")
    assert taken is not None
    run_trial(study, taken, control or RunControl())
    return study.status()[taken.number]


def report_of(trial: TrialStatus) -> TrialReport:
    assert trial.report is not None
    return trial.report


def test_a_trial_is_a_run_in_the_history_with_its_test_figures() -> None:
    trial = train_next(create(BASE))
    report = report_of(trial)
    assert trial.state is TrialState.DONE
    assert trial.epochs_done == len(trial.curve) == 3
    assert trial.value == trial.curve[-1] == report.val_accuracy
    assert report.run is not None
    run = RunHistory().run(report.run)
    assert (run.study, run.trial, run.state) == ("mine", 0, RunState.COMPLETED)
    assert run.metrics.test_accuracy == report.test_accuracy
    assert run.model is None


def test_the_best_trial_keeps_its_model_and_the_others_none() -> None:
    rates = Choices(field="learning_rate", values=(0.003, 0.00001, 0.01))
    plan = SearchPlan(name="mine", method="grid", bases=(BASE.changed(epochs=1),), space=(rates,))
    study = SearchStudy.create(plan, own_storage())
    for _ in range(3):
        train_next(study)
    trials = study.status()
    best = best_of(trials, maximizes=True)
    assert best is not None
    assert [study.winners.has(trial) for trial in trials] == [trial is best for trial in trials]
    assert RunHistory().run(report_of(trials[1]).run or 0).name == "learning rate 1e-05"
    model = study.winners.publish(best)
    rate = best.changes["learning_rate"]
    assert model.card.title == f"quickstart-mnist (learning rate {rate}), best of 3"
    assert model.card.name == f"mine-{rate}"
    assert model.card.config.learning_rate == rate
    assert model.card.metrics.test_accuracy == report_of(best).test_accuracy
    assert find_model(model.card.name) == model == study.winners.publish(best)
    assert RunHistory().run(report_of(best).run or 0).model == model.card.name
    with pytest.raises(InputError, match="train it again"):
        study.winners.publish(trials[1])


def test_the_objective_is_that_of_the_weights_that_are_kept() -> None:
    trial = train_next(create(BASE.changed(early_stopping_patience=2, epochs=30, learning_rate=0.03)))
    assert 2 < trial.epochs_done < 30
    run = RunHistory().run(report_of(trial).run or 0)
    assert run.best_epoch == trial.epochs_done - 2
    assert trial.value == trial.curve[run.best_epoch - 1] == run.metrics.val_accuracy


def test_a_trial_that_diverges_has_failed_with_a_reason() -> None:
    trial = train_next(create(BASE.changed(optimizer="sgd", learning_rate=10, layers=(Dense(units=512),) * 4)))
    assert trial.state is TrialState.FAILED
    assert "smaller learning rate" in report_of(trial).message


def test_a_trial_that_is_stopped_is_taken_up_where_its_run_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    study, control = create(BASE.changed(epochs=400)), RunControl()
    monkeypatch.setattr(study, "report", stop_after(study, control, epochs=2))
    stopped = train_next(study, control)
    assert stopped.state is TrialState.WAITING
    run = report_of(stopped).run
    assert run is not None
    assert "takes it up again" in RunHistory().run(run).message
    before = len(RunHistory().epochs(run))
    control = RunControl()
    monkeypatch.setattr(study, "report", stop_after(study, control, epochs=before + 2))
    again = train_next(study, control)
    assert report_of(again).run == run
    assert len(RunHistory().runs()) == 1
    assert [epoch.epoch for epoch in RunHistory().epochs(run)][: before + 2] == list(range(1, before + 3))


def test_a_pruned_trial_says_so_in_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    study, control = create(BASE.changed(epochs=400)), RunControl()

    def prune(taken: TakenTrial, report: TrialReport, values: Sequence[tuple[int, float]] = ()) -> bool:
        return SearchStudy.report(study, taken, report, values) or report.epochs_done >= 2

    monkeypatch.setattr(study, "report", prune)
    trial = train_next(study, control)
    assert trial.state is TrialState.PRUNED
    assert 2 <= trial.epochs_done < 400
    run = RunHistory().run(report_of(trial).run or 0)
    assert run.state is RunState.STOPPED
    assert run.message.startswith("Pruned after epoch")
    assert run.message == report_of(trial).message


def test_a_trial_that_another_worker_has_by_now_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    study, control = create(BASE.changed(epochs=400)), RunControl()

    def steal(taken: TakenTrial, report: TrialReport, values: Sequence[tuple[int, float]] = ()) -> bool:
        if report.epochs_done >= 1:
            study.requeue("me")
            study.take("another")
        return SearchStudy.report(study, taken, report, values)

    monkeypatch.setattr(study, "report", steal)
    trial = train_next(study, control)
    assert trial.state is TrialState.RUNNING
    assert report_of(trial).worker == "another"


def test_a_trial_without_its_data_is_given_back() -> None:
    study = create(BASE.changed(data="full"))
    with pytest.raises(InputError, match="not on this computer"):
        train_next(study)
    assert study.status()[0].state is TrialState.WAITING


def stop_after(study: SearchStudy, control: RunControl, epochs: int) -> Report:
    """The study's `report`, that stops the run once so many epochs are done."""

    def told(taken: TakenTrial, report: TrialReport, values: Sequence[tuple[int, float]] = ()) -> bool:
        if report.epochs_done >= epochs:
            control.stop()
        return SearchStudy.report(study, taken, report, values)

    return told
