"""The table of the page: what it shows, and how it is sorted, filtered, grouped and copied."""

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.core.runs.columns import USUAL
from app.core.runs.events import EndReason
from app.core.runs.history import RunHistory
from app.ui.runs.page import RunsPage
from tests.core.runs.made_runs import CONFIG
from tests.ui.hand import find
from tests.ui.ways import Ways

from .helpers import CTRL, PLACES, MakePage, add_run, begin_run, cell, click_cell, epoch, names, numbers

SGD = CONFIG.changed(optimizer="sgd", recipe="tuning-512x512-03")


@pytest.fixture
def page(make_page: MakePage, history: RunHistory, bars: Dataset) -> RunsPage:
    """Three runs: 1 and 3 with adam, 2 with SGD."""
    add_run(history, bars, test_accuracy=0.98)
    add_run(history, bars, SGD, test_accuracy=0.97)
    add_run(history, bars, CONFIG.changed(seed=7), test_accuracy=0.99)
    return make_page()


def header_click(page: RunsPage, column: str) -> None:
    header = page.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(PLACES[column]) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_an_empty_history_invites(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    go = page.stack.findChild(QPushButton, "go_train")
    assert go is not None
    assert go.isVisible()
    ways = Ways.of(page)
    QTest.mouseClick(go, Qt.MouseButton.LeftButton)
    assert ways.taken == [("show", "train")]


def test_the_newest_run_comes_first_and_is_selected(page: RunsPage) -> None:
    assert numbers(page.model) == [3, 2, 1]
    assert [run.id for run in page.table.selected] == [3]
    assert page.filter.count_text == "3 runs"


def test_figures_stand_beside_those_of_the_notes(page: RunsPage) -> None:
    assert cell(page.table, 2, "test_accuracy") == "0.9800"
    assert cell(page.table, 2, "test_accuracy_reported") == "0.9843"
    assert cell(page.table, 2, "test_accuracy_difference") == "▼ −0.0043"
    assert cell(page.table, 0, "test_accuracy_difference") == "▲ +0.0057"
    assert cell(page.table, 2, "time_s") == "3.0 s"
    assert cell(page.table, 2, "state") == "✓ Completed"


def test_a_run_appears_when_it_begins_and_grows_with_it(
    page: RunsPage, history: RunHistory, bars: Dataset, qtbot: QtBot
) -> None:
    run = begin_run(history, bars, epochs=0)
    qtbot.waitUntil(lambda: numbers(page.model) == [4, 3, 2, 1])
    assert cell(page.table, 0, "state") == "▶ 1 of 50"
    history.add_epoch(run, epoch(1))
    qtbot.waitUntil(lambda: cell(page.table, 0, "state") == "▶ 2 of 50")
    assert cell(page.table, 0, "epochs_done") == "1"
    assert [selected.id for selected in page.table.selected] == [3]


def test_a_hidden_page_leaves_the_history_alone_until_it_is_seen(
    page: RunsPage, history: RunHistory, bars: Dataset, qtbot: QtBot
) -> None:
    page.hide()
    add_run(history, bars)
    assert numbers(page.model) == [3, 2, 1]
    page.show()
    qtbot.waitUntil(lambda: numbers(page.model) == [4, 3, 2, 1])


def test_a_click_on_the_header_sorts_and_keeps_the_selection(page: RunsPage) -> None:
    page.table.select([1])
    header_click(page, "test_accuracy")
    assert numbers(page.model) == [2, 1, 3]
    header_click(page, "test_accuracy")
    assert numbers(page.model) == [3, 1, 2]
    assert [run.id for run in page.table.selected] == [1]


def test_ctrl_f_finds_and_escape_forgets(page: RunsPage, qtbot: QtBot) -> None:
    with qtbot.waitActive(page):
        page.activateWindow()
    QTest.keyClick(page.table, Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(page.filter.field.hasFocus)
    QTest.keyClicks(page.filter.field, "optimizer=sgd")
    qtbot.waitUntil(lambda: numbers(page.model) == [2])
    assert page.filter.count_text == "1 of 3 runs"
    QTest.keyClick(page.filter.field, Qt.Key.Key_Escape)
    assert numbers(page.model) == [3, 2, 1]
    assert page.filter.count_text == "3 runs"


def test_states_can_be_chosen(page: RunsPage, history: RunHistory, bars: Dataset, qtbot: QtBot) -> None:
    add_run(history, bars, reason=EndReason.STOPPED)
    qtbot.waitUntil(lambda: len(numbers(page.model)) == 4)
    page.filter.state.setFocus()
    QTest.keyClicks(page.filter.state, "Stop")
    page.filter.state.activated.emit(page.filter.state.currentIndex())
    assert numbers(page.model) == [4]


def test_groups_have_means_and_can_be_shut(page: RunsPage) -> None:
    page.filter.group.setCurrentIndex(page.filter.group.findData("optimizer"))
    page.filter.group.activated.emit(page.filter.group.currentIndex())
    assert [name.split("  ")[:2] for name in names(page.table)] == [
        ["▼", "adam"],
        ["tuning-512x512-02 (seed 7)"],
        ["tuning-512x512-02"],
        ["▼", "sgd"],
        ["tuning-512x512-03 (dropout 0.2, sgd, no early stopping)"],
    ]
    assert cell(page.table, 0, "test_accuracy") == "0.9850"
    page.table.select([1])
    click_cell(page.table, 0)
    assert numbers(page.model) == [2]
    assert names(page.table)[0].startswith("▶")
    page.table.setCurrentIndex(page.model.index(0, 0))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert numbers(page.model) == [3, 1, 2]


def test_the_selected_rows_can_be_pasted_into_a_spreadsheet(page: RunsPage) -> None:
    page.table.show_columns(("name", "optimizer", "test_accuracy"))
    page.table.selectAll()
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == (
        "name\toptimizer\ttest_accuracy\n"
        "tuning-512x512-02 (seed 7)\tadam\t0.99\n"
        "tuning-512x512-03 (dropout 0.2, sgd, no early stopping)\tsgd\t0.97\n"
        "tuning-512x512-02\tadam\t0.98\n"
    )


def test_columns_are_chosen_in_a_menu_and_remembered(page: RunsPage, make_page: MakePage) -> None:
    assert page.table.shown_columns == USUAL
    actions = {action.data(): action for action in page.table.columns_menu._choices.values()}
    page.table.columns_menu.aboutToShow.emit()
    assert actions[PLACES["time_s"]].isChecked()
    assert not actions[PLACES["optimizer"]].isChecked()
    actions[PLACES["optimizer"]].trigger()
    actions[PLACES["time_s"]].trigger()
    assert "optimizer" in page.table.shown_columns
    assert "time_s" not in page.table.shown_columns
    assert make_page().table.shown_columns == page.table.shown_columns
    page.table.columns_menu.actions()[-1].trigger()
    assert page.table.shown_columns == USUAL


def test_the_usual_columns_fit_the_usual_window(page: RunsPage) -> None:
    assert page.table.horizontalScrollBar().maximum() == 0


def test_a_filter_that_finds_nothing_says_so(page: RunsPage, qtbot: QtBot) -> None:
    before = page.table.grab().toImage()
    QTest.keyClicks(page.filter.field, "nobody")
    qtbot.waitUntil(lambda: not page.model.lines)
    assert page.filter.count_text == "0 of 3 runs"
    assert page.table.grab().toImage() != before
    assert not page.selection.compared


def test_a_filter_says_what_is_wrong_with_it(page: RunsPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.filter.field, "tset_accuracy>0.9")
    qtbot.waitUntil(page.filter.problem.isVisible)
    assert "did you mean test_accuracy" in page.filter.problem.text()
    assert page.filter.count_text == "3 runs"
    page.filter.field.clear()
    QTest.keyClicks(page.filter.field, "Test acc > 0.5")
    qtbot.waitUntil(lambda: not page.filter.problem.isVisible())


def test_columns_are_completed_as_one_types(page: RunsPage) -> None:
    field, completer = page.filter.field, page.filter.completion.completer
    field.setText("keep ")
    QTest.keyClicks(field, "test_acc")
    popup = completer.popup()
    assert popup is not None
    assert popup.isVisible()
    completer.activated[QModelIndex].emit(completer.completionModel().index(0, 0))  # type: ignore[index]
    assert field.text() == "keep test_accuracy"
    popup.hide()
    QTest.keyClicks(field, ">0.9")
    assert not popup.isVisible()


def test_an_example_is_written_into_the_filter(page: RunsPage, qtbot: QtBot) -> None:
    for action in find(page, QToolButton, "filter_examples").menu().actions():
        if action.data():
            action.trigger()
            assert page.filter.field.text() == action.data()
            page.filter._on_changed()
            assert page.filter.problem.text() == ""
