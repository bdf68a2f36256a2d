"""The value plot: one bar per class, the predicted one in colour, as high as its probability."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.core.datasets.registry import DATASETS
from app.ui import theme
from app.ui.common.probability_bars import ProbabilityBars

NONE, NO_KEYS = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def bars(qtbot: QtBot) -> ProbabilityBars:
    widget = ProbabilityBars()
    qtbot.addWidget(widget)
    widget.resize(400, 260)
    widget.show()
    return widget


def columns(image: QImage, colour: str, height: int) -> list[int]:
    """How many of the upper `height` pixels of each column have the colour."""
    wanted = QColor(colour).rgb()
    return [sum(image.pixel(x, y) == wanted for y in range(height)) for x in range(image.width())]


def test_the_predicted_bar_is_coloured_and_as_high_as_its_probability(bars: ProbabilityBars) -> None:
    probabilities = np.full(10, 0.25 / 9, np.float32)
    probabilities[7] = 0.75
    bars.set_probabilities(probabilities)
    accent = columns(bars.grab().toImage(), theme.LIGHT.accent, 260)
    assert accent.index(max(accent)) // 40 == 7
    grey = columns(bars.grab().toImage(), theme.LIGHT.bar, 260)
    assert max(grey) > 0
    # The axis is as high as a bar of probability 1.
    bars.set_probabilities(np.eye(10, dtype=np.float32)[7])
    full = max(columns(bars.grab().toImage(), theme.LIGHT.accent, 260))
    assert max(accent) / full == pytest.approx(0.75, abs=0.03)


def test_without_a_prediction_there_are_no_bars(bars: ProbabilityBars) -> None:
    image = bars.grab().toImage()
    assert max(columns(image, theme.LIGHT.accent, 230)) == 0
    assert max(columns(image, theme.LIGHT.bar, 230)) == 0
    assert bars.accessibleDescription() == "No prediction yet"


def test_long_names_fit(bars: ProbabilityBars) -> None:
    bars.set_classes(DATASETS["fashion-mnist"].class_names)
    bars.set_probabilities(np.full(10, 0.1, np.float32))
    assert "Ankle boot 10%" in bars.accessibleDescription()
    assert not bars.grab().isNull()


def test_the_bars_are_told_to_screen_readers(bars: ProbabilityBars) -> None:
    bars.set_probabilities(np.eye(10, dtype=np.float32)[3])
    assert "3 >99.9%" in bars.accessibleDescription()


def test_a_class_that_gets_nothing_has_no_bar(bars: ProbabilityBars) -> None:
    bars.set_probabilities(np.eye(10, dtype=np.float32)[3])
    assert max(columns(bars.grab().toImage(), theme.LIGHT.bar, 260)) <= 1


def test_the_exact_value_of_the_bar_under_the_pointer_is_told_and_follows(bars: ProbabilityBars) -> None:
    probabilities = np.full(10, 2e-7, np.float32)
    probabilities[3] = 1 - probabilities.sum() + probabilities[3]
    bars.set_probabilities(probabilities)
    bars.grab()
    for position, said in ((3, "3: 99.99982%"), (9, "9: 2e-05%")):
        place = QPoint(round(400 - (9.5 - position) * (400 - 34) / 10), 100)
        QTest.mouseMove(bars, place)
        move = QMouseEvent(QEvent.Type.MouseMove, place, bars.mapToGlobal(place), NONE, NONE, NO_KEYS)
        QApplication.sendEvent(bars, move)
        assert QToolTip.text() == said
    bars.set_probabilities(np.full(10, 0.1, np.float32))
    assert QToolTip.text() == "9: 10.00%"
