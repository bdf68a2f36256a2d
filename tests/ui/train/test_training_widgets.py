"""The parts of the Train page on their own."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.core.config.config import TrainingConfig
from app.core.recipes import RECIPES, find_recipe
from app.core.recipes.reference import notes_beside
from app.core.runs.coach import Advice, Finding
from app.core.runs.events import BatchesDone, EndReason, EpochDone, Event, ProbePredicted, RunEnded, RunFinishing
from app.core.runs.remedies import Remedy
from app.ui.common.coach.words import filled, sentences
from app.ui.common.text import duration_text, notes_why_not
from app.ui.train.config_form import ConfigForm
from app.ui.train.details import EpochModel, EpochTable
from app.ui.train.live_drawing import LiveDrawing
from app.ui.train.progress import RunProgress
from app.ui.train.setup import RunSetup
from app.ui.train.worker import EventThrottle
from tests.ui.layout import item_objects


def batches(number: int) -> BatchesDone:
    return BatchesDone(1, number, 100, 0.5, 0.8, 1000.0, 1.0, 32, 0.001)


def epoch(number: int, is_best: bool) -> EpochDone:
    return EpochDone(number, 0.5, 0.8, None, None, 0.001, is_best, 1.26, 2.0)


def test_a_form_nobody_touched_gives_back_its_config(qtbot: QtBot) -> None:
    form = ConfigForm(RECIPES[0].config)
    qtbot.addWidget(form)
    for recipe in RECIPES:
        form.set_config(recipe.config)
        assert form.config() == recipe.config


def test_a_form_changes_only_what_was_edited(qtbot: QtBot) -> None:
    config: TrainingConfig = next(recipe.config for recipe in RECIPES if recipe.config.decay)
    form = ConfigForm(config)
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.edited):
        form.field_widget("epochs").setValue(77)  # type: ignore[attr-defined]
    assert form.config() == config.changed(epochs=77)


def test_a_locked_form_says_why(qtbot: QtBot) -> None:
    form = ConfigForm(RECIPES[0].config)
    qtbot.addWidget(form)
    form.set_locked("a run is under way")
    assert not form.field_widget("epochs").isEnabled()
    assert form.field_widget("epochs").toolTip() == "a run is under way"
    form.set_locked("")
    assert "network sees" in form.field_widget("epochs").toolTip()


def test_frequent_events_are_overtaken_and_the_others_are_not() -> None:
    sent: list[Event] = []
    now = [0.0]
    throttle = EventThrottle(sent.append, clock=lambda: now[0])
    for number in range(100):
        now[0] = number / 1000
        throttle(batches(number))
    assert [event.batch for event in sent if isinstance(event, BatchesDone)] == [0, 50]
    throttle(epoch(1, is_best=True))
    throttle(RunFinishing("saving"))
    assert isinstance(sent[2], BatchesDone)
    assert sent[2].batch == 99
    assert sent[3:] == [epoch(1, is_best=True), RunFinishing("saving")]


def test_batches_do_not_hold_back_probes() -> None:
    sent: list[Event] = []
    throttle = EventThrottle(sent.append, clock=lambda: 1.0)
    throttle(batches(1))
    throttle(ProbePredicted(1, 1, np.ones(1, np.float32)))
    assert len(sent) == 2


def test_the_table_marks_the_best_epoch(qtbot: QtBot) -> None:
    model = EpochModel()
    model.add(epoch(1, is_best=True))
    model.add(epoch(2, is_best=True))
    model.add(epoch(3, is_best=False))
    rows = [[model.data(model.index(row, column)) for column in range(6)] for row in range(3)]
    assert [row[0] for row in rows] == ["1", "2 ★", "3"]
    assert rows[0][1:] == ["0.5000", "0.8000", "-", "-", "1.3 s"]
    model.clear()
    assert model.rowCount() == 0


def words(advice: Advice) -> str:
    return filled(sentences(advice, find_recipe("quickstart-mnist").config), advice)


def test_the_coach_has_a_sentence_for_every_finding(qapp: QApplication) -> None:
    said = {words(Advice(finding, epoch=6, best=5, patience=2, at_end=False, guess_loss=2.3026)) for finding in Finding}
    assert not any("{" in each for each in said)
    assert len(said) == len(Finding)


def test_the_coach_speaks_of_early_stopping_as_what_it_was(qapp: QApplication) -> None:
    ahead = Advice(Finding.MEMORISING, epoch=13, best=11, patience=2, at_end=False, guess_loss=2.3026)
    assert "will keep epoch 11" in words(ahead)
    over = replace(ahead, is_over=True, stopped_early=True)
    assert "will" not in words(over)
    assert "The network is that of epoch 11" in words(over)
    assert "the network is that of epoch 13" in words(replace(over, keeps=False))
    assert "with early stopping it would be kept" in words(replace(ahead, patience=0))


def test_the_coach_sets_the_test_beside_training(qapp: QApplication) -> None:
    worse = Advice(Finding.TEST_WORSE, 30, 30, 0, True, 1.0986, train_accuracy=1.0, right=8, samples=13)
    said = words(replace(worse, remedy=Remedy.AUGMENT))
    assert said.startswith("Right in training: 100.0%; in the test: 8 of 13.")
    assert "moved and turned a little" in said


def test_times_in_words() -> None:
    assert [duration_text(seconds) for seconds in (0.4, 59.4, 185, 4800)] == ["0 s", "59 s", "3 min 05 s", "1 h 20 min"]


CLOTHES = ("T-shirt/top", "Trouser", "Ankle boot")


def read(index: int) -> ProbePredicted:
    probabilities = np.full(3, 0.09, np.float32)
    probabilities[index] = 0.82
    return ProbePredicted(1, 1, probabilities)


def paper(colour: Qt.GlobalColor) -> QImage:
    image = QImage(28, 28, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


def first_drawing(_preprocessing: str) -> NDArray[np.float32]:
    return np.zeros((28, 28), np.float32)


def second_drawing(_preprocessing: str) -> NDArray[np.float32]:
    return np.ones((28, 28), np.float32)


@pytest.fixture
def live(qtbot: QtBot) -> LiveDrawing:
    card = LiveDrawing()
    qtbot.addWidget(card)
    card.setFixedSize(208, 450)
    card.set_classes(CLOTHES)
    card.set_input(first_drawing)
    card.set_image(paper(Qt.GlobalColor.white))
    card.show()
    return card


def test_words_that_move_to_the_other_row_leave_nothing_in_the_first(live: LiveDrawing) -> None:
    before = len(item_objects())
    live.set_classes(("0", "1", "2"))
    live.show_prediction(read(1))
    in_first = len(item_objects())
    live.set_classes(CLOTHES)
    live.show_prediction(read(2))
    assert len(item_objects()) < max(before, in_first)


def test_the_live_answer_stays_while_the_drawing_does(live: LiveDrawing) -> None:
    live.show_prediction(read(2))
    live.set_image(paper(Qt.GlobalColor.white))
    live.set_input(first_drawing)  # the same drawing, told again for another model
    assert live.answer == "Ankle boot"
    live.set_input(second_drawing)
    live.set_image(paper(Qt.GlobalColor.black))
    assert live.answer == ""


def test_a_drawing_read_before_it_is_shown_keeps_its_answer(live: LiveDrawing) -> None:
    live.show_prediction(read(2))
    live.set_input(second_drawing)
    live.show_prediction(read(1))
    live.set_image(paper(Qt.GlobalColor.black))
    assert live.answer == "Trouser"
    live.set_input(None)
    assert live.answer == ""


@pytest.mark.parametrize("index", [0, 2])
def test_the_names_of_clothes_are_whole(live: LiveDrawing, qtbot: QtBot, index: int) -> None:
    live.show_prediction(read(index))
    label = live.findChild(QLabel, "live_answer")
    assert label is not None
    qtbot.waitUntil(lambda: label.width() > 0)
    assert label.text() == CLOTHES[index]
    assert label.geometry().right() < live.width()
    live.set_classes(("A class with a name that nobody can read in full", *CLOTHES[1:]))
    live.show_prediction(read(0))
    assert label.text().endswith("…")
    assert live.answer == label.toolTip() == "A class with a name that nobody can read in full"


def test_tab_leaves_the_table(qtbot: QtBot) -> None:
    window, model = QWidget(), EpochModel()
    qtbot.addWidget(window)
    table, button = EpochTable(model), QPushButton()
    layout = QVBoxLayout(window)
    layout.addWidget(table)
    layout.addWidget(button)
    model.add(epoch(1, is_best=True))
    window.show()
    window.activateWindow()
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Tab)
    assert window.focusWidget() is button


@pytest.mark.parametrize(("width", "title"), [(346, "val_acc"), (600, "val_accuracy")])
def test_a_narrow_table_shows_all_columns(qtbot: QtBot, width: int, title: str) -> None:
    model = EpochModel()
    table = EpochTable(model)
    qtbot.addWidget(table)
    table.resize(width, 200)
    table.show()
    assert model.headerData(4, Qt.Orientation.Horizontal) == title
    assert table.horizontalHeader().length() <= table.viewport().width()


def test_all_rows_of_the_set_up_begin_and_end_alike(qtbot: QtBot) -> None:
    setup = RunSetup()
    qtbot.addWidget(setup)
    setup.setFixedSize(272, 900)
    setup.show()
    names = ("batch_size", "epochs", "optimizer", "learning_rate")
    widgets = [widget for name in names for widget in setup.findChildren(QWidget, name)]
    assert len(widgets) == len(names)
    places = {(widget.mapTo(setup, widget.rect().topLeft()).x(), widget.height()) for widget in widgets}
    assert len(places) == 1


def test_a_section_that_unfolds_comes_into_view(qtbot: QtBot) -> None:
    setup = RunSetup()
    qtbot.addWidget(setup)
    setup.setFixedSize(272, 520)
    setup.show()
    scroll = setup.findChild(QScrollArea, "form_scroll")
    fold = setup.findChild(QPushButton, "fold_validation")
    assert scroll is not None
    assert fold is not None
    assert scroll.focusPolicy() == Qt.FocusPolicy.NoFocus
    fold.click()
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().value() > 0)
    for widget in (fold, *setup.findChildren(QWidget, "restore_best_weights")):
        place = widget.mapTo(scroll.viewport(), widget.rect().center())
        assert scroll.viewport().rect().contains(place)


def test_tooltips_tell_limits_and_reasons(qtbot: QtBot) -> None:
    setup = RunSetup()
    qtbot.addWidget(setup)
    tips = {
        name: setup._form.field_widget(name).toolTip() for name in ("epochs", "learning_rate", "batch_size", "seed")
    }
    assert tips["epochs"].endswith("\n1 to 1,000")
    assert tips["learning_rate"].endswith("\n0.000001 to 10")
    assert tips["batch_size"].endswith("\n1 to 1,024 pictures")
    assert tips["seed"].endswith("\n0 to 2,147,483,647")
    assert setup._form.field_widget("validation_split").toolTip().endswith("\n0 to 0.5; 0 means none")
    setup.set_locked("busy")
    setup.refresh_data()
    boxes = (setup._recipe, setup._data, setup._name)
    assert [widget.toolTip() for widget in boxes] == ["busy"] * 3
    setup.set_locked("")
    assert "busy" not in [widget.toolTip() for widget in boxes]


def test_a_stopped_run_says_in_which_epoch(qtbot: QtBot) -> None:
    card = RunProgress()
    qtbot.addWidget(card)
    card.show_ended(RunEnded(EndReason.STOPPED, "Stopped.", epochs_done=1, best_epoch=1, elapsed_s=2.0), None)
    assert card.text == "■ Stopped in epoch 2 Not saved yet."
    card.show_discarded()
    assert "topped" not in card.text


def test_without_the_notes_figures_a_sentence_tells_why() -> None:
    config = find_recipe("quickstart-mnist").config
    assert notes_why_not(notes_beside(config.changed(data="full"))) == ""
    starter = config.changed(data="starter")
    assert notes_why_not(notes_beside(starter)) == "The notes used the full data, so their metrics are not shown."
    other = notes_why_not(notes_beside(starter.changed(epochs=2)))
    assert other == "Not comparable with the notes: epochs 2, starter data."
