"""Explains the predictions of one model, in stages: what is quick comes first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.registry import kind_of
from app.core.datasets.types import IMAGE_SIZE, DataKind
from app.core.errors import InputError, StudioError
from app.core.imaging.preprocess import NetworkInput, Preprocessing
from app.core.inference.calibration import Verdict
from app.core.inference.embedding import embedding_of
from app.core.inference.explaining.corrections import corrected
from app.core.inference.explaining.hints import MOST_HINTS, Hint, Turn, find_hints, find_turn
from app.core.inference.explaining.neighbours import (
    ENOUGH,
    FIRST_LOOK,
    NeighbourIndex,
    Neighbours,
    load_cached,
    store_cached,
    training_data,
)
from app.core.inference.explaining.numpy_network import Network, load_network
from app.core.inference.explaining.saliency import Saliency, integrated_gradients
from app.core.inference.predictor import Prediction, Predictor
from app.core.models.store import LITERT_FILE, StoredModel

# One explanation: what was seen, what is like it, what spoke for the answer and what is unusual about it.


class Missing(StrEnum):
    """Why a part of an explanation cannot be had."""

    NO_IMAGES = "no pictures"
    """The training pictures are not on this computer, or are others by now."""
    TOO_FEW_IMAGES = "too few pictures"
    """There are too few of them to say what is usual."""
    NO_WEIGHTS = "no weights"
    """The file with the network's weights is gone or damaged."""
    MADE_ELSEWHERE = "made elsewhere"
    """The network was imported, and its layers can only be run."""


@dataclass(frozen=True, eq=False)
class Corrected:
    """A hint, with the corrected picture and what the model reads in it; None where nothing can be corrected.

    A turn was found by reading the picture turned back, which corrects it, too.
    """

    hint: Hint | Turn
    shown: NetworkInput | None = None
    prediction: Prediction | None = None


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a model reads `shown` as `prediction`. Parts that are not computed yet are None."""

    shown: NetworkInput
    prediction: Prediction
    class_names: tuple[str, ...]
    preprocessing: Preprocessing
    hints: tuple[Corrected, ...] | Missing | None = None
    neighbours: Neighbours | Missing | None = None
    saliency: Saliency | Missing | None = None

    @property
    def kind(self) -> DataKind:
        """What images of these classes show."""
        return kind_of(self.class_names)

    @property
    def is_complete(self) -> bool:
        """True once every part is there, or is known to be missing."""
        return not (self.hints is None or self.neighbours is None or self.saliency is None)


Check = Callable[[], None]
"""Called often during long work; may raise to cancel it. What was done until then is kept."""


class Explainer:
    """Answers "why?" for one stored model. What it needs is loaded when it is first asked. Not for two threads."""

    def __init__(self, model: StoredModel) -> None:
        """Raises InputError as `Predictor` does."""
        self.model = model
        self._card = model.card
        self._predictor = Predictor(model)
        self._index: NeighbourIndex | None = None
        self._cached_count = 0
        self._network: Network | None = None

    def read(self, shown: NetworkInput) -> Prediction:
        """What the model reads in it."""
        return self._predictor.predict(shown.image)

    def stages(self, shown: NetworkInput, prediction: Prediction, check: Check) -> Iterator[Explanation]:
        """The explanation of a prediction, more complete each time. What cannot be had says why."""
        explanation = Explanation(shown, prediction, self._card.class_names, self._predictor.preprocessing)
        yield explanation
        explanation = replace(explanation, hints=self._hints(explanation))
        yield explanation
        if self._index is None or not self._index.is_ready:  # the first comparison takes longest
            explanation = replace(explanation, saliency=self.saliency(explanation, check))
            yield explanation
        for neighbours in self._neighbours(shown.image, check):
            explanation = replace(explanation, neighbours=neighbours)
            yield explanation
        if explanation.saliency is None:
            yield replace(explanation, saliency=self.saliency(explanation, check))

    def prepare_more(self) -> bool:
        """Do a little of what is left to prepare; False if nothing is."""
        if self._index is None or self._index.is_complete:
            return False
        self._index.grow()
        self._cache(self._index)
        return True

    def _hints(self, explanation: Explanation) -> tuple[Corrected, ...] | Missing:
        shown, preprocessing = explanation.shown, explanation.preprocessing
        try:
            stats = training_data(self._card).stats
        except StudioError:
            return Missing.NO_IMAGES
        if stats.overall is None:
            return Missing.TOO_FEW_IMAGES
        read = explanation.prediction
        label = None if read.verdict is Verdict.UNKNOWN else read.label
        hints = find_hints(shown.image, label, stats, preprocessing)
        found = [self._corrected(hint, shown, preprocessing) for hint in hints]
        return (*self._turned(explanation), *found)[:MOST_HINTS]

    def _turned(self, explanation: Explanation) -> tuple[Corrected, ...]:
        """Digits that are not read for sure may have been drawn or photographed on their side."""
        is_ink = explanation.preprocessing is Preprocessing.DIGITS
        if not is_ink or self._card.kind is not DataKind.DIGITS or explanation.prediction.verdict is Verdict.SURE:
            return ()
        found = find_turn(explanation.shown, self._predictor.predict_many)
        if found is None:
            return ()
        return (Corrected(*found),)

    def _corrected(self, hint: Hint, shown: NetworkInput, preprocessing: Preprocessing) -> Corrected:
        if hint.correction is None:
            return Corrected(hint)
        better = corrected(shown, hint.correction, hint.outlier, preprocessing)
        if better.is_empty:
            return Corrected(hint)
        return Corrected(hint, better, self.read(better))

    def _neighbours(self, image: NDArray[np.float32], check: Check) -> Iterator[Neighbours | Missing]:
        """Once, or after a first look among fewer pictures a second time."""
        try:
            if self._index is None:
                self._index = self._opened_index()
        except StudioError:
            yield Missing.NO_IMAGES
            return
        for enough in (ENOUGH,) if self._index.is_ready else (FIRST_LOOK, ENOUGH):
            while not self._index.holds(enough):
                check()
                self._index.grow()
            yield self._index.nearest(image)
        self._cache(self._index)

    def _opened_index(self) -> NeighbourIndex:
        """With all that was kept of it. Raises StudioError if there are no pictures."""
        index = NeighbourIndex(training_data(self._card).train, embedding_of(self._predictor) or _pixels)
        if (packed := load_cached(self._key())) is not None:
            index.restore(packed)
        self._cached_count = len(index)
        return index

    def _cache(self, index: NeighbourIndex) -> None:
        """Keep it for the next start: once there is something to compare with, and again once all is there."""
        is_due = index.is_complete if self._cached_count else index.is_ready
        if is_due and len(index) > self._cached_count:
            store_cached(self._key(), index.packed())
            self._cached_count = len(index)

    def _key(self) -> str:
        """Of the model and the data: what was computed of others is of no use."""
        return f"neighbours {self._card.files[LITERT_FILE]} {training_data(self._card).sha256}"

    def saliency(self, explanation: Explanation, check: Check) -> Saliency | Missing:
        """What spoke for the answer; against the class that is nearly as probable, if the answer is split."""
        image, label = explanation.shown.image, explanation.prediction.label
        try:
            network, rival = self._known_network(), explanation.prediction.rival
        except InputError:
            return Missing.MADE_ELSEWHERE if self._card.origin else Missing.NO_WEIGHTS
        return integrated_gradients(network, image, self._baseline(), label, rival=rival, check=check)

    def _baseline(self) -> NDArray[np.float32]:
        """The mean training picture; an empty one if there are none on this computer."""
        try:
            return training_data(self._card).mean
        except StudioError:
            return np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.float32)

    def _known_network(self) -> Network:
        if self._network is None:
            self._network = load_network(self.model)
        return self._network


def _pixels(images: NDArray[np.float32]) -> NDArray[np.float32]:
    return images.reshape(len(images), -1)
