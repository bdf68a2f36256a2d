"""A stored model that predicts: pictures in, predictions out."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.datasets.types import IMAGE_SIZE
from app.core.errors import InputError
from app.core.imaging.preprocess import Preprocessing
from app.core.inference.calibration import Verdict, judge, tempered
from app.core.models.interpreter import Interpreter
from app.core.models.store import StoredModel

LEAST_LIKENESS = 0.4
"""How probable a class has to be for an unknown thing to be likened to it: scribbles have less, odd digits more."""
LEAST_RIVAL = 0.1
"""How probable the second class has to be to be named beside the first, where that is not sure."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """A prediction: `label` is the class of the largest of `probabilities` (classes,) float32, sum 1, calibrated.

    `verdict` says how far it can be trusted. `is_sign`: its neighbours show that it is a sign, such as a comma, and no
    class, whatever it looks like.
    """

    label: int
    name: str
    probabilities: NDArray[np.float32]
    elapsed_ms: float
    verdict: Verdict = Verdict.SURE
    is_sign: bool = False

    @property
    def confidence(self) -> float:
        """The probability of the predicted class, 0..1."""
        return float(self.probabilities[self.label])

    def runners_up(self, count: int = 2) -> tuple[int, ...]:
        """The next most probable classes, most probable first."""
        order = np.argsort(self.probabilities, kind="stable")[::-1]
        return tuple(int(label) for label in order[1 : 1 + count])

    @property
    def is_like_any(self) -> bool:
        """True if the class is worth naming, even if only as what an unknown thing looks most like."""
        return self.verdict is not Verdict.UNKNOWN or (self.confidence >= LEAST_LIKENESS and not self.is_sign)

    @property
    def rival(self) -> int | None:
        """The class that it may be instead, where it is not sure and one other is probable enough to be named."""
        if self.verdict is not Verdict.UNSURE:
            return None
        return next((label for label in self.runners_up(1) if self.probabilities[label] >= LEAST_RIVAL), None)


class Predictor:
    """Predicts with one stored model. Not for use by two threads at once."""

    def __init__(self, model: StoredModel, threads: int = 1) -> None:
        """One thread is soonest done for a single picture; more are for many at once.

        Raises InputError if the model's file is damaged, harmful or not its card's.
        """
        card = model.card
        model.check_network()
        if card.preprocessing not in set(Preprocessing):
            raise InputError(
                f"The model '{card.name}' needs pictures prepared as {card.preprocessing!r}, which this program "
                "does not know; choose another one."
            )
        self.model = model
        self.preprocessing = Preprocessing(card.preprocessing)
        self._interpreter = Interpreter(model.litert_path, threads)
        if self._interpreter.shapes != ((IMAGE_SIZE, IMAGE_SIZE, 1), (len(card.class_names),)):
            raise InputError(
                f"The card of '{card.name}' does not fit its network: it names {len(card.class_names)} classes; "
                "train it again or choose another one."
            )

    def probabilities(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Calibrated probabilities (n, classes) float32 of pictures (n, 28, 28) float32 in [0, 1], ink = 1."""
        return self._calibrated(self._interpreter.probabilities(images))

    def embeddings(self, images: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """What goes into the last layer for pictures (n, 28, 28) float32: (n, units) float32.

        None for models that were stored without it.
        """
        return self._interpreter.embeddings(images) if self._interpreter.units else None

    def read(self, images: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """`probabilities` and `embeddings` in one go."""
        if not self._interpreter.units:
            return self.probabilities(images), None
        raw, embeddings = self._interpreter.both(images)
        return self._calibrated(raw), embeddings

    def predict(self, image: NDArray[np.float32]) -> Prediction:
        """The prediction for one picture (28, 28) float32 in [0, 1], ink = 1."""
        return self.predict_many(image[None])[0]

    def predict_many(self, images: NDArray[np.float32]) -> list[Prediction]:
        """The predictions for pictures (n, 28, 28) float32 in [0, 1]; `elapsed_ms` is the share of each."""
        began = time.perf_counter()
        probabilities = self.probabilities(images)
        elapsed_ms = (time.perf_counter() - began) * 1000 / max(1, len(images))
        names = self.model.card.class_names
        labels, verdicts = probabilities.argmax(axis=1), judge(probabilities, self.model.card.calibration)
        return [
            Prediction(int(label), names[label], row, elapsed_ms, verdict)
            for label, row, verdict in zip(labels, probabilities, verdicts, strict=True)
        ]

    def _calibrated(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        calibration = self.model.card.calibration
        return raw if calibration is None else tempered(raw, calibration.temperature)
