"""The bars of a set of samples: readable with ten classes, and with fifty."""

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.core.datasets.samples.sets import ClassCount
from app.ui.data.sample_bars import SampleCounts


def shown(qtbot: QtBot, counts: list[ClassCount]) -> SampleCounts:
    bars = SampleCounts()
    qtbot.addWidget(bars)
    bars.resize(400, bars.sizeHint().height())
    bars.show_counts(counts)
    bars.show()
    assert not bars.grab().isNull()
    return bars


def pointed_at(bars: SampleCounts, x: int) -> str:
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(x, 30), bars.mapToGlobal(QPoint(x, 30)))
    QApplication.sendEvent(bars, event)
    said = QToolTip.text()
    QToolTip.hideText()
    return said


def test_every_class_tells_all_about_itself_however_narrow(qtbot: QtBot) -> None:
    bars = shown(qtbot, [ClassCount(f"sign number {number}", number, number // 4) for number in range(50)])
    assert pointed_at(bars, 8 * 41 + 4) == "sign number 41: 51 samples, 10 of them for testing"
    assert pointed_at(bars, 0) == "sign number 0: 0 samples, 0 of them for testing"
    assert pointed_at(bars, 399) == "sign number 49: 61 samples, 12 of them for testing"


def test_screen_readers_are_told_the_numbers(qtbot: QtBot) -> None:
    bars = shown(qtbot, [ClassCount("cat", 4, 1), ClassCount("dog", 0, 0)])
    assert bars.accessibleDescription() == "cat: 5, dog: 0"


def test_a_set_without_classes_yet_is_an_empty_line(qtbot: QtBot) -> None:
    assert pointed_at(shown(qtbot, []), 10) == ""
