"""Finding a recipe: a list that narrows down as one types, and what there is to know of the one under the cursor."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.core.models.recipes import RECIPES, Recipe
from app.core.models.reference import reported_for
from app.ui import theme
from app.ui.widgets.recipe_list import RecipeList
from app.ui.widgets.reported_words import reported_sentence

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
        self._search = QLineEdit()
        self._search.setObjectName("recipe_search")
        self._search.setPlaceholderText(
            self.tr("Search {count} recipes: dropout, rmsprop, 512, clothes…").format(count=len(RECIPES))
        )
        self._search.installEventFilter(self)
        self._list, self._nothing, self._facts = RecipeList(), QLabel(), QLabel()
        self._nothing.setText(self.tr("No recipe has all these words."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._facts.setObjectName("recipe_facts")
        self._facts.setWordWrap(True)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._facts.setFixedHeight(_FACTS_HEIGHT)
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for label in (self._nothing, self._facts):
            label.setProperty("role", "muted")
        self._lay_out()
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

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.SPACING] * 4)
        column.setSpacing(theme.SPACING)
        column.addWidget(self._search)
        column.addWidget(self._list, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(self._facts)

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
