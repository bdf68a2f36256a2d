"""Time travel in the real window: a short training of the starter data, and everything done with mouse and keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.core.config.config import TrainingConfig
from app.core.config.notation import parse_layers
from app.core.film.film import Film
from app.core.inference.explaining.numpy_network import load_network
from app.core.models.store import find_model
from app.core.runs.history import RunHistory
from app.core.runs.snapshots import Moment, has_snapshots, snapshots_dir
from app.ui.common.film.bar import FilmBar
from app.ui.common.film.player import FilmPlayer
from app.ui.common.film.views import FilmViews
from app.ui.main_window import MainWindow
from app.ui.train.details import FILM
from app.ui.train.page import TrainPage
from tests.e2e.train_helpers import TRAINING_MS
from tests.ui.hand import LEFT, SEVEN, SLOW_MS, click, draw, find
from tests.ui.layout import settle

CONFIG = TrainingConfig(
    recipe="quickstart-mnist", layers=parse_layers("conv2d 4 5x5 relu, max_pooling2d 4"), epochs=3, data="starter"
)


def trained(window: MainWindow, qtbot: QtBot, config: TrainingConfig = CONFIG) -> TrainPage:
    """Train in the window by a click."""
    runs = len(RunHistory().runs()) if RunHistory().path.exists() else 0
    window.show_page("train")
    page: TrainPage = window.page("train")
    page.use_config(config)
    click(page, "train")
    qtbot.waitUntil(lambda: page.is_training, timeout=TRAINING_MS)
    qtbot.waitUntil(lambda: not page.is_training and not page.is_saving, timeout=TRAINING_MS)
    assert len(RunHistory().runs()) == runs + 1
    return page


def choose(bar: FilmBar, *names: str) -> None:
    """Open the menu and click on an action, by its object name or its words, through the menus it is in."""
    menu: QMenu = bar.menu
    for name in names:
        menu.popup(bar.mapToGlobal(bar.rect().topLeft()))
        settle()
        action = next(each for each in menu.actions() if name in {each.objectName(), each.text()})
        assert action.isEnabled()
        if action.menu() is None:
            QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
        else:
            menu = action.menu()  # type: ignore[assignment]
    settle()


def wait_for_reading(player: FilmPlayer, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: player.frame is not None and player.frame.moment == player.shown and player.check is not None,
        timeout=SLOW_MS,
    )
    settle()


def drag(bar: FilmBar, start: int, end: int) -> None:
    """From one moment to another, through all between them."""
    slider = bar.slider
    QTest.mousePress(slider, LEFT, pos=slider.place(start).toPoint())
    for number in range(start, end, 1 if end > start else -1):
        QTest.mouseMove(slider, slider.place(number).toPoint())
    QTest.mouseMove(slider, slider.place(end).toPoint())
    QTest.mouseRelease(slider, LEFT, pos=slider.place(end).toPoint())


@pytest.mark.usefixtures("tensorflow")
def test_a_run_is_travelled_through_with_a_drawing_made_after_it(window: MainWindow, qtbot: QtBot) -> None:
    page = trained(window, qtbot)
    window.show_page("recognize")
    window.recognize.canvas.clear()
    draw(window.recognize.canvas, SEVEN)
    window.show_page("train")
    view, player, bar = page._view, page._view.film, page._view.film_bar
    last = len(player.moments) - 1
    assert (player.moments[0], player.moments[-1]) == (Moment(0), Moment(3))
    drag(bar, last, 2)
    assert player.moment == Moment(0, 2)
    wait_for_reading(player, qtbot)
    film, drawing = Film(RunHistory().runs()[0].id), player.drawing
    assert drawing is not None
    frame, check = film.frame(Moment(0, 2), drawing), film.check(Moment(0, 2))
    assert view.live._bars.probabilities == pytest.approx(frame.probabilities, abs=1e-5)
    assert view.details.shown == FILM
    for plot in (view.curves.loss.plot, view.curves.accuracy.plot):
        assert plot._hair.isVisible()
        assert plot._hair.x() == pytest.approx(film.position(Moment(0, 2)))
    views = find(view.details, FilmViews)
    assert player.check is not None
    assert player.check.confusion.tolist() == check.confusion.tolist()
    assert views.kernels.isVisible()
    assert frame.kernels.shape == (4, 5, 5)
    qtbot.waitUntil(lambda: f"sample: loss {check.loss:.4f}" in bar.words, timeout=SLOW_MS)  # once its signal has come

    bar.slider.setFocus()
    for key, moment in ((Qt.Key.Key_Right, Moment(0, 4)), (Qt.Key.Key_End, Moment(3)), (Qt.Key.Key_B, player.best)):
        QTest.keyClick(bar.slider, key)
        assert player.moment == (moment if isinstance(moment, Moment) else Moment(moment or 0))
    done = RunHistory().epochs(film.run)[-1]
    QTest.keyClick(bar.slider, Qt.Key.Key_End)
    assert f"val_loss {done.val_loss:.4f}" in bar.words
    QTest.keyClick(bar.slider, Qt.Key.Key_Escape)
    assert not player.is_travelling
    assert not view.curves.loss.plot._hair.isVisible()


@pytest.mark.usefixtures("tensorflow")
def test_a_moment_is_kept_and_a_run_starts_from_it(window: MainWindow, qtbot: QtBot) -> None:
    page = trained(window, qtbot)
    player, bar = page._view.film, page._view.film_bar
    run = RunHistory().runs()[0].id
    drag(bar, len(player.moments) - 1, 3)
    choose(bar, "film_keep")
    names: list[str] = []

    def is_offered() -> bool:
        names[:] = [model.card.name for model in window.recognize.chooser._models]
        return any(name.endswith("-batch-4") for name in names)

    qtbot.waitUntil(is_offered, timeout=TRAINING_MS)
    kept = find_model(next(name for name in names if name.endswith("-batch-4")))
    window.recognize.refresh_models(kept.card.name)
    window.show_page("recognize")
    window.recognize.canvas.clear()
    draw(window.recognize.canvas, SEVEN)
    qtbot.waitUntil(
        lambda: window.recognize._read is not None and window.recognize._read.prediction is not None, timeout=SLOW_MS
    )
    read = window.recognize._read
    assert read is not None
    assert read.prediction is not None
    kept_logits = load_network(kept).logits(read.shown.image[None])[0]
    of_moment = Film(run).frame(Moment(0, 4), read.shown.image).outputs[-1].values
    assert kept_logits == pytest.approx(of_moment, abs=1e-4)
    assert read.prediction.name == kept.card.class_names[int(of_moment.argmax())]
    window.show_page("train")

    drag(bar, 3, len(player.moments) - 1)
    choose(bar, "film_start")
    qtbot.waitUntil(lambda: bool(page._setup.config().initial_model), timeout=TRAINING_MS)
    config = page._setup.config()
    assert config.initial_model.endswith("-epoch-3")
    assert config.layers == CONFIG.layers
    click(page, "train")
    qtbot.waitUntil(lambda: page.is_training, timeout=TRAINING_MS)
    qtbot.waitUntil(lambda: not page.is_training and not page.is_saving, timeout=TRAINING_MS)
    second, first = RunHistory().runs()[:2]
    assert RunHistory().epochs(second.id)[0].loss < RunHistory().epochs(first.id)[0].loss
    start, end = Film(second.id), Film(first.id)
    image = np.zeros((28, 28), np.float32)
    begun, left = start.frame(Moment(0), image).probabilities, end.frame(Moment(3), image).probabilities
    assert begun == pytest.approx(left, abs=1e-3)


@pytest.mark.usefixtures("tensorflow")
def test_films_are_switched_off_and_go_with_their_runs(window: MainWindow, qtbot: QtBot) -> None:
    page = trained(window, qtbot)
    run = RunHistory().runs()[0].id
    assert has_snapshots(run)
    choose(page._view.film_bar, "film_films")
    trained(window, qtbot)
    second = RunHistory().runs()[0].id
    assert second != run
    assert not has_snapshots(second)
    assert page._view.film_bar.isVisible()
    assert "switches them on" in page._view.film_bar.words

    window.show_page("runs")
    runs = window.page("runs")
    runs.show_runs((run,))
    bar, player = find(runs, FilmBar), runs.selection.film
    qtbot.waitUntil(bar.isVisible, timeout=SLOW_MS)
    drag(bar, len(player.moments) - 1, 1)
    wait_for_reading(player, qtbot)
    assert runs.selection.film_views.isVisible()
    assert find(bar, QWidget, "film_play").isEnabled()
    runs.selection.actions_bar.delete.trigger()
    qtbot.waitUntil(lambda: [each.id for each in RunHistory().runs()] == [second], timeout=SLOW_MS)
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=SLOW_MS)
    RunHistory().purge()
    assert not snapshots_dir(run).exists()
