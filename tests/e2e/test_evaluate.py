"""From the rail to the figures, from a cell to its pictures, and from a picture to the paper."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.datasets import sources
from app.core.imaging.preprocess import example_picture
from app.ui.data.gallery import Gallery
from app.ui.launch import open_window
from app.ui.main_window import MainWindow
from tests.ui.hand import LEFT, SEVEN, draw

EVALUATION_MS = 60_000
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(sources, "_SYSTEM_FOLDER", tmp_path / "system")
    _, made = open_window(["softmax-studio"])
    qtbot.waitExposed(made)
    made.recognize.use_new_model("quickstart-mnist")  # the one that is through in a moment
    yield made
    if made.isVisible():
        with qtbot.waitSignal(made.closed, timeout=EVALUATION_MS):
            made.close()
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    made.deleteLater()
    QApplication.processEvents()


def evaluate(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_3, CTRL)
    qtbot.waitUntil(lambda: "evaluate" in window._pages)
    qtbot.waitUntil(lambda: window.page("evaluate").results.result is not None, timeout=EVALUATION_MS)


def test_an_example_of_a_cell_is_tried_on_the_paper(window: MainWindow, qtbot: QtBot) -> None:
    evaluate(window, qtbot)
    result = window.page("evaluate").results.result
    assert result is not None
    assert result.evaluation.model == "quickstart-mnist"
    view = window.page("evaluate").results.confusion
    true, said, _ = result.evaluation.confused()[-1]
    place = view.matrix.geometry_now.rect_of((true, said)).center().toPoint()
    QTest.mouseClick(view.matrix, LEFT, pos=place)
    grid = view.examples
    QTest.mouseClick(grid.viewport(), LEFT, pos=grid.visualRect(grid.model().index(0, 0)).center())
    assert window.stack.currentWidget() is window.recognize
    picture = window.recognize.paper.picture
    assert picture is not None
    expected = example_picture(result.evaluation.images[result.evaluation.examples(true, said)[0]])
    np.testing.assert_array_equal(picture.rgb, expected.rgb)
    QApplication.processEvents()
    assert window.recognize.answer.text.startswith((f"{said} ", f"Not sure: {said} "))
    assert window.recognize.prediction.truth.text() == f"True: {true}. ✗ The answer is wrong."


def test_a_picture_of_the_gallery_is_tried_on_the_paper(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("data")
    gallery = window.page("data").findChild(Gallery)
    assert gallery is not None
    grid = gallery.grid
    qtbot.waitUntil(lambda: len(grid.captions) == 25, timeout=EVALUATION_MS)
    QTest.mouseClick(grid, LEFT, pos=grid.example_places()[3].center().toPoint())
    assert window.stack.currentWidget() is window.recognize
    assert window.recognize.paper.picture is not None
    QApplication.processEvents()
    assert window.recognize.answer.text.startswith(f"{grid.captions[3]} ")
    assert window.recognize.prediction.truth.text().startswith(f"True: {grid.captions[3]}.")


def test_the_example_is_read_by_the_model_that_was_evaluated(window: MainWindow, qtbot: QtBot) -> None:
    evaluate(window, qtbot)
    window.show_page("recognize")
    window.recognize.refresh_models("fast-cnn")
    grid = window.page("evaluate").results.confusion.examples
    grid.clicked.emit(grid.model().index(0, 0))
    chosen = window.recognize.chooser.chosen
    assert chosen is not None
    assert chosen.card.name == "quickstart-mnist"


def test_the_page_goes_with_the_model_in_use(window: MainWindow, qtbot: QtBot) -> None:
    evaluate(window, qtbot)
    window.show_page("recognize")
    window.recognize.use_new_model("fast-cnn")
    window.show_page("evaluate")
    chosen = window.page("evaluate").setup.models.chosen
    assert chosen is not None
    assert chosen.card.name == "fast-cnn"
    with qtbot.waitSignal(window.closed, timeout=EVALUATION_MS):
        window.close()  # in the middle of it


def test_the_drawing_survives_a_look_at_the_page(window: MainWindow, qtbot: QtBot) -> None:
    draw(window.recognize.canvas, SEVEN)
    evaluate(window, qtbot)
    window.show_page("recognize")
    QApplication.processEvents()
    assert window.recognize.answer.text.startswith("7 ")
