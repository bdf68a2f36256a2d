"""The map on Evaluate, from the evaluation to the picture that is opened."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.datasets.types import Dataset, LabelledImages
from app.core.inference.mapping import tsne
from app.core.inference.mapping.knowledge import Projection
from app.core.inference.mapping.tsne import Array
from app.core.models.store import find_model
from app.ui import theme
from app.ui.common.plots.figure import figure_image
from app.ui.evaluate.knowledge_map import KnowledgeMapView
from app.ui.evaluate.page import EvaluatePage
from app.ui.evaluate.results import Part
from tests.ui.evaluate.evaluations import few
from tests.ui.hand import LEFT, SLOW_MS, click, draw
from tests.ui.ways import Ways

from .helpers import MakePage, captions, choose, click_first, wait


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough to see that something happens."""
    monkeypatch.setattr(tsne, "STEPS", (10, 10))


def turn_to_map(page: EvaluatePage, qtbot: QtBot) -> KnowledgeMapView:
    click(page, "part_map")
    assert page.results.parts.current == Part.MAP
    view = page.results.map
    qtbot.waitUntil(lambda: view.knowledge is not None and not view.is_working, timeout=SLOW_MS)
    return view


def test_the_map_is_made_when_it_is_looked_at_and_kept(page: EvaluatePage, make_page: MakePage, qtbot: QtBot) -> None:
    assert page.results.result is not None
    assert page.results.map.knowledge is None
    view = turn_to_map(page, qtbot)
    knowledge, evaluation = view.knowledge, page.results.result.evaluation
    assert knowledge is not None
    assert (len(knowledge), knowledge.best) == (evaluation.samples, Projection.TSNE)
    assert view.words.startswith(evaluation.data)
    again = make_page()
    wait(again, qtbot)
    other = turn_to_map(again, qtbot).knowledge
    assert other is not None
    np.testing.assert_array_equal(other.places(Projection.TSNE), knowledge.places(Projection.TSNE))


def test_pca_is_there_at_once_and_both_can_be_seen(page: EvaluatePage, qtbot: QtBot) -> None:
    view = turn_to_map(page, qtbot)
    near = view.canvas.grab().toImage()
    click(page, "map_pca")
    assert view.projection is Projection.PCA
    assert "of the variance" in view.words
    assert view.canvas.grab().toImage() != near
    click(page, "map_tsne")
    assert "t-SNE" in view.words


def test_a_rectangle_lists_pictures_mistakes_first_and_they_can_be_opened(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.results.result is not None
    view, evaluation = turn_to_map(page, qtbot), page.results.result.evaluation
    ways = Ways.of(page)
    assert not view.examples.isVisible()
    click(page, "map_rectangle")
    draw(view.canvas, ((0.01, 0.01), (0.99, 0.99)))
    assert view.examples.isVisible()
    shown = captions(view.examples)
    assert len(shown) == evaluation.samples
    wrong = len(evaluation.mistakes())
    assert [caption[0] for caption in shown] == ["✗"] * wrong + ["✓"] * (evaluation.samples - wrong)
    assert view.about.endswith(f"Read wrong: {wrong}")
    click_first(view.examples)
    ((way, example),) = ways.taken
    assert way == "open_example"
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes(1)[0]])


def test_a_click_on_the_map_opens_the_picture_on_the_paper(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.results.result is not None
    view, evaluation = turn_to_map(page, qtbot), page.results.result.evaluation
    ways, place = Ways.of(page), view.canvas.point_of(3).toPoint()
    QTest.mouseMove(view.canvas, place)
    number = view.canvas.pointed
    assert number is not None
    QTest.mouseClick(view.canvas, LEFT, pos=place)
    ((way, example),) = ways.taken
    assert (way, example.model) == ("open_example", "quickstart-mnist")
    np.testing.assert_array_equal(example.image, evaluation.images[number])


def test_the_drawing_is_where_its_like_is(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.results.result is not None
    view, evaluation = turn_to_map(page, qtbot), page.results.result.evaluation
    image: Array = evaluation.images[9].astype(np.float32) / np.float32(255)
    click(page, "map_pca")
    page.show_input(lambda _preprocessing: image)
    qtbot.waitUntil(lambda: view.canvas.dot is not None, timeout=SLOW_MS)
    assert view.canvas.dot is not None
    there = view.canvas.view.point(view.canvas.dot) - view.canvas.point_of(9)
    assert there.manhattanLength() < 1
    page.show_input(lambda _preprocessing: None)
    qtbot.waitUntil(lambda: view.canvas.dot is None, timeout=SLOW_MS)
    page.show_input(lambda _preprocessing: image)
    qtbot.waitUntil(lambda: view.canvas.dot is not None, timeout=SLOW_MS)
    page.show_input(None)
    assert view.canvas.dot is None


def test_computing_can_be_cancelled_and_begun_again(
    page: EvaluatePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsne, "STEPS", (10, 100_000))
    click(page, "part_map")
    view = page.results.map
    qtbot.waitUntil(lambda: view.knowledge is not None and view.is_working, timeout=SLOW_MS)
    click(page, "map_cancel")
    qtbot.waitUntil(lambda: not view.is_working, timeout=SLOW_MS)
    assert view.projections.current == 0
    monkeypatch.setattr(tsne, "STEPS", (10, 10))
    click(page, "map_start")
    assert view.projections.current == 1
    qtbot.waitUntil(lambda: not view.is_working, timeout=SLOW_MS)
    assert view.knowledge is not None
    assert view.knowledge.best is Projection.TSNE


def few_of_both(name: str, data: str) -> Dataset:
    whole = few(name, data)
    return replace(whole, train=LabelledImages(whole.train.images[:90], whole.train.labels[:90]))


def test_training_pictures_have_a_map(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(few_of_both)
    wait(page, qtbot)
    view = turn_to_map(page, qtbot)
    choose(page, "map_source", "Training")
    qtbot.waitUntil(lambda: view.knowledge is not None and not view.is_working, timeout=SLOW_MS)
    assert view.knowledge is not None
    assert view.knowledge.data == "MNIST, starter: 90 of 90 training pictures"


def test_what_is_in_sight_of_the_map_is_saved_once_there_is_one(
    page: EvaluatePage, tmp_path: Path, qtbot: QtBot
) -> None:
    menu, action = page.results.save.menu(), page.results.save.map
    menu.aboutToShow.emit()
    assert not action.isEnabled()
    view = turn_to_map(page, qtbot)
    menu.aboutToShow.emit()
    assert action.isEnabled()
    sizes = []
    for zoom in (1, 100):
        view.canvas.zoom(zoom)
        page.notice.hide()
        action.trigger()
        qtbot.waitUntil(lambda: page.notice.text == f"Saved as {tmp_path / 'saved.svg'}.", timeout=SLOW_MS)
        saved = (tmp_path / "saved.svg").read_text()
        assert "how far groups are apart" in saved
        sizes.append(len(saved))
    assert sizes[1] < sizes[0]


def test_the_saved_map_is_on_white_in_the_dark_theme(page: EvaluatePage, qtbot: QtBot, qapp: QApplication) -> None:
    figure = turn_to_map(page, qtbot).figure
    assert figure is not None
    before = figure_image(figure)
    scheme = theme.notifier().scheme
    try:
        theme.apply_theme(qapp, theme.Scheme.DARK if scheme is not theme.Scheme.DARK else theme.Scheme.LIGHT)
        assert figure_image(figure) == before
    finally:
        theme.apply_theme(qapp, scheme)
    assert before.pixelColor(2, 2) == QColor(theme.LIGHT.card)


def test_another_model_has_another_map(page: EvaluatePage, qtbot: QtBot) -> None:
    view = turn_to_map(page, qtbot)
    before = view.knowledge
    page.enter(find_model("fast-cnn"))
    qtbot.waitUntil(lambda: view.knowledge not in (None, before) and not view.is_working, timeout=SLOW_MS)
    assert view.knowledge is not None
    assert view.knowledge.axes.directions.shape[0] == 128
