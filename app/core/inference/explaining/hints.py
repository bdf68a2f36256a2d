"""Where a picture leaves what the training pictures look like, and what would put it right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.preprocess import Preprocessing
from app.core.inference.explaining.corrections import Correction
from app.core.inference.explaining.traits import Norms, Oddity, Trait, part_masses

MOST_HINTS = 3

_DIGIT_TRAITS = (
    Trait.PARTS,
    Trait.STROKE,
    Trait.SLANT,
    Trait.ASPECT,
    Trait.STRENGTH,
    Trait.SIZE,
    Trait.OFF_CENTRE,
    Trait.INK,
)
_CLOTHES_TRAITS = (Trait.SIZE, Trait.STRENGTH, Trait.ASPECT, Trait.PARTS, Trait.FILLED)
_FOLLOWS = {Trait.INK: {Trait.STROKE, Trait.STRENGTH, Trait.SIZE}, Trait.FILLED: {Trait.SIZE, Trait.STRENGTH}}
"""Traits that say nothing new once one of those on the right was told."""
_SCRAP = 0.12  # of the ink: a part with less is left out, not joined


@dataclass(frozen=True)
class Hint:
    """One thing that is unusual. `correction` is None where nothing can be put right."""

    oddity: Oddity
    correction: Correction | None


def find_hints(
    image: NDArray[np.float32], label: int | None, norms: Norms, preprocessing: Preprocessing
) -> tuple[Hint, ...]:
    """Up to MOST_HINTS hints on a picture (28, 28) that was read as class `label` or none, the most telling first."""
    is_clothes = preprocessing is Preprocessing.CLOTHES
    odd = norms.oddities(image, label, _CLOTHES_TRAITS if is_clothes else _DIGIT_TRAITS)
    told: set[Trait] = set()
    hints = []
    for oddity in odd:
        if _is_telling(oddity) and not _FOLLOWS.get(oddity.trait, set()) & told:
            told.add(oddity.trait)
            hints.append(Hint(oddity, _clothes_correction(oddity) if is_clothes else _digit_correction(oddity, image)))
    return tuple(hints[:MOST_HINTS])


def _is_telling(odd: Oddity) -> bool:
    """False for what is rare and yet as good as can be: one part, a picture that is filled, the very middle."""
    match odd.trait:
        case Trait.PARTS:
            return odd.is_high
        case Trait.SIZE:
            return not odd.is_high
        case Trait.OFF_CENTRE:
            return odd.is_high and odd.value > 1
        case _:
            return True


def _digit_correction(odd: Oddity, image: NDArray[np.float32]) -> Correction | None:
    match odd.trait:
        case Trait.STROKE:
            return Correction.STROKE
        case Trait.SLANT:
            return Correction.SLANT
        case Trait.ASPECT:
            return Correction.PROPORTIONS
        case Trait.PARTS:
            return Correction.JOIN if _belong_together(image) else Correction.MAIN_PART
        case Trait.STRENGTH if not odd.is_high:
            return Correction.DARKEN
        case Trait.SIZE | Trait.OFF_CENTRE:
            return Correction.FIT
        case _:
            return None


def _belong_together(image: NDArray[np.float32]) -> bool:
    """True if the second largest part is too much to be a scrap."""
    _, masses = part_masses(image)
    return bool(np.sort(masses)[-2] > _SCRAP * masses.sum())


def _clothes_correction(odd: Oddity) -> Correction | None:
    match odd.trait:
        case Trait.SIZE:
            return Correction.FIT
        case Trait.STRENGTH:
            return Correction.BRIGHTNESS
        case Trait.PARTS:
            return Correction.MAIN_PART
        case _:
            return None
