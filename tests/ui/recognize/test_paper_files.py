"""What comes onto the paper late, or goes while it is being made."""

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.imaging.drawing import Drawing, save_drawing
from app.core.imaging.preprocess import Source, load_source
from app.ui.common.messages import Message, Messages
from app.ui.recognize.page import RecognizePage
from app.ui.settings import Settings

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def page(qtbot: QtBot) -> RecognizePage:
    page = RecognizePage(Settings())
    qtbot.addWidget(page)
    page.resize(1184, 646)
    page.show()
    return page


@pytest.fixture
def slow_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture that takes a moment to load."""

    def load(path: Path, may_be_cut: bool) -> Source:
        time.sleep(0.1)
        return load_source(path, may_be_cut)

    monkeypatch.setattr("app.ui.recognize.files.load_source", load)
    path = tmp_path / "slow.png"
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(path)
    return path


def draw(page: RecognizePage) -> None:
    QTest.mousePress(page.canvas, LEFT, NONE, QPoint(60, 60))
    QTest.mouseMove(page.canvas, QPoint(90, 200))
    QTest.mouseRelease(page.canvas, LEFT, NONE, QPoint(90, 200))


def wait_for_loader(page: RecognizePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.files._tasks.is_busy)


def test_picture_comes_after_a_moment(page: RecognizePage, slow_picture: Path, qtbot: QtBot) -> None:
    page.files.open_file(slow_picture)
    qtbot.waitUntil(lambda: page.canvas.paper.picture is not None)


def test_what_is_said_of_several_files_is_forgotten_with_the_one_that_cannot_be_read(
    page: RecognizePage, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("broken.png", "other.png")])
    with qtbot.waitSignal(Messages.of(page).changed):
        page.files.take(files)
    pasted = QMimeData()
    said: list[Message] = []
    pasted.setImageData(QImage(20, 20, QImage.Format.Format_RGB32))
    Messages.of(page).changed.connect(said.append)
    page.files.take(pasted)
    assert page.canvas.paper.picture is not None
    assert not any(said)


def test_stroke_made_while_a_picture_loads_stays(page: RecognizePage, slow_picture: Path, qtbot: QtBot) -> None:
    page.files.open_file(slow_picture)
    draw(page)
    wait_for_loader(page, qtbot)
    assert page.canvas.paper.picture is None
    assert len(page.canvas.paper.drawing.strokes) == 1


def test_stroke_under_way_is_not_taken_by_a_picture(page: RecognizePage, slow_picture: Path, qtbot: QtBot) -> None:
    page.files.open_file(slow_picture)
    QTest.mousePress(page.canvas, LEFT, NONE, QPoint(60, 60))
    wait_for_loader(page, qtbot)
    QTest.mouseRelease(page.canvas, LEFT, NONE, QPoint(60, 60))
    assert page.canvas.paper.picture is None
    assert len(page.canvas.paper.drawing.strokes) == 1


def test_drawing_opened_after_a_picture_wins(
    page: RecognizePage, slow_picture: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    drawing = Drawing(100, 100, (((10.0, 10.0), (50.0, 80.0)),))
    save_drawing(drawing, tmp_path / "one.drawing.json")
    page.files.open_file(slow_picture)
    page.files.open_file(tmp_path / "one.drawing.json")
    wait_for_loader(page, qtbot)
    assert page.canvas.paper.picture is None
    assert page.canvas.paper.drawing.strokes == drawing.strokes


def test_clearing_during_the_first_stroke_tells_the_page(page: RecognizePage, qtbot: QtBot) -> None:
    QTest.mousePress(page.canvas, LEFT, NONE, QPoint(60, 60))
    QTest.mouseMove(page.canvas, QPoint(90, 200))
    qtbot.waitUntil(lambda: not page.input.is_empty)
    page.canvas.clear()
    qtbot.waitUntil(lambda: page.input.is_empty)
    QTest.mouseRelease(page.canvas, LEFT, NONE, QPoint(90, 200))
    assert page.canvas.paper.is_empty
