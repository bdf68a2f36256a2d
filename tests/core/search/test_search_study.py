"""The queue of trials: taken up once, given back, buried, and finished by one worker only."""

import math
import threading
from collections import Counter
from socket import gethostname

import pytest
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import OperationalError

from app.core.errors import InputError, StudioError
from app.core.search.plan import SearchPlan
from app.core.search.space import Choices, Range
from app.core.search.status import SearchStatus, TrialReport, TrialState
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy, TakenTrial, TrialLost
from tests.core.search.pretend import BASE
from tests.core.search.pretend import plan as listed

RATES = (Range(field="learning_rate", low=1e-4, high=1e-1, log=True),)


def create(plan: SearchPlan) -> SearchStudy:
    return SearchStudy.create(plan, own_storage())


def sampled(method: str, **values: object) -> SearchPlan:
    space = (*RATES, Choices(field="batch_size", values=(16, 32)))
    return SearchPlan(name=method, method="random", bases=(BASE,), space=space).changed(method=method, **values)


def take(study: SearchStudy, worker: str = "me") -> TakenTrial:
    taken = study.take(worker)
    assert taken is not None
    return taken


def report(worker: str = "me", **values: object) -> TrialReport:
    return TrialReport.model_validate({"worker": worker, "host": "here", **values})


def states(study: SearchStudy) -> list[str]:
    return [trial.state.value for trial in study.status()]


def test_trials_are_taken_in_their_order_until_there_is_none() -> None:
    study = create(listed(3))
    assert [take(study).config.seed for _ in range(3)] == [0, 1, 2]
    assert study.take("me") is None
    assert states(study) == ["running"] * 3


def test_workers_that_reach_for_the_same_trial_get_different_ones() -> None:
    create(listed(24))
    taken: list[tuple[str, int]] = []
    start = threading.Barrier(6)

    def worker(name: str) -> None:
        study = SearchStudy("pretended", own_storage())
        start.wait()
        while (trial := study.take(name)) is not None:
            taken.append((name, trial.number))

    threads = [threading.Thread(target=worker, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(number for _, number in taken) == Counter(range(24))


def test_a_study_goes_on_with_the_same_plan_only() -> None:
    first = create(listed(3))
    first.finish(take(first), report(), TrialState.DONE, 0.5)
    assert states(create(listed(3))) == ["done", "waiting", "waiting"]
    with pytest.raises(InputError, match="another search 'pretended'"):
        create(listed(4))


def test_a_study_that_was_only_half_made_is_completed() -> None:
    study = create(listed(3))
    study._study.add_trial(study._study.get_trials()[1])  # as two programs do that begin a search at the same moment
    again = create(listed(3))
    assert len(again.status()) == 3
    assert [take(again).number for _ in range(3)] == [0, 1, 2]
    assert again.take("me") is None


def test_an_unknown_study_is_a_sentence() -> None:
    with pytest.raises(InputError, match="no search 'nothing'"):
        SearchStudy("nothing", own_storage())


def test_a_trial_given_back_waits_and_tells_what_was_there() -> None:
    study = create(listed(2))
    first = take(study)
    study.report(first, report(epochs_done=2, run=7), [(1, 0.5), (2, 0.6)])
    study.give_back(first)
    assert states(study) == ["waiting", "waiting"]
    again = take(study, "another")
    assert again.number == first.number
    assert again.before is not None
    assert (again.before.worker, again.before.run) == ("me", 7)


def test_a_worker_that_seemed_dead_cannot_spoil_its_successors_trial() -> None:
    study = create(listed(1))
    slow = take(study, "slow")
    study.requeue("slow")
    quick = take(study, "quick")
    for late in (
        lambda: study.report(slow, report("slow"), [(1, 0.1)]),
        lambda: study.finish(slow, report("slow"), TrialState.DONE, 0.1),
        lambda: study.give_back(slow),
    ):
        with pytest.raises(TrialLost):
            late()
    study.finish(quick, report("quick"), TrialState.DONE, 0.9)
    with pytest.raises(TrialLost):
        study.finish(slow, report("slow"), TrialState.DONE, 0.1)
    assert [trial.value for trial in study.status()] == [0.9]


def test_a_silent_trial_is_left_alone_once_its_worker_speaks_again() -> None:
    study = create(listed(1))
    trial = take(study)
    study.report(trial, report(beat=1))
    study.requeue_stale(trial.number, "me", 0)
    assert states(study) == ["running"]
    study.requeue_stale(trial.number, "me", 1)
    assert states(study) == ["waiting"]


def test_a_trial_is_given_up_after_three_deaths_but_not_for_being_stopped() -> None:
    study = create(listed(1))
    for _ in range(5):
        take(study)
        study.requeue("me", was_killed=True)
    for _ in range(2):
        take(study)
        study.requeue("me")
    assert states(study) == ["waiting"]
    take(study)
    study.requeue("me")
    assert states(study) == ["failed"]


def test_a_storage_that_fails_is_a_sentence_wherever_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    study = create(listed(2))
    taken = take(study)

    def fail(*_: object, **__: object) -> None:
        raise StorageInternalError("inside") from OperationalError("SELECT", None, Exception("the server went away"))

    for method in ("get_trial_id_from_study_id_trial_number", "get_trial", "_get_trials"):
        monkeypatch.setattr(study._backend, method, fail)
    for ask in (
        study.status,
        lambda: study.take("me"),
        lambda: study.report(taken, report()),
        lambda: study.finish(taken, report(), TrialState.DONE, 0.5),
        lambda: study.give_back(taken),
        lambda: study.requeue("me"),
    ):
        with pytest.raises(StudioError, match="the server went away"):
            ask()


@pytest.mark.parametrize("method", ["random", "tpe"])
def test_sampled_values_lie_in_the_space_and_repeat_with_the_seed(method: str) -> None:
    found: list[list[tuple[float, int]]] = []
    for name in ("first", "second"):
        study = create(sampled(method, name=name, trials=12))
        configs = []
        for _ in range(12):
            trial = take(study)
            configs.append(trial.config)
            study.finish(trial, report(), TrialState.DONE, -abs(math.log10(trial.config.learning_rate) + 2))
        found.append([(config.learning_rate, config.batch_size) for config in configs])
        assert study.take("me") is None
    assert found[0] == found[1]
    assert len({rate for rate, _ in found[0]}) == 12
    assert all(1e-4 <= rate <= 1e-1 and size in {16, 32} for rate, size in found[0])


def test_a_guided_search_comes_near_what_did_well() -> None:
    study = create(sampled("tpe", trials=40))
    rates = []
    for _ in range(40):
        trial = take(study)
        rates.append(math.log10(trial.config.learning_rate))
        study.finish(trial, report(), TrialState.DONE, -abs(rates[-1] + 2))
    distance = [abs(rate + 2) for rate in rates]
    assert sum(distance[20:]) < 0.7 * sum(distance[:20])


def test_a_sampled_trial_keeps_its_values_when_it_is_taken_up_again() -> None:
    study = create(sampled("tpe", trials=2))
    first = take(study)
    study.give_back(first)
    assert take(study).config == first.config


def test_a_trial_that_does_worse_than_the_others_is_to_be_pruned() -> None:
    study = create(sampled("random", trials=8, pruning=True))
    for _ in range(6):
        trial = take(study)
        assert not study.report(trial, report(epochs_done=4), [(epoch, 0.9) for epoch in range(1, 5)])
        study.finish(trial, report(epochs_done=4), TrialState.DONE, 0.9)
    good, bad = take(study), take(study)
    assert not study.report(good, report(epochs_done=4), [(epoch, 0.95) for epoch in range(1, 5)])
    assert study.report(bad, report(epochs_done=4), [(epoch, 0.2) for epoch in range(1, 5)])


def test_the_status_tells_how_far_each_trial_is() -> None:
    study = create(sampled("random", trials=3))
    first, second = take(study), take(study)
    study.report(first, report(epochs_done=2, elapsed_s=4.0), [(1, 0.5), (2, 0.6)])
    study.finish(second, report(epochs_done=5, elapsed_s=10.0, test_accuracy=0.8), TrialState.DONE, 0.7)
    going, done, waiting = study.status()
    assert (going.epochs_done, going.epochs, going.curve, going.value) == (2, 5, (0.5, 0.6), None)
    assert going.changes == {"learning_rate": first.config.learning_rate, "batch_size": first.config.batch_size}
    assert (done.value, done.elapsed_s) == (0.7, 10.0)
    assert done.report is not None
    assert done.report.test_accuracy == 0.8
    assert (waiting.state, waiting.report, waiting.changes) == (TrialState.WAITING, None, {})
    status = SearchStatus("random", True, "val_accuracy", (going, done, waiting))
    assert (status.done, status.total, status.running, status.best) == (1, 3, 1, done)


def test_a_trial_that_goes_on_shows_at_once_what_it_has() -> None:
    study, here = create(listed(1)), gethostname()
    study.report(take(study), report(host=here, epochs_done=2, elapsed_s=4.0), [(1, 0.5), (2, 0.6)])
    study.requeue("me", was_killed=True)
    taken = take(study, "another")
    (again,) = study.status()
    assert (again.state, again.epochs_done, again.elapsed_s, again.curve) == (TrialState.RUNNING, 2, 4.0, (0.5, 0.6))
    assert study.report(taken, report("another", epochs_done=3), [(3, 0.7)]) is False
    study.give_back(taken)
    study._backend.set_trial_user_attr(study._id(0), "report", report(host="elsewhere", epochs_done=3).model_dump())
    take(study)
    assert study.status()[0].epochs_done == 0  # its weights are on another machine


def test_a_run_without_validation_is_never_the_best() -> None:
    for objective, better in (("val_accuracy", 0.2), ("val_loss", 9.0)):
        study = create(listed(2, name=objective, objective=objective))
        study.finish(take(study), report(), TrialState.DONE, None)
        study.finish(take(study), report(), TrialState.DONE, better)
        status = SearchStatus(objective, study.plan.maximizes, objective, study.status())
        assert status.trials[0].value is None
        assert status.best is status.trials[1]


def test_the_best_loss_is_the_smallest() -> None:
    study = create(listed(3, objective="val_loss"))
    for loss in (0.5, 0.3, 0.4):
        study.finish(take(study), report(), TrialState.DONE, loss)
    best = SearchStatus("loss", study.plan.maximizes, "val_loss", study.status()).best
    assert best is not None
    assert best.number == 1
