"""The confusion matrix, and below it the pictures of the chosen cell."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.inference.evaluation import ModelEvaluation
from app.ui import theme
from app.ui.widgets.confusion_geometry import Cell
from app.ui.widgets.confusion_matrix import ConfusionMatrix
from app.ui.widgets.divided import Divided
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.evaluate_examples import ExamplesGrid

_MATRIX_SHARE, _EXAMPLES_HEIGHT = 1000, 136


class ConfusionView(QWidget):
    """Begins with the most frequent confusion, so that there is something to see."""

    example_chosen = Signal(int)  # place among the test pictures

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: ModelEvaluation | None = None
        self.matrix, self.examples, self._words = ConfusionMatrix(), ExamplesGrid(), ElidedLabel()
        self._words.setObjectName("cell_words")
        self._words.setProperty("role", "muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING // 2)
        column.addWidget(self._words)
        column.addWidget(self.examples, 1)
        halves = Divided(Qt.Orientation.Vertical, theme.SPACING)
        halves.addWidget(self.matrix)
        halves.addWidget(below)
        halves.setStretchFactor(0, 1)
        halves.setSizes([_MATRIX_SHARE, _EXAMPLES_HEIGHT])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(halves)
        self.matrix.cell_chosen.connect(self._on_cell_chosen)
        self.examples.example_chosen.connect(self.example_chosen)

    @property
    def cell(self) -> Cell:
        """The chosen cell, whose pictures are shown."""
        return self.matrix.chosen or (0, 0)

    @property
    def words(self) -> str:
        """What is said of the chosen cell."""
        return self._words.whole

    def show_evaluation(self, evaluation: ModelEvaluation) -> None:
        """Show its confusions, and the pictures of the worst one; without any, those of the largest class."""
        self._evaluation = evaluation
        self.matrix.show_evaluation(evaluation)
        confused, largest = evaluation.confused(), int(evaluation.confusion.diagonal().argmax())
        self.matrix.choose(confused[0][:2] if confused else (largest, largest))

    @Slot(object)
    def _on_cell_chosen(self, cell: Cell) -> None:
        if self._evaluation is not None:
            self._words.set_whole(self.matrix.words(cell))
            self.examples.show_places(self._evaluation, self._evaluation.examples(*cell))
