"""The choice of the model that reads."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.core.models.store import StoredModel
from app.ui.common.dialogs import give_menu
from app.ui.common.navigator import Navigator

# The models as a menu: the user's own, those that ship with the program, and the way to the Models page.

translate = QCoreApplication.translate

MANAGE = "manage"
"""The object name of the entry that leads to the Models page."""


def model_groups(models: Sequence[StoredModel]) -> list[tuple[str, list[StoredModel]]]:
    """The models under their headings; no heading without a model."""
    groups = (
        (translate("model_menu", "Yours"), [model for model in models if not model.bundled]),
        (translate("model_menu", "Shipped with the program"), [model for model in models if model.bundled]),
    )
    return [(title, members) for title, members in groups if members]


def manage_words() -> str:
    """What leads to the Models page."""
    return translate("model_menu", "Models…")


def fill_model_menu(menu: QMenu, models: Sequence[StoredModel], add: Callable[[StoredModel], QAction]) -> QAction:
    """Empty the menu and fill it anew; `add` makes the entry of a model. Returns the one for the Models page."""
    menu.clear()
    for title, members in model_groups(models):
        heading = menu.addAction(title)
        heading.setEnabled(False)
        for model in members:
            menu.addAction(add(model))
        menu.addSeparator()
    manage = menu.addAction(manage_words())
    manage.setObjectName(MANAGE)
    return manage


_WIDEST_TITLE = 420


def suited_models(models: Sequence[StoredModel], preprocessing: str, class_names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the models for pictures prepared so: of those that know just these classes, or else of all."""
    fitting = [model.card for model in models if model.card.preprocessing == preprocessing]
    knowing = [card for card in fitting if card.class_names == class_names]
    return tuple(card.name for card in knowing or fitting)


class ModelChooser(QToolButton):
    """A button that shows the chosen model in short and lists all with data, accuracy and date."""

    model_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[StoredModel, ...] = ()
        self._chosen: StoredModel | None = None
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._on_triggered)
        give_menu(self, self._menu)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setAccessibleName(self.tr("Model"))
        self._show_choice()

    @property
    def chosen(self) -> StoredModel | None:
        """The model in use, or None if there is none at all."""
        return self._chosen

    def set_models(self, models: Sequence[StoredModel], chosen: str) -> None:
        """Offer `models`; the one named `chosen` is in use, or else the first."""
        self._models = tuple(models)
        self._chosen = next((model for model in models if model.card.name == chosen), None)
        if self._chosen is None and self._models:
            self._chosen = self._models[0]
        self._fill_menu()
        self._show_choice()

    def _fill_menu(self) -> None:
        for action in self._group.actions():
            self._group.removeAction(action)
        manage = fill_model_menu(self._menu, self._models, self._entry)
        manage.triggered.connect(self._on_manage)

    def _entry(self, model: StoredModel) -> QAction:
        action = QAction(model.card.summary, self._group)
        action.setData(model.card.name)
        action.setCheckable(True)
        action.setChecked(model is self._chosen)
        return action

    def _show_choice(self) -> None:
        if self._chosen is None:
            self.setText(self.tr("No model yet"))
            self.setToolTip(self.tr("Train a network first: it will be listed here"))
            return
        card = self._chosen.card
        self.setText(f"{self._short(card.title)} · {card.metrics.test_accuracy_text}")
        self.setToolTip(self.tr("Model in use: {summary}").format(summary=card.summary))

    def _short(self, title: str) -> str:
        """A title that leaves room for the window's own; "&" would be a key."""
        fitting = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, _WIDEST_TITLE)
        return fitting.replace("&", "&&")

    @Slot()
    def _on_manage(self) -> None:
        Navigator.of(self).show_model(self._chosen.card.name if self._chosen else "")

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self._chosen = next(model for model in self._models if model.card.name == action.data())
        self._show_choice()
        self.model_chosen.emit(self._chosen)
