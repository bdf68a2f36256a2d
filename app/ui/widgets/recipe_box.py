"""Choosing a recipe, and choosing data."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.models.recipes import RECIPES, Recipe
from app.ui import theme
from app.ui.widgets.data_choices import DataChoice, data_choices

POPUP_EXTRA = 24
"""The list is as wide as its longest line and a scroll bar, however narrow the box is."""

_VALUE = Qt.ItemDataRole.UserRole


class RecipeBox(QComboBox):
    """The recipes under the headings of their groups."""

    recipe_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipe")
        self.setAccessibleName(self.tr("Recipe"))
        self.setMinimumContentsLength(1)
        model = QStandardItemModel(self)
        for group in dict.fromkeys(recipe.group for recipe in RECIPES):
            model.appendRow(self._heading(group))
            for recipe in RECIPES:
                if recipe.group == group:
                    model.appendRow(self._item(recipe))
        self.setModel(model)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + POPUP_EXTRA)
        self.setCurrentIndex(self.findData(RECIPES[0].id))
        self.currentIndexChanged.connect(self._on_current_index_changed)

    @property
    def recipe(self) -> Recipe:
        """The chosen one."""
        return next(recipe for recipe in RECIPES if recipe.id == self.currentData())

    def _heading(self, group: str) -> QStandardItem:
        item = QStandardItem(self.tr(group))
        font = QFont()
        font.setBold(True)
        item.setFont(font)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _item(self, recipe: Recipe) -> QStandardItem:
        item = QStandardItem(self.tr(recipe.title))
        item.setData(recipe.id, _VALUE)
        item.setToolTip(self.tr(recipe.explanation))
        return item

    @Slot()
    def _on_current_index_changed(self) -> None:
        self.recipe_chosen.emit(self.recipe)


class DataBox(QComboBox):
    """The data of this machine, and the way to data that is not here yet."""

    data_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data")
        self.setAccessibleName(self.tr("Data"))
        self.setMinimumContentsLength(1)
        self._chosen: tuple[str, str] = ("", "")
        self.refresh()
        self.activated.connect(self._on_activated)

    @property
    def chosen(self) -> tuple[str, str]:
        """The config's `dataset` and `data`."""
        return self._chosen

    def refresh(self) -> None:
        """Look again at what is on this machine."""
        with QSignalBlocker(self):
            self.clear()
            self._choices = data_choices()
            for choice in self._choices:
                self.addItem(self._text(choice))
                if not choice.is_here:
                    self.setItemData(self.count() - 1, QColor(theme.colours().muted), Qt.ItemDataRole.ForegroundRole)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + POPUP_EXTRA)
        self.choose(*self._chosen)

    def choose(self, dataset: str, data: str) -> None:
        """Select an edition; one that is not here gives way to the first of the set that is."""
        here = [choice for choice in self._choices if choice.is_here]
        same_set = [choice for choice in here if choice.dataset == dataset]
        exact = [choice for choice in same_set if choice.data == data]
        for choice in (exact or same_set or here)[:1]:
            self._chosen = choice.dataset, choice.data
            self.setCurrentIndex(self._choices.index(choice))

    def _text(self, choice: DataChoice) -> str:
        text = f"{choice.title}, {self.tr(choice.variant.value)}, {choice.count:,}"
        return text if choice.is_here else self.tr("{data}: get it…").format(data=text)

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        choice = self._choices[row]
        if choice.is_here:
            self.choose(choice.dataset, choice.data)
        else:
            self.choose(*self._chosen)
            self.data_page_requested.emit()
