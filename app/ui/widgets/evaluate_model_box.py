"""Choosing the model that is evaluated."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.core.models.store import StoredModel
from app.ui.widgets.data_box import ARROW_STEPS, POPUP_EXTRA
from app.ui.widgets.elided_box import ElidedBox
from app.ui.widgets.model_menu import MANAGE, manage_words, model_groups


class EvaluateModelBox(ElidedBox):
    """Lists each model with data, accuracy and date, and shows the chosen one in short."""

    model_chosen = Signal(object)  # StoredModel
    models_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluate_model")
        self.setAccessibleName(self.tr("Model"))
        self.setMinimumContentsLength(1)
        self.setPlaceholderText(self.tr("No model yet"))
        self._models: dict[str, StoredModel] = {}
        self._chosen: StoredModel | None = None
        self.activated.connect(self._on_activated)

    @property
    def chosen(self) -> StoredModel | None:
        """The model to evaluate, None if there is none at all."""
        return self._chosen

    def set_models(self, models: Sequence[StoredModel], chosen: str) -> None:
        """Offer `models`; the one named `chosen` is chosen, or else the first."""
        self._models = {str(model.folder): model for model in models}
        named = [model for model in models if model.card.name == chosen]
        self._chosen = next(iter((*named, *models)), None)
        with QSignalBlocker(self):
            self.clear()
            for title, members in model_groups(models):
                self._add_heading(title)
                for model in members:
                    self.addItem(model.card.summary, str(model.folder))
                    self.setItemData(self.count() - 1, _tip(model), Qt.ItemDataRole.ToolTipRole)
                self.insertSeparator(self.count())
            self.addItem(manage_words(), MANAGE)
            self._show_chosen()
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + POPUP_EXTRA)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go through the models; to the Models page leads only the list, where it is written."""
        step = ARROW_STEPS.get(event.key())
        if step is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
            return
        row = self.currentIndex() + step
        while 0 <= row < self.count() and self.itemData(row) not in self._models:
            row += step
        if 0 <= row < self.count():
            self._on_activated(row)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel changes nothing: an evaluation may take a while."""
        event.ignore()

    def text_in_short(self) -> str:
        """The title and how well it does; the list has the rest."""
        card = self._chosen.card if self._chosen else None
        return f"{card.title} · {card.metrics.test_accuracy_text}" if card else self.currentText()

    def _add_heading(self, title: str) -> None:
        self.addItem(title)
        model: Any = self.model()
        assert isinstance(model, QStandardItemModel)
        model.item(self.count() - 1).setEnabled(False)

    def _show_chosen(self) -> None:
        model = self._chosen
        self.setCurrentIndex(self.findData(str(model.folder)) if model else -1)
        self.setToolTip(_tip(model) if model else self.tr("Train a network first: it will be listed here"))

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        if self.itemData(row) == MANAGE:
            self._show_chosen()
            self.models_page_requested.emit()
        model = self._models.get(self.itemData(row))
        if model is not None and model is not self._chosen:
            self._chosen = model
            self._show_chosen()
            self.model_chosen.emit(model)


def _tip(model: StoredModel) -> str:
    return f"{model.card.title}\n{model.card.summary}"
