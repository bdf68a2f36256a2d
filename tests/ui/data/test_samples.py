"""Samples on the Data page: seen, corrected, taken away."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.sets import sample_set, sample_set_names
from app.core.datasets.samples.store import NewSample
from app.core.imaging.drawing import Drawing
from app.ui.common.samples import SampleSetDialog
from app.ui.common.window_object import Changes
from app.ui.data.gallery import Gallery
from app.ui.data.sample_browser import SampleBrowser
from tests.core.datasets.sample_hand import drawing, filled_store, make_store
from tests.ui.hand import click
from tests.ui.ways import Ways

from .helpers import MakePage
from .sample_helpers import Browsed, card_of, click_sample, samples_of, settle


def test_without_samples_the_page_invites(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    settle(page, qtbot)
    assert any("press 0 to 9" in label.text() for label in page.samples.invitation.findChildren(QLabel))
    ways = Ways.of(page)
    click(page, "draw_samples")
    assert ways.taken == [("show_paper",)]


def test_a_card_counts_the_samples_of_each_class(make_page: MakePage, qtbot: QtBot) -> None:
    store, page = filled_store(), make_page()
    settle(page, qtbot)
    card = card_of(page, store.name)
    assert "21 samples, 3 for testing" in card.text
    assert [count.total for count in card._bars.counts] == [7, 7, 7]
    store.add(drawing(9), 2)
    page.refresh()
    qtbot.waitUntil(lambda: "22 samples, 3 for testing" in card.text)


def test_a_set_too_small_says_what_to_do(make_page: MakePage, qtbot: QtBot) -> None:
    store = make_store()
    store.add(drawing(), 0)
    page = make_page()
    settle(page, qtbot)
    card = card_of(page, store.name)
    assert "Collect at least five of one class" in card.text
    for name in ("fine_tune", "train_alone"):
        button = card.findChild(QPushButton, name)
        assert button is not None
        assert not button.isEnabled()
        assert "Collect at least five" in button.toolTip()


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
    with qtbot.waitSignal(Changes.of(page).data_changed):
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


def test_after_a_click_on_delete_the_keyboard_stays_with_the_samples(browsed: Browsed, qtbot: QtBot) -> None:
    page, _ = browsed()
    click_sample(page, 0)
    delete = page.findChild(QPushButton, "browser_delete")
    assert delete is not None
    delete.setFocus()
    click(page, "browser_delete")
    qtbot.waitUntil(lambda: len(samples_of(page).samples.samples) == 20)
    assert samples_of(page).hasFocus()


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
    ways = Ways.of(page)
    with qtbot.waitSignal(ways.went):
        QTest.keyClick(listed, Qt.Key.Key_Return)
    [(way, paper, preprocessing, names)] = ways.taken
    assert (way, preprocessing, names) == ("open_paper", "mnist-1", store.set.class_names)
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


def test_one_button_of_the_page_is_the_primary_one(browsed: Browsed) -> None:
    page, _ = browsed()
    buttons = [each for each in page.findChildren(QPushButton) if each.isVisible()]
    assert [each.objectName() for each in buttons if each.property("kind") == "primary"] == ["draw_samples"]
