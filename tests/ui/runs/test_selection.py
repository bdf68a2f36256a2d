"""What is said of the selected runs, and what can be done with them."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.core.reports.writing import ReportFormat
from app.core.runs.events import CheckedUp, EndReason
from app.core.runs.history import RunHistory
from app.core.runs.schema import HISTORY_FILE
from app.core.sqlite import SharedDatabase
from app.ui import theme
from app.ui.common.dialogs import TextDialog
from app.ui.common.messages import Messages
from app.ui.common.plots.line import SIGNS
from app.ui.runs.page import RunsPage
from tests.core.runs.made_runs import CONFIG
from tests.ui.hand import click, find
from tests.ui.ways import Ways

from .helpers import CTRL, FakeDialog, MakePage, add_run, begin_run, cell, click_cell, numbers, texts

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(make_page: MakePage, history: RunHistory, bars: Dataset) -> RunsPage:
    """Three runs: one with adam, one with SGD, one that was stopped."""
    add_run(history, bars)
    add_run(history, bars, CONFIG.changed(optimizer="sgd"), epochs=5)
    add_run(history, bars, CONFIG.changed(seed=7), reason=EndReason.STOPPED)
    return make_page()


def dialog(page: RunsPage) -> TextDialog:
    return next(box for box in page.findChildren(TextDialog) if box.isVisible())


def named(page: RunsPage) -> list[str]:
    return [line.name for line in page.selection.curves.loss.plot.lines if line.name]


def test_one_run_is_told_in_full(page: RunsPage, qtbot: QtBot) -> None:
    page.table.select([1])
    table = page.selection.details.table
    rows = dict(zip(texts(table, range(table.rowCount()), 0), texts(table, range(table.rowCount()), 1), strict=True))
    assert rows["Test acc"] == "0.9800"
    assert rows["Optimizer"] == "adam"
    assert rows["Layers"].startswith("dense 512 relu, dropout 0.2")
    assert "Momentum" not in rows
    place = texts(table, range(table.rowCount()), 0).index("Test acc")
    assert texts(table, [place], 2) == ["0.9843"]
    assert texts(table, [place], 3) == ["▼ −0.0043"]
    assert "It ended." in page.selection.details.remark
    qtbot.waitUntil(lambda: page.selection.has_curves and named(page) == ["training", "validation"])


def test_several_runs_are_drawn_and_what_differs_is_told(page: RunsPage, qtbot: QtBot) -> None:
    click_cell(page.table, 2)
    click_cell(page.table, 1, key=CTRL)
    assert page.selection.actions_bar.title == "2 runs"
    table = page.selection.details.table
    rows, across = range(table.rowCount()), Qt.Orientation.Horizontal
    assert [texts(table, rows, column) for column in range(3)] == [["", "Optimizer"], ["●", "sgd"], ["■", "adam"]]
    assert [table.model().headerData(column, across) for column in (1, 2)] == ["#2", "#1"]
    assert not table.horizontalScrollBar().isVisible()
    qtbot.waitUntil(lambda: page.selection.has_curves and named(page) == ["sgd", "adam", "training", "validation"])
    loss = page.selection.curves.loss
    lines = [line.y for line in loss.plot.lines if len(line.y)]
    assert np.allclose(lines[0], [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    assert np.allclose(lines[3], [1.1, 0.6, 1 / 3 + 0.1])
    assert list(loss.plot.view[0]) == pytest.approx([1, 5], abs=0.2)
    loss.point_at(4.4)
    assert loss.legend.text == "epoch 4  0.3500"


def test_of_many_runs_the_first_are_compared(page: RunsPage, history: RunHistory, bars: Dataset, qtbot: QtBot) -> None:
    for _ in range(8):
        add_run(history, bars)
    qtbot.waitUntil(lambda: len(numbers(page.model)) == 11)
    page.table.selectAll()
    assert len(page.selection.compared) == len(SIGNS) == 8
    assert page.selection.details.remark.startswith("The first 8 of 11 runs are compared")


def test_every_sign_has_a_colour_that_can_be_seen() -> None:
    def luminance(name: str) -> float:
        colour = QColor(name)
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colours in (theme.LIGHT, theme.DARK):
        assert len(set(colours.series)) == len(SIGNS)
        card = luminance(colours.card)
        for name in colours.series:
            low, high = sorted((luminance(name), card))
            assert (high + 0.05) / (low + 0.05) >= 4.5, name
    assert len({sign.letter for sign in SIGNS}) == len({sign.symbol for sign in SIGNS}) == len(SIGNS)


def test_f2_renames_and_the_history_knows(page: RunsPage, history: RunHistory, qtbot: QtBot) -> None:
    click_cell(page.table, 0, "test_loss")
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    editor = page.table.viewport().focusWidget()
    assert editor is not None
    QTest.keyClicks(editor, "  the   best one ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(page.table, 0, "name") == "the best one")
    qtbot.waitUntil(lambda: history.run(3).name == "the best one")
    assert page.selection.actions_bar.title == "the best one #3"


def test_news_do_not_disturb_who_writes_into_a_cell(
    page: RunsPage, history: RunHistory, bars: Dataset, qtbot: QtBot
) -> None:
    click_cell(page.table, 0)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    editor = page.table.viewport().focusWidget()
    assert editor is not None
    QTest.keyClicks(editor, "half a na")
    add_run(history, bars)
    with qtbot.waitSignal(page._feed.runs_changed):
        pass
    assert page.table.is_editing
    QTest.keyClicks(editor, "me")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: numbers(page.model) == [4, 3, 2, 1])
    qtbot.waitUntil(lambda: history.run(3).name == "half a name")
    assert cell(page.table, 1, "name") == "half a name"


def test_a_name_that_cannot_be_is_refused_in_a_sentence(page: RunsPage, qtbot: QtBot) -> None:
    index = page.model.index(0, 0)
    with qtbot.waitSignal(Messages.of(page).changed) as told:
        page.model.setData(index, "x" * 1000)
    assert "100" in told.args[0].text
    assert cell(page.table, 0, "name") == "tuning-512x512-02 (seed 7)"


def test_notes_are_written_in_a_dialog(page: RunsPage, history: RunHistory, qtbot: QtBot) -> None:
    page.selection.actions_bar.note.trigger()
    field = dialog(page).findChild(QPlainTextEdit)
    assert field is not None
    assert field.window().focusWidget() is field
    QTest.keyClicks(field, "first line")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "second line")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.window().focusWidget() not in {None, field}
    assert "\t" not in field.toPlainText()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: history.run(3).note == "first line\nsecond line")
    qtbot.waitUntil(lambda: "Note: first line" in page.selection.details.remark)


def test_tags_of_several_runs_are_changed_together(page: RunsPage, history: RunHistory, qtbot: QtBot) -> None:
    history.set_tags([2], ["odd", "keep"])
    history.set_tags([3], ["keep"])
    qtbot.waitUntil(lambda: cell(page.table, 1, "tags") == "odd, keep")
    page.table.select([2, 3])
    page.selection.actions_bar.tag.trigger()
    field = dialog(page).findChild(QLineEdit)
    assert field is not None
    assert field.text() == "keep"
    field.setText("report")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: (history.run(2).tags, history.run(3).tags) == (("odd", "report"), ("report",)))
    qtbot.waitUntil(lambda: cell(page.table, 1, "tags") == "odd, report")


def test_what_is_deleted_can_be_brought_back(page: RunsPage, history: RunHistory, qtbot: QtBot) -> None:
    with qtbot.waitActive(page):
        page.activateWindow()
    page.table.setFocus()
    click_cell(page.table, 1)
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    assert numbers(page.model) == [3, 1]
    assert page.notice.text == "Deleted: 1 run."
    assert [run.id for run in page.table.selected] == [1]
    qtbot.waitUntil(lambda: [run.id for run in history.runs()] == [3, 1])
    page.table.selectAll()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    assert page.notice.text == "Deleted: 2 runs."
    QTest.mouseClick(page.notice._undo, LEFT)
    qtbot.waitUntil(lambda: numbers(page.model) == [3, 1])
    assert page.notice.text == "Deleted: 1 run."
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: numbers(page.model) == [3, 2, 1])
    qtbot.waitUntil(lambda: [run.id for run in page.table.selected] == [2])
    assert page.notice.text == ""
    page.undo()
    assert [run.id for run in history.runs()] == [3, 2, 1]


def test_a_run_under_way_cannot_be_deleted(page: RunsPage, history: RunHistory, bars: Dataset, qtbot: QtBot) -> None:
    begin_run(history, bars)
    qtbot.waitUntil(lambda: len(numbers(page.model)) == 4)
    page.table.select([4])
    bar = page.selection.actions_bar
    assert not bar.delete.isEnabled()
    assert "stop it first" in bar.delete.toolTip()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    assert len(numbers(page.model)) == 4


def test_what_makes_no_sense_says_why(page: RunsPage) -> None:
    bar = page.selection.actions_bar
    assert not bar.open_model.isEnabled()
    assert "has no model" in bar.open_model.toolTip()
    assert bar.resume.isEnabled()
    page.table.select([1])
    assert bar.open_model.isEnabled()
    assert "Only stopped" in bar.resume.toolTip()
    page.table.selectAll()
    assert "single one" in bar.train_again.toolTip()
    assert bar.delete.isEnabled()
    page.table.clearSelection()
    assert not any(action.isEnabled() for action in (bar.train_again, bar.delete, bar.copy, bar.tag))
    assert not find(page, QToolButton, "export").isEnabled()


def test_a_run_goes_on_to_other_pages(page: RunsPage, qtbot: QtBot) -> None:
    ways = Ways.of(page)
    click(page, "resume")
    page.table.select([2])
    for name in ("train_again", "open_model"):
        click(page, name)
    config = CONFIG.changed(optimizer="sgd")
    assert ways.taken == [("resume_run", 3), ("fill_form", config), ("use_model", "model 2")]


def test_settings_of_another_version_cannot_be_trained_again(page: RunsPage, history: RunHistory, qtbot: QtBot) -> None:
    with SharedDatabase(history.path, HISTORY_FILE).writing() as database:
        database.execute("""UPDATE runs SET config = '{"recipe": "x", "magic": 1, "epochs": 3}' WHERE id = 3""")
    qtbot.waitUntil(lambda: page.model.runs.by_id[3].settings["epochs"] == 3)
    page.table.select([3])
    with qtbot.waitSignal(Messages.of(page).changed) as told:
        click(page, "train_again")
    assert "settings that this version does not know" in told.args[0].text
    page.table.selectAll()
    assert page.selection.details.table.columnCount() == 1 + 3


def test_selected_runs_are_exported(
    make_page: MakePage, history: RunHistory, bars: Dataset, tmp_path: Path, qtbot: QtBot
) -> None:
    for _ in range(2):
        add_run(history, bars)
    dialog = FakeDialog(tmp_path / "two.csv")
    page = make_page(dialog)
    page.table.selectAll()
    page.selection.actions_bar.export_requested.emit(ReportFormat.CSV)
    qtbot.waitUntil(lambda: page.notice.text.startswith("Written to"))
    assert dialog.asked == [(ReportFormat.CSV, "2-runs.csv")]
    assert len((tmp_path / "two.csv").read_text(encoding="utf-8").splitlines()) == 3


def test_an_export_that_fails_says_so(
    make_page: MakePage, history: RunHistory, bars: Dataset, tmp_path: Path, qtbot: QtBot
) -> None:
    add_run(history, bars)
    page = make_page(FakeDialog(tmp_path / "nowhere" / "one.md"))
    with qtbot.waitSignal(Messages.of(page).changed) as told:
        page.selection.actions_bar.export_requested.emit(ReportFormat.MARKDOWN)
    assert "no folder" in told.args[0].text
    assert page.notice.text == ""


def test_every_format_is_offered(page: RunsPage, qtbot: QtBot) -> None:
    bar = page.selection.actions_bar
    actions = bar.export_menu.actions()
    assert [action.data() for action in actions] == [wanted.value for wanted in ReportFormat]
    with qtbot.waitSignal(bar.export_requested) as asked:
        actions[2].trigger()
    assert asked.args == [ReportFormat.HTML]
    page.table.selectAll()
    assert [action.isEnabled() for action in actions] == [True, True, True, False, True]


def test_the_coach_judges_a_run_of_the_history(
    make_page: MakePage, history: RunHistory, bars: Dataset, qtbot: QtBot
) -> None:
    """What it found while the run went on is found again, and its button fills the form."""
    run = add_run(history, bars)
    history.add_checkup(run, CheckedUp(3, 0.2, 0.3, 0.9, 0))
    other = add_run(history, bars)
    page = make_page()
    Ways.of(page)
    details = page.selection.details
    page.table.select([other])
    qtbot.waitUntil(lambda: bool(details.advice.text))
    assert find(page, QPushButton, "tab_coach").text() == "Coach"
    page.table.select([run])
    qtbot.waitUntil(lambda: find(page, QPushButton, "tab_coach").text() == "Coach (1)")
    click(page, "tab_coach")
    assert "90% of its units are dead" in details.advice.text
    click(details.advice, "remedy_0")
    ((way, config),) = Ways.of(page).taken
    assert way == "fill_form"
    assert config.layers[0].activation == "leaky_relu"
    page.table.select([run, other])
    assert not find(page, QPushButton, "tab_coach").isVisible()
    assert details.table.isVisible()


def test_f2_where_nothing_can_be_written(page: RunsPage) -> None:
    page.filter.group.setCurrentIndex(page.filter.group.findData("optimizer"))
    page.filter.group.activated.emit(page.filter.group.currentIndex())
    page.table.setCurrentIndex(page.model.index(0, 0))  # as the arrow keys do
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    assert not page.table.is_editing
    page.table.setCurrentIndex(page.model.index(1, 0))
    for _ in range(2):
        QTest.keyClick(page.table, Qt.Key.Key_F2)
        assert page.table.is_editing
