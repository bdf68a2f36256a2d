"""What the small parts of the pages take care of."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.common import build
from tests.ui.layout import item_objects


def test_of_a_removed_widget_nothing_stays_in_its_layout(qtbot: QtBot) -> None:
    window, first, second = QWidget(), QLabel("first"), QLabel("second")
    qtbot.addWidget(window)
    row = build.row(first, second)
    build.column(row, on=window)
    of_row = len(item_objects())
    build.remove(row, first)
    assert row.count() == 1
    assert len(item_objects()) == of_row - 1
