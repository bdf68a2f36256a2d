"""The bridge to the history: nothing is lost, nothing old overtakes what is new."""

from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.core.runs.history import RunHistory
from app.core.runs.listing import RunList
from app.ui.common.messages import Messages
from app.ui.common.tasks import shut_down_all
from app.ui.runs.feed import HistoryFeed
from app.ui.runs.page import RunsPage
from app.ui.settings import Settings
from tests.ui.closing import end_work

from .helpers import MakePage, add_run, numbers


def test_what_was_begun_is_written_before_the_end(history: RunHistory, bars: Dataset, qtbot: QtBot) -> None:
    add_run(history, bars)
    page = RunsPage(Settings(), history=history)
    page.show()
    qtbot.waitUntil(lambda: numbers(page.model) == [1])
    page.delete_selected()
    end_work(page, qtbot)
    assert history.runs() == ()
    page.close()
    page.deleteLater()


def test_an_idle_page_is_shut_down_at_once(history: RunHistory, qtbot: QtBot) -> None:
    page, ended = RunsPage(Settings(), history=history), list[bool]()
    qtbot.addWidget(page)
    shut_down_all(page, lambda: ended.append(True))
    assert ended


def test_a_damaged_history_is_a_sentence(make_page: MakePage, history: RunHistory, home: Path, qtbot: QtBot) -> None:
    home.mkdir(parents=True)
    history.path.write_bytes(b"no database at all" * 100)
    page = RunsPage(Settings(), history=history)
    with qtbot.waitSignal(Messages.of(page).changed) as told:
        page.show()
    assert "damaged" in told.args[0].text
    assert "damaged" in page.reading.text()
    end_work(page, qtbot)
    page.close()
    page.deleteLater()


def test_changes_are_written_one_after_the_other(history: RunHistory, qtbot: QtBot) -> None:
    feed, done = HistoryFeed(history), list[int]()

    def note(number: int, _history: RunHistory) -> None:
        done.append(number)

    for number in range(5):
        feed.change(RunList(), partial(note, number))
    end_work(feed, qtbot)
    assert done == [0, 1, 2, 3, 4]
    feed.deleteLater()


def test_a_bug_is_logged_and_told(history: RunHistory, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_history: RunHistory) -> None:
        raise RuntimeError("nobody thought of this")

    feed = HistoryFeed(history)
    with qtbot.waitSignal(Messages.of(feed).changed) as told:
        feed.change(RunList(), broken)
    assert "nobody thought of this" in told.args[0].text
    assert "nobody thought of this" in caplog.text
    end_work(feed, qtbot)
    feed.deleteLater()
