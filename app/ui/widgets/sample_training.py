"""The way from samples to a network: how many are there, and one click that trains on them."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.core.datasets.samples.records import SampleSet
from app.ui import theme
from app.ui.widgets.elided_label import ElidedLabel

START = 10
"""Samples of each class that make a start."""


class SampleTraining(QWidget):
    """Asks for a small network that learns from the set and nothing else."""

    requested = Signal(object)  # TrainingConfig

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set: SampleSet | None = None
        self._said, self.button = ElidedLabel(), QPushButton(self.tr("Train on these"))
        self._said.setProperty("role", "caption")
        self._said.setObjectName("sample_progress")
        self.button.setObjectName("sample_train")
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACING)
        row.addWidget(self._said, 1)
        row.addWidget(self.button)

    def show_set(self, samples: SampleSet | None) -> None:
        """Offer to train on this set, or say what it lacks."""
        self._set = samples
        self.setVisible(samples is not None and samples.total > 0)
        if samples is None:
            return
        self._said.set_whole(self._words(samples))
        why_not = samples.why_not_alone
        self.button.setEnabled(not why_not)
        self.button.setToolTip(why_not or self.tr("Train a small network on these samples, and try it on the paper"))

    def _words(self, samples: SampleSet) -> str:
        least = min(samples.counts, key=lambda count: count.total)
        if least.total >= START:
            return self.tr("{count} samples").format(count=f"{samples.total:,}")
        words = self.tr("Collect at least {start} of each class: {name} has {count}")
        return words.format(start=START, name=least.name, count=least.total)

    @Slot()
    def _on_clicked(self) -> None:
        from app.core.training.fine_tuning import training_alone  # the window starts without it

        if self._set is not None and not self._set.why_not_alone:
            self.requested.emit(training_alone(self._set))
