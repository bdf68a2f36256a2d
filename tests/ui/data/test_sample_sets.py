"""Sets of samples on the Data page: made, changed, deleted, learned from."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.sets import sample_set_names
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.inference.before_after import BeforeAfter, Compared
from app.ui.data import sample_set_card
from app.ui.data.dialogs import FineTuneDialog, SampleChangeDialog
from app.ui.data.gallery import Gallery
from app.ui.data.page import DataPage
from tests.core.datasets.sample_hand import drawing, filled_store, make_store
from tests.ui.hand import click
from tests.ui.ways import Ways

from .helpers import MakePage
from .sample_helpers import card_of, choose_from_more, settle


def opened(page: DataPage, store: SampleStore) -> SampleChangeDialog:
    choose_from_more(card_of(page, store.name), "Name and classes")
    dialog = page.window().findChild(SampleChangeDialog)
    assert dialog is not None
    return dialog


def test_a_set_is_renamed(make_page: MakePage, qtbot: QtBot) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    dialog = opened(page, store)
    title = dialog.findChild(QLineEdit, "set_title")
    assert title is not None
    title.selectAll()
    QTest.keyClicks(title, "Grandma's")
    click(dialog, "save_set")
    settle(page, qtbot)
    assert "Grandma's" in card_of(page, store.name).text
    assert store.set.total == 21


def test_classes_join_a_set_and_get_other_names(make_page: MakePage, qtbot: QtBot) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    dialog = opened(page, store)
    more, table = dialog.findChild(QLineEdit, "more_classes"), dialog.findChild(QTableWidget)
    assert more is not None
    assert table is not None
    more.setFocus()
    QTest.keyClicks(more, "a, A,")
    QTest.keyClick(more, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert more.text() == ""
    table.setCurrentCell(1, 0)
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "one")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.classes[1] == (1, "one"))
    click(dialog, "save_set")
    settle(page, qtbot)
    assert store.set.class_names == ("0", "one", "2", "a", "A")
    assert [count.total for count in card_of(page, store.name)._bars.counts] == [7, 7, 7, 0, 0]


def test_only_a_class_without_samples_can_be_removed(make_page: MakePage, qtbot: QtBot) -> None:
    store = filled_store()
    store.remove([sample.id for sample in store.samples(1)])
    page = make_page()
    settle(page, qtbot)
    dialog = opened(page, store)
    remove, table = dialog.findChild(QPushButton, "remove_class"), dialog.findChild(QTableWidget)
    assert remove is not None
    assert table is not None
    assert remove.toolTip() == "Select a class first"
    table.setCurrentCell(0, 0)
    assert not remove.isEnabled()
    assert "It has samples" in remove.toolTip()
    table.setCurrentCell(1, 0)
    click(dialog, "remove_class")
    click(dialog, "save_set")
    settle(page, qtbot)
    assert store.set.class_names == ("0", "2")
    assert [count.total for count in store.set.counts] == [7, 7]


def test_names_that_cannot_be_are_told_before_anything_is_saved(make_page: MakePage, qtbot: QtBot) -> None:
    store, page = filled_store(), make_page()
    make_store("Taken")
    settle(page, qtbot)
    dialog = opened(page, store)
    save, more, title = (
        dialog.findChild(QPushButton, "save_set"),
        dialog.findChild(QLineEdit, "more_classes"),
        dialog.findChild(QLineEdit, "set_title"),
    )
    assert save is not None
    assert more is not None
    assert title is not None
    title.setText("taken")
    assert not save.isEnabled()
    assert "already a set" in save.toolTip()
    title.setText("Free")
    assert save.isEnabled()
    QTest.keyClicks(more, "2")
    click(dialog, "add_classes")
    assert not save.isEnabled()
    assert "Two classes are called 2" in save.toolTip()
    dialog.reject()


def test_a_deleted_set_comes_back_with_undo(make_page: MakePage, qtbot: QtBot) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    click(card_of(page, store.name), "browse")
    settle(page, qtbot)
    choose_from_more(card_of(page, store.name), "Delete")
    settle(page, qtbot)
    assert page.samples.cards == ()
    assert sample_set_names() == ()
    assert page.findChild(Gallery).isVisible()  # type: ignore[union-attr]
    assert page.samples.invitation.notice.text == "My digits was deleted."
    click(page.samples.invitation, "undo")
    settle(page, qtbot)
    assert "21 samples" in card_of(page, store.name).text


def test_fine_tuning_says_what_happens_and_asks_for_the_run(make_page: MakePage, qtbot: QtBot) -> None:
    store = make_store("Ten", tuple("0123456789"))
    store.add_all(NewSample(drawing(number), number % 2) for number in range(12))
    page = make_page()
    page.samples.reads_with = "digits-cnn"
    settle(page, qtbot)
    click(card_of(page, store.name), "fine_tune")
    dialog = page.window().findChild(FineTuneDialog)
    assert dialog is not None
    words = dialog.findChild(QLabel, "tuning_words")
    assert words is not None
    assert "MNIST's pictures are mixed in" in words.text()
    ways = Ways.of(page)
    click(dialog, "tune")
    [(way, config)] = ways.taken
    assert way == "train_on_samples"
    assert (config.dataset, config.initial_model, config.replay_dataset) == (store.name, "digits-cnn", "mnist")


def test_without_a_fitting_model_the_dialog_says_what_to_do(make_page: MakePage, qtbot: QtBot) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    click(card_of(page, store.name), "fine_tune")
    dialog = page.window().findChild(FineTuneDialog)
    assert dialog is not None
    tune = dialog.findChild(QPushButton, "tune")
    assert tune is not None
    assert not tune.isEnabled()
    assert "train one on the samples alone first" in tune.toolTip()
    dialog.reject()


def test_training_alone_asks_for_the_run(make_page: MakePage, qtbot: QtBot) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    ways = Ways.of(page)
    click(card_of(page, store.name), "train_alone")
    [(way, config)] = ways.taken
    assert way == "train_on_samples"
    assert (config.dataset, config.initial_model) == (store.name, "")


def test_before_and_after_are_shown_in_words(
    make_page: MakePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled_store()
    own, old = Compared("My digits", 24, 0.708, 0.958), Compared("MNIST", 10_000, 0.996, 0.995)
    monkeypatch.setattr(sample_set_card, "before_after", lambda _name, _told: BeforeAfter("old", "new", own, old))
    page = make_page()
    settle(page, qtbot)
    card = card_of(page, store.name)
    compare = card.findChild(QPushButton, "compare")
    assert compare is not None
    assert not compare.isVisible()
    card.show_models(["new"])
    click(card, "compare")
    settle(page, qtbot)
    assert card.comparison.words == (
        "On the test samples of My digits (24): 17 of 24 before, 23 of 24 after. "
        "On MNIST's test split: 99.6% before, 99.5% after."
    )
    assert not card.grab().isNull()


def test_a_damaged_set_is_told_and_the_others_are_there(make_page: MakePage, qtbot: QtBot) -> None:
    store = filled_store()
    make_store("Broken").path.write_bytes(b"nonsense")
    page = make_page()
    settle(page, qtbot)
    assert [card.name for card in page.samples.cards] == [store.name]
    problem = page.findChild(QLabel, "samples_problem")
    assert problem is not None
    assert problem.isVisible()
    assert "is damaged" in problem.text()
