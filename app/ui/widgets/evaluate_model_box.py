"""Choosing the model that is evaluated: those that came with the program, then one's own."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from app.core.models.store import StoredModel
from app.ui.widgets.data_box import POPUP_EXTRA
from app.ui.widgets.elided_box import ElidedBox


class EvaluateModelBox(ElidedBox):
    """Names each model; its tooltip names it in full, with data, accuracy and date."""

    model_chosen = Signal(object)  # StoredModel

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
            for number, model in enumerate(models):
                if number and not model.bundled and models[number - 1].bundled:
                    self.insertSeparator(self.count())
                self.addItem(model.card.title, str(model.folder))
                self.setItemData(self.count() - 1, _tip(model), Qt.ItemDataRole.ToolTipRole)
            self._show_chosen()
        self.setEnabled(bool(models))
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + POPUP_EXTRA)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel changes nothing: an evaluation may take a while."""
        event.ignore()

    def _show_chosen(self) -> None:
        model = self._chosen
        self.setCurrentIndex(self.findData(str(model.folder)) if model else -1)
        self.setToolTip(_tip(model) if model else self.tr("Train a network first: it will be listed here"))

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        model = self._models.get(self.itemData(row))
        if model is not None and model is not self._chosen:
            self._chosen = model
            self._show_chosen()
            self.model_chosen.emit(model)


def _tip(model: StoredModel) -> str:
    return f"{model.card.title}\n{model.card.summary}"
