"""The models as a menu: the user's own, those that ship with the program, and the way to the Models page."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.core.models.store import StoredModel

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
