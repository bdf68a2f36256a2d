"""The choice of a second model that reads the same paper."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.core.models.store import StoredModel
from app.ui.widgets.menu_button import give_menu
from app.ui.widgets.model_menu import MANAGE, fill_model_menu

_MOST_NAMES = 4


class ComparisonChoice(QToolButton):
    """Lists all models; those that cannot be compared with the one that reads say why.

    The choice is kept, by name, until it is taken back, even while it does not fit the model that reads.
    """

    compared_changed = Signal()
    models_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[StoredModel, ...] = ()
        self._reading: StoredModel | None = None
        self._name = ""
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.triggered.connect(self._on_triggered)
        give_menu(self, self._menu)
        self.setObjectName("compare")
        self.setProperty("kind", "link")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.set_short(False)
        self._refresh()

    @property
    def name(self) -> str:
        """The model that was chosen to compare with, whether it fits or not; empty for none."""
        return self._name

    @property
    def compared(self) -> StoredModel | None:
        """The second model, if one was chosen that can be compared with the one that reads."""
        chosen = next((model for model in self._models if model.card.name == self._name), None)
        return chosen if chosen is not None and not self._reason_against(chosen) else None

    def set_models(self, models: Sequence[StoredModel], reading: StoredModel | None) -> None:
        """Offer `models` beside the one that reads."""
        self._models, self._reading = tuple(models), reading
        self._refresh()

    def set_short(self, is_short: bool) -> None:
        """Say it in one word where there is little room."""
        self.setText(self.tr("Compare…") if is_short else self.tr("Compare with…"))

    @Slot(str)
    def choose(self, name: str) -> None:
        """Compare with the model of that name, or with none."""
        if name != self._name:
            self._name = name
            self._refresh()
            self.compared_changed.emit()

    @Slot()
    def close_comparison(self) -> None:
        """Compare no more."""
        self.choose("")

    def _reason_against(self, model: StoredModel) -> str:
        if self._reading is None:
            return self.tr("There is no model yet")
        if model.card.name == self._reading.card.name:
            return self.tr("This model is already in use")
        if model.card.class_names != self._reading.card.class_names:
            some = ", ".join(model.card.class_names[:_MOST_NAMES])
            return self.tr("It has other classes ({names}…), so it cannot be compared").format(names=some)
        return ""

    def _refresh(self) -> None:
        manage = fill_model_menu(self._menu, self._models, self._entry)
        if self._name:
            none = QAction(self.tr("Stop comparing"), self._menu)
            none.setData("")
            self._menu.insertAction(manage, none)
        compared = self.compared
        self.setEnabled(len(self._models) > 1)
        if not self.isEnabled():
            self.setToolTip(self.tr("There is no second model yet: train one first"))
        elif compared is not None:
            self.setToolTip(self.tr("Compared with: {summary}").format(summary=compared.card.summary))
        else:
            self.setToolTip(self.tr("Compare with a second model on the same drawing"))

    def _entry(self, model: StoredModel) -> QAction:
        action = QAction(model.card.summary, self._menu)
        action.setData(model.card.name)
        action.setCheckable(True)
        action.setChecked(model.card.name == self._name)
        reason = self._reason_against(model)
        action.setEnabled(not reason)
        action.setToolTip(reason)
        return action

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action.objectName() == MANAGE:
            self.models_page_requested.emit()
        else:
            self.choose(str(action.data()))
