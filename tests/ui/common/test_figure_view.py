"""A figure on the screen: clicking, choosing with keys, saving."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.ui.common.files import free_path
from app.ui.common.plots.figure import Example
from app.ui.common.plots.figure_view import FigureView, scale_for
from app.ui.evaluate.tutorial import PairGrid

CLICK = Qt.MouseButton.LeftButton


class Diagonal:
    """The least that a figure is."""

    size = QSizeF(100, 50)

    def paint(self, painter: QPainter) -> None:
        painter.fillRect(0, 0, 100, 50, Qt.GlobalColor.white)
        painter.drawLine(QPointF(0, 0), QPointF(100, 50))


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path) -> FigureView:
    def choose(_: QWidget, name: str) -> Path:
        return free_path(tmp_path / f"{name}.png")

    view = FigureView(choose=choose)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.set_figure(PairGrid(examples(7)), "Pairs", file_name="pairs")
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def clicked(view: FigureView) -> list[int]:
    numbers: list[int] = []
    view.canvas.example_clicked.connect(numbers.append)
    return numbers


def examples(count: int) -> list[Example]:
    answer = np.array([0.7, 0.3], np.float32)
    return [Example(np.zeros((28, 28), np.uint8), answer, number % 2, ("no", "yes")) for number in range(count)]


def centre(view: FigureView, number: int) -> QPoint:
    return view.canvas.example_places()[number].center().toPoint()


def save_button(view: FigureView) -> QPushButton:
    button = view.findChild(QPushButton, "save_figure")
    assert button is not None
    return button


def test_a_click_tells_which_example_it_was(view: FigureView, clicked: list[int]) -> None:
    for number in (0, 4, 6):
        QTest.mouseClick(view.canvas, CLICK, pos=centre(view, number))
    QTest.mouseClick(view.canvas, CLICK, pos=QPoint(1, 1))
    QTest.mouseClick(view.canvas, Qt.MouseButton.RightButton, pos=centre(view, 1))
    assert clicked == [0, 4, 6]


def test_a_press_that_is_dragged_away_is_no_click(view: FigureView, clicked: list[int]) -> None:
    QTest.mousePress(view.canvas, CLICK, pos=centre(view, 1))
    QTest.mouseRelease(view.canvas, CLICK, pos=centre(view, 2))
    assert clicked == []


def test_the_pointer_shows_what_can_be_clicked(view: FigureView) -> None:
    QTest.mouseMove(view.canvas, centre(view, 2))
    assert view.canvas.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(view.canvas, QPoint(1, 1))
    assert view.canvas.cursor().shape() is Qt.CursorShape.ArrowCursor
    colours = "Blue: the true class. Red: a wrong answer. Grey: other classes."
    assert view.note == f"{colours} A click opens a picture in Recognize."


def test_pointing_tells_the_whole_caption(view: FigureView) -> None:
    at = centre(view, 1)
    QApplication.sendEvent(view.canvas, QHelpEvent(QHelpEvent.Type.ToolTip, at, view.canvas.mapToGlobal(at)))
    assert QToolTip.text() == "no 70% (yes), wrong"
    QToolTip.hideText()


def test_keys_choose_an_example(view: FigureView, clicked: list[int]) -> None:
    canvas = view.canvas
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.current == 0
    for key, number in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_End, 6),
        (Qt.Key.Key_Home, 0),
    ):
        QTest.keyClick(canvas, key)
        assert canvas.current == number
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.accessibleDescription() == "no 70% (yes), wrong"
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert clicked == [1, 1]


def test_the_figure_keeps_its_proportions(view: FigureView) -> None:
    figure = view.figure
    assert figure is not None
    for width, height in ((900, 700), (500, 900), (1300, 420)):
        view.resize(width, height)
        QApplication.processEvents()
        shown = view.canvas.size()
        assert shown.width() / shown.height() == pytest.approx(figure.size.width() / figure.size.height(), abs=0.01)


def test_a_figure_is_shown_whole_if_it_can_be_read_so() -> None:
    assert scale_for(QSizeF(800, 600), QSize(760, 590)) == 0.95
    assert scale_for(QSizeF(800, 600), QSize(3200, 900)) == 1.5
    assert scale_for(QSizeF(80, 60), QSize(3200, 2400)) == 2


def test_a_figure_that_would_be_too_small_is_scrolled() -> None:
    assert scale_for(QSizeF(800, 600), QSize(720, 300)) == 0.9, "as wide as the room"
    assert scale_for(QSizeF(800, 600), QSize(2000, 300)) == 1.0
    assert scale_for(QSizeF(800, 600), QSize(200, 300)) == 0.85


def test_a_figure_that_is_scrolled_can_be_seen_whole(view: FigureView, qtbot: QtBot) -> None:
    whole = view.findChild(QCheckBox, "whole_figure")
    assert whole is not None
    view.set_figure(PairGrid(examples(2)), "Pair")
    assert not whole.isVisible()
    view.set_figure(PairGrid(examples(30)), "Pairs")
    assert whole.isVisible()
    viewport = view.canvas.parentWidget()
    assert viewport is not None
    room = viewport.size()
    assert view.canvas.height() > room.height()
    QTest.keyClick(whole, Qt.Key.Key_Space)
    assert view.canvas.height() <= room.height()
    assert view.canvas.width() <= room.width()
    QTest.keyClick(whole, Qt.Key.Key_Space)
    assert view.canvas.height() > room.height()


def test_what_the_keys_choose_is_scrolled_to(view: FigureView) -> None:
    view.resize(400, 200)
    view.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(view.canvas, Qt.Key.Key_End)
    chosen = view.canvas.example_places()[6].toRect()
    assert view.canvas.visibleRegion().contains(chosen.center())


def test_a_figure_without_examples_is_shown_and_saved(view: FigureView, tmp_path: Path) -> None:
    view.set_figure(Diagonal(), "Diagonal", "A line from corner to corner", "diagonal")
    assert view.canvas.focusPolicy() is Qt.FocusPolicy.NoFocus
    assert view.canvas.accessibleDescription() == "A line from corner to corner"
    assert view.note == ""
    QTest.mouseClick(view.canvas, CLICK, pos=view.canvas.rect().center())
    QTest.mouseClick(save_button(view), CLICK)
    assert QImage(str(tmp_path / "diagonal.png")).width() == 200


def test_saving_says_where_and_suggests_a_free_name_next(view: FigureView, tmp_path: Path) -> None:
    QTest.mouseClick(save_button(view), CLICK)
    assert view.note == f"Saved as {tmp_path / 'pairs.png'}"
    QTest.mouseClick(save_button(view), CLICK)
    assert sorted(path.name for path in tmp_path.glob("pairs*")) == ["pairs-2.png", "pairs.png"]


def test_a_failure_is_said_below_the_figure(view: FigureView, tmp_path: Path) -> None:
    view.save(tmp_path / "nowhere" / "pairs.png")
    assert "There is no folder" in view.note


def test_without_a_figure_it_invites_and_says_why_nothing_can_be_saved(view: FigureView, clicked: list[int]) -> None:
    view.set_invitation("Evaluate a model first")
    view.set_figure(None)
    assert view.canvas.accessibleDescription() == "Evaluate a model first"
    assert not save_button(view).isEnabled()
    assert save_button(view).toolTip() == "There is no figure to save yet"
    QTest.mouseClick(view.canvas, CLICK, pos=view.canvas.rect().center())
    QTest.keyClick(view.canvas, Qt.Key.Key_Return)
    view.save(Path("nothing.png"))
    assert clicked == []
    assert not view.grab().isNull()
