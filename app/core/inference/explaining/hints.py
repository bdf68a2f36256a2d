"""Where a picture leaves what the training pictures look like, and what would put it right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.preprocess import Preprocessing
from app.core.inference.explaining.corrections import Correction
from app.core.inference.explaining.features import Feature, FeatureStats, Outlier, image_parts

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
_FOLLOWS = {
    Feature.INK: {Feature.STROKE, Feature.STRENGTH, Feature.SIZE},
    Feature.FILLED: {Feature.SIZE, Feature.STRENGTH},
}
"""Features that say nothing new once one of those on the right was told."""
_SCRAP = 0.12  # of the ink: a part with less is left out, not joined


@dataclass(frozen=True)
class Hint:
    """One thing that is unusual. `correction` is None where nothing can be put right."""

    outlier: Outlier
    correction: Correction | None


def find_hints(
    image: NDArray[np.float32], label: int | None, stats: FeatureStats, preprocessing: Preprocessing
) -> tuple[Hint, ...]:
    """Up to MOST_HINTS hints on a picture (28, 28) that was read as class `label` or none, the most telling first."""
    is_clothes = preprocessing is Preprocessing.CLOTHES
    told: set[Feature] = set()
    hints = []
    for outlier in stats.outliers(image, label, _CLOTHES_FEATURES if is_clothes else _DIGIT_FEATURES):
        if _is_telling(outlier) and not _FOLLOWS.get(outlier.feature, set()) & told:
            told.add(outlier.feature)
            hints.append(
                Hint(outlier, _clothes_correction(outlier) if is_clothes else _digit_correction(outlier, image))
            )
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


def _digit_correction(outlier: Outlier, image: NDArray[np.float32]) -> Correction | None:
    match outlier.feature:
        case Feature.STROKE:
            return Correction.STROKE
        case Feature.SLANT:
            return Correction.SLANT
        case Feature.ASPECT:
            return Correction.PROPORTIONS
        case Feature.PARTS:
            return Correction.JOIN if _belong_together(image) else Correction.MAIN_PART
        case Feature.STRENGTH if not outlier.is_high:
            return Correction.DARKEN
        case Feature.SIZE | Feature.OFF_CENTRE:
            return Correction.FIT
        case _:
            return None


def _belong_together(image: NDArray[np.float32]) -> bool:
    """True if the second largest part is too much to be a scrap."""
    _, masses = image_parts(image)
    return bool(np.sort(masses)[-2] > _SCRAP * masses.sum())


def _clothes_correction(outlier: Outlier) -> Correction | None:
    match outlier.feature:
        case Feature.SIZE:
            return Correction.FIT
        case Feature.STRENGTH:
            return Correction.BRIGHTNESS
        case Feature.PARTS:
            return Correction.MAIN_PART
        case _:
            return None
