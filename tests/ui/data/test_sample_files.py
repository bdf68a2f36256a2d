"""Sets of samples on the Data page that come from files and go into them."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.datasets.choices import ImportChoices
from app.core.datasets.content import Progress
from app.core.datasets.importing import import_folder
from app.core.datasets.samples.exchange import ExportFormat, ImportedSamples, export_samples
from app.core.datasets.samples.sets import create_sample_set, sample_set
from app.ui.data import dialogs, sample_set_card
from tests.core.datasets.sample_hand import filled_store, make_store
from tests.ui.hand import click

from .helpers import MakePage
from .sample_helpers import Browsed, card_of, choose_from_more, click_sample, import_set, pictures, samples_of, settle
from .test_import import drop, picture_folder


def test_a_set_is_exported_and_the_card_says_where_to(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    asked: list[tuple[str, ExportFormat]] = []

    def choose(_parent: object, name: str, wanted: ExportFormat) -> Path:
        asked.append((name, wanted))
        return tmp_path / f"{name}.npz"

    monkeypatch.setattr(dialogs, "choose_target", choose)
    choose_from_more(card_of(page, store.name), "npz")
    settle(page, qtbot)
    assert asked == [("my-digits", ExportFormat.NPZ)]
    assert card_of(page, store.name).status.text == f"Written to {tmp_path / 'my-digits.npz'}."
    assert import_folder(tmp_path / "my-digits.npz", "back").train_count == 18


def test_what_cannot_be_written_is_told_in_the_card(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    (tmp_path / "taken.npz").mkdir()
    monkeypatch.setattr(dialogs, "choose_target", lambda *_: tmp_path / "taken.npz")
    choose_from_more(card_of(page, store.name), "npz")
    settle(page, qtbot)
    card = card_of(page, store.name)
    assert "already a file or folder called" in card.status.text
    (tmp_path / "taken.npz").rmdir()
    click(card, "retry")
    settle(page, qtbot)
    assert card.status.text.startswith("Written to")


def test_a_folder_dropped_on_a_set_joins_it(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    made = create_sample_set("Shapes", ("circle", "square"))
    page = make_page()
    settle(page, qtbot)
    card = card_of(page, made.name)
    place = card.mapTo(page, QPoint(card.width() // 2, 12))
    assert drop(page, pictures(tmp_path / "shapes"), place)
    settle(page, qtbot)
    assert card.status.text == "4 samples were added."
    assert sample_set(made.name).total == 4


def test_a_folder_with_other_classes_is_refused_in_the_card(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    store = filled_store()
    folder = picture_folder(tmp_path / "shapes")
    page = make_page(folder=folder)
    settle(page, qtbot)
    choose_from_more(card_of(page, store.name), "A folder")
    settle(page, qtbot)
    assert "has no class called circle" in card_of(page, store.name).status.text
    assert store.set.total == 21


def test_a_set_is_made_of_a_folder_and_of_one_that_is_dropped(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = pictures(tmp_path / "shapes")
    page = make_page(folder=folder)
    settle(page, qtbot)
    import_set(page, "From a folder")
    settle(page, qtbot)
    assert page.samples.invitation.status.text == "4 samples were added."
    invitation = page.samples.invitation
    assert drop(page, folder, invitation.mapTo(page, QPoint(20, 12)))
    settle(page, qtbot)
    assert [card.set.title for card in page.samples.cards] == ["shapes", "shapes 2"]
    assert page.samples.cards[1].set.class_names == ("circle", "square")


def test_a_set_is_made_of_a_file(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    page = make_page(files=[export_samples(filled_store().name, ExportFormat.NPZ, tmp_path / "mine")])
    settle(page, qtbot)
    import_set(page, "From files")
    settle(page, qtbot)
    assert page.samples.invitation.status.text == "21 samples were added."
    assert [card.set.title for card in page.samples.cards] == ["mine", "My digits"]


def test_what_is_no_set_is_told_and_can_be_tried_again(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    page = make_page(folder=folder)
    settle(page, qtbot)
    import_set(page, "From a folder")
    settle(page, qtbot)
    assert "no file or folder" in page.samples.invitation.status.text
    pictures(folder)
    click(page.samples.invitation, "retry")
    settle(page, qtbot)
    assert sample_set("later").total == 4


def test_an_import_is_cancelled_while_samples_are_corrected(
    browsed: Browsed, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_name: str, _path: Path, progress: Progress, _choices: ImportChoices) -> ImportedSamples:
        while True:
            progress(1, 2)
            time.sleep(0.002)

    monkeypatch.setattr(sample_set_card, "import_samples", endless)
    page, store = browsed()
    card = card_of(page, store.name)
    card.import_from(tmp_path)
    qtbot.waitUntil(lambda: card.status._bar.maximum() > 0)
    exports = [action for action in card._exports if action.isEnabled()]
    assert exports == []
    click_sample(page, 0)
    QTest.keyClick(samples_of(page), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "20 samples" in card.text)
    assert card.status.is_busy
    click(card, "stop")
    settle(page, qtbot)
    assert card.status.text == "Stopped; nothing was changed."
    assert all(action.isEnabled() for action in card._exports)


def test_a_file_joins_a_set(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    store = make_store("Another")
    page = make_page(files=[export_samples(filled_store().name, ExportFormat.NPZ, tmp_path / "out")])
    settle(page, qtbot)
    for said in ("21 samples were added.", "All of these are in the set already; nothing was added."):
        choose_from_more(card_of(page, store.name), "A file")
        settle(page, qtbot)
        assert card_of(page, store.name).status.text == said
