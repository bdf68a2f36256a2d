"""The film of a stored run on Runs: beside its curves, in place of its details."""

from datetime import UTC, datetime

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset
from app.core.film.film import Film
from app.core.runs.history import RunHistory
from app.ui.runs.page import RunsPage
from tests.core.film.made_films import MOMENTS, drawing, made_film
from tests.ui.hand import SLOW_MS, click, find

from .helpers import MakePage, add_run, texts


@pytest.fixture
def page(make_page: MakePage, history: RunHistory, bars: Dataset) -> RunsPage:
    """Two runs, the first with a film."""
    add_run(history, bars)
    add_run(history, bars)
    made_film(1, begun=history.run(1).created)
    return make_page()


def probe(_preprocessing: str) -> np.ndarray:
    return drawing()


def test_a_stored_run_can_be_travelled_through(page: RunsPage, qtbot: QtBot) -> None:
    page.show_input(probe)
    selection = page.selection
    qtbot.waitUntil(lambda: selection.has_curves, timeout=SLOW_MS)
    assert selection.film_bar.isHidden()
    page.table.select([1])
    qtbot.waitUntil(selection.film_bar.isVisible, timeout=SLOW_MS)
    assert selection.details.isVisible()
    table = selection.details.table
    rows = dict(zip(texts(table, range(table.rowCount()), 0), texts(table, range(table.rowCount()), 1), strict=True))
    assert rows["Snapshots"] == f"{len(MOMENTS)} moments, 0.1 MB"
    selection.film_bar.slider.setValue(5)
    assert not selection.details.isVisible()
    assert selection.film_views.isVisible()
    assert selection.curves.loss.plot._hair.isVisible()
    assert selection.curves.loss.plot._hair.x() == 2.0
    selection.film_bar.slider.setValue(1)  # within the first epoch, of which the history has no curve
    (left, _right), _values = selection.curves.loss.plot.view
    assert left <= selection.curves.loss.plot._hair.x() < 1
    selection.film_bar.slider.setValue(5)
    wanted = Film(1).frame(MOMENTS[5], drawing()).probabilities
    player = selection.film
    qtbot.waitUntil(lambda: player.frame is not None and player.frame.moment == player.shown, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: selection.film_views.bars.probabilities is not None, timeout=SLOW_MS)
    assert selection.film_views.bars.probabilities == pytest.approx(wanted, abs=1e-6)
    click(selection, "film_leave")
    assert selection.details.isVisible()
    assert not selection.curves.loss.plot._hair.isVisible()


def test_the_film_of_a_run_that_has_had_the_number_is_not_shown(page: RunsPage, qtbot: QtBot) -> None:
    made_film(1, begun=datetime(2026, 3, 1, tzinfo=UTC))
    page.table.select([1])
    qtbot.waitUntil(lambda: page.selection.film.epochs != (), timeout=SLOW_MS)
    assert page.selection.film.film is None
    assert "Snapshots" not in texts(page.selection.details.table, range(20), 0)


def test_several_runs_and_others_have_no_film(page: RunsPage, qtbot: QtBot) -> None:
    selection = page.selection
    page.table.select([1])
    qtbot.waitUntil(selection.film_bar.isVisible, timeout=SLOW_MS)
    selection.film_bar.slider.setValue(2)
    page.table.select([1, 2])
    qtbot.waitUntil(selection.film_bar.isHidden, timeout=SLOW_MS)
    assert selection.details.isVisible()
    assert find(page, type(selection)) is selection
