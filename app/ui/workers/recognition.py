"""From the paper to an answer: plain functions, for whichever thread reads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.registry import DATASETS
from app.core.imaging.drawing import Drawing
from app.core.imaging.examples import prepare_example
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import NetworkInput, Preprocessing, prepare_drawing, prepare_picture
from app.core.inference.number import Number, NumberReader, read_number
from app.core.inference.predictor import Prediction, Predictor
from app.ui.widgets.paper import Paper

QUICK_SIDE = 128
"""Pictures with longer sides take milliseconds to prepare: not while the event loop waits."""

MOST_NEW = 4
"""What may be a digit and is read anew while the event loop waits: some two milliseconds each."""


@dataclass(frozen=True, eq=False)
class Recognition:
    """What was read of `paper`: what the network saw, and its prediction, None for nothing seen or no model.

    `other` is what a second model says of the same, `number` all digits where there are several.
    """

    paper: Paper
    shown: NetworkInput
    prediction: Prediction | None
    other: Prediction | None = None
    number: Number | None = None


@dataclass(frozen=True)
class PaperProbe:
    """The paper, for a network in training to re-read; a `Probe` of the run control. The same for the same paper."""

    paper: Paper

    def __call__(self, preprocessing: str) -> NDArray[np.float32] | None:
        """The paper as a network of that preprocessing reads it."""
        shown = seen(self.paper, Preprocessing(preprocessing))
        return None if shown.is_empty else shown.image


def seen(paper: Paper, preprocessing: Preprocessing | str) -> NetworkInput:
    """What a network of that preprocessing sees of the paper."""
    if paper.picture is not None and paper.example_of == preprocessing:
        return prepare_example(paper.picture)
    if paper.picture is not None:
        return prepare_picture(paper.picture, preprocessing, paper.invert)
    return prepare_drawing(paper.drawing, preprocessing)


def is_quick(paper: Paper) -> bool:
    """True if the paper is read in a moment: drawings are, and small pictures."""
    return paper.picture is None or bool(paper.example_of) or max(paper.picture.rgb.shape[:2]) <= QUICK_SIDE


def may_hold_a_number(paper: Paper, predictor: Predictor) -> bool:
    """True if it makes sense to look for several digits. Examples of datasets are one thing each."""
    reads_digits = predictor.model.card.class_names == DATASETS["mnist"].class_names
    return reads_digits and not paper.example_of and not paper.is_empty


def recognize(paper: Paper, predictor: Predictor | None, other: Predictor | None = None) -> Recognition:
    """Read the paper as one thing, with one model or two."""
    shown = seen(paper, predictor.preprocessing if predictor is not None else Preprocessing.DIGITS)
    if shown.is_empty or predictor is None:
        return Recognition(paper, shown, None)
    return Recognition(paper, shown, predictor.predict(shown.image), _other(paper, shown, predictor, other))


def recognize_digits(
    paper: Paper, reader: NumberReader, other: Predictor | None = None, is_drawing: bool = False
) -> Recognition | None:
    """Read a drawing as one digit or several, whichever it is; None if that would take too long.

    Of a drawing that grows most is known from the call before. `is_drawing`: its last stroke is still being made.
    """
    number = reader.read_if_quick(paper.drawing, MOST_NEW, is_drawing)
    if number is None:
        return None
    last = number.digits[-1]
    if len(number.digits) > 1:
        return Recognition(paper, last.shown, last.prediction, number=number)
    return Recognition(paper, last.shown, last.prediction, _other(paper, last.shown, reader.predictor, other))


def find_number(paper: Paper, predictor: Predictor) -> Number | None:
    """All digits of the paper, if there are several."""
    source: Drawing | Picture = paper.drawing if paper.picture is None else paper.picture
    number = read_number(predictor, source, paper.invert)
    return number if len(number.digits) > 1 else None


def of_digit(whole: Recognition, place: int, other: Predictor | None = None) -> Recognition:
    """What was read of one digit of the number."""
    assert whole.number is not None
    digit = whole.number.digits[place]
    second = other.predict(digit.shown.image) if other is not None else None
    return Recognition(whole.paper, digit.shown, digit.prediction, second, whole.number)


def _other(paper: Paper, shown: NetworkInput, first: Predictor, other: Predictor | None) -> Prediction | None:
    if other is None:
        return None
    again = shown if other.preprocessing is first.preprocessing else seen(paper, other.preprocessing)
    return None if again.is_empty else other.predict(again.image)
