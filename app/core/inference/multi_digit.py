"""A number of several digits in one drawing or picture: taken apart, read digit by digit, put together again."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from app.core.imaging.drawing import Drawing
from app.core.imaging.preprocess import DIGITS, NetworkInput, Source, prepare
from app.core.imaging.segmentation.digit_row import DigitRows, drawing_rows, picture_rows
from app.core.imaging.segmentation.lattice import Candidate, Lattice
from app.core.imaging.segmentation.pieces import Box
from app.core.imaging.segmentation.signs import is_sign
from app.core.inference.calibration import Verdict, familiarity
from app.core.inference.predictor import Prediction, Predictor

MOST_DIGITS = 12
"""What is longer is read no further, and the number says so."""

_WHOLE = Box(0.0, 0.0, 1.0, 1.0)
_ROW_SEPARATOR = " "
_STRANGENESS_COST = 30.0
_UNCONVINCING = 30.0  # what it costs to cut an unbroken stroke, and get what is no digit
_LEAST_FAMILIARITY = 0.05
_DIGIT_GAIN = 0.5  # two digits explain more than one that looks as good
_NO_DIGIT = "?"
_MORE = "…"
_LIKE_SIGNS = frozenset("0179")  # what the network takes commas, points, slashes and degree signs for


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit of a number: `box` in 0..1 of the paper's width and height, what the network saw, what it read.

    `said` is what a user says it is, or empty.
    """

    box: Box
    shown: NetworkInput
    prediction: Prediction
    said: str = ""

    @property
    def text(self) -> str:
        """What it is; a question mark for what is no digit and has no likeness worth telling."""
        return self.said or (self.prediction.name if self.prediction.is_like_any else _NO_DIGIT)

    @property
    def is_sure(self) -> bool:
        """True if the network is sure, or a user said it."""
        return bool(self.said) or self.prediction.verdict is Verdict.SURE


@dataclass(frozen=True, eq=False)
class MultiDigitPrediction:
    """The digits in the order they are read in. Blank paper has none, and no text.

    `text` has a space between two rows, a question mark in the place of what is no digit, and three dots at its end
    where more than `MOST_DIGITS` are written.
    """

    digits: tuple[Digit, ...]
    text: str

    @property
    def lines(self) -> str:
        """The text with a line for each row."""
        return self.text.replace(_ROW_SEPARATOR, "\n")

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where in the text each digit is: its first place, and the one after its last."""
        found: list[tuple[int, int]] = []
        end = 0
        for digit in self.digits:
            start = self.text.index(digit.text, end)
            end = start + len(digit.text)
            found.append((start, end))
        return tuple(found)

    def corrected(self, place: int, said: str) -> "MultiDigitPrediction":
        """The number with the digit at `place` as a user says it is."""
        start, end = self.spans[place]
        digits = list(self.digits)
        digits[place] = replace(digits[place], said=said)
        return MultiDigitPrediction(tuple(digits), f"{self.text[:start]}{said}{self.text[end:]}")

    @property
    def has_more(self) -> bool:
        """True if more is written than was read."""
        return self.text.endswith(_MORE)

    @property
    def is_apart(self) -> bool:
        """True if no digit reaches over its neighbour: not even another stroke is likely to make one of two."""
        return all(right.box.left > left.box.right for left, right in pairwise(self.digits))


class MultiDigitPredictor:
    """Reads numbers with one model. Not for use by two threads at once.

    Of a drawing that grows only the candidates that changed are looked at again.
    """

    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor
        self._known: dict[Hashable, tuple[NetworkInput, Prediction | None]] = {}

    def read(self, source: Source, invert: bool | None = None) -> MultiDigitPrediction:
        """Read all digits of a drawing or a picture, left to right, and row by row.

        Of all ways to put the pieces of the ink together, that is taken which the network and the shapes of the digits
        make most likely; every candidate is read once, all of them together. A model that does not read digits gets
        the whole as one thing, which clothes on a photograph are.

        `invert` says whether a picture is light on dark; None finds out.
        """
        if self.predictor.preprocessing is not DIGITS:
            return _as_one(self.predictor, source, invert)
        page = drawing_rows(source) if isinstance(source, Drawing) else picture_rows(source, invert)
        return self._read(page) or _as_one(self.predictor, source, invert)

    def read_if_quick(self, drawing: Drawing, most: int, is_growing: bool = False) -> MultiDigitPrediction | None:
        """Read a drawing of which no more than `most` candidates are new.

        Of any other so many are looked at, so that it is ready after a few calls; None until then. None for what is
        nothing or no digits, too. `is_growing`: the last stroke is still being made, and is part of one digit.
        """
        if self.predictor.preprocessing is not DIGITS:
            return None
        return self._read(drawing_rows(drawing, is_growing), most)

    def _read(self, page: DigitRows, most: int | None = None) -> MultiDigitPrediction | None:
        """The likeliest number; None for nothing, for no digit at all, and if more than `most` candidates are new."""
        keys = [{candidate: page.key(row, candidate) for candidate in row.candidates} for row in page.rows]
        wanted = {key: (row, each) for row, of in zip(page.rows, keys, strict=True) for each, key in of.items()}
        new = [key for key in wanted if key not in self._known]
        known = self._known | self._look({key: page.prepare(*wanted[key]) for key in new[:most]})
        self._known = {key: known[key] for key in wanted if key in known}  # the rest is of an older drawing
        if len(self._known) < len(wanted):
            return None
        lines = [_likeliest(row, self._digits(page, of)) for row, of in zip(page.rows, keys, strict=True)]
        number = _number([line for line in lines if line])
        return number if any(digit.text != _NO_DIGIT for digit in number.digits) else None

    def _look(self, shown: dict[Hashable, NetworkInput]) -> dict[Hashable, tuple[NetworkInput, Prediction | None]]:
        """What the model says of each, all at once."""
        images = [each.image for each in shown.values() if not each.is_empty]
        predictions = iter(self.predictor.predict_many(np.stack(images)) if images else [])
        return {key: (each, None if each.is_empty else next(predictions)) for key, each in shown.items()}

    def _digits(self, page: DigitRows, keys: dict[Candidate, Hashable]) -> dict[Candidate, Digit]:
        """What was seen of the candidates of a row; the blank ones are none."""
        found: dict[Candidate, Digit] = {}
        for candidate, key in keys.items():
            shown, prediction = self._known[key]
            if prediction is not None:
                found[candidate] = Digit(page.share(candidate.box), shown, prediction)
        return found


def predict_multi_digit(predictor: Predictor, source: Source, invert: bool | None = None) -> MultiDigitPrediction:
    """Read all digits of one drawing or picture: `MultiDigitPredictor.read` for a single time."""
    return MultiDigitPredictor(predictor).read(source, invert)


def _as_one(predictor: Predictor, source: Source, invert: bool | None) -> MultiDigitPrediction:
    shown = prepare(source, predictor.preprocessing, invert)
    if shown.is_empty:
        return MultiDigitPrediction((), "")
    digit = Digit(_WHOLE, shown, predictor.predict(shown.image))
    return MultiDigitPrediction((digit,), digit.text)


def _number(lines: Sequence[Sequence[Digit]]) -> MultiDigitPrediction:
    """The lines as one number, of as many digits as a number may have."""
    digits = tuple(digit for line in lines for digit in line)
    if len(digits) > 1:
        lines = [[_among_others(digit) for digit in line] for line in lines]
        digits = tuple(digit for line in lines for digit in line)
    room, told = MOST_DIGITS, []
    for line in lines:
        told.append("".join(digit.text for digit in line[:room]))
        room = max(0, room - len(line))
    text = _ROW_SEPARATOR.join(filter(None, told))
    return MultiDigitPrediction(digits[:MOST_DIGITS], text + _MORE if len(digits) > MOST_DIGITS else text)


def _among_others(digit: Digit) -> Digit:
    """A digit of a number: what is like one is one, though a poor one, for its neighbours are digits."""
    prediction = digit.prediction
    if prediction.verdict is Verdict.UNKNOWN and prediction.is_like_any:
        return replace(digit, prediction=replace(prediction, verdict=Verdict.UNSURE))
    return digit


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
        best[candidate] = (cost + candidate.cost + _strangeness(row, candidate, read[candidate].prediction), previous)
    ends = [candidate for candidate in best if candidate.last == len(row.pieces)]
    at: Candidate | None = min(ends, key=lambda candidate: best[candidate][0]) if ends else None
    path: list[Candidate] = []
    while at is not None:
        path.append(at)
        at = best[at][1]
    return [_in_row(row, at, path, read[at]) for at in path[::-1]]


def _in_row(row: Lattice, candidate: Candidate, path: Sequence[Candidate], digit: Digit) -> Digit:
    """A digit of a row, or the sign that it is there: a slash alone is a 1."""
    pieces = row.chosen(candidate)
    if not any(piece.is_sign for piece in pieces):
        if digit.prediction.name not in _LIKE_SIGNS:
            return digit
        points = np.concatenate([piece.points for piece in pieces])
        if not is_sign(points, candidate.box, [other.box for other in path if other is not candidate]):
            return digit
    return replace(digit, prediction=replace(digit.prediction, verdict=Verdict.UNKNOWN, is_sign=True))


def _strangeness(row: Lattice, candidate: Candidate, prediction: Prediction) -> float:
    """What it costs to take for a digit what does not look like one; 0 for what does, be it a 4 or a 9."""
    known = float(familiarity(prediction.probabilities[None])[0])
    cut = _UNCONVINCING if prediction.verdict is Verdict.UNKNOWN and row.is_cut_out(candidate) else 0.0
    return cut - _STRANGENESS_COST * math.log(max(known, _LEAST_FAMILIARITY)) - _DIGIT_GAIN
