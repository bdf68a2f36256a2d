"""What an evaluation shows: confusions, calibration, mistakes and the tutorial's plots, one at a time."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.datasets.sources import load_dataset
from app.core.inference.evaluation import ModelEvaluation
from app.ui import theme
from app.ui.common import build
from app.ui.common.containers import Card, Segments
from app.ui.common.layout import Flow
from app.ui.common.navigator import Navigator
from app.ui.common.picture_grid import ExampleChosen
from app.ui.evaluate.calibration import CalibrationView
from app.ui.evaluate.confusion import ConfusionView
from app.ui.evaluate.evaluations import Evaluated, Load
from app.ui.evaluate.examples import ExamplesGrid
from app.ui.evaluate.export import SaveMenu
from app.ui.evaluate.knowledge_map import KnowledgeMapView
from app.ui.evaluate.plots import EvaluatePlots

# The mistakes, most confident first: of all classes, or those that have to do with one.


class MistakesView(QWidget):
    """A sentence on how many there are, and their pictures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: ModelEvaluation | None = None
        self.examples, self._words = ExamplesGrid(), build.elided(name="mistakes_words", role="muted")
        self.all = build.button(self.tr("Show the mistakes of all classes"), name="all_mistakes", kind="quiet")
        above = build.row((self._words, 1), self.all, spacing=theme.SPACING // 2)
        build.column(above, (self.examples, 1), on=self, spacing=theme.SPACING // 2)

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
        self.all.setVisible(label is not None)
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


class Part(IntEnum):
    """The parts, from left to right."""

    CONFUSION = 0
    MISTAKES = 1
    CALIBRATION = 2
    PLOTS = 3
    MAP = 4


class EvaluateResults(Card):
    """Says what is waited for while there is nothing to show."""

    def __init__(self, parent: QWidget | None = None, *, load: Load = load_dataset) -> None:
        super().__init__("", parent)
        self._result: Evaluated | None = None
        self.confusion, self.mistakes = ConfusionView(), MistakesView()
        self.calibration, self.plots = CalibrationView(), EvaluatePlots()
        self.map = KnowledgeMapView(load=load)
        self.save = SaveMenu()
        self.parts = Segments(
            [
                ("part_confusion", self.tr("Confusions")),
                ("part_mistakes", self.tr("Mistakes")),
                ("part_calibration", self.tr("Calibration")),
                ("part_plots", self.tr("Plots")),
                ("part_map", self.tr("Map")),
            ]
        )
        self._pages, self._whole = QStackedWidget(), QStackedWidget()
        centre = Qt.AlignmentFlag.AlignCenter
        self._waiting = build.label(name="evaluate_message", role="muted", wraps=True, align=centre)
        self._lay_out()
        self.parts.chosen.connect(self.turn_to)
        self.confusion.examples.example_chosen.connect(self._on_example_chosen)
        self.mistakes.examples.example_chosen.connect(self._on_example_chosen)
        self.plots.picture_chosen.connect(self._open)
        self.map.picture_chosen.connect(self._open)
        self.save.menu().aboutToShow.connect(self._on_save_opened)

    @property
    def result(self) -> Evaluated | None:
        """What is shown."""
        return self._result

    @property
    def message(self) -> str:
        """What is said while nothing is shown, or an empty text."""
        return "" if self._result else self._waiting.text()

    def be_tight(self, is_tight: bool) -> None:
        """Take less room across."""
        self.parts.be_tight(is_tight)
        self.map.be_tight(is_tight)

    def show_result(self, result: Evaluated) -> None:
        """Show an evaluation, in the part that was looked at last."""
        self._result = result
        self.confusion.show_evaluation(result.evaluation)
        self.mistakes.show_evaluation(result.evaluation)
        self.calibration.show_evaluation(result.evaluation)
        self.plots.show_evaluation(result.evaluation, result.training)
        self.map.show_evaluation(result)
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
        for part in (self.confusion, self.mistakes, self.calibration, self.plots, self.map):
            self._pages.addWidget(part)
        above = Flow(last_at_edge=True)
        above.addWidget(self.parts)
        above.addWidget(self.save)
        self._whole.addWidget(self._waiting)
        self._whole.addWidget(build.panel(build.column(above, (self._pages, 1))))
        self.body.addWidget(self._whole, 1)

    @Slot()
    def _on_save_opened(self) -> None:
        self.save.map.setEnabled(self.map.figure is not None)

    @Slot(int)
    def _on_example_chosen(self, place: int) -> None:
        if self._result is not None:
            evaluation = self._result.evaluation
            self._open(evaluation.images[place], evaluation.class_names[evaluation.labels[place]])

    @Slot(object, str)
    def _open(self, image: NDArray[np.uint8], true: str) -> None:
        """Lay the picture on the paper, to be read by the model that was evaluated."""
        if self._result is not None:
            card = self._result.request.model.card
            Navigator.of(self).open_example(ExampleChosen(image, card.preprocessing, card.name, true=true))
