"""The tutorial's figures, made of an evaluation: which one, and from which picture on."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.core.config.form import whole_number
from app.core.datasets.types import NO_IMAGES, LabelledImages
from app.core.inference.evaluation import ModelEvaluation
from app.ui.common import build
from app.ui.common.layout import Flow, keep_width
from app.ui.common.number_box import NumberBox
from app.ui.common.plots.figure import ExampleFigure, examples_of
from app.ui.common.plots.figure_view import FigureView
from app.ui.evaluate.tutorial import PairGrid, PixelFigure, SinglePrediction, TrainingGallery

# Which of the tutorial's figures can be made of an evaluation, and making them.


class Plot(IntEnum):
    """The figures, in the order in which they are offered."""

    GRID = 0
    SINGLE = 1
    GALLERY = 2
    PIXELS = 3

    @property
    def pictures(self) -> int:
        """How many pictures are in it."""
        return {Plot.GRID: 15, Plot.SINGLE: 1, Plot.GALLERY: 25, Plot.PIXELS: 1}[self]

    @property
    def file_name(self) -> str:
        """What its file is called, without the suffix."""
        return {
            Plot.GRID: "predictions",
            Plot.SINGLE: "prediction",
            Plot.GALLERY: "training-pictures",
            Plot.PIXELS: "pixels",
        }[self]


@dataclass(frozen=True, eq=False)
class PlottedFigure:
    """A figure, the pictures in it (n, 28, 28) uint8 in the order of its examples, and the names of their classes."""

    figure: ExampleFigure
    images: NDArray[np.uint8]
    names: list[str]


def figure_of(
    plot: Plot, evaluation: ModelEvaluation, training: LabelledImages, places: NDArray[np.int64], has_values: bool
) -> PlottedFigure | None:
    """Make a figure of the pictures at `places`: training pictures for the gallery, test pictures for all others.

    `has_values` writes the value of each pixel into it. None if there is no picture.
    """
    pictures = training if plot is Plot.GALLERY else LabelledImages(evaluation.images, evaluation.labels)
    places = places[places < len(pictures)][: plot.pictures]
    if not len(places):
        return None
    images, names = pictures.images[places], [evaluation.class_names[label] for label in pictures.labels[places]]
    if plot is Plot.GALLERY:
        return PlottedFigure(TrainingGallery(images, names), images, names)
    if plot is Plot.PIXELS:
        return PlottedFigure(PixelFigure(images[0], names[0], has_values), images, names)
    examples = examples_of(
        evaluation.images, evaluation.labels, evaluation.probabilities, evaluation.class_names, places.tolist()
    )
    return PlottedFigure(PairGrid(examples) if plot is Plot.GRID else SinglePrediction(examples[0]), images, names)


_NUMBER_WIDTH = 84


class EvaluatePlots(QWidget):
    """A figure is made when it is looked at."""

    picture_chosen = Signal(object, str)  # (28, 28) uint8, and its class

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: ModelEvaluation | None = None
        self._training = NO_IMAGES
        self._shown: PlottedFigure | None = None
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
        return Plot(self.kinds.currentIndex())

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
        words = (
            self.tr("Predictions, 5 × 3"),
            self.tr("One prediction"),
            self.tr("Training pictures, 5 × 5"),
            self.tr("One picture's pixels"),
        )
        self.kinds.addItems(words)
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
        if self.plot is Plot.GALLERY:
            return np.arange(len(self._training))
        return self._evaluation.mistakes() if self.wrong_only.isChecked() else np.arange(self._evaluation.samples)

    def _draw(self) -> None:
        """Make the figure if it is seen, else when it will be."""
        self._is_stale = not self.isVisible()
        if self._is_stale or self._evaluation is None:
            return
        places = self._places()[int(self.first.value()) :]
        self._shown = figure_of(self.plot, self._evaluation, self._training, places, self.values.isChecked())
        name = self.kinds.currentText()
        self.view.set_invitation(self.tr("No mistakes: there is nothing to show here"))
        self.view.set_figure(self._shown.figure if self._shown else None, name, file_name=self.plot.file_name)

    @Slot()
    def _on_kind_chosen(self) -> None:
        """Begin with the first picture; go on by as many as the figure holds."""
        is_gallery, is_pixels = self.plot is Plot.GALLERY, self.plot is Plot.PIXELS
        self.values.setVisible(is_pixels)
        self.wrong_only.setEnabled(not is_gallery)
        why = self.tr("Training pictures are not predicted here")
        self.wrong_only.setToolTip(why if is_gallery else self.tr("The most confident mistakes first"))
        count = len(self._places()) if self._evaluation else 0
        with QSignalBlocker(self.first):
            self.first.setRange(0, max(0, count - 1))
            self.first.setSingleStep(self.plot.pictures)
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
