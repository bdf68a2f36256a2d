"""The parts of the Evaluate page by themselves: captions, data to choose from, progress, the reliability diagram."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.core.datasets import sources
from app.core.datasets.importing import import_folder
from app.core.inference.evaluation import UncertaintyMetrics
from app.core.inference.metrics import CalibrationBin
from app.core.models.store import find_model
from app.ui import theme
from app.ui.common.containers import Segments
from app.ui.common.plots.figure import paint_figure
from app.ui.evaluate.calibration import (
    FEW,
    CalibrationFigure,
    CalibrationPlot,
    CountScale,
    calibration_geometry,
    paint_calibration,
)
from app.ui.evaluate.choices import best_choice, evaluate_choices
from app.ui.evaluate.classes import ClassFigure
from app.ui.evaluate.confusion import ConfusionView
from app.ui.evaluate.examples import MOST, ExamplesFigure, ExamplesGrid, caption_of
from app.ui.evaluate.setup import EvaluateHeadline
from tests.ui.evaluate.evaluations import evaluation_of, few

COUNTS = ((8, 2, 0), (1, 9, 0), (0, 3, 7))


@pytest.fixture(autouse=True)
def quiet_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data of this machine is found."""
    monkeypatch.setattr(sources, "_SYSTEM_FOLDER", tmp_path / "system")


def test_counts_have_a_logarithmic_axis_with_numbers() -> None:
    scale = CountScale(8137, 80.0)
    assert scale.ticks(13) == (1, 10, 100, 1000)
    heights = [scale.height(count) for count in (0, 9, 99, 999)]
    assert heights == pytest.approx([0, heights[1], 2 * heights[1], 3 * heights[1]])  # each ten times the one before
    assert scale.height(8137) == 80.0
    assert CountScale(8137, 20.0).ticks(13) == (1, 1000)
    assert CountScale(1, 80.0).ticks(13) == (1,)


def test_a_caption_says_true_class_answer_and_confidence_with_a_sign() -> None:
    evaluation = evaluation_of(COUNTS)
    wrong, right = int(evaluation.examples(0, 1)[0]), int(evaluation.examples(0, 0)[0])
    assert caption_of(evaluation, wrong).lines == ("✗ cat → dog  90%",)
    assert caption_of(evaluation, right).lines == ("✓ cat → cat  90%",)
    assert caption_of(evaluation, wrong, in_two=True).lines == ("cat →", "✗ dog  90%")


def test_long_names_get_two_lines_and_every_cell_has_room(qtbot: QtBot) -> None:
    grid = ExamplesGrid()
    qtbot.addWidget(grid)
    grid.resize(500, 200)
    grid.show()
    heights = []
    for names in (("1", "2", "3"), ("a longer name", "T-shirt/top", "Ankle boot")):
        evaluation = evaluation_of(COUNTS, names)
        grid.show_places(evaluation, evaluation.mistakes())
        heights.append(grid.gridSize().height())
        assert not grid.grab().isNull()
    assert heights[1] > heights[0]
    assert grid.in_two
    assert grid.viewport().width() // grid.gridSize().width() >= 3
    assert not grid.horizontalScrollBar().isVisible()


def test_pictures_are_as_large_as_leaves_room_for_some_rows(qtbot: QtBot) -> None:
    grid, evaluation = ExamplesGrid(), evaluation_of(COUNTS)
    qtbot.addWidget(grid)
    grid.show_places(evaluation, evaluation.mistakes())
    for size, tile in (((800, 140), 56), ((800, 540), 84), ((1400, 800), 112), ((300, 800), 56), ((800, 140), 56)):
        grid.resize(*size)
        grid.show()
        assert grid.tile == tile, size
        assert grid.gridSize().height() > tile
        assert not grid.grab().isNull()


@pytest.mark.parametrize(
    ("elapsed_s", "told"), [(0.0003, "< 1 ms"), (0.034, "34 ms"), (0.096, "0.1 s"), (17.24, "17.2 s")]
)
def test_the_time_is_told_in_the_unit_that_fits(elapsed_s: float, told: str, qtbot: QtBot) -> None:
    headline = EvaluateHeadline()
    qtbot.addWidget(headline)
    headline.show_evaluation(replace(evaluation_of(COUNTS), elapsed_s=elapsed_s), UncertaintyMetrics(30, 20, 20))
    assert headline.text.startswith(f"30 pictures in {told}, calibration error ")


def test_the_cell_shown_without_any_mistake_is_one_with_pictures(qtbot: QtBot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.show_evaluation(evaluation_of(((0, 0, 0), (0, 2, 0), (0, 0, 7))))
    assert view.words == "True owl, predicted owl: 7 of 7 (100.0%)"


def test_a_figure_holds_no_more_examples_than_can_be_looked_at() -> None:
    evaluation = evaluation_of(((0, 200, 0), (0, 5, 0), (0, 0, 5)))
    many, few_of_them = (ExamplesFigure(evaluation, evaluation.mistakes(count)) for count in (None, MOST))
    assert many.size == few_of_them.size


def test_nothing_is_chosen_by_a_click_between_the_pictures(qtbot: QtBot) -> None:
    grid, evaluation = ExamplesGrid(), evaluation_of(COUNTS)
    qtbot.addWidget(grid)
    grid.resize(500, 400)
    grid.show_places(evaluation, evaluation.mistakes())
    grid.show()
    with qtbot.assertNotEmitted(grid.example_chosen):
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.viewport().rect().bottomRight())


def test_a_fair_test_comes_before_pictures_the_model_has_seen(tmp_path: Path) -> None:
    card = find_model("quickstart-mnist").card
    (seen,) = [choice for choice in evaluate_choices(card) if choice.can_be_read]
    assert (seen.dataset, seen.data, seen.tests, seen.was_seen) == ("mnist", "starter", 1000, True)
    assert best_choice(evaluate_choices(card), card) == seen
    test = few("mnist", "starter").test
    np.savez(tmp_path / "mine.npz", x_train=test.images, y_train=test.labels)
    import_folder(tmp_path / "mine.npz", "mine")
    best = best_choice(evaluate_choices(card), card)
    assert best is not None
    assert (best.dataset, best.was_seen) == ("mine", False)
    unread = [choice for choice in evaluate_choices(card) if not choice.can_be_read]
    assert [choice.fits for choice in unread] == [True, False, False]
    assert (unread[0].dataset, unread[0].data) == ("mnist", "full")


def test_a_set_without_test_pictures_is_no_test() -> None:
    card = find_model("quickstart-mnist").card.model_copy(update={"dataset": "mine"})
    seen = next(choice for choice in evaluate_choices(card) if choice.can_be_read)
    empty = replace(seen, dataset="mine", tests=0, was_seen=False)
    assert best_choice((empty, seen), card) == seen
    assert best_choice((empty,), card) == empty


def test_what_a_model_began_from_counts_as_seen(tmp_path: Path) -> None:
    shipped = find_model("quickstart-mnist").card
    config = shipped.config.model_copy(update={"initial_model": "quickstart-mnist"})
    card = shipped.model_copy(update={"name": "tuned", "data_variant": "samples", "dataset": "mine", "config": config})
    (starter,) = [choice for choice in evaluate_choices(card) if choice.can_be_read]
    assert starter.was_seen


def test_what_was_learned_from_the_starter_pictures_is_fairly_tested_on_others() -> None:
    card = find_model("quickstart-mnist").card.model_copy(update={"data_variant": "starter"})
    best = best_choice(evaluate_choices(card), card)
    assert best is not None
    assert not best.was_seen


def test_progress_is_told_in_pictures(qtbot: QtBot) -> None:
    headline = EvaluateHeadline()
    qtbot.addWidget(headline)
    headline.show()
    headline.show_waiting()
    assert headline.text == "Opening the test pictures…"
    headline.show_progress(3456, 10_000)
    assert headline.text == "3,456 of 10,000 pictures read"
    with qtbot.waitSignal(headline.cancel.clicked):
        QTest.mouseClick(headline.cancel, Qt.MouseButton.LeftButton)
    evaluation = evaluation_of(COUNTS)
    headline.show_evaluation(evaluation, UncertaintyMetrics(30, 27, 24))
    assert headline.accuracy.text() == "24 of 30"
    assert headline.accuracy.accessibleName() == "Accuracy 24 of 30"
    error = f"{evaluation.expected_calibration_error:.1%}"
    assert headline.text == f"30 pictures in 0.5 s, calibration error {error}\nSure of 90.0%; 88.89% of these are right"
    headline.show_evaluation(evaluation, UncertaintyMetrics(30, 0, 0))
    assert headline.text.endswith("\nSure of none of them")
    assert float(headline.loss.text()) == pytest.approx(evaluation.loss, abs=1e-4)


def bins_of(*shares: tuple[float, float, int]) -> tuple[CalibrationBin, ...]:
    """Five bins; each share is (confidence, accuracy, count), (0, 0, 0) for an empty one."""
    return tuple(
        CalibrationBin(place / 5, (place + 1) / 5, count, confidence, accuracy)
        for place, (confidence, accuracy, count) in enumerate(shares)
    )


BINS = bins_of((0, 0, 0), (0, 0, 0), (0.5, 0.25, FEW - 1), (0.7, 0.9, FEW), (0.95, 0.9, 2000))


def test_dots_are_where_confidence_and_accuracy_are_and_few_pictures_make_a_hollow_one(qapp: QApplication) -> None:
    size = QSizeF(600, 450)
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.LIGHT.card))
    geometry = calibration_geometry(size)
    painter = QPainter(image)
    paint_calibration(painter, geometry, BINS, theme.LIGHT, qapp.font())
    painter.end()

    def colour_at(confidence: float, accuracy: float) -> str:
        return image.pixelColor(geometry.point(confidence, accuracy).toPoint()).name().upper()

    assert colour_at(0.5, 0.25) == theme.LIGHT.card
    assert colour_at(0.7, 0.9) == theme.LIGHT.accent
    assert colour_at(0.95, 0.9) == theme.LIGHT.accent
    assert colour_at(0.65, 0.3) == theme.LIGHT.accent_soft.upper()
    assert colour_at(0.1, 0.4) == theme.LIGHT.card


def test_both_plots_share_their_axis_and_stay_inside() -> None:
    for size in (QSizeF(560, 400), QSizeF(240, 180), QSizeF(1400, 300)):
        geometry = calibration_geometry(size)
        assert geometry.curve.left() == geometry.counts.left() >= 60
        assert geometry.curve.right() == pytest.approx(geometry.counts.right())
        assert geometry.curve.right() <= size.width()
        assert geometry.curve.bottom() < geometry.counts.top()
        assert geometry.counts.bottom() < size.height() - 30
        assert geometry.point(0, 0) == geometry.curve.bottomLeft()
        assert geometry.bin_at(geometry.point(0.7, 0.5), BINS) is BINS[3]
        assert geometry.bin_at(QPointF(0, 0), BINS) is None


def test_the_tooltip_tells_a_bin(qtbot: QtBot) -> None:
    plot = CalibrationPlot()
    qtbot.addWidget(plot)
    plot.resize(500, 400)
    plot.show()
    evaluation = evaluation_of(COUNTS)
    plot.show_evaluation(evaluation)
    last = evaluation.calibration[-2]  # 0.87 to 0.93, where 0.9 is
    place = calibration_geometry(QSizeF(plot.size())).point(last.confidence, 0.5).toPoint()
    QApplication.sendEvent(plot, QHelpEvent(QHelpEvent.Type.ToolTip, place, plot.mapToGlobal(place)))
    assert QToolTip.text() == plot.words(last)
    assert QToolTip.text().startswith("Confidence 87% to 93%: ")
    QToolTip.hideText()


def test_the_figures_for_files_are_on_white_in_every_theme(qapp: QApplication) -> None:
    evaluation = evaluation_of(COUNTS)
    figures = (
        CalibrationFigure(BINS, qapp.font()),
        ClassFigure(evaluation),
        ExamplesFigure(evaluation, evaluation.mistakes()),
        ExamplesFigure(evaluation, evaluation.examples(0, 2)),  # there is none
    )
    for scheme in (theme.Scheme.LIGHT, theme.Scheme.DARK):
        theme.apply_theme(qapp, scheme)
        for figure in figures:
            image = QImage(figure.size.toSize(), QImage.Format.Format_RGB32)
            paint_figure(figure, image)
            assert image.pixelColor(1, 1).name() == "#ffffff"
            assert image.pixelColor(image.width() - 2, image.height() - 2).name() == "#ffffff"


def test_segments_are_pressed_by_mouse_and_arrows(qtbot: QtBot) -> None:
    segments = Segments([("one", "One"), ("two", "Two"), ("three", "Three")])
    qtbot.addWidget(segments)
    with qtbot.waitActive(segments):
        segments.show()
        segments.activateWindow()
    told: list[int] = []
    segments.chosen.connect(told.append)
    first, second, _ = segments.findChildren(type(segments._group.button(0)))
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    QTest.keyClick(second, Qt.Key.Key_Left)
    assert told == [1, 0]
    assert segments.current == 0
    assert first.isChecked()
    segments.turn_to(2)
    assert told == [1, 0]
    assert segments.current == 2
