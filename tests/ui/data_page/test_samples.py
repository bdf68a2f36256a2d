"""One's own samples on the Data page: counts, corrections, files and training, with real clicks, keys and threads."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMenu, QPushButton, QTableWidget, QToolButton
from pytestqt.qtbot import QtBot

from app.core.datasets.content import Progress
from app.core.datasets.importing import import_folder
from app.core.datasets.samples.exporting import ExportFormat, export_samples
from app.core.datasets.samples.sets import create_sample_set, sample_set, sample_set_names
from app.core.datasets.samples.store import NewSample, SampleStore
from app.core.imaging.drawing import Drawing, save_drawing
from app.core.inference.before_after import BeforeAfter, Compared
from app.ui.pages.data_page import DataPage
from app.ui.widgets.gallery import Gallery
from app.ui.widgets.sample_browser import SampleBrowser
from app.ui.widgets.sample_change_dialog import SampleChangeDialog
from app.ui.widgets.sample_fine_tune import FineTuneDialog
from app.ui.widgets.sample_list import SampleList
from app.ui.widgets.sample_set_card import SampleSetCard
from app.ui.widgets.sample_set_dialog import SampleSetDialog
from app.ui.workers import sample_work
from tests.core.datasets.sample_hand import drawing, filled_store, make_store
from tests.ui.hand import LEFT

from .helpers import MakePage, button, click
from .test_import import drop, picture_folder


def settle(page: DataPage, qtbot: QtBot) -> None:
    """Wait until everything that was asked is done and shown."""
    cards = page.samples
    qtbot.waitUntil(lambda: not cards._jobs.is_busy and all(card.isVisible() for card in cards.cards))


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


@pytest.fixture
def browsed(make_page: MakePage, qtbot: QtBot) -> Callable[[], tuple[DataPage, SampleStore]]:
    """The page with a set of 21 samples that are looked at."""

    def make() -> tuple[DataPage, SampleStore]:
        store, page = filled_store(), make_page()
        settle(page, qtbot)
        click(card_of(page, store.name), "browse")
        settle(page, qtbot)
        return page, store

    return make


Browsed = Callable[[], tuple[DataPage, SampleStore]]


def test_without_samples_the_page_invites(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    settle(page, qtbot)
    assert any("press 0 to 9" in label.text() for label in page.samples.invitation.findChildren(QLabel))
    with qtbot.waitSignal(page.drawing_requested):
        click(page, "draw_samples")


def test_a_card_counts_the_samples_of_each_class(make_page: MakePage, qtbot: QtBot) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    card = card_of(page, store.name)
    assert "21 samples, 3 held back" in card.text
    assert [count.total for count in card._bars.counts] == [7, 7, 7]
    store.add(drawing(9), 2)
    page.refresh()
    qtbot.waitUntil(lambda: "22 samples, 3 held back" in card.text)


def test_a_set_too_small_says_what_to_do(make_page: MakePage, qtbot: QtBot) -> None:
    store = make_store()
    store.add(drawing(), 0)
    page = make_page()
    settle(page, qtbot)
    card = card_of(page, store.name)
    assert "Collect five of one class first" in card.text
    for name in ("fine_tune", "train_alone"):
        button = card.findChild(QPushButton, name)
        assert button is not None
        assert not button.isEnabled()
        assert "Collect five" in button.toolTip()


def test_a_new_set_is_made_in_a_dialog(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    settle(page, qtbot)
    click(page, "new_set")
    dialog = page.window().findChild(SampleSetDialog)
    assert dialog is not None
    classes = dialog.findChild(QLineEdit, "set_classes")
    assert classes is not None
    classes.selectAll()
    QTest.keyClicks(classes, "cat, dog")
    with qtbot.waitSignal(page.data_changed):
        QTest.keyClick(classes, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert sample_set(sample_set_names()[0]).class_names == ("cat", "dog")
    assert len(page.samples.cards) == 1


def test_samples_are_looked_at_and_left(browsed: Browsed) -> None:
    page, store = browsed()
    browser, gallery = page.findChild(SampleBrowser), page.findChild(Gallery)
    assert browser is not None
    assert gallery is not None
    assert browser.isVisible()
    assert len(samples_of(page).samples.samples) == 21
    click(page, "browser_close")
    assert gallery.isVisible()
    browse = card_of(page, store.name).findChild(QPushButton, "browse")
    assert browse is not None
    assert browse.text() == "Samples"
    click(card_of(page, store.name), "browse")
    assert browse.text() == "Hide"
    click(card_of(page, store.name), "browse")
    assert gallery.isVisible()


def test_a_key_corrects_the_selected_samples_and_undo_brings_the_labels_back(browsed: Browsed, qtbot: QtBot) -> None:
    page, store = browsed()
    before = {sample.id: sample.label for sample in store.samples()}
    click_sample(page, 0)
    click_sample(page, 2, Qt.KeyboardModifier.ShiftModifier)
    assert len(samples_of(page).selected) == 3
    QTest.keyClick(samples_of(page), Qt.Key.Key_0)
    settle(page, qtbot)
    assert store.set.counts[0].total == 9
    assert len(samples_of(page).selected) == 3
    QTest.keyClick(samples_of(page), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(page, qtbot)
    assert {sample.id: sample.label for sample in store.samples()} == before


def test_a_class_is_chosen_from_the_list(browsed: Browsed, qtbot: QtBot) -> None:
    page, store = browsed()
    click_sample(page, 1)
    chosen = samples_of(page).selected[0]
    labels = page.findChild(QComboBox, "browser_label")
    assert labels is not None
    labels.setFocus()
    QTest.keyClick(labels, Qt.Key.Key_Down)
    settle(page, qtbot)
    assert next(sample.label for sample in store.samples() if sample.id == chosen.id) == 0
    assert labels.currentIndex() == 0


def test_delete_takes_samples_away_and_a_click_on_undo_brings_them_back(browsed: Browsed, qtbot: QtBot) -> None:
    page, store = browsed()
    before = store.set.counts
    click_sample(page, 4)
    QTest.keyClick(samples_of(page), Qt.Key.Key_Delete)
    settle(page, qtbot)
    assert store.set.total == 20
    assert len(samples_of(page).samples.samples) == 20
    browser = page.findChild(SampleBrowser)
    assert browser is not None
    assert browser._notice.text == "1 sample deleted."
    click(browser, "undo")
    settle(page, qtbot)
    assert store.set.counts == before


def test_one_class_can_be_looked_at(browsed: Browsed, qtbot: QtBot) -> None:
    page, _ = browsed()
    classes = page.findChild(QComboBox, "browser_class")
    assert classes is not None
    classes.setCurrentIndex(2)
    settle(page, qtbot)
    assert {sample.label for sample in samples_of(page).samples.samples} == {1}
    assert len(samples_of(page).samples.samples) == 7


def test_buttons_say_why_they_do_nothing_without_a_selection(browsed: Browsed) -> None:
    page, _ = browsed()
    for name in ("browser_delete", "browser_open"):
        button = page.findChild(QPushButton, name)
        assert button is not None
        assert not button.isEnabled()
        assert "first" in button.toolTip()


def test_a_sample_opens_on_the_paper_as_it_was_drawn(browsed: Browsed, qtbot: QtBot) -> None:
    page, store = browsed()
    rows = samples_of(page).samples.samples
    row = next(row for row, sample in enumerate(rows) if sample.kind == "drawing")
    listed = samples_of(page)
    listed.setFocus()
    click_sample(page, row)
    with qtbot.waitSignals([page.reader_wanted, page.paper_requested]), qtbot.waitSignal(page.paper_requested) as asked:
        QTest.keyClick(listed, Qt.Key.Key_Return)
    paper = asked.args[0]
    assert isinstance(paper.drawing, Drawing)
    assert paper.drawing == store.original(rows[row].id)


def test_thousands_of_samples_do_not_hold_the_window_up(make_page: MakePage, qtbot: QtBot) -> None:
    store = make_store()
    store.add_all(NewSample(drawing(number), number % 3) for number in range(300))
    page = make_page()
    settle(page, qtbot)
    click(card_of(page, store.name), "browse")
    settle(page, qtbot)
    listed = samples_of(page)
    QTest.keyClick(listed, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(listed.selected) == 300
    assert page.findChild(QLabel, "browser_state").text() == "300 selected"  # type: ignore[union-attr]


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


def test_a_set_is_exported_and_the_card_says_where_to(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    asked: list[str] = []

    def choose(_parent: object, suggested: str) -> Path:
        asked.append(suggested)
        return tmp_path / suggested

    monkeypatch.setattr(page.samples, "_choose_target", choose)
    choose_from_more(card_of(page, store.name), "npz")
    settle(page, qtbot)
    assert asked == ["my-digits.npz"]
    assert card_of(page, store.name).status.text == f"Written to {tmp_path / 'my-digits.npz'}."
    assert import_folder(tmp_path / "my-digits.npz", "back").train_count == 18


def test_what_cannot_be_written_is_told_in_the_card(
    make_page: MakePage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    (tmp_path / "taken.npz").touch()
    monkeypatch.setattr(page.samples, "_choose_target", lambda _parent, _suggested: tmp_path / "taken.npz")
    choose_from_more(card_of(page, store.name), "npz")
    settle(page, qtbot)
    card = card_of(page, store.name)
    assert "already something called" in card.status.text
    (tmp_path / "taken.npz").unlink()
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


def pictures(folder: Path) -> Path:
    """Two classes of two drawings each."""
    for name in ("circle", "square"):
        (folder / name).mkdir(parents=True)
        for number in range(2):
            save_drawing(drawing(number), folder / name / f"{number}.drawing.json")
    return folder


def test_a_folder_with_other_classes_is_refused_in_the_card(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    store = filled_store()
    folder = picture_folder(tmp_path / "shapes")
    page = make_page(folder=folder)
    settle(page, qtbot)
    choose_from_more(card_of(page, store.name), "A folder")
    settle(page, qtbot)
    assert "has no class called circle" in card_of(page, store.name).status.text
    assert store.set.total == 21


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
    with qtbot.waitSignal(page.training_requested) as asked:
        click(dialog, "tune")
    config = asked.args[0]
    assert (config.dataset, config.start_from, config.beside) == (store.name, "digits-cnn", "mnist")


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
    with qtbot.waitSignal(page.training_requested) as asked:
        click(card_of(page, store.name), "train_alone")
    assert (asked.args[0].dataset, asked.args[0].start_from) == (store.name, "")


def test_before_and_after_are_shown_in_words(
    make_page: MakePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled_store()
    own, old = Compared("My digits", 24, 0.708, 0.958), Compared("MNIST", 10_000, 0.996, 0.995)
    monkeypatch.setattr(sample_work, "before_after", lambda _name, _told: BeforeAfter("old", "new", own, old))
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
        "On the held-back samples of My digits (24): 70.8% before, 95.8% after. "
        "On MNIST's test part: 99.6% before, 99.5% after."
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
    assert "are damaged" in problem.text()


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
    page = make_page(file=export_samples(filled_store().name, ExportFormat.NPZ, tmp_path / "mine"))
    settle(page, qtbot)
    import_set(page, "From a file")
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
    def endless(_name: str, _path: Path, progress: Progress) -> list[int]:
        while True:
            progress(1, 2)
            time.sleep(0.002)

    monkeypatch.setattr(sample_work, "import_samples", endless)
    page, store = browsed()
    card = card_of(page, store.name)
    page.samples.import_into(store.name, tmp_path)
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
    page = make_page(file=export_samples(filled_store().name, ExportFormat.NPZ, tmp_path / "out"))
    settle(page, qtbot)
    for said in ("21 samples were added.", "All of it was here already; nothing was added."):
        choose_from_more(card_of(page, store.name), "A file")
        settle(page, qtbot)
        assert card_of(page, store.name).status.text == said


def test_one_button_of_the_page_is_the_primary_one(browsed: Browsed) -> None:
    page, _ = browsed()
    buttons = [each for each in page.findChildren(QPushButton) if each.isVisible()]
    assert [each.objectName() for each in buttons if each.property("kind") == "primary"] == ["draw_samples"]
