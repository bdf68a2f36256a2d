"""Dividers: dragged, moved by the arrow keys, remembered."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.common.layout import Divided
from app.ui.settings import Settings


def made(qtbot: QtBot, orientation: Qt.Orientation) -> Divided:
    divided = Divided(orientation)
    qtbot.addWidget(divided)
    for _ in range(2):
        divided.addWidget(QWidget())
    divided.resize(400, 400)
    divided.setSizes([192, 192])
    divided.remember(Settings(), "test")
    divided.show()
    return divided


@pytest.mark.parametrize(
    ("orientation", "key"),
    [(Qt.Orientation.Horizontal, Qt.Key.Key_Right), (Qt.Orientation.Vertical, Qt.Key.Key_Down)],
)
def test_a_divider_is_moved_and_remembered(qtbot: QtBot, home: Path, orientation: Qt.Orientation, key: Qt.Key) -> None:
    divided = made(qtbot, orientation)
    handle = divided.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(50, 50))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle + QPoint(50, 50))
    dragged = divided.sizes()
    assert dragged[0] == pytest.approx(242, abs=2)
    QTest.keyClick(handle, key)
    assert divided.sizes()[0] == dragged[0] + 24
    assert made(qtbot, orientation).sizes() == divided.sizes()
