"""What leads from the Data page to the others: a kept paper to the paper, samples to their training."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.config.config import TrainingConfig
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.models.store import find_model
from app.core.recipes import find_recipe
from app.ui.launch import open_window
from app.ui.main_window import DATA, MainWindow
from app.ui.train.page import TrainPage
from app.ui.train.worker import TrainingThread


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    _, made = open_window(["softmax-studio"])
    qtbot.waitExposed(made)
    made.show_page(DATA)
    yield made
    with qtbot.waitSignal(made.closed):
        made.close()
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    made.deleteLater()
    QApplication.processEvents()


def test_a_kept_paper_is_laid_down_and_read(window: MainWindow) -> None:
    seven = Drawing(280, 280, (((80, 60), (200, 60), (130, 220)),))
    window.data.paper_requested.emit(Paper(seven))
    assert window.stack.currentWidget() is window.recognize
    assert window.recognize.paper.drawing.strokes == seven.strokes
    QApplication.processEvents()
    assert window.recognize.answer.text.startswith("7 ")


def test_who_wants_to_draw_is_led_to_the_paper(window: MainWindow) -> None:
    window.data.drawing_requested.emit()
    assert window.stack.currentWidget() is window.recognize
    assert window.recognize.canvas.hasFocus() or not window.isActiveWindow()


def test_samples_are_trained_on_the_train_page(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[TrainingConfig] = []
    monkeypatch.setattr(TrainingThread, "prepare", lambda _self: None)
    monkeypatch.setattr(TrainPage, "train", lambda _self, config, _name: begun.append(config))
    config = find_recipe("quickstart-mnist").config.changed(epochs=3)
    window.data.training_requested.emit(config)
    assert window.stack.currentWidget() is window.train
    assert begun == [config]


def test_what_was_trained_on_samples_alone_is_tried_on_the_paper(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingThread, "prepare", lambda _self: None)
    monkeypatch.setattr(TrainPage, "train", lambda _self, _config, _name: None)
    trained = find_model("quickstart-mnist").card
    window.recognize.training_requested.emit(trained.config)
    assert window.stack.currentWidget() is window.train
    window.train.model_saved.emit("digits-cnn")  # another run's
    assert window.stack.currentWidget() is window.train
    window.recognize.training_requested.emit(trained.config)
    window.train.model_saved.emit(trained.name)
    assert window.stack.currentWidget() is window.recognize
    assert window.chooser.chosen is not None
    assert window.chooser.chosen.card.name == trained.name


def test_the_model_in_use_is_offered_for_fine_tuning(window: MainWindow) -> None:
    chosen = window.chooser.chosen
    assert chosen is not None
    assert window.data.samples.reads_with == chosen.card.name
