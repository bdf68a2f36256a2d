"""Where a picture leaves what the training pictures look like, whether it was turned, and what would put it right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.imaging.preprocess import NetworkInput, Preprocessing, prepare_ink
from app.core.inference.calibration import Verdict
from app.core.inference.explaining.corrections import Correction, fine_ink
from app.core.inference.explaining.features import Feature, FeatureStats, Outlier, image_parts
from app.core.inference.predictor import Prediction

MOST_HINTS = 3

_DIGIT_FEATURES = (
    Feature.PARTS,
    Feature.STROKE,
    Feature.SLANT,
    Feature.ASPECT,
    Feature.STRENGTH,
    Feature.SIZE,
    Feature.OFF_CENTRE,
    Feature.INK,
)
_CLOTHES_FEATURES = (Feature.SIZE, Feature.STRENGTH, Feature.ASPECT, Feature.PARTS, Feature.FILLED)
_DIGIT_CORRECTIONS = {
    Feature.STROKE: Correction.STROKE,
    Feature.SLANT: Correction.SLANT,
    Feature.ASPECT: Correction.PROPORTIONS,
    Feature.STRENGTH: Correction.DARKEN,
    Feature.SIZE: Correction.FIT,
    Feature.OFF_CENTRE: Correction.FIT,
}
_CLOTHES_CORRECTIONS = {
    Feature.SIZE: Correction.FIT,
    Feature.STRENGTH: Correction.BRIGHTNESS,
    Feature.PARTS: Correction.MAIN_PART,
}
_FOLLOWS = {
    Feature.INK: {Feature.STROKE, Feature.STRENGTH, Feature.SIZE},
    Feature.FILLED: {Feature.SIZE, Feature.STRENGTH},
}
"""Features that say nothing new once one of those on the right was told."""
_SCRAP = 0.12  # of the ink: a part with less is left out, not joined
STEP_DEG = 15
_LEAST_DEG = 20  # training pictures lean so far, and the slant tells of it
_IN_A_ROW = 3  # a digit is known over so many steps; what is none is taken for one at a single one by chance
_SURELY = 0.9

PredictMany = Callable[[NDArray[np.float32]], list[Prediction]]


@dataclass(frozen=True)
class Hint:
    """One thing that is unusual. `correction` is None where nothing can be put right."""

    outlier: Outlier
    correction: Correction | None


def find_hints(
    image: NDArray[np.float32], label: int | None, stats: FeatureStats, preprocessing: Preprocessing
) -> tuple[Hint, ...]:
    """Up to MOST_HINTS hints on a picture (28, 28) that was read as class `label` or none, the most telling first."""
    if preprocessing is Preprocessing.WHOLE:  # nothing of a photograph as it is can be said to be unusual
        return ()
    is_clothes = preprocessing is Preprocessing.CLOTHES
    told: set[Feature] = set()
    hints = []
    for outlier in stats.outliers(image, label, _CLOTHES_FEATURES if is_clothes else _DIGIT_FEATURES):
        if _is_telling(outlier) and not _FOLLOWS.get(outlier.feature, set()) & told:
            told.add(outlier.feature)
            hints.append(Hint(outlier, _correction(outlier, image, is_clothes)))
    return tuple(hints[:MOST_HINTS])


def _is_telling(outlier: Outlier) -> bool:
    """False for what is rare and yet as good as can be: one part, a picture that is filled, the very middle."""
    match outlier.feature:
        case Feature.PARTS:
            return outlier.is_high
        case Feature.SIZE:
            return not outlier.is_high
        case Feature.OFF_CENTRE:
            return outlier.is_high and outlier.value > 1
        case _:
            return True


def _correction(outlier: Outlier, image: NDArray[np.float32], is_clothes: bool) -> Correction | None:
    if is_clothes:
        return _CLOTHES_CORRECTIONS.get(outlier.feature)
    if outlier.feature is Feature.PARTS:
        return Correction.JOIN if _belong_together(image) else Correction.MAIN_PART
    if outlier.feature is Feature.STRENGTH and outlier.is_high:
        return None
    return _DIGIT_CORRECTIONS.get(outlier.feature)


def _belong_together(image: NDArray[np.float32]) -> bool:
    """True if the second largest part is too much to be a scrap."""
    _, masses = image_parts(image)
    return bool(np.sort(masses)[-2] > _SCRAP * masses.sum())


@dataclass(frozen=True)
class Turn:
    """How far it is turned to the right, in degrees; to the left is negative, upside down is 180."""

    degrees: int


def find_turn(shown: NetworkInput, predict_many: PredictMany) -> tuple[Turn, NetworkInput, Prediction] | None:
    """Look whether a picture of digits that was not read for sure is read when it is turned back.

    Returns:
        The turn, the picture turned back, and what is read in it: of several the least turn. None if there is none at
        which the network is sure for several steps in a row.

    """
    ink = fine_ink(shown)
    degrees = list(range(-180, 180, STEP_DEG))
    inputs = [turned_back(ink, angle) for angle in degrees]
    predictions = predict_many(np.stack([each.image for each in inputs]))
    found = [
        place for place in range(len(degrees)) if abs(degrees[place]) >= _LEAST_DEG and _is_known(predictions, place)
    ]
    if not found:
        return None
    best = min(found, key=lambda place: (abs(degrees[place]) // 30, -predictions[place].confidence))
    place = next(run[len(run) // 2] for run in _runs(found, predictions) if best in run)
    return Turn(degrees[place] if degrees[place] > -180 else 180), inputs[place], predictions[place]


def turned_back(ink: NDArray[np.float32], degrees: float) -> NetworkInput:
    """Ink (h, w) as a network sees it that was turned to the right by so much, once it is turned back."""
    turned = Image.fromarray(ink).rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    return prepare_ink(np.asarray(turned, np.float32), inverted=True)


def _runs(found: list[int], predictions: list[Prediction]) -> Iterator[list[int]]:
    """Places in a row at which the same is read; in the middle of them it stands upright."""
    for _, members in groupby(enumerate(found), lambda each: (each[1] - each[0], predictions[each[1]].label)):
        yield [place for _, place in members]


def _is_known(predictions: list[Prediction], place: int) -> bool:
    """True in the middle of a few steps at which the network is sure of the same class."""
    reach = _IN_A_ROW // 2
    around = [predictions[(place + step) % len(predictions)] for step in range(-reach, reach + 1)]
    return all(
        each.label == predictions[place].label and each.verdict is Verdict.SURE and each.confidence > _SURELY
        for each in around
    )
