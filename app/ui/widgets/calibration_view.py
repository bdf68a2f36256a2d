"""The reliability diagram with a sentence on how to read it."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.core.inference.evaluation import ModelEvaluation
from app.core.percentages import percent
from app.ui import theme
from app.ui.widgets.calibration_plot import CalibrationPlot


class CalibrationView(QWidget):
    """Says the calibration error in plain words, and shows where it comes from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot, self._words = CalibrationPlot(), QLabel()
        self._words.setObjectName("calibration_words")
        self._words.setProperty("role", "muted")
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addWidget(self._words)
        column.addWidget(self.plot, 1)

    @property
    def words(self) -> str:
        """What is said above the diagram."""
        return self._words.text()

    def show_evaluation(self, evaluation: ModelEvaluation) -> None:
        """Show its calibration."""
        words = self.tr(
            "On average, confidence and accuracy differ by {error}. On the dashed line they are equal; "
            "below it the network is overconfident. Hollow dots stand for fewer than ten pictures. The "
            "bars below count the pictures, on a logarithmic scale."
        )
        self._words.setText(words.format(error=percent(evaluation.expected_calibration_error)))
        self.plot.show_evaluation(evaluation)
