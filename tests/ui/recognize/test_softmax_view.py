"""The table of logits and probabilities beside the Recognize page."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.recognize.page import RecognizePage
from app.ui.recognize.softmax_view import SoftmaxView
from app.ui.settings import Settings
from tests.ui.hand import LEFT, ONE, SEVEN, draw


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RecognizePage]:
    page = RecognizePage(Settings())
    qtbot.addWidget(page)
    page.resize(1184, 646)
    page.show()
    yield page
    page.hide()


def opened(page: RecognizePage) -> SoftmaxView:
    QTest.mouseClick(page.prediction.table, LEFT)
    assert page.softmax.view is not None
    return page.softmax.view


def foremost(view: SoftmaxView) -> str:
    rows = range(view.table.rowCount() - 1)
    items = [view.table.item(row, 0) for row in rows]
    return next(item.text() for item in items if item is not None and item.font().bold())


def test_the_table_follows_the_paper(page: RecognizePage, qtbot: QtBot) -> None:
    view = opened(page)
    assert view.table.rowCount() == 0
    assert not view.copy.isEnabled()
    draw(page.canvas, SEVEN)
    qtbot.waitUntil(lambda: view.table.rowCount() == 11)
    assert foremost(view) == "7"
    page.canvas.clear()
    draw(page.canvas, ONE)
    qtbot.waitUntil(lambda: view.table.rowCount() == 11 and foremost(view) == "1")
    assert "T = " in view.words


def test_it_is_copied_with_all_digits(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    view = opened(page)
    qtbot.waitUntil(view.copy.isEnabled)
    QTest.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("class,logit,power,probability\n0,")
