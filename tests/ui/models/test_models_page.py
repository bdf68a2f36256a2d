"""The Models page, with mouse and keys: what one may do with models, and what one may not."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.core.models.exchange import export_model
from app.core.models.export.forms import ExportForm
from app.core.models.export.handing_out import HandedOut
from app.core.models.library import copy_model
from app.core.models.store import add_model, find_model, list_models
from app.ui.common.messages import Messages
from app.ui.common.window_object import Changes
from app.ui.models.page import ModelsPage
from app.ui.models.table import ACCURACY, NAME
from tests.core.models.stored import card, write
from tests.ui.closing import end_work
from tests.ui.hand import find
from tests.ui.ways import Ways

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[ModelsPage]:
    add_model(card("mine"), write)
    add_model(card("other", day=2), write_other)
    made = ModelsPage(
        choose_source=lambda _parent: tmp_path / "sent.zip",
        choose_target=lambda _parent, name, form: tmp_path / f"{name}{'.zip' if form is ExportForm.STUDIO else ''}",
    )
    made.resize(1184, 646)
    made.show()
    yield made
    end_work(made, qtbot)
    made.close()
    made.deleteLater()


def write_other(folder: Path) -> None:
    (folder / "model.tflite").write_bytes(b"other weights")


def titles(page: ModelsPage) -> list[str]:
    rows = range(page.table.models.rowCount())
    return [page.table.models.index(row, NAME).data() for row in rows]


def own_titles() -> list[str]:
    return [model.card.title for model in list_models() if not model.bundled]


def click(page: ModelsPage, row: int) -> None:
    place = page.table.visualRect(page.table.models.index(row, NAME)).center()
    QTest.mouseClick(page.table.viewport(), LEFT, pos=place)


def test_ones_own_come_first_and_what_is_told_tells_them_apart(page: ModelsPage) -> None:
    assert titles(page)[:2] == ["Other", "Mine"]
    click(page, 1)
    for words in ("Mine", "MNIST, starter: 4,000 training", "98.70% on 1,000 test pictures", "10: 0, 1, 2", "fast-cnn"):
        assert words in page.details.text


def test_a_click_on_a_column_sorts(page: ModelsPage) -> None:
    header = page.table.horizontalHeader()
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(header.sectionViewportPosition(ACCURACY) + 20, 8))
    figures = [model.card.metrics.test_accuracy for model in page.table.models.rows]
    assert figures in (sorted(figures), sorted(figures, reverse=True))


def test_f2_renames_and_a_title_that_is_taken_is_refused(page: ModelsPage, qtbot: QtBot) -> None:
    click(page, 1)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    field = page.table.findChild(QLineEdit)
    assert field is not None
    field.setText("Of class 7b")
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert find_model("mine").card.title == "Of class 7b"
    assert page.table.selected[0].card.name == "mine"
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    field = page.table.findChild(QLineEdit)
    assert field is not None
    field.setText("Other")
    with qtbot.waitSignal(Messages.of(page).changed) as refused:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert "Another model is called 'Other'" in refused.args[0].text
    assert "Of class 7b" in titles(page)


def test_a_description_is_written_in_a_dialog(page: ModelsPage, qtbot: QtBot) -> None:
    click(page, 0)
    QTest.mouseClick(page.details.describe, LEFT)
    dialog = page._dialog
    assert dialog is not None
    field = dialog.findChild(QPlainTextEdit)
    assert field is not None
    field.setPlainText("Too few zeros.")
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
    assert find_model("other").card.description == "Too few zeros."
    assert "Too few zeros." in page.details.text


def test_what_was_deleted_comes_back_with_ctrl_z(page: ModelsPage, qtbot: QtBot) -> None:
    click(page, 0)
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.keyClick(page.table, Qt.Key.Key_Delete)
    assert own_titles() == ["Mine"]
    assert page.notice.text == "'Other' was deleted."
    assert [model.card.name for model in page.table.selected] == ["mine"], "the keyboard goes on with the next one"
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.keyClick(page.table, Qt.Key.Key_Z, CTRL)
    assert own_titles() == ["Other", "Mine"]
    assert page.notice.text == ""


def test_several_are_deleted_and_restored_together(page: ModelsPage, qtbot: QtBot) -> None:
    page.table.select(["mine", "other"])
    assert not page.details.rename.isEnabled()
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.mouseClick(page.details.delete, LEFT)
    assert own_titles() == []
    assert page.notice.text == "2 models were deleted."
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.mouseClick(page.notice._undo, LEFT)
    assert own_titles() == ["Other", "Mine"]


def test_what_ships_can_be_copied_only(page: ModelsPage, qtbot: QtBot) -> None:
    click(page, 2)
    details = page.details
    for button in (details.rename, details.describe, details.delete):
        assert not button.isEnabled()
        assert button.toolTip()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    title = page.table.selected[0].card.title
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.mouseClick(details.copy, LEFT)
    assert page.table.selected[0].card.title == f"{title} (copy)"
    assert details.delete.isEnabled()


def test_a_model_goes_out_and_comes_in(page: ModelsPage, qtbot: QtBot, tmp_path: Path) -> None:
    click(page, 1)
    find(page, QAction, "save_as_studio").trigger()
    qtbot.waitUntil(lambda: page.notice.text == f"Saved as {tmp_path / 'Mine.zip'}.")
    (tmp_path / "Mine.zip").rename(tmp_path / "sent.zip")
    with qtbot.waitSignal(Messages.of(page).changed) as refused:
        QTest.mouseClick(page._bring, LEFT)
    assert "have this model already" in refused.args[0].text
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.keyClick(page.table, Qt.Key.Key_Delete)
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.mouseClick(page._bring, LEFT)
    assert page.table.selected[0].card.title == "Mine"


def test_a_model_is_saved_for_other_programs(
    page: ModelsPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def hand_out(*what: object, check: Callable[[], None], **how: object) -> HandedOut:
        check()
        asked.append(what)
        return HandedOut(tmp_path / "out", "Read back with 100 pictures.")

    monkeypatch.setattr("app.ui.models.page.hand_out", hand_out)
    page.select("digits-cnn")
    title = page.table.selected[0].card.title
    find(page, QAction, "save_as_onnx").trigger()
    assert page.notice.text == f"Saving {title} as ONNX (.onnx)…"
    qtbot.waitUntil(lambda: page.notice.text == f"Saved as {tmp_path / 'out'}. Read back with 100 pictures.")
    assert asked == [("digits-cnn", ExportForm.ONNX, tmp_path / title)]
    monkeypatch.undo()
    (tmp_path / title).mkdir()
    with qtbot.waitSignal(Messages.of(page).changed) as refused:
        find(page, QAction, "save_as_tflite").trigger()
    assert "already exists" in refused.args[0].text
    assert page.notice.text == ""


def test_saving_in_another_form_can_be_cancelled(
    page: ModelsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hand_out(*_what: object, check: Callable[[], None], **_how: object) -> HandedOut:
        while True:
            check()
            time.sleep(0.01)

    monkeypatch.setattr("app.ui.models.page.hand_out", hand_out)
    page.select("digits-cnn")
    find(page, QAction, "save_as_onnx").trigger()
    QTest.mouseClick(find(page.notice, QPushButton, "stop"), LEFT)
    qtbot.waitUntil(lambda: page.notice.text == "Cancelled; nothing was saved.")
    assert find(page.notice, QPushButton, "stop").isHidden()


def test_a_form_that_is_not_possible_says_why(page: ModelsPage) -> None:
    click(page, 1)  # a network without a Keras file
    assert find(page, QAction, "save_as_studio").isEnabled()
    assert not find(page, QAction, "save_as_onnx").isEnabled()
    assert "made elsewhere" in find(page, QAction, "save_as_onnx").toolTip()
    page.table.selectAll()
    assert not page.details.export.isEnabled()


def test_enter_uses_the_model(page: ModelsPage, qtbot: QtBot) -> None:
    click(page, 1)
    ways = Ways.of(page)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert ways.taken == [("use_model", "mine")]


def test_a_damaged_model_is_named_and_can_be_deleted(page: ModelsPage, qtbot: QtBot, home: Path) -> None:
    assert page.damage.text == ""
    (home / "models" / "mine" / "card.json").write_text("{")
    page.refresh_models()
    assert page.damage.text == "Damaged; can only be deleted: mine"
    assert titles(page)[0] == "Other"
    with qtbot.waitSignal(Changes.of(page).models_changed):
        QTest.mouseClick(page.damage.delete, LEFT)
    assert page.damage.text == ""
    assert page.notice.text == "'mine' was deleted."


def test_models_of_other_programs_are_noticed(qtbot: QtBot, tmp_path: Path) -> None:
    changes = Changes()
    changes.watch_models()
    with qtbot.waitSignal(changes.models_changed):
        add_model(card("first"), write)  # there was no folder yet
    with qtbot.waitSignal(changes.models_changed):
        copy_model("first")
    with qtbot.assertNotEmitted(changes.models_changed, wait=300):
        export_model("first", tmp_path / "first.zip")
    changes.deleteLater()


def test_f2_on_a_name_that_is_being_written_or_cannot_be(page: ModelsPage) -> None:
    click(page, 0)
    for _ in range(2):
        QTest.keyClick(page.table, Qt.Key.Key_F2)
        page.details.rename.click()
        assert page.table.state() is QAbstractItemView.State.EditingState
    click(page, 2)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    assert page.table.state() is not QAbstractItemView.State.EditingState
