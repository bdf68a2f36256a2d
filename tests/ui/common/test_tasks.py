"""Work beside the window: lanes, order, stopping, dropping and the end, with real threads."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from app.core.errors import InputError
from app.ui.common.messages import Messages
from app.ui.common.tasks import Task, Tasks, WorkerThread, shut_down_all
from tests.patience import PATIENCE_S


@pytest.fixture
def owner(qtbot: QtBot) -> Iterator[QObject]:
    """What all work belongs to; ended as a window is."""
    made = QObject()
    yield made
    ended = threading.Event()
    shut_down_all(made, ended.set)
    qtbot.waitUntil(ended.is_set)
    made.deleteLater()


@pytest.fixture
def tasks(owner: QObject) -> Tasks:
    return Tasks(owner)


class Slow:
    """A call that lasts until it is let go or stopped."""

    def __init__(self) -> None:
        self.may_end, self.begun = threading.Event(), threading.Event()

    def __call__(self, task: Task[str]) -> str:
        self.begun.set()
        while not self.may_end.wait(0.002):
            task.tell("still busy")
        return "slow"


def test_an_answer_comes_in_the_windows_thread_when_that_of_the_call_is_gone(tasks: Tasks, qtbot: QtBot) -> None:
    heard: list[tuple[str, bool, bool]] = []
    worked_in: list[QThread] = []

    def work(_task: Task[str]) -> str:
        worked_in.append(QThread.currentThread())
        return "read"

    tasks.start(work, lambda result: heard.append((result, QThread.currentThread() is tasks.thread(), tasks.is_busy)))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [("read", True, False)]
    assert worked_in[0] is not tasks.thread()


def test_one_lane_is_done_in_order_and_others_meanwhile(tasks: Tasks, qtbot: QtBot) -> None:
    slow, told = Slow(), list[str]()
    tasks.start(slow, told.append, lane="A")
    tasks.start(lambda _: "second", told.append, lane="A")
    tasks.start(lambda _: "other", told.append, lane="B")
    qtbot.waitUntil(lambda: told == ["other"])
    slow.may_end.set()
    qtbot.waitUntil(lambda: told == ["other", "slow", "second"])


def test_busy_is_told_when_it_begins_and_when_all_is_over(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[bool] = []
    tasks.busy_changed.connect(told.append)
    for lane in "AAB":
        tasks.start(lambda _: None, lane=lane)
    assert told == [True]
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == [True, False]


def test_no_progress_is_told_of_what_has_ended(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[object] = []

    def work(task: Task[str]) -> str:
        for done in range(50):
            task.tell(done, often=True)
        return "end"

    tasks.start(work, told.append, progressed=told.append)
    qtbot.waitUntil(lambda: "end" in told)
    qtbot.wait(1)
    assert told == [*range(50), "end"]


def test_progress_comes_20_times_a_second_at_most(tasks: Tasks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now, told = [0.0], list[float]()
    monkeypatch.setattr("app.ui.common.tasks.time.monotonic", lambda: now[0])

    def work(task: Task[None]) -> None:
        for done in range(10):
            now[0] = 0.02 * done
            task.report(done, 10)

    with qtbot.waitSignal(tasks.busy_changed, check_params_cb=lambda is_busy: not is_busy):
        tasks.start(work, progressed=told.append)
    assert told == [0.0, 0.3, 0.6, 0.9]


def test_a_call_that_rests_is_woken_by_its_stop(tasks: Tasks, qtbot: QtBot) -> None:
    resting, told = threading.Event(), list[str]()

    def work(task: Task[None]) -> None:
        resting.set()
        task.check(wait_s=600)

    task = tasks.start(work, stopped=lambda: told.append("stopped"))
    assert resting.wait(PATIENCE_S)
    task.stop()
    qtbot.waitUntil(lambda: told == ["stopped"])


def test_what_waits_never_begins_once_it_is_stopped(tasks: Tasks, qtbot: QtBot) -> None:
    slow, told = Slow(), list[str]()
    first = tasks.start(slow, told.append, stopped=lambda: told.append("first stopped"))
    second = tasks.start(lambda _: "second", told.append, stopped=lambda: told.append("second stopped"))
    second.stop()
    assert told == ["second stopped"]
    first.stop()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == ["second stopped", "first stopped"]


def test_the_newest_takes_the_place_of_what_was_asked_before(tasks: Tasks, qtbot: QtBot) -> None:
    slow, told, begun = Slow(), list[str](), list[str]()

    def work(name: str) -> Callable[[Task[str]], str]:
        def call(_task: Task[str]) -> str:
            begun.append(name)
            return name

        return call

    tasks.start(slow, told.append, newest_only=True)
    assert slow.begun.wait(PATIENCE_S)
    for name in ("older", "newest"):
        tasks.start(work(name), told.append, newest_only=True)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == begun == ["newest"]


@pytest.mark.parametrize(
    ("error", "sentence", "is_logged"),
    [
        (InputError("There is no such file; choose another one."), "There is no such file; choose another one.", False),
        (MemoryError(), "Memory ran out; close other programs and try again.", False),
        (ZeroDivisionError("oh"), "Something unexpected went wrong (ZeroDivisionError: oh); try again.", True),
    ],
)
def test_whatever_goes_wrong_becomes_a_sentence(  # noqa: PLR0917 - a fixture each
    tasks: Tasks, qtbot: QtBot, caplog: pytest.LogCaptureFixture, error: Exception, sentence: str, is_logged: bool
) -> None:
    told: list[str] = []

    def work(_task: Task[None]) -> None:
        raise error

    Messages.of(tasks).changed.connect(lambda message: told.append(f"the window says: {message.text}"))
    tasks.start(work, failed=told.append)
    tasks.start(work)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == [sentence, f"the window says: {sentence}"]
    assert bool(caplog.records) is is_logged
    caplog.clear()


def test_what_was_asked_is_done_before_the_end_unless_it_can_be_stopped(qtbot: QtBot) -> None:
    tasks, slow, done, told = Tasks(), Slow(), list[str](), list[str]()
    tasks.start(slow, told.append)
    tasks.start(lambda _: done.append("written"), lambda _: told.append("written"))
    with qtbot.waitSignal(tasks.shut_down_finished):
        tasks.shut_down()
        tasks.start(lambda _: done.append("late"))
    assert done == ["written"]
    assert not told
    tasks.deleteLater()


class Worker(WorkerThread):
    """Says in which thread it worked, and that it has ended."""

    def __init__(self, parent: QObject) -> None:
        super().__init__("worker", parent)
        self.worked_in: list[tuple[str, QThread]] = []

    def work(self, name: str) -> None:
        self.call(lambda: self.worked_in.append((name, QThread.currentThread())))

    def finish(self) -> None:
        self.worked_in.append(("end", QThread.currentThread()))


def test_a_worker_makes_its_calls_in_one_thread_until_it_is_shut_down(
    owner: QObject, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    worker = Worker(owner)
    worker.work("first")
    worker.call(fail)
    worker.work("second")
    with qtbot.waitSignal(worker.shut_down_finished):
        worker.shut_down()
        worker.work("late")
    assert [name for name, _ in worker.worked_in] == ["first", "second", "end"]
    assert len({thread for _, thread in worker.worked_in}) == 1
    assert worker.worked_in[0][1] is not worker.thread()
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()


def test_a_worker_tells_in_the_windows_thread_how_a_call_ended(owner: QObject, qtbot: QtBot) -> None:
    def refuse() -> str:
        raise InputError("There is no such study.")

    worker, told = Worker(owner), list[tuple[str, bool]]()

    def hear(what: str) -> None:
        told.append((what, QThread.currentThread() is worker.thread()))

    worker.call(lambda: "read", hear, hear)
    worker.call(refuse, hear, hear)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == [("read", True), ("There is no such study.", True)]


def test_closing_waits_for_all_work_below_a_window_and_for_none_at_once(owner: QObject, qtbot: QtBot) -> None:
    page = QObject(owner)
    slow, tasks, worker = Slow(), Tasks(page), Worker(owner)
    Tasks(owner)  # has nothing to do
    tasks.start(slow)
    worker.work("first")
    ended: list[str] = []
    shut_down_all(owner, lambda: ended.append("all"))
    assert not ended
    qtbot.waitUntil(lambda: ended == ["all"])
    assert not tasks.is_busy
    shut_down_all(QObject(owner), lambda: ended.append("nothing"))
    assert ended == ["all", "nothing"]
