"""What came and is read with the wrong model: the page says so and offers the right one; real clicks and keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.recognize.page import RecognizePage
from app.ui.settings import Settings
from tests.ui.hand import SLOW_MS, click, draw

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
TROUSER, SEVEN = SAMPLES / "trouser.png", SAMPLES / "digit-7.drawing.json"


@pytest.fixture
def page(qtbot: QtBot) -> RecognizePage:
    page = RecognizePage(Settings())
    qtbot.addWidget(page)
    page.resize(1184, 646)
    page.show()
    return page


def wait_for_offer(page: RecognizePage, qtbot: QtBot) -> str:
    qtbot.waitUntil(page.prediction.offer.isVisible, timeout=SLOW_MS)
    return page.prediction.offer.said


def wait_until_looked(page: RecognizePage, qtbot: QtBot) -> None:
    """Until it was read, and no better model is looked for any more."""
    qtbot.waitUntil(lambda: bool(page.prediction.text), timeout=SLOW_MS)
    reader = page._better_reader
    qtbot.waitUntil(lambda: not (reader._soon.isActive() or reader._tasks.is_busy), timeout=SLOW_MS)


def chosen(page: RecognizePage) -> str:
    assert page.chooser.chosen is not None
    return page.chooser.chosen.card.name


def test_clothes_that_are_dropped_are_read_with_the_reader_of_clothes_at_a_click(
    page: RecognizePage, qtbot: QtBot
) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(TROUSER))])
    page.files.take(files)
    assert wait_for_offer(page, qtbot) == "This looks like a piece of clothing."
    assert page.prediction.offer.button.text() == "Read it with Clothes CNN"
    picture = page.paper.picture
    click(page, "read_with")
    assert chosen(page) == page.settings.model == "clothes-cnn"
    assert page.prediction.offer.isHidden()
    qtbot.waitUntil(lambda: page.prediction.text.startswith("Trouser"), timeout=SLOW_MS)
    assert page.paper.picture is picture


def test_who_goes_back_is_not_asked_again_until_something_else_comes(page: RecognizePage, qtbot: QtBot) -> None:
    page.files.open_file(TROUSER)
    wait_for_offer(page, qtbot)
    click(page, "read_with")
    wait_until_looked(page, qtbot)
    digits = next(action for action in page.chooser._group.actions() if action.data() == "digits-cnn")
    digits.trigger()
    wait_until_looked(page, qtbot)
    assert chosen(page) == "digits-cnn"
    assert page.prediction.offer.isHidden()
    page.files.open_file(SAMPLES / "t-shirt.png")
    wait_for_offer(page, qtbot)


def test_the_offer_is_reached_and_taken_by_keyboard_which_is_with_the_paper_then(
    page: RecognizePage, qtbot: QtBot
) -> None:
    page.use_new_model("clothes-cnn")
    page.files.open_file(SEVEN)
    assert wait_for_offer(page, qtbot) == "This looks like a digit."
    button = page.prediction.offer.button
    assert button in page.tab_chain
    assert button.accessibleName() == "This looks like a digit. Read it with Digits CNN"
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert chosen(page) == "digits-cnn"
    qtbot.waitUntil(lambda: page.prediction.text.startswith("7"), timeout=SLOW_MS)
    assert page.canvas.hasFocus()


def test_the_offer_goes_with_what_it_was_made_for(page: RecognizePage, qtbot: QtBot) -> None:
    page.files.open_file(TROUSER)
    wait_for_offer(page, qtbot)
    page.canvas.clear()
    qtbot.waitUntil(page.prediction.offer.isHidden, timeout=SLOW_MS)
    draw(page.canvas, ((0.5, 0.2), (0.5, 0.8)))
    wait_until_looked(page, qtbot)
    assert page.prediction.offer.isHidden()


def test_what_is_collected_is_no_reason_for_an_offer(page: RecognizePage, qtbot: QtBot) -> None:
    click(page, "label")
    page.files.open_file(TROUSER)
    wait_until_looked(page, qtbot)
    assert page.prediction.offer.isHidden()
