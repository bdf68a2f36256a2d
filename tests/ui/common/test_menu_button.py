"""Buttons that open menus, and the style of dialogs."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.common.dialogs import give_menu
from app.ui.theme import stylesheet

UI = Path(__file__).parents[3] / "app" / "ui"


@pytest.mark.parametrize("kind", [QToolButton, QPushButton])
def test_a_button_rests_once_its_menu_has_closed(kind: type[QToolButton | QPushButton], qtbot: QtBot) -> None:
    window, button = QWidget(), kind()
    QVBoxLayout(window).addWidget(button)
    menu = QMenu(button)
    menu.addAction("One")
    give_menu(button, menu)
    qtbot.addWidget(window)
    window.show()
    for place, is_over in ((button.rect().center(), True), (QPoint(-200, 500), False)):
        QCursor.setPos(button.mapToGlobal(place))
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)  # as Qt leaves it: the menu has had the pointer
        menu.aboutToHide.emit()
        qtbot.wait(1)
        assert button.underMouse() == is_over


def test_every_menu_button_is_made_that_way() -> None:
    files = [path for path in UI.rglob("*.py") if re.search(r"\.setMenu\(", path.read_text("utf-8"))]
    assert [path.name for path in files] == ["dialogs.py"]


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_buttons_of_dialogs_have_no_icons(colours: theme.Colours) -> None:
    # Desktops turn them on; the platform that tests draw on does not.
    assert "dialogbuttonbox-buttons-have-icons: 0" in stylesheet(colours)
