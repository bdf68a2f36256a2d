"""How an answer comes about at the very end: a logit for each class, and softmax, which makes probabilities of them."""

import csv
import io
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.errors import InputError
from app.core.inference.explaining.numpy_network import Network, load_network
from app.core.inference.predictor import Prediction
from app.core.models.store import StoredModel

_SMALLEST = 1e-45


@dataclass(frozen=True)
class SoftmaxRow:
    """One class. `power` is exp(logit / temperature); the probability is its share of the sum of all."""

    name: str
    logit: float
    power: float
    probability: float


@dataclass(frozen=True)
class SoftmaxTable:
    """An answer, class by class in their own order.

    The logits are the network's own; where its weights cannot be read, `is_exact` is False and they are those that
    belong to the probabilities with a sum of powers of 1: logits are known but for a constant then.
    """

    rows: tuple[SoftmaxRow, ...]
    temperature: float
    is_exact: bool

    @property
    def sum_of_powers(self) -> float:
        """What the powers are divided by."""
        return sum(row.power for row in self.rows)

    def as_csv(self) -> str:
        """The table with all digits, for a spreadsheet."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["class", "logit", "power", "probability"])
        for row in self.rows:
            writer.writerow([row.name, f"{row.logit:.7g}", f"{row.power:.7g}", f"{row.probability:.9g}"])
        return text.getvalue()


class LogitReader:
    """Knows the weights of one model, as far as they can be read."""

    def __init__(self, model: StoredModel) -> None:
        self.model = model
        self._network: Network | None = None
        with suppress(InputError):  # the table says so: the answer itself comes from another file
            self._network = load_network(model)

    def table(self, image: NDArray[np.float32], prediction: Prediction) -> SoftmaxTable:
        """How the prediction for a picture (28, 28) float32 in [0, 1] comes about."""
        calibration = self.model.card.calibration
        temperature = calibration.temperature if calibration else 1.0
        probabilities = prediction.probabilities.astype(np.float64)
        if self._network is None:
            logits = np.log(np.maximum(probabilities, _SMALLEST)) * temperature
        else:
            logits = self._network.logits(image[None])[0].astype(np.float64)
        powers = np.exp(logits / temperature)
        rows = zip(self.model.card.class_names, logits, powers, probabilities, strict=True)
        return SoftmaxTable(
            tuple(SoftmaxRow(name, *map(float, values)) for name, *values in rows),
            temperature,
            self._network is not None,
        )
