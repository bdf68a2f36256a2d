"""The paper under real mouse, touch and pen events."""

import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.core.imaging.drawing import Drawing, erase_path
from app.core.imaging.paper import Paper
from app.core.imaging.pictures import picture_from_rgba
from app.core.imaging.preprocess import DIGITS, prepare_drawing
from app.ui.recognize.paper.canvas import Canvas, Tool
from app.ui.recognize.paper.gestures import Erasing
from tests.ui.hand import LEFT, NO_KEYS, ONE, SEVEN, draw


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    widget = Canvas()
    qtbot.addWidget(widget)
    widget.resize(400, 400)
    widget.show()
    return widget


def darkness(canvas: Canvas) -> float:
    image = canvas.preview()
    return float(np.mean([[255 - image.pixelColor(x, y).red() for x in range(0, 400, 8)] for y in range(0, 400, 8)]))


def test_a_stroke_keeps_its_points_and_times(canvas: Canvas) -> None:
    draw(canvas, SEVEN)
    (stroke,) = canvas.paper.drawing.strokes
    assert len(stroke) == 25
    assert stroke[0][:2] == (120, 80)
    times = [point[2] for point in stroke]
    assert times == sorted(times)


def test_points_carry_the_time_stamps_of_their_events_however_late_they_are_handled(canvas: Canvas) -> None:
    kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)
    for began_ms, x in ((5_000, 50), (5_700, 250)):
        for kind, after_ms, y in ((kinds[0], 0, 50), (kinds[1], 8, 90), (kinds[1], 16, 130), (kinds[2], 20, 130)):
            at = QPointF(x, y)
            event = QMouseEvent(kind, at, at, LEFT, LEFT, NO_KEYS)
            event.setTimestamp(began_ms + after_ms)
            QApplication.sendEvent(canvas, event)
    assert [[point[2] for point in stroke] for stroke in canvas.paper.drawing.strokes] == [[0, 8, 16], [700, 708, 716]]


def test_a_drawing_from_a_file_goes_on_where_its_time_ended(canvas: Canvas) -> None:
    canvas.put(Paper(Drawing(400, 400, (((10.0, 10.0, 0.0), (50.0, 50.0, 900.0)),))))
    draw(canvas, ONE)
    assert canvas.paper.drawing.strokes[1][0][2] == 900


def test_ink_that_leaves_the_paper_is_read_as_it_is_shown(canvas: Canvas) -> None:
    draw(canvas, ((0.5, 0.5), (0.5, 1.5), (0.8, 1.5), (0.8, 0.5)))
    before, after = canvas.paper.drawing.strokes
    assert before[-1][1] == after[0][1] == canvas.height()
    canvas.undo()
    assert canvas.paper.is_empty


def test_the_brush_tells_how_wide_a_drawing_is_shown(canvas: Canvas) -> None:
    draw(canvas, SEVEN)
    assert canvas.paper.drawing.pen == canvas.brush_size
    canvas.set_brush_size(8)
    assert canvas.paper.drawing.pen == 8
    canvas.put(Paper(Drawing(200, 200, (((10.0, 10.0), (150.0, 150.0)),), pen=40)))
    assert canvas.paper.drawing.pen == 4


def test_a_click_is_a_dot(canvas: Canvas) -> None:
    QTest.mouseClick(canvas, LEFT, NO_KEYS, QPoint(100, 100))
    assert [len(stroke) for stroke in canvas.paper.drawing.strokes] == [1]
    assert darkness(canvas) > 0


def test_every_move_is_told_before_the_stroke_ends(canvas: Canvas, qtbot: QtBot) -> None:
    seen: list[int] = []
    canvas.changed.connect(lambda: seen.append(sum(map(len, canvas.paper.drawing.strokes))))
    draw(canvas, ONE, steps=5)
    assert seen[:6] == [1, 2, 3, 4, 5, 6]


def test_undo_and_redo_go_stroke_by_stroke(canvas: Canvas) -> None:
    draw(canvas, SEVEN)
    draw(canvas, ONE)
    canvas.undo()
    assert len(canvas.paper.drawing.strokes) == 1
    canvas.undo()
    assert canvas.paper.is_empty
    canvas.undo()
    canvas.redo()
    canvas.redo()
    canvas.redo()
    assert len(canvas.paper.drawing.strokes) == 2


def test_a_new_stroke_forgets_what_was_undone(canvas: Canvas) -> None:
    draw(canvas, SEVEN)
    canvas.undo()
    draw(canvas, ONE)
    assert not canvas.history.can_redo
    assert len(canvas.paper.drawing.strokes) == 1


def test_clear_can_be_undone(canvas: Canvas) -> None:
    draw(canvas, SEVEN)
    canvas.clear()
    assert canvas.paper.is_empty
    canvas.undo()
    assert not canvas.paper.is_empty


def test_clearing_an_empty_paper_is_no_step(canvas: Canvas) -> None:
    canvas.clear()
    assert not canvas.history.can_undo


def test_the_eraser_splits_a_stroke(canvas: Canvas) -> None:
    draw(canvas, ONE)
    canvas.set_tool(Tool.ERASER)
    draw(canvas, ((0.2, 0.5), (0.8, 0.5)))
    assert len(canvas.paper.drawing.strokes) == 2
    canvas.undo()
    assert len(canvas.paper.drawing.strokes) == 1


def test_erasing_nothing_is_no_step(canvas: Canvas) -> None:
    draw(canvas, ONE)
    canvas.set_tool(Tool.ERASER)
    draw(canvas, ((0.05, 0.1), (0.05, 0.9)))
    canvas.undo()
    assert canvas.paper.is_empty


@pytest.mark.parametrize("size", [(800, 800), (300, 260), (900, 300)])
def test_a_drawing_survives_a_new_size_and_reads_the_same(canvas: Canvas, size: tuple[int, int]) -> None:
    draw(canvas, SEVEN)
    before = prepare_drawing(canvas.paper.drawing, DIGITS).image
    canvas.resize(*size)
    draw(canvas, ((0.5, 0.5),))  # a click, to make the next stroke in the new size
    canvas.undo()
    np.testing.assert_allclose(prepare_drawing(canvas.paper.drawing, DIGITS).image, before, atol=1e-6)


def test_strokes_made_after_a_new_size_join_the_old_ones(canvas: Canvas) -> None:
    draw(canvas, ((0.25, 0.5), (0.75, 0.5)))
    canvas.resize(800, 800)
    draw(canvas, ((0.5, 0.25), (0.5, 0.75)))
    drawing = canvas.paper.drawing
    assert (drawing.width, drawing.height) == (800, 800)
    (left, *_), *_, (right, *_) = drawing.strokes[0]
    assert (left, right) == (200, 600)


def test_a_stroke_on_a_picture_changes_the_picture_and_undo_brings_it_back(canvas: Canvas) -> None:
    picture = picture_from_rgba(np.full((20, 20, 4), 255, np.uint8))
    canvas.put(Paper(Drawing(400, 400), picture))
    draw(canvas, ONE)
    drawn = canvas.paper.picture
    assert drawn is not None
    assert drawn.rgb.min() < 60
    canvas.undo()
    assert canvas.paper.picture is picture
    canvas.redo()
    assert canvas.paper.picture is drawn


def test_a_pen_draws_with_its_pressure(canvas: Canvas) -> None:
    device = QPointingDevice.primaryPointingDevice()
    for kind, place, pressure in (
        (QEvent.Type.TabletPress, QPointF(50, 50), 0.2),
        (QEvent.Type.TabletMove, QPointF(90, 90), 0.9),
        (QEvent.Type.TabletRelease, QPointF(90, 90), 0.0),
    ):
        button = LEFT
        event = QTabletEvent(kind, device, place, place, pressure, 0, 0, 0, 0, 0, NO_KEYS, button, button)
        QApplication.sendEvent(canvas, event)
    (stroke,) = canvas.paper.drawing.strokes
    assert [point[3] for point in stroke] == pytest.approx([0.2, 0.9])


def test_a_finger_draws(canvas: Canvas) -> None:
    device = QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)
    QTest.touchEvent(canvas, device).press(0, QPoint(50, 50), canvas).commit()
    QTest.touchEvent(canvas, device).move(0, QPoint(80, 120), canvas).commit()
    QTest.touchEvent(canvas, device).move(0, QPoint(90, 150), canvas).commit()
    QTest.touchEvent(canvas, device).release(0, QPoint(90, 150), canvas).commit()
    (stroke,) = canvas.paper.drawing.strokes
    assert stroke[0][:2] == (50, 50)
    assert stroke[-1][:2] == (90, 150)


def test_the_brush_changes_what_is_shown_not_what_is_read(canvas: Canvas) -> None:
    canvas.set_brush_size(8)
    draw(canvas, SEVEN)
    thin, read = darkness(canvas), prepare_drawing(canvas.paper.drawing, DIGITS).image
    canvas.set_brush_size(40)
    assert darkness(canvas) > 2 * thin
    np.testing.assert_array_equal(prepare_drawing(canvas.paper.drawing, DIGITS).image, read)


def test_the_right_button_does_not_draw(canvas: Canvas) -> None:
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, NO_KEYS, QPoint(100, 100))
    assert canvas.paper.is_empty


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there")
def test_void_qt_calls_keep_the_references_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 lost one at every call, and the program aborted after a few thousand."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(500):
        label.setText("text")
    assert abs(sys.getrefcount(None) - before) < 250


def begin(canvas: Canvas, x: int = 60) -> None:
    QTest.mousePress(canvas, LEFT, NO_KEYS, QPoint(x, 60))
    QTest.mouseMove(canvas, QPoint(x + 30, 200))


@pytest.mark.parametrize("interruption", ["tool", "hide", "resize", "press"])
def test_a_stroke_that_is_interrupted_stays(canvas: Canvas, interruption: str) -> None:
    begin(canvas)
    match interruption:
        case "tool":
            canvas.set_tool(Tool.ERASER)
        case "hide":
            canvas.hide()
        case "resize":
            canvas.resize(500, 450)
        case "press":
            begin(canvas, 300)
    QTest.mouseMove(canvas, QPoint(390, 380))
    QTest.mouseRelease(canvas, LEFT, NO_KEYS, QPoint(390, 380))
    assert len(canvas.paper.drawing.strokes) == (2 if interruption == "press" else 1)
    assert canvas.paper.drawing.strokes[0][0][:2] == (60, 60)


def test_undo_during_a_stroke_takes_back_that_stroke(canvas: Canvas) -> None:
    draw(canvas, SEVEN)
    begin(canvas)
    assert canvas.can_undo
    canvas.undo()
    QTest.mouseRelease(canvas, LEFT, NO_KEYS, QPoint(90, 200))
    assert len(canvas.paper.drawing.strokes) == 1


def test_what_grows_piece_by_piece_looks_like_what_is_painted_at_once(canvas: Canvas) -> None:
    draw(canvas, SEVEN)
    draw(canvas, ONE)
    canvas.set_tool(Tool.ERASER)
    draw(canvas, ((0.3, 0.5), (0.8, 0.5)))
    grown = grey(canvas)
    canvas.set_brush_size(canvas.brush_size)  # paints all anew
    assert np.abs(grown - grey(canvas)).mean() < 0.5


def grey(canvas: Canvas) -> NDArray[np.int16]:
    QApplication.processEvents()
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].astype(np.int16)


def test_rubbing_out_near_a_part_is_rubbing_out_of_the_whole() -> None:
    random = np.random.default_rng(3)
    walk = np.cumsum(random.normal(0, 6, (400, 2)), axis=0) + 200
    drawing = Drawing(400, 400, (tuple((float(x), float(y)) for x, y in walk), ((200.0, 200.0),)))
    erasing, whole = Erasing(drawing), drawing
    for _ in range(60):
        start, end = ((float(x), float(y)) for x, y in random.uniform(100, 300, (2, 2)))
        erasing.erase(start, end, 8)
        whole = erase_path(whole, start, end, 8)
        assert erasing.drawing == whole


def test_a_pen_upside_down_rubs_out(canvas: Canvas) -> None:
    draw(canvas, ONE)
    kinds = QPointingDevice.PointerType
    device = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, kinds.Eraser, QInputDevice.Capability.Position, 1, 1
    )
    for kind, x in ((QEvent.Type.TabletPress, 100), (QEvent.Type.TabletMove, 300), (QEvent.Type.TabletRelease, 300)):
        at = QPointF(x, 200)
        QApplication.sendEvent(canvas, QTabletEvent(kind, device, at, at, 0.5, 0, 0, 0, 0, 0, NO_KEYS, LEFT, LEFT))
    assert len(canvas.paper.drawing.strokes) == 2
