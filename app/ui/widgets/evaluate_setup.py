"""What is evaluated, on what, and how well it does."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.core.models.store import StoredModel
from app.ui import theme
from app.ui.widgets.card import Card
from app.ui.widgets.evaluate_data_box import EvaluateDataBox
from app.ui.widgets.evaluate_headline import EvaluateHeadline
from app.ui.widgets.evaluate_model_box import EvaluateModelBox
from app.ui.workers.evaluation_facts import EvaluationRequest


class EvaluateSetup(Card):
    """A model, data that fits it, and the figures. A caution stands below figures that flatter."""

    request_changed = Signal()
    data_page_requested = Signal()
    models_page_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("How well a model reads"), parent)
        self.models, self.data, self.headline = EvaluateModelBox(), EvaluateDataBox(), EvaluateHeadline()
        self._caution, self._get = QLabel(), QPushButton()
        self._get.setObjectName("get_data")
        self._get.setProperty("kind", "quiet")
        self._lay_out()
        self.show_caution("")
        self.models.model_chosen.connect(self._on_model_chosen)
        self.models.models_page_requested.connect(self.models_page_requested)
        self.data.data_chosen.connect(self.request_changed)
        self.data.data_page_requested.connect(self.data_page_requested)
        self._get.clicked.connect(self._on_get_clicked)

    @property
    def request(self) -> EvaluationRequest | None:
        """What to evaluate, None while something is missing for it."""
        model, choice = self.models.chosen, self.data.chosen
        return EvaluationRequest(model, choice.dataset, choice.data) if model and choice else None

    @property
    def caution(self) -> str:
        """Why the figures flatter, or an empty text."""
        return "" if self._caution.isHidden() else self._caution.text().removeprefix("⚠ ")

    def show_models(self, models: Sequence[StoredModel], chosen: str) -> None:
        """Offer these, the one named `chosen` chosen, and the data that fits it."""
        self.models.set_models(models, chosen)
        self.refresh_data()

    def refresh_data(self) -> None:
        """Look again what is on this computer."""
        model = self.models.chosen
        if model is None:
            self.data.clear_choices()
        else:
            self.data.show_for(model.card)

    def show_caution(self, sentence: str) -> None:
        """Say why the figures flatter the model, with the way to data for a fair test; nothing for a fair one."""
        self._caution.setText(f"⚠ {sentence}")
        self._caution.setVisible(bool(sentence))
        self.offer_data(bool(sentence))

    def offer_data(self, offered: bool) -> None:
        """Offer the way to a fair test: data that is here, data that can be fetched, or the Data page."""
        self._get.setVisible(offered)
        choice, words = self.data.fairer, self.tr("Use {data}")
        if choice is None:
            choice, words = self.data.missing, self.tr("Get {data}…")
        name = f"{choice.title}, {self.tr(choice.variant.value)}" if choice else ""
        self._get.setText(words.format(data=name) if choice else self.tr("Go to the Data page"))

    def _lay_out(self) -> None:
        rows = QFormLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACING)
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for words, widget in ((self.tr("Model"), self.models), (self.tr("Data"), self.data)):
            label = QLabel(words)
            label.setProperty("role", "muted")
            label.setBuddy(widget)
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            rows.addRow(label, widget)
        self._caution.setObjectName("caution")
        self._caution.setWordWrap(True)
        self._caution.setTextFormat(Qt.TextFormat.PlainText)
        self.body.addLayout(rows)
        self.body.addSpacing(theme.SPACING)
        self.body.addWidget(self.headline)
        self.body.addWidget(self._caution)
        self.body.addWidget(self._get, 0, Qt.AlignmentFlag.AlignLeft)

    @Slot(object)
    def _on_model_chosen(self, _model: StoredModel) -> None:
        self.refresh_data()
        self.request_changed.emit()

    @Slot()
    def _on_get_clicked(self) -> None:
        if self.data.fairer:
            self.data.choose(self.data.fairer)
        else:
            self.data_page_requested.emit()
