"""Asking why on the Recognize page: the panel beside the answer, and what it proposes."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.models.store import StoredModel
from app.ui.recognize.page import RecognizePage
from app.ui.recognize.recognizer import Recognition
from app.ui.recognize.why.hints import WhyHints
from app.ui.settings import Settings
from tests.ui.closing import end_work
from tests.ui.hand import LEFT, ONE, SEVEN, SLOW_MS, draw


class Panel(QWidget):
    """Stands in for the panel, which takes seconds to find its reasons."""

    def __init__(self) -> None:
        super().__init__()
        self.hints = WhyHints()
        self.shown: list[tuple[Recognition | None, StoredModel | None]] = []

    def show_recognition(self, recognition: Recognition | None, model: StoredModel | None) -> None:
        self.shown.append((recognition, model))


@pytest.fixture(autouse=True)
def quick_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.recognize.why.panel.WhyPanel", Panel)


def panel_of(page: RecognizePage) -> Panel:
    panel = page.reasons.panel
    assert isinstance(panel, Panel)
    return panel


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RecognizePage]:
    page = RecognizePage(Settings())  # not given to qtbot, which deletes pages before their threads end
    page.resize(1184, 646)
    page.show()
    page.activateWindow()
    yield page
    end_work(page, qtbot, SLOW_MS)
    page.close()
    page.deleteLater()


def test_why_takes_the_place_of_the_network_input(page: RecognizePage) -> None:
    QTest.mouseClick(page.prediction.why, LEFT)
    assert panel_of(page).isVisible()
    assert not page.input.isVisible()
    assert page.canvas.isVisible()
    assert page.bars.isVisible()
    QTest.mouseClick(page.prediction.why, LEFT)
    assert page.input.isVisible()
    assert page.reasons.panel is None


def test_the_panel_is_told_what_was_read_before_and_while_it_is_open(page: RecognizePage) -> None:
    draw(page.canvas, SEVEN)
    QApplication.processEvents()
    QTest.mouseClick(page.prediction.why, LEFT)
    first, model = panel_of(page).shown[-1]
    assert first is not None
    assert first.prediction is not None
    assert first.prediction.name == "7"
    assert model is not None
    assert model.card.name == "digits-cnn"
    draw(page.canvas, ONE)
    QApplication.processEvents()
    second, _ = panel_of(page).shown[-1]
    assert second is not None
    assert second.paper is page.paper


def test_the_panel_explains_the_chosen_digit_of_a_number(page: RecognizePage, qtbot: QtBot) -> None:
    QTest.mouseClick(page.prediction.why, LEFT)
    for corners, left in ((SEVEN, 0.02), (ONE, 0.55)):
        draw(page.canvas, [(left + 0.4 * x, 0.3 + 0.4 * y) for x, y in corners])
    qtbot.waitUntil(lambda: page.prediction.number_line.text == "71", timeout=SLOW_MS)
    page.prediction.number_line.digit_selected.emit(1)
    explained, _ = panel_of(page).shown[-1]
    assert explained is not None
    assert explained.prediction is not None
    assert explained.prediction.name == "1"


def test_a_key_asks_why(page: RecognizePage, qtbot: QtBot) -> None:
    page.canvas.setFocus()
    qtbot.waitUntil(page.canvas.hasFocus)
    QTest.keyClick(page.canvas, Qt.Key.Key_W)
    qtbot.waitUntil(lambda: page.reasons.panel is not None, timeout=SLOW_MS)


@pytest.mark.parametrize("size", [(1184, 646), (928, 566)])
def test_there_is_room_for_the_panel(page: RecognizePage, size: tuple[int, int]) -> None:
    page.setMinimumSize(*size)  # as the window's: else a page on its own is no smaller than its widest look
    page.resize(*size)
    QTest.mouseClick(page.prediction.why, LEFT)
    QApplication.processEvents()
    layout = page.layout()
    assert layout is not None
    assert layout.totalMinimumSize().width() <= size[0]
    assert layout.totalMinimumSize().height() <= size[1]
    assert page.canvas.width() >= 260
    assert panel_of(page).width() >= 260
    assert page.answer.width() >= 240
    assert page.canvas.geometry().right() < page.width()


def test_a_correction_is_read_beside_the_paper_and_back_leads_back(page: RecognizePage) -> None:
    draw(page.canvas, ONE)
    QApplication.processEvents()
    assert page._read is not None
    one = page._read.shown
    draw(page.canvas, SEVEN)
    QApplication.processEvents()
    QTest.mouseClick(page.prediction.why, LEFT)
    panel_of(page).hints.correction_requested.emit(one)
    left, right = page.prediction.comparison.bars.answers
    assert left is not None
    assert right is not None
    assert right.argmax() == 1
    np.testing.assert_array_equal(left, page._read.prediction.probabilities if page._read.prediction else None)
    assert "Corrected:" in page.prediction.comparison.words
    assert all(picture.isVisible() for picture in page.prediction.comparison.pictures)
    QTest.mouseClick(page.prediction.back, LEFT)
    assert page.bars.isVisible()
    assert not page.prediction.back.isVisible()
