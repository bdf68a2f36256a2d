"""One explanation: what was seen, what is like it, what spoke for the answer and what is unusual about it."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.imaging.preprocess import NetworkInput, Preprocessing
from app.core.inference.explaining.hints import Hint
from app.core.inference.explaining.neighbours import Neighbours
from app.core.inference.explaining.saliency import Saliency
from app.core.inference.explaining.turning import Turn
from app.core.inference.predictor import Prediction


class Missing(StrEnum):
    """Why a part of an explanation cannot be had."""

    NO_PICTURES = "no pictures"
    """The training pictures are not on this computer, or are others by now."""
    TOO_FEW_PICTURES = "too few pictures"
    """There are too few of them to say what is usual."""
    NO_WEIGHTS = "no weights"
    """The file with the network's weights is gone or damaged."""


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
    def is_complete(self) -> bool:
        """True once every part is there, or is known to be missing."""
        return not (self.hints is None or self.neighbours is None or self.saliency is None)
