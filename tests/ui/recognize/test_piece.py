"""The piece of clothing in a photograph: its outline on the paper, and saying by hand where it is."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import CLOTHES, example_picture
from app.ui import theme
from app.ui.recognize.page import RecognizePage
from app.ui.recognize.paper.canvas import Tool
from app.ui.recognize.paper.painting import picture_place
from app.ui.settings import Settings

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def two_pieces(height: int = 240, width: int = 200) -> Picture:
    """A dark one on the left and another on the right, on white."""
    rgb = np.full((height, width, 3), 245, np.uint8)
    rgb[height // 4 : height * 3 // 4, width // 8 : width * 3 // 8] = 60
    rgb[height // 4 : height * 3 // 4, width * 5 // 8 : width * 7 // 8] = 30
    return Picture(rgb)


@pytest.fixture
def page(qtbot: QtBot) -> RecognizePage:
    settings = Settings()
    settings.model = "clothes-cnn"
    page = RecognizePage(settings)
    qtbot.addWidget(page)
    page.resize(1184, 646)
    page.show()
    page.activateWindow()  # keys go nowhere else
    qtbot.waitUntil(page.isActiveWindow)
    lay(page, two_pieces(), qtbot)
    return page


def lay(page: RecognizePage, picture: Picture, qtbot: QtBot) -> None:
    page.canvas.put(Paper(Drawing(100, 100), picture))
    wait_for_piece(page, qtbot)


def wait_for_piece(page: RecognizePage, qtbot: QtBot) -> None:
    """The paper that lies there was read."""
    qtbot.waitUntil(lambda: page._read is not None and page._read.paper is page.paper)


def at(page: RecognizePage, x: float, y: float) -> QPoint:
    """A place on the canvas, in shares of the picture."""
    assert page.paper.picture is not None
    place = picture_place(page.paper.picture, page.canvas.size())
    return QPoint(round(place.left() + x * place.width()), round(place.top() + y * place.height()))


def drag(page: RecognizePage, qtbot: QtBot, *places: tuple[float, float]) -> None:
    points = [at(page, *place) for place in places]
    QTest.mousePress(page.canvas, LEFT, NONE, points[0])
    for start, end in pairwise(points):
        for step in range(1, 9):
            QTest.mouseMove(page.canvas, start + (end - start) * step / 8)
    QTest.mouseRelease(page.canvas, LEFT, NONE, points[-1])
    wait_for_piece(page, qtbot)


def press(page: RecognizePage, qtbot: QtBot, key: Qt.Key, tool: Tool) -> None:
    """Choose a tool by its key, which presses the button for a moment."""
    QTest.keyClick(page.canvas, key)
    qtbot.waitUntil(lambda: page.canvas.tool is tool)


def found(page: RecognizePage) -> tuple[bool, bool]:
    """Whether the left and the right piece are outlined."""
    mask = page.piece.found
    assert mask is not None
    return bool(mask[120, 50]), bool(mask[120, 150])


def read_image(page: RecognizePage) -> NDArray[np.float32]:
    assert page._read is not None
    return page._read.shown.image


def accent_pixels(page: RecognizePage) -> int:
    image = page.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    accent = QColor(theme.LIGHT.accent).rgb()
    place = picture_place(page.paper.picture or two_pieces(), page.canvas.size()).toAlignedRect()
    return sum(
        image.pixel(x, y) == accent
        for y in range(place.top() + 5, place.bottom() - 5)
        for x in range(place.left() + 5, place.right() - 5)
    )


def test_what_was_found_is_outlined(page: RecognizePage) -> None:
    assert found(page) == (True, True)
    assert accent_pixels(page) > 200


def test_only_photographs_read_as_clothes_are_outlined_and_corrected(page: RecognizePage, qtbot: QtBot) -> None:
    assert page.piece_tools.isVisible()
    page.piece_tools.frame.click()
    assert page.canvas.tool is Tool.FRAME
    page.refresh_models("digits-cnn")
    wait_for_piece(page, qtbot)
    qtbot.waitUntil(lambda: page.piece.found is None)
    assert not page.piece_tools.isVisible()
    assert page.tools.pen.isChecked()
    page.refresh_models("clothes-cnn")
    qtbot.waitUntil(lambda: page.piece.found is not None)
    page.canvas.put(Paper(Drawing(100, 100), example_picture(np.eye(28, dtype=np.uint8) * 255), True, CLOTHES))
    assert page.piece.found is None
    assert not page.piece_tools.isVisible()
    page.canvas.clear()
    assert not page.piece_tools.isVisible()


def test_a_frame_is_dragged_around_the_piece_and_undone(page: RecognizePage, qtbot: QtBot) -> None:
    before = read_image(page)
    press(page, qtbot, Qt.Key.Key_F, Tool.FRAME)
    assert not page.tools.pen.isChecked()
    drag(page, qtbot, (0.05, 0.15), (0.48, 0.85))
    assert found(page) == (True, False)
    assert not np.array_equal(read_image(page), before)
    region = page.paper.region
    assert region is not None
    assert region.frame is not None
    assert region.frame.left == pytest.approx(0.05, abs=0.01)
    assert region.frame.bottom == pytest.approx(0.85, abs=0.01)
    page.canvas.undo()
    wait_for_piece(page, qtbot)
    assert page.paper.region is None
    assert found(page) == (True, True)
    page.canvas.redo()
    wait_for_piece(page, qtbot)
    assert found(page) == (True, False)


def test_a_frame_from_beside_the_picture_ends_at_its_edge(page: RecognizePage, qtbot: QtBot) -> None:
    page.piece_tools.frame.click()
    drag(page, qtbot, (-0.1, 0.1), (0.5, 1.02))
    assert page.paper.region is not None
    assert page.paper.region.frame is not None
    assert (page.paper.region.frame.left, page.paper.region.frame.bottom) == (0, 1)


def test_a_click_is_no_frame(page: RecognizePage) -> None:
    before = page.paper
    page.piece_tools.frame.click()
    QTest.mouseClick(page.canvas, LEFT, NONE, at(page, 0.5, 0.5))
    assert page.paper is before


def test_what_belongs_and_what_does_not_is_painted(page: RecognizePage, qtbot: QtBot) -> None:
    page.tools.brush_size.setValue(48)
    press(page, qtbot, Qt.Key.Key_N, Tool.NOT_BELONGS)
    drag(page, qtbot, *((x, y) for x in (0.65, 0.75, 0.85) for y in (0.25, 0.75)))
    assert found(page) == (True, False)
    press(page, qtbot, Qt.Key.Key_B, Tool.BELONGS)
    drag(page, qtbot, (0.75, 0.45), (0.75, 0.55))
    assert found(page) == (True, True)
    assert page.paper.region is not None
    assert [mark.belongs for mark in page.paper.region.marks] == [False, True]
    page.canvas.undo()
    wait_for_piece(page, qtbot)
    assert found(page) == (True, False)


def test_automatic_goes_back(page: RecognizePage, qtbot: QtBot) -> None:
    automatic = page.piece_tools.automatic
    assert not automatic.isEnabled()
    page.piece_tools.frame.click()
    drag(page, qtbot, (0.05, 0.15), (0.48, 0.85))
    assert automatic.isEnabled()
    QTest.mouseClick(automatic, LEFT)
    wait_for_piece(page, qtbot)
    assert found(page) == (True, True)
    assert not automatic.isEnabled()
    page.canvas.undo()
    wait_for_piece(page, qtbot)
    assert found(page) == (True, False)


def test_a_frame_under_way_is_taken_back(page: RecognizePage) -> None:
    page.piece_tools.frame.click()
    QTest.mousePress(page.canvas, LEFT, NONE, at(page, 0.1, 0.1))
    QTest.mouseMove(page.canvas, at(page, 0.5, 0.5))
    assert page.paper.region is not None
    page.canvas.undo()
    assert page.paper.region is None
    QTest.mouseRelease(page.canvas, LEFT, NONE, at(page, 0.5, 0.5))
    assert page.paper.region is None


def test_drawing_on_the_photograph_keeps_what_was_said(page: RecognizePage, qtbot: QtBot) -> None:
    page.piece_tools.frame.click()
    drag(page, qtbot, (0.05, 0.15), (0.48, 0.85))
    page.tools.pen.click()
    drag(page, qtbot, (0.2, 0.4), (0.3, 0.5))
    assert page.paper.region is not None
    assert page.piece.found is not None
    assert found(page) == (True, False)


def test_another_picture_is_found_by_itself(page: RecognizePage, qtbot: QtBot) -> None:
    page.piece_tools.frame.click()
    drag(page, qtbot, (0.05, 0.15), (0.48, 0.85))
    lay(page, two_pieces(), qtbot)
    assert page.paper.region is None
    assert found(page) == (True, True)


def test_the_buttons_stay_in_the_margin_of_the_paper(page: RecognizePage, qtbot: QtBot) -> None:
    for size in ((240, 200), (200, 240), (100, 400), (400, 100)):
        lay(page, two_pieces(*size), qtbot)
        for room in (QPoint(1184, 646), QPoint(704, 392)):
            page.resize(room.x(), room.y())
            qtbot.waitUntil(lambda: page.canvas.rect().contains(page.piece_tools.geometry()))


def test_a_picture_without_a_piece_says_to_frame_it(page: RecognizePage, qtbot: QtBot) -> None:
    lay(page, Picture(np.full((200, 200, 3), 200, np.uint8)), qtbot)
    assert "drag a frame" in page.answer._hint
    page.piece_tools.frame.click()
    drag(page, qtbot, (0.2, 0.2), (0.7, 0.7))
    assert page.piece.found is not None
    assert page.piece.found.any()


def test_what_was_said_is_exported_with_the_picture(page: RecognizePage, tmp_path: Path, qtbot: QtBot) -> None:
    page.piece_tools.frame.click()
    drag(page, qtbot, (0.05, 0.15), (0.48, 0.85))
    said = page.paper.region
    page.files.save_to(tmp_path / "piece.png")
    page.canvas.clear()
    page.files.open_file(tmp_path / "piece.png")
    qtbot.waitUntil(lambda: page.paper.picture is not None)
    wait_for_piece(page, qtbot)
    assert page.paper.region == said
    assert found(page) == (True, False)
