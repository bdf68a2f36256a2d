"""What is typed into a number stands, and what is wrong with it is said."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.core.config.config import form_fields
from app.core.config.form import FormField, Section
from app.core.errors import InputError
from app.core.recipes import find_recipe
from app.ui.common.field_control import NumberBox
from app.ui.train.setup import RunSetup

FIELDS = {field.name: field for field in form_fields()}
QUICKSTART = find_recipe("quickstart-mnist").config
Key = Qt.Key


def shown_box(qtbot: QtBot, name: str, value: float) -> NumberBox:
    box = NumberBox(FIELDS[name])
    other = QLineEdit()
    for widget in (box, other):
        qtbot.addWidget(widget)
    box.setValue(value)
    box.show()
    return box


def type_into(box: NumberBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "12", 12),
        ("epochs", "1,000", 1000),
        ("learning_rate", "0.00015", 0.00015),
        ("learning_rate", "1e-3", 0.001),
        ("early_stopping_patience", "off", 0),
        ("early_stopping_patience", "5 epochs", 5),
        ("rotate_deg", " 7.5° ", 7.5),
    ],
)
def test_a_number_is_read_as_people_write_it(name: str, text: str, value: float) -> None:
    field = FIELDS[name]
    assert field.read(text) == value
    assert field.read(field.write(value)) == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("batch_size", "5000", "Batch size must be at most 1,024 pictures."),
        ("epochs", "0", "Epochs must be at least 1."),
        ("epochs", "1.5", "'1.5' is not a whole number."),
        ("learning_rate", "10000000", "Learning rate must be at most 10."),
        ("learning_rate", "abc", "'abc' is not a number."),
        ("learning_rate", "nan", "'nan' is not a number."),
        ("validation_split", "5", "Validation split must be at most 0.5."),
        ("epochs", "", "Enter 1 to 1,000."),
    ],
)
def test_what_is_typed_stands_and_what_is_wrong_is_said(qtbot: QtBot, name: str, text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        FIELDS[name].read(text)
    assert str(caught.value) == sentence
    box = shown_box(qtbot, name, FIELDS[name].minimum)
    type_into(box, text or " ")
    QTest.keyClick(box, Key.Key_Return)
    box.clearFocus()
    assert (box.text().strip(), box.problem) == (text, sentence)


def test_a_sound_number_is_written_as_always_when_one_leaves(qtbot: QtBot) -> None:
    box = shown_box(qtbot, "early_stopping_patience", 0)
    assert box.text() == "off"
    type_into(box, "7")
    assert (box.text(), box.value()) == ("7", 7)
    QTest.keyClick(box, Key.Key_Return)
    assert box.text() == "7 epochs"


def test_arrows_stay_within_the_limits(qtbot: QtBot) -> None:
    box = shown_box(qtbot, "epochs", 999)
    for _ in range(3):
        QTest.keyClick(box, Key.Key_Up)
    assert box.value() == 1000
    type_into(box, "5000")
    QTest.keyClick(box, Key.Key_Down)
    assert (box.problem, box.value() <= 1000) == ("", True)


@pytest.mark.parametrize(("value", "up"), [(0.001, 0.0011), (0.5, 0.51), (10, 10), (0.000001, 0.000002)])
def test_a_decimal_steps_by_a_tenth_of_its_size(value: float, up: float) -> None:
    rate: FormField = FIELDS["learning_rate"]
    assert rate.stepped(value, 1) == pytest.approx(up)


@pytest.fixture
def setup(qtbot: QtBot) -> RunSetup:
    setup = RunSetup()
    qtbot.addWidget(setup)
    setup.setFixedSize(272, 720)
    setup.show()
    return setup


def field(setup: RunSetup, name: str) -> NumberBox:
    box = setup.findChild(NumberBox, name)
    assert box is not None
    return box


def test_a_wrong_number_is_marked_in_its_place_and_says_why_nothing_can_be_trained(setup: RunSetup) -> None:
    box = field(setup, "batch_size")
    type_into(box, "5000")
    beside = setup.findChild(QLabel, "problem_batch_size")
    assert beside is not None
    assert beside.isVisible()
    assert beside.text() == "✗ Batch size must be at most 1,024 pictures."
    assert box.property("wrong")
    assert setup.problem == "Batch size must be at most 1,024 pictures."
    with pytest.raises(InputError, match="at most 1,024"):
        setup.config()
    type_into(box, "64")
    assert not beside.isVisible()
    assert not box.property("wrong")
    assert (setup.problem, setup.config().batch_size) == ("", 64)


def test_a_wrong_number_in_a_folded_section_is_said_by_its_heading(setup: RunSetup) -> None:
    fold = setup.findChild(QPushButton, "fold_augmentation")
    assert fold is not None
    fold.click()
    type_into(field(setup, "rotate_deg"), "90")
    fold.click()
    assert fold.toolTip() == "✗ Rotation must be at most 45°."


def mark(setup: RunSetup, name: str) -> QToolButton:
    found = setup.findChild(QToolButton, f"reset_{name}")
    assert found is not None
    return found


def test_every_changed_field_is_marked_and_a_click_brings_the_recipes_value_back(setup: RunSetup) -> None:
    count, reset_all = setup.findChild(QLabel, "change_count"), setup.findChild(QPushButton, "reset_all")
    assert count is not None
    assert reset_all is not None
    assert not reset_all.isVisible()
    type_into(field(setup, "learning_rate"), "10")
    setup.show_config(setup.config().changed(optimizer="sgd", momentum=0.5, shift_px=2))
    marked = [name for name in FIELDS if not mark(setup, name).isHidden()]
    assert marked == ["optimizer", "learning_rate", "momentum", "shift_px"]
    assert count.text() == "● 4 changes"
    assert "0.001" in mark(setup, "learning_rate").toolTip()
    mark(setup, "learning_rate").click()
    assert setup.config() == QUICKSTART.changed(optimizer="sgd", momentum=0.5, shift_px=2)
    assert mark(setup, "learning_rate").isHidden()
    reset_all.click()
    assert setup.config() == QUICKSTART
    assert not reset_all.isVisible()


def test_reset_all_takes_the_layers_back_too_and_the_description_does_not_pretend(setup: RunSetup) -> None:
    setup.show_config(QUICKSTART.changed(layers=QUICKSTART.layers[:1], epochs=9))
    words = " ".join(label.text() for label in setup.findChildren(QLabel))
    assert "Changed from the recipe: no dropout 0.2, epochs 9." in words
    assert "Not comparable with the notes." in words
    assert "A network for beginners" not in words
    reset_all = setup.findChild(QPushButton, "reset_all")
    assert reset_all is not None
    reset_all.click()
    assert setup.config() == QUICKSTART
    reset_network = setup.findChild(QPushButton, "reset_network")
    assert reset_network is not None
    assert not reset_network.isVisible()


def test_sections_tell_that_something_in_them_is_changed(setup: RunSetup) -> None:
    setup.show_config(QUICKSTART.changed(shift_px=2))
    form = setup.findChild(type(setup._form))
    assert form is not None
    assert form.fold(Section.AUGMENTATION).header.is_changed
    assert not form.fold(Section.NETWORK).header.is_changed


@pytest.mark.parametrize("kept", ["", "{", '{"recipe": "gone", "layers": []}', '{"recipe": "fast-cnn", "colour": 1}'])
def test_a_form_that_is_not_understood_any_more_is_left(setup: RunSetup, kept: str) -> None:
    setup.restore(kept)
    assert setup.config() == QUICKSTART


def test_the_form_comes_back_after_a_restart(setup: RunSetup, qtbot: QtBot) -> None:
    wanted = find_recipe("fast-cnn").config.changed(epochs=7, dataset="fashion-mnist")
    setup.show_config(wanted)
    again = RunSetup()
    qtbot.addWidget(again)
    again.restore(setup.kept)
    assert again.config() == wanted
