"""Reading away from the window: the newest paper wins, and trouble is no end."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.imaging.pictures import Picture
from app.core.inference.predictor import Predictor
from app.core.models.store import find_model
from app.core.paths import bundled_models_dir
from app.ui.common.messages import Message, Messages
from app.ui.recognize.recognizer import Recognition, Recognizer, is_quick, may_hold_a_number, recognize
from tests.patience import PATIENCE_S
from tests.ui.closing import end_work
from tests.ui.hand import SLOW_MS


def stroke(x: float) -> Paper:
    return Paper(Drawing(100, 100, (((x, 10.0), (x, 90.0)),)))


BLANK = Paper(Drawing(100, 100))


def photograph(grey: int) -> Paper:
    """What is not read while the window waits."""
    return Paper(BLANK.drawing, Picture(np.full((700, 700, 3), grey, np.uint8)))


@pytest.fixture
def recognizer(qtbot: QtBot) -> Iterator[Recognizer]:
    made = Recognizer()
    made.set_model(find_model("digits-cnn"))
    yield made
    end_work(made, qtbot)


def read(recognizer: Recognizer, paper: Paper) -> None:
    """Read it, once the event loop is free."""
    recognizer.read(paper)
    QApplication.processEvents()


def test_only_the_newest_of_several_papers_is_answered(
    recognizer: Recognizer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    begun: list[Paper] = []

    def slow(paper: Paper, first: Predictor | None, other: Predictor | None = None) -> Recognition:
        begun.append(paper)
        go_on.wait(PATIENCE_S)
        return recognize(paper, first, other)

    monkeypatch.setattr("app.ui.recognize.recognizer.recognize", slow)
    told: list[Recognition] = []
    recognizer.recognized.connect(told.append)
    papers = [photograph(grey) for grey in (20, 40, 60, 80)]
    for paper in papers:
        read(recognizer, paper)
    go_on.set()
    qtbot.waitUntil(lambda: bool(told), timeout=SLOW_MS)
    assert [recognition.paper for recognition in told] == [papers[-1]]
    assert len(begun) <= 2


def test_what_is_no_longer_wanted_is_not_told(recognizer: Recognizer, qtbot: QtBot) -> None:
    told: list[Recognition] = []
    recognizer.recognized.connect(told.append)
    read(recognizer, photograph(50))
    read(recognizer, BLANK)
    qtbot.waitUntil(lambda: not recognizer._tasks.is_busy, timeout=SLOW_MS)
    assert [recognition.paper for recognition in told] == [BLANK]


def test_trouble_with_one_paper_is_no_end(
    recognizer: Recognizer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def trouble(*_: object) -> Recognition:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("app.ui.recognize.recognizer.recognize", trouble)
        read(recognizer, photograph(50))
        qtbot.waitUntil(lambda: not recognizer._tasks.is_busy, timeout=SLOW_MS)
    assert "ZeroDivisionError" in caplog.text
    with qtbot.waitSignal(recognizer.recognized, timeout=SLOW_MS):
        read(recognizer, photograph(60))


def test_a_second_model_that_is_damaged_is_said_once_and_the_first_goes_on(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("digits-cnn", "quickstart-mnist"):
        shutil.copytree(bundled_models_dir() / name, tmp_path / name)
    (tmp_path / "quickstart-mnist" / "model.tflite").write_bytes(b"cut")
    monkeypatch.setattr("app.core.models.store.bundled_models_dir", lambda: tmp_path)
    recognizer = Recognizer()
    failures: list[Message] = []
    told: list[Recognition] = []
    Messages.of(recognizer).changed.connect(failures.append)
    recognizer.recognized.connect(told.append)
    recognizer.set_model(find_model("digits-cnn"))
    recognizer.set_compared(find_model("quickstart-mnist"))
    for x in (30.0, 50.0):
        recognizer.read(stroke(x), is_drawing=True)
        QApplication.processEvents()
    assert len(failures) == 1
    assert "quickstart-mnist" in failures[0].text
    assert told[-1].prediction is not None
    assert told[-1].other is None


def test_a_burst_of_moves_costs_one_reading_and_touching_down_none(qtbot: QtBot) -> None:
    recognizer, told = Recognizer(), list[Recognition]()
    recognizer.set_model(find_model("digits-cnn"))
    QApplication.processEvents()
    recognizer.recognized.connect(told.append)
    recognizer.read(Paper(Drawing(100, 100, (((50.0, 20.0),),))), is_drawing=True)
    QApplication.processEvents()
    assert told == []
    burst = [stroke(30 + number / 10) for number in range(100)]
    for paper in burst:
        recognizer.read(paper, is_drawing=True)
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(20)
    assert [recognition.paper for recognition in told] == burst[-1:]


def test_photographs_are_not_read_while_the_window_waits() -> None:
    small, large = (Picture(np.full((side, side, 3), 255, np.uint8)) for side in (28, 700))
    assert is_quick(stroke(50))
    assert is_quick(Paper(BLANK.drawing, small))
    assert not is_quick(Paper(BLANK.drawing, large))
    assert is_quick(Paper(BLANK.drawing, large, example_of="mnist-1"))


def test_numbers_are_looked_for_where_digits_are_read() -> None:
    digits, clothes = Predictor(find_model("digits-cnn")), Predictor(find_model("clothes-cnn"))
    example = Paper(BLANK.drawing, Picture(np.zeros((28, 28, 3), np.uint8)), example_of="mnist-1")
    assert may_hold_a_number(stroke(50), digits)
    assert not may_hold_a_number(stroke(50), clothes)
    assert not may_hold_a_number(BLANK, digits)
    assert not may_hold_a_number(example, digits)
