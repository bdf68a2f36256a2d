"""Choosing a recipe."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.models.recipes import RECIPES, Recipe, find_recipe
from app.ui import theme
from app.ui.widgets.recipe_finder import RecipeFinder

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
