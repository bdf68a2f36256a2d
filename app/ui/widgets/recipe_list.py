"""The recipes under the headings of their groups, narrowed down by words."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QCursor, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.models.notation import layers_text
from app.core.models.recipes import RECIPES, Recipe
from app.core.models.reference import reported_for
from app.ui import theme
from app.ui.widgets.item_text import item_font, write_item
from app.ui.widgets.reported_words import reported_accuracy

HEADING_HEIGHT, RECIPE_HEIGHT = 30, 42

_RECIPE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


def matching(text: str, recipes: Sequence[Recipe] = RECIPES) -> list[Recipe]:
    """The recipes that have every word of `text` in their names, explanations or settings."""
    words = text.lower().split()
    return [recipe for recipe in recipes if all(word in _searched(recipe) for word in words)]


def _searched(recipe: Recipe) -> str:
    config = recipe.config
    parts = (recipe.id, recipe.title, recipe.group, recipe.explanation, config.dataset, layers_text(config.layers))
    settings = (config.optimizer, config.schedule, config.loss, config.output, config.engine)
    return " ".join((*parts, *settings)).lower().replace("_", " ")


class _Delegate(QStyledItemDelegate):
    """A heading, or a title with the reported accuracy and, below them, the explanation."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chosen = ""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """All recipes are equally high."""
        return QSize(0, HEADING_HEIGHT if index.data(_RECIPE) is None else RECIPE_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        painter.save()
        place: QRect = option.rect.adjusted(theme.SPACING, 0, -theme.SPACING, 0)
        recipe: Recipe | None = index.data(_RECIPE)
        if recipe is None:
            self._paint_heading(painter, place, index.data())
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                self._paint_ground(painter, option.rect)
            self._paint_recipe(painter, place, recipe)
        painter.restore()

    def _paint_heading(self, painter: QPainter, place: QRect, title: str) -> None:
        painter.setFont(item_font(small=True, bold=True))
        painter.setPen(QColor(theme.colours().muted))
        bottom = place.adjusted(0, 0, 0, -theme.SPACING // 2)
        painter.drawText(bottom, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, title)

    def _paint_ground(self, painter: QPainter, place: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colours().accent_soft))
        painter.drawRoundedRect(place, theme.CONTROL_RADIUS, theme.CONTROL_RADIUS)

    def _paint_recipe(self, painter: QPainter, place: QRect, recipe: Recipe) -> None:
        colours = theme.colours()
        half = place.height() // 2
        top = place.adjusted(0, theme.SPACING // 4, 0, -half)
        bottom = place.adjusted(0, half, 0, -theme.SPACING // 4)
        is_chosen = recipe.id == self.chosen
        title = self.tr(recipe.title)
        write_item(painter, top, f"✓ {title}" if is_chosen else title, colours.text, item_font(bold=is_chosen))
        accuracy = reported_accuracy(reported_for(recipe.id))
        if accuracy is not None:
            painter.setPen(QColor(colours.muted))
            painter.setFont(item_font())
            painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{accuracy:.1%}")
        write_item(painter, bottom, self.tr(recipe.explanation), colours.muted, item_font(small=True))


class RecipeList(QListView):
    """Shows recipes; one of them is under the cursor unless there is none."""

    recipe_pointed = Signal(object)  # the Recipe under the cursor, None for none
    recipe_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipes: list[Recipe] = []
        self._mouse_rests_at = QCursor.pos()
        self._items = QStandardItemModel(self)
        self._delegate = _Delegate(self)
        self.setModel(self._items)
        self.setItemDelegate(self._delegate)
        self.setObjectName("recipe_list")
        self.setAccessibleName(self.tr("Recipes"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.entered.connect(self._on_entered)
        self.clicked.connect(self._on_clicked)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """What is listed."""
        return tuple(self._recipes)

    @property
    def pointed(self) -> Recipe | None:
        """The recipe under the cursor."""
        recipe: Recipe | None = self.currentIndex().data(_RECIPE)
        return recipe

    def set_chosen(self, recipe_id: str) -> None:
        """Mark the recipe in use."""
        self._delegate.chosen = recipe_id

    def show_matching(self, text: str) -> None:
        """List the recipes that match; the cursor goes to the one in use, or to the first."""
        self._recipes = matching(text)
        self._items.clear()
        group = ""
        for recipe in self._recipes:
            if recipe.group != group:
                group = recipe.group
                self._items.appendRow(self._heading(group))
            self._items.appendRow(self._item(recipe))
        in_use = next((recipe for recipe in self._recipes if recipe.id == self._delegate.chosen), None)
        if self._recipes:
            self.point_at(in_use if in_use and not text.strip() else self._recipes[0])
        else:
            self.recipe_pointed.emit(None)

    def point_at(self, recipe: Recipe) -> None:
        """Put the cursor on a recipe and bring it into view, with the heading above it."""
        self._mouse_rests_at = QCursor.pos()
        row = next(row for row in range(self._items.rowCount()) if self._items.item(row).data(_RECIPE) is recipe)
        self.setCurrentIndex(self._items.index(row, 0))
        self.scrollTo(self._items.index(max(0, row - 1), 0))
        self.scrollTo(self._items.index(row, 0))

    def step(self, by: int) -> None:
        """Move the cursor by so many recipes."""
        if self._recipes and self.pointed is not None:
            place = self._recipes.index(self.pointed) + by
            self.point_at(self._recipes[min(max(0, place), len(self._recipes) - 1)])

    def _heading(self, group: str) -> QStandardItem:
        item = QStandardItem(self.tr(group))
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item

    def _item(self, recipe: Recipe) -> QStandardItem:
        item = QStandardItem(self.tr(recipe.title))
        item.setData(recipe, _RECIPE)
        return item

    @Slot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        """Follow the mouse, unless it rests and the list came, or scrolled, to where it is."""
        if index.data(_RECIPE) is not None and QCursor.pos() != self._mouse_rests_at:
            self.setCurrentIndex(index)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.data(_RECIPE) is not None:
            self.recipe_chosen.emit(index.data(_RECIPE))

    @Slot()
    def _on_current_changed(self) -> None:
        self.recipe_pointed.emit(self.pointed)
