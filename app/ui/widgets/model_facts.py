"""What one should know of the model that reads."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from app.core.models.card import ModelCard
from app.core.percentages import accuracy_with_interval
from app.ui import theme
from app.ui.widgets.card import Card


class ModelFacts(Card):
    """Data, accuracy, size, date, and the command that trains it again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Model"), parent)
        rows = QFormLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setVerticalSpacing(4)
        rows.setHorizontalSpacing(theme.PADDING)
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._values: list[QLabel] = []
        for words in (
            self.tr("Name"),
            self.tr("Trained on"),
            self.tr("Accuracy"),
            self.tr("Weights"),
            self.tr("Created"),
        ):
            label, value = QLabel(words), QLabel()
            label.setProperty("role", "muted")
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            rows.addRow(label, value)
            self._values.append(value)
        self._rows = rows
        self.body.addLayout(rows)
        self.body.addStretch()
        self.hide()

    def set_compact(self, is_compact: bool) -> None:
        """Keep to what matters most where there is little room; the rest is in the tooltip."""
        for row in (3, 4):
            self._rows.setRowVisible(row, not is_compact)

    def set_card(self, card: ModelCard | None) -> None:
        """Show a card, or nothing."""
        self.setVisible(card is not None)
        if card is None:
            return
        metrics = card.metrics
        tested = self.tr("{accuracy} on {samples:,} test pictures")
        texts = (
            card.title,
            card.data_description,
            tested.format(
                accuracy=accuracy_with_interval(metrics.test_accuracy, metrics.test_samples),
                samples=metrics.test_samples,
            ),
            f"{card.parameters:,}",
            card.created.date().isoformat(),
        )
        for label, text in zip(self._values, texts, strict=True):
            label.setText(text)
        facts = self.tr("{weights:,} weights, created {day}").format(weights=card.parameters, day=texts[-1])
        self.setToolTip(facts + "\n" + self.tr("Train it again: {command}").format(command=card.command))
