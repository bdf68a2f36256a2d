"""Finding a recipe among fifty: by words, by arrows, by a click."""

from itertools import groupby

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.recipes import RECIPES, Recipe
from app.ui.train.recipes import RecipeBox, RecipeList, matching

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def box(qtbot: QtBot) -> RecipeBox:
    window, box = QWidget(), RecipeBox()
    qtbot.addWidget(window)
    box.setParent(window)
    window.resize(1024, 640)
    window.show()
    return box


def search(box: RecipeBox) -> QLineEdit:
    edit = box.finder.findChild(QLineEdit, "recipe_search")
    assert edit is not None
    return edit


def listed(box: RecipeBox) -> RecipeList:
    shown = box.finder.findChild(RecipeList, "recipe_list")
    assert shown is not None
    return shown


def test_the_recipes_of_a_group_stand_together() -> None:
    groups = [group for group, _ in groupby(recipe.group for recipe in matching(""))]
    assert len(groups) == len(set(groups))
    assert set(matching("")) == set(RECIPES)


def test_words_narrow_the_list_in_any_order_and_case() -> None:
    assert {recipe.id for recipe in matching("Clothes cnn three")} == {"lab-cnn-fashion"}
    assert {recipe.config.optimizer for recipe in matching("RMSprop textbook")} <= {"rmsprop", "adam"}
    assert all("512" in recipe.id or "512" in str(recipe.config.layers) for recipe in matching("512"))
    assert len(matching("512")) >= 28
    assert matching("overfitting dropout")
    assert matching("xyzzy") == []


def test_a_click_opens_and_typing_and_enter_choose(box: RecipeBox, qtbot: QtBot) -> None:
    QTest.mouseClick(box, LEFT)
    assert box.finder.isVisible()
    assert listed(box).pointed is box.recipe
    QTest.keyClicks(search(box), "gradienttape")
    assert [recipe.id for recipe in listed(box).recipes] == ["lab-gradient-tape"]
    with qtbot.waitSignal(box.recipe_chosen) as chosen:
        QTest.keyClick(search(box), Qt.Key.Key_Return)
    assert not box.finder.isVisible()
    recipe: Recipe = chosen.args[0]
    assert recipe is box.recipe
    assert box.currentText() == recipe.title


def test_a_letter_on_the_closed_box_begins_a_search(box: RecipeBox) -> None:
    QTest.keyClick(box, Qt.Key.Key_R)
    assert box.finder.isVisible()
    assert search(box).text() == "r"
    box.finder.close()


def test_the_arrows_move_over_headings_and_escape_changes_nothing(box: RecipeBox, qtbot: QtBot) -> None:
    before = box.recipe
    QTest.keyClick(box, Qt.Key.Key_Down)
    recipes = listed(box).recipes
    for place in range(1, 8):
        QTest.keyClick(search(box), Qt.Key.Key_Down)
        assert listed(box).pointed is recipes[place]
    QTest.keyClick(search(box), Qt.Key.Key_Up)
    assert listed(box).pointed is recipes[6]
    QTest.keyClick(search(box), Qt.Key.Key_PageUp)
    assert listed(box).pointed is recipes[0]
    with qtbot.assertNotEmitted(box.recipe_chosen):
        QTest.keyClick(search(box), Qt.Key.Key_Escape)
    assert not box.finder.isVisible()
    assert box.recipe is before


def test_a_click_on_a_row_chooses_it(box: RecipeBox, qtbot: QtBot) -> None:
    QTest.mouseClick(box, LEFT)
    QTest.keyClicks(search(box), "adagrad")
    shown = listed(box)
    place = shown.visualRect(shown.currentIndex()).center()
    with qtbot.waitSignal(box.recipe_chosen):
        QTest.mouseClick(shown.viewport(), LEFT, pos=place)
    assert box.recipe.config.optimizer == "adagrad"


def test_a_click_on_a_heading_chooses_nothing(box: RecipeBox, qtbot: QtBot) -> None:
    QTest.mouseClick(box, LEFT)
    shown = listed(box)
    heading = shown.visualRect(shown.model().index(0, 0)).center()
    with qtbot.assertNotEmitted(box.recipe_chosen):
        QTest.mouseClick(shown.viewport(), LEFT, pos=heading)
    assert box.finder.isVisible()
    box.finder.close()


def test_a_recipe_tells_what_is_reported_and_what_was_assumed(box: RecipeBox) -> None:
    QTest.mouseClick(box, LEFT)
    facts = box.finder.findChild(QLabel, "recipe_facts")
    assert facts is not None
    QTest.keyClicks(search(box), "tuning-512x512-01")
    assert "97.79%" in facts.text()
    assert "L2 factor" in facts.text()
    QTest.keyClicks(search(box), " xyzzy")
    assert facts.text() == ""
    QTest.keyClick(search(box), Qt.Key.Key_Return)
    assert box.finder.isVisible()
    box.finder.close()


def test_all_facts_of_every_recipe_fit(box: RecipeBox) -> None:
    QTest.mouseClick(box, LEFT)
    facts = box.finder.findChild(QLabel, "recipe_facts")
    assert facts is not None
    for recipe in RECIPES:
        listed(box).point_at(recipe)
        assert facts.heightForWidth(facts.width()) <= facts.height(), recipe.id
    box.finder.close()


def test_a_mouse_that_rests_where_the_list_opens_points_at_nothing(box: RecipeBox) -> None:
    QTest.keyClick(box, Qt.Key.Key_Down)
    shown = listed(box)
    pointed = shown.currentIndex()
    under_the_mouse = pointed.siblingAtRow(pointed.row() + 1)
    shown.entered.emit(under_the_mouse)
    assert shown.currentIndex() == pointed
    QCursor.setPos(QCursor.pos() + QPoint(3, 0))
    shown.entered.emit(under_the_mouse)
    assert shown.currentIndex() == under_the_mouse
    box.finder.close()
