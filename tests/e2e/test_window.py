"""The whole program through its window: draw, read, train, stop, keep, and read with what was kept."""

import os

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.core.models.store import list_models
from app.ui.common.field_control import NumberBox
from app.ui.main_window import MainWindow
from tests.e2e.train_helpers import TRAINING_MS
from tests.ui.hand import LEFT, SEVEN, click, draw, find
from tests.x_pointer import XPointer


def answer(window: MainWindow) -> str:
    QApplication.processEvents()
    return window.recognize.answer.text


def walk_through(window: MainWindow, qtbot: QtBot) -> None:
    """What a newcomer does in the first minutes."""
    draw(window.recognize.canvas, SEVEN)
    assert answer(window).startswith("7 ")

    QTest.mouseClick(find(window.rail, QToolButton, "train"), LEFT)
    assert window.stack.currentWidget() is window.page("train")
    find(window.page("train"), NumberBox, "epochs").setValue(900)
    click(window.page("train"), "train")
    qtbot.waitUntil(lambda: window.page("train").is_learning, timeout=TRAINING_MS)
    qtbot.waitUntil(
        lambda: window.page("train").live_answer.startswith("7"), timeout=TRAINING_MS
    )  # it has learned some
    click(window.page("train"), "stop")
    qtbot.waitUntil(lambda: find(window.page("train"), QPushButton, "keep").isVisible(), timeout=TRAINING_MS)
    find(window.page("train"), QLineEdit, "name").setText("stopped early")
    click(window.page("train"), "keep")
    qtbot.waitUntil(lambda: not window.page("train").is_saving, timeout=TRAINING_MS)
    qtbot.waitUntil(lambda: not window.page("train").is_training, timeout=TRAINING_MS)

    window.show_page("recognize")
    chosen = window.recognize.chooser.chosen
    assert chosen is not None
    assert chosen.card.name == "stopped early"
    assert not chosen.bundled
    window.recognize.canvas.clear()
    assert answer(window) == ""
    draw(window.recognize.canvas, SEVEN)
    assert "7" in answer(window)  # it was stopped early, and may not be sure


def test_draw_train_stop_keep_and_draw_again(window: MainWindow, qtbot: QtBot) -> None:
    walk_through(window, qtbot)


@pytest.mark.display
def test_the_same_on_a_real_screen(window: MainWindow, qtbot: QtBot) -> None:
    assert QGuiApplication.platformName() == "xcb"
    walk_through(window, qtbot)
    assert not window.grab().isNull()


@pytest.mark.display
def test_no_move_is_lost_however_busy_the_window_is(window: MainWindow, qtbot: QtBot) -> None:
    canvas, pointer = window.recognize.canvas, XPointer(os.environ["DISPLAY"])
    window.raise_()
    start = canvas.mapToGlobal(QPoint(30, 30))
    points = [start + QPoint(number, number // 2) for number in range(200)]
    pointer.move(*points[0].toTuple())
    pointer.press()
    qtbot.waitUntil(lambda: canvas.is_busy)
    for point in points[1:]:  # all at once, while nobody takes any
        pointer.move(*point.toTuple())
    pointer.release()
    qtbot.waitUntil(lambda: len(canvas.paper.drawing.strokes) == 1 and not canvas.is_busy)
    assert [point[:2] for point in canvas.paper.drawing.strokes[0]] == [
        canvas.mapFromGlobal(point).toTuple() for point in points
    ]


def test_the_drawing_is_reread_while_a_network_learns(window: MainWindow, qtbot: QtBot) -> None:
    draw(window.recognize.canvas, SEVEN)
    answer(window)
    window.show_page("train")
    seen = []
    find(window.page("train"), NumberBox, "epochs").setValue(900)
    click(window.page("train"), "train")
    qtbot.waitUntil(lambda: window.page("train").is_learning, timeout=TRAINING_MS)

    def reads_seven() -> bool:
        seen.append(window.page("train").live_answer)
        return bool(seen[-1] == "7")

    qtbot.waitUntil(reads_seven, timeout=30_000)
    click(window.page("train"), "stop")
    qtbot.waitUntil(lambda: not window.page("train").is_training, timeout=TRAINING_MS)


def test_closing_while_training_asks_and_then_ends_cleanly(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("train")
    find(window.page("train"), NumberBox, "epochs").setValue(900)
    click(window.page("train"), "train")
    qtbot.waitUntil(lambda: window.page("train").is_learning, timeout=TRAINING_MS)

    def question() -> QMessageBox:
        window.close()
        return next(box for box in window.findChildren(QMessageBox) if box.isVisible())

    question().button(QMessageBox.StandardButton.No).click()
    assert window.isVisible()
    assert window.page("train").is_training
    with qtbot.waitSignal(window.closed, timeout=TRAINING_MS):
        question().button(QMessageBox.StandardButton.Yes).click()
    assert not window.isVisible()


def test_closing_asks_what_becomes_of_a_stopped_network(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("train")
    find(window.page("train"), NumberBox, "epochs").setValue(900)
    click(window.page("train"), "train")
    qtbot.waitUntil(lambda: window.page("train").is_learning, timeout=TRAINING_MS)
    click(window.page("train"), "stop")
    qtbot.waitUntil(lambda: window.page("train").has_undecided, timeout=TRAINING_MS)
    window.close()
    box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
    box.reject()
    assert window.isVisible()
    assert window.page("train").has_undecided


def test_pages_have_keys(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.stack.count() == 2)
    assert window.stack.currentWidget() is window.page("data")


def test_every_page_opens_at_the_smallest_size(window: MainWindow) -> None:
    window.resize(window.minimumSize())
    for page in ("data", "runs", "evaluate", "train", "recognize"):
        window.show_page(page)
        QApplication.processEvents()
        assert window.width() == window.minimumWidth(), page
        assert window.height() == window.minimumHeight(), page


def test_a_start_leaves_the_users_models_alone(window: MainWindow) -> None:
    assert [model for model in list_models() if not model.bundled] == []
