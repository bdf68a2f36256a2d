"""The editor of networks, with real clicks and keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core.config.layers import Conv2D, Dense, Dropout
from app.core.config.notation import layers_text, parse_layers
from app.core.recipes import find_recipe
from app.ui.common.field_control import NumberBox
from app.ui.network_editor.editor import NetworkEditor
from app.ui.network_editor.layers import LAYER_MIME, LayerList
from tests.ui.hand import button, click, find

CONFIG = find_recipe("quickstart-mnist").config  # dense 128 relu, dropout 0.2, logits
Key, Modifier, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def editor(qtbot: QtBot) -> NetworkEditor:
    return opened(qtbot, layers_text(CONFIG.layers))


def opened(qtbot: QtBot, layers: str) -> NetworkEditor:
    around = QWidget()
    around.resize(1280, 720)
    qtbot.addWidget(around)
    made = NetworkEditor(CONFIG.changed(layers=parse_layers(layers)), 10, around)
    qtbot.addWidget(made)
    made.open()
    made.activateWindow()
    qtbot.waitUntil(made.isVisible)
    return made


def text(editor: NetworkEditor) -> str:
    return layers_text(editor.layers())


def notation(editor: NetworkEditor) -> QLineEdit:
    return find(editor, QLineEdit, "notation")


def layer_list(editor: NetworkEditor) -> LayerList:
    return find(editor, LayerList, "layers")


def choose(editor: NetworkEditor, row: int) -> None:
    rows = layer_list(editor)
    QTest.mouseClick(rows.viewport(), Left, pos=rows.visualRect(rows.model().index(row, 0)).center())


def type_notation(editor: NetworkEditor, words: str) -> None:
    notation(editor).setFocus()
    notation(editor).selectAll()
    QTest.keyClicks(notation(editor), words)


def problems(editor: NetworkEditor) -> str:
    label = find(editor, QLabel, "problems")
    return label.text() if not label.isHidden() else ""


def add(editor: NetworkEditor, title: str) -> None:
    menu = button(editor, "add_layer").menu()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == title).trigger()


@pytest.mark.parametrize("recipe_id", ["tuning-512x512-01", "digits-cnn", "lab-functional-mnist", "lab-gradient-tape"])
def test_an_editor_nobody_touched_gives_back_its_config(qtbot: QtBot, recipe_id: str) -> None:
    config = find_recipe(recipe_id).config
    editor = NetworkEditor(config, 10)
    qtbot.addWidget(editor)
    assert editor.config() == config
    assert editor.layers() == config.layers
    assert button(editor, "ok").isEnabled()


def test_layers_are_added_after_the_chosen_one_and_removed(editor: NetworkEditor) -> None:
    choose(editor, 0)
    add(editor, "BatchNormalization")
    assert text(editor) == "dense 128 relu, batch_normalization, dropout 0.2"
    click(editor, "remove_layer")
    assert text(editor) == "dense 128 relu, dropout 0.2"


def test_layers_are_duplicated_and_moved_by_buttons(editor: NetworkEditor) -> None:
    choose(editor, 0)
    click(editor, "duplicate_layer")
    assert text(editor) == "dense 128 relu, dense 128 relu, dropout 0.2"
    click(editor, "move_down")
    click(editor, "move_up")
    click(editor, "move_up")
    assert text(editor) == "dense 128 relu, dense 128 relu, dropout 0.2"
    assert not button(editor, "move_up").isEnabled()
    assert button(editor, "move_up").toolTip() == "This layer is already the first"


def test_layers_are_moved_removed_and_duplicated_by_keys(editor: NetworkEditor) -> None:
    rows = layer_list(editor)
    rows.setFocus()
    QTest.keyClick(rows, Key.Key_Down, Modifier.AltModifier)
    assert text(editor) == "dropout 0.2, dense 128 relu"
    QTest.keyClick(rows, Key.Key_D, Modifier.ControlModifier)
    assert text(editor) == "dropout 0.2, dense 128 relu, dense 128 relu"
    QTest.keyClick(rows, Key.Key_Up)
    QTest.keyClick(rows, Key.Key_Up)
    QTest.keyClick(rows, Key.Key_Delete)
    assert text(editor) == "dense 128 relu, dense 128 relu"


def test_the_output_can_neither_be_removed_nor_moved(editor: NetworkEditor) -> None:
    choose(editor, 2)
    for name in ("remove_layer", "duplicate_layer", "move_up", "move_down"):
        assert not button(editor, name).isEnabled()
        assert button(editor, name).toolTip() == "The output is always the last layer"
    add(editor, "Flatten")
    assert text(editor).endswith("dropout 0.2, flatten")


@pytest.mark.parametrize(
    ("start", "onto", "below", "result"),
    [
        (0, 1, True, "dropout 0.2, dense 128 relu, flatten"),
        (2, 0, False, "flatten, dense 128 relu, dropout 0.2"),
        (0, 3, True, "dropout 0.2, flatten, dense 128 relu"),
        (1, 1, True, "dense 128 relu, dropout 0.2, flatten"),
    ],
)
def test_a_layer_is_dropped_between_others(qtbot: QtBot, start: int, onto: int, below: bool, result: str) -> None:
    editor = opened(qtbot, "dense 128 relu, dropout 0.2, flatten")
    rows = layer_list(editor)
    mime: QMimeData = rows.model().mimeData([rows.model().index(start, 0)])
    rect = rows.visualRect(rows.model().index(onto, 0))
    point = QPointF(rect.center().x(), rect.bottom() - 4 if below else rect.top() + 4)
    over = QDragMoveEvent(point.toPoint(), Qt.DropAction.MoveAction, mime, Left, Modifier.NoModifier)
    rows.dragMoveEvent(over)
    assert over.isAccepted()
    rows.grab()  # with the line that shows the place
    drop = QDropEvent(point, Qt.DropAction.MoveAction, mime, Left, Modifier.NoModifier)
    rows.dropEvent(drop)
    assert text(editor) == result
    assert mime.formats() == [LAYER_MIME]


def test_only_layers_can_be_dragged(editor: NetworkEditor) -> None:
    model = layer_list(editor).model()
    draggable = [bool(model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsDragEnabled) for row in range(3)]
    assert draggable == [True, True, False]


def test_a_field_changes_the_chosen_layer_and_the_line(editor: NetworkEditor) -> None:
    choose(editor, 0)
    units = find(editor, NumberBox, "units")
    assert "1 to 4,096" in units.toolTip()
    units.setFocus()
    units.selectAll()
    QTest.keyClicks(units, "64")
    activation = find(editor, QComboBox, "activation")
    activation.setFocus()
    QTest.keyClicks(activation, "tanh")
    assert editor.layers()[0] == Dense(units=64, activation="tanh")
    assert notation(editor).text() == "dense 64 tanh, dropout 0.2"
    assert units is find(editor, NumberBox, "units")  # the form stays, and with it the keyboard


def test_the_output_and_its_initializer_are_set(editor: NetworkEditor) -> None:
    choose(editor, 2)
    for name, value in (("output", "softmax"), ("output_initializer", "zeros")):
        box = find(editor, QComboBox, name)
        box.setFocus()
        QTest.keyClicks(box, value)
    assert editor.config() == CONFIG.changed(output="softmax", output_initializer="zeros")


def test_a_typed_line_becomes_layers_as_one_types(editor: NetworkEditor) -> None:
    type_notation(editor, "conv2d 8 5x5 same, dropout 0.3")
    assert editor.layers() == (Conv2D(filters=8, kernel_size=5, padding="same"), Dropout(rate=0.3))
    assert notation(editor).text() == "conv2d 8 5x5 same, dropout 0.3"  # as typed, not as we would write it
    assert [line.title for line in layer_list(editor).lines] == ["Conv2D", "Dropout", "Output"]
    assert [line.shape for line in layer_list(editor).lines] == ["28x28x8", "28x28x8", "10"]


def test_a_line_that_means_nothing_says_why_and_bars_the_way(editor: NetworkEditor) -> None:
    type_notation(editor, "dense 128 rellu")
    assert problems(editor) == "✗  In the layer 'dense 128 rellu': 'rellu' is not an activation; did you mean relu?"
    assert not button(editor, "ok").isEnabled()
    assert "did you mean relu?" in button(editor, "ok").toolTip()
    assert text(editor) == "dense 128 relu"
    QTest.keyClick(notation(editor), Key.Key_Return, Modifier.ControlModifier)
    assert editor.isVisible()
    choose(editor, 1)
    assert notation(editor).text() == "dense 128 relu"
    assert button(editor, "ok").isEnabled()


def test_an_empty_line_is_a_network_without_hidden_layers(editor: NetworkEditor) -> None:
    type_notation(editor, " ")
    assert editor.layers() == ()
    assert find(editor, QLabel, "parameters").text() == "7,850 parameters"


def test_layers_that_do_not_fit_bar_the_way_and_are_marked(editor: NetworkEditor) -> None:
    type_notation(editor, "flatten, max_pooling2d 2")
    assert problems(editor).startswith("✗  Layer 2, MaxPooling2D: needs rows and columns, but layer 1, Flatten,")
    assert [line.mark for line in layer_list(editor).lines] == ["", "✗", ""]
    assert not button(editor, "ok").isEnabled()
    assert button(editor, "ok").toolTip().startswith("Layer 2, MaxPooling2D")
    choose(editor, 1)
    click(editor, "move_up")
    assert problems(editor) == ""
    assert button(editor, "ok").isEnabled()


def test_doubtful_layers_are_marked_but_allowed(editor: NetworkEditor) -> None:
    type_notation(editor, "dense 9 softmax")
    assert find(editor, QLabel, "warnings").text().startswith("▲  Layer 1, Dense: a softmax")
    assert layer_list(editor).lines[0].mark == "▲"
    assert button(editor, "ok").isEnabled()


def test_the_table_is_that_of_the_network_and_can_be_copied(editor: NetworkEditor) -> None:
    table = find(editor, QTableView, "summary")
    model = table.model()
    cells = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]
    assert cells[2] == ["dense (Dense)", "(None, 128)", "100,480"]
    assert "Total params: 101,770 (397.54 KB)" in find(editor, QLabel, "totals").text()
    click(editor, "show_summary")
    click(editor, "copy_summary")
    assert "dense (Dense)" in QGuiApplication.clipboard().text()


def test_a_click_in_the_table_chooses_the_layer(editor: NetworkEditor, qtbot: QtBot) -> None:
    click(editor, "show_summary")
    table = find(editor, QTableView, "summary")
    qtbot.waitUntil(table.isVisible)
    QTest.mouseClick(table.viewport(), Left, pos=table.visualRect(table.model().index(3, 0)).center())
    assert layer_list(editor).currentIndex().row() == 1


def test_one_view_is_always_shown(editor: NetworkEditor) -> None:
    diagram, summary = button(editor, "show_diagram"), button(editor, "show_summary")
    assert (diagram.isChecked(), summary.isChecked()) == (True, False)
    QTest.mouseClick(diagram, Left)
    assert (diagram.isChecked(), summary.isChecked()) == (False, True)
    QTest.mouseClick(summary, Left)
    assert (diagram.isChecked(), summary.isChecked()) == (True, False)


def test_undo_and_redo_by_keys_even_from_a_text_field(editor: NetworkEditor) -> None:
    click(editor, "remove_layer")
    type_notation(editor, "dense 64, dense 32")
    QTest.keyClick(notation(editor), Key.Key_Z, Modifier.ControlModifier)
    assert text(editor) == "dropout 0.2"
    assert notation(editor).text() == "dropout 0.2"
    QTest.keyClick(notation(editor), Key.Key_Z, Modifier.ControlModifier)
    assert text(editor) == "dense 128 relu, dropout 0.2"
    assert not button(editor, "undo").isEnabled()
    assert button(editor, "undo").toolTip() == "There is nothing to undo"
    QTest.keyClick(notation(editor), Key.Key_Y, Modifier.ControlModifier)
    QTest.keyClick(notation(editor), Key.Key_Z, Modifier.ControlModifier | Modifier.ShiftModifier)
    assert text(editor) == "dense 64 relu, dense 32 relu"


def test_undo_takes_back_a_field_from_within_it(editor: NetworkEditor) -> None:
    choose(editor, 0)
    units = find(editor, NumberBox, "units")
    units.setFocus()
    units.selectAll()
    QTest.keyClicks(units, "999")
    QTest.keyClick(units, Key.Key_Z, Modifier.ControlModifier)
    assert (text(editor), units.value()) == ("dense 128 relu, dropout 0.2", 128)


def test_a_number_that_cannot_be_stands_and_bars_the_way(editor: NetworkEditor) -> None:
    choose(editor, 0)
    units = find(editor, NumberBox, "units")
    units.setFocus()
    units.selectAll()
    QTest.keyClicks(units, "99999")
    assert units.text() == "99999"
    assert problems(editor) == "✗  Units must be at most 4,096."
    assert not button(editor, "ok").isEnabled()
    choose(editor, 1)
    choose(editor, 0)
    assert problems(editor) == ""
    assert button(editor, "ok").isEnabled()


def test_escape_asks_nothing_when_nothing_changed(editor: NetworkEditor, qtbot: QtBot) -> None:
    choose(editor, 1)
    with qtbot.waitSignal(editor.rejected):
        QTest.keyClick(editor, Key.Key_Escape)
    assert not editor.isVisible()


@pytest.mark.parametrize(("answer", "stays"), [("Discard", False), ("Cancel", True)])
def test_escape_asks_before_changes_are_lost(editor: NetworkEditor, qtbot: QtBot, answer: str, stays: bool) -> None:
    click(editor, "remove_layer")
    QTest.keyClick(editor, Key.Key_Escape)
    question = find(editor, QMessageBox)
    assert editor.isVisible()
    assert question.isVisible()
    QTest.mouseClick(question.button(QMessageBox.StandardButton[answer]), Left)
    qtbot.waitUntil(lambda: editor.isVisible() is stays)
    assert text(editor) == "dropout 0.2"


def test_closing_the_window_asks_as_escape_does(editor: NetworkEditor) -> None:
    click(editor, "remove_layer")
    assert not editor.close()
    assert find(editor, QMessageBox).isVisible()


def test_a_line_with_far_too_many_layers_is_refused_in_words(editor: NetworkEditor) -> None:
    notation(editor).setFocus()
    QGuiApplication.clipboard().setText("flatten, " * 500 + "dense 5")
    notation(editor).selectAll()
    QTest.keyClick(notation(editor), Key.Key_V, Modifier.ControlModifier)
    assert problems(editor) == "✗  The network has 501 layers, more than the 100 it may have; remove some."
    assert not button(editor, "ok").isEnabled()


def test_control_enter_accepts_and_enter_alone_does_not(editor: NetworkEditor, qtbot: QtBot) -> None:
    type_notation(editor, "dense 5")
    QTest.keyClick(notation(editor), Key.Key_Return)
    assert editor.isVisible()
    with qtbot.waitSignal(editor.accepted):
        QTest.keyClick(notation(editor), Key.Key_Return, Modifier.ControlModifier)
    assert editor.result() == QDialog.DialogCode.Accepted
    assert editor.config() == CONFIG.changed(layers=(Dense(units=5),))


def test_every_control_is_reached_by_tab_and_has_a_name(editor: NetworkEditor) -> None:
    find(editor, QPushButton, "show_summary").click()
    reached: set[QWidget] = set()
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget() or editor, Key.Key_Tab)
        focused = editor.focusWidget()
        assert focused is not None
        reached.add(focused)
        assert focused.accessibleName() or getattr(focused, "text", str)() or focused.objectName() == "notation"
    names = {widget.objectName() for widget in reached}
    assert {"notation", "layers", "add_layer", "units", "ok", "export_diagram", "show_diagram"} <= names


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_diagram_is_exported(
    editor: NetworkEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = tmp_path / f"net{suffix}"
    monkeypatch.setattr("app.ui.network_editor.views.ask_to_save", lambda *_: path)
    click(editor, "export_diagram")
    if suffix == ".svg":
        assert "100,480 params" in path.read_text(encoding="utf-8")
    else:
        image = QImage(str(path))
        assert image.width() > 400
        assert image.pixelColor(0, 0).name() == "#ffffff"


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_a_diagram_that_cannot_be_written_is_told(
    editor: NetworkEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr("app.ui.network_editor.views.ask_to_save", lambda *_: tmp_path / "no" / f"net{suffix}")
    click(editor, "export_diagram")
    shown = [label.text() for label in editor.findChildren(QLabel) if label.isVisible()]
    assert any("There is no folder" in words for words in shown)


def test_the_editor_fits_the_smallest_window(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(1024, 640)
    editor = NetworkEditor(find_recipe("lab-functional-mnist").config, 10, around)
    assert editor.width() <= 1024
    assert editor.height() <= 640
    assert editor.minimumSizeHint().width() <= editor.minimumWidth()
    assert editor.minimumSizeHint().height() <= editor.minimumHeight()
