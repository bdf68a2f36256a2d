"""The form of a run: sections that fold, fields that mean something, the network in short."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.config.form import Section
from app.core.config.layers import Conv2D, Flatten
from app.core.config.notation import parse_layers
from app.core.recipes import RECIPES, find_recipe
from app.ui.common.text import ElidedLabel
from app.ui.network_editor.editor import NetworkEditor
from app.ui.train.config_form import ConfigForm
from app.ui.train.setup import RunSetup

LEFT = Qt.MouseButton.LeftButton


def choose(form: ConfigForm, name: str, value: str) -> None:
    box = form.field_widget(name)
    box.setCurrentIndex(box.findData(value))  # type: ignore[attr-defined]


@pytest.fixture
def form(qtbot: QtBot) -> ConfigForm:
    form = ConfigForm(find_recipe("quickstart-mnist").config)
    qtbot.addWidget(form)
    form.setFixedWidth(244)
    form.show()
    return form


@pytest.fixture
def setup(qtbot: QtBot) -> RunSetup:
    setup = RunSetup()
    qtbot.addWidget(setup)
    setup.setFixedSize(272, 620)
    setup.show()
    return setup


def test_sections_are_folded_and_a_click_or_a_key_unfolds_them(form: ConfigForm) -> None:
    fold, rate = form.fold(Section.NETWORK), form.field_widget("label_smoothing")
    assert not rate.isVisible()
    QTest.mouseClick(fold.header, LEFT)
    assert rate.isVisible()
    QTest.keyClick(fold.header, Qt.Key.Key_Space)
    assert not rate.isVisible()


def test_fields_are_seen_only_where_they_mean_something(form: ConfigForm) -> None:
    form.fold(Section.OPTIMIZER).header.click()
    seen = {
        "sgd": {"momentum", "nesterov"},
        "adagrad": set(),
        "rmsprop": {"momentum", "rho"},
        "adam": {"beta_1", "beta_2"},
        "adamw": {"beta_1", "beta_2", "weight_decay"},
    }
    names = set.union(*seen.values())
    for optimizer, expected in seen.items():
        choose(form, "optimizer", optimizer)
        assert {name for name in names if form.field_widget(name).isVisible()} == expected
        assert form.field_widget("global_clipnorm").isVisible()


def test_a_section_without_fields_is_not_there(form: ConfigForm) -> None:
    assert not form.fold(Section.SCHEDULE).isVisible()
    choose(form, "schedule", "step")
    assert form.fold(Section.SCHEDULE).isVisible()


def test_a_folded_section_tells_what_is_unusual_in_it(form: ConfigForm) -> None:
    assert form.fold(Section.NETWORK).header.summary == "Output logits"
    assert form.fold(Section.OPTIMIZER).header.summary == ""
    choose(form, "optimizer", "sgd")
    form.field_widget("momentum").setValue(0.9)  # type: ignore[attr-defined]
    form.field_widget("nesterov").setChecked(True)  # type: ignore[attr-defined]
    header = form.fold(Section.OPTIMIZER).header
    assert header.summary == header.toolTip() == "Momentum 0.9, Nesterov"
    choose(form, "optimizer", "adam")  # momentum means nothing to it
    assert header.summary == ""


def test_a_switch_that_is_usually_on_is_told_when_off(form: ConfigForm) -> None:
    form.field_widget("restore_best_weights").setChecked(False)  # type: ignore[attr-defined]
    assert form.fold(Section.VALIDATION).header.summary == "Keep best epoch off"


def test_other_layers_leave_the_settings_as_they_are(form: ConfigForm) -> None:
    form.field_widget("epochs").setValue(77)  # type: ignore[attr-defined]
    layers = (Conv2D(filters=3),)
    form.set_layers(layers)
    assert form.config() == find_recipe("quickstart-mnist").config.changed(epochs=77, layers=layers)


def test_every_choice_can_be_read(form: ConfigForm) -> None:
    for section in Section:
        if section is not Section.BASIC:
            form.fold(section).header.click()
    choose(form, "schedule", "inverse_time")
    for name in ("loss", "output_initializer", "engine", "schedule", "validation_from"):
        box = form.field_widget(name)
        longest = max(box.fontMetrics().horizontalAdvance(box.itemText(row)) for row in range(box.count()))  # type: ignore[attr-defined]
        assert box.width() >= longest + 38, name


def test_every_recipe_has_a_sound_network(setup: RunSetup) -> None:
    for recipe in RECIPES:
        setup.show_config(recipe.config)
        assert setup.problem == "", recipe.id


def test_a_changed_network_is_marked_and_can_be_taken_back(setup: RunSetup) -> None:
    reset = setup.findChild(QPushButton, "reset_network")
    size = setup.findChild(ElidedLabel, "network_size")
    layers = setup.findChild(ElidedLabel, "network_layers")
    assert reset is not None
    assert size is not None
    assert layers is not None
    assert size.whole == "101,770 parameters"
    assert layers.whole == layers.toolTip() == "dense 128 relu, dropout 0.2"
    assert not reset.isVisible()
    recipe = find_recipe("quickstart-mnist").config
    setup.show_config(recipe.changed(layers=recipe.layers[:1], epochs=9))
    assert reset.isVisible()
    QTest.mouseClick(reset, LEFT)
    assert not reset.isVisible()
    assert setup.config() == recipe.changed(epochs=9)


def test_what_is_wrong_with_a_network_is_said(setup: RunSetup) -> None:
    setup.show_config(find_recipe("quickstart-mnist").config.changed(layers=(Flatten(), Conv2D(filters=3))))
    label = setup.findChild(QLabel, "network_problem")
    assert label is not None
    assert label.isVisible()
    assert label.text() == f"✗ {setup.problem}"
    assert "Conv2D" in setup.problem


def test_only_an_engine_that_can_step_offers_to(setup: RunSetup) -> None:
    step = setup.findChild(QPushButton, "step")
    assert step is not None
    assert not step.isVisible()
    setup.show_config(find_recipe("lab-gradient-tape").config)
    assert step.isVisible()
    setup.buttons.begin_paused.setChecked(True)
    assert setup.buttons.begins_paused
    setup.show_config(find_recipe("quickstart-mnist").config)
    assert not setup.buttons.begins_paused


def test_data_that_is_not_here_is_told(setup: RunSetup) -> None:
    setup.show_config(find_recipe("quickstart-mnist").config.changed(dataset="letters", data="full"))
    error = setup.findChild(QLabel, "setup_error")
    assert error is not None
    assert "letters" in error.text()
    assert setup.config().dataset == "mnist"


def test_nothing_in_the_card_is_wider_than_it(setup: RunSetup) -> None:
    for section in Section:
        if section is not Section.BASIC:
            setup._form.fold(section).header.click()
    for child in setup.findChildren(QWidget):
        if child.isVisible() and not child.isWindow():
            assert child.mapTo(setup, child.rect().topRight()).x() < setup.width(), child.objectName()


def test_the_network_is_edited_in_a_dialog(setup: RunSetup, qtbot: QtBot) -> None:
    edit = setup.findChild(QPushButton, "edit_network")
    assert edit is not None
    setup._form.field_widget("epochs").setValue(9)  # type: ignore[attr-defined]
    for accepts in (False, True):
        QTest.mouseClick(edit, LEFT)
        editor = setup.window().findChildren(NetworkEditor)[-1]
        line = editor.findChild(QLineEdit, "notation")
        assert line is not None
        line.selectAll()
        QTest.keyClicks(line, "dense 64 tanh")
        if accepts:
            editor.accept()
        else:
            editor.done(NetworkEditor.DialogCode.Rejected)
        qtbot.waitUntil(lambda: not setup.window().findChildren(NetworkEditor))
        expected = parse_layers("dense 64 tanh") if accepts else find_recipe("quickstart-mnist").config.layers
        assert setup.config() == find_recipe("quickstart-mnist").config.changed(layers=expected, epochs=9)
