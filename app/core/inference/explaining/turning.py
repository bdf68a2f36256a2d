"""Was it drawn on its side? A picture that nothing is read in is turned until the network knows it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.preprocess import NetworkInput, prepare_ink
from app.core.inference.calibration import Verdict
from app.core.inference.explaining.corrections import fine_ink
from app.core.inference.predictor import Prediction

STEP_DEG = 15
_LEAST_DEG = 20  # training pictures lean so far, and the slant tells of it
_IN_A_ROW = 3  # a digit is known over so many steps; what is none is taken for one at a single one by chance
_SURE = 0.9

ReadMany = Callable[[NDArray[np.float32]], list[Prediction]]


@dataclass(frozen=True)
class Turn:
    """How far it is turned to the right, in degrees; to the left is negative, upside down is 180."""

    degrees: int


def find_turn(shown: NetworkInput, read_many: ReadMany) -> tuple[Turn, NetworkInput, Prediction] | None:
    """Look whether a picture of digits that was not read for sure is read when it is turned back.

    Returns:
        The turn, the picture turned back, and what is read in it: of several the least turn. None if there is none at
        which the network is sure for several steps in a row.

    """
    ink = fine_ink(shown)
    degrees = list(range(-180, 180, STEP_DEG))
    inputs = [turned_back(ink, angle) for angle in degrees]
    answers = read_many(np.stack([each.image for each in inputs]))
    found = [place for place in range(len(degrees)) if abs(degrees[place]) >= _LEAST_DEG and _is_known(answers, place)]
    if not found:
        return None
    best = min(found, key=lambda place: (abs(degrees[place]) // 30, -answers[place].confidence))
    place = next(run[len(run) // 2] for run in _runs(found, answers) if best in run)
    return Turn(degrees[place] if degrees[place] > -180 else 180), inputs[place], answers[place]


def turned_back(ink: NDArray[np.float32], degrees: float) -> NetworkInput:
    """Ink (h, w) as a network sees it that was turned to the right by so much, once it is turned back."""
    turned = Image.fromarray(ink).rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    return prepare_ink(np.asarray(turned, np.float32), inverted=True)


def _runs(found: list[int], answers: list[Prediction]) -> Iterator[list[int]]:
    """Places in a row at which the same is read; in the middle of them it stands upright."""
    for _, members in groupby(enumerate(found), lambda each: (each[1] - each[0], answers[each[1]].label)):
        yield [place for _, place in members]


def _is_known(answers: list[Prediction], place: int) -> bool:
    """True in the middle of a few steps at which the network is sure of the same class."""
    reach = _IN_A_ROW // 2
    around = [answers[(place + step) % len(answers)] for step in range(-reach, reach + 1)]
    return all(
        each.label == answers[place].label and each.verdict is Verdict.SURE and each.confidence > _SURE
        for each in around
    )
