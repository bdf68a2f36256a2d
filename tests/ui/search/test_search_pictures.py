"""Results of a search as pictures, with real clicks."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.search.plan import SearchPlan
from app.core.search.space import Choices
from app.ui.search.figures import ImportanceFigure, MapFigure, ValueFigure
from app.ui.search.pictures import IMPORTANCE, TWO, SearchPictures
from app.ui.search.trials import SearchTrials
from tests.ui.search.test_search_page import BASE, enter_runs, finished
from tests.ui.ways import Ways

SPACE = (Choices(field="learning_rate", values=(0.1, 0.01)), Choices(field="dropout", values=(0.1, 0.2, 0.3)))
PLAN = SearchPlan(name="mine", method="grid", bases=(BASE,), space=SPACE)
STATUS = finished(PLAN, 0.5, 0.6, 0.7, 0.8, 0.9, 0.85)


def shown(qtbot: QtBot) -> SearchTrials:
    trials = SearchTrials()
    qtbot.addWidget(trials)
    trials.resize(1000, 700)
    trials.show()
    trials.show_status(PLAN, STATUS, {"learning_rate": 0.8, "dropout": 0.2})
    return trials


def turn_to(trials: SearchTrials, name: str) -> None:
    button = trials.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_point_leads_to_its_run(qtbot: QtBot) -> None:
    trials = shown(qtbot)
    turn_to(trials, "one")
    figure = trials.pictures.view.figure
    assert isinstance(figure, ValueFigure)
    assert figure.spoken[4] == "Trial 4, Learning rate 0.01: 90.00%"
    canvas = trials.pictures.view.canvas
    ways = Ways.of(trials)
    enter_runs(PLAN, 5)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.example_places()[4].center().toPoint())
    assert ways.taken == [("show_runs", (5,))]
    assert trials.table.selected is not None
    assert trials.table.selected.trial.number == 4


def test_two_settings_are_a_map_and_what_mattered_is_bars(qtbot: QtBot) -> None:
    trials = shown(qtbot)
    turn_to(trials, TWO)
    figure = trials.pictures.view.figure
    assert isinstance(figure, MapFigure)
    assert "Learning rate 0.01, Dropout 0.2: 90.00%" in figure.spoken
    assert len(figure.places) == 6
    turn_to(trials, IMPORTANCE)
    assert isinstance(trials.pictures.view.figure, ImportanceFigure)
    trials.show_status(PLAN, STATUS)
    assert trials.pictures.view.figure is None  # nobody can tell


def test_a_picture_is_saved(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    pictures = SearchPictures(choose=lambda _parent, _suggested: path)
    qtbot.addWidget(pictures)
    pictures.resize(800, 300)
    pictures.show_results(PLAN, STATUS, {})
    save = pictures.findChild(QPushButton, "save_figure")
    assert save is not None
    save.click()
    assert QImage(str(path)).width() >= 2 * 460
