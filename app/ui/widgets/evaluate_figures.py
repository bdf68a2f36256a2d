"""Which of the tutorial's figures can be made of an evaluation, and making them."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import LabelledImages
from app.core.inference.evaluation import ModelEvaluation
from app.ui.plots.figure import ExampleFigure, examples_of
from app.ui.plots.pixel_figure import PixelFigure
from app.ui.plots.tutorial import PairGrid, SinglePrediction, TrainingGallery


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
