"""What an evaluation shows: confusions, calibration, mistakes and the tutorial's plots, one at a time."""

from enum import IntEnum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.widgets.calibration_view import CalibrationView
from app.ui.widgets.card import Card
from app.ui.widgets.confusion_view import ConfusionView
from app.ui.widgets.evaluate_plots import EvaluatePlots
from app.ui.widgets.evaluate_save_menu import SaveMenu
from app.ui.widgets.mistakes_view import MistakesView
from app.ui.widgets.segments import Segments
from app.ui.workers.evaluation_facts import Evaluated


class Part(IntEnum):
    """The parts, from left to right."""

    CONFUSION = 0
    MISTAKES = 1
    CALIBRATION = 2
    PLOTS = 3


class EvaluateResults(Card):
    """Says what is waited for while there is nothing to show."""

    picture_chosen = Signal(object, str)  # (28, 28) uint8, and its class
    all_mistakes_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._result: Evaluated | None = None
        self.confusion, self.mistakes = ConfusionView(), MistakesView()
        self.calibration, self.plots = CalibrationView(), EvaluatePlots()
        self.save = SaveMenu()
        self.parts = Segments(
            [
                ("part_confusion", self.tr("Confusions")),
                ("part_mistakes", self.tr("Mistakes")),
                ("part_calibration", self.tr("Calibration")),
                ("part_plots", self.tr("Plots")),
            ]
        )
        self._pages, self._whole, self._waiting = QStackedWidget(), QStackedWidget(), QLabel()
        self._lay_out()
        self.parts.chosen.connect(self.turn_to)
        self.confusion.example_chosen.connect(self._on_example_chosen)
        self.mistakes.example_chosen.connect(self._on_example_chosen)
        self.mistakes.all_requested.connect(self.all_mistakes_requested)
        self.plots.picture_chosen.connect(self.picture_chosen)

    @property
    def result(self) -> Evaluated | None:
        """What is shown."""
        return self._result

    @property
    def message(self) -> str:
        """What is said while nothing is shown, or an empty text."""
        return "" if self._result else self._waiting.text()

    def show_result(self, result: Evaluated) -> None:
        """Show an evaluation, in the part that was looked at last."""
        self._result = result
        self.confusion.show_evaluation(result.evaluation)
        self.mistakes.show_evaluation(result.evaluation)
        self.calibration.show_evaluation(result.evaluation)
        self.plots.show_evaluation(result.evaluation, result.training)
        self._whole.setCurrentIndex(1)

    def show_message(self, message: str) -> None:
        """Say something in place of results that are not, or no longer, there."""
        self._result = None
        self._waiting.setText(message)
        self._whole.setCurrentIndex(0)

    def show_class(self, label: int | None) -> None:
        """Show the mistakes that have to do with a class, or all."""
        self.turn_to(Part.MISTAKES)
        self.mistakes.show_class(label)

    @Slot(int)
    def turn_to(self, part: int) -> None:
        """Show one of the parts."""
        self.parts.turn_to(part)
        self._pages.setCurrentIndex(part)

    def _lay_out(self) -> None:
        for part in (self.confusion, self.mistakes, self.calibration, self.plots):
            self._pages.addWidget(part)
        self.header.addWidget(self.parts)
        self.header.addStretch()
        self.header.addWidget(self.save)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addLayout(self.header)
        column.addWidget(self._pages, 1)
        self._waiting.setProperty("role", "muted")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setWordWrap(True)
        self._waiting.setObjectName("evaluate_message")
        self._whole.addWidget(self._waiting)
        self._whole.addWidget(shown)
        self.body.addWidget(self._whole, 1)

    @Slot(int)
    def _on_example_chosen(self, place: int) -> None:
        if self._result is not None:
            evaluation = self._result.evaluation
            self.picture_chosen.emit(evaluation.images[place], evaluation.class_names[evaluation.labels[place]])
