"""Time travel on Train: while a run goes on, and when it is over; what is made of a moment."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.core.errors import InputError
from app.core.film.film import Film
from app.core.runs.events import EndReason, ProbePredicted, RunEnded, RunStarted, SnapshotTaken
from app.core.runs.history import RunHistory
from app.core.runs.snapshots import Moment, write_snapshot
from app.ui.common.messages import Messages
from app.ui.settings import Settings
from app.ui.train import worker
from app.ui.train.details import EPOCHS, FILM
from app.ui.train.page import TrainPage
from app.ui.train.run_view import RunView
from app.ui.train.stage import Stage
from tests.core.film.made_films import MOMENTS, NAMES, drawing, film_config, made_film
from tests.core.runs.helpers import CONFIG, DATASET, epoch
from tests.ui.hand import SLOW_MS
from tests.ui.ways import Ways


def probe(_preprocessing: str) -> np.ndarray:
    return drawing()


def believed(*probabilities: float) -> ProbePredicted:
    return ProbePredicted(3, 1, np.array(probabilities, np.float32))


@pytest.fixture
def view(home: object, qtbot: QtBot) -> RunView:
    """A run in its third epoch, with a film."""
    made_film(1, moments=MOMENTS[:-1])
    made = RunView(Settings())
    qtbot.addWidget(made)
    Ways.of(made)
    made.resize(1000, 640)
    made.show()
    made.begin(film_config())
    made.set_classes(NAMES)
    made.set_input(probe)
    made.show_event(RunStarted("quickstart-mnist", "Bars", 3, 6, 96, 40, 2744, "graph"), Stage.TRAINING)
    assert made.film_bar.isHidden()
    made.show_event(epoch(1), Stage.TRAINING)
    made.show_event(epoch(2), Stage.TRAINING)
    made.show_event(SnapshotTaken(1, 2, 0), Stage.TRAINING)
    return made


def travelled(view: RunView, number: int, qtbot: QtBot) -> np.ndarray:
    view.film_bar.slider.setValue(number)
    qtbot.waitUntil(lambda: view.film.frame is not None and view.film.frame.moment == view.film.moment, timeout=SLOW_MS)
    shown = view.live._bars.probabilities
    assert shown is not None
    return shown


def test_a_run_under_way_can_be_travelled_through(view: RunView, qtbot: QtBot) -> None:
    view.show_event(believed(0.1, 0.2, 0.3, 0.4), Stage.TRAINING)
    assert view.film_bar.isVisible()
    shown = travelled(view, 4, qtbot)
    assert shown == pytest.approx(Film(1).frame(MOMENTS[4], drawing()).probabilities, abs=1e-6)
    assert view.details.shown == FILM
    assert view.curves.loss.plot._hair.x() == 1.0
    view.show_event(believed(0.7, 0.1, 0.1, 0.1), Stage.TRAINING)  # the present goes on behind
    assert view.live._bars.probabilities == pytest.approx(shown)
    view.film.leave()
    assert view.live._bars.probabilities == pytest.approx([0.7, 0.1, 0.1, 0.1])
    assert not view.curves.loss.plot._hair.isVisible()


def test_new_snapshots_leave_a_traveller_where_they_are(view: RunView, qtbot: QtBot) -> None:
    travelled(view, 2, qtbot)
    write_snapshot(1, Moment(3), [np.zeros(view.film.film.summary.parameters, np.float32)])  # type: ignore[union-attr]
    view.show_event(SnapshotTaken(1, 3, 0), Stage.TRAINING)
    assert view.film.moment == MOMENTS[2]
    assert view.film_bar.slider.maximum() == len(MOMENTS) - 1
    assert view.film_bar.slider.value() == 2


def test_when_the_run_is_over_another_drawing_is_read_with_the_weights_it_kept(view: RunView, qtbot: QtBot) -> None:
    view.show_event(RunEnded(EndReason.EARLY_STOPPED, "Done.", 2, 1, 4.0, weights_epoch=1, run=1), Stage.IDLE)
    other = 1 - drawing()
    view.hide()
    view.set_input(lambda _preprocessing: other)
    assert view.film.drawing is None  # nobody looks
    view.show()
    wanted = Film(1).frame(Moment(1), other).probabilities
    assert wanted is not None
    bars = view.live._bars
    qtbot.waitUntil(
        lambda: bars.probabilities is not None and bool(np.allclose(bars.probabilities, wanted, atol=1e-6)),
        timeout=SLOW_MS,
    )
    qtbot.waitUntil(lambda: view.live.ribbon.columns == len(MOMENTS) - 1, timeout=SLOW_MS)


def test_the_next_run_begins_without_a_film(view: RunView, qtbot: QtBot) -> None:
    travelled(view, 2, qtbot)
    view.begin(film_config())
    assert view.film_bar.isHidden()
    assert view.details.shown == EPOCHS
    assert not view.film.is_travelling


def test_a_network_that_is_too_large_for_a_film_is_told(view: RunView) -> None:
    view.begin(film_config())
    started = RunStarted("quickstart-mnist", "Bars", 3, 6, 96, 40, 20_000_000, "graph")
    view.show_event(started, Stage.TRAINING)
    assert view.film_bar.isVisible()
    assert "too large" in view.film_bar.words
    assert not view.film_bar.slider.isEnabled()


@pytest.fixture
def page(home: object, qtbot: QtBot, bars: Dataset) -> TrainPage:
    made = TrainPage(load=lambda _name, _variant: bars)
    qtbot.addWidget(made)
    Ways.of(made)
    RunHistory().begin(CONFIG, DATASET)
    return made


def test_a_kept_moment_can_be_where_a_run_starts(
    page: TrainPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_keep_moment", lambda run, moment: f"kept {run} {moment.epochs}")
    page.keep_moment(1, Moment(2), starts=True)
    qtbot.waitUntil(lambda: bool(Ways.of(page).taken), timeout=SLOW_MS)
    assert Ways.of(page).taken == [("fill_form", CONFIG.changed(initial_model="kept 1 2"))]


def test_a_moment_that_cannot_be_kept_says_why(page: TrainPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_run: int, _moment: Moment) -> str:
        raise InputError("No.")

    monkeypatch.setattr(worker, "_keep_moment", refuse)
    page.keep_moment(1, Moment(2), starts=False)
    messages = Messages.of(page)
    qtbot.waitUntil(lambda: messages.current is not None and messages.current.is_error, timeout=SLOW_MS)
    assert messages.current is not None
    assert messages.current.text == "No."
    assert not Ways.of(page).taken
