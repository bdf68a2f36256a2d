"""From a drawing to a set of samples, through the whole window."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.sets import sample_set
from app.core.datasets.samples.store import SampleStore
from app.ui.data.sample_browser import SampleList
from app.ui.data.sample_set_card import SampleSetCard
from app.ui.launch import open_window
from app.ui.main_window import MainWindow
from tests.ui.hand import LEFT, ONE, SEVEN, draw

CLOSING_MS = 30_000


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    _, made = open_window(["softmax-studio"])
    qtbot.waitExposed(made)
    yield made
    if made.isVisible():
        with qtbot.waitSignal(made.closed, timeout=CLOSING_MS):
            made.close()
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    made.deleteLater()
    QApplication.processEvents()


def go_to(window: MainWindow, page: str) -> None:
    entry = window.rail.findChild(QToolButton, page)
    assert entry is not None
    QTest.mouseClick(entry, LEFT)


def label(window: MainWindow, qtbot: QtBot, corners: tuple[tuple[float, float], ...], key: Qt.Key) -> None:
    """Draw something and say what it is."""
    canvas = window.recognize.canvas
    draw(canvas, corners)
    with qtbot.waitSignal(window.changes.data_changed):
        QTest.keyClick(canvas, key)


def test_what_is_drawn_and_labelled_is_counted_corrected_and_opened_again(window: MainWindow, qtbot: QtBot) -> None:
    window.recognize.canvas.setFocus()
    label(window, qtbot, SEVEN, Qt.Key.Key_7)
    label(window, qtbot, ONE, Qt.Key.Key_7)  # a slip
    go_to(window, "data")
    samples = window.page("data").samples
    qtbot.waitUntil(lambda: len(samples.cards) == 1 and samples.cards[0].isVisible())
    card = window.page("data").findChild(SampleSetCard)
    assert card is not None
    assert "2 samples, 0 for testing" in card.text
    assert card._bars.counts[7].total == 2

    browse, listed = card.findChild(QPushButton, "browse"), window.page("data").findChild(SampleList)
    assert browse is not None
    assert listed is not None
    QTest.mouseClick(browse, LEFT)
    qtbot.waitUntil(lambda: len(listed.samples.samples) == 2)
    place = listed.visualRect(listed.samples.index(0)).center()  # the newest one
    QTest.mouseClick(listed.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    QTest.keyClick(listed, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: card._bars.counts[1].total == 1)
    assert sample_set("my-digits").counts[1].total == 1

    with qtbot.waitSignal(window.recognize.canvas.changed):
        QTest.keyClick(listed, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.recognize
    qtbot.waitUntil(lambda: window.recognize.answer.text.startswith("1 "))
    assert window.recognize.canvas.paper.drawing == SampleStore("my-digits").original(2)


def test_a_sample_is_not_lost_when_the_window_closes_at_once(window: MainWindow, qtbot: QtBot) -> None:
    window.recognize.canvas.setFocus()
    draw(window.recognize.canvas, SEVEN)
    QTest.keyClick(window.recognize.canvas, Qt.Key.Key_7)
    with qtbot.waitSignal(window.closed, timeout=CLOSING_MS):
        window.close()
    assert sample_set("my-digits").total == 1
