"""Choosing the model that samples shall improve."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from app.core.datasets.samples.records import SampleSet
from app.core.datasets.sources import available
from app.core.models.config import TrainingConfig
from app.core.models.store import StoredModel
from app.core.training.fine_tuning import fine_tuning, fitting_models, old_data
from app.ui import theme

_WIDTH = 440


class FineTuneDialog(QDialog):
    """Says what will happen; `config` is the run that was agreed to."""

    def __init__(self, samples: SampleSet, preferred: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples, self._models = samples, fitting_models(samples)
        self.setWindowTitle(self.tr("Fine-tune with {title}").format(title=samples.title))
        self.setMinimumWidth(_WIDTH)
        self._choice = QComboBox()
        self._choice.setObjectName("model_to_tune")
        self._choice.addItems([model.card.summary for model in self._models])
        names = [model.card.name for model in self._models]
        self._choice.setCurrentIndex(names.index(preferred) if preferred in names else 0)
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._words = QLabel()
        self._words.setObjectName("tuning_words")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setProperty("role", "muted")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = self._buttons.addButton(self.tr("Fine-tune"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._go.setObjectName("tune")
        self._go.setProperty("kind", "primary")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._choice.currentIndexChanged.connect(self._show_words)
        form = QFormLayout()
        form.setSpacing(theme.SPACING)
        form.addRow(self.tr("Model"), self._choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.MARGIN] * 4)
        column.setSpacing(theme.MARGIN)
        column.addLayout(form)
        column.addWidget(self._words)
        column.addWidget(self._buttons)
        self._show_words()

    @property
    def model(self) -> StoredModel | None:
        """The model that is chosen."""
        return self._models[self._choice.currentIndex()] if self._models else None

    @property
    def config(self) -> TrainingConfig | None:
        """The run, or None if no model fits."""
        return None if self.model is None else fine_tuning(self.model, self._samples)

    @Slot()
    def _show_words(self) -> None:
        config, model = self.config, self.model
        self._go.setEnabled(config is not None)
        self._choice.setEnabled(config is not None)
        if config is None or model is None:
            none = self.tr("No model on this computer has exactly these classes: train one on the samples alone first.")
            self._words.setText(none)
            self._go.setToolTip(none)
            return
        words = self.tr(
            "Training starts with the weights of {model} and uses your {count} samples for {epochs} "
            "epochs at a low learning rate. {beside} The {held_back} samples kept for testing are not "
            "used, so that before and after can be compared. {model} itself does not change."
        )
        self._words.setText(
            words.format(
                model=model.card.title,
                count=f"{self._samples.train_count:,}",
                epochs=config.epochs,
                beside=self._beside(model),
                held_back=f"{self._samples.held_back_count:,}",
            )
        )

    def _beside(self, model: StoredModel) -> str:
        old = old_data(model, self._samples)
        if old:
            title = available(old).title
            return self.tr("{title}'s pictures are mixed in, so that nothing is forgotten.").format(title=title)
        if model.card.dataset == self._samples.name:
            return self.tr("It was trained on these samples before, and uses all of them again.")
        return self.tr(
            "The pictures it was trained on are not on this computer, so none of them can be mixed in: it"
            " will read your samples better, and may read others worse."
        )
