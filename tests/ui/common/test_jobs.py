"""Jobs in threads: lanes, order, stopping and the end, with real threads."""

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.ui.common.jobs import Counter, Failed, Jobs, Progress, Stopped, StopRequestedError, outcome_of

Told = list[object]


class Work:
    """Requests are names; one that begins with "slow" waits until it is let go or stopped."""

    def __init__(self) -> None:
        self.may_end, self.begun = threading.Event(), list[str]()

    def __call__(self, request: str, on_progress: Callable[[object], None], should_stop: Callable[[], bool]) -> object:
        self.begun.append(request)
        for step in range(50):
            on_progress(Progress(request, step / 50))
        while request.startswith("slow") and not self.may_end.wait(0.002):
            if should_stop():
                return Stopped(request)
        return request


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def jobs(work: Work, qtbot: QtBot) -> Iterator[Jobs]:
    """The last letter of a request is its lane."""
    made = Jobs(work, lambda request: request[-1])
    yield made
    with qtbot.waitSignal(made.shut_down_finished):
        made.shut_down()
    made.deleteLater()


@pytest.fixture
def told(jobs: Jobs) -> Told:
    """Outcomes and progress, in the order in which they are told."""
    found: Told = []
    jobs.progressed.connect(found.append)
    jobs.ended.connect(found.append)
    return found


def test_one_lane_is_done_in_order_and_others_meanwhile(jobs: Jobs, work: Work, told: Told, qtbot: QtBot) -> None:
    for request in ("slow A", "second A", "quick B"):
        jobs.start(request)
    qtbot.waitUntil(lambda: "quick B" in told)
    assert "second A" not in work.begun
    work.may_end.set()
    qtbot.waitUntil(lambda: not jobs.is_busy)
    assert [each for each in told if isinstance(each, str)] == ["quick B", "slow A", "second A"]


def test_no_progress_is_told_of_what_has_ended(jobs: Jobs, work: Work, told: Told, qtbot: QtBot) -> None:
    work.may_end.set()
    for number in range(6):
        jobs.start(f"{number} {number}")
    qtbot.waitUntil(lambda: not jobs.is_busy)
    for number in range(6):
        end = told.index(f"{number} {number}")
        assert not [each for each in told[end:] if isinstance(each, Progress) and each.request == told[end]]


def test_what_waits_never_begins_once_it_is_stopped(jobs: Jobs, work: Work, told: Told, qtbot: QtBot) -> None:
    jobs.start("slow A")
    jobs.start("second A")
    jobs.stop("second A")
    assert told[-1] == Stopped("second A")
    jobs.stop("slow A")
    qtbot.waitUntil(lambda: told[-1] == Stopped("slow A"))
    assert work.begun == ["slow A"]


def test_what_was_asked_is_done_before_the_end(work: Work, qtbot: QtBot) -> None:
    jobs = Jobs(work, lambda request: request[-1])
    for request in ("slow A", "second A"):
        jobs.start(request)
    with qtbot.waitSignal(jobs.shut_down_finished):
        jobs.shut_down()
        jobs.start("late A")
    assert work.begun == ["slow A", "second A"]
    jobs.deleteLater()


def test_a_counter_stops_the_work_and_passes_on_20_facts_a_second() -> None:
    now, told, is_stopped = [0.0], list[Progress](), [False]
    counter = Counter("me", told.append, lambda: is_stopped[0], lambda: now[0])
    for done in range(10):
        now[0] = 0.02 * done
        counter(done, 10)
    assert [each.share for each in told] == [0.0, 0.3, 0.6, 0.9]
    is_stopped[0] = True
    with pytest.raises(StopRequestedError):
        counter(10, 10)


def test_whatever_goes_wrong_becomes_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    def out_of_memory() -> None:
        raise MemoryError

    def bug() -> None:
        raise ZeroDivisionError("oh")

    assert outcome_of("me", out_of_memory) == Failed("me", "Memory ran out; close other programs and try again.")
    found = outcome_of("me", bug)
    assert isinstance(found, Failed)
    assert "ZeroDivisionError: oh" in found.message
    assert "failed" in caplog.text
    caplog.clear()
