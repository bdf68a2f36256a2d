"""The tutorial's figures, made of an evaluation: which one, and from which picture on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QSignalBlocker, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.core.config.form import whole_number
from app.core.datasets.types import NO_IMAGES, LabelledImages
from app.core.inference.evaluation import ModelEvaluation
from app.ui.common import build
from app.ui.common.field_control import NumberBox
from app.ui.common.layout import Flow, keep_width
from app.ui.common.plots.figure import Example, ExampleFigure, examples_of
from app.ui.common.plots.figure_view import FigureView
from app.ui.evaluate.tutorial import PairGrid, PixelFigure, SinglePrediction, TrainingGallery


@dataclass(frozen=True, eq=False)
class Selection:
    """What a figure is made of: images (n, 28, 28) uint8, the names of their classes, and what was predicted of them.

    Training images have no `examples`: nothing was predicted of them.
    """

    images: NDArray[np.uint8]
    names: list[str]
    examples: Sequence[Example]


@dataclass(frozen=True)
class Plot:
    """A kind of figure: its title in the list, its file's name without the suffix, and how many images are in it."""

    title: str
    file_name: str
    count: int
    make: Callable[[Selection, bool], ExampleFigure]
    """Makes it; True writes values into it, if it `has_values`."""
    of_training: bool = False
    has_values: bool = False


PLOTS = (
    Plot(
        str(QT_TRANSLATE_NOOP("plots", "Predictions, 5 × 3")),
        "predictions",
        15,
        lambda chosen, _: PairGrid(chosen.examples),
    ),
    Plot(
        str(QT_TRANSLATE_NOOP("plots", "One prediction")),
        "prediction",
        1,
        lambda chosen, _: SinglePrediction(chosen.examples[0]),
    ),
    Plot(
        str(QT_TRANSLATE_NOOP("plots", "Training pictures, 5 × 5")),
        "training-pictures",
        25,
        lambda chosen, _: TrainingGallery(chosen.images, chosen.names),
        of_training=True,
    ),
    Plot(
        str(QT_TRANSLATE_NOOP("plots", "One picture's pixels")),
        "pixels",
        1,
        lambda chosen, values: PixelFigure(chosen.images[0], chosen.names[0], values),
        has_values=True,
    ),
)
"""The tutorial's figures that can be made of an evaluation. A new one is a row here."""


def select(
    plot: Plot, evaluation: ModelEvaluation, training: LabelledImages, places: NDArray[np.int64]
) -> Selection | None:
    """What a figure at `places` shows, which count training or test images; None if there is no image."""
    source = training if plot.of_training else LabelledImages(evaluation.images, evaluation.labels)
    places = places[places < len(source)][: plot.count]
    if not len(places):
        return None
    names = [evaluation.class_names[label] for label in source.labels[places]]
    if plot.of_training:
        return Selection(source.images[places], names, ())
    examples = examples_of(
        source.images, source.labels, evaluation.probabilities, evaluation.class_names, places.tolist()
    )
    return Selection(source.images[places], names, examples)


_NUMBER_WIDTH = 84


class EvaluatePlots(QWidget):
    """A figure is made when it is looked at."""

    picture_chosen = Signal(object, str)  # (28, 28) uint8, and its class

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: ModelEvaluation | None = None
        self._training = NO_IMAGES
        self._shown: Selection | None = None
        self._is_stale = False
        self.kinds, self.view = QComboBox(), FigureView()
        self.first = NumberBox(whole_number(self.tr("First picture"), 0, 0))
        self._problem = build.label(name="plot_problem", role="error")
        self.wrong_only = build.named(QCheckBox(self.tr("Mistakes only")), "plot_wrong_only")
        tip = self.tr("Write the value of each pixel into it, 0 to 255")
        self.values = build.named(QCheckBox(self.tr("Values")), "plot_values", tip=tip)
        self._lay_out()
        self.kinds.currentIndexChanged.connect(self._on_kind_chosen)
        self.first.edited.connect(self._on_first_edited)
        self.wrong_only.toggled.connect(self._on_wrong_only)
        self.values.toggled.connect(self._on_changed)
        self.view.canvas.example_clicked.connect(self._on_example_clicked)
        self._on_kind_chosen()

    @property
    def plot(self) -> Plot:
        """Which figure is chosen."""
        return PLOTS[self.kinds.currentIndex()]

    def show_evaluation(self, evaluation: ModelEvaluation, training: LabelledImages) -> None:
        """Make figures of this from now on, beginning with the first pictures."""
        self._evaluation, self._training = evaluation, training
        self._on_kind_chosen()

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is looked at."""
        super().showEvent(event)
        if self._is_stale:
            self._draw()

    def _lay_out(self) -> None:
        self.kinds.addItems([QCoreApplication.translate("plots", plot.title) for plot in PLOTS])
        build.named(self.kinds, "plot_kind", says=self.tr("Figure"))
        build.named(self.first, "plot_first", says=self.tr("First picture"))
        self._problem.hide()
        keep_width(self.first, _NUMBER_WIDTH)
        label = build.label(self.tr("from picture"), role="muted", buddy=self.first)
        above = Flow()
        for widget in (self.kinds, label, self.first, self.wrong_only, self.values, self._problem):
            above.addWidget(widget)
        build.column(above, (self.view, 1), on=self)

    def _places(self) -> NDArray[np.int64]:
        """The pictures that there are to choose from."""
        assert self._evaluation is not None
        if self.plot.of_training:
            return np.arange(len(self._training))
        return self._evaluation.mistakes() if self.wrong_only.isChecked() else np.arange(self._evaluation.samples)

    def _draw(self) -> None:
        """Make the figure if it is seen, else when it will be."""
        self._is_stale = not self.isVisible()
        if self._is_stale or self._evaluation is None:
            return
        places = self._places()[int(self.first.value()) :]
        self._shown = select(self.plot, self._evaluation, self._training, places)
        figure = self.plot.make(self._shown, self.values.isChecked()) if self._shown is not None else None
        name = self.kinds.currentText()
        self.view.set_invitation(self.tr("No mistakes: there is nothing to show here"))
        self.view.set_figure(figure, name, file_name=self.plot.file_name)

    @Slot()
    def _on_kind_chosen(self) -> None:
        """Begin with the first picture; go on by as many as the figure holds."""
        self.values.setVisible(self.plot.has_values)
        self.wrong_only.setEnabled(not self.plot.of_training)
        why = self.tr("Training pictures are not predicted here")
        self.wrong_only.setToolTip(why if self.plot.of_training else self.tr("The most confident mistakes first"))
        count = len(self._places()) if self._evaluation else 0
        with QSignalBlocker(self.first):
            self.first.setRange(0, max(0, count - 1))
            self.first.setSingleStep(self.plot.count)
            self.first.setValue(0)
        self._on_first_edited()

    @Slot()
    def _on_first_edited(self) -> None:
        """What is typed stands; where it is no picture, the figure stays as it was."""
        self._problem.setText(f"✗ {self.first.problem}")
        self._problem.setVisible(bool(self.first.problem))
        if not self.first.problem:
            self._draw()

    @Slot()
    def _on_wrong_only(self) -> None:
        self._on_kind_chosen()

    @Slot()
    def _on_changed(self) -> None:
        self._draw()

    @Slot(int)
    def _on_example_clicked(self, number: int) -> None:
        if self._shown is not None:
            self.picture_chosen.emit(self._shown.images[number], self._shown.names[number])
