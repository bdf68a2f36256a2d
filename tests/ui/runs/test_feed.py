"""The bridge to the history: nothing is lost, nothing old overtakes what is new."""

from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.core.runs.history import RunHistory
from app.ui.common.messages import Messages
from app.ui.runs.feed import HistoryJobs, JobFailed, Outcome, Written, write
from app.ui.runs.page import RunsPage
from app.ui.settings import Settings

from .helpers import MakePage, add_run, numbers


def test_what_was_begun_is_written_before_the_end(history: RunHistory, bars: Dataset, qtbot: QtBot) -> None:
    add_run(history, bars)
    page = RunsPage(Settings(), history=history)
    page.show()
    qtbot.waitUntil(lambda: numbers(page.model) == [1])
    page.delete_selected()
    with qtbot.waitSignal(page.shut_down_finished):
        page.shut_down()
    assert history.runs() == ()
    page.close()
    page.deleteLater()


def test_an_idle_page_is_shut_down_at_once(history: RunHistory, qtbot: QtBot) -> None:
    page = RunsPage(Settings(), history=history)
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.shut_down_finished, timeout=0):
        page.shut_down()


def test_a_damaged_history_is_a_sentence(make_page: MakePage, history: RunHistory, home: Path, qtbot: QtBot) -> None:
    home.mkdir(parents=True)
    history.path.write_bytes(b"no database at all" * 100)
    page = RunsPage(Settings(), history=history)
    with qtbot.waitSignal(Messages.of(page).changed) as told:
        page.show()
    assert "damaged" in told.args[0].text
    with qtbot.waitSignal(page.shut_down_finished):
        page.shut_down()
    page.close()
    page.deleteLater()


def test_jobs_are_done_one_after_the_other(history: RunHistory, qtbot: QtBot) -> None:
    jobs, done, outcomes = HistoryJobs(history), list[int](), list[Outcome]()
    jobs.done.connect(outcomes.append)

    def note(number: int, _history: RunHistory) -> None:
        done.append(number)

    for number in range(5):
        jobs.start(write(partial(note, number)))
    qtbot.waitUntil(lambda: len(outcomes) == 5)
    assert done == [0, 1, 2, 3, 4]
    assert outcomes == [Written()] * 5
    jobs.deleteLater()


def test_a_bug_is_logged_and_told(history: RunHistory, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_history: RunHistory) -> None:
        raise RuntimeError("nobody thought of this")

    jobs = HistoryJobs(history)
    with qtbot.waitSignal(jobs.done) as told:
        jobs.start(write(broken))
    assert isinstance(told.args[0], JobFailed)
    assert "nobody thought of this" in told.args[0].message
    assert "nobody thought of this" in caplog.text
    jobs.deleteLater()
