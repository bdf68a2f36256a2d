"""The confusion matrix: cells under the pointer, the arrow keys, what is painted, and its geometry for any classes."""

from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.common.plots.figure import paint_figure, save_figure
from app.ui.evaluate.confusion import ConfusionMatrix
from app.ui.evaluate.confusion_figure import Cell, ConfusionFigure, confusion_geometry, heat_colours, readable_on
from tests.ui.evaluate.evaluations import evaluation_of

COUNTS = ((8, 2, 0), (1, 9, 0), (0, 3, 7))


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show_evaluation(evaluation_of(COUNTS))
    made.show()
    return made


def place_of(matrix: ConfusionMatrix, cell: Cell) -> QPoint:
    return matrix.geometry_now.rect_of(cell).center().toPoint()


def colour_at(image: QImage, place: QPoint) -> str:
    return image.pixelColor(place * image.devicePixelRatio()).name()


def test_a_click_chooses_the_cell_under_it(matrix: ConfusionMatrix, qtbot: QtBot) -> None:
    with qtbot.waitSignal(matrix.cell_chosen) as told:
        QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=place_of(matrix, (2, 1)))
    assert told.args == [(2, 1)]
    assert matrix.chosen == (2, 1)
    assert matrix.accessibleDescription() == "True owl, predicted dog: 3 of 10 (30.0%)"


def test_a_class_without_pictures_is_not_given_a_share(matrix: ConfusionMatrix) -> None:
    matrix.show_evaluation(evaluation_of(((0, 0, 0), (0, 2, 0), (0, 0, 7))))
    matrix.choose((0, 2))
    assert matrix.accessibleDescription() == "True cat, predicted owl: no test picture is of class cat"


def test_a_click_beside_the_cells_chooses_nothing(matrix: ConfusionMatrix) -> None:
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert matrix.chosen is None


def test_the_arrows_go_from_cell_to_cell_and_stay_inside(matrix: ConfusionMatrix) -> None:
    cells: list[Cell] = []
    matrix.cell_chosen.connect(cells.append)
    for key in ("Down", "Down", "Right", "Down", "Down", "Left", "Left", "Up"):
        QTest.keyClick(matrix, getattr(Qt.Key, f"Key_{key}"))
    assert cells == [(0, 0), (1, 0), (1, 1), (2, 1), (2, 1), (2, 0), (2, 0), (1, 0)]


def test_other_keys_are_left_to_the_window(matrix: ConfusionMatrix) -> None:
    QTest.keyClick(matrix, Qt.Key.Key_A)
    assert matrix.chosen is None


def test_the_tooltip_tells_the_cell(matrix: ConfusionMatrix) -> None:
    place = place_of(matrix, (1, 0))
    QApplication.sendEvent(matrix, QHelpEvent(QHelpEvent.Type.ToolTip, place, matrix.mapToGlobal(place)))
    assert QToolTip.text() == "True dog, predicted cat: 1 of 10 (10.0%)"
    QToolTip.hideText()


def test_the_pointer_marks_what_it_is_over(matrix: ConfusionMatrix) -> None:
    before = matrix.grab().toImage()
    QTest.mouseMove(matrix, place_of(matrix, (0, 2)))
    assert matrix.grab().toImage() != before
    assert matrix.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(matrix, QPoint(1, 1))
    assert matrix.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_more_of_a_row_is_hotter_and_nothing_is_the_card(matrix: ConfusionMatrix) -> None:
    shot = matrix.grab().toImage()
    corner = QPoint(4, 4)  # away from the number in the middle
    corners = {cell: matrix.geometry_now.rect_of(cell).topLeft().toPoint() + corner for cell in np.ndindex(3, 3)}
    grounds = {cell: colour_at(shot, place) for cell, place in corners.items()}
    colours = heat_colours(np.array(COUNTS), theme.colours())
    assert grounds[1, 1] == QColor(*colours[1, 1].tolist()).name()
    assert grounds[0, 1] == QColor(*colours[0, 1].tolist()).name()
    blue = {cell: QColor(name).blue() - QColor(name).red() for cell, name in grounds.items()}
    assert blue[1, 1] > blue[0, 0] > blue[2, 1] > blue[0, 1] > blue[1, 0] > blue[0, 2]


def test_the_colours_follow_the_theme(matrix: ConfusionMatrix, qapp: QApplication) -> None:
    light = matrix.grab().toImage()
    theme.apply_theme(qapp, theme.Scheme.DARK)
    assert matrix.grab().toImage() != light


def test_numbers_can_be_read_on_every_heat() -> None:
    counts = np.array([[count, 1000 - count] for count in range(0, 1001, 10)])
    for colours in (theme.LIGHT, theme.DARK):
        for row in heat_colours(counts, colours).reshape(-1, 3):
            ground = QColor(*row.tolist())
            assert contrast(ground, readable_on(ground)) >= 4.5


def contrast(one: QColor, other: QColor) -> float:
    """As WCAG 2 defines it, in other words than the program's."""

    def luminance(colour: QColor) -> float:
        parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_any_number_of_classes_finds_room(qapp: QApplication) -> None:
    sizes = (QSize(560, 300), QSize(770, 400), QSize(240, 180))
    for classes, words, size in product((2, 10, 26, 50), ("", "a rather long name "), sizes):
        names = tuple(f"{words}{place}" for place in range(classes))
        geometry = confusion_geometry(QSizeF(size), names, qapp.font())
        assert geometry.grid.left() > geometry.name_width, (classes, words, size)
        assert geometry.grid.right() <= size.width(), (classes, words, size)
        assert geometry.grid.bottom() <= size.height(), (classes, words, size)
        assert geometry.grid.height() > size.height() * 0.4, (classes, words, size)
        for cell in ((0, 0), (classes - 1, classes - 1), (classes // 2, 0)):
            assert geometry.cell_at(geometry.rect_of(cell).center()) == cell
        assert geometry.cell_at(QPointF(0, 0)) is None


def test_the_writing_grows_with_the_cells_for_those_in_the_last_row(qapp: QApplication) -> None:
    names = tuple("0123456789")
    small, usual, large = (
        confusion_geometry(QSizeF(*size), names, qapp.font()) for size in ((300, 200), (770, 400), (1400, 700))
    )
    assert small.font.pixelSize() == theme.SMALL_FONT_SIZE < usual.font.pixelSize() < large.font.pixelSize()
    assert QFontMetricsF(large.font).height() < large.step[1]
    assert QFontMetricsF(large.font).height() < large.title


def test_two_long_names_are_both_there(qapp: QApplication) -> None:
    names = ("handwritten signature of a teacher", "cat")
    for size in (QSizeF(240, 180), QSizeF(770, 400), QSizeF(1400, 700)):
        geometry = confusion_geometry(size, names, qapp.font())
        assert geometry.every_column == geometry.every_row == 1


def test_fifty_classes_show_heat_without_numbers_and_the_tooltip_tells(matrix: ConfusionMatrix) -> None:
    counts = (np.eye(50, dtype=int) * 3 + np.roll(np.eye(50, dtype=int), 1, axis=1)).tolist()
    matrix.show_evaluation(evaluation_of(counts, [f"class {place}" for place in range(50)]))
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=place_of(matrix, (7, 8)))
    assert matrix.chosen == (7, 8)
    assert matrix.accessibleDescription() == "True class 7, predicted class 8: 1 of 4 (25.0%)"
    assert not matrix.grab().isNull()


def test_large_counts_are_written_as_everywhere(qapp: QApplication, tmp_path: Path) -> None:
    save_figure(ConfusionFigure(evaluation_of(((1126, 2, 0), (1, 9, 0), (0, 3, 7))), qapp.font()), tmp_path / "c.svg")
    texts = ElementTree.parse(tmp_path / "c.svg").iter("{http://www.w3.org/2000/svg}text")
    assert "1,126" in {(text.text or "").strip() for text in texts}


def test_the_figure_for_a_file_is_on_white_in_the_dark_too(qapp: QApplication) -> None:
    figure = ConfusionFigure(evaluation_of(COUNTS), qapp.font())
    image = QImage(figure.size.toSize(), QImage.Format.Format_RGB32)
    image.fill(0)
    paint_figure(figure, image)
    assert image.pixelColor(2, 2).name() == "#ffffff"
    accent = QColor(theme.LIGHT.accent)
    inks = {image.pixelColor(x, y).name() for x in range(0, image.width(), 5) for y in range(0, image.height(), 5)}
    assert any(abs(QColor(name).blue() - accent.blue()) < 40 for name in inks if QColor(name).red() < 120)
