"""Which other model should read a picture: one that knows what it shows, where the chosen one cannot tell.

Photographs of clothes hold strokes that look like digits, and photographs of paper hold shapes that look like clothes.
So it is not the answers alone that tell, but what was found, too: a piece of clothing fills a good part of its
photograph, and is thick, as no stroke of a pen is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.core.datasets.types import DataKind
from app.core.imaging.drawing import Drawing
from app.core.imaging.morphology import Mask, eroded, extent
from app.core.imaging.preprocess import NetworkInput, Source, prepare
from app.core.imaging.region import Region
from app.core.inference.calibration import Verdict, familiarity
from app.core.inference.multi_digit import predict_multi_digit
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.card import ModelCard
from app.core.models.store import StoredModel

_LEAST_COVER, _MOST_COVER = 0.12, 0.8
"""Of a photograph is a piece of clothing; more is the paper, or a frame, and less is a mark on it."""
_LEAST_THICKNESS, _LEAST_OF_SHOES = 0.15, 0.1
"""Of its longer side lies between the middle of a piece and its border; strokes are thinner, as some shoes are."""
_WORK_SIDE = 96
_LIKE_CLOTHES, _SURELY_CLOTHES = 0.5, 0.985
"""Familiarity, to the shipped model, of what is clothes unless it is read surely as something else, and even then.

Trousers are read as a sure 1. Of 290 photographs of clothes 91% are offered, of 1,280 drawings and pictures of digits
other than those that this was chosen by 0.7%.
"""
_SURELY_OWN = 0.98
"""Confidence of a user's model, of which nobody knows how well it tells what it does not know."""
_TWO, _MOST_KINDS = 2, 6


@dataclass(frozen=True, eq=False)
class Reading:
    """What the chosen model made of a picture. `read` gives its answer, or one for each digit of a number.

    It is called once, if that is needed: a number takes long.
    """

    card: ModelCard
    shown: NetworkInput
    read: Callable[[], tuple[Prediction, ...]]

    @cached_property
    def predictions(self) -> tuple[Prediction, ...]:
        """The answers; none for nothing."""
        return self.read()

    @property
    def is_sure(self) -> bool:
        """True if all of it is."""
        return bool(self.predictions) and all(each.verdict is Verdict.SURE for each in self.predictions)

    @property
    def is_unknown(self) -> bool:
        """True if it is nothing that the model knows."""
        return all(each.verdict is Verdict.UNKNOWN for each in self.predictions)


@dataclass(frozen=True)
class Better:
    """A model that should read it, and what it reads: the name of a class, or the digits of a number."""

    model: StoredModel
    name: str

    @property
    def is_number(self) -> bool:
        """True for several digits."""
        return self.model.card.kind is DataKind.DIGITS and len(self.name) > 1


def better_model(  # noqa: PLR0917 - a picture is these
    source: Source,
    reading: Reading,
    others: Sequence[StoredModel],
    opened: Callable[[StoredModel], Predictor],
    invert: bool | None = None,
    region: Region | None = None,
) -> Better | None:
    """Find a model that should read a picture or drawing rather than the chosen one; None if there is none.

    Of `others` the first that is known to be harmless of every set of classes is asked.
    """
    for model in _one_of_each_kind(reading.card, others):
        predictor = opened(model)
        match model.card.kind:
            case DataKind.CLOTHES:
                name = _as_clothes(source, predictor, reading, invert, region)
            case DataKind.DIGITS:
                name = _as_digits(source, predictor, reading, invert)
            case DataKind.OWN:
                name = _as_own(source, predictor, invert, region) if reading.is_unknown else ""
        if name:
            return Better(model, name)
    return None


def _one_of_each_kind(chosen: ModelCard, others: Sequence[StoredModel]) -> list[StoredModel]:
    """Those that ship with the program come first in the list of models, then the user's own, newest first.

    Of two classes a model takes everything for one or the other: it cannot tell what it does not know.
    """
    found: dict[tuple[str, ...], StoredModel] = {}
    for model in others:
        names = model.card.class_names
        if names != chosen.class_names and len(names) > _TWO and model.is_known:
            found.setdefault(names, model)
    return list(found.values())[:_MOST_KINDS]


def _as_clothes(
    source: Source, predictor: Predictor, reading: Reading, invert: bool | None, region: Region | None
) -> str:
    if isinstance(source, Drawing):
        return ""
    shown = prepare(source, predictor.preprocessing, invert, region)
    if shown.is_empty:
        return ""
    prediction = predictor.predict(shown.image)
    verdict = _like_clothes(source, shown, prediction)
    return prediction.name if verdict is Verdict.SURE or (verdict is Verdict.UNSURE and not reading.is_sure) else ""


def _as_digits(source: Source, predictor: Predictor, reading: Reading, invert: bool | None) -> str:
    """A sure number or digit, unless the chosen model has good reason to see something else in it."""
    is_else = _may_be_clothes(source, reading) if reading.card.kind is DataKind.CLOTHES else not reading.is_unknown
    digits = () if is_else else predict_multi_digit(predictor, source, invert).digits
    return "".join(digit.text for digit in digits) if all(digit.is_sure for digit in digits) else ""


def _as_own(source: Source, predictor: Predictor, invert: bool | None, region: Region | None) -> str:
    shown = prepare(source, predictor.preprocessing, invert, region)
    if shown.is_empty:
        return ""
    prediction = predictor.predict(shown.image)
    is_sure = prediction.verdict is Verdict.SURE and prediction.confidence >= _SURELY_OWN
    return prediction.name if is_sure else ""


def _may_be_clothes(source: Source, reading: Reading) -> bool:
    """True if a model of clothes, which was chosen, has good reason for its answer."""
    return any(_like_clothes(source, reading.shown, each) is not Verdict.UNKNOWN for each in reading.predictions)


def _like_clothes(source: Source, shown: NetworkInput, prediction: Prediction) -> Verdict:
    """Whether it is a piece of clothing, by what was found and how familiar that is; a drawing may have any size."""
    known = float(familiarity(prediction.probabilities[None])[0])
    mask = shown.found if shown.found is not None else shown.image > 0
    thickness = 1.0 if isinstance(source, Drawing) else _thickness(mask)
    has_size = isinstance(source, Drawing) or _LEAST_COVER <= float(mask.mean()) <= _MOST_COVER
    if not has_size or thickness < _LEAST_OF_SHOES or known < _LIKE_CLOTHES:
        return Verdict.UNKNOWN
    if known < _SURELY_CLOTHES:
        return Verdict.UNSURE if thickness >= _LEAST_THICKNESS else Verdict.UNKNOWN
    return Verdict.SURE if thickness >= _LEAST_THICKNESS else Verdict.UNSURE


def _thickness(mask: Mask) -> float:
    """How far the border is from the innermost place of a mask (h, w), as a share of the mask's longer side."""
    step = -(-max(mask.shape) // _WORK_SIDE)
    left = mask[::step, ::step]
    if not left.any():
        return 0.0
    left = np.pad(left[extent(left)], 1)
    side, rings = max(left.shape) - 2, 0
    while left.any():
        left, rings = eroded(left), rings + 1
    return float(rings / side)
