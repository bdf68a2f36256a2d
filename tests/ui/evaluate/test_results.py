"""The Evaluate page: look at the results, and open an example."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.common.field_control import NumberBox
from app.ui.common.picture_grid import ExampleChosen
from app.ui.evaluate.page import EvaluatePage
from app.ui.evaluate.results import Part
from tests.ui.hand import click
from tests.ui.ways import Ways

from .helpers import LEFT, captions, choose, click_first


def test_the_worst_confusion_is_chosen_and_a_click_chooses_another(page: EvaluatePage) -> None:
    assert page.results.result is not None
    evaluation, view = page.results.result.evaluation, page.results.confusion
    assert view.matrix.chosen == evaluation.confused()[0][:2]
    rect = view.matrix.geometry_now.rect_of((7, 7))
    QTest.mouseClick(view.matrix, LEFT, pos=rect.center().toPoint())
    assert view.words.startswith("True 7, predicted 7: ")
    assert len(captions(view.examples)) == evaluation.confusion[7, 7]
    assert captions(view.examples)[0].startswith("✓ 7 → 7  ")


def test_the_mistakes_of_a_class_and_of_all(page: EvaluatePage) -> None:
    assert page.results.result is not None
    evaluation, mistakes = page.results.result.evaluation, page.results.mistakes
    place = page.classes.visualRect(page.classes.model().index(3, 0)).center()
    QTest.mouseClick(page.classes.viewport(), LEFT, pos=place)
    assert page.results.parts.current == Part.MISTAKES
    assert len(captions(mistakes.examples)) == len(evaluation.mistakes_with(3))
    missed = evaluation.classes[3].support - evaluation.confusion[3, 3]
    assert mistakes.words.startswith(f"3: {missed} were predicted as another class, ")
    click(page, "all_mistakes")
    assert len(captions(mistakes.examples)) == len(evaluation.mistakes())
    assert all(caption.startswith("✗ ") for caption in captions(mistakes.examples))
    assert not page.classes.selectionModel().hasSelection()


def chosen_by(page: EvaluatePage, qtbot: QtBot, act: Callable[[], None]) -> ExampleChosen:
    ways = Ways.of(page)
    act()
    (way, example), ways.taken = ways.taken[0], []
    assert way == "open_example"
    assert isinstance(example, ExampleChosen)
    assert (example.preprocessing, example.model) == ("mnist-1", "quickstart-mnist")
    return example


def test_every_example_can_be_opened(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.results.result is not None
    evaluation, results = page.results.result.evaluation, page.results
    true, said, _ = evaluation.confused()[0]
    example = chosen_by(page, qtbot, lambda: click_first(results.confusion.examples))
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.examples(true, said)[0]])
    click(page, "part_mistakes")
    example = chosen_by(page, qtbot, lambda: click_first(results.mistakes.examples))
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes(1)[0]])

    def by_keyboard() -> None:
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
            QTest.keyClick(results.mistakes.examples, key)

    example = chosen_by(page, qtbot, by_keyboard)
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes(2)[1]])


def test_the_tutorials_plots_show_pictures_that_can_be_opened(page: EvaluatePage, qtbot: QtBot) -> None:
    assert page.results.result is not None
    evaluation, training = page.results.result.evaluation, page.results.result.training
    click(page, "part_plots")
    canvas = page.results.plots.view.canvas
    for kind, pictures in (("5 × 3", evaluation.images), ("One prediction", evaluation.images)):
        choose(page, "plot_kind", kind)
        example = chosen_by(page, qtbot, lambda: choose_first(canvas))
        np.testing.assert_array_equal(example.image, pictures[0])
    choose(page, "plot_kind", "5 × 5")
    example = chosen_by(page, qtbot, lambda: choose_first(canvas))
    np.testing.assert_array_equal(example.image, training.images[0])
    wrong_only = page.findChild(QCheckBox, "plot_wrong_only")
    assert wrong_only is not None
    assert not wrong_only.isEnabled()
    choose(page, "plot_kind", "One prediction")
    QTest.mouseClick(wrong_only, LEFT, pos=QPoint(8, wrong_only.height() // 2))
    example = chosen_by(page, qtbot, lambda: choose_first(canvas))
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes()[0]])
    first = page.findChild(NumberBox, "plot_first")
    assert first is not None
    QTest.keyClick(first, Qt.Key.Key_Up)
    example = chosen_by(page, qtbot, lambda: choose_first(canvas))
    np.testing.assert_array_equal(example.image, evaluation.images[evaluation.mistakes()[1]])
    first.selectAll()
    QTest.keyClicks(first, "99999")
    problem = page.findChild(QLabel, "plot_problem")
    assert problem is not None
    assert problem.isVisible()
    assert problem.text() == f"✗ First picture must be at most {len(evaluation.mistakes()) - 1:,}."
    first.clearFocus()
    assert first.lineEdit().text() == "99999"  # what is typed stands
    first.selectAll()
    QTest.keyClicks(first, "0")
    assert not problem.isVisible()


def choose_first(canvas: QWidget) -> None:
    canvas.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Return):
        QTest.keyClick(canvas, key)


def test_calibration_is_told_in_words_and_by_its_bins(page: EvaluatePage) -> None:
    click(page, "part_calibration")
    assert page.results.calibration.words.startswith("On average, confidence and accuracy differ by")
    spoken = page.results.calibration.plot.accessibleDescription().splitlines()
    assert page.results.result is not None
    bins = [part for part in page.results.result.evaluation.calibration if part.count]
    assert len(spoken) == len(bins)
    assert spoken[-1].startswith(f"Confidence 93% to 100%: {bins[-1].count} pictures, ")
    assert not page.results.calibration.grab().isNull()


def test_every_part_fits_the_smallest_window(page: EvaluatePage) -> None:
    page.resize(928, 566)
    for part in Part:
        page.results.turn_to(part)
        for kind in range(page.results.plots.kinds.count() if part is Part.PLOTS else 1):
            page.results.plots.kinds.setCurrentIndex(kind)
            assert page.minimumSizeHint().width() <= 928, (part, kind)
            assert page.minimumSizeHint().height() <= 566, (part, kind)


def test_everything_is_reached_with_the_keyboard(page: EvaluatePage) -> None:
    page.activateWindow()
    page.setup.models.setFocus()
    reached: list[str] = []
    for _ in range(14):
        focused = page.focusWidget()
        assert focused is not None
        assert focused.accessibleName() or getattr(focused, "text", str)(), focused.objectName()
        reached.append(focused.objectName() or type(focused).__name__)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = {
        "evaluate_model",
        "evaluate_data",
        "get_data",
        "classes",
        "save_evaluation",
        "ConfusionMatrix",
        "examples",
    }
    assert not wanted - set(reached)
