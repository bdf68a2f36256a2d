"""The steps on the way to what the network sees: every one is named, explained, and opens larger."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.core.imaging.drawing import Drawing
from app.core.imaging.preprocess import DIGITS, prepare_drawing
from app.ui.main_window import MainWindow
from app.ui.recognize.network_input_view import StepStrip, caption_rect
from tests.ui.hand import LEFT, NO_KEYS, draw


def test_captions_stay_below_their_box_and_inside_the_strip() -> None:
    assert caption_rect(QRectF(60, 0, 40, 40), 30, 170) == QRectF(65, 42, 30, 16)
    assert caption_rect(QRectF(0, 0, 40, 40), 50, 170).left() == 0
    assert caption_rect(QRectF(130, 0, 40, 40), 50, 170).right() == 170


@pytest.fixture
def strip(qtbot: QtBot) -> StepStrip:
    made = StepStrip()
    qtbot.addWidget(made)
    made.resize(232, 74)
    made.show()

    def sheet(side: int) -> QImage:
        return QImage(side, side, QImage.Format.Format_RGB32)

    made.set_steps(prepare_drawing(Drawing(280, 280, (((80, 60), (200, 60), (130, 220)),)), DIGITS).steps, sheet)
    return made


def test_the_whole_sheet_comes_first(strip: StepStrip) -> None:
    assert strip.names == ("paper", "redrawn", "20 × 20", "centred")


@pytest.mark.parametrize(("width", "are_captions"), [(232, True), (100, False)])
def test_captions_never_run_into_each_other(strip: StepStrip, width: int, are_captions: bool) -> None:
    strip.resize(width, 74)
    below = QRect(0, int(strip.box(0).bottom()) + 2, width, 14)
    picture = strip.grab(below).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    greys = {picture.pixelColor(x, y).value() for x in range(width) for y in range(below.height())}
    assert (len(greys) > 1) == are_captions


def test_a_step_says_what_it_did_and_opens_larger(strip: StepStrip, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, words, *_: told.append(words))
    at = strip.box(1).center().toPoint()
    QApplication.sendEvent(strip, QHelpEvent(QHelpEvent.Type.ToolTip, at, strip.mapToGlobal(at)))
    assert told[0].startswith("Cropped and redrawn, with strokes as thick as")
    QTest.mouseClick(strip, LEFT, NO_KEYS, at)
    assert strip.view is not None
    assert strip.view.isVisible()
    assert strip.view.words.text() == told[0]
    assert max(strip.view.picture.pixmap().size().toTuple()) == 448
    QTest.mouseClick(strip.view, LEFT, NO_KEYS, QPoint(5, 5))
    assert not strip.view.isVisible()
    QTest.keyClick(strip, Qt.Key.Key_Right)
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert strip.view.isVisible()
    assert strip.view.words.text().startswith("Scaled to 20")
    strip.view.close()


def test_the_sheet_shows_where_and_how_large_it_was_drawn(qtbot: QtBot) -> None:
    window = MainWindow()
    window.show()
    draw(window.recognize.canvas, ((0.7, 0.75), (0.8, 0.75), (0.75, 0.9)))
    QApplication.processEvents()
    sheet = window.recognize.steps._steps[0].image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(sheet.constBits(), np.uint8).reshape(sheet.height(), sheet.bytesPerLine())[:, : sheet.width()]
    down, across = np.nonzero(rows < 128)
    assert down.min() > 0.65 * sheet.height()
    assert across.min() > 0.6 * sheet.width()
    with qtbot.waitSignal(window.closed):
        window.close()
    window.deleteLater()
    QApplication.processEvents()
