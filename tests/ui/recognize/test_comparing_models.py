"""Two models side by side on the Recognize page."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.core.models.store import find_model
from app.ui import theme
from app.ui.recognize.comparison import ComparisonView, Side
from app.ui.recognize.comparison_bars import ComparisonBars
from app.ui.recognize.page import RecognizePage
from app.ui.settings import Settings
from tests.ui.hand import ONE, SEVEN, draw
from tests.ui.recognize.answers import DIGITS, answer

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[RecognizePage]:
    page = RecognizePage(Settings())
    qtbot.addWidget(page)
    page.resize(1184, 646)
    page.show()
    yield page
    page.hide()


def entry(page: RecognizePage, name: str) -> QAction:
    return next(action for action in page.prediction.compare.menu().actions() if action.data() == name)


def compare_with(page: RecognizePage, name: str) -> None:
    entry(page, name).trigger()
    QApplication.processEvents()


def test_a_second_model_reads_the_same_drawing(page: RecognizePage) -> None:
    draw(page.canvas, SEVEN)
    compare_with(page, "quickstart-mnist")
    left, right = page.prediction.comparison.bars.answers
    assert left is not None
    assert right is not None
    assert not np.array_equal(left, right)
    assert left.argmax() == right.argmax() == 7
    assert "They agree: 7" in page.prediction.comparison.words
    assert page.prediction.comparison.isVisible()
    assert page.answer.text.startswith("7")


def test_both_bars_move_while_drawing(page: RecognizePage) -> None:
    compare_with(page, "quickstart-mnist")
    draw(page.canvas, ONE)
    QApplication.processEvents()
    before = page.prediction.comparison.bars.answers
    draw(page.canvas, SEVEN)
    QApplication.processEvents()
    for old, new in zip(before, page.prediction.comparison.bars.answers, strict=True):
        assert old is not None
        assert new is not None
        assert not np.array_equal(old, new)


def test_the_comparison_stays_until_it_is_closed(page: RecognizePage, qtbot: QtBot) -> None:
    compare_with(page, "quickstart-mnist")
    page.canvas.clear()
    page.refresh_models()
    assert page.prediction.comparison.isVisible()
    later = RecognizePage(Settings())
    qtbot.addWidget(later)
    assert later.prediction.compare.name == "quickstart-mnist"
    QTest.mouseClick(page.prediction.stop_comparing, LEFT)
    QApplication.processEvents()
    assert not page.prediction.comparison.isVisible()
    assert page.bars.isVisible()
    assert Settings().compared == ""


def test_only_models_with_the_same_classes_can_be_compared_and_the_others_say_why(page: RecognizePage) -> None:
    assert entry(page, "quickstart-mnist").isEnabled()
    assert not entry(page, "clothes-cnn").isEnabled()
    assert "T-shirt/top" in entry(page, "clothes-cnn").toolTip()
    assert not entry(page, "digits-cnn").isEnabled()
    assert "already" in entry(page, "digits-cnn").toolTip()


def test_a_comparison_waits_while_another_kind_of_model_reads(page: RecognizePage) -> None:
    compare_with(page, "quickstart-mnist")
    page.refresh_models("clothes-cnn")
    QApplication.processEvents()
    assert not page.prediction.comparison.isVisible()
    page.refresh_models("digits-cnn")
    QApplication.processEvents()
    assert page.prediction.comparison.isVisible()


def test_a_correction_stands_beside_the_answer_until_back_is_pressed(page: RecognizePage) -> None:
    draw(page.canvas, ONE)
    QApplication.processEvents()
    corrected = page._recognizer._last
    assert corrected is not None
    draw(page.canvas, SEVEN)
    QApplication.processEvents()
    page.show_correction(corrected.shown)
    left, right = page.prediction.comparison.bars.answers
    assert left is not None
    assert right is not None
    assert right.argmax() == 1
    assert page.prediction.back.isVisible()
    QTest.mouseClick(page.prediction.back, LEFT)
    assert not page.prediction.comparison.isVisible()
    assert not page.prediction.back.isVisible()


def test_drawing_on_leaves_the_correction(page: RecognizePage) -> None:
    draw(page.canvas, SEVEN)
    QApplication.processEvents()
    read = page._recognizer._last
    assert read is not None
    page.show_correction(read.shown)
    assert page.prediction.back.isVisible()
    draw(page.canvas, ONE)
    QApplication.processEvents()
    assert not page.prediction.back.isVisible()


@pytest.fixture
def bars(qtbot: QtBot) -> ComparisonBars:
    widget = ComparisonBars()
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    return widget


def count(image: QImage, colour: str, left: int, right: int) -> int:
    wanted = QColor(colour).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(left, right) for y in range(image.height()))


def test_bars_are_mirrored_and_as_long_as_their_probabilities(bars: ComparisonBars) -> None:
    half, whole = answer({7: 0.5, 1: 0.3}), answer({7: 0.5, 1: 0.3})
    bars.set_answers((half.probabilities, whole.probabilities))
    image = bars.grab().toImage()
    left, right = count(image, theme.LIGHT.accent, 0, 200), count(image, theme.LIGHT.accent, 200, 400)
    assert left == pytest.approx(right, rel=0.03)
    full = answer({7: 1.0})
    bars.set_answers((full.probabilities, full.probabilities))
    assert count(bars.grab().toImage(), theme.LIGHT.accent, 0, 200) == pytest.approx(2 * left, rel=0.05)


def test_the_part_that_differs_is_hatched(bars: ComparisonBars) -> None:
    low, high = answer({7: 0.4, 1: 0.35}), answer({7: 0.9})
    bars.set_answers((high.probabilities, high.probabilities))
    solid = count(bars.grab().toImage(), theme.LIGHT.accent, 0, 200)
    bars.set_answers((high.probabilities, low.probabilities))
    hatched = count(bars.grab().toImage(), theme.LIGHT.accent, 0, 200)
    assert 0.45 * solid < hatched < 0.85 * solid


def test_hatching_is_explained_where_there_is_any(qtbot: QtBot) -> None:
    view = ComparisonView()
    qtbot.addWidget(view)
    view.set_classes(tuple("0123456789"))
    view.show()
    low, high = answer({7: 0.5, 1: 0.5}), answer({7: 0.9})
    for other, is_explained in ((low, True), (high, False)):
        view.show_sides(Side("One", high), Side("Other", other), "")
        keys = [label for label in view.findChildren(QLabel) if label.text().startswith("Hatched")]
        assert [key.isVisible() for key in keys] == [is_explained]


def test_two_answers_are_told_to_screen_readers(bars: ComparisonBars) -> None:
    bars.set_answers((answer({7: 0.9}).probabilities, answer({7: 0.4, 1: 0.6}).probabilities))
    assert "7 90% 40%" in bars.accessibleDescription()
    bars.set_classes(DIGITS)
    assert bars.accessibleDescription() == "No prediction yet"


def test_fifty_classes_fit(bars: ComparisonBars) -> None:
    names = tuple(f"a class with a long name {number}" for number in range(50))
    bars.set_classes(names)
    bars.set_answers((answer({7: 0.9}, names=names).probabilities, answer({8: 0.9}, names=names).probabilities))
    assert not bars.grab().isNull()
    assert find_model("digits-cnn").card.class_names == DIGITS


def test_the_exact_values_of_both_are_told_where_the_pointer_is(qtbot: QtBot) -> None:
    bars = ComparisonBars()
    qtbot.addWidget(bars)
    bars.resize(400, 200)
    one, other = np.full(10, 0.1, np.float32), np.eye(10, dtype=np.float32)[9]
    bars.set_answers((one, other))
    assert bars.words_at(QPointF(50, 195)) == "9: 10.00% on the left, >99.99999% on the right"
    assert bars.words_at(QPointF(50, 5)) == "0: 10.00% on the left, <1e-43% on the right"
