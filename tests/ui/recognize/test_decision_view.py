"""The network of one layer in one view: classes and pixels are pointed at, and the sums follow the drawing."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.imaging.drawing import Drawing
from app.core.imaging.paper import Paper
from app.core.imaging.preprocess import NetworkInput
from app.core.models.store import StoredModel, find_model
from app.ui.common.film.decision import DecisionRows
from app.ui.common.layout import FitScroll
from app.ui.recognize.inside.panel import InsidePanel
from app.ui.recognize.recognizer import Recognition
from tests.core.inference.made_models import one_layer
from tests.ui.hand import LEFT, SLOW_MS, button, click, find
from tests.ui.layout import cut_texts, settle


def read(seed: int) -> Recognition:
    picture = np.random.default_rng(seed).random((28, 28), dtype=np.float32)
    return Recognition(Paper(Drawing(1, 1)), NetworkInput(picture, (), False, False), None)


@pytest.fixture
def model(tmp_path: Path) -> StoredModel:
    return one_layer(tmp_path / "simple")


@pytest.fixture
def panel(model: StoredModel, qtbot: QtBot) -> InsidePanel:
    made = InsidePanel()
    qtbot.addWidget(made)
    made.resize(420, 620)
    made.show()
    show(made, read(1), model, qtbot)
    return made


def show(panel: InsidePanel, recognition: Recognition, model: StoredModel, qtbot: QtBot) -> None:
    before = panel.inside
    panel.show_recognition(recognition, model)
    qtbot.waitUntil(lambda: panel.inside is not before and panel.inside is not None, timeout=SLOW_MS)
    settle()


def row(panel: InsidePanel, number: int) -> QPoint:
    return panel.decision.rows.example_places()[number].center().toPoint()


def test_it_is_what_the_panel_shows_first_and_layers_are_one_click_away(panel: InsidePanel) -> None:
    assert panel.decision.isVisible()
    assert not panel.softmax.isVisible()
    click(panel, "inside_layers")
    assert panel.softmax.isVisible()
    click(panel, "inside_layers")
    assert panel.decision.isVisible()


def test_other_networks_are_shown_layer_by_layer(panel: InsidePanel, qtbot: QtBot) -> None:
    show(panel, read(2), find_model("quickstart-mnist"), qtbot)
    assert not panel.decision.isVisible()
    assert not button(panel, "inside_layers").isVisible()
    assert panel.softmax.isVisible()


def test_the_answer_is_large_and_follows_the_drawing(panel: InsidePanel, model: StoredModel, qtbot: QtBot) -> None:
    assert panel.inside is not None
    assert panel.decision.number == panel.inside.logits.argmax()
    words = panel.decision.sum.words
    show(panel, read(3), model, qtbot)
    assert panel.decision.number == panel.inside.logits.argmax()
    assert panel.decision.sum.words != words


def test_a_class_that_is_pointed_at_is_large_and_a_click_keeps_it(
    panel: InsidePanel, model: StoredModel, qtbot: QtBot
) -> None:
    assert panel.inside is not None
    decision, rows = panel.inside.decision, panel.decision.rows
    assert decision is not None
    QTest.mouseMove(rows, row(panel, 3))
    first, second, _ = panel.decision.sum.words
    assert first.startswith(f"“class 3”: logit {decision.logits[3]:.2f}".replace("-", "−"))
    assert second.startswith(f"= {decision.added[3]:.2f} − {-decision.taken[3]:.2f}")
    QTest.mouseMove(rows, QPoint(5, 2))
    assert panel.decision.number == decision.logits.argmax()
    QTest.mouseClick(rows, LEFT, pos=row(panel, 4))
    QTest.mouseMove(rows, row(panel, 5))
    assert panel.decision.number == 5
    QTest.mouseMove(rows, QPoint(5, 2))
    assert panel.decision.number == 4
    show(panel, read(7), model, qtbot)
    assert panel.decision.number == 4
    QTest.mouseClick(rows, LEFT, pos=row(panel, 4))
    assert panel.decision.number == panel.inside.logits.argmax()


def test_the_product_of_a_pixel_is_told(panel: InsidePanel) -> None:
    assert panel.inside is not None
    decision, large = panel.inside.decision, panel.decision.sum
    assert decision is not None
    number = panel.decision.number
    for place in large.picture_places():  # pixel (9, 20) in each of the three pictures
        at = place.topLeft() + QPointF(20.5 * place.width() / 28, 9.5 * place.height() / 28)
        QTest.mouseMove(large, QPoint(1, large.height() - 2))
        assert large.pixel is None
        QTest.mouseMove(large, at.toPoint())
        assert large.pixel == (9, 20)
    weight = decision.weights[number, 9, 20]
    told = f"Row 10, column 21: {decision.read[9, 20]:.2f} × {weight:.3f} = {decision.read[9, 20] * weight:.3f}"
    assert large.words[-1] == told.replace("-", "−")
    large.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(large, key)
    assert large.pixel == (10, 20)


def test_the_keyboard_goes_through_the_classes(panel: InsidePanel) -> None:
    rows = panel.decision.rows
    rows.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    assert panel.decision.number == 1
    QTest.keyClick(rows, Qt.Key.Key_Return)
    QTest.keyClick(rows, Qt.Key.Key_End)
    assert panel.decision.number == 9


@pytest.mark.parametrize("classes", [2, 100])
def test_any_number_of_classes_can_be_looked_at(tmp_path: Path, qtbot: QtBot, panel: InsidePanel, classes: int) -> None:
    panel.resize(260, 460)
    show(panel, read(1), one_layer(tmp_path / "other", classes), qtbot)
    rows = panel.decision.rows
    places = rows.example_places()
    assert len(places) == classes
    assert places[-1].bottom() <= rows.height()
    assert places[-1].width() <= panel.width()
    bar = find(panel.decision, FitScroll).verticalScrollBar()
    bar.setValue(bar.maximum())
    QTest.mouseMove(rows, places[-1].center().toPoint())
    assert panel.decision.number == classes - 1
    rows.grab()
    qtbot.waitUntil(lambda: cut_texts(panel) == [], timeout=SLOW_MS)


def test_the_sums_are_copied_and_saved(model: StoredModel, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "decision.png"
    panel = InsidePanel(choose=lambda _parent, _name: path)
    qtbot.addWidget(panel)
    panel.resize(420, 620)
    panel.show()
    assert not panel.more.isVisible()
    show(panel, read(1), model, qtbot)
    assert panel.more.isVisible()
    inside = panel.inside
    assert inside is not None
    assert inside.decision is not None
    decision = inside.decision
    find(panel, QAction, "copy_table").trigger()
    title, *lines = QGuiApplication.clipboard().text().splitlines()
    assert title == "class,positive,negative,bias,logit,probability"
    for number, line in enumerate(lines):
        name, *values = line.split(",")
        added, taken, bias, logit, share = map(float, values)
        assert name == model.card.class_names[number]
        assert added + taken + bias == pytest.approx(logit, abs=1e-3)
        assert share == pytest.approx(float(decision.probabilities[number]))
    find(panel, QAction, "copy_picture").trigger()
    copied = QGuiApplication.clipboard().image()
    find(panel, QAction, "save_picture").trigger()
    saved = QImage(str(path))
    assert saved.size() == copied.size()
    assert saved.pixelColor(1, 1).name() == "#ffffff"
    click(panel, "inside_layers")
    assert not panel.more.isVisible()


def test_in_a_low_room_the_rows_stand_in_two_columns(panel: InsidePanel, qtbot: QtBot) -> None:
    """As in the film on Train in the usual window: nothing scrolls, and no row is cut."""
    inside = panel.inside
    assert inside is not None
    assert inside.decision is not None
    rows = DecisionRows(14, in_columns=True)
    qtbot.addWidget(rows)
    rows.show_decision(inside.decision, [str(number) for number in range(10)])
    rows.resize(290, 108)
    rows.show()
    assert rows.minimumSizeHint().height() <= 108
    places = rows.example_places()
    assert all(QRectF(rows.rect()).contains(place) for place in places)
    assert len({place.left() for place in places}) == 2
    with qtbot.waitSignal(rows.example_clicked) as clicked:
        QTest.mouseClick(rows, LEFT, pos=places[7].center().toPoint())
    assert clicked.args == [7]
    rows.resize(290, 400)
    assert len({place.left() for place in rows.example_places()}) == 1
