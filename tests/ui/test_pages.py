"""The table of pages: whatever is in it has what the window makes of it."""

import json
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.core.paths import resources_dir
from app.ui.common.page import Busy
from app.ui.help.help_window import keys_text, topics
from app.ui.help.tour import tour_stops
from app.ui.main_window import MainWindow
from app.ui.pages import BY_NAME, ON_RAIL, PAGES, PageEntry


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_has_its_help_and_icon_and_stands_in_the_tour(entry: PageEntry) -> None:
    assert list(topics())[: len(PAGES)] == list(BY_NAME)
    assert topics()[entry.name]
    if not entry.behind:
        assert (resources_dir() / "icons" / f"{entry.name}.svg").is_file()
        assert f"<b>Ctrl+{ON_RAIL.index(entry) + 1}</b>" in keys_text()
    assert f"{entry.title} {entry.about}" in tour_stops()[-1].text or not entry.about


def test_the_rail_shows_the_pages_in_order(window: MainWindow) -> None:
    buttons = [button for button in window.rail.findChildren(QToolButton) if button.isCheckable()]
    assert [button.objectName() for button in buttons] == [entry.name for entry in ON_RAIL]
    assert [button.toolTip() for button in buttons[:2]] == ["Recognize (Ctrl+1)", "Train (Ctrl+2)"]


def test_a_button_leads_to_what_is_under_way_behind_it(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    train, search = window.page("train"), window.page("search")
    monkeypatch.setattr(type(search), "busy", property(lambda _page: Busy("Search")))
    search.busy_changed.emit()
    assert "Search" in train.search_notice.said.text()
    for shown in ("search", "train", "search"):  # seen already, it leads to the first page
        window.rail.page_chosen.emit("train")
        assert window.stack.currentWidget() is window.page(shown)
    monkeypatch.setattr(type(train), "busy", property(lambda _page: Busy("Training")))
    window.show_page("recognize")
    window.rail.page_chosen.emit("train")
    assert window.stack.currentWidget() is train


def test_the_table_imports_no_page() -> None:
    code = "import json, sys, app.ui.pages; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [name for name in json.loads(done.stdout) if name.endswith(".page") and "common" not in name]
