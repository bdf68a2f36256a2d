"""What the pointer rests on never turns into something else: one click too many on Stop does nothing."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.runs.events import EndReason, RunEnded, RunStarted
from app.ui.train.page import TrainPage
from app.ui.train.stage import Stage
from app.ui.train.worker import TrainingThread
from tests.e2e.train_helpers import MakePage, load_stripes
from tests.ui.layout import settle
from tests.ui.ways import Ways

Asked = list[str]
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
STARTED = RunStarted("quickstart-mnist", "Stripes", 3, 10, 320, 0, 100, "keras")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the page asks of its thread, which trains nothing here."""
    asked: Asked = []
    for name in ("start", "stop", "pause", "resume", "step", "keep", "discard"):

        def note(_thread: TrainingThread, *_: object, name: str = name, **__: object) -> None:
            asked.append(name)

        monkeypatch.setattr(TrainingThread, name, note)
    monkeypatch.setattr(TrainingThread, "prepare", lambda _thread: None)
    return asked


@pytest.fixture
def page(make_page: MakePage, asked: Asked, qtbot: QtBot) -> TrainPage:
    """A page with a run under way."""
    page = make_page(load_stripes)
    qtbot.waitExposed(page)
    Ways.of(page).went.connect(lambda way: asked.append("left the page") if way != "model_trained" else None)
    page.train(page._setup.config(), None)
    page._on_event_emitted(STARTED)
    settle()
    return page


def place_of(page: TrainPage, name: str) -> QPoint:
    button = page.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    return button.mapTo(page, button.rect().center())


def click(page: TrainPage, at: QPoint) -> None:
    """Wherever it falls: the window finds out what lies there."""
    QTest.mouseClick(page.windowHandle(), LEFT, NO_KEYS, at)
    settle()


def ended(reason: EndReason) -> RunEnded:
    return RunEnded(reason, "It ended.", 2, 2, 5.0, run=7)


@pytest.mark.parametrize("reason", EndReason)
def test_a_second_click_on_stop_does_nothing_when_the_run_has_ended(
    page: TrainPage, asked: Asked, reason: EndReason
) -> None:
    stop = place_of(page, "stop")
    click(page, stop)
    assert asked == ["start", "stop"]
    assert page._stage is Stage.STOPPING
    page._on_event_emitted(ended(reason))
    settle()
    stage = page._stage
    click(page, stop)
    QTest.mouseDClick(page.windowHandle(), LEFT, NO_KEYS, stop)
    settle()
    assert asked == ["start", "stop"]
    assert page._stage is stage
    assert page.childAt(stop) is page.findChild(QPushButton, "stop")
