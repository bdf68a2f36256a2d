"""The table of classes: its figures, sorting by the header, and choosing a class by mouse and keyboard."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.evaluate.classes import COLUMNS, ClassHeader, ClassTable
from tests.ui.evaluate.evaluations import evaluation_of


@pytest.fixture
def table(qtbot: QtBot) -> ClassTable:
    made = ClassTable()
    qtbot.addWidget(made)
    made.resize(310, 300)
    made.show_classes(evaluation_of(((8, 2, 0), (1, 9, 0), (0, 3, 7))).classes)
    made.show()
    return made


def column(table: ClassTable, name: str) -> list[str]:
    model, place = table.model(), COLUMNS.index(name)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def click_header(table: ClassTable, name: str) -> None:
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(COLUMNS.index(name)) + 12, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def click_row(table: ClassTable, row: int) -> None:
    place = table.visualRect(table.model().index(row, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_shows_precision_recall_f1_and_support(table: ClassTable) -> None:
    assert column(table, "name") == ["cat", "dog", "owl"]
    assert column(table, "precision") == ["88.9%", "64.3%", "100.0%"]
    assert column(table, "recall") == ["80.0%", "90.0%", "70.0%"]
    assert column(table, "f1") == ["84.2%", "75.0%", "82.4%"]
    assert column(table, "support") == ["10", "10", "10"]


def test_a_class_without_test_pictures_has_no_recall(table: ClassTable) -> None:
    table.show_classes(evaluation_of(((8, 2, 0), (1, 9, 0), (0, 0, 0))).classes)
    assert column(table, "precision")[2] == "–"
    assert column(table, "recall") == ["80.0%", "90.0%", "–"]
    assert column(table, "f1")[2] == "–"
    assert column(table, "support") == ["10", "10", "0"]
    click_header(table, "recall")
    assert column(table, "name") == ["owl", "cat", "dog"]
    assert "no test picture is of this class" in table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_keys_sort_by_a_column_and_the_other_way_round(table: ClassTable) -> None:
    QTest.keyClicks(table, "3")
    assert column(table, "name") == ["owl", "cat", "dog"]
    QTest.keyClicks(table, "3")
    assert column(table, "name") == ["dog", "cat", "owl"]
    QTest.keyClicks(table, "1")
    assert column(table, "name") == ["cat", "dog", "owl"]


def test_a_click_on_the_header_sorts_and_another_turns_it_round(table: ClassTable) -> None:
    click_header(table, "f1")
    assert column(table, "name") == ["dog", "owl", "cat"]
    click_header(table, "f1")
    assert column(table, "name") == ["cat", "owl", "dog"]
    click_header(table, "name")
    assert column(table, "name") == ["cat", "dog", "owl"]


def test_a_triangle_stands_beside_the_title_that_is_sorted_by(table: ClassTable) -> None:
    header = table.horizontalHeader()
    assert isinstance(header, ClassHeader)
    for place, name in enumerate(COLUMNS):
        click_header(table, name)
        if header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder:
            click_header(table, name)
        left, width = header.sectionViewportPosition(place), header.sectionSize(place)
        section = QRect(left, 0, width, header.height())
        triangle = header.triangle_place(section, place)
        assert section.contains(triangle), name
        picture = header.grab().toImage()
        ratio = picture.devicePixelRatio()
        inside = picture.pixelColor(triangle.center() * ratio)
        assert inside == QColor(theme.colours().text), name
        corner = triangle.topLeft() * ratio
        empty = abs(picture.pixelColor(corner).lightness() - inside.lightness())  # it points up
        click_header(table, name)
        turned = header.grab().toImage()
        assert turned.pixelColor(triangle.center() * ratio) == inside, name
        assert abs(turned.pixelColor(corner).lightness() - inside.lightness()) < empty - 30, name


def test_classes_that_are_equal_stay_in_their_order(table: ClassTable) -> None:
    click_header(table, "support")
    assert column(table, "name") == ["cat", "dog", "owl"]


def test_the_order_stays_for_the_next_evaluation(table: ClassTable) -> None:
    click_header(table, "recall")
    table.show_classes(evaluation_of(((5, 5, 0), (0, 9, 1), (0, 0, 10))).classes)
    assert column(table, "recall") == ["50.0%", "90.0%", "100.0%"]


def test_a_click_on_a_row_chooses_its_class_wherever_it_stands(table: ClassTable, qtbot: QtBot) -> None:
    click_header(table, "f1")
    with qtbot.waitSignal(table.class_chosen) as told:
        click_row(table, 1)
    assert told.args == [2]


def test_the_arrows_choose_as_they_go(table: ClassTable) -> None:
    chosen: list[int] = []
    table.class_chosen.connect(chosen.append)
    click_row(table, 0)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(table, key)
    assert chosen == [0, 1, 2, 1, 1]


def test_what_is_chosen_stays_chosen_when_the_rows_move(table: ClassTable) -> None:
    click_row(table, 0)
    click_header(table, "f1")
    assert table.currentIndex().row() == 2
    assert [index.row() for index in table.selectionModel().selectedRows()] == [2]


def test_a_class_is_marked_and_unmarked_without_telling(table: ClassTable, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.class_chosen):
        table.mark(2)
        assert [index.row() for index in table.selectionModel().selectedRows()] == [2]
        table.mark(None)
    assert not table.selectionModel().hasSelection()


def test_every_title_and_row_is_explained(table: ClassTable) -> None:
    model = table.model()
    for place in range(len(COLUMNS)):
        assert model.headerData(place, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole).startswith("dog: precision 64.29%, recall 90.00%")


def test_the_columns_fill_the_width_and_no_more(table: ClassTable) -> None:
    assert sum(table.columnWidth(place) for place in range(len(COLUMNS))) == table.viewport().width()
