"""Where a picture leaves what the training pictures look like, in plain words, and what would put it right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.imaging.preprocess import Preprocessing
from app.core.inference.explaining.corrections import Correction
from app.core.inference.explaining.norms import Norms, Oddity
from app.core.inference.explaining.traits import Trait, part_masses

MOST_HINTS = 3
DIGITS = tuple("0123456789")

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

    text: str
    oddity: Oddity
    correction: Correction | None


def find_hints(
    image: NDArray[np.float32], label: int, norms: Norms, preprocessing: Preprocessing, class_names: Sequence[str]
) -> tuple[Hint, ...]:
    """Up to MOST_HINTS hints on a picture (28, 28) that was read as class `label`, the most telling first."""
    is_clothes = preprocessing is Preprocessing.CLOTHES
    odd = norms.oddities(image, label, _CLOTHES_TRAITS if is_clothes else _DIGIT_TRAITS)
    told: set[Trait] = set()
    hints = []
    for oddity in odd:
        if _FOLLOWS.get(oddity.trait, set()) & told:
            continue
        others = _others(oddity.label, class_names)
        text = _clothes_text(oddity, others) if is_clothes else _digit_text(oddity, others)
        correction = _clothes_correction(oddity) if is_clothes else _digit_correction(oddity, image)
        if text:
            told.add(oddity.trait)
            hints.append(Hint(text, oddity, correction))
    return tuple(hints[:MOST_HINTS])


def _others(label: int | None, class_names: Sequence[str]) -> str:
    """The training pictures it is compared with: "the training digits", "the training 7s"."""
    are_digits = tuple(class_names) == DIGITS
    if label is None:
        return "the training digits" if are_digits else "the training pictures"
    return f"the training {class_names[label]}s" if are_digits else f"the training pictures of {class_names[label]}"


def _than(oddity: Oddity, others: str) -> str:
    """The comparison, such as "than 99% of the training digits": no more than is so, and never "100%"."""
    if oddity.share >= 1:
        return f"than all of {others}"
    percent = int(oddity.share * 1000) / 10
    return f"than {percent:g}% of {others}" if percent > 99.5 else f"than 99% of {others}"


def _digit_text(odd: Oddity, others: str) -> str:
    than = _than(odd, others)
    match odd.trait:
        case Trait.STROKE:
            return f"Your stroke is {'thicker' if odd.is_high else 'thinner'} {than}."
        case Trait.SLANT:
            return f"It leans further to the {'right' if odd.is_high else 'left'} {than}."
        case Trait.ASPECT:
            return f"It is {'wider' if odd.is_high else 'narrower'} for its height {than}."
        case Trait.PARTS if odd.is_high:
            return f"It is in {odd.value:.0f} parts; {odd.share:.0%} of {others} have fewer."
        case Trait.STRENGTH:
            return f"Its edges are harder {than}." if odd.is_high else f"Its ink is paler {than}."
        case Trait.SIZE if not odd.is_high:
            return f"It is smaller {than}."
        case Trait.OFF_CENTRE if odd.is_high and odd.value > 1:
            return f"It lies further from the middle {than}."
        case Trait.INK:
            return f"It has {'more' if odd.is_high else 'less'} ink {than}."
        case _:
            return ""


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


def _clothes_text(odd: Oddity, others: str) -> str:
    than = _than(odd, others)
    match odd.trait:
        case Trait.SIZE if not odd.is_high:
            return f"It fills less of the picture {than}."
        case Trait.STRENGTH:
            return f"As the network sees it, it is {'brighter' if odd.is_high else 'darker'} {than}."
        case Trait.ASPECT:
            return f"It is {'wider' if odd.is_high else 'narrower'} for its height {than}."
        case Trait.PARTS if odd.is_high:
            return f"It is in {odd.value:.0f} pieces; {odd.share:.0%} of {others} have fewer. Is the ground plain?"
        case Trait.FILLED:
            more = "It covers more of its frame {than}. Is the ground plain?"
            less = "More of it is empty {than}: they show whole pieces, not outlines."
            return (more if odd.is_high else less).format(than=than)
        case _:
            return ""


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
