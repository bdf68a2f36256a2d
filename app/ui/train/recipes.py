"""The recipes: a list under the headings of their groups, found by words."""

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from app.core.config.notation import layers_text
from app.core.recipes import RECIPES, Recipe, find_recipe
from app.core.recipes.reference import reported_for
from app.ui import theme
from app.ui.common import build
from app.ui.common.lists import EntryText, HeadedList
from app.ui.common.text import reported_accuracy, reported_sentence

# The recipes under the headings of their groups, narrowed down by words.


def matching(text: str, recipes: Sequence[Recipe] = RECIPES) -> list[Recipe]:
    """The recipes that have every word of `text` in their names, explanations or settings."""
    words = text.lower().split()
    return [recipe for recipe in recipes if all(word in _searched(recipe) for word in words)]


def _searched(recipe: Recipe) -> str:
    config = recipe.config
    parts = (recipe.id, recipe.title, recipe.group, recipe.explanation, config.dataset, layers_text(config.layers))
    settings = (config.optimizer, config.schedule, config.loss, config.output, config.engine)
    return " ".join((*parts, *settings)).lower().replace("_", " ")


class RecipeList(HeadedList):
    """Shows recipes; one of them is under the cursor unless there is none."""

    recipe_pointed = Signal(object)  # the Recipe under the cursor, None for none
    recipe_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Recipes"), parent)
        self._recipes: list[Recipe] = []
        self._chosen = ""
        self._mouse_rests_at = QCursor.pos()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.entered.connect(self._on_entered)
        self.clicked.connect(self._on_clicked)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def text_of(self, entry: Recipe) -> EntryText:
        accuracy = reported_accuracy(reported_for(entry.id))
        note = "" if accuracy is None else f"{accuracy:.1%}"
        title, is_chosen = self.tr(entry.title), entry.id == self._chosen
        return EntryText(f"✓ {title}" if is_chosen else title, note, self.tr(entry.explanation), is_chosen)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """What is listed."""
        return tuple(self._recipes)

    @property
    def pointed(self) -> Recipe | None:
        """The recipe under the cursor."""
        recipe: Recipe | None = self.current
        return recipe

    def set_chosen(self, recipe_id: str) -> None:
        """Mark the recipe in use."""
        self._chosen = recipe_id

    def show_matching(self, text: str) -> None:
        """List the recipes that match; the cursor goes to the one in use, or to the first."""
        self._recipes = matching(text)
        self.clear_entries()
        for group, recipes in groupby(self._recipes, lambda recipe: recipe.group):
            self.add_entries(self.tr(group), recipes)
        in_use = next((recipe for recipe in self._recipes if recipe.id == self._chosen), None)
        if self._recipes:
            self.point_at(in_use if in_use and not text.strip() else self._recipes[0])
        else:
            self.recipe_pointed.emit(None)

    def point_at(self, recipe: Recipe) -> None:
        """Put the cursor on a recipe and bring it into view, with the heading above it."""
        self._mouse_rests_at = QCursor.pos()
        self.go_to(recipe)

    def step(self, by: int) -> None:
        """Move the cursor by so many recipes."""
        if self._recipes and self.pointed is not None:
            place = self._recipes.index(self.pointed) + by
            self.point_at(self._recipes[min(max(0, place), len(self._recipes) - 1)])

    @Slot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        """Follow the mouse, unless it rests and the list came, or scrolled, to where it is."""
        if self.entry_at(index) is not None and QCursor.pos() != self._mouse_rests_at:
            self.setCurrentIndex(index)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if self.entry_at(index) is not None:
            self.recipe_chosen.emit(self.entry_at(index))

    @Slot()
    def _on_current_changed(self) -> None:
        self.recipe_pointed.emit(self.pointed)


# Finding a recipe: a list that narrows down as one types, and what there is to know of the one under the cursor.

FINDER_SIZE = QSize(560, 500)
_FACTS_HEIGHT = 84
_PAGE = 8
_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -_PAGE,
    Qt.Key.Key_PageDown: _PAGE,
}


class RecipeFinder(QFrame):
    """A popup. Typing searches, the arrows move, Enter or a click chooses, Escape leaves everything as it was."""

    recipe_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("recipe_finder")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # A click on the box that closes this must not open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        invitation = self.tr("Search {count} recipes: dropout, rmsprop, 512, clothes…").format(count=len(RECIPES))
        self._search = build.named(QLineEdit(placeholderText=invitation), "recipe_search")
        self._search.installEventFilter(self)
        self._list = RecipeList()
        nothing = self.tr("No recipe has all these words.")
        self._nothing = build.label(nothing, role="muted", align=Qt.AlignmentFlag.AlignCenter)
        self._facts = build.label(name="recipe_facts", role="muted", wraps=True, align=Qt.AlignmentFlag.AlignTop)
        self._facts.setFixedHeight(_FACTS_HEIGHT)
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        build.column(self._search, (self._list, 1), (self._nothing, 1), self._facts, on=self, margins=theme.SPACING)
        self._search.textChanged.connect(self._on_text_changed)
        self._list.recipe_pointed.connect(self._on_recipe_pointed)
        self._list.recipe_chosen.connect(self._on_recipe_chosen)

    def open_at(self, place: QPoint, room: QSize, chosen: str, typed: str = "") -> None:
        """Appear at `place`, no larger than `room`; the recipe `chosen` is in use, `typed` begins the search."""
        self.resize(FINDER_SIZE.boundedTo(room))
        self.move(place)
        self._list.set_chosen(chosen)
        self._search.setText(typed)
        self.show()
        self._search.setFocus(Qt.FocusReason.PopupFocusReason)
        self._list.show_matching(typed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows and Enter belong to the list, although the search has the focus."""
        if watched is self._search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _STEPS:
                self._list.step(_STEPS[key])
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                if self._list.pointed is not None:
                    self._on_recipe_chosen(self._list.pointed)
                return True
            if key == Qt.Key.Key_Escape:
                self.close()
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._list.show_matching(text)

    @Slot(object)
    def _on_recipe_pointed(self, recipe: Recipe | None) -> None:
        self._list.setVisible(recipe is not None)
        self._nothing.setVisible(recipe is None)
        if recipe is None:
            self._facts.setText("")
            return
        reported = reported_sentence(reported_for(recipe.id))
        parts = (self.tr(recipe.explanation), reported, self.tr(recipe.assumptions) if recipe.assumptions else "")
        self._facts.setText(" ".join(part for part in parts if part))

    @Slot(object)
    def _on_recipe_chosen(self, recipe: Recipe) -> None:
        self.close()
        self.recipe_chosen.emit(recipe)


# Choosing a recipe.

_OPENING_KEYS = {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


class RecipeBox(QComboBox):
    """Looks like any other choice; what opens is a `RecipeFinder`. Typing on it begins a search."""

    recipe_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipe")
        self.setAccessibleName(self.tr("Recipe"))
        self.setMinimumContentsLength(1)
        self._finder: RecipeFinder | None = None
        self._recipe = RECIPES[0]
        self.choose(self._recipe.id)

    @property
    def recipe(self) -> Recipe:
        """The chosen one."""
        return self._recipe

    @property
    def finder(self) -> RecipeFinder:
        """What opens; made when it first does."""
        if self._finder is None:
            self._finder = RecipeFinder(self.window())
            self._finder.recipe_chosen.connect(self._on_recipe_chosen)
        return self._finder

    def choose(self, recipe_id: str) -> None:
        """Show another recipe, without a word. Raises InputError if there is none of that id."""
        self._recipe = find_recipe(recipe_id)
        self.clear()
        self.addItem(self.tr(self._recipe.title))
        self.setAccessibleDescription(self.tr(self._recipe.explanation))

    def showPopup(self) -> None:
        """Open the finder."""
        self._open("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the finder; a letter is the beginning of a search."""
        if Qt.Key(event.key()) in _OPENING_KEYS:
            self._open("")
        elif event.text().isalnum():
            self._open(event.text())
        else:
            super().keyPressEvent(event)

    def _open(self, typed: str) -> None:
        below = self.mapToGlobal(QPoint(0, self.height() + theme.LINE))
        bottom = self.window().mapToGlobal(self.window().rect().bottomRight()) - QPoint(theme.MARGIN, theme.MARGIN)
        self.finder.open_at(below, QSize(bottom.x() - below.x(), bottom.y() - below.y()), self._recipe.id, typed)

    @Slot(object)
    def _on_recipe_chosen(self, recipe: Recipe) -> None:
        self.choose(recipe.id)
        self.recipe_chosen.emit(recipe)


# How much of the form is not the recipe's any more, and the way back.


class RecipeChanges(QWidget):
    """Hidden while nothing is changed."""

    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = build.label(name="change_count")
        self._reset = build.button(self.tr("Reset all"), name="reset_all", kind="quiet", clicked=self._on_reset_clicked)
        build.row(self._count, build.STRETCH, self._reset, on=self)
        self.set_locked("")
        self.hide()

    def show_count(self, count: int, what: str) -> None:
        """Say how many settings are changed; `what` names them."""
        one, many = self.tr("● 1 change"), self.tr("● {count} changes").format(count=count)
        self._count.setText(one if count == 1 else many)
        self._count.setToolTip(what)
        self.setVisible(count > 0)

    def set_locked(self, reason: str) -> None:
        """Leave everything as it is for `reason`; an empty one unlocks it."""
        self._reset.setEnabled(not reason)
        self._reset.setToolTip(reason or self.tr("Use all settings and layers of the recipe again"))

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.reset_requested.emit()
