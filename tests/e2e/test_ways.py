"""What leads from one page to another: by the navigator, and by the buttons that ask it."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.config.config import TrainingConfig
from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.models.store import find_model
from app.core.recipes import find_recipe
from app.ui.common.navigator import Navigator
from app.ui.launch import open_window
from app.ui.main_window import MainWindow
from app.ui.train.page import TrainPage
from app.ui.train.worker import TrainingThread
from tests.ui.hand import LEFT


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    _, made = open_window(["softmax-studio"])
    qtbot.waitExposed(made)
    made.show_page("data")
    yield made
    with qtbot.waitSignal(made.closed):
        made.close()
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    made.deleteLater()
    QApplication.processEvents()


def test_a_kept_paper_is_laid_down_and_read(window: MainWindow) -> None:
    seven = Drawing(280, 280, (((80, 60), (200, 60), (130, 220)),))
    Navigator.of(window.page("data").samples).open_paper(Paper(seven), "mnist-1", tuple("0123456789"))
    assert window.stack.currentWidget() is window.recognize
    assert window.recognize.paper.drawing.strokes == seven.strokes
    QApplication.processEvents()
    assert window.recognize.answer.text.startswith("7 ")


def test_who_wants_to_draw_is_led_to_the_paper(window: MainWindow) -> None:
    invitation = window.page("data").samples.invitation
    QTest.mouseClick(invitation.findChild(QPushButton, "draw_samples"), LEFT)
    assert window.stack.currentWidget() is window.recognize
    assert window.recognize.canvas.hasFocus() or not window.isActiveWindow()


def test_samples_are_trained_on_the_train_page(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[TrainingConfig] = []
    monkeypatch.setattr(TrainingThread, "prepare", lambda _self: None)
    monkeypatch.setattr(TrainPage, "train", lambda _self, config, _name: begun.append(config))
    config = find_recipe("quickstart-mnist").config.changed(epochs=3)
    window.navigator.train_on_samples(config)
    assert window.stack.currentWidget() is window.page("train")
    assert begun == [config]
    assert window.page("train")._setup.config().epochs == 3


def press(page: QWidget, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, LEFT)


def test_every_way_leads_to_its_page(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrainingThread, "prepare", lambda _self: None)
    ways, config = window.navigator, find_recipe("quickstart-mnist").config.changed(epochs=3)
    model = find_model("quickstart-mnist").card.name
    steps: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: ways.show("runs"), "runs"),
        (lambda: ways.evaluate_model(model), "evaluate"),
        (lambda: ways.show_model(model), "models"),
        (lambda: ways.fill_form(config), "train"),
        (lambda: ways.show_runs((1,)), "runs"),
        (lambda: ways.search(config), "search"),
        (lambda: ways.use_model(model), "recognize"),
        (lambda: ways.resume_run(1), "train"),
        (ways.show_paper, "recognize"),
    )
    for go, name in steps:
        go()
        assert window.stack.currentWidget() is window.page(name), name
    assert window.page("evaluate").setup.models.chosen.card.name == model
    assert [each.card.name for each in window.page("models").table.selected] == [model]
    assert "There is no run 1" in window.page("train").findChild(QLabel, "setup_error").text()
    ways.use_model("long gone")
    assert window.banner.text.startswith("There is no model 'long gone'")


def test_buttons_lead_from_page_to_page(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TrainingThread, "prepare", lambda _self: None)
    for page, button, shown in (
        ("train", "draw", "recognize"),
        ("train", "try_several", "search"),
        ("search", "back", "train"),
        ("models", "evaluate_model_of_list", "evaluate"),
        ("evaluate", "get_data", "data"),
        ("models", "use_model", "recognize"),
    ):
        window.show_page(page)
        press(window.page(page), button)
        assert window.stack.currentWidget() is window.page(shown), button


def test_what_was_trained_on_samples_alone_is_tried_on_the_paper(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingThread, "prepare", lambda _self: None)
    monkeypatch.setattr(TrainPage, "train", lambda _self, _config, _name: None)
    trained = find_model("quickstart-mnist").card
    window.navigator.train_on_samples(trained.config)
    assert window.stack.currentWidget() is window.page("train")
    window.navigator.model_trained("digits-cnn")  # another run's
    assert window.stack.currentWidget() is window.page("train")
    window.navigator.train_on_samples(trained.config)
    window.navigator.model_trained(trained.name)
    assert window.stack.currentWidget() is window.recognize
    assert window.recognize.chooser.chosen is not None
    assert window.recognize.chooser.chosen.card.name == trained.name


def test_the_model_in_use_is_offered_for_fine_tuning(window: MainWindow) -> None:
    chosen = window.recognize.chooser.chosen
    assert chosen is not None
    assert window.page("data").samples.reads_with == chosen.card.name
