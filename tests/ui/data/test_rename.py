"""Imported sets are renamed in the window, and their classes."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.importing import import_folder
from app.core.datasets.sources import load_dataset
from app.ui.common.window_object import Changes
from app.ui.data.page import DataPage
from app.ui.data.rename_dialog import RenameDialog
from tests.ui.hand import SLOW_MS, click

from .helpers import MakePage, card
from .test_import import picture_folder


def opened(page: DataPage) -> tuple[RenameDialog, QLineEdit, QTableWidget, QPushButton]:
    click(card(page, "shapes"), "rename_own")
    dialog = page.window().findChild(RenameDialog)
    assert dialog is not None
    title, table = dialog.findChild(QLineEdit, "own_title"), dialog.findChild(QTableWidget, "own_classes")
    save = dialog.findChild(QPushButton, "save_names")
    assert title is not None
    assert table is not None
    assert save is not None
    return dialog, title, table, save


def test_a_set_and_a_class_get_other_names(make_page: MakePage, qtbot: QtBot, tmp_path: Path, home: Path) -> None:
    import_folder(picture_folder(tmp_path / "shapes"))
    page = make_page()
    dialog, title, table, _ = opened(page)
    title.selectAll()
    QTest.keyClicks(title, "Forms")
    item = table.item(0, 0)
    assert item is not None
    table.setFocus()
    table.setCurrentItem(item)
    table.editItem(item)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "ring")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: item.text() == "ring")
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(dialog, "save_names")
    qtbot.waitUntil(lambda: "ring · square" in card(page, "shapes").text)
    assert "Forms" in card(page, "shapes").text
    assert load_dataset("shapes", "full").class_names == ("ring", "square")
    assert load_dataset("shapes", "full").title == "Forms"


def test_names_that_cannot_be_are_told_and_not_saved(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path, home: Path
) -> None:
    import_folder(picture_folder(tmp_path / "shapes"))
    dialog, title, table, save = opened(make_page())
    item = table.item(0, 0)
    assert item is not None
    item.setText("square")
    assert not save.isEnabled()
    assert "Two classes are called square" in save.toolTip()
    item.setText("ring")
    title.clear()
    assert "needs a title" in save.toolTip()
    title.setText("x")
    assert save.isEnabled()
    dialog.reject()
    assert load_dataset("shapes", "full").class_names == ("circle", "square")
