"""The page, on a machine without data of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from app.core.datasets import sources
from app.core.datasets.types import Dataset
from app.core.models.store import find_model
from app.ui.evaluate.page import EvaluatePage
from tests.ui.closing import end_work
from tests.ui.evaluate.evaluations import few

from .helpers import MakePage, wait


@pytest.fixture(autouse=True)
def quiet_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data of this machine is found."""
    monkeypatch.setattr(sources, "_SYSTEM_FOLDER", tmp_path / "system")


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path) -> Iterator[MakePage]:
    pages: list[EvaluatePage] = []

    def make(
        load: Callable[[str, str], Dataset] = few, model: str = "quickstart-mnist", patience_s: float = 600
    ) -> EvaluatePage:
        page = EvaluatePage(
            load=load,
            patience_s=patience_s,
            choose_file=lambda _parent, wish, suggested: tmp_path / f"saved{'.csv' if wish.is_table else '.svg'}",
            choose_folder=lambda _parent: tmp_path,
        )
        pages.append(page)
        page.resize(1184, 646)
        page.enter(find_model(model))
        page.show()
        return page

    yield make
    for page in pages:
        end_work(page, qtbot)
        assert not [thread for thread in page.findChildren(QThread) if thread.isRunning()]
        page.close()
        assert not [timer for timer in page.findChildren(QTimer) if timer.isActive()]
        page.deleteLater()


@pytest.fixture
def page(make_page: MakePage, qtbot: QtBot) -> EvaluatePage:
    """The quickstart network on the starter data."""
    made = make_page()
    wait(made, qtbot)
    return made
