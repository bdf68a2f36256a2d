"""How the tests find and use the samples on the page."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.store import SampleStore
from app.core.imaging.drawing import save_drawing
from app.ui.data.page import DataPage
from app.ui.data.sample_browser import SampleList
from app.ui.data.sample_set_card import SampleSetCard
from tests.core.datasets.sample_hand import drawing
from tests.ui.hand import LEFT, button


def settle(page: DataPage, qtbot: QtBot) -> None:
    """Wait until everything that was asked is done and shown."""
    cards = page.samples
    qtbot.waitUntil(lambda: not cards._tasks.is_busy and all(card.isVisible() for card in cards.cards))


def card_of(page: DataPage, name: str) -> SampleSetCard:
    return next(card for card in page.findChildren(SampleSetCard) if card.name == name)


def choose_from_more(card: SampleSetCard, text: str) -> None:
    more = card.findChild(QToolButton, "set_more")
    assert more is not None
    menu = more.menu()
    assert isinstance(menu, QMenu)
    actions: list[QAction] = list(menu.actions())
    for action in menu.actions():
        submenu = action.menu()
        actions += list(submenu.actions()) if isinstance(submenu, QMenu) else []
    next(action for action in actions if action.text().startswith(text)).trigger()


def import_set(page: DataPage, text: str) -> None:
    menu = button(page, "import_set").menu()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text().startswith(text)).trigger()


def samples_of(page: DataPage) -> SampleList:
    found = page.findChild(SampleList)
    assert found is not None
    return found


def click_sample(page: DataPage, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    listed = samples_of(page)
    place = listed.visualRect(listed.samples.index(row)).center()
    QTest.mouseClick(listed.viewport(), LEFT, modifier, place)


Browsed = Callable[[], tuple[DataPage, SampleStore]]


def pictures(folder: Path) -> Path:
    """Two classes of two drawings each."""
    for name in ("circle", "square"):
        (folder / name).mkdir(parents=True)
        for number in range(2):
            save_drawing(drawing(number), folder / name / f"{number}.drawing.json")
    return folder
