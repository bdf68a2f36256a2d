"""What an import would bring is seen and corrected before anything is stored: by mouse and keys."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QSpinBox, QTableWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.choices import ChoiceNeededError, ImportChoices
from app.core.datasets.content import LeftOut
from app.core.datasets.importing import ImportPreview, preview_import
from app.core.datasets.sources import load_dataset, own_names
from app.ui.common.picture_grid import PictureGrid
from app.ui.common.window_object import Changes
from app.ui.data.import_card import ImportCard
from app.ui.data.import_preview import ImportPictures
from app.ui.data.page import DataPage
from tests.ui.hand import SLOW_MS, button, click

from .helpers import MakePage, field, own, wait_for_preview


@pytest.fixture
def turned(tmp_path: Path) -> Path:
    """200 digits on their side, dark on light."""
    test = load_dataset("mnist").test
    path = tmp_path / "turned.npz"
    np.savez(path, x_train=255 - test.images[:200].transpose(0, 2, 1), y_train=test.labels[:200])
    return path


def read(page: DataPage, qtbot: QtBot, path: Path) -> ImportCard:
    own(page).import_from(path)
    return wait_for_preview(page, qtbot)


def box(card: ImportCard, name: str) -> QComboBox:
    found = card.findChild(QComboBox, name)
    assert found is not None
    return found


def label(card: ImportCard, name: str) -> str:
    found = card.findChild(QLabel, name)
    assert found is not None
    return found.text() if found.isVisible() else ""


def classes(card: ImportCard) -> QTableWidget:
    found = card.findChild(QTableWidget, "import_classes")
    assert found is not None
    return found


def pictures(page: DataPage) -> ImportPictures:
    found = page.findChild(ImportPictures)
    assert found is not None
    return found


def names(table: QTableWidget) -> list[str]:
    items = [table.item(row, 0) for row in range(table.rowCount())]
    return [item.text() for item in items if item is not None]


def choose(combo: QComboBox, key: Qt.Key) -> None:
    """One step in a closed list, by key."""
    combo.setFocus()
    QTest.keyClick(combo, key)


def test_what_was_found_is_said_and_shown(make_page: MakePage, qtbot: QtBot, turned: Path) -> None:
    page = make_page()
    card = read(page, qtbot, turned)
    assert label(card, "import_title") == "200 pictures of 10 classes."
    assert label(card, "import_why") == "Looks like EMNIST Digits: turned upright, made light on dark."
    assert box(card, "import_polarity").currentText() == "Dark on light"
    assert box(card, "import_orientation").currentText() == "Turned on their side"
    assert box(card, "import_kind").currentText() == "Digits"
    assert not box(card, "import_subset").isVisible()
    assert names(classes(card)) == [str(digit) for digit in range(10)]
    assert pictures(page).isVisible()
    assert len(pictures(page).grid.captions) == 25
    assert field(card, "own_name").hasFocus()


def test_another_reading_is_shown_at_once_and_stored(make_page: MakePage, qtbot: QtBot, turned: Path) -> None:
    page = make_page()
    card = read(page, qtbot, turned)
    before = pictures(page).grid.grab().toImage()
    choose(box(card, "import_orientation"), Qt.Key.Key_Up)
    assert pictures(page).grid.grab().toImage() != before
    qtbot.waitUntil(lambda: not card.status.is_busy, timeout=SLOW_MS)
    assert "turned upright" not in label(card, "import_why")
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(card, "import_now")
    images = load_dataset("turned", "full").train.images
    assert images[0, 0, 0] == 0
    qtbot.waitUntil(lambda: not pictures(page).isVisible(), timeout=SLOW_MS)


def test_the_share_to_test_with_can_be_chosen(make_page: MakePage, qtbot: QtBot, turned: Path) -> None:
    page = make_page()
    card = read(page, qtbot, turned)
    share = card.findChild(QSpinBox, "import_percent")
    assert share is not None
    share.selectAll()
    QTest.keyClicks(share, "50")
    QTest.keyClick(share, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.status.is_busy or True, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: not card.status.is_busy and card._form.choices.test_share == 0.5, timeout=SLOW_MS)
    tests = [classes(card).item(row, 3) for row in range(10)]
    assert 90 < sum(int(item.text()) for item in tests if item is not None) < 110


def test_a_class_is_renamed_by_hand(make_page: MakePage, qtbot: QtBot, turned: Path) -> None:
    page = make_page()
    card, table = read(page, qtbot, turned), classes(own(page))
    first = table.item(0, 0)
    assert first is not None
    cell = table.visualItemRect(first).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "nil")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(table)[0] == "nil", timeout=SLOW_MS)
    assert pictures(page).grid.captions[0] == "nil"
    with qtbot.waitSignal(Changes.of(page).data_changed, timeout=SLOW_MS):
        click(card, "import_now")
    assert load_dataset("turned", "full").class_names[:2] == ("nil", "1")


def test_two_classes_of_one_name_are_refused_at_once(make_page: MakePage, qtbot: QtBot, turned: Path) -> None:
    card = read(make_page(), qtbot, turned)
    item = classes(card).item(0, 0)
    assert item is not None
    item.setText("1")
    assert label(card, "import_problem") == "Two classes are called 1; give them different names."
    assert not button(card, "import_now").isEnabled()
    item.setText("null")
    assert button(card, "import_now").isEnabled()


def test_an_open_question_is_asked_and_the_answer_used(make_page: MakePage, qtbot: QtBot, turned: Path) -> None:
    asked: list[str] = []

    def reading(path: Path, choices: ImportChoices, *others: object) -> ImportPreview:
        asked.append(choices.label_column)
        if not choices.label_column:
            raise ChoiceNeededError("label_column", "Which column holds the labels: a, b?", ("a", "b"))
        return preview_import(path)

    page = make_page(preview_import=reading)
    own(page).import_from(turned)
    qtbot.waitUntil(lambda: label(own(page), "import_question") != "", timeout=SLOW_MS)
    assert label(own(page), "import_question") == "Which column holds the labels: a, b?"
    question = own(page).findChild(QLabel, "import_question")
    assert question is not None
    page.resize(800, 440)
    qtbot.waitUntil(lambda: not question.visibleRegion().isEmpty(), timeout=SLOW_MS)
    assert not button(own(page), "import_now").isEnabled()
    choose(box(own(page), "import_column"), Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: own(page).is_previewing, timeout=SLOW_MS)
    assert asked == ["", "a"]
    assert label(own(page), "import_question") == ""
    assert box(own(page), "import_column").isVisible()


def test_what_is_left_out_is_counted_and_listed(make_page: MakePage, qtbot: QtBot, turned: Path) -> None:
    def reading(path: Path, *_others: object) -> ImportPreview:
        return replace(preview_import(path), left_out=(LeftOut("7/x.png", "It is empty."),) * 12, left_out_count=12)

    page = make_page(preview_import=reading)
    card = read(page, qtbot, turned)
    assert button(card, "import_left_out").text() == "12 were left out…"
    click(card, "import_left_out")
    dialog = card.findChild(QDialog)
    assert dialog is not None
    table = dialog.findChild(QTableWidget)
    assert table is not None
    assert table.rowCount() == 12
    assert table.item(0, 1).text() == "It is empty."  # type: ignore[union-attr]
    click(dialog, "close")


def test_a_hundred_classes_fit_a_small_window(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (400, 28, 28), np.uint8)
    called = np.array([f"{'class of a rather long name ' * 2}{number}" for number in range(100)])
    labels = (np.arange(400) % 100).astype(np.uint8)
    np.savez(tmp_path / "many.npz", x_train=images, y_train=labels, class_names=called)
    page = make_page()
    page.resize(800, 400)
    card = read(page, qtbot, tmp_path / "many.npz")
    table = classes(card)
    assert table.rowCount() == 100
    assert table.verticalScrollBar().maximum() > 0
    assert table.horizontalScrollBar().maximum() == 0
    assert card.mapTo(page, QPoint(card.width(), 0)).x() <= pictures(page).mapTo(page, QPoint()).x()


def test_pictures_that_may_be_meant_otherwise_are_shown_under_each_reading(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path
) -> None:
    random = np.random.default_rng(3)
    shapes = np.zeros((60, 28, 28), np.uint8)
    shapes[:, 4:9, 3:20] = random.integers(150, 255, (60, 5, 17))
    np.savez(tmp_path / "shapes.npz", x=255 - shapes, y=np.arange(60) % 3)
    page = make_page()
    card = read(page, qtbot, tmp_path / "shapes.npz")
    choices = [found for found in pictures(page).findChildren(QPushButton) if found.isVisible()]
    assert [found.text() for found in choices] == ["Upright", "Turned on their side"]
    grids = [grid for grid in pictures(page).findChildren(PictureGrid) if grid.isVisible()]
    assert [len(grid.captions) for grid in grids] == [25, 25]
    assert not button(card, "import_now").isEnabled()
    click(pictures(page), "reading_2")
    qtbot.waitUntil(pictures(page).grid.isVisible, timeout=SLOW_MS)
    assert box(card, "import_orientation").currentText() == "Turned on their side"
    click(card, "import_now")
    qtbot.waitUntil(lambda: "shapes" in own_names(), timeout=SLOW_MS)
    stored = load_dataset("shapes", "full").train
    assert stored.images[:, 3:20, 4:9].min() >= 150
