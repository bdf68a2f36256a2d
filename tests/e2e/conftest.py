"""What the tests of the whole window and of the Train page share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.ui.launch import open_window
from app.ui.main_window import MainWindow
from app.ui.train.page import TrainPage
from tests.e2e.train_helpers import IMPORT_MS, RUN_MS, TRAINING_MS, MakePage, load_stripes
from tests.ui.closing import end_work
from tests.ui.ways import Ways


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    _, made = open_window(["softmax-studio"])
    qtbot.waitExposed(made)
    yield made
    if made.isVisible():
        if "train" in made._pages:
            made.page("train").discard()  # or closing asks what is to become of a stopped network
        with qtbot.waitSignal(made.closed, timeout=TRAINING_MS):
            made.close()
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    made.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePage]:
    monkeypatch.setenv("SOFTMAX_STUDIO_HOME", str(tmp_path))
    pages: list[TrainPage] = []

    def make(load: Callable[[str, str], Dataset] = load_stripes) -> TrainPage:
        page = TrainPage(load=load)
        Ways.of(page)
        page.resize(1184, 646)
        pages.append(page)
        page.show()
        return page

    yield make
    for page in pages:
        # Not left to qtbot.addWidget, which deletes pages before this has ended their threads.
        end_work(page, qtbot, IMPORT_MS)
        qtbot.waitUntil(lambda page=page: not page.findChildren(QThread), timeout=RUN_MS)  # type: ignore[misc]
        assert not page._view.curves.is_animating
        page.close()
        page.deleteLater()
