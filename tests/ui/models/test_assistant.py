"""Importing a model that was made elsewhere: guessed, shown, corrected, taken in; or refused, or thought better of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from app.core.models.store import find_model, list_models
from app.ui.common.picture_grid import PictureGrid
from app.ui.models.assistant import ImportAssistant
from app.ui.models.page import ModelsPage
from tests.ui.closing import end_work

LONG_MS = 120_000
"""Reading and trying take seconds, in processes of their own; more where others work beside."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    path = tmp_path / "my_digits.keras"
    path.write_bytes((find_model("quickstart-mnist").folder / "model.keras").read_bytes())
    return path


@pytest.fixture
def page(qtbot: QtBot, elsewhere: Path) -> Iterator[ModelsPage]:
    made = ModelsPage(choose_source=lambda _parent: elsewhere)
    made.resize(1184, 646)
    made.show()
    yield made
    end_work(made, qtbot)
    made.close()
    made.deleteLater()


def opened(page: ModelsPage) -> ImportAssistant:
    bring = page.findChild(QPushButton, "import_model")
    assert bring is not None
    QTest.mouseClick(bring, Qt.MouseButton.LeftButton)
    found = page.findChild(ImportAssistant)
    assert found is not None
    return found


def said(dialog: ImportAssistant, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return label.text()


def confirm(dialog: ImportAssistant) -> QPushButton:
    button = dialog.findChild(QPushButton, "import_now")
    assert button is not None
    return button


def choose(dialog: ImportAssistant, name: str, text: str) -> None:
    box = dialog.findChild(QComboBox, name)
    assert box is not None
    box.setFocus()
    steps = box.findText(text) - box.currentIndex()
    for _ in range(abs(steps)):
        QTest.keyClick(box, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)


def test_a_wrong_choice_is_seen_and_the_right_one_imported(page: ModelsPage, qtbot: QtBot) -> None:
    dialog = opened(page)
    assert not confirm(dialog).isEnabled()
    qtbot.waitUntil(lambda: confirm(dialog).isEnabled(), timeout=LONG_MS)
    assert "Flatten, Dense, Dropout, Dense" in said(dialog, "import_facts")
    assert "pictures of MNIST are read right" in said(dialog, "import_state")
    grid = dialog.findChild(PictureGrid)
    assert grid is not None
    assert sum(caption.startswith("✓") for caption in grid.captions) >= 23

    choose(dialog, "import_polarity", "Dark on light")
    qtbot.waitUntil(lambda: confirm(dialog).isEnabled(), timeout=LONG_MS)
    assert sum("not" in caption for caption in grid.captions) > 10
    assert "Something else may be right" in said(dialog, "import_state")
    choose(dialog, "import_polarity", "Light on dark")
    assert sum(caption.startswith("✓") for caption in grid.captions) >= 23

    name = dialog.findChild(QLineEdit, "import_name")
    assert name is not None
    name.clear()
    assert "A model needs a name" in said(dialog, "import_problem")
    assert not confirm(dialog).isEnabled()
    QTest.keyClicks(name, "From my friend")
    QTest.mouseClick(confirm(dialog), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(model.card.title == "From my friend" for model in list_models()), timeout=LONG_MS)
    qtbot.waitUntil(lambda: page.table.selected[0].card.title == "From my friend", timeout=LONG_MS)
    for words in ("Made elsewhere", "pixels 0..1, logits", "1,000 test pictures"):
        assert words in page.details.text


def test_classes_can_be_named(page: ModelsPage, qtbot: QtBot) -> None:
    dialog = opened(page)
    qtbot.waitUntil(lambda: confirm(dialog).isEnabled(), timeout=LONG_MS)
    classes = dialog.findChild(QTableWidget, "import_classes")
    assert classes is not None
    item = classes.item(1, 0)
    assert item is not None
    item.setText("0")
    assert "a name of its own" in said(dialog, "import_problem")
    item.setText("one")
    assert confirm(dialog).isEnabled()
    assert dialog.choices is not None
    assert dialog.choices.class_names[:3] == ("0", "one", "2")


def test_what_is_refused_says_why(page: ModelsPage, qtbot: QtBot, elsewhere: Path) -> None:
    elsewhere.write_bytes(b"<!DOCTYPE html><html></html>")
    dialog = opened(page)
    qtbot.waitUntil(lambda: said(dialog, "import_problem") != "", timeout=LONG_MS)
    assert "is a web page, not a model" in said(dialog, "import_problem")
    assert not confirm(dialog).isEnabled()


def test_cancel_ends_the_work(page: ModelsPage, qtbot: QtBot) -> None:
    dialog = opened(page)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    end_work(page, qtbot)
    assert not [model for model in list_models() if not model.bundled]
