"""What lies on the paper survives a restart, and a crash; a damaged file stops nothing."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.errors import StudioError
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import MOST_PICTURES, NAME, History, Paper, Papers, load_papers, save_papers
from app.core.imaging.pictures import Picture
from app.core.inference.predictor import Prediction
from app.ui.main_window import MainWindow
from app.ui.recognize.answer import Answer
from tests.ui.hand import ONE, SEVEN, SLOW_MS, draw


@pytest.fixture
def windows(qtbot: QtBot) -> Iterator[list[MainWindow]]:
    opened: list[MainWindow] = []
    yield opened
    for window in opened:
        window.deleteLater()
    QApplication.processEvents()


def open_another(opened: list[MainWindow]) -> MainWindow:
    window = MainWindow()
    window.show()
    opened.append(window)
    return window


def close(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closed):
        window.close()


def numbers(*digits: int, height: int = 300) -> Picture:
    """Digits in a row, black on white."""
    paper = np.full((height, height * len(digits), 3), 255, np.uint8)
    for place, digit in enumerate(digits):
        left, top = place * height + height // 3, height // 5
        paper[top : 4 * top, left : left + height // 10] = 0
        if digit == 7:
            paper[top : top + height // 10, left - height // 5 : left] = 0
    return Picture(paper)


def test_nothing_false_is_said_while_what_was_kept_is_read(
    windows: list[MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = list[str]()

    class Watched(Answer):
        def set_hint(self, hint: str) -> None:
            super().set_hint(hint)
            said.append(hint)

        def set_prediction(self, prediction: Prediction | None, names: tuple[str, ...] = ()) -> None:
            super().set_prediction(prediction, names)
            said.append(self.accessibleName())

    first = open_another(windows)
    first.recognize.canvas.put(Paper(Drawing(100, 100), numbers(1, 7, 1)))
    close(first, qtbot)
    monkeypatch.setattr("app.ui.recognize.prediction_card.Answer", Watched)
    second = open_another(windows)
    page = second.recognize
    waiting = "Reading what is on the paper…"
    qtbot.waitUntil(lambda: page.prediction.text == "171", timeout=SLOW_MS)
    assert waiting in said
    assert {words for words in said if not words[:1].isdigit()} <= {waiting, ""}
    said.clear()
    page.canvas.put(Paper(Drawing(100, 100), numbers(7, height=500)))
    qtbot.waitUntil(lambda: said[:1] == [waiting])
    assert page.prediction.text == ""  # nor is the number of the other picture shown beside this one
    qtbot.waitUntil(lambda: page.prediction.text.startswith("7"), timeout=SLOW_MS)
    close(second, qtbot)


def test_drawing_undo_and_page_survive_a_restart(windows: list[MainWindow], qtbot: QtBot) -> None:
    first = open_another(windows)
    for stroke in (SEVEN, ONE):
        draw(first.recognize.canvas, stroke)
    drawn = first.recognize.canvas.paper.drawing
    first.recognize.canvas.undo()
    first.show_page("data")
    close(first, qtbot)
    second = open_another(windows)
    assert second.stack.currentWidget() is second.page("data")
    canvas = second.recognize.canvas
    assert canvas.paper.drawing.strokes == drawn.strokes[:1]
    canvas.redo()
    assert canvas.paper.drawing.strokes == drawn.strokes
    for _ in range(2):
        canvas.undo()
    assert canvas.paper.is_empty
    close(second, qtbot)


def test_a_crash_costs_nothing_that_was_drawn_a_moment_before(
    windows: list[MainWindow], qtbot: QtBot, home: Path
) -> None:
    window = open_another(windows)
    draw(window.recognize.canvas, SEVEN)
    drawn = window.recognize.canvas.paper.drawing
    qtbot.waitUntil((home / "paper" / NAME).exists)  # without anything being closed
    kept = load_papers(home / "paper")
    assert kept is not None
    assert kept.now.drawing == drawn
    close(window, qtbot)


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": "softmax-studio-paper", "version": 2}', b"\xff\xfe", None])
def test_a_damaged_file_is_set_aside_and_said(
    windows: list[MainWindow], qtbot: QtBot, home: Path, content: bytes | None
) -> None:
    (home / "paper").mkdir(parents=True)
    picture = Paper(Drawing(10, 10), Picture(np.zeros((40, 30, 3), np.uint8)))
    save_papers(Papers.of(History(picture)), home / "paper")
    if content is None:
        next((home / "paper").glob("*.png")).unlink()
    else:
        (home / "paper" / NAME).write_bytes(content)
    window = open_another(windows)
    (aside,) = (home / "paper").glob("paper damaged 20*.json")
    qtbot.waitUntil(lambda: aside.name in window.banner.text)
    assert window.recognize.canvas.paper.is_empty
    close(window, qtbot)


def test_pictures_come_back_as_they_were_and_old_ones_go(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    papers = [
        Paper(
            Drawing(10, 10), Picture(random.integers(0, 256, (40, 30, 3), np.uint8), (400, 300)), True, "mnist-1", "7"
        )
        for _ in range(MOST_PICTURES + 3)
    ]
    save_papers(Papers.of(History.of(papers, len(papers) - 1)), tmp_path)
    kept = load_papers(tmp_path)
    assert kept is not None
    assert len(kept.papers) == MOST_PICTURES
    for before, after in zip(papers[-MOST_PICTURES:], kept.papers, strict=True):
        assert before.picture is not None
        assert after.picture is not None
        np.testing.assert_array_equal(before.picture.rgb, after.picture.rgb)
        assert (after.picture.full_size, after.invert, after.example_of, after.true) == (
            (400, 300),
            True,
            "mnist-1",
            "7",
        )
    save_papers(Papers.of(History(Paper(Drawing(10, 10)))), tmp_path)
    assert not list(tmp_path.glob("*.png"))


def test_of_very_much_ink_what_is_near_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.imaging.paper.MOST_POINTS", 30)
    papers = [Paper(Drawing(10, 10, (((float(number), 1.0),) * 12,), 2.0)) for number in range(9)]
    save_papers(Papers.of(History.of(papers, 4)), tmp_path)
    kept = load_papers(tmp_path)
    assert kept is not None
    assert [paper.drawing for paper in kept.papers] == [paper.drawing for paper in papers[3:5]]
    assert kept.now.drawing == papers[4].drawing


def test_a_file_of_too_much_is_not_taken_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.imaging.drawing.MAX_POINTS", 10)
    monkeypatch.setattr("app.core.imaging.drawing._ROOM", 10)
    monkeypatch.setattr("app.core.imaging.paper._PaperFile.model_validate_json", None)
    (tmp_path / NAME).write_text("[" * 31)
    with pytest.raises(StudioError, match="set aside as"):
        load_papers(tmp_path)
    assert load_papers(tmp_path) is None


def test_a_pipe_is_set_aside(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(tmp_path / NAME)
    with pytest.raises(StudioError, match="set aside as"):
        load_papers(tmp_path)


def test_strokes_are_written_once(tmp_path: Path) -> None:
    strokes = tuple(((float(number), 1.0, 5.0), (2.0, 3.0, 9.0)) for number in range(20))
    papers = [Paper(Drawing(10, 10, strokes[:count], pen=2.0)) for count in range(21)]
    save_papers(Papers.of(History.of(papers, 20)), tmp_path)
    assert len(json.loads((tmp_path / NAME).read_text())["strokes"]) == 20
    kept = load_papers(tmp_path)
    assert kept is not None
    assert [paper.drawing for paper in kept.papers] == [paper.drawing for paper in papers]
