"""The Runs page in the real window."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.core.runs.events import EndReason, ModelSaved, RunEnded
from app.core.runs.history import RunHistory
from app.ui.launch import open_window
from app.ui.main_window import MainWindow
from tests.core.runs.made_runs import CONFIG


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    _, made = open_window(["softmax-studio"])
    qtbot.waitExposed(made)
    yield made
    with qtbot.waitSignal(made.closed):
        made.close()
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    made.deleteLater()
    QApplication.processEvents()


def add_run(bars: Dataset, model: str) -> None:
    history = RunHistory()
    run = history.begin(CONFIG, bars)
    history.saved(run, ModelSaved(model, 0.1, 0.98, 200))
    history.end(run, RunEnded(EndReason.COMPLETED, "", 0, None, 0.0))


def test_the_model_of_a_run_is_opened_on_the_recognize_page(window: MainWindow, qtbot: QtBot, bars: Dataset) -> None:
    add_run(bars, "fast-cnn")
    window.show_page("runs")
    qtbot.waitUntil(lambda: window.page("runs").model.rowCount() == 1)
    window.page("runs").selection.actions_bar.open_model.trigger()
    assert window.stack.currentWidget() is window.recognize
    assert window.recognize.chooser.chosen is not None
    assert window.recognize.chooser.chosen.card.name == "fast-cnn"


def test_a_model_that_is_gone_is_a_sentence(window: MainWindow, qtbot: QtBot, bars: Dataset) -> None:
    add_run(bars, "long gone")
    window.show_page("runs")
    qtbot.waitUntil(lambda: window.page("runs").model.rowCount() == 1)
    window.page("runs").selection.actions_bar.open_model.trigger()
    assert window.stack.currentWidget() is window.page("runs")
    assert window.banner.text.startswith("There is no model 'long gone'")
