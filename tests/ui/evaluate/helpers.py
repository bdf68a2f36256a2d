"""How the tests use the page."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
)
from pytestqt.qtbot import QtBot

from app.ui.evaluate.page import EvaluatePage

MakePage = Callable[..., EvaluatePage]


LEFT = Qt.MouseButton.LeftButton


SEEN = "'quickstart-mnist' was trained on the full set and has seen the starter test pictures"


def wait(page: EvaluatePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.results.result is not None)


def choose(page: EvaluatePage, name: str, text: str) -> None:
    """With the keyboard, as in any list."""
    box = page.findChild(QComboBox, name)
    assert box is not None
    box.setFocus()
    rows = [row for row in range(box.count()) if text in box.itemText(row)]
    assert rows, [box.itemText(row) for row in range(box.count())]
    for _ in range(box.count()):
        if box.currentIndex() == rows[0]:
            break
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < rows[0] else Qt.Key.Key_Up)
    assert box.currentIndex() == rows[0]


def click_first(grid: QListView) -> None:
    QTest.mouseClick(grid.viewport(), LEFT, pos=grid.visualRect(grid.model().index(0, 0)).center())


def captions(grid: QListView) -> list[str]:
    return [grid.model().index(row, 0).data() for row in range(grid.model().rowCount(QModelIndex()))]
