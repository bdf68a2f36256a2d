"""Worker processes that are killed, stopped and renewed: no trial is lost, none counts twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.search.runner import SILENCE_S, SearchRunner, SilenceWatch
from app.core.search.status import SearchStatus, TrialReport, TrialState, TrialStatus
from app.core.search.storage import own_storage
from app.core.search.study import SearchStudy
from tests.core.search import pretend
from tests.core.search.pretend import follow, hold, let_go, plan, told
from tests.patience import PATIENCE_S

REPO = Path(__file__).resolve().parents[3]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[SearchRunner]:
    pretend.take_the_place_of_workers(monkeypatch)
    made = SearchRunner()
    yield made
    if made.is_running:
        made.close()


def is_under_way(status: SearchStatus) -> bool:
    return any(trial.state is TrialState.RUNNING and trial.epochs_done >= 2 for trial in status.trials)


def check_complete(status: SearchStatus) -> None:
    assert status.problem == ""
    assert [trial.state for trial in status.trials] == [TrialState.DONE] * 6
    assert [trial.value for trial in status.trials] == [seed / 100 for seed in range(6)]
    assert sorted(number for number, _ in told("end")) == list(range(6))


def test_every_trial_is_trained_once(runner: SearchRunner) -> None:
    hold()  # or the first worker has done it all before the second one has loaded what it needs
    runner.start(plan(), workers=2)
    follow(runner, lambda _: len(told("begin")) == 2)
    let_go()
    status = follow(runner)
    check_complete(status)
    assert sorted(number for number, _ in told("begin")) == list(range(6))
    assert len({pid for _, pid in told("begin")}) == 2
    assert status.best is not None
    assert status.best.number == 5
    assert status.left_s == 0


def test_the_trial_of_a_killed_worker_is_taken_up_again_once(runner: SearchRunner) -> None:
    hold()
    runner.start(plan(), workers=2)
    follow(runner, is_under_way)
    number, pid = told("begin")[0]
    os.kill(pid, signal.SIGKILL)
    let_go()
    check_complete(follow(runner))
    begun = [begun for begun, _ in told("begin")]
    assert begun.count(number) == 2
    assert len(begun) == 7


def test_a_trial_that_kills_every_worker_is_given_up(runner: SearchRunner) -> None:
    hold()
    runner.start(plan(1), workers=1)
    for deaths in range(1, 4):
        follow(runner, lambda _, deaths=deaths: len(told("begin")) == deaths)  # type: ignore[misc]
        os.kill(told("begin")[-1][1], signal.SIGKILL)
    (trial,) = follow(runner).trials
    assert trial.state is TrialState.FAILED
    assert trial.report is not None
    assert "Given up" in trial.report.message


def test_a_stopped_search_goes_on_where_it_was(runner: SearchRunner) -> None:
    hold(1)
    runner.start(plan(), workers=2)
    follow(runner, lambda status: status.done == 1)
    runner.stop()
    stopped = follow(runner)
    assert not stopped.is_running
    assert stopped.running == 0
    assert stopped.done == 1
    let_go()
    runner.start(plan(), workers=2)
    check_complete(follow(runner))


def test_workers_are_killed_when_it_has_to_be_at_once(runner: SearchRunner) -> None:
    hold()
    runner.start(plan(), workers=1)
    follow(runner, is_under_way)
    runner.stop(at_once=True)
    stopped = follow(runner)
    assert stopped.running == 0
    assert {trial.state for trial in stopped.trials} == {TrialState.WAITING}


def test_workers_end_with_the_process_that_started_them_and_their_trials_wait(runner: SearchRunner, home: Path) -> None:
    hold()
    command = [sys.executable, "-m", "tests.core.search.pretend"]
    coordinator = subprocess.Popen(command, cwd=REPO, env={**os.environ, "SOFTMAX_STUDIO_HOME": str(home)})
    until(lambda: len(told("begin")) >= 2)
    coordinator.kill()
    coordinator.wait()
    workers = {pid for _, pid in told("begin")}
    until(lambda: not any(is_alive(pid) for pid in workers))
    let_go()
    study = SearchStudy("pretended", own_storage())
    assert all(trial.state is not TrialState.RUNNING for trial in study.status())
    runner.start(plan(), workers=2)
    check_complete(follow(runner))


def test_a_trial_of_a_machine_that_went_silent_is_taken_up_by_another(runner: SearchRunner) -> None:
    study = SearchStudy.create(plan(), own_storage())
    taken = study.take("a machine far away")
    assert taken is not None
    runner.join("pretended", workers=2)
    follow(runner, lambda status: status.done == 5)
    runner._watch = SilenceWatch(0)  # nobody but that machine could speak now
    follow(runner, lambda status: status.running == 0)
    runner._watch = SilenceWatch(SILENCE_S)
    check_complete(follow(runner))


def test_workers_that_cannot_begin_end_the_search_with_a_reason(
    runner: SearchRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.search.worker.work", sys.exit)  # called with two arguments: a TypeError
    runner.start(plan(), workers=1)
    status = follow(runner)
    assert "workers ended before they began" in status.problem
    assert status.done == 0


def test_a_finished_search_needs_no_workers(runner: SearchRunner) -> None:
    runner.start(plan(2), workers=2)
    assert follow(runner).done == 2
    runner.start(plan(2), workers=2)
    assert not runner.poll().is_running
    assert len(told("begin")) == 2


def test_silence_is_measured_from_the_last_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("app.core.search.runner.time.monotonic", lambda: now[0])

    def running(beat: int) -> tuple[TrialStatus, ...]:
        report = TrialReport(worker="w", host="far", beat=beat)
        return (TrialStatus(4, "quickstart-mnist", {}, TrialState.RUNNING, 5, report, (), None),)

    watch = SilenceWatch(60)
    assert watch.silent(running(1)) == []
    now[0] = 59
    assert watch.silent(running(2)) == []
    now[0] = 118
    assert watch.silent(running(2)) == []
    now[0] = 120
    assert watch.silent(running(2)) == [(4, "w", 2)]


def until(condition: object) -> None:
    assert callable(condition)
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
