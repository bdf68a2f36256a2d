"""The inside of the network in the real window: it follows the pen, and a map can be opened and switched off."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.core.inference.explaining.inside import NetworkInside
from app.core.models.store import find_model
from app.ui.main_window import MainWindow
from app.ui.recognize.inside.panel import InsidePanel, LayerSection
from tests.ui.hand import LEFT, ONE, SEVEN, SLOW_MS, button, click, draw
from tests.ui.layout import cut_texts, settle


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow()
    qtbot.addWidget(made)
    made.show()
    made.recognize.refresh_models("fast-cnn")
    return made


def opened(window: MainWindow, qtbot: QtBot) -> InsidePanel:
    draw(window.recognize.canvas, SEVEN)
    click(window.recognize.prediction, "inside")
    panel = window.recognize.reasons.inside
    assert panel is not None
    qtbot.waitUntil(lambda: panel.inside is not None, timeout=SLOW_MS)
    settle()
    return panel


def click_on(section: LayerSection, place: int) -> None:
    at = section.view.example_places()[place].center().toPoint()
    QTest.mouseClick(section.view, LEFT, pos=at)


def test_every_layer_is_shown_and_follows_the_pen(window: MainWindow, qtbot: QtBot) -> None:
    panel = opened(window, qtbot)
    kinds = [layer.type for layer in NetworkInside(find_model("fast-cnn")).look(panel.inside.picture).layers]  # type: ignore[union-attr]
    shown = [section.layer for section in panel.sections if section.isVisible()]
    assert len(shown) == len([kind for kind in kinds if kind not in {"Flatten", "Dropout"}]) - 1
    before = panel.inside
    window.recognize.canvas.clear()
    qtbot.waitUntil(lambda: "every layer" in panel.message, timeout=SLOW_MS)
    draw(window.recognize.canvas, ONE)
    qtbot.waitUntil(lambda: panel.inside is not before and not panel.message, timeout=SLOW_MS)
    assert panel.inside is not None
    assert panel.inside.probabilities.argmax() == 1


def test_a_map_is_opened_its_sum_told_and_switched_off(window: MainWindow, qtbot: QtBot) -> None:
    panel = opened(window, qtbot)
    click_on(panel.sections[0], 1)
    card = panel.unit_card
    assert card.isVisible()
    assert card.unit is not None
    assert card.unit.layer == panel.sections[0].layer
    words = card.sum.words.text()
    assert words.startswith("Sum of 25 products")
    QTest.mouseMove(card.map, QPoint(3, 3))
    assert card.map.place == (0, 0)
    assert card.sum.words.text() != words
    qtbot.waitUntil(lambda: "responds to these" in card.responds, timeout=SLOW_MS)
    QTest.mouseClick(card.off, LEFT, pos=QPoint(8, card.off.height() // 2))
    qtbot.waitUntil(lambda: panel.inside is not None and panel.inside.without is not None, timeout=SLOW_MS)
    inside = panel.inside
    assert inside is not None
    assert inside.logits_without is not None
    assert f"The logit of 7 goes from {inside.logits[7]:.2f} to {inside.logits_without[7]:.2f}." in texts(card)
    click(card, "close_unit")
    assert not card.isVisible()
    qtbot.waitUntil(lambda: panel.inside is not None and panel.inside.without is None, timeout=SLOW_MS)


def test_a_new_map_is_looked_at_where_it_is_strongest_and_a_unit_tells_its_largest_products(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = opened(window, qtbot)
    inside = panel.inside
    assert inside is not None
    click_on(panel.sections[0], 0)
    QTest.mouseMove(panel.unit_card.map, QPoint(3, 3))
    click_on(panel.sections[0], 1)
    unit = panel.unit_card.unit
    assert unit is not None
    values = inside.layers[0].values[..., unit.number]
    row, column = panel.unit_card.map.place
    assert abs(values[row, column]) == np.abs(values).max()
    dense = panel.sections[-1]
    click_on(dense, next(place for place in range(128) if inside.layers[-2].values[dense.view.unit_at(place)] > 0))
    assert "Largest products, input × weight: " in texts(panel.unit_card)


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_all_maps_are_shown_on_demand_and_the_keyboard_reaches_them(window: MainWindow, qtbot: QtBot) -> None:
    panel = opened(window, qtbot)
    section = panel.sections[0]
    few = len(section.view.example_places())
    click(section, "all_maps")
    assert len(section.view.example_places()) == 16 > few
    assert button(section, "all_maps").text() == "Most active"
    section.view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(section.view, Qt.Key.Key_Right)
    QTest.keyClick(section.view, Qt.Key.Key_Return)
    assert panel.unit_card.unit is not None
    assert panel.unit_card.unit.number == section.view.unit_at(1)


def test_why_and_inside_take_turns(window: MainWindow, qtbot: QtBot) -> None:
    panel = opened(window, qtbot)
    click(window.recognize.prediction, "why")
    assert not panel.isVisible()
    assert window.recognize.reasons.panel is not None
    button(window.recognize.prediction, "inside").animateClick()
    qtbot.waitUntil(panel.isVisible, timeout=SLOW_MS)
    assert window.recognize.reasons.panel is None
    click(window.recognize.prediction, "inside")
    assert not panel.isVisible()
    assert window.recognize.input.isVisible()


@pytest.mark.parametrize("size", [(1280, 720), (800, 440)])
def test_no_text_is_cut(window: MainWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.resize(*size)
    panel = opened(window, qtbot)
    click_on(panel.sections[0], 0)
    qtbot.waitUntil(lambda: cut_texts(panel) == [], timeout=SLOW_MS)  # rows that wrap take a few rounds


def test_in_a_small_window_the_panel_stands_below_the_answer(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(800, 440)
    panel, card, page = opened(window, qtbot), window.recognize.prediction, window.recognize
    right = card.mapTo(page, card.rect().topRight()).x()
    assert right < page.width() <= window.width()
    assert panel.mapTo(page, QPoint(0, 0)).y() > card.mapTo(page, QPoint(0, card.height() - 1)).y()
    assert not card.bars.isVisible()
    assert card.answer.isVisible()
    window.resize(1280, 720)
    settle()
    assert card.bars.isVisible()
    assert panel.mapTo(page, QPoint(0, 0)).y() == card.mapTo(page, QPoint(0, 0)).y()
    window.resize(800, 440)
    settle()
    click(card, "inside")
    assert card.bars.isVisible()
    assert not panel.isVisible()
