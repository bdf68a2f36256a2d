"""What is unusual about a picture, in words: "Your stroke is thinner than 99% of the training digits."."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from app.core.imaging.preprocess import Preprocessing
from app.core.inference.explaining.norms import Oddity
from app.core.inference.explaining.traits import Trait
from app.core.inference.explaining.turning import Turn
from app.ui.widgets.verdict_words import DIGITS

_UPSIDE_DOWN = 180

translate = QCoreApplication.translate


def hint_words(odd: Oddity | Turn, class_names: Sequence[str], preprocessing: Preprocessing) -> str:
    """The sentence on one thing that is unusual."""
    if isinstance(odd, Turn):
        return _turn_sentence(odd)
    sentence = _clothes_sentence(odd) if preprocessing is Preprocessing.CLOTHES else _digit_sentence(odd)
    others = _others(odd.label, tuple(class_names))
    share = f"{math.floor(100 * odd.share)}%"
    return sentence.format(than=_than(odd.share, others), parts=f"{odd.value:.0f}", share=share, others=others)


def _others(label: int | None, class_names: tuple[str, ...]) -> str:
    """The training pictures it is compared with."""
    if class_names == DIGITS:
        if label is None:
            return translate("why", "the training digits")
        return translate("why", "the training {name}s").format(name=class_names[label])
    if label is None:
        return translate("why", "the training pictures")
    return translate("why", "the training pictures of {name}").format(name=class_names[label])


def _than(share: float, others: str) -> str:
    """The comparison, such as "than 99% of the training digits": no more than is so, and never "100%"."""
    if share >= 1:
        return translate("why", "than any of {others}").format(others=others)
    tenths = math.floor(share * 1000) / 10
    percent = f"{tenths:g}%" if tenths > 99.5 else "99%"
    return translate("why", "than {percent} of {others}").format(percent=percent, others=others)


def _digit_sentence(odd: Oddity) -> str:
    match odd.trait, odd.is_high:
        case Trait.STROKE, True:
            return translate("why", "Your stroke is thicker {than}.")
        case Trait.STROKE, False:
            return translate("why", "Your stroke is thinner {than}.")
        case Trait.SLANT, True:
            return translate("why", "It leans further to the right {than}.")
        case Trait.SLANT, False:
            return translate("why", "It leans further to the left {than}.")
        case Trait.STRENGTH, True:
            return translate("why", "Its edges are sharper {than}.")
        case Trait.STRENGTH, False:
            return translate("why", "Its ink is paler {than}.")
        case Trait.SIZE, _:
            return translate("why", "It is smaller {than}.")
        case Trait.OFF_CENTRE, _:
            return translate("why", "It is further from the centre {than}.")
        case Trait.INK, True:
            return translate("why", "It has more ink {than}.")
        case Trait.INK, False:
            return translate("why", "It has less ink {than}.")
        case Trait.PARTS, _:
            return translate("why", "It has {parts} separate parts; {share} of {others} have fewer.")
        case _:
            return _proportions_sentence(odd)


def _turn_sentence(turn: Turn) -> str:
    if turn.degrees == _UPSIDE_DOWN:
        return translate("why", "It seems to be upside down.")
    if turn.degrees > 0:
        return translate("why", "It seems to be turned by about {degrees} degrees to the right.").format(
            degrees=turn.degrees
        )
    return translate("why", "It seems to be turned by about {degrees} degrees to the left.").format(
        degrees=-turn.degrees
    )


def _clothes_sentence(odd: Oddity) -> str:
    match odd.trait, odd.is_high:
        case Trait.SIZE, _:
            return translate("why", "It fills less of the picture {than}.")
        case Trait.STRENGTH, True:
            return translate("why", "As the network sees it, it is brighter {than}.")
        case Trait.STRENGTH, False:
            return translate("why", "As the network sees it, it is darker {than}.")
        case Trait.FILLED, True:
            return translate("why", "It covers more of its frame {than}. Is the background plain?")
        case Trait.FILLED, False:
            return translate("why", "It has more empty area {than}: they show whole pieces, not outlines.")
        case Trait.PARTS, _:
            return translate(
                "why", "It has {parts} separate parts; {share} of {others} have fewer. Is the background plain?"
            )
        case _:
            return _proportions_sentence(odd)


def _proportions_sentence(odd: Oddity) -> str:
    if odd.is_high:
        return translate("why", "It is wider {than}.")
    return translate("why", "It is narrower {than}.")
