"""A history in the test's own home, and the page that shows it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.core.paths import user_dir
from app.core.runs.history import RunHistory
from app.ui.runs import feed as history_feed
from app.ui.runs.edits import ChooseTarget
from app.ui.runs.page import RunsPage
from app.ui.settings import Settings
from tests.ui.closing import end_work

from .helpers import FakeDialog, MakePage


@pytest.fixture
def history(home: Path) -> RunHistory:
    return RunHistory(user_dir() / "runs.sqlite3")


def has_come_to_rest(page: RunsPage) -> bool:
    return not any(timer.isActive() for timer in page.findChildren(QTimer))


@pytest.fixture
def make_page(qtbot: QtBot, history: RunHistory, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePage]:
    monkeypatch.setattr(history_feed, "WATCH_MS", 20)
    monkeypatch.setattr(history_feed, "RUNNING_S", 0.05)
    pages: list[RunsPage] = []

    def make(choose: ChooseTarget | None = None) -> RunsPage:
        # Not qtbot.addWidget: that destroys a page before its threads were asked to end.
        page = RunsPage(Settings(), history=history, choose=choose or FakeDialog(None))
        page.resize(1184, 646)
        page.show()
        pages.append(page)
        qtbot.waitUntil(lambda: page.stack.currentIndex() > 0)
        return page

    yield make
    for page in pages:
        end_work(page, qtbot)
        page.close()
        qtbot.waitUntil(partial(has_come_to_rest, page))
        page.deleteLater()
