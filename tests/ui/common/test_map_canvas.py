"""A map under the hand: pointing, moving, zooming, choosing, by mouse and by keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.common.maps.canvas import MapCanvas, Tool
from app.ui.common.maps.legend import MapLegend
from app.ui.common.maps.marks import class_colour, mark_pixmap
from app.ui.common.maps.painting import MapPoints
from app.ui.theme import DARK, LIGHT
from tests.ui.hand import LEFT, NO_KEYS, draw

NAMES = ("cat", "dog", "owl")
PLACES = np.array([(x, y) for y in range(4) for x in range(5)], np.float32)
LABELS = np.array([number % 3 for number in range(20)], np.uint8)
IMAGES = np.random.default_rng(0).integers(0, 256, (20, 28, 28)).astype(np.uint8)


@pytest.fixture
def canvas(qtbot: QtBot) -> MapCanvas:
    made = MapCanvas()
    qtbot.addWidget(made)
    made.resize(400, 320)
    made.show()
    is_wrong = LABELS == 2
    made.show_points(MapPoints(NAMES, LABELS, is_wrong, lambda number: f"picture {number}", None), PLACES)
    return made


def with_images(canvas: MapCanvas) -> None:
    canvas.show_points(MapPoints(NAMES, LABELS, LABELS == 2, lambda number: f"picture {number}", IMAGES), PLACES)


def at(canvas: MapCanvas, number: int) -> QPoint:
    return canvas.point_of(number).toPoint()


def share(canvas: MapCanvas, x: float, y: float) -> tuple[float, float]:
    """A place of the map as shares of the widget."""
    point = canvas.view.point(QPointF(x, y))
    return point.x() / canvas.width(), point.y() / canvas.height()


def test_all_points_are_in_sight_and_up_is_up(canvas: MapCanvas) -> None:
    points = [canvas.point_of(number) for number in range(20)]
    assert all(canvas.rect().contains(point.toPoint()) for point in points)
    assert points[15].y() < points[0].y()
    assert points[4].x() > points[0].x()


def test_what_is_pointed_at_says_what_it_is_and_a_click_opens_it(canvas: MapCanvas, qtbot: QtBot) -> None:
    QTest.mouseMove(canvas, at(canvas, 7) + QPoint(3, 2))
    assert canvas.pointed == 7
    assert canvas.accessibleDescription() == "picture 7"
    before = canvas.grab().toImage()
    QTest.mouseMove(canvas, QPoint(3, 3))
    assert canvas.pointed is None
    assert canvas.grab().toImage() != before
    with qtbot.waitSignal(canvas.picture_clicked) as clicked:
        QTest.mouseClick(canvas, LEFT, pos=at(canvas, 7))
    assert clicked.args == [7]
    with qtbot.assertNotEmitted(canvas.picture_clicked):
        QTest.mouseClick(canvas, LEFT, pos=QPoint(3, 3))


def test_dragging_moves_the_map_and_a_double_click_shows_all(canvas: MapCanvas, qtbot: QtBot) -> None:
    before = at(canvas, 0)
    with qtbot.assertNotEmitted(canvas.picture_clicked):
        draw(canvas, ((0.5, 0.5), (0.7, 0.4)))
    assert (at(canvas, 0) - before - QPoint(80, -32)).manhattanLength() <= 1
    QTest.mouseDClick(canvas, LEFT, pos=QPoint(3, 3))
    assert at(canvas, 0) == before


def test_what_is_moved_looks_as_if_it_were_painted_anew(canvas: MapCanvas) -> None:
    canvas.move_points(PLACES + np.random.default_rng(1).normal(0, 0.1, PLACES.shape).astype(np.float32))
    for way in (((0.2, 0.2), (0.25, 0.22)), ((0.9, 0.1), (0.3, 0.7)), ((0.1, 0.9), (0.6, 0.5))):
        draw(canvas, way)
        moved = canvas.grab().toImage()
        canvas.show_only(-1)
        assert canvas.grab().toImage() == moved


def test_the_wheel_zooms_where_the_pointer_is(canvas: MapCanvas, qtbot: QtBot) -> None:
    place, distance = at(canvas, 12), at(canvas, 4).x() - at(canvas, 0).x()
    canvas.zoom(1.25, QPointF(place))
    assert (at(canvas, 12) - place).manhattanLength() <= 1
    assert at(canvas, 4).x() - at(canvas, 0).x() == pytest.approx(1.25 * distance, abs=2)
    for _ in range(80):
        canvas.zoom(0.5)
    assert at(canvas, 4).x() - at(canvas, 0).x() > 0.4 * distance


def test_pictures_are_shown_where_they_have_room(canvas: MapCanvas) -> None:
    assert not canvas.shows_pictures
    with_images(canvas)
    assert canvas.shows_pictures  # twenty of them
    canvas.resize(150, 130)
    assert not canvas.shows_pictures
    canvas.zoom(4)
    assert canvas.shows_pictures


def test_a_rectangle_chooses(canvas: MapCanvas, qtbot: QtBot) -> None:
    canvas.use_tool(Tool.RECTANGLE)
    with qtbot.waitSignal(canvas.pictures_chosen) as chosen:
        draw(canvas, (share(canvas, 0.5, 2.5), share(canvas, 2.5, 0.5)))
    assert chosen.args is not None
    assert chosen.args[0].tolist() == [6, 7, 11, 12]
    assert not canvas.grab().toImage().isNull()


def test_a_lasso_chooses_and_escape_lets_go(canvas: MapCanvas, qtbot: QtBot) -> None:
    canvas.use_tool(Tool.LASSO)
    corners = [
        share(canvas, x, y) for x, y in ((-0.4, -0.4), (4.4, -0.4), (4.4, 0.4), (0.4, 0.4), (0.4, 3.4), (-0.4, 3.4))
    ]
    with qtbot.waitSignal(canvas.pictures_chosen) as chosen:
        draw(canvas, corners)
    assert chosen.args is not None
    assert chosen.args[0].tolist() == [0, 1, 2, 3, 4, 5, 10, 15]
    with qtbot.assertNotEmitted(canvas.pictures_chosen):
        QTest.mousePress(canvas, LEFT, NO_KEYS, QPoint(10, 10))
        QTest.mouseMove(canvas, QPoint(200, 200))
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        QTest.mouseRelease(canvas, LEFT, NO_KEYS, QPoint(200, 200))


def test_keys_go_from_point_to_point_and_open(canvas: MapCanvas, qtbot: QtBot) -> None:
    QTest.mouseMove(canvas, at(canvas, 7))
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.pointed == 8
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.pointed == 13
    for _ in range(9):
        QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.pointed == 10
    with qtbot.waitSignal(canvas.picture_clicked) as clicked:
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert clicked.args == [10]


def test_keys_zoom_move_and_show_all(canvas: MapCanvas) -> None:
    before = at(canvas, 0)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert at(canvas, 4).x() - at(canvas, 0).x() > 360
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert at(canvas, 0) != before
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert at(canvas, 0) == before


def test_a_point_out_of_sight_comes_into_it(canvas: MapCanvas) -> None:
    canvas.zoom(6, canvas.point_of(0))
    QTest.mouseMove(canvas, at(canvas, 0))
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.pointed == 1
    assert canvas.rect().contains(at(canvas, 1))


def test_the_drawing_is_a_dot_with_a_tail(canvas: MapCanvas) -> None:
    without = canvas.grab().toImage()
    for x in range(60):
        canvas.show_dot(np.array([x / 20, 1.5], np.float32))
    assert canvas.dot == QPointF(float(np.float32(59 / 20)), 1.5)
    with_tail = canvas.grab().toImage()
    canvas.show_dot(np.array([2.95, 1.5], np.float32), keeps_tail=False)
    assert len({with_tail.cacheKey(), without.cacheKey()}) == 2
    assert canvas.grab().toImage() not in (with_tail, without)
    canvas.show_dot(None)
    assert canvas.dot is None
    assert canvas.grab().toImage() == without


def test_points_move_and_one_class_stands_out(canvas: MapCanvas) -> None:
    before = canvas.grab().toImage()
    canvas.show_only(1)
    assert canvas.grab().toImage() != before
    canvas.show_only(-1)
    assert canvas.grab().toImage() == before
    canvas.move_points(PLACES[::-1].copy())
    assert canvas.grab().toImage() != before


def test_no_map_says_why_and_takes_every_event(canvas: MapCanvas, qtbot: QtBot) -> None:
    canvas.show_points(None, message="Nothing here yet")
    with qtbot.assertNotEmitted(canvas.picture_clicked), qtbot.assertNotEmitted(canvas.pictures_chosen):
        QTest.mouseMove(canvas, QPoint(50, 50))
        draw(canvas, ((0.1, 0.1), (0.9, 0.9)))
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Plus, Qt.Key.Key_Home):
            QTest.keyClick(canvas, key)
        canvas.show_dot(np.array([1, 2], np.float32))
        canvas.grab()


def test_one_point_and_points_at_one_place_are_a_map_too(canvas: MapCanvas) -> None:
    for places in (PLACES[:1], np.zeros((3, 2), np.float32)):
        count = len(places)
        canvas.show_points(MapPoints(NAMES, LABELS[:count], np.zeros(count, np.bool_)), places)
        assert canvas.rect().contains(at(canvas, 0))
        canvas.zoom(2)
        canvas.grab()


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_no_two_of_72_classes_look_alike(colours: object, qapp: object) -> None:
    theme = DARK if colours is DARK else LIGHT
    seen: list[QImage] = []
    for label in range(72):
        picture = mark_pixmap(11, label, "", theme, MapCanvas().font(), 1.0).toImage()
        assert picture not in seen
        seen.append(picture)
    assert len({class_colour(label, theme).name() for label in range(9)}) == 9


def test_the_legend_makes_one_class_stand_out_and_takes_it_back(qtbot: QtBot) -> None:
    legend, told = MapLegend(), list[int]()
    qtbot.addWidget(legend)
    legend.class_chosen.connect(told.append)
    legend.show_classes(NAMES)
    legend.resize(120, 200)
    legend.show()
    for row in (1, 2, 2):
        QTest.mouseClick(legend.viewport(), LEFT, pos=legend.visualRect(legend.model().index(row, 0)).center())
    assert told == [1, 2, -1]


def test_the_legend_explains_the_signs_that_are_painted(qtbot: QtBot) -> None:
    legend = MapLegend()
    qtbot.addWidget(legend)
    names = ("4", "9", "teapot")
    legend.show_classes(names)
    legend.resize(120, 200)
    legend.show()
    QTest.mouseClick(legend.viewport(), LEFT, pos=legend.visualRect(legend.model().index(1, 0)).center())
    for count in (20, 2000, 20):
        canvas = MapCanvas()
        qtbot.addWidget(canvas)
        canvas.signs_changed.connect(legend.show_signs)
        canvas.resize(400, 300)
        places = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
        labels = (np.arange(count) % 3).astype(np.uint8)
        canvas.show_points(MapPoints(names, labels, np.zeros(count, bool)), places)
        canvas.grab()
        model = legend.model()
        for row, name in enumerate(names):
            index = model.index(row, 0)
            has_sign = index.data(Qt.ItemDataRole.DecorationRole) is not None
            assert has_sign == (count == 2000 or name == "teapot")
            if not has_sign:
                assert index.data(Qt.ItemDataRole.ForegroundRole).color() == class_colour(row, theme.colours())
        assert legend.currentIndex().row() == 1  # what was chosen stays so
