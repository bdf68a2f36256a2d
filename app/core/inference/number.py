"""A number of several digits in one drawing or picture: taken apart, read digit by digit, put together again."""

import math
from dataclasses import dataclass

import numpy as np

from app.core.imaging.drawing import Drawing
from app.core.imaging.pictures import Picture
from app.core.imaging.preprocess import DIGITS, NetworkInput, prepare_drawing, prepare_picture
from app.core.imaging.segmentation.lattice import Candidate, Lattice
from app.core.imaging.segmentation.pieces import Box
from app.core.imaging.segmentation.writing import drawn_writing, pictured_writing
from app.core.inference.doubt import familiarity
from app.core.inference.predictor import Prediction, Predictor

_WHOLE = Box(0.0, 0.0, 1.0, 1.0)
_ROW_SEPARATOR = " "
_STRANGENESS_COST = 30.0
_LEAST_FAMILIARITY = 0.05
_DIGIT_GAIN = 0.5  # two digits explain more than one that looks as good


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit of a number: `box` in 0..1 of the paper's width and height, what the network saw, what it read."""

    box: Box
    shown: NetworkInput
    prediction: Prediction


@dataclass(frozen=True, eq=False)
class Number:
    """The digits in the order they are read in; `text` has a space between two rows. Blank paper has neither."""

    digits: tuple[Digit, ...]
    text: str

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where in the text each digit is: its first place, and the one after its last."""
        found: list[tuple[int, int]] = []
        end = 0
        for digit in self.digits:
            start = self.text.index(digit.prediction.name, end)
            end = start + len(digit.prediction.name)
            found.append((start, end))
        return tuple(found)


def read_number(predictor: Predictor, source: Drawing | Picture, invert: bool | None = None) -> Number:
    """Read all digits of a drawing or a picture, left to right, and row by row.

    Of all ways to put the pieces of the ink together, that is taken which the network and the shapes of the digits
    make most likely; every candidate is read once, all of them together. A model that does not read digits gets the
    whole as one thing, which clothes on a photograph are.

    `invert` says whether a picture is light on dark; None finds out.
    """
    if predictor.preprocessing is not DIGITS:
        return _as_one(predictor, source, invert)
    writing = drawn_writing(source) if isinstance(source, Drawing) else pictured_writing(source, invert)
    candidates = [
        (row, candidate, writing.prepare(row.pieces[candidate.first : candidate.last], row.height))
        for row in writing.rows
        for candidate in row.candidates
    ]
    candidates = [found for found in candidates if not found[2].is_empty]
    if not candidates:
        return _as_one(predictor, source, invert)
    predictions = predictor.predict_many(np.stack([shown.image for _, _, shown in candidates]))
    lines = []
    for row in writing.rows:
        read = {
            candidate: Digit(writing.share(candidate.box), shown, prediction)
            for (of, candidate, shown), prediction in zip(candidates, predictions, strict=True)
            if of is row
        }
        lines.append(_likeliest(row, read))
    digits = tuple(digit for line in lines for digit in line)
    text = _ROW_SEPARATOR.join("".join(digit.prediction.name for digit in line) for line in lines)
    return Number(digits, text)


def _as_one(predictor: Predictor, source: Drawing | Picture, invert: bool | None) -> Number:
    if isinstance(source, Drawing):
        shown = prepare_drawing(source, predictor.preprocessing)
    else:
        shown = prepare_picture(source, predictor.preprocessing, invert)
    if shown.is_empty:
        return Number((), "")
    prediction = predictor.predict(shown.image)
    return Number((Digit(_WHOLE, shown, prediction),), prediction.name)


def _likeliest(row: Lattice, read: dict[Candidate, Digit]) -> list[Digit]:
    """The cheapest path through the candidates of a row (Viterbi 1967)."""
    best: dict[Candidate, tuple[float, Candidate | None]] = {}
    for candidate in sorted(read, key=lambda candidate: candidate.first):
        before = [
            (best[other][0] + row.parting_cost(other, candidate), other)
            for other in best
            if other.last == candidate.first
        ]
        if candidate.first and not before:
            continue
        cost, previous = min(before, key=lambda choice: choice[0]) if before else (0.0, None)
        best[candidate] = (cost + candidate.cost + _strangeness(read[candidate].prediction), previous)
    ends = [candidate for candidate in best if candidate.last == len(row.pieces)]
    at: Candidate | None = min(ends, key=lambda candidate: best[candidate][0]) if ends else None
    path: list[Digit] = []
    while at is not None:
        path.append(read[at])
        at = best[at][1]
    return path[::-1]


def _strangeness(prediction: Prediction) -> float:
    """What it costs to take for a digit what does not look like one; 0 for what does, be it a 4 or a 9."""
    known = float(familiarity(prediction.probabilities[None])[0])
    return -_STRANGENESS_COST * math.log(max(known, _LEAST_FAMILIARITY)) - _DIGIT_GAIN
