"""A list to choose from whose choice is longer than there is room for."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.ui.common.text import ElidedBox


def test_a_choice_that_is_too_long_is_cut_in_its_middle(qtbot: QtBot) -> None:
    box = ElidedBox()
    qtbot.addWidget(box)
    box.addItems(["Short", "A network fine-tuned with many samples of the lab 2"])
    box.resize(180, 32)
    box.show()
    assert box.shown_text() == "Short"
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText().endswith("of the lab 2")
    assert "…" in box.shown_text()
    assert (box.shown_text()[0], box.shown_text()[-1]) == ("A", "2")
    assert not box.grab().isNull()
    box.setCurrentIndex(-1)
    assert not box.grab().isNull()


def test_the_tool_tip_has_what_a_short_text_leaves_out(qtbot: QtBot) -> None:
    class Short(ElidedBox):
        def text_in_short(self) -> str:
            return "MNIST"

    box = Short()
    qtbot.addWidget(box)
    box.addItem("MNIST, starter: 4,000 training, 1,000 test")
    box.resize(180, 32)
    box.show()
    assert box.shown_text() == "MNIST"
    place = box.rect().center()
    QApplication.sendEvent(box, QHelpEvent(QEvent.Type.ToolTip, place, box.mapToGlobal(place)))
    assert QToolTip.text() == box.currentText()
