"""The mistakes, most confident first: of all classes, or those that have to do with one."""

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.core.inference.evaluation import ModelEvaluation
from app.ui import theme
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.evaluate_examples import ExamplesGrid


class MistakesView(QWidget):
    """A sentence on how many there are, and their pictures."""

    example_chosen = Signal(int)  # place among the test pictures
    all_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: ModelEvaluation | None = None
        self.examples, self._words = ExamplesGrid(), ElidedLabel()
        self._words.setObjectName("mistakes_words")
        self._words.setProperty("role", "muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._all = QPushButton(self.tr("Show the mistakes of all classes"))
        self._all.setObjectName("all_mistakes")
        self._all.setProperty("kind", "quiet")
        self._all.clicked.connect(self.all_requested)
        above = QHBoxLayout()
        above.addWidget(self._words, 1)
        above.addWidget(self._all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING // 2)
        column.addLayout(above)
        column.addWidget(self.examples, 1)
        self.examples.example_chosen.connect(self.example_chosen)

    @property
    def words(self) -> str:
        """What is said of the mistakes."""
        return self._words.whole

    def show_evaluation(self, evaluation: ModelEvaluation) -> None:
        """Show all its mistakes."""
        self._evaluation = evaluation
        self.show_class(None)

    @Slot(object)
    def show_class(self, label: int | None) -> None:
        """Show the mistakes of a class, or of all."""
        if self._evaluation is None:
            return
        evaluation = self._evaluation
        places = evaluation.mistakes() if label is None else evaluation.mistakes_with(label)
        self.examples.show_places(evaluation, places)
        self._all.setVisible(label is not None)
        self._words.set_whole(self._about_all(len(places)) if label is None else self._about(label, places))

    def _about_all(self, count: int) -> str:
        assert self._evaluation is not None
        if not count:
            return self.tr("No mistakes in {samples:,} pictures").format(samples=self._evaluation.samples)
        words = self.tr(
            "{count:,} of {samples:,} pictures are wrong, the most confident first: true class → predicted class"
        )
        return words.format(count=count, samples=self._evaluation.samples)

    def _about(self, label: int, places: np.typing.NDArray[np.int64]) -> str:
        assert self._evaluation is not None
        missed = int(np.count_nonzero(self._evaluation.labels[places] == label))
        words = self.tr("{name}: {missed:,} were predicted as another class, {taken:,} others were predicted as {name}")
        return words.format(name=self._evaluation.class_names[label], missed=missed, taken=len(places) - missed)
