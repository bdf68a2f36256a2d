"""Searches through the window: worker processes are real; where it says so they train, else they only pretend to."""

import multiprocessing
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from app.core.config.config import TrainingConfig
from app.core.config.layers import Dense
from app.core.runs.history import RunHistory
from app.core.runs.records import RunState
from app.core.search.status import TrialState
from app.ui.common.field_control import NumberBox
from app.ui.launch import open_window
from app.ui.main_window import MainWindow
from app.ui.search.page import SearchPage
from app.ui.window_frame import RailButton
from tests.core.search import pretend
from tests.ui.closing import end_work
from tests.ui.hand import click
from tests.ui.ways import Ways

SEARCH_MS = 120_000
"""A worker process loads TensorFlow within it."""


@pytest.fixture
def pretending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers only pretend to train, and the window does without TensorFlow."""
    pretend.take_the_place_of_workers(monkeypatch)
    monkeypatch.setattr("app.ui.train.worker._import_runs", lambda: None)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, pretending: None) -> Iterator[MainWindow]:
    _, made = open_window(["softmax-studio"])
    qtbot.waitExposed(made)
    yield made
    if made.isVisible():
        if "search" in made._pages:
            made.page("search").stop()
            qtbot.waitUntil(lambda: not made.page("search").is_searching, timeout=SEARCH_MS)
        with qtbot.waitSignal(made.closed, timeout=SEARCH_MS):
            made.close()
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    assert not multiprocessing.active_children()
    made.deleteLater()
    QApplication.processEvents()


def prepare(window: MainWindow, qtbot: QtBot, values: str) -> SearchPage:
    """Go to the page of searches and vary the seed."""
    window.show_page("train")
    click(window.page("train"), "try_several")
    page: SearchPage = window.page("search")
    qtbot.waitUntil(lambda: page._prepared is not None, timeout=SEARCH_MS)
    page.setup.space.rows[0].choose("seed")
    page.setup.space.rows[0].values.clear()
    QTest.keyClicks(page.setup.space.rows[0].values, values)
    return page


def states(page: SearchPage) -> list[TrialState]:
    return [row.trial.state for row in page.trials.model.rows]


def test_several_are_tried_in_a_real_worker(qtbot: QtBot, qapp: QApplication) -> None:
    config = TrainingConfig(recipe="quickstart-mnist", layers=(Dense(units=4),), epochs=1, batch_size=256)
    page = SearchPage()
    qtbot.addWidget(page)  # which ends its work whatever happens here: else the next test would die of it
    page.vary(config)
    page.show()
    qtbot.waitUntil(lambda: page._prepared is not None, timeout=SEARCH_MS)
    page.setup.options.workers.setValue(1)
    page.setup.space.rows[0].choose("hidden_units")
    QTest.keyClicks(page.setup.space.rows[0].values, "4, 8")
    click(page, "start_search")
    qtbot.waitUntil(page.progress.use_best.isVisible, timeout=SEARCH_MS)
    assert states(page) == [TrialState.DONE] * 2
    runs = sorted(RunHistory().runs(), key=lambda run: run.id)
    assert [(run.study, run.trial, run.state) for run in runs] == [
        ("quickstart-mnist-hidden_units", 0, RunState.COMPLETED),
        ("quickstart-mnist-hidden_units", 1, RunState.COMPLETED),
    ]
    page.trials.table.selectRow(1)
    ways = Ways.of(page)
    click(page, "show_run")
    assert ways.taken == [("show_runs", (runs[1].id,))]
    end_work(page, qtbot, SEARCH_MS)
    qtbot.waitUntil(lambda: not page.findChildren(QThread))
    assert not multiprocessing.active_children()


def test_a_search_belongs_to_the_train_page(window: MainWindow, qtbot: QtBot) -> None:
    page = prepare(window, qtbot, "1, 2")
    button = window.rail.findChild(QToolButton, "train")
    assert button is not None
    assert button.isChecked()
    assert window.stack.currentWidget() is page
    click(page, "back")
    assert window.stack.currentWidget() is window.page("train")


def test_the_settings_of_the_train_page_are_varied(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("train")
    epochs = window.page("train").findChild(NumberBox, "epochs")
    assert epochs is not None
    epochs.setValue(7)
    page = prepare(window, qtbot, "1, 2")
    click(page, "start_search")
    qtbot.waitUntil(lambda: states(page) == [TrialState.DONE] * 2, timeout=SEARCH_MS)
    assert [row.trial.epochs for row in page.trials.model.rows] == [7, 7]
    page.trials.table.selectRow(1)
    click(page, "use_in_train")
    assert window.stack.currentWidget() is window.page("train")
    assert window.page("train")._setup.config().seed == 2


def test_the_window_stays_free_while_a_search_runs(window: MainWindow, qtbot: QtBot) -> None:
    pretend.hold()  # however long the pages take that are opened meanwhile
    page = prepare(window, qtbot, "1, 2, 3, 4")
    click(page, "start_search")
    qtbot.waitUntil(lambda: TrialState.RUNNING in states(page), timeout=SEARCH_MS)
    button = window.rail.findChild(RailButton, "train")
    assert button is not None
    for name in ("recognize", "runs", "train"):
        window.show_page(name)
        assert "Search quickstart-mnist-seed: " in button.toolTip()
    assert "both take longer" in window.page("train").search_notice.said.text()
    click(window.page("train"), "try_several")
    assert window.stack.currentWidget() is page
    assert page.progress.isVisible()
    window.show_page("runs")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is page
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.page("train")
    page.stop()
    qtbot.waitUntil(lambda: not button.busy, timeout=SEARCH_MS)
    assert button.toolTip() == "Train (Ctrl+2)"
    assert not window.page("train").search_notice.isVisible()


def test_closing_asks_ends_the_workers_and_the_search_goes_on_later(
    window: MainWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    page = prepare(window, qtbot, "1, 2, 3, 4, 5, 6, 7, 8")
    page.setup.options.workers.setValue(1)
    pretend.hold(1)  # or all is over before somebody has answered
    click(page, "start_search")
    qtbot.waitUntil(lambda: TrialState.DONE in states(page), timeout=SEARCH_MS)

    def question() -> QMessageBox:
        window.close()
        return next(box for box in window.findChildren(QMessageBox) if box.isVisible())

    box = question()
    assert "can go on after the next start" in box.text()
    box.button(QMessageBox.StandardButton.No).click()
    assert window.isVisible()
    assert page.is_searching
    with qtbot.waitSignal(window.closed, timeout=SEARCH_MS):
        question().button(QMessageBox.StandardButton.Yes).click()
    assert not multiprocessing.active_children()
    pretend.let_go()

    again = SearchPage()
    again.vary(page._config)
    again.show()
    qtbot.waitUntil(lambda: again._prepared is not None, timeout=SEARCH_MS)
    again.plans.choose(again.plans.entries[0].key)
    assert again.setup.start.text() == "Go on"
    click(again, "start_search")
    qtbot.waitUntil(lambda: states(again) == [TrialState.DONE] * 8, timeout=SEARCH_MS)
    ended = sorted(number for number, _ in pretend.told("end"))
    assert ended == list(range(8))  # none lost, none twice
    end_work(again, qtbot, SEARCH_MS)
    qtbot.waitUntil(lambda: not again.findChildren(QThread))
    again.close()
    again.deleteLater()
