"""Where the drawing lies: the panel beside the answer, from the key to the dot."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.errors import InputError
from app.core.inference.mapping import tsne
from app.core.inference.mapping.knowledge import Projection
from app.core.inference.mapping.making import keep_map, kept_map
from app.core.models.store import find_model
from app.ui.recognize.map_panel import MapPanel
from app.ui.recognize.page import RecognizePage
from app.ui.settings import Settings
from tests.ui.closing import end_work
from tests.ui.hand import LEFT, ONE, SEVEN, SLOW_MS, draw


@pytest.fixture(autouse=True)
def small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tsne, "STEPS", (60, 60))
    monkeypatch.setattr("app.core.inference.mapping.making.MOST_ON_PAPER", 150)


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RecognizePage]:
    settings = Settings()
    settings.model = "fast-cnn"
    page = RecognizePage(settings)
    page.resize(1184, 646)
    page.show()
    page.activateWindow()
    yield page
    end_work(page, qtbot, SLOW_MS)
    page.close()
    page.deleteLater()


def opened(page: RecognizePage, qtbot: QtBot) -> MapPanel:
    page.activateWindow()
    QTest.keyClick(page.canvas, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: page.reasons.map is not None, timeout=SLOW_MS)  # a key presses the link for a moment
    panel = page.reasons.map
    assert panel is not None
    qtbot.waitUntil(lambda: panel.knowledge is not None and panel.is_done, timeout=SLOW_MS)
    return panel


def dot(panel: MapPanel, qtbot: QtBot, before: QPointF | None = None) -> QPointF:
    qtbot.waitUntil(lambda: panel.canvas.dot not in (None, before), timeout=SLOW_MS)
    assert panel.canvas.dot is not None
    return panel.canvas.dot


def distance(panel: MapPanel, at: QPointF, label: int) -> float:
    """From a place to the nearest picture of a class."""
    assert panel.knowledge is not None
    places = panel.knowledge.places(Projection.TSNE)[panel.knowledge.labels == label]
    return float(np.hypot(*(places - (at.x(), at.y())).T).min())


def test_the_dot_lies_among_its_class_and_goes_with_the_drawing(page: RecognizePage, qtbot: QtBot) -> None:
    draw(page.canvas, SEVEN)
    qtbot.waitUntil(lambda: bool(page.answer.text))
    panel = opened(page, qtbot)
    assert panel.words == "150 training pictures, by what goes into the last layer"
    first = dot(panel, qtbot)
    assert distance(panel, first, 7) < distance(panel, first, 0)
    QTest.keyClick(page.canvas, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: panel.canvas.dot is None, timeout=SLOW_MS)
    draw(page.canvas, ONE)
    second = dot(panel, qtbot, first)
    assert distance(panel, second, 1) < distance(panel, second, 0)


def test_the_map_that_was_kept_is_there_again(page: RecognizePage, qtbot: QtBot) -> None:
    panel = opened(page, qtbot)
    kept = kept_map(find_model("fast-cnn"))
    assert kept is not None
    assert kept.best is Projection.TSNE
    QTest.mouseClick(page.prediction.map, LEFT)
    assert page.reasons.map is None
    assert page.input.isVisible()
    moved = np.asarray(kept.places(Projection.TSNE) + 5, np.float32)
    keep_map(find_model("fast-cnn"), replace(kept, neighbourhood=moved))
    panel = opened(page, qtbot)
    assert panel.knowledge is not None
    np.testing.assert_array_equal(panel.knowledge.places(Projection.TSNE), moved)


def test_one_panel_at_a_time(page: RecognizePage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    QTest.mouseClick(page.prediction.inside, LEFT)
    assert not page.prediction.map.isChecked()
    assert page.reasons.map is None
    assert page.reasons.inside is not None


def test_a_model_whose_training_pictures_are_not_here_says_so(
    page: RecognizePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_card: object) -> object:
        raise InputError("The training pictures are not on this computer.")

    monkeypatch.setattr("app.core.inference.mapping.making.training_data", missing)
    QTest.mouseClick(page.prediction.map, LEFT)
    panel = page.reasons.map
    assert panel is not None
    qtbot.waitUntil(lambda: "not on this computer" in panel.canvas.message, timeout=SLOW_MS)
    assert panel.knowledge is None
